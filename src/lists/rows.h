/* Reads rows of the tables into an index. */
#ifndef LISTS_ROWS_H
#define LISTS_ROWS_H

#include <stdatomic.h>

#include "index.h"

struct store;

/* An index being filled. */
struct reading {
	struct index *index;
	bool ranges;		 /* nothing but ranges, else all but them */
	const atomic_bool *stop; /* or NULL */
	int today;		 /* in days since 1970 */
	size_t rows, skipped;	 /* skipped: no use; they are logged */
	char date[11];		 /* of the last row, which the next shares */
	int day;
};

void reading_begin(struct reading *reading, const atomic_bool *stop);

/* Makes an index of all there is. -ECANCELED: told to stop. */
int rows_all(struct reading *reading, struct store *store);

/* Adds the rows of exactly this number, of a rule this subscriber's. */
int rows_of(struct reading *reading, struct store *store, enum table table,
	    const char *number, int64_t subscriber);

/* Which number a row has. 1: there it is, 0: there is no such row. */
#define ROW_NUMBER 40
int rows_where(struct store *store, enum table table, int64_t id,
	       char number[ROW_NUMBER], int64_t *subscriberp);

bool rows_table(const char *name, enum table *tablep);

#endif
