/* A compact map from keys of 52 bits to 64 bits and a tag of 12, for tables
 * of millions that are built once and then only read. Not for keys a stranger
 * may choose at will: there is no secret in the hash. */
#ifndef CALLSIEVE_CORE_U64MAP_H
#define CALLSIEVE_CORE_U64MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define U64MAP_TAG_BITS 12

struct u64map;

struct u64map_entry {
	uint64_t value;
	uint16_t tag; /* less than 2^12 */
};

/* `expected`: how many keys there will likely be; more are no harm. */
int u64map_new(struct u64map **mapp, size_t expected);
void u64map_free(struct u64map *map);

/* Sets what belongs to a key of 1 to 2^52 - 1. -ENOMEM. */
int u64map_put(struct u64map *map, uint64_t key, struct u64map_entry entry);
bool u64map_get(const struct u64map *map, uint64_t key,
		struct u64map_entry *entry);

/* Asks the processor for a key that will be looked up soon. */
void u64map_prefetch(const struct u64map *map, uint64_t key);

/* Gives back memory not needed; for when no more keys come. */
void u64map_fit(struct u64map *map);

/* Makes room for so many more keys. -ENOMEM. */
int u64map_reserve(struct u64map *map, size_t more);

/* The entries one after the other, in the order of their hashes: *at is 0 at
 * first. False: no more. Who puts them into another map reserves room there
 * before: in one that is smaller, all would crowd at its beginning until it
 * grows, and each be looked for past all before it. */
bool u64map_next(const struct u64map *map, size_t *at, uint64_t *key,
		 struct u64map_entry *entry);

size_t u64map_count(const struct u64map *map);
size_t u64map_bytes(const struct u64map *map);

#endif
