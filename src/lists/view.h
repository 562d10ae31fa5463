/* The lists as of a moment in the history of the database, and how to get from
 * there to now: by the changes since, or all anew. Of whatever thread has the
 * store. */
#ifndef LISTS_VIEW_H
#define LISTS_VIEW_H

#include <stdatomic.h>

#include "match.h"

struct store;

struct view {
	struct layers layers;
	int64_t revision; /* of exactly these rows */
	int64_t change;	  /* the last one of the table changes in it */
	int64_t schema;	  /* the version SQLite gives it */
	size_t rows;
	size_t skipped; /* rows that could not be used; they are logged */
	unsigned ms;
};

/* All anew. -ECANCELED: told to stop, if `stop` is not NULL. */
int view_load(struct view *view, struct store *store, const atomic_bool *stop);
void view_fini(struct view *view);

/* Adds what changed, CHANGES_MAX edits at most. 1: there was something, 0:
 * there was not; -ESTALE: that cannot be told from the changes. */
#define CHANGES_MAX 20000
int view_advance(struct view *view, struct store *store);

#endif
