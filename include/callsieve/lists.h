/* The lists: rows in the store, a compact index of them in memory. Which row
 * counts for a call: of each kind the longest match that has not expired and
 * whose list counts for the trunk; at equal length allow beats block, then
 * what has more points. */
#ifndef CALLSIEVE_LISTS_H
#define CALLSIEVE_LISTS_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/model/number.h"

struct loop;
struct lists;
struct store;

enum list_kind {
	LIST_NONE, /* no row matches */
	LIST_BLOCK,
	LIST_ALLOW,
	LIST_NEVERBLOCK,
	LIST_DNO,
	LIST_SUBSCRIBER_BLOCK, /* a rule of the callee's */
	LIST_SUBSCRIBER_ALLOW,
	LIST_OWN, /* the carrier's own number, or a subscriber's */
};

/* When a row was added is known to the day while it is not older than so many
 * days, then to the month, then to the year. */
#define LISTS_DAYS_KNOWN   60
#define LISTS_MONTHS_KNOWN 730

/* The texts are lent until the loop next runs; "" if there is none. */
struct list_match {
	enum list_kind kind;
	int points; /* of a row of blocklist or dno */
	int64_t row; /* 0: the number stands among those of subscribers */
	number_key pattern;
	const char *range;  /* the rule as written, if it is a range */
	int64_t expires_at; /* epoch seconds; 0: never */
	int added_day;	    /* since 1970, the first it can be; 0: unknown */
	const char *list, *source, *reason;
};

struct list_question {
	const struct number *caller, *callee; /* the callee: NULL or a number */
	const char *trunk;		      /* its name */
	int64_t now;			      /* epoch seconds */
};

/* What the callee has set. */
struct list_settings {
	int64_t subscriber;	 /* 0: nothing, and the rest says nothing */
	int label_at, reject_at; /* points; -1: as the trunk has them */
	bool refuse_anonymous;
};

struct list_findings {
	struct list_match never;  /* NEVERBLOCK */
	struct list_match rule;	  /* SUBSCRIBER_BLOCK or _ALLOW */
	struct list_match listed; /* BLOCK or ALLOW */
	struct list_match dno;	  /* DNO, unless an ALLOW outranks it */
	struct list_match own;	  /* OWN */
	struct list_settings settings;
};

/* `loop` may be NULL in tests: then a refresh takes effect at once. */
int lists_new(struct lists **listsp, struct loop *loop);
void lists_free(struct lists *lists);

/* A store task (arg: struct lists): adds what was edited since last time and
 * hands it to the loop; on error the last good lists stay. Also writes down
 * the hits. */
int lists_refresh(struct store *store, void *arg);

/* On the loop: all that the lists say of a call. Only E.164 numbers match; what
 * the callee has set is said of any caller. */
void lists_look(const struct lists *lists, const struct list_question *question,
		struct list_findings *findings);

/* On the loop: a row counted for a call. `signal` is the name of its signal in
 * the verdict, others are ignored. Written to the table hits by and by. */
void lists_hit(const struct lists *lists, const char *signal, int64_t row);

/* How many versions of the lists have been in force. */
uint32_t lists_generation(const struct lists *lists);

#endif
