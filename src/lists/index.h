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
	TABLE_OWN,    /* numbers of the carrier's own */
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

/* `expected`: how many rows each table will have, about; NULL: few, which can
 * be found as soon as they are added. */
int index_new(struct index **indexp, const size_t *expected);

/* Counted, on one thread at a time: index_free() ends what index_new() or
 * index_hold() began. */
struct index *index_hold(struct index *index);
void index_free(struct index *index);
int index_add(struct index *index, const struct index_row *row);

/* No more rows come: only now can they all be found. */
int index_seal(struct index *index);

/* For an index that lies on top of another: says that the key has no rows. */
int index_add_gone(struct index *index, enum table table, number_key key,
		   int64_t subscriber);

/* Adds the rows, and gone ones, of those keys that `index` says nothing of. */
int index_merge(struct index *index, const struct index *under);

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

/* The rows of exactly this key, of which there may be none if it is gone.
 * False: the index says nothing of it. */
bool index_find(const struct index *index, enum table table, number_key key,
		int64_t subscriber, struct index_cursor *cursor);
bool index_next(struct index_cursor *cursor, struct index_entry *entry);
struct class index_class(const struct index *index, uint32_t class);

/* Bit n: the table has prefixes of n digits. */
uint32_t index_lengths(const struct index *index, enum table table);

/* Asks the processor for a key that will be looked up soon. */
void index_prefetch(const struct index *index, enum table table,
		    number_key key);

/* Is there anything in that table? */
bool index_has(const struct index *index, enum table table);

size_t index_count(const struct index *index);
size_t index_bytes(const struct index *index);

#endif
