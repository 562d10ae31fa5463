#include "tables.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_HALF_S 1200.0
#define PEERS_S	    86400 /* for so long distinct peers are counted */
#define PEER_BITS   192

static size_t round_up(size_t count)
{
	size_t size = WAYS;

	while (size < count)
		size *= 2;
	return size;
}

int subjects_new(struct subjects *subjects, size_t count)
{
	size_t size = round_up(count);

	subjects->entries = calloc(size, sizeof(*subjects->entries));
	subjects->mask = size - 1;
	return subjects->entries ? 0 : -ENOMEM;
}

int pairs_new(struct pairs *pairs, size_t count)
{
	size_t size = round_up(count);

	pairs->entries = calloc(size, sizeof(*pairs->entries));
	pairs->mask = size - 1;
	return pairs->entries ? 0 : -ENOMEM;
}

static size_t bucket_of(uint64_t key, size_t mask)
{
	return (key * WAYS) & mask;
}

const struct subject *subject_find(const struct subjects *subjects,
				   uint64_t key)
{
	const struct subject *bucket =
		&subjects->entries[bucket_of(key, subjects->mask)];

	for (unsigned i = 0; i < WAYS; i++)
		if (bucket[i].key == key)
			return &bucket[i];
	return NULL;
}

struct subject *subject_for(struct subjects *subjects, uint64_t key,
			    uint32_t now_s)
{
	struct subject *bucket =
		&subjects->entries[bucket_of(key, subjects->mask)];
	struct subject *oldest = bucket;

	for (unsigned i = 0; i < WAYS; i++) {
		if (bucket[i].key == key)
			return &bucket[i];
		if (bucket[i].last_s < oldest->last_s)
			oldest = &bucket[i];
	}
	*oldest = (struct subject){.key = key,
				   .first_s = now_s,
				   .last_s = now_s,
				   .peers_s = now_s};
	return oldest;
}

/* The low bits of a key choose the bucket, the high ones are the tag. */
static uint32_t tag_of(uint64_t key)
{
	return (uint32_t)(key >> 32) | 1;
}

const struct pair *pair_find(const struct pairs *pairs, uint64_t key)
{
	const struct pair *bucket =
		&pairs->entries[bucket_of(key, pairs->mask)];

	for (unsigned i = 0; i < WAYS; i++)
		if (bucket[i].tag == tag_of(key))
			return &bucket[i];
	return NULL;
}

struct pair *pair_for(struct pairs *pairs, uint64_t key, uint32_t now_s)
{
	struct pair *bucket = &pairs->entries[bucket_of(key, pairs->mask)];
	struct pair *oldest = bucket;

	for (unsigned i = 0; i < WAYS; i++) {
		if (bucket[i].tag == tag_of(key))
			return &bucket[i];
		if (bucket[i].last_s < oldest->last_s)
			oldest = &bucket[i];
	}
	*oldest = (struct pair){.tag = tag_of(key), .last_s = now_s};
	return oldest;
}

void subject_put(struct subjects *subjects, const struct subject *subject)
{
	struct subject *bucket =
		&subjects->entries[bucket_of(subject->key, subjects->mask)];
	struct subject *place = bucket;

	for (unsigned i = 0; i < WAYS; i++) {
		if (bucket[i].key == subject->key) {
			place = &bucket[i];
			break;
		}
		if (bucket[i].last_s < place->last_s)
			place = &bucket[i];
	}
	if (place->last_s <= subject->last_s)
		*place = *subject;
}

void pair_put(struct pairs *pairs, size_t bucket, const struct pair *pair)
{
	struct pair *entries = &pairs->entries[bucket * WAYS & pairs->mask];
	struct pair *place = entries;

	for (unsigned i = 0; i < WAYS; i++) {
		if (entries[i].tag == pair->tag) {
			place = &entries[i];
			break;
		}
		if (entries[i].last_s < place->last_s)
			place = &entries[i];
	}
	if (place->last_s <= pair->last_s)
		*place = *pair;
}

void subject_fade(struct subject *subject, uint32_t now_s)
{
	float *const days[] = {&subject->calls,	   &subject->ended,
			       &subject->answered, &subject->brief,
			       &subject->pings,	   &subject->talks,
			       &subject->reports,  &subject->dialled};
	float by;

	if (now_s <= subject->last_s)
		return;
	by = exp2f(-(float)(now_s - subject->last_s) / HISTORY_HALF_LIFE_S);
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		*days[i] *= by;
	subject->hour *=
		exp2f(-(float)(now_s - subject->last_s) / (float)HOUR_HALF_S);
	subject->last_s = now_s;
}

void subject_add_peer(struct subject *subject, uint64_t hash, uint32_t now_s)
{
	unsigned bit = (unsigned)((hash >> 20) % PEER_BITS);

	if (now_s - subject->peers_s > PEERS_S) {
		memset(subject->peers, 0, sizeof(subject->peers));
		subject->peers_s = now_s;
	}
	subject->peers[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* Linear counting (Whang and others, 1990): of n bits, z still clear, about
 * -n ln(z/n) peers have been seen. */
double subject_peers(const struct subject *subject, uint32_t now_s)
{
	int set = 0;

	if (now_s - subject->peers_s > 2 * PEERS_S)
		return 0;
	for (unsigned i = 0; i < PEER_BITS / 64; i++)
		set += __builtin_popcountll(subject->peers[i]);
	if (set == PEER_BITS)
		return HISTORY_PEERS_MAX;
	return fmin(HISTORY_PEERS_MAX,
		    -PEER_BITS * log1p(-(double)set / PEER_BITS));
}
