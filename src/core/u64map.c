/* Open addressing in lines of four slots, each line one of the processor's
 * cache. A slot is 16 bytes, so what belongs to a key comes with it; two of
 * three are in use, which makes 24 bytes a key, and most lookups end in the
 * first line, decided by two branches that are easy to foresee: where memory
 * is far away, a wrong guess costs more than anything else here. */
#include "callsieve/core/u64map.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LINE	  64
#define LINES_MIN 4
#define HUGE_PAGE ((size_t)2 << 20)
#define KEY_MASK  (UINT64_MAX >> U64MAP_TAG_BITS)
#define KEY_BITS  (64 - U64MAP_TAG_BITS)

__extension__ typedef unsigned __int128 u128;

struct slot {
	uint64_t key; /* the tag in its high bits; 0: the slot is free */
	uint64_t value;
};

#define SLOTS (LINE / sizeof(struct slot))

/* Filled in order: one with a free slot has its last one free. */
struct line {
	struct slot slots[SLOTS];
};

struct u64map {
	struct line *lines;
	void *memory; /* the lines, before they were aligned */
	size_t size;  /* lines */
	size_t count; /* keys */
};

/* Tables of many megabytes are read at random: with small pages each lookup
 * would also miss the TLB. Only advice, so errors don't matter. */
static void advise(char *memory, size_t bytes)
{
	size_t skip = HUGE_PAGE - (uintptr_t)memory % HUGE_PAGE;

	if (bytes >= 2 * HUGE_PAGE)
		madvise(memory + skip, (bytes - skip) & ~(HUGE_PAGE - 1),
			MADV_HUGEPAGE);
}

static int alloc_lines(struct u64map *map, size_t size)
{
	char *memory = calloc(size + 1, LINE);

	if (!memory)
		return -ENOMEM;
	advise(memory, (size + 1) * LINE);
	map->memory = memory;
	map->lines = (struct line *)(memory + LINE - (uintptr_t)memory % LINE);
	map->size = size;
	map->count = 0;
	return 0;
}

static size_t size_for(size_t count)
{
	size_t size = (count + count / 2 + SLOTS - 1) / SLOTS;

	return size < LINES_MIN ? LINES_MIN : size;
}

int u64map_new(struct u64map **mapp, size_t expected)
{
	struct u64map *map = calloc(1, sizeof(*map));

	if (!map)
		return -ENOMEM;
	if (alloc_lines(map, size_for(expected)) < 0) {
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
	free(map->memory);
	free(map);
}

/* Telephone numbers come in runs and in steps: all bits must count. The
 * finalizer of MurmurHash3 without its last shift, since the product below
 * takes the high bits. */
static struct line *home(const struct u64map *map, uint64_t key)
{
	key ^= key >> 33;
	key *= 0xff51afd7ed558ccd;
	key ^= key >> 33;
	key *= 0xc4ceb9fe1a85ec53;
	return map->lines + (size_t)(((u128)key * map->size) >> 64);
}

static bool slot_has(const struct slot *slot, uint64_t key)
{
	return (slot->key & KEY_MASK) == key;
}

/* The slot of the key, or NULL. All four are compared before the one branch. */
static const struct slot *find_in(const struct line *line, uint64_t key)
{
	unsigned found = slot_has(&line->slots[0], key) |
			 slot_has(&line->slots[1], key) << 1 |
			 slot_has(&line->slots[2], key) << 2 |
			 slot_has(&line->slots[3], key) << 3;

	return found ? &line->slots[__builtin_ctz(found)] : NULL;
}

static struct line *next(const struct u64map *map, const struct line *line)
{
	size_t i = (size_t)(line - map->lines) + 1;

	return map->lines + (i == map->size ? 0 : i);
}

static const struct slot *find(const struct u64map *map, uint64_t key)
{
	const struct line *line = home(map, key);
	const struct slot *slot;

	while (!(slot = find_in(line, key)) && line->slots[SLOTS - 1].key)
		line = next(map, line);
	return slot;
}

/* The slot of the key, or the free one where it goes. */
static struct slot *place(struct u64map *map, uint64_t key)
{
	struct line *line = home(map, key);
	size_t i;

	for (;; line = next(map, line)) {
		for (i = 0; i < SLOTS; i++) {
			if (!line->slots[i].key ||
			    slot_has(&line->slots[i], key))
				return &line->slots[i];
		}
	}
}

static void put(struct u64map *map, const struct slot *new)
{
	struct slot *slot = place(map, new->key &KEY_MASK);

	if (!slot->key)
		map->count++;
	*slot = *new;
}

static int resize(struct u64map *map, size_t size)
{
	struct u64map old = *map;
	const struct slot *slot;
	size_t i, j;

	if (alloc_lines(map, size) < 0) {
		*map = old;
		return -ENOMEM;
	}
	for (i = 0; i < old.size; i++) {
		for (j = 0; j < SLOTS; j++) {
			slot = &old.lines[i].slots[j];
			if (slot->key)
				put(map, slot);
		}
	}
	free(old.memory);
	return 0;
}

int u64map_reserve(struct u64map *map, size_t more)
{
	size_t size = size_for(map->count + more);

	return size > map->size ? resize(map, size) : 0;
}

int u64map_put(struct u64map *map, uint64_t key, struct u64map_entry entry)
{
	struct slot slot = {key | (uint64_t)entry.tag << KEY_BITS, entry.value};

	if (size_for(map->count + 1) > map->size &&
	    resize(map, map->size * 2) < 0)
		return -ENOMEM;
	put(map, &slot);
	return 0;
}

bool u64map_get(const struct u64map *map, uint64_t key,
		struct u64map_entry *entry)
{
	const struct slot *slot;

	if (!map->count)
		return false;
	slot = find(map, key);
	if (!slot)
		return false;
	entry->value = slot->value;
	entry->tag = (uint16_t)(slot->key >> KEY_BITS);
	return true;
}

void u64map_prefetch(const struct u64map *map, uint64_t key)
{
	__builtin_prefetch(home(map, key));
}

void u64map_fit(struct u64map *map)
{
	size_t size = size_for(map->count);

	/* Not worth the work below a tenth. Without memory it stays large. */
	if (size + size / 10 < map->size)
		(void)resize(map, size);
}

bool u64map_next(const struct u64map *map, size_t *at, uint64_t *key,
		 struct u64map_entry *entry)
{
	for (; *at < map->size * SLOTS; ++*at) {
		const struct slot *slot =
			&map->lines[*at / SLOTS].slots[*at % SLOTS];

		if (!slot->key)
			continue;
		*key = slot->key & KEY_MASK;
		entry->value = slot->value;
		entry->tag = (uint16_t)(slot->key >> KEY_BITS);
		++*at;
		return true;
	}
	return false;
}

size_t u64map_count(const struct u64map *map)
{
	return map->count;
}

size_t u64map_bytes(const struct u64map *map)
{
	return sizeof(*map) + (map->size + 1) * LINE;
}
