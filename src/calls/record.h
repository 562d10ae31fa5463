/* What the files that make up calls share. */
#ifndef CALLS_RECORD_H
#define CALLS_RECORD_H

#include "callsieve/calls.h"

/* How a number is written down: itself, "anonymous", "malformed", or NULL for
 * none. */
const char *record_number(const struct number *number);

/* Inserts it into the calls table. One that is there already stays as it is:
 * a commit may have succeeded though it seemed to fail. */
int record_insert(struct store *store, const struct call_record *record);

/* Deletes at most `limit` records that started before `before_ms`; how many,
 * or a negative error. */
int records_prune(struct store *store, int64_t before_ms, int limit);

#endif
