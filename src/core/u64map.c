/* Open addressing with linear probing, four of five slots in use. Keys stand
 * apart from values, so that looking for what is not there, the common case,
 * touches one or two cache lines. */
#include "callsieve/core/u64map.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SLOTS_MIN 16
#define HUGE_PAGE ((size_t)2 << 20)

__extension__ typedef unsigned __int128 u128;

struct u64map {
	uint64_t *keys; /* 0: the slot is free */
	unsigned char *values;
	size_t slots;
	size_t count;
	size_t value_size;
};

/* Tables of many megabytes are read at random: with small pages each lookup
 * would also miss the TLB. Only advice, so errors don't matter. */
static void *alloc_zeroed(size_t count, size_t size)
{
	char *memory = calloc(count, size);
	size_t bytes = count * size, skip;

	if (memory && bytes >= 2 * HUGE_PAGE) {
		skip = HUGE_PAGE - (uintptr_t)memory % HUGE_PAGE;
		madvise(memory + skip, (bytes - skip) & ~(HUGE_PAGE - 1),
			MADV_HUGEPAGE);
	}
	return memory;
}

static int alloc_slots(struct u64map *map, size_t slots)
{
	map->keys = alloc_zeroed(slots, sizeof(*map->keys));
	map->values = alloc_zeroed(slots, map->value_size);
	map->slots = slots;
	if (map->keys && map->values)
		return 0;
	free(map->keys);
	free(map->values);
	return -ENOMEM;
}

static size_t slots_for(size_t count)
{
	size_t slots = count + count / 4 + 1;

	return slots < SLOTS_MIN ? SLOTS_MIN : slots;
}

static bool is_full(const struct u64map *map)
{
	return slots_for(map->count + 1) > map->slots;
}

int u64map_new(struct u64map **mapp, size_t value_size, size_t expected)
{
	struct u64map *map = calloc(1, sizeof(*map));

	if (!map)
		return -ENOMEM;
	map->value_size = value_size;
	if (alloc_slots(map, slots_for(expected)) < 0) {
		free(map);
		return -ENOMEM;
	}
	*mapp = map;
	return 0;
}

void u64map_free(struct u64map *map)
{
	if (!map)
		return;
	free(map->keys);
	free(map->values);
	free(map);
}

/* Telephone numbers come in runs and in steps: all bits must count. The
 * finalizer of MurmurHash3 without its last shift, since the product below
 * takes the high bits. */
static size_t home(const struct u64map *map, uint64_t key)
{
	key ^= key >> 33;
	key *= 0xff51afd7ed558ccd;
	key ^= key >> 33;
	key *= 0xc4ceb9fe1a85ec53;
	return (size_t)(((u128)key * map->slots) >> 64);
}

/* Where the key is, or the free slot where it would go. */
static size_t find_slot(const struct u64map *map, uint64_t key)
{
	size_t i = home(map, key);

	/* What is read next if the key is there: fetch both at once. */
	__builtin_prefetch(map->values + i * map->value_size);
	while (map->keys[i] && map->keys[i] != key) {
		if (++i == map->slots)
			i = 0;
	}
	return i;
}

static void put(struct u64map *map, uint64_t key, const void *value)
{
	size_t i = find_slot(map, key);

	if (!map->keys[i])
		map->count++;
	map->keys[i] = key;
	memcpy(map->values + i * map->value_size, value, map->value_size);
}

static int resize(struct u64map *map, size_t slots)
{
	struct u64map old = *map;
	size_t i;

	if (alloc_slots(map, slots) < 0) {
		*map = old;
		return -ENOMEM;
	}
	map->count = 0;
	for (i = 0; i < old.slots; i++) {
		if (old.keys[i])
			put(map, old.keys[i], old.values + i * old.value_size);
	}
	free(old.keys);
	free(old.values);
	return 0;
}

int u64map_put(struct u64map *map, uint64_t key, const void *value)
{
	if (is_full(map) && resize(map, map->slots * 2) < 0)
		return -ENOMEM;
	put(map, key, value);
	return 0;
}

const void *u64map_get(const struct u64map *map, uint64_t key)
{
	size_t i = find_slot(map, key);

	return map->keys[i] ? map->values + i * map->value_size : NULL;
}

void u64map_fit(struct u64map *map)
{
	size_t slots = slots_for(map->count);

	/* Not worth the work below a tenth. Without memory it stays large. */
	if (slots + slots / 10 < map->slots)
		(void)resize(map, slots);
}

size_t u64map_count(const struct u64map *map)
{
	return map->count;
}

size_t u64map_bytes(const struct u64map *map)
{
	return sizeof(*map) +
	       map->slots * (sizeof(*map->keys) + map->value_size);
}
