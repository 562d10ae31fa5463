/* A client and its loop, and what became of requests. */
#ifndef FETCH_TEST_CLIENT_H
#define FETCH_TEST_CLIENT_H

#include <stdint.h>

#include "callsieve/core/loop.h"
#include "callsieve/fetch.h"

#define ANY_MS 5000 /* far longer than anything here takes */

extern struct loop *loop;
extern struct fetch *client;

/* What one request came to. */
struct outcome {
	struct fetch_job *job;
	unsigned answers;
	int err, status;
	long fresh_s, retry_s;
	char body[256];
	size_t len;
	uint64_t took_ms, began_ms;
};

void client_setup(void);
void client_teardown(void);

/* Starts it; the test fails if that fails or answers before it returns. */
void ask(struct outcome *outcome, const struct fetch_request *request);

/* The same and waits for the answer, freeing the job. */
void get(struct outcome *outcome, const struct fetch_request *request);

/* Turns the loop until `outcome` has its answer, and frees the job. */
void await_answer(struct outcome *outcome);

/* Turns the loop for so long. */
void pass_ms(unsigned ms);

#endif
