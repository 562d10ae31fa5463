/* Rows in memory, in at most 24 bytes each as long as few share a number.
 * Filled once, then only read. Finds the rows of a number or prefix; which of
 * them counts is match.c's business. */
#ifndef LISTS_INDEX_H
#define LISTS_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "callsieve/core/u64map.h"
#include "callsieve/model/number.h"
#include "classes.h"

struct index;

enum table {
	TABLE_BLOCK,
	TABLE_ALLOW,
	TABLE_NEVERBLOCK,
	TABLE_DNO,
	TABLE_RULES,  /* of subscribers; points > 0: block */
	TABLE_OWNERS, /* the row is the subscriber whose number it is */
	TABLES,
};

struct index_row {
	enum table table;
	number_key key;
	int64_t subscriber; /* whose rule it is; else 0 */
	int64_t row;
	int64_t expires_at; /* epoch seconds; 0: never */
	struct class class; /* copied */
};

/* `expected`: how many rows each table will have, about. */
int index_new(struct index **indexp, const size_t expected[TABLES]);
void index_free(struct index *index);
int index_add(struct index *index, const struct index_row *row);

/* No more rows come: only now can they all be found. */
int index_seal(struct index *index);

/* One row of those of a key. */
struct index_entry {
	int64_t row;
	uint32_t expires_at;
	uint32_t class;
};

/* Which rows come next: plain values. */
struct index_cursor {
	const struct index *index;
	struct u64map_entry entry;
	int64_t subscriber;
	number_key key;
	uint32_t node;
};

/* The rows of exactly this key. False: there are none. */
bool index_find(const struct index *index, enum table table, number_key key,
		int64_t subscriber, struct index_cursor *cursor);
bool index_next(struct index_cursor *cursor, struct index_entry *entry);
struct class index_class(const struct index *index, uint32_t class);

/* Bit n: the table has prefixes of n digits. */
uint32_t index_lengths(const struct index *index, enum table table);

/* Asks the processor for a key that will be looked up soon. */
void index_prefetch(const struct index *index, enum table table,
		    number_key key);

size_t index_count(const struct index *index);
size_t index_bytes(const struct index *index);

#endif
