/* The signals: each looks at a call from one side and says what it found. A
 * new one is one file here, one row in signals.c and one test. */
#ifndef SCREEN_SIGNALS_H
#define SCREEN_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>

struct inquiry;
struct rep_answer;
struct reputation_weight;
struct signal_hit;

/* True when it fired: then points, row and detail are filled in. Answers from
 * memory, without I/O or allocation. */
typedef bool signal_h(const struct inquiry *inquiry, struct signal_hit *hit);

struct signal {
	const char *name;
	signal_h *h;
};

extern const struct signal signals[];
extern const size_t signals_count;

signal_h blocklist_signal;
signal_h reports_signal;

/* What a risk is worth. Copied when the question is asked: a reload while
 * the answer is awaited must not mix two configurations in one verdict. */
struct reputation_weight {
	int points; /* for a risk of 100 */
	unsigned risk_floor;
};

/* Not in the table: its answer may have to be awaited. False when the service
 * knows nothing of the number. */
bool reputation_signal(const struct rep_answer *answer,
		       const struct reputation_weight *weight,
		       struct signal_hit *hit);

#endif
