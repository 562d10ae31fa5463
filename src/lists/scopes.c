#include "scopes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/store.h"

/* The table, sorted by list and then by trunk. */
struct pair {
	char *list, *trunk;
};

struct scopes {
	struct pair *pairs;
	size_t count, size;
	unsigned refs;
};

struct scopes *scopes_hold(struct scopes *scopes)
{
	scopes->refs++;
	return scopes;
}

void scopes_free(struct scopes *scopes)
{
	if (!scopes || --scopes->refs)
		return;
	for (size_t i = 0; i < scopes->count; i++) {
		free(scopes->pairs[i].list);
		free(scopes->pairs[i].trunk);
	}
	free(scopes->pairs);
	free(scopes);
}

static int add(struct scopes *scopes, const char *list, const char *trunk)
{
	struct pair *pair, *grown;

	if (scopes->count == scopes->size) {
		size_t size = scopes->size ? scopes->size * 2 : 16;

		grown = realloc(scopes->pairs, size * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		scopes->pairs = grown;
		scopes->size = size;
	}
	pair = &scopes->pairs[scopes->count++];
	pair->list = strdup(list);
	pair->trunk = strdup(trunk);
	return pair->list && pair->trunk ? 0 : -ENOMEM;
}

static int read_pairs(struct scopes *scopes, struct store *store)
{
	struct store_stmt *stmt;
	int more, err = store_prepare(&stmt, store,
				      "SELECT list, trunk FROM list_trunks "
				      "ORDER BY list, trunk");

	if (err)
		return err;
	while ((more = stmt_step(stmt)) == 1) {
		err = add(scopes, stmt_text(stmt, 0), stmt_text(stmt, 1));
		if (err) {
			stmt_reset(stmt);
			return err;
		}
	}
	return more;
}

int scopes_load(struct scopes **scopesp, struct store *store)
{
	struct scopes *scopes = calloc(1, sizeof(*scopes));
	int err;

	if (!scopes)
		return -ENOMEM;
	scopes->refs = 1;
	err = read_pairs(scopes, store);
	if (err)
		scopes_free(scopes);
	else
		*scopesp = scopes;
	return err;
}

/* The first pair of that list, or of the first after it. */
static size_t first_of(const struct scopes *scopes, const char *list,
		       const char *trunk)
{
	size_t from = 0, to = scopes->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct pair *pair = &scopes->pairs[middle];
		int order = strcmp(pair->list, list);

		if (!order)
			order = strcmp(pair->trunk, trunk);
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool scopes_cover(const struct scopes *scopes, const char *list,
		  const char *trunk)
{
	const struct pair *pair;
	size_t at;

	if (!scopes || !scopes->count)
		return true;
	at = first_of(scopes, list, "");
	if (at == scopes->count || strcmp(scopes->pairs[at].list, list))
		return true;
	at = first_of(scopes, list, trunk);
	pair = &scopes->pairs[at];
	return at < scopes->count && !strcmp(pair->list, list) &&
	       !strcmp(pair->trunk, trunk);
}
