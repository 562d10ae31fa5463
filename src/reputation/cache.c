#include "cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/digest.h"

/* Entries are named by their place in the array plus 1; 0 is none. Entry 0
 * is no entry: its links are the two ends of the list by use. */
struct entry {
	number_key key;
	uint64_t expires;
	uint32_t chain;	       /* the next of the same hash */
	uint32_t newer, older; /* by use */
	uint8_t status : 2, allow : 1, why : 5;
	union {
		struct {
			uint8_t risk, category;
		};
		int16_t cause; /* of REP_UNAVAILABLE */
	};
};

_Static_assert(sizeof(struct entry) <= 32, "grows the cache");

struct cache {
	struct entry *entries;
	uint32_t *heads;
	uint32_t mask;
	unsigned limit, count;
	uint64_t seed; /* callers choose the numbers: not their chains too */
};

static const char *const whys[] = {NULL,	"error",   "deadline",
				   "malformed", "refused", "oversized"};

static uint8_t why_number(const char *why)
{
	for (uint8_t i = 1; i < sizeof(whys) / sizeof(*whys); i++)
		if (why && !strcmp(whys[i], why))
			return i;
	return why ? 1 : 0;
}

int cache_new(struct cache **cachep, unsigned entries)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	uint32_t heads = 1;

	if (!cache)
		return -ENOMEM;
	while (heads < entries && heads < 1u << 31)
		heads *= 2;
	cache->mask = heads - 1;
	cache->limit = entries;
	random_bytes(&cache->seed, sizeof(cache->seed));
	cache->heads = calloc(heads, sizeof(*cache->heads));
	cache->entries = calloc((size_t)entries + 1, sizeof(*cache->entries));
	if (!cache->heads || !cache->entries) {
		cache_free(cache);
		return -ENOMEM;
	}
	*cachep = cache;
	return 0;
}

void cache_free(struct cache *cache)
{
	if (!cache)
		return;
	free(cache->heads);
	free(cache->entries);
	free(cache);
}

/* The finishing steps of SplitMix64. */
static uint32_t *head_of(const struct cache *cache, number_key key)
{
	uint64_t x = key ^ cache->seed;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return &cache->heads[(x ^ (x >> 31)) & cache->mask];
}

static uint32_t find(const struct cache *cache, number_key key)
{
	uint32_t at = *head_of(cache, key);

	while (at && cache->entries[at].key != key)
		at = cache->entries[at].chain;
	return at;
}

static void unlink_use(struct cache *cache, uint32_t at)
{
	struct entry *entries = cache->entries;

	entries[entries[at].newer].older = entries[at].older;
	entries[entries[at].older].newer = entries[at].newer;
}

static void link_newest(struct cache *cache, uint32_t at)
{
	struct entry *entries = cache->entries;

	entries[at].newer = 0;
	entries[at].older = entries[0].older;
	entries[entries[0].older].newer = at;
	entries[0].older = at;
}

static void unlink_chain(struct cache *cache, uint32_t at)
{
	uint32_t *link = head_of(cache, cache->entries[at].key);

	while (*link != at)
		link = &cache->entries[*link].chain;
	*link = cache->entries[at].chain;
}

/* An entry for a new key, unlinked: a fresh one or the least recently used. */
static uint32_t make_room(struct cache *cache)
{
	uint32_t at;

	if (cache->count < cache->limit)
		return ++cache->count;
	at = cache->entries[0].newer;
	unlink_use(cache, at);
	unlink_chain(cache, at);
	return at;
}

static struct rep_answer answer_of(const struct entry *entry)
{
	struct rep_answer answer = {.status = entry->status,
				    .why = whys[entry->why],
				    .allow = entry->allow};

	if (entry->status == REP_UNAVAILABLE) {
		answer.cause = entry->cause;
	} else {
		answer.risk = entry->risk;
		answer.category = entry->category;
	}
	return answer;
}

static void use(struct cache *cache, uint32_t at, struct rep_answer *answer)
{
	unlink_use(cache, at);
	link_newest(cache, at);
	*answer = answer_of(&cache->entries[at]);
	answer->cached = true;
}

bool cache_get(struct cache *cache, number_key key, uint64_t now,
	       struct rep_answer *answer)
{
	uint32_t at = find(cache, key);

	if (!at || now >= cache->entries[at].expires)
		return false;
	use(cache, at, answer);
	return true;
}

bool cache_get_stale(struct cache *cache, number_key key, uint64_t now,
		     uint64_t grace, struct rep_answer *answer)
{
	uint32_t at = find(cache, key);

	if (!at || now >= cache->entries[at].expires + grace ||
	    cache->entries[at].status == REP_UNAVAILABLE)
		return false;
	use(cache, at, answer);
	answer->stale = now >= cache->entries[at].expires;
	return true;
}

void cache_put(struct cache *cache, number_key key, uint64_t expires,
	       const struct rep_answer *answer)
{
	uint32_t at = find(cache, key), *head;
	struct entry *entry;

	if (!cache->limit)
		return;
	if (at) {
		unlink_use(cache, at);
	} else {
		at = make_room(cache);
		head = head_of(cache, key);
		cache->entries[at].key = key;
		cache->entries[at].chain = *head;
		*head = at;
	}
	link_newest(cache, at);
	entry = &cache->entries[at];
	entry->expires = expires;
	entry->status = answer->status & 3;
	entry->why = why_number(answer->why) & 31;
	entry->allow = answer->allow;
	if (answer->status == REP_UNAVAILABLE) {
		entry->cause = (int16_t)answer->cause;
	} else {
		entry->risk = (uint8_t)answer->risk;
		entry->category = (uint8_t)answer->category;
	}
}

void cache_clear(struct cache *cache)
{
	memset(cache->heads, 0, ((size_t)cache->mask + 1) * sizeof(uint32_t));
	memset(cache->entries, 0, sizeof(*cache->entries));
	cache->count = 0;
}

unsigned cache_limit(const struct cache *cache)
{
	return cache->limit;
}

void cache_copy(struct cache *to, const struct cache *from)
{
	uint32_t at = from->entries[0].newer;

	for (; at; at = from->entries[at].newer) {
		const struct entry *entry = &from->entries[at];
		struct rep_answer answer = answer_of(entry);

		cache_put(to, entry->key, entry->expires, &answer);
	}
}
