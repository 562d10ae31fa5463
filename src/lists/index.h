/* Both lists in memory, in at most 24 bytes a row. Filled once, then only
 * read. */
#ifndef LISTS_INDEX_H
#define LISTS_INDEX_H

#include <stddef.h>

#include "callsieve/lists.h"

struct index;

struct index_row {
	enum list_kind kind;
	number_key key;
	int64_t row;
	int64_t expires_at;	     /* epoch seconds; 0: never */
	int points;		     /* 0..POINTS_MAX */
	const char *source, *reason; /* "" if none; copied */
};

/* `block`, `allow`: how many rows each list will have, about. */
int index_new(struct index **indexp, size_t block, size_t allow);
void index_free(struct index *index);
int index_add(struct index *index, const struct index_row *row);

/* No more rows come: only now can they all be found. */
int index_seal(struct index *index);
bool index_find(const struct index *index, const struct number *number,
		int64_t now, struct list_match *match);
size_t index_count(const struct index *index);
size_t index_bytes(const struct index *index);

#endif
