/* A token bucket for each called number, in a table of fixed size however many
 * numbers are called (core/bucket.c). What is no number has none: names are
 * for networks that know their callers. */
#include "crowd.h"

#include <errno.h>
#include <stdlib.h>

#include "callsieve/core/bucket.h"
#include "callsieve/core/config.h"

#define SECOND_US 1000000ull
#define LOCAL	  (1ull << 63) /* no key of +E164 has that bit */

struct crowd {
	struct buckets *buckets;
};

int crowd_new(struct crowd **crowdp)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));

	if (!crowd)
		return -ENOMEM;
	crowd->buckets = buckets_new();
	if (!crowd->buckets) {
		free(crowd);
		return -ENOMEM;
	}
	*crowdp = crowd;
	return 0;
}

void crowd_free(struct crowd *crowd)
{
	if (!crowd)
		return;
	buckets_free(crowd->buckets);
	free(crowd);
}

/* 0: it is not counted. */
static uint64_t key_of(const struct number *callee)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */

	if (callee->kind == NUMBER_E164)
		return number_key_exact(callee);
	if (callee->kind != NUMBER_LOCAL)
		return 0;
	for (const char *c = callee->text; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
	return hash | LOCAL;
}

static struct rate rate_in(const struct config *config)
{
	return rate_of(config->callee_burst,
		       config->callee_window_s * SECOND_US,
		       config->callee_burst);
}

bool crowd_full(const struct crowd *crowd, const struct config *config,
		const struct number *callee, uint64_t now_us)
{
	uint64_t key = key_of(callee);
	struct rate rate;

	if (!config->callee_burst || !key)
		return false;
	rate = rate_in(config);
	return !buckets_has(crowd->buckets, key, &rate, now_us);
}

bool crowd_enter(struct crowd *crowd, const struct config *config,
		 const struct number *callee, uint64_t now_us)
{
	uint64_t key = key_of(callee);
	struct rate rate;

	if (!config->callee_burst || !key)
		return true;
	rate = rate_in(config);
	return buckets_take(crowd->buckets, key, &rate, now_us);
}
