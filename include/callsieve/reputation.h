/* What outside services know about a number. Answers are cached. A service
 * that is slow or broken costs at most the deadline, never the call. */
#ifndef CALLSIEVE_REPUTATION_H
#define CALLSIEVE_REPUTATION_H

#include <stdbool.h>
#include <stddef.h>

#include "callsieve/core/config.h"
#include "callsieve/model/number.h"

struct fetch;
struct loop;
struct rep;	  /* client and cache of one service */
struct rep_query; /* one question under way: owned by whoever asked it */

enum rep_status { REP_KNOWN, REP_UNKNOWN, REP_UNAVAILABLE };

struct rep_answer {
	enum rep_status status;
	int risk;	  /* 0..100, meaningful only when REP_KNOWN */
	int points;	  /* what that is worth, as configured when asked */
	const char *name; /* of the service; lent until the query is freed */
	const char *why;  /* static; for REP_UNAVAILABLE: "deadline", "breaker",
			     "error", "oversized", "limit", "quota",
			     "malformed", "refused" */
	int cause;	  /* for "error": the HTTP status, or -errno of fetch.h */
	unsigned category; /* place in `categories`, from 1; 0: none */
	char label[24];	   /* that category's word */
	bool allow;	   /* known to be good: no risk at all */
	bool cached;
	bool stale; /* besides, and asked for anew */
};

struct rep_question {
	const struct number *caller;
	const struct number *callee; /* or NULL; sent only where configured */
	unsigned deadline_ms; /* 0: the service's own; never longer than it */
};

typedef void rep_answer_h(const struct rep_answer *answer, void *arg);

/* `config` is copied from, not kept. */
int rep_new(struct rep **repp, struct loop *loop, struct fetch *fetch,
	    const struct config_reputation *config);

/* Questions still open are answered first. */
void rep_free(struct rep *rep);

/* New settings for questions from now on; the cache is emptied only when what
 * is asked or the mapping changed. All or nothing: on error the old ones stay.
 */
int rep_configure(struct rep *rep, const struct config_reputation *config);

/* True, with the answer, when it is known without asking: from the cache, or
 * because the breaker is open and no probe due, too much is in flight, or there is no service
 * (REP_UNKNOWN then). */
bool rep_peek(struct rep *rep, const struct rep_question *question,
	      struct rep_answer *answer);

/* On 0, `answerh` runs exactly once, from the loop, never before this
 * returns, at the deadline at the latest. On -errno it never runs and
 * *queryp is untouched. All who ask of one number share one request. */
int rep_ask(struct rep_query **queryp, struct rep *rep,
	    const struct rep_question *question, rep_answer_h *answerh,
	    void *arg);

/* Cancels the question if still open; after this `answerh` will not run.
 * Required once for each query, fine from `answerh`, and with NULL. */
void rep_query_free(struct rep_query *query);

/* Maps an HTTP 200 body to an answer; for the fuzz target and tests too. */
void rep_map(const struct config_reputation *config, const char *body,
	     size_t len, struct rep_answer *answer);

/* All services of a configuration, asked at once. One per daemon. */
struct providers;
struct providers_query;

/* As many answers as there are services, in the order of the configuration. */
typedef void providers_h(const struct rep_answer *answers, size_t count,
			 void *arg);

int providers_new(struct providers **providersp, struct loop *loop,
		  struct fetch *fetch, const struct config *config);
void providers_free(struct providers *providers);

/* As rep_configure(); services are the same as before by their names. On error
 * some may have new settings already: configure the old ones again. */
int providers_configure(struct providers *providers,
			const struct config *config);

/* True, with CONFIG_REPUTATIONS_MAX answers at most, when all are known
 * without asking. */
bool providers_peek(struct providers *providers,
		    const struct rep_question *question,
		    struct rep_answer answers[CONFIG_REPUTATIONS_MAX],
		    size_t *countp);

/* As rep_ask(), with each service's own deadline and the question's for all of
 * them: `h` runs once, when the last has answered. */
int providers_ask(struct providers_query **queryp, struct providers *providers,
		  const struct rep_question *question, providers_h *h,
		  void *arg);
/* Requests under way that nobody waits for, nor ever did. For who has the
 * clock in hand, and lets them end before it goes on. */
unsigned providers_unawaited(const struct providers *providers);
void providers_query_free(struct providers_query *query);

#endif
