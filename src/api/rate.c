/* Token buckets in a set-associative table, like a processor's cache: a key
 * can live in one of a few places only, so finding one is quick, nothing is
 * allocated, and who floods the table pushes out only a few others. The
 * places depend on a secret, so nobody can aim. */
#include "rate.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/digest.h"
#include "callsieve/core/netaddr.h"

#define SETS 1024
#define WAYS 4

/* One request, in the unit that makes a millisecond worth exactly
 * per_minute: no rounding, however often somebody asks. */
#define MINUTE_MS 60000
#define TOKEN	  ((uint64_t)MINUTE_MS)

enum holder { HOLDER_NONE, HOLDER_SUBSCRIBER, HOLDER_IPV4, HOLDER_IPV6 };

struct bucket {
	uint64_t key;
	uint64_t updated_ms;
	uint64_t level; /* TOKEN each */
	enum holder holder;
};

struct rates {
	pthread_mutex_t lock;
	unsigned per_minute;
	uint64_t secret;
	struct bucket buckets[SETS][WAYS];
};

int rates_new(struct rates **ratesp, unsigned per_minute)
{
	struct rates *rates;

	rates = calloc(1, sizeof(*rates));
	if (!rates)
		return -ENOMEM;
	pthread_mutex_init(&rates->lock, NULL);
	rates->per_minute = per_minute;
	random_bytes(&rates->secret, sizeof(rates->secret));
	*ratesp = rates;
	return 0;
}

void rates_free(struct rates *rates)
{
	if (!rates)
		return;
	pthread_mutex_destroy(&rates->lock);
	free(rates);
}

/* The finaliser of splitmix64. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static struct bucket *bucket_find(struct rates *rates, enum holder holder,
				  uint64_t key, uint64_t now)
{
	uint64_t hash = mix(mix(key ^ rates->secret) + holder);
	struct bucket *set = rates->buckets[hash % SETS], *oldest = set;
	size_t i;

	for (i = 0; i < WAYS; i++) {
		if (set[i].holder == holder && set[i].key == key)
			return &set[i];
		if (set[i].updated_ms < oldest->updated_ms)
			oldest = &set[i];
	}
	oldest->holder = holder;
	oldest->key = key;
	oldest->updated_ms = now;
	oldest->level = (uint64_t)rates->per_minute * TOKEN;
	return oldest;
}

static void bucket_fill(struct bucket *bucket, unsigned per_minute,
			uint64_t now)
{
	uint64_t full = (uint64_t)per_minute * TOKEN;
	uint64_t waited = now - bucket->updated_ms;

	bucket->level += (waited < MINUTE_MS ? waited : MINUTE_MS) * per_minute;
	if (bucket->level > full)
		bucket->level = full;
	bucket->updated_ms = now;
}

static unsigned seconds_until(uint64_t level, unsigned per_minute)
{
	uint64_t wait_ms = (level + per_minute - 1) / per_minute;

	return (unsigned)((wait_ms + 999) / 1000);
}

static unsigned take(struct rates *rates, enum holder holder, uint64_t key)
{
	uint64_t now = now_mono_ms();
	struct bucket *bucket;
	unsigned wait_s = 0;

	if (!rates->per_minute)
		return 0;
	pthread_mutex_lock(&rates->lock);
	bucket = bucket_find(rates, holder, key, now);
	bucket_fill(bucket, rates->per_minute, now);
	if (bucket->level >= TOKEN)
		bucket->level -= TOKEN;
	else
		wait_s =
			seconds_until(TOKEN - bucket->level, rates->per_minute);
	pthread_mutex_unlock(&rates->lock);
	return wait_s;
}

unsigned rates_take_subscriber(struct rates *rates, int64_t subscriber)
{
	return take(rates, HOLDER_SUBSCRIBER, (uint64_t)subscriber);
}

unsigned rates_take_address(struct rates *rates, const struct netaddr *address)
{
	uint64_t key = 0;

	memcpy(&key, address->bytes, address->len == 4 ? 4 : 8);
	return take(rates, address->len == 4 ? HOLDER_IPV4 : HOLDER_IPV6, key);
}
