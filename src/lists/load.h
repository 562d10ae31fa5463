/* Reads the lists from the store into memory. */
#ifndef LISTS_LOAD_H
#define LISTS_LOAD_H

#include "match.h"

struct store;

struct loaded {
	struct layers layers;
	int64_t revision; /* of exactly these rows */
	size_t rows;
	size_t skipped; /* rows that could not be used; they are logged */
	unsigned ms;
};

int load_lists(struct loaded *loaded, struct store *store);

#endif
