/* The signals: each looks at a call from one side and says what it found. A
 * new one is one file here, one row in signals.c and one test. */
#ifndef SCREEN_SIGNALS_H
#define SCREEN_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>

#include "callsieve/core/config.h"

struct behaviour;
struct inquiry;
struct rep_answer;
struct signal_hit;

/* True when it fired: then points, row and detail are filled in. Answers from
 * memory, without I/O or allocation. */
typedef bool signal_h(const struct inquiry *inquiry, struct signal_hit *hit);

struct signal {
	const char *name;
	signal_h *h;
	bool hint; /* nobody's word: see hints_max_points */
	bool past; /* what earlier calls say */
};

extern const struct signal signals[];
extern const size_t signals_count;

signal_h blocklist_signal, dno_signal, reports_signal, complaints_signal,
	malformed_signal, invalid_signal, unallocated_signal, fictitious_signal,
	no_number_signal, anonymous_signal, display_number_signal,
	display_brand_signal, new_caller_signal, neighbour_signal,
	neighbours_signal, own_number_signal, stir_failed_signal,
	attest_c_signal, unvouched_signal, velocity_signal, sequence_signal,
	brief_signal, unanswered_signal, pings_signal, reported_share_signal,
	origin_brief_signal, origin_strangers_signal, origin_unanswered_signal,
	origin_reports_signal, block_brief_signal, block_pings_signal,
	block_reports_signal, dialled_signal, talked_signal, sought_signal,
	standing_signal, origin_standing_signal;

/* Fill in the points that the configuration gives: for a measure, or for
 * something that is there. False when they are none. */
bool signal_weigh(const struct inquiry *inquiry, enum signal_id id,
		  double measure, struct signal_hit *hit);
bool signal_present(const struct inquiry *inquiry, enum signal_id id,
		    struct signal_hit *hit);

/* What others say of such a caller counts for nothing: our own subscribers get
 * its calls and do not complain. */
bool in_good_standing(const struct inquiry *inquiry);

/* So often that it adds points. */
bool reported_more_than_usual(const struct inquiry *inquiry,
			      const struct behaviour *is);

/* Add to what was found of an origin or a block of numbers who that is. A
 * signer's customers may have nothing in common but that. */
void name_origin(const struct inquiry *inquiry, struct signal_hit *hit);
void name_block(struct signal_hit *hit);

double share_of(double part, double whole, double doubt);

/* Not in the table: its answer may have to be awaited. */
void reputation_signal(const struct rep_answer *answer,
		       struct signal_hit *hit);

#endif
