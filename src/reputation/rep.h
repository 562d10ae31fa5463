/* What the client, its requests and the questions that wait for them share. */
#ifndef REPUTATION_REP_H
#define REPUTATION_REP_H

#include <stdbool.h>
#include <sys/queue.h>

#include "callsieve/core/bucket.h"
#include "callsieve/core/metrics.h"
#include "callsieve/reputation.h"

#include "breaker.h"

#define REQUEST_HEADS 64

struct cache;
struct fetch_job;
struct request;
struct settings;

LIST_HEAD(request_list, request);
LIST_HEAD(query_list, rep_query);

struct rep {
	struct loop *loop;
	struct fetch *fetch;
	struct settings *settings;
	struct cache *cache;
	struct metric_subject *metrics; /* by its name */
	struct breaker breaker;
	struct request_list requests[REQUEST_HEADS]; /* by key */
	unsigned in_flight, unawaited;
	struct bucket bucket; /* max_per_s */
	int64_t day;	      /* since 1970, that max_per_day is of */
	unsigned day_requests;
	unsigned queries; /* not yet freed by who asked */
	bool gone;	  /* rep_free() waits for the last of them */
};

/* One number asked of the service, for all who want to know. It outlives
 * those who stop waiting: a late answer still serves the next call. */
struct request {
	LIST_ENTRY(request) link;
	struct rep *rep;
	struct settings *settings; /* under which it was begun */
	number_key key;
	struct fetch_job *job;
	struct query_list askers;
	bool missed; /* someone waited in vain, and the breaker knows */
	bool unawaited; /* from the beginning: a probe, or to renew what is
			   stale */
};

/* One who wants to know. */
struct rep_query {
	LIST_ENTRY(rep_query) link; /* while it waits for `request` */
	struct rep *rep;
	struct settings *settings; /* when it was asked */
	struct request *request;
	struct loop_timer *timer;
	struct rep_answer answer; /* when the timer fires */
	rep_answer_h *h;
	void *arg;
};

void rep_metric(const struct rep *rep, enum metric_of metric, int64_t n);
struct breaker_limits rep_breaker_limits(const struct rep *rep);

int request_start(struct request **requestp, struct rep *rep,
		  const struct rep_question *question, bool unawaited);

/* For several services at once: as rep_peek(), which counts besides. */
const char *rep_name(const struct rep *rep);
bool rep_knows(struct rep *rep, const struct rep_question *question,
	       struct rep_answer *answer);
void rep_count(const struct rep *rep, const struct rep_answer *answer);

/* The answer where none could be asked for. */
void rep_refuse(const struct rep *rep, struct rep_answer *answer);

/* The one under way for this number and under the settings of now, or NULL. */
struct request *request_find(struct rep *rep, number_key key);

/* Someone's deadline passed. */
void request_miss(struct request *request);

/* Cancels it; nobody may be waiting for it. */
void request_free(struct request *request);

/* Gives an asker its answer; it no longer waits for a request then. */
void query_answer(struct rep_query *query, const struct rep_answer *answer);

#endif
