/* Allow and block lists: rows in the store, a compact index in memory. The
 * longest match wins; at equal length allow beats block. */
#ifndef CALLSIEVE_LISTS_H
#define CALLSIEVE_LISTS_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/model/number.h"

struct loop;
struct lists;
struct store;

enum list_kind { LIST_BLOCK, LIST_ALLOW };

struct list_match {
	enum list_kind kind;
	int points; /* of a block list row */
	int64_t row;
	number_key pattern;
	int64_t expires_at;    /* epoch seconds; 0: never */
	const char *source;    /* lent until the loop next runs; "" if none */
	const char *reason;
};

/* `loop` may be NULL in tests: then a refresh takes effect at once. */
int lists_new(struct lists **listsp, struct loop *loop);
void lists_free(struct lists *lists);

/* A store task (arg: struct lists): when the tables changed since last time,
 * builds a new index and posts it to the loop. On error the last good index
 * stays. */
int lists_refresh(struct store *store, void *arg);

/* On the loop. `now` is in epoch seconds: expired rows do not match. Only
 * E.164 numbers can. */
bool lists_find(const struct lists *lists, const struct number *number,
		int64_t now, struct list_match *match);

/* How many indexes have been adopted. */
uint32_t lists_generation(const struct lists *lists);

#endif
