/* Answers by number, the least recently used making room for the next. All
 * memory is taken at once: 32 bytes an entry and 4 to 8 of hash table. Times
 * in milliseconds of now_mono_ms(). */
#ifndef REPUTATION_CACHE_H
#define REPUTATION_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/model/number.h"
#include "callsieve/reputation.h"

struct cache;

/* With 0 entries it remembers nothing. */
int cache_new(struct cache **cachep, unsigned entries);
void cache_free(struct cache *cache);

/* False: not there, or no longer valid. */
bool cache_get(struct cache *cache, number_key key, uint64_t now,
	       struct rep_answer *answer);
/* Also one that expired less than `grace` ago, unless it was no answer. */
bool cache_get_stale(struct cache *cache, number_key key, uint64_t now,
		     uint64_t grace, struct rep_answer *answer);
void cache_put(struct cache *cache, number_key key, uint64_t expires,
	       const struct rep_answer *answer);
void cache_clear(struct cache *cache);
unsigned cache_limit(const struct cache *cache);

/* Puts all of `from` into `to`, so that the latest used stay if not all fit. */
void cache_copy(struct cache *to, const struct cache *from);

#endif
