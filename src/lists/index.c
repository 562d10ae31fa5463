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

/* A key leads to its class (the tag), and in the value to the row in the low
 * half and when it expires in the high one: epoch seconds; 0: never, or not
 * before 2106. What is too large for that stands in a map of its own. */
#define ROW_FAR	  UINT32_MAX
#define CLASS_FAR ((1u << U64MAP_TAG_BITS) - 1)

_Static_assert(U64MAP_TAG_BITS <= NUMBER_KEY_SPARE, "keys leave room for tags");

struct table {
	struct u64map *exact, *prefixes;
	struct u64map *far_rows;    /* key -> row id beyond 32 bits */
	struct u64map *far_classes; /* key -> class beyond the tag's bits */
	uint32_t lengths;	    /* bit n: there are prefixes of n digits */
};

/* Exact numbers are put a few rows late, when the memory where they go, asked
 * for at once, is there: else waiting for it is half of a load's time. */
#define LATE 16

struct late {
	struct u64map *map; /* NULL: none */
	number_key key;
	struct u64map_entry entry;
};

struct index {
	struct table tables[KINDS];
	struct classes *classes;
	struct late late[LATE];
	unsigned next_late;
};

static int table_init(struct table *table, size_t expected)
{
	int err = u64map_new(&table->exact, expected);

	if (!err)
		err = u64map_new(&table->prefixes, 0);
	if (!err)
		err = u64map_new(&table->far_rows, 0);
	if (!err)
		err = u64map_new(&table->far_classes, 0);
	return err;
}

int index_new(struct index **indexp, size_t block, size_t allow)
{
	struct index *index = calloc(1, sizeof(*index));
	int err;

	if (!index)
		return -ENOMEM;
	err = classes_new(&index->classes);
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
		u64map_free(index->tables[kind].far_rows);
		u64map_free(index->tables[kind].far_classes);
	}
	classes_free(index->classes);
	free(index);
}

static uint32_t pack_expiry(int64_t at)
{
	if (at == 0 || at > UINT32_MAX)
		return 0;
	return at < 0 ? 1 : (uint32_t)at;
}

static int pack_row(struct u64map_entry *entry, struct table *table,
		    const struct index_row *row)
{
	struct u64map_entry far = {.value = (uint64_t)row->row};

	if (row->row >= 0 && row->row < ROW_FAR) {
		entry->value |= (uint64_t)row->row;
		return 0;
	}
	entry->value |= ROW_FAR;
	return u64map_put(table->far_rows, row->key, far);
}

static int pack_class(struct u64map_entry *entry, struct table *table,
		      number_key key, uint32_t class)
{
	struct u64map_entry far = {.value = class};

	if (class < CLASS_FAR) {
		entry->tag = (uint16_t) class;
		return 0;
	}
	entry->tag = CLASS_FAR;
	return u64map_put(table->far_classes, key, far);
}

static unsigned prefix_digits(number_key key)
{
	char text[NUMBER_TEXT + 1];

	return (unsigned)strlen(number_key_print(text, key)) - 2;
}

static int put_late(struct index *index, const struct late *new)
{
	struct late *late = &index->late[index->next_late];
	int err = 0;

	index->next_late = (index->next_late + 1) % LATE;
	if (late->map)
		err = u64map_put(late->map, late->key, late->entry);
	*late = *new;
	if (new->map)
		u64map_prefetch(new->map, new->key);
	return err;
}

int index_add(struct index *index, const struct index_row *row)
{
	struct table *table = &index->tables[row->kind];
	struct class class = {row->points, row->source, row->reason};
	struct u64map_entry entry = {0};
	struct late late;
	int err;

	entry.value = (uint64_t)pack_expiry(row->expires_at) << 32;
	err = pack_row(&entry, table, row);
	if (!err)
		err = pack_class(&entry, table, row->key,
				 classes_add(index->classes, &class));
	if (err)
		return err;
	if (!number_key_is_prefix(row->key)) {
		late = (struct late){table->exact, row->key, entry};
		return put_late(index, &late);
	}
	table->lengths |= 1u << prefix_digits(row->key);
	return u64map_put(table->prefixes, row->key, entry);
}

int index_seal(struct index *index)
{
	const struct late none = {0};
	int i, kind, err = 0;

	for (i = 0; !err && i < LATE; i++)
		err = put_late(index, &none);
	if (err)
		return err;
	for (kind = 0; kind < KINDS; kind++) {
		u64map_fit(index->tables[kind].exact);
		u64map_fit(index->tables[kind].prefixes);
	}
	return 0;
}

static uint64_t find_far(const struct u64map *map, number_key key)
{
	struct u64map_entry entry = {0};

	u64map_get(map, key, &entry);
	return entry.value;
}

static void fill(struct list_match *match, const struct index *index,
		 const struct u64map_entry *entry, enum list_kind kind,
		 number_key key)
{
	const struct table *table = &index->tables[kind];
	uint64_t row = (uint32_t)entry->value, id = entry->tag;
	struct class class;

	if (row == ROW_FAR)
		row = find_far(table->far_rows, key);
	if (id == CLASS_FAR)
		id = find_far(table->far_classes, key);
	class = classes_get(index->classes, (uint32_t)id);
	*match = (struct list_match){.kind = kind,
				     .points = class.points,
				     .row = (int64_t)row,
				     .pattern = key,
				     .expires_at = entry->value >> 32,
				     .source = class.source,
				     .reason = class.reason};
}

static bool look_up(const struct index *index, enum list_kind kind,
		    const struct u64map *map, number_key key, int64_t now,
		    struct list_match *match)
{
	struct u64map_entry entry;
	int64_t expires;

	if (!u64map_get(map, key, &entry))
		return false;
	expires = entry.value >> 32;
	if (expires && expires <= now)
		return false;
	fill(match, index, &entry, kind, key);
	return true;
}

static bool find_exact(const struct index *index, number_key key, int64_t now,
		       struct list_match *match)
{
	const struct table *block = &index->tables[LIST_BLOCK];
	const struct table *allow = &index->tables[LIST_ALLOW];

	return look_up(index, LIST_ALLOW, allow->exact, key, now, match) ||
	       look_up(index, LIST_BLOCK, block->exact, key, now, match);
}

static bool find_prefix(const struct index *index, const struct number *number,
			int64_t now, struct list_match *match)
{
	const struct table *block = &index->tables[LIST_BLOCK];
	const struct table *allow = &index->tables[LIST_ALLOW];
	uint32_t lengths = (block->lengths | allow->lengths) &
			   ((2u << number_digits(number)) - 1);
	unsigned digits;
	number_key key;

	for (; lengths; lengths &= ~(1u << digits)) {
		digits = 31 - (unsigned)__builtin_clz(lengths);
		key = number_key_prefix(number, digits);
		if (look_up(index, LIST_ALLOW, allow->prefixes, key, now,
			    match) ||
		    look_up(index, LIST_BLOCK, block->prefixes, key, now,
			    match))
			return true;
	}
	return false;
}

bool index_find(const struct index *index, const struct number *number,
		int64_t now, struct list_match *match)
{
	number_key key = number_key_exact(number);
	bool found;

	if (!key)
		return false;
	/* The exact number goes before any prefix. It is looked up last,
	 * because its slot is far away in a large table and the prefixes'
	 * are at hand: they are done by the time it is here. */
	u64map_prefetch(index->tables[LIST_BLOCK].exact, key);
	found = find_prefix(index, number, now, match);
	return find_exact(index, key, now, match) || found;
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
	size_t bytes = sizeof(*index) + classes_bytes(index->classes);
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		bytes += u64map_bytes(index->tables[kind].exact) +
			 u64map_bytes(index->tables[kind].prefixes) +
			 u64map_bytes(index->tables[kind].far_rows) +
			 u64map_bytes(index->tables[kind].far_classes);
	return bytes;
}
