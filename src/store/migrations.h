/* The schema: db/NNN-name.sql in order, put into the program by
 * scripts/embed-sql.sh. Migration n brings version n to n + 1. */
#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

#include <stddef.h>

struct migration {
	const char *name;
	const char *sql;
};

extern const struct migration migrations[];
extern const size_t migrations_count;

#endif
