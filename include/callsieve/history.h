/* What earlier calls say of this one: how the caller behaves, how those behave
 * who send calls the same way, and what caller and callee had to do with each
 * other. Counts fade with time. Everything lives in tables of a fixed size, in
 * which the least known and longest unseen gives way to the new, so a flood of
 * made-up callers costs no more memory than a quiet day, and does not make us
 * forget those who call all the time. For the loop thread. */
#ifndef CALLSIEVE_HISTORY_H
#define CALLSIEVE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "callsieve/core/metrics.h"
#include "callsieve/model/facts.h"

struct history;
struct loop;

/* The table sizes, in entries; rounded up to a power of two. One takes
 * HISTORY_SUBJECT_BYTES or HISTORY_PAIR_BYTES. */
#define HISTORY_SUBJECT_BYTES 96
#define HISTORY_PAIR_BYTES    32
int history_new(struct history **historyp, size_t subjects, size_t pairs);
void history_free(struct history *history);

/* What is remembered, in a file that takes the place of the one before when it
 * is complete. history_load(): -ENOENT, or -EBADMSG for one that is damaged or
 * of another version, and then nothing was taken from it. What has happened
 * since counts for more; what is old has faded meanwhile. Blocking. */
int history_save(const struct history *history, const char *path);
int history_load(struct history *history, const char *path);

/* Does the first now, and the second every so often and when it is freed, from
 * the loop without making it wait. A file that cannot be read or written is a
 * matter for the log. */
struct history_keeper;
int history_keeper_new(struct history_keeper **keeperp, struct loop *loop,
		       struct history *history, const char *path,
		       unsigned every_s);
void history_keeper_free(struct history_keeper *keeper);

/* How somebody behaved. Numbers of calls are of the last days, and count less
 * the older they are: by half each HISTORY_HALF_LIFE_S. */
#define HISTORY_HALF_LIFE_S (3 * 86400)
#define HISTORY_PEERS_MAX   500.0 /* more distinct ones cannot be told apart */

struct behaviour {
	double calls_hour; /* calls lately; half counts after 20 minutes */
	double calls;
	double ended; /* of which the outcome is known */
	double answered;
	double brief;	/* answered, and over within BRIEF_TALK_S */
	double pings;	/* given up within PING_RING_S, not answered */
	double talks;	/* answered and longer than LONG_TALK_S */
	double reports; /* by distinct calls reported */
	double dialled; /* calls to it by subscribers it had not called */
	double known;	/* calls by numbers that were sought or talked with */
	double peers;	/* distinct callees today; of an origin, callers */
	unsigned run;	/* callees in sequence, as a dialler goes */
	int64_t first_seen, last_seen; /* epoch seconds; 0: never */
	int64_t passed_on_at; /* it has another owner since; 0: the same */
};

#define BRIEF_TALK_S 12
#define PING_RING_S  6
#define LONG_TALK_S  60

/* What caller and callee had to do with each other before. */
struct acquaintance {
	int64_t called_at; /* the callee dialled this caller; 0: never */
	int64_t talked_at; /* they talked, this caller having called */
	unsigned talked_s; /* the longest time */
	int64_t tried_at;  /* this caller called the callee */
};

struct past {
	struct behaviour caller;  /* of this number, as sure of it as now */
	struct behaviour vouched; /* of the number where it was vouched for */
	/* Of all who have this origin identifier, or, as long as hardly a call
	 * had it, of all whom this signer signs for. */
	struct behaviour origin;
	bool by_signer; /* the latter */
	double usual_reports; /* share of all calls that are reported */
	double usual_known;   /* share of all calls that are of such numbers */
	struct behaviour block; /* of the 10,000 numbers around it, without it */
	/* Of all numbers next door to their callees at their first call; those
	 * that we refused and that did not come back count as well. */
	struct behaviour next_door;
	struct acquaintance with;
};

/* Looks only. */
void history_look(const struct history *history, const struct facts *facts,
		  int64_t now, struct past *past);

/* Where a call was counted, for when more is known of it. */
struct history_mark {
	uint64_t caller, origin, signer, block, pair, next_door; /* 0: none */
	bool again; /* soon after another of the same pair */
};

/* When this number last dialled an emergency number; 0: never. */
int64_t history_emergency_at(const struct history *history,
			     const struct number *callee);

/* The call came. What people make of it only history_ended() and
 * history_reported() say, and only of calls that were delivered: a verdict of
 * ours must not prove itself right. */
void history_call(struct history *history, const struct facts *facts,
		  bool delivered, int64_t now, struct history_mark *mark);

/* How a delivered call ended. */
struct call_outcome {
	bool answered;
	unsigned ring_s, talk_s;
	bool refused; /* by the called side: the caller gave nothing up */
};
void history_ended(struct history *history, const struct history_mark *mark,
		   const struct call_outcome *outcome, int64_t now);

/* A subscriber dialled a number: it is known there. */
void history_dialled(struct history *history, const struct number *subscriber,
		     const struct number *number, bool emergency, int64_t now);

/* A subscriber says that the calls of a number are unwanted. False, and nothing
 * counts: it never called there lately, or only in vain, or was reported by this
 * subscriber before. Whoever was never called has nothing to complain of. */
bool history_reported(struct history *history, const struct number *number,
		      const struct number *subscriber, int64_t now);

/* When something last happened between a caller and a callee, in a table of
 * fixed size: room for a quarter of a million pairs. The longest past is
 * forgotten first, and of those who passed only when none else is left. */
struct tries;

struct tried {
	uint64_t key;
	uint32_t since_s; /* monotonic, from 1 */
	uint16_t tries;
	bool passed;
};

/* `evicted` counts those forgotten before their time. */
int tries_new(struct tries **triesp, enum metric evicted);
void tries_free(struct tries *tries);

/* Whoever withholds the number is one caller for all who do. */
uint64_t tries_key(const struct tries *tries, const struct number *caller,
		   const struct number *callee);

/* NULL: nothing within the last `age_s`, which are what is to be remembered.
 * Both are lent until the next call. */
struct tried *tries_find(struct tries *tries, uint64_t key, unsigned age_s);
struct tried *tries_put(struct tries *tries, uint64_t key, unsigned age_s);

uint32_t tries_now(void);

#endif
