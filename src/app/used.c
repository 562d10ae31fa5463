/* Set-associative, as the buckets of core/bucket.c. With keys that nobody can
 * aim, 65,000 tokens at a time, 360 passes a second at the default valid_s,
 * hardly ever fill a set: see its test. */
#include "used.h"

#include <errno.h>
#include <stdlib.h>

#include "callsieve/core/metrics.h"

#define SETS 16384
#define WAYS 16 /* 4 MiB in all */

struct token {
	uint64_t key;
	int64_t expires_s; /* 0: none */
};

struct used {
	struct token sets[SETS][WAYS];
	int64_t forgotten_s[SETS]; /* the latest expiry of those */
};

int used_new(struct used **usedp)
{
	*usedp = calloc(1, sizeof(**usedp));
	return *usedp ? 0 : -ENOMEM;
}

void used_free(struct used *used)
{
	free(used);
}

/* NULL: it is in the set already. */
static struct token *place_for(struct token *set, uint64_t key,
			       int64_t expires_s)
{
	struct token *soonest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key && set[i].expires_s == expires_s)
			return NULL;
		if (set[i].expires_s < soonest->expires_s)
			soonest = &set[i];
	}
	return soonest;
}

bool used_take(struct used *used, uint64_t key, int64_t expires_s, int64_t now)
{
	struct token token = {.key = key, .expires_s = expires_s}, *place;
	size_t at = key % SETS;

	place = place_for(used->sets[at], key, expires_s);
	if (!place || expires_s <= used->forgotten_s[at])
		return false;
	/* The one of the two that expires first goes, and stays used. */
	if (place->expires_s < now) {
		*place = token;
		return true;
	}
	metric_add(METRIC_CHALLENGE_USED_EVICTED, 1);
	if (place->expires_s < expires_s) {
		used->forgotten_s[at] = place->expires_s;
		*place = token;
	} else {
		used->forgotten_s[at] = expires_s;
	}
	return true;
}
