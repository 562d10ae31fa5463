/* A folder of its own for a test's database, and the sqlite3 shell, which is
 * how admins edit it. */
#ifndef UNIT_SCRATCH_H
#define UNIT_SCRATCH_H

#include <stddef.h>

struct scratch {
	char folder[40];
	char path[60]; /* of the database; not made yet */
};

void scratch_make(struct scratch *scratch);

/* Removes all files in it. */
void scratch_remove(struct scratch *scratch);

/* FOLDER/NAME; lent until the next call. */
const char *scratch_path(const struct scratch *scratch, const char *name);
void scratch_write(const char *path, const void *data, size_t len);

/* What sqlite3 said, errors too, newlines as '|' but for the last; lent until
 * the next call. */
const char *scratch_sql(const char *path, const char *sql);

#endif
