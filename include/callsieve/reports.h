/* What subscribers say of a number, and who may say it. */
#ifndef CALLSIEVE_REPORTS_H
#define CALLSIEVE_REPORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/model/number.h"

struct complaints;
struct loop;
struct reports;
struct store;

/* In memory, on the loop: how many subscribers reported a number. */
int reports_new(struct reports **reportsp, struct loop *loop);
void reports_free(struct reports *reports);

/* From the loop, for each report that comes in another way than by
 * reports_hear() and is of a call that `subscriber` got. Set it before the
 * store thread starts. */
typedef void report_h(const struct number *number,
		      const struct number *subscriber, void *arg);
void reports_listen(struct reports *reports, report_h *h, void *arg);

/* What the called phone says by itself (RFC 8197): that it does not want this
 * call, by a 607, or when it was answered by the BYE. */
struct report_heard {
	struct number caller, callee;
	char call[17]; /* our id of it */
	bool answered;
};

/* Goes into the table. Never blocks; beyond a thousand that wait they are
 * dropped and counted. */
void reports_hear(struct reports *reports, const struct report_heard *what);

/* A store task (arg: struct reports), as lists_refresh(). */
int reports_refresh(struct store *store, void *arg);

/* Distinct subscribers who reported a number within REPORT_DAYS. */
#define REPORT_DAYS 30
struct report_counts {
	unsigned called;  /* who got a call from it, as records show */
	unsigned hearsay; /* others */
};
struct report_counts reports_count(const struct reports *reports,
				   const struct number *number);

/* What public files of complaints say, in memory, on the loop; they come into
 * the table observations by `callsieve import`. */
int complaints_new(struct complaints **complaintsp, struct loop *loop);
void complaints_free(struct complaints *complaints);

/* A store task (arg: struct complaints). Without a loop all is read at once;
 * else a slice at a time, and -EAGAIN while there is more. */
int complaints_refresh(struct store *store, void *arg);

/* On how many days there were complaints, each counting by half less for every
 * COMPLAINTS_HALF_LIFE_DAYS since. 0: on fewer than COMPLAINTS_MIN, or none. */
#define COMPLAINTS_HALF_LIFE_DAYS 21
#define COMPLAINTS_WINDOW_DAYS	  128
#define COMPLAINTS_MIN		  3
double complaints_days(const struct complaints *complaints,
		       const struct number *number);

/* In the database, for api and cli; any thread with its own store. */

#define TOKEN_SIZE 48	  /* "cs_" and 40 random characters, NUL */
#define REPORT_COMMENT_MAX 500 /* bytes */

extern const char *const report_categories[]; /* NULL-terminated */

struct report {
	int64_t subscriber;
	const char *number;   /* stored form */
	const char *category; /* one of report_categories, or NULL */
	const char *comment;  /* or NULL */
};

/* Committed when it returns 0. A second report of the same number by the same
 * subscriber changes the first: *newp is false then. */
int report_save(struct store *store, const struct report *report, bool *newp,
		int64_t *idp);

/* What the database knows of a number. */
struct report_summary {
	int64_t reporters;
	int64_t called; /* of these, who got a call from it */
	int64_t first_at, last_at; /* epoch seconds; 0 without reports */
};
int report_summary(struct store *store, const char *number,
		   struct report_summary *summary);

/* Makes the subscriber if there is none of that name, and a new token for it;
 * only the token's SHA-256 is kept. */
int token_new(struct store *store, const char *subscriber,
	      char token[TOKEN_SIZE]);

/* The subscriber's reports no longer count either, until there is a new token.
 * -ENOENT: no such subscriber, or revoked before. */
int token_revoke(struct store *store, const char *subscriber);

/* -ENOENT for a token that is unknown or revoked. */
int token_find(struct store *store, const char *token, int64_t *subscriberp);

#endif
