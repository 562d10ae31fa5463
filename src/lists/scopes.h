/* Which trunks a named list counts for. */
#ifndef LISTS_SCOPES_H
#define LISTS_SCOPES_H

#include <stdbool.h>

struct scopes;
struct store;

/* Reads the table list_trunks. */
int scopes_load(struct scopes **scopesp, struct store *store);

/* Counted, as index_hold(). */
struct scopes *scopes_hold(struct scopes *scopes);
void scopes_free(struct scopes *scopes);

/* A list that is attached to no trunk counts for all. */
bool scopes_cover(const struct scopes *scopes, const char *list,
		  const char *trunk);

#endif
