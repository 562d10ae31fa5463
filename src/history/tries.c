/* Set-associative, as the buckets of core/bucket.c: a key can live in a few
 * places only, which depend on a secret, so that nobody can aim. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/digest.h"
#include "callsieve/core/metrics.h"
#include "callsieve/history.h"
#include "callsieve/model/number.h"

#define SETS 16384 /* 4 MiB in all */
#define WAYS 16

struct tries {
	uint64_t secret;
	enum metric evicted;
	struct tried slots[SETS][WAYS];
};

int tries_new(struct tries **triesp, enum metric evicted)
{
	*triesp = calloc(1, sizeof(**triesp));
	if (!*triesp)
		return -ENOMEM;
	(*triesp)->evicted = evicted;
	random_bytes(&(*triesp)->secret, sizeof((*triesp)->secret));
	return 0;
}

void tries_free(struct tries *tries)
{
	free(tries);
}

/* The finaliser of splitmix64. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static uint64_t add(uint64_t hash, const char *text)
{
	for (const char *c = text; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
	return mix(hash);
}

uint64_t tries_key(const struct tries *tries, const struct number *caller,
		   const struct number *callee)
{
	uint64_t hash = mix(tries->secret + caller->kind);

	return add(add(hash, caller->text), callee->text);
}

uint32_t tries_now(void)
{
	return (uint32_t)(now_mono_ms() / 1000) + 1;
}

static bool is_within(const struct tried *tried, unsigned age_s)
{
	return tried->since_s && tries_now() - tried->since_s <= age_s;
}

struct tried *tries_find(struct tries *tries, uint64_t key, unsigned age_s)
{
	struct tried *set = tries->slots[key % SETS];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].key == key && is_within(&set[i], age_s))
			return &set[i];
	return NULL;
}

/* Those who passed are people; a flood is of those who do not try again. */
static unsigned worth(const struct tried *tried, unsigned age_s)
{
	return is_within(tried, age_s) ? 1 + tried->passed : 0;
}

static bool goes_before(const struct tried *a, const struct tried *b,
			unsigned age_s)
{
	unsigned of_a = worth(a, age_s), of_b = worth(b, age_s);

	return of_a != of_b ? of_a < of_b : a->since_s < b->since_s;
}

struct tried *tries_put(struct tries *tries, uint64_t key, unsigned age_s)
{
	struct tried *set = tries->slots[key % SETS], *place = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key) {
			place = &set[i];
			break;
		}
		if (goes_before(&set[i], place, age_s))
			place = &set[i];
	}
	if (place->key != key && is_within(place, age_s))
		metric_add(tries->evicted, 1);
	*place = (struct tried){.key = key, .since_s = tries_now()};
	return place;
}
