/* Set-associative, as the buckets of core/bucket.c: a key can live in a few
 * places only, which depend on a secret, so that nobody can aim. */
#include <errno.h>
#include <stdlib.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/digest.h"
#include "callsieve/history.h"
#include "callsieve/model/number.h"

#define SETS 16384 /* 1 MiB in all */
#define WAYS 4

struct tries {
	uint64_t secret;
	struct tried slots[SETS][WAYS];
};

int tries_new(struct tries **triesp)
{
	*triesp = calloc(1, sizeof(**triesp));
	if (!*triesp)
		return -ENOMEM;
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

uint64_t tries_key_of(const struct tries *tries, const char *text)
{
	return add(tries->secret, text);
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

struct tried *tries_find(struct tries *tries, uint64_t key, unsigned age_s)
{
	struct tried *set = tries->slots[key % SETS];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].key == key && set[i].since_s &&
		    tries_now() - set[i].since_s <= age_s)
			return &set[i];
	return NULL;
}

struct tried *tries_put(struct tries *tries, uint64_t key)
{
	struct tried *set = tries->slots[key % SETS], *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key) {
			oldest = &set[i];
			break;
		}
		if (set[i].since_s < oldest->since_s)
			oldest = &set[i];
	}
	*oldest = (struct tried){.key = key, .since_s = tries_now()};
	return oldest;
}
