/* Which process keeps the database locked. */
#ifndef STORE_HOLDER_H
#define STORE_HOLDER_H

#include <stdbool.h>

struct store;

struct holder {
	long pid; /* 0: none known */
	char program[17]; /* as the kernel has it; letters, digits, - . _ ? */
	char command[80]; /* its arguments, printable, perhaps cut off */
};

/* False: nobody, or somebody in another PID namespace. */
bool holder_find(struct holder *holder, const struct store *store);

#endif
