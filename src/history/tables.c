#include "tables.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/metrics.h"

#define HOUR_HALF_S 1200.0
#define DAY_S	    86400
#define PEERS_S	    DAY_S /* for so long distinct peers are counted */
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

/* What gives way is what is missed least: twice as many calls make up for a day
 * of silence. So numbers made up for a call each push out each other. */
static double worth(const struct subject *subject)
{
	return subject->key ? (double)subject->last_s +
				      DAY_S * log2(1 + (double)subject->calls)
			    : 0;
}

/* The one with that key, or the one to give way. */
static struct subject *subject_place(struct subjects *subjects, uint64_t key)
{
	struct subject *bucket =
		&subjects->entries[bucket_of(key, subjects->mask)];
	struct subject *least = bucket;

	for (unsigned i = 0; i < WAYS; i++)
		if (bucket[i].key == key)
			return &bucket[i];
	for (unsigned i = 1; i < WAYS; i++)
		if (worth(&bucket[i]) < worth(least))
			least = &bucket[i];
	return least;
}

struct subject *subject_for(struct subjects *subjects, uint64_t key,
			    uint32_t now_s)
{
	struct subject *place = subject_place(subjects, key);

	if (place->key == key)
		return place;
	if (place->key)
		metric_add(METRIC_HISTORY_SUBJECTS_EVICTED, 1);
	*place = (struct subject){.key = key,
				  .first_s = now_s,
				  .last_s = now_s,
				  .peers_s = now_s};
	return place;
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

/* Who talked, or dialled, is missed more than who tried. */
static uint64_t pair_worth(const struct pair *pair)
{
	return pair->last_s + (pair->talked_s ? UINT64_C(7) * DAY_S : 0);
}

static struct pair *pair_place(struct pair *bucket, uint32_t tag)
{
	struct pair *least = bucket;

	for (unsigned i = 0; i < WAYS; i++)
		if (bucket[i].tag == tag)
			return &bucket[i];
	for (unsigned i = 1; i < WAYS; i++)
		if (pair_worth(&bucket[i]) < pair_worth(least))
			least = &bucket[i];
	return least;
}

struct pair *pair_for(struct pairs *pairs, uint64_t key, uint32_t now_s)
{
	struct pair *place = pair_place(
		&pairs->entries[bucket_of(key, pairs->mask)], tag_of(key));

	if (place->tag == tag_of(key))
		return place;
	if (place->tag)
		metric_add(METRIC_HISTORY_PAIRS_EVICTED, 1);
	*place = (struct pair){.tag = tag_of(key), .last_s = now_s};
	return place;
}

void subject_put(struct subjects *subjects, const struct subject *subject)
{
	struct subject *place = subject_place(subjects, subject->key);

	if (place->key == subject->key ? place->last_s <= subject->last_s
				       : worth(place) <= worth(subject))
		*place = *subject;
}

void pair_put(struct pairs *pairs, size_t bucket, const struct pair *pair)
{
	struct pair *place = pair_place(
		&pairs->entries[bucket * WAYS & pairs->mask], pair->tag);

	if (place->tag == pair->tag ? place->last_s <= pair->last_s
				    : pair_worth(place) <= pair_worth(pair))
		*place = *pair;
}

void subject_scale(struct subject *subject, float by)
{
	float *const days[] = {
		&subject->calls,   &subject->ended,   &subject->answered,
		&subject->brief,   &subject->pings,   &subject->talks,
		&subject->reports, &subject->dialled, &subject->known};

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		*days[i] *= by;
}

void subject_fade(struct subject *subject, uint32_t now_s)
{
	if (now_s <= subject->last_s)
		return;
	subject_scale(subject, exp2f(-(float)(now_s - subject->last_s) /
				     HISTORY_HALF_LIFE_S));
	subject->hour *=
		exp2f(-(float)(now_s - subject->last_s) / (float)HOUR_HALF_S);
	subject->last_s = now_s;
}

void subject_count(struct subject *subject)
{
	if (subject->calls >= SUBJECT_CALLS_MAX)
		subject_scale(subject, 0.5f);
	subject->hour += 1;
	subject->calls += 1;
}

void subject_add_peer(struct subject *subject, uint64_t hash, uint32_t now_s)
{
	unsigned bit = (unsigned)((hash >> 20) % PEER_BITS);

	if (time_since(subject->peers_s, now_s) > PEERS_S) {
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

	if (time_since(subject->peers_s, now_s) > 2 * PEERS_S)
		return 0;
	for (unsigned i = 0; i < PEER_BITS / 64; i++)
		set += __builtin_popcountll(subject->peers[i]);
	if (set == PEER_BITS)
		return HISTORY_PEERS_MAX;
	return fmin(HISTORY_PEERS_MAX,
		    -PEER_BITS * log1p(-(double)set / PEER_BITS));
}
