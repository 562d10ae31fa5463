/* A hash table for exact numbers and one for prefixes of each kind of row: a
 * lookup asks the large ones once, and for prefixes only of lengths that
 * exist. Most numbers have one row, whose slot holds all there is to know. */
#include "index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A key leads to its row's class (the tag), and in the value to the row in
 * the low half and when it expires in the high one: epoch seconds; 0: never,
 * or not before 2106. What does not fit, and keys that more than one row has,
 * lead to a chain of nodes. */
#define ROWS_MAX  UINT32_MAX
#define TAG_NODES ((1u << U64MAP_TAG_BITS) - 1)
#define NODES_MAX UINT32_MAX

/* A node's class for: there is no row. */
#define GONE UINT32_MAX

_Static_assert(U64MAP_TAG_BITS <= NUMBER_KEY_SPARE, "keys leave room for tags");

struct maps {
	struct u64map *exact, *prefixes;
	uint32_t lengths; /* bit n: there are prefixes of n digits */
};

struct node {
	int64_t row, subscriber;
	number_key key;
	uint32_t expires_at, class;
	uint32_t next; /* its number and 1; 0: the last */
};

/* Exact numbers are put a few rows late, when the memory where they go, asked
 * for at once, is there: else waiting for it is half of a load's time. */
#define LATE 16

struct late {
	struct u64map *map; /* NULL: none */
	number_key key;	    /* of the map */
	struct node node;
	bool fits; /* in a slot */
};

struct index {
	struct maps tables[TABLES];
	struct classes *classes;
	struct node *nodes;
	size_t nodes_count, nodes_size;
	size_t rows;
	unsigned refs;
	bool eager; /* nothing is put late */
	struct late late[LATE];
	unsigned next_late;
};

static int maps_init(struct maps *maps, size_t expected)
{
	int err = u64map_new(&maps->exact, expected);

	return err ? err : u64map_new(&maps->prefixes, 0);
}

int index_new(struct index **indexp, const size_t *expected)
{
	struct index *index = calloc(1, sizeof(*index));
	int table, err;

	if (!index)
		return -ENOMEM;
	index->refs = 1;
	index->eager = !expected;
	err = classes_new(&index->classes);
	for (table = 0; !err && table < TABLES; table++)
		err = maps_init(&index->tables[table],
				expected ? expected[table] : 0);
	if (err)
		index_free(index);
	else
		*indexp = index;
	return err;
}

struct index *index_hold(struct index *index)
{
	if (index)
		index->refs++;
	return index;
}

void index_free(struct index *index)
{
	int table;

	if (!index || --index->refs)
		return;
	for (table = 0; table < TABLES; table++) {
		u64map_free(index->tables[table].exact);
		u64map_free(index->tables[table].prefixes);
	}
	classes_free(index->classes);
	free(index->nodes);
	free(index);
}

static uint32_t pack_expiry(int64_t at)
{
	if (at == 0 || at > UINT32_MAX)
		return 0;
	return at < 0 ? 1 : (uint32_t)at;
}

/* Rules of many subscribers stand in one table. Their keys are mixed with the
 * subscriber's, and the node tells whether it is the one meant. */
static number_key map_key(enum table table, number_key key, int64_t subscriber)
{
	uint64_t mixed = (uint64_t)subscriber;

	if (table != TABLE_RULES)
		return key;
	mixed = (mixed ^ mixed >> 32) * 0x9e3779b97f4a7c15;
	mixed = (mixed ^ mixed >> 29 ^ key) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 32) >> U64MAP_TAG_BITS;
	return mixed ? mixed : 1;
}

static struct u64map *map_of(const struct index *index, enum table table,
			     number_key key)
{
	const struct maps *maps = &index->tables[table];

	return number_key_is_prefix(key) ? maps->prefixes : maps->exact;
}

static int add_node(struct index *index, const struct node *node,
		    struct u64map_entry *entry)
{
	size_t size = index->nodes_size ? index->nodes_size * 2 : 64;
	struct node *grown;

	if (index->nodes_count == NODES_MAX)
		return -ENOMEM;
	if (index->nodes_count == index->nodes_size) {
		grown = realloc(index->nodes, size * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		index->nodes = grown;
		index->nodes_size = size;
	}
	index->nodes[index->nodes_count++] = *node;
	*entry = (struct u64map_entry){.value = index->nodes_count,
				       .tag = TAG_NODES};
	return 0;
}

static struct node unpacked(number_key key, const struct u64map_entry *entry)
{
	return (struct node){.row = (uint32_t)entry->value,
			     .key = key,
			     .expires_at = (uint32_t)(entry->value >> 32),
			     .class = entry->tag};
}

/* The first of the chain that what is there now becomes. */
static int unpack(struct index *index, number_key key,
		  struct u64map_entry *entry)
{
	const struct node node = unpacked(key, entry);

	return entry->tag == TAG_NODES ? 0 : add_node(index, &node, entry);
}

static int put(struct index *index, struct late *late)
{
	const struct node *node = &late->node;
	struct u64map_entry entry = {.value = (uint64_t)node->expires_at << 32 |
					      (uint32_t)node->row,
				     .tag = (uint16_t)node->class};
	struct u64map_entry there;
	int err = 0;

	if (u64map_get(late->map, late->key, &there)) {
		err = unpack(index, node->key, &there);
		late->node.next = (uint32_t)there.value;
		late->fits = false;
	}
	if (!err && !late->fits)
		err = add_node(index, node, &entry);
	return err ? err : u64map_put(late->map, late->key, entry);
}

static int put_late(struct index *index, const struct late *new)
{
	struct late *late = &index->late[index->next_late];
	int err = 0;

	index->next_late = (index->next_late + 1) % LATE;
	if (late->map)
		err = put(index, late);
	*late = *new;
	if (new->map)
		u64map_prefetch(new->map, new->key);
	return err;
}

static unsigned prefix_digits(number_key key)
{
	char text[NUMBER_TEXT + 1];

	return (unsigned)strlen(number_key_print(text, key)) - 2;
}

static int add(struct index *index, enum table table, const struct node *node)
{
	struct late late = {
		.map = map_of(index, table, node->key),
		.key = map_key(table, node->key, node->subscriber),
		.node = *node,
		.fits = table != TABLE_RULES && node->row >= 0 &&
			node->row < ROWS_MAX && node->class < TAG_NODES,
	};

	index->rows++;
	if (!number_key_is_prefix(node->key))
		return index->eager ? put(index, &late)
				    : put_late(index, &late);
	index->tables[table].lengths |= 1u << prefix_digits(node->key);
	return put(index, &late);
}

int index_add(struct index *index, const struct index_row *row)
{
	struct node node = {.row = row->row,
			    .subscriber = row->subscriber,
			    .key = row->key,
			    .expires_at = pack_expiry(row->expires_at)};
	int err = classes_add(index->classes, &row->class, &node.class);

	return err ? err : add(index, row->table, &node);
}

int index_add_gone(struct index *index, enum table table, number_key key,
		   int64_t subscriber)
{
	const struct node node = {
		.subscriber = subscriber, .key = key, .class = GONE};

	return add(index, table, &node);
}

static int merge_node(struct index *index, enum table table,
		      const struct index *under, struct node node)
{
	struct class class;
	int err = 0;

	if (node.class != GONE) {
		class = index_class(under, node.class);
		err = classes_add(index->classes, &class, &node.class);
	}
	node.next = 0;
	return err ? err : add(index, table, &node);
}

/* The rows of a number come all or none; rules are unique, but several may
 * share a key of the map. */
static int merge_chain(struct index *index, enum table table,
		       const struct index *under, uint32_t at)
{
	struct index_cursor cursor;
	int err = 0;

	for (; !err && at; at = under->nodes[at - 1].next) {
		const struct node *node = &under->nodes[at - 1];

		if (table != TABLE_RULES ||
		    !index_find(index, table, node->key, node->subscriber,
				&cursor))
			err = merge_node(index, table, under, *node);
	}
	return err;
}

static int merge_map(struct index *index, enum table table,
		     const struct index *under, struct u64map *into,
		     const struct u64map *map)
{
	struct index_cursor cursor;
	struct u64map_entry entry;
	uint64_t key;
	size_t at = 0;
	int err = u64map_reserve(into, u64map_count(map));

	while (!err && u64map_next(map, &at, &key, &entry)) {
		if (table != TABLE_RULES &&
		    index_find(index, table, key, 0, &cursor))
			continue;
		if (entry.tag != TAG_NODES)
			err = merge_node(index, table, under,
					 unpacked(key, &entry));
		else
			err = merge_chain(index, table, under,
					  (uint32_t)entry.value);
	}
	return err;
}

int index_merge(struct index *index, const struct index *under)
{
	int table, err = 0;

	for (table = 0; !err && table < TABLES; table++) {
		const struct maps *maps = &under->tables[table];
		struct maps *into = &index->tables[table];

		err = merge_map(index, (enum table)table, under, into->exact,
				maps->exact);
		if (!err)
			err = merge_map(index, (enum table)table, under,
					into->prefixes, maps->prefixes);
	}
	return err;
}

int index_seal(struct index *index)
{
	const struct late none = {0};
	int i, table, err = 0;

	for (i = 0; !err && i < LATE; i++)
		err = put_late(index, &none);
	if (err)
		return err;
	for (table = 0; table < TABLES; table++) {
		u64map_fit(index->tables[table].exact);
		u64map_fit(index->tables[table].prefixes);
	}
	return 0;
}

static bool is_meant(const struct index_cursor *cursor)
{
	const struct node *node = &cursor->index->nodes[cursor->node - 1];

	return node->subscriber == cursor->subscriber &&
	       node->key == cursor->key;
}

bool index_find(const struct index *index, enum table table, number_key key,
		int64_t subscriber, struct index_cursor *cursor)
{
	if (!u64map_get(map_of(index, table, key),
			map_key(table, key, subscriber), &cursor->entry))
		return false;
	cursor->index = index;
	cursor->subscriber = subscriber;
	cursor->key = key;
	cursor->node = cursor->entry.tag == TAG_NODES
			       ? (uint32_t)cursor->entry.value
			       : 0;
	if (table != TABLE_RULES)
		return true;
	while (cursor->node && !is_meant(cursor))
		cursor->node = index->nodes[cursor->node - 1].next;
	return cursor->node != 0;
}

static bool next_node(struct index_cursor *cursor, struct index_entry *entry)
{
	while (cursor->node) {
		const struct node *node =
			&cursor->index->nodes[cursor->node - 1];
		bool counts = node->class != GONE && is_meant(cursor);

		cursor->node = node->next;
		if (!counts)
			continue;
		*entry = (struct index_entry){node->row, node->expires_at,
					      node->class};
		return true;
	}
	return false;
}

bool index_next(struct index_cursor *cursor, struct index_entry *entry)
{
	uint64_t value = cursor->entry.value;

	if (cursor->entry.tag == TAG_NODES)
		return next_node(cursor, entry);
	*entry = (struct index_entry){(uint32_t)value, (uint32_t)(value >> 32),
				      cursor->entry.tag};
	cursor->entry = (struct u64map_entry){.tag = TAG_NODES};
	return true;
}

struct class index_class(const struct index *index, uint32_t class)
{
	return classes_get(index->classes, class);
}

uint32_t index_lengths(const struct index *index, enum table table)
{
	return index->tables[table].lengths;
}

void index_prefetch(const struct index *index, enum table table, number_key key)
{
	u64map_prefetch(index->tables[table].exact, key);
}

bool index_has(const struct index *index, enum table table)
{
	const struct maps *maps = &index->tables[table];

	return u64map_count(maps->exact) || u64map_count(maps->prefixes);
}

size_t index_count(const struct index *index)
{
	return index->rows;
}

size_t index_bytes(const struct index *index)
{
	size_t bytes = sizeof(*index) + classes_bytes(index->classes) +
		       index->nodes_size * sizeof(struct node);
	int table;

	for (table = 0; table < TABLES; table++)
		bytes += u64map_bytes(index->tables[table].exact) +
			 u64map_bytes(index->tables[table].prefixes);
	return bytes;
}
