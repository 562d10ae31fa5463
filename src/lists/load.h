/* Reads both lists from the store into an index. */
#ifndef LISTS_LOAD_H
#define LISTS_LOAD_H

#include "index.h"

struct loaded {
	struct index *index;
	int64_t revision; /* of exactly these rows */
	size_t skipped;	  /* rows that could not be used; they are logged */
	unsigned ms;
};

int load_lists(struct loaded *loaded, struct store *store);

#endif
