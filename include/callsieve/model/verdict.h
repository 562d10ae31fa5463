/* What was decided of a call and why: plain values. */
#ifndef CALLSIEVE_MODEL_VERDICT_H
#define CALLSIEVE_MODEL_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/model/facts.h"

#define VERDICT_SIGNALS_MAX 40
#define SIGNAL_DETAIL	    200

/* From the mildest to the hardest. */
enum verdict_action {
	VERDICT_ALLOW,
	VERDICT_LABEL,	   /* bridged, and the callee told of the doubt */
	VERDICT_GREYLIST,  /* refused once; who tries again gets through */
	VERDICT_CHALLENGE, /* redirected to where a caller can show good will */
	VERDICT_REJECT,
};

/* What ended the matter. */
enum verdict_basis {
	BASIS_SCORE, /* the sum met, or did not meet, the threshold */
	BASIS_NEVERBLOCK,
	BASIS_SUBSCRIBER, /* the callee's own rule */
	BASIS_ALLOWLIST,
	BASIS_EMERGENCY,
	BASIS_PRIORITY, /* these four: enum bypass */
	BASIS_TAKEOVER,
	BASIS_PSAP,
	BASIS_UNSCREENED, /* the trunk is not screened */
	BASIS_ANONYMITY,  /* withheld numbers are not taken (RFC 5079) */
};

/* "Could not find out" is an outcome of its own and adds no points. */
enum signal_outcome {
	SIGNAL_FIRED,
	SIGNAL_UNAVAILABLE,
	SIGNAL_SHADOW, /* tried out: points that are shown and not added */
	SIGNAL_UNKNOWN, /* who was asked knows nothing: neither good nor bad */
};

struct signal_hit {
	const char *name; /* static: "blocklist", "reports", "reputation" */
	enum signal_outcome outcome;
	int points;
	int64_t row;		    /* the database row that says so; 0: none */
	char detail[SIGNAL_DETAIL]; /* for people: 'matches "+1900*" (ftc)' */
	bool hint;	/* no proof: see hints_max_points */
	bool suspicion; /* maybe not of the caller: suspicions_max_points */
};

struct verdict {
	enum verdict_action action;
	enum verdict_basis basis;
	enum verdict_action treatment; /* what is done: that or milder */
	const char *because; /* why milder: static, in words; else NULL */
	int score;
	int hints;    /* so much of it are hints, or services said */
	int doubtful; /* likewise, and suspicions */
	/* Of what services say of the number this much counts, our own
	 * subscribers knowing it better. */
	int hearsay_percent;
	struct thresholds thresholds; /* the score was held against */
	uint32_t list_generation;
	unsigned config_version;
	uint32_t decide_us; /* from INVITE to verdict */
	unsigned signals_count;
	struct signal_hit signals[VERDICT_SIGNALS_MAX];
};

const char *verdict_action_name(enum verdict_action action);
const char *verdict_basis_name(enum verdict_basis basis);
const char *signal_outcome_name(enum signal_outcome outcome);

/* What another score would have led to; 0 points: none would. */
struct verdict_flip {
	enum verdict_action action;
	int points; /* to be added */
};

/* The least that makes it milder, and the least that makes it harder, as far
 * as points decide. */
void verdict_flips(const struct verdict *verdict, struct verdict_flip *milder,
		   struct verdict_flip *harder);

/* What that score leads to. */
enum verdict_action verdict_action_at(const struct thresholds *at, int score);

/* Adds a hit and its points; beyond VERDICT_SIGNALS_MAX only the points. */
void verdict_add(struct verdict *verdict, const struct signal_hit *hit);

/* A heap copy no larger than its signals need, so not to be copied by
 * assignment; free() it. NULL: no memory. */
struct verdict *verdict_dup(const struct verdict *verdict);

#endif
