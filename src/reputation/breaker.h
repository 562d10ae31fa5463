/* Stops asking a service that keeps failing, and tries it again with one
 * request now and then. Times in milliseconds of now_mono_ms(). */
#ifndef REPUTATION_BREAKER_H
#define REPUTATION_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

struct breaker {
	unsigned failures; /* in a row */
	bool open;
	bool probing;	   /* open, but one request is under way */
	uint64_t retry_ms; /* open: when to probe */
};

/* Whether a request may be made now. */
bool breaker_allows(const struct breaker *breaker, uint64_t now);

/* A request that was allowed has begun. */
void breaker_begin(struct breaker *breaker);

/* True: it was open and closes. */
bool breaker_success(struct breaker *breaker);

/* `limit` failures in a row open it for `open_ms`; 0: never. True: it was
 * closed and opens. */
bool breaker_failure(struct breaker *breaker, uint64_t now, unsigned limit,
		     uint64_t open_ms);

#endif
