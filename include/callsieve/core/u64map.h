/* A compact map from 64-bit keys to values of one fixed size, for tables of
 * millions that are built once and then only read. Not for keys a stranger
 * may choose: there is no secret in the hash. */
#ifndef CALLSIEVE_CORE_U64MAP_H
#define CALLSIEVE_CORE_U64MAP_H

#include <stddef.h>
#include <stdint.h>

struct u64map;

/* `expected`: how many keys there will likely be; more are no harm. */
int u64map_new(struct u64map **mapp, size_t value_size, size_t expected);
void u64map_free(struct u64map *map);

/* Sets the value of a key, which must not be 0. -ENOMEM. */
int u64map_put(struct u64map *map, uint64_t key, const void *value);

/* Lent until the next u64map_put(), perhaps unaligned: copy it out. NULL when
 * there is no such key. */
const void *u64map_get(const struct u64map *map, uint64_t key);

/* Gives back memory not needed; for when no more keys come. */
void u64map_fit(struct u64map *map);

size_t u64map_count(const struct u64map *map);
size_t u64map_bytes(const struct u64map *map);

#endif
