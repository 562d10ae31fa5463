/* How often something may happen: token buckets, one alone or one for each key
 * in a table of fixed size. The caller brings the time, of a clock that never
 * goes back. Not thread-safe. */
#ifndef CALLSIEVE_CORE_BUCKET_H
#define CALLSIEVE_CORE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct rate {
	uint64_t interval_us; /* one token comes back after this */
	uint64_t depth_us;    /* all do after this */
};

/* `count` in `per_us`, of which `burst` may come at once. */
struct rate rate_of(unsigned count, uint64_t per_us, unsigned burst);

/* Zeroed it is full. */
struct bucket {
	uint64_t full_us; /* when it will be full again */
};

bool bucket_has(const struct bucket *bucket, const struct rate *rate,
		uint64_t now_us);

/* Takes a token, whether there is one or not: what is taken beyond will have
 * to come back first. */
void bucket_take(struct bucket *bucket, const struct rate *rate,
		 uint64_t now_us);

/* A bucket for each key. When there are more keys than room, those are
 * forgotten that are nearest to being full, so who takes most is remembered,
 * and nobody ever finds fewer tokens than are his. */
struct buckets;
struct buckets *buckets_new(void);
void buckets_free(struct buckets *buckets);
bool buckets_has(const struct buckets *buckets, uint64_t key,
		 const struct rate *rate, uint64_t now_us);

/* False: there was no token, and none was taken. */
bool buckets_take(struct buckets *buckets, uint64_t key,
		  const struct rate *rate, uint64_t now_us);

#endif
