/* The two tables. Both are arrays of buckets of WAYS entries; within a full
 * bucket the entry gives way of which least is known and that was longest
 * unseen, and is counted. */
#ifndef HISTORY_TABLES_H
#define HISTORY_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "callsieve/history.h"

#define WAYS 8 /* a power of two */

/* Counts are as of `last_s`: see subject_fade(). */
struct subject {
	uint64_t key; /* 0: free */
	uint32_t first_s, last_s;
	float hour, calls, ended, answered, brief, pings, talks, reports,
		dialled, known;
	uint16_t signer, origin; /* whose it is: see hands.c */
	uint32_t peers_s;	 /* since when there are */
	uint64_t peers[3];  /* a bit for each peer's hash: linear counting */
	int16_t run;	    /* negative: downwards */
	uint16_t held_h;    /* when they had it last, in hours */
	uint32_t last_peer; /* the last digits of number_key */
};

_Static_assert(sizeof(struct subject) <= HISTORY_SUBJECT_BYTES,
	       "as the header says");

/* Whether the callee of a pair may complain of it. */
enum pair_report {
	REPORT_OPEN,
	REPORT_MADE,	   /* once is enough */
	REPORT_GROUNDLESS, /* every call was refused by us */
};

/* A pair of numbers, the first of which called the second; or, of the kind
 * PAIR_DIALLED, the subscriber is the second and the one who dialled. */
struct pair {
	uint32_t tag; /* of the key; 0 with last_s 0: free */
	uint32_t last_s;
	uint32_t talked_s; /* when they last talked */
	uint16_t longest;  /* talk, in seconds */
	uint8_t as_whom;   /* of the last call: kind of subject */
	uint8_t report;	   /* enum pair_report */
	uint64_t origin, signer; /* of the last call: subjects' keys */
};

_Static_assert(sizeof(struct pair) == HISTORY_PAIR_BYTES, "as the header says");

struct subjects {
	struct subject *entries;
	size_t mask; /* of entries, bucket-aligned */
};

struct pairs {
	struct pair *entries;
	size_t mask;
};

int subjects_new(struct subjects *subjects, size_t count);
int pairs_new(struct pairs *pairs, size_t count);

/* NULL when there is none; or makes one, in place of another if need be. */
const struct subject *subject_find(const struct subjects *subjects,
				   uint64_t key);
struct subject *subject_for(struct subjects *subjects, uint64_t key,
			    uint32_t now_s);
const struct pair *pair_find(const struct pairs *pairs, uint64_t key);
struct pair *pair_for(struct pairs *pairs, uint64_t key, uint32_t now_s);

/* From elsewhere, in place of the one with that key or the least, unless it
 * is less itself. */
void subject_put(struct subjects *subjects, const struct subject *subject);
void pair_put(struct pairs *pairs, size_t bucket, const struct pair *pair);

/* Seconds. Of what lies in the future, since a clock was set back: none. */
static inline uint32_t time_since(uint32_t then_s, uint32_t now_s)
{
	return now_s > then_s ? now_s - then_s : 0;
}

/* Brings the counts up to now. */
void subject_fade(struct subject *subject, uint32_t now_s);

/* One call more, of now. Who has this many has all counts halved: their shares
 * stay, and a float can still count. */
#define SUBJECT_CALLS_MAX 1e6f
void subject_count(struct subject *subject);

void subject_scale(struct subject *subject, float by);

/* Who signs for a number, and which of his customers; keys of subjects. */
struct hands {
	uint64_t signer; /* 0: nobody */
	uint64_t origin;
	bool lasting; /* the origin has other calls than this */
};

bool subject_in_hands(const struct subject *subject, const struct hands *hands);
/* A call from these hands would be the first after it was in others. */
bool subject_changed_hands(const struct subject *subject,
			   const struct hands *hands, uint32_t now_s);
/* Since when it is in others than before; 0: it has always been in the same. */
uint32_t subject_passed_on_s(const struct subject *subject);
/* A call from these hands. */
void subject_hold(struct subject *subject, const struct hands *hands,
		  uint32_t now_s);

void subject_add_peer(struct subject *subject, uint64_t hash, uint32_t now_s);
double subject_peers(const struct subject *subject, uint32_t now_s);

#endif
