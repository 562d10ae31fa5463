/* A table for each list and for exact numbers and prefixes each: a lookup
 * asks the large one, of exact block list rows, once, and for prefixes only
 * of lengths that exist. The two lists are apart because an allow list row
 * that has expired uncovers the block list's row of the same number. */
#include "index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/u64map.h"
#include "classes.h"

#define KINDS 2

/* What a key leads to. Ten bytes, so eighteen with the key, in tables that
 * are four fifths full: 22.5 a row. */
struct entry {
	uint32_t row;	  /* ROW_FAR: look in `far` */
	uint32_t expires; /* epoch seconds; 0: never, or not before 2106 */
	uint16_t class;
} __attribute__((packed));

#define ROW_FAR UINT32_MAX

struct table {
	struct u64map *exact, *prefixes;
	uint32_t lengths; /* bit n: there are prefixes of n digits */
};

struct index {
	struct table tables[KINDS];
	struct u64map *far; /* key and kind -> int64_t, for huge row ids */
	struct classes *classes;
};

static int table_init(struct table *table, size_t expected)
{
	int err = u64map_new(&table->exact, sizeof(struct entry), expected);

	return err ? err
		   : u64map_new(&table->prefixes, sizeof(struct entry), 0);
}

int index_new(struct index **indexp, size_t block, size_t allow)
{
	struct index *index = calloc(1, sizeof(*index));
	int err;

	if (!index)
		return -ENOMEM;
	err = classes_new(&index->classes);
	if (!err)
		err = u64map_new(&index->far, sizeof(int64_t), 0);
	if (!err)
		err = table_init(&index->tables[LIST_BLOCK], block);
	if (!err)
		err = table_init(&index->tables[LIST_ALLOW], allow);
	if (err)
		index_free(index);
	else
		*indexp = index;
	return err;
}

void index_free(struct index *index)
{
	int kind;

	if (!index)
		return;
	for (kind = 0; kind < KINDS; kind++) {
		u64map_free(index->tables[kind].exact);
		u64map_free(index->tables[kind].prefixes);
	}
	u64map_free(index->far);
	classes_free(index->classes);
	free(index);
}

/* Number keys have bits to spare at the top. */
static uint64_t far_key(enum list_kind kind, number_key key)
{
	return key | (uint64_t)kind << 63;
}

static int set_row(struct index *index, struct entry *entry,
		   const struct index_row *row)
{
	if (row->row >= 0 && row->row < ROW_FAR) {
		entry->row = (uint32_t)row->row;
		return 0;
	}
	entry->row = ROW_FAR;
	return u64map_put(index->far, far_key(row->kind, row->key), &row->row);
}

static uint32_t pack_expiry(int64_t at)
{
	if (at == 0 || at > UINT32_MAX)
		return 0;
	return at < 0 ? 1 : (uint32_t)at;
}

int index_add(struct index *index, const struct index_row *row)
{
	struct table *table = &index->tables[row->kind];
	struct class class = {row->points, row->source, row->reason};
	struct entry entry = {.expires = pack_expiry(row->expires_at)};
	char text[NUMBER_TEXT + 1];
	int err = set_row(index, &entry, row);

	if (err)
		return err;
	entry.class = classes_add(index->classes, &class);
	if (!number_key_is_prefix(row->key))
		return u64map_put(table->exact, row->key, &entry);
	table->lengths |= 1u << (strlen(number_key_print(text, row->key)) - 2);
	return u64map_put(table->prefixes, row->key, &entry);
}

void index_seal(struct index *index)
{
	int kind;

	for (kind = 0; kind < KINDS; kind++) {
		u64map_fit(index->tables[kind].exact);
		u64map_fit(index->tables[kind].prefixes);
	}
}

static void fill(struct list_match *match, const struct index *index,
		 const struct entry *entry, enum list_kind kind, number_key key)
{
	struct class class = classes_get(index->classes, entry->class);

	*match = (struct list_match){.kind = kind,
				     .points = class.points,
				     .row = entry->row,
				     .pattern = key,
				     .expires_at = entry->expires,
				     .source = class.source,
				     .reason = class.reason};
	if (entry->row == ROW_FAR)
		memcpy(&match->row, u64map_get(index->far, far_key(kind, key)),
		       sizeof(match->row));
}

static bool look_up(const struct index *index, enum list_kind kind,
		    number_key key, int64_t now, struct list_match *match)
{
	const struct table *table = &index->tables[kind];
	struct entry entry;
	const void *found;

	found = u64map_get(number_key_is_prefix(key) ? table->prefixes
						     : table->exact,
			   key);
	if (!found)
		return false;
	memcpy(&entry, found, sizeof(entry));
	if (entry.expires && entry.expires <= now)
		return false;
	fill(match, index, &entry, kind, key);
	return true;
}

static bool find_key(const struct index *index, number_key key, int64_t now,
		     struct list_match *match)
{
	return look_up(index, LIST_ALLOW, key, now, match) ||
	       look_up(index, LIST_BLOCK, key, now, match);
}

bool index_find(const struct index *index, const struct number *number,
		int64_t now, struct list_match *match)
{
	unsigned digits = number_digits(number);
	uint32_t lengths = index->tables[LIST_BLOCK].lengths |
			   index->tables[LIST_ALLOW].lengths;

	if (!digits)
		return false;
	if (find_key(index, number_key_exact(number), now, match))
		return true;
	for (; digits; digits--) {
		if ((lengths >> digits & 1) &&
		    find_key(index, number_key_prefix(number, digits), now,
			     match))
			return true;
	}
	return false;
}

size_t index_count(const struct index *index)
{
	size_t count = 0;
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		count += u64map_count(index->tables[kind].exact) +
			 u64map_count(index->tables[kind].prefixes);
	return count;
}

size_t index_bytes(const struct index *index)
{
	size_t bytes = sizeof(*index) + classes_bytes(index->classes) +
		       u64map_bytes(index->far);
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		bytes += u64map_bytes(index->tables[kind].exact) +
			 u64map_bytes(index->tables[kind].prefixes);
	return bytes;
}
