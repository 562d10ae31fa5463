/* A client, the service it asks, and questions. The clock of cache and breaker
 * is faked; sockets and deadlines keep real time. */
#ifndef REPUTATION_TEST_ASKER_H
#define REPUTATION_TEST_ASKER_H

#include <stdint.h>

#include "callsieve/core/loop.h"
#include "callsieve/core/metrics.h"
#include "callsieve/reputation.h"
#include "fake/http.h"

#define ANY_MS 5000 /* far longer than anything here takes */

extern struct loop *loop;
extern struct fetch *fetch;
extern struct fake_http *server;
extern struct config_reputation config; /* what setup gave the client */
extern struct rep *rep;

struct asker {
	struct rep_query *query;
	struct rep_answer answer;
	unsigned answers;
	uint64_t began_ms, took_ms;
};

void rep_setup(void);
void rep_teardown(void);

/* Applies changes made to `config`. */
void reconfigure(void);

/* The n-th of many numbers. */
struct number number_of(unsigned n);

/* Asks of number_of(n); must not be answered at once. */
void ask(struct asker *asker, unsigned n);
void ask_question(struct asker *asker, const struct rep_question *question);
void await_answer(struct asker *asker); /* and frees the query */

/* Peeks, and if need be asks and waits: as screening does. */
struct rep_answer find_out(unsigned n);

bool peek(unsigned n, struct rep_answer *answer);
void await_requests(unsigned count);
int64_t rep_count_of(enum metric_of metric);
void pass_ms(unsigned ms);

void ck_assert_known(const struct rep_answer *answer, int risk);
void ck_assert_unavailable(const struct rep_answer *answer, const char *why);

#endif
