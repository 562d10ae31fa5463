/* A token bucket is kept as the moment when it will be full again (the generic
 * cell rate algorithm of ITU-T I.371): to take a token is to move it on, to
 * let tokens come back is to do nothing.
 *
 * The table is set-associative, like a processor's cache: a key can live in a
 * few places only, which depend on a secret, so that nobody can aim. */
#include "callsieve/core/bucket.h"

#include <stddef.h>
#include <stdlib.h>

#include "callsieve/core/digest.h"

#define SETS 16384 /* 1 MiB in all */
#define WAYS 4

struct rate rate_of(unsigned count, uint64_t per_us, unsigned burst)
{
	uint64_t interval = per_us / count;

	return (struct rate){.interval_us = interval,
			     .depth_us = interval * burst};
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

bool bucket_has(const struct bucket *bucket, const struct rate *rate,
		uint64_t now_us)
{
	return later(bucket->full_us, now_us) + rate->interval_us <=
	       now_us + rate->depth_us;
}

void bucket_take(struct bucket *bucket, const struct rate *rate,
		 uint64_t now_us)
{
	bucket->full_us = later(bucket->full_us, now_us) + rate->interval_us;
}

struct slot {
	uint64_t key;
	struct bucket bucket;
};

struct buckets {
	uint64_t secret;
	struct slot slots[SETS][WAYS];
};

struct buckets *buckets_new(void)
{
	struct buckets *buckets = calloc(1, sizeof(*buckets));

	if (buckets)
		random_bytes(&buckets->secret, sizeof(buckets->secret));
	return buckets;
}

void buckets_free(struct buckets *buckets)
{
	free(buckets);
}

/* The finaliser of splitmix64. */
static size_t set_of(const struct buckets *buckets, uint64_t key)
{
	uint64_t x = key ^ buckets->secret;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return (x ^ (x >> 31)) % SETS;
}

bool buckets_has(const struct buckets *buckets, uint64_t key,
		 const struct rate *rate, uint64_t now_us)
{
	const struct slot *set = buckets->slots[set_of(buckets, key)];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].key == key)
			return bucket_has(&set[i].bucket, rate, now_us);
	return rate->depth_us >= rate->interval_us;
}

static struct slot *slot_for(struct buckets *buckets, uint64_t key)
{
	struct slot *set = buckets->slots[set_of(buckets, key)], *fullest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].bucket.full_us < fullest->bucket.full_us)
			fullest = &set[i];
	}
	*fullest = (struct slot){.key = key};
	return fullest;
}

bool buckets_take(struct buckets *buckets, uint64_t key,
		  const struct rate *rate, uint64_t now_us)
{
	struct slot *slot;

	if (!buckets_has(buckets, key, rate, now_us))
		return false;
	slot = slot_for(buckets, key);
	bucket_take(&slot->bucket, rate, now_us);
	return true;
}
