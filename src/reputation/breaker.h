/* Stops asking a service that fails too often, and tries it again with some
 * of the questions. Times in milliseconds of now_mono_ms(). */
#ifndef REPUTATION_BREAKER_H
#define REPUTATION_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

struct breaker_limits {
	unsigned failures; /* in a row, or within the window; 0: no limit */
	unsigned percent;  /* of the requests within the window */
	unsigned probe_percent; /* of the questions, once `open_ms` are over */
	uint64_t window_ms, open_ms;
};

/* All zeros: closed, nothing known. */
struct breaker {
	uint64_t half_ms; /* when the present half of the window began */
	struct {
		unsigned requests, failures;
	} halves[2];	  /* the present one, and the one before */
	unsigned row;	  /* failures in a row */
	bool open;
	uint64_t retry_ms; /* open: when to probe */
	unsigned refused;  /* questions since the last probe */
	unsigned good;	   /* probes that succeeded, in a row */
};

/* Whether a request may be made now. */
bool breaker_allows(const struct breaker *breaker,
		    const struct breaker_limits *limits, uint64_t now);

/* A request was made, or was not because the breaker did not allow it. */
void breaker_begin(struct breaker *breaker);
void breaker_refused(struct breaker *breaker);

/* True: it was open and closes. */
bool breaker_success(struct breaker *breaker,
		     const struct breaker_limits *limits, uint64_t now);

/* True: it was closed and opens. */
bool breaker_failure(struct breaker *breaker,
		     const struct breaker_limits *limits, uint64_t now);

/* The service asked to be left alone for so long. True likewise. */
bool breaker_pause(struct breaker *breaker, uint64_t now, uint64_t ms);

#endif
