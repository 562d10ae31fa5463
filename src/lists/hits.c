/* A ring with one writer and one reader, so neither waits. */
#include "hits.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"
#include "callsieve/store.h"

#define RING 65536 /* a power of two: a minute of 1,000 calls a second */

/* A row deleted meanwhile has no hits any more. */
#define COUNT(table)                                                           \
	"INSERT INTO hits(in_table, row, hits, last_hit_at) "                  \
	"SELECT '" table "', id, ?2, datetime(?3, 'unixepoch') FROM " table    \
	" WHERE id = ?1 ON CONFLICT(in_table, row) DO UPDATE SET "             \
	"hits = hits + excluded.hits, last_hit_at = excluded.last_hit_at"

static const struct counter {
	const char *signal, *sql;
} counters[] = {
	{"blocklist", COUNT("blocklist")},
	{"allowlist", COUNT("allowlist")},
	{"neverblock", COUNT("neverblock")},
	{"dno", COUNT("dno")},
	{"subscriber_block", COUNT("subscriber_rules")},
	{"subscriber_allow", COUNT("subscriber_rules")},
};

#define COUNTERS (sizeof(counters) / sizeof(counters[0]))

struct hit {
	int64_t row;
	uint32_t counter, at; /* epoch seconds */
};

struct hits {
	_Atomic(uint32_t) head, tail; /* written up to, read up to */
	struct hit ring[RING];
	struct hit sorted[RING]; /* the store thread's */
};

int hits_new(struct hits **hitsp)
{
	*hitsp = calloc(1, sizeof(**hitsp));
	return *hitsp ? 0 : -ENOMEM;
}

void hits_free(struct hits *hits)
{
	free(hits);
}

void hits_add(struct hits *hits, const char *signal, int64_t row)
{
	uint32_t head = atomic_load(&hits->head), i;

	for (i = 0; i < COUNTERS; i++)
		if (strcmp(counters[i].signal, signal) == 0)
			break;
	if (i == COUNTERS)
		return;
	if (head - atomic_load(&hits->tail) == RING) {
		metric_add(METRIC_LIST_HITS_DROPPED, 1);
		return;
	}
	hits->ring[head % RING] = (struct hit){row, i, (uint32_t)now_wall_s()};
	atomic_store(&hits->head, head + 1);
}

static int compare(const void *a, const void *b)
{
	const struct hit *one = a, *other = b;

	if (one->counter != other->counter)
		return one->counter < other->counter ? -1 : 1;
	if (one->row != other->row)
		return one->row < other->row ? -1 : 1;
	return (one->at > other->at) - (one->at < other->at);
}

static int count(struct store *store, const struct hit *last, size_t n)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store, counters[last->counter].sql);

	if (err)
		return err;
	stmt_bind_int(stmt, 1, last->row);
	stmt_bind_int(stmt, 2, (int64_t)n);
	stmt_bind_int(stmt, 3, last->at);
	return stmt_step(stmt);
}

static int write_sorted(struct store *store, const struct hit *sorted,
			size_t count_all)
{
	size_t from = 0, to;
	int err = 0;

	for (; !err && from < count_all; from = to) {
		for (to = from + 1; to < count_all; to++)
			if (sorted[to].counter != sorted[from].counter ||
			    sorted[to].row != sorted[from].row)
				break;
		err = count(store, &sorted[to - 1], to - from);
	}
	return err;
}

int hits_flush(struct hits *hits, struct store *store)
{
	uint32_t tail = atomic_load(&hits->tail);
	uint32_t head = atomic_load(&hits->head), n = head - tail, i;
	int err;

	if (!n)
		return 0;
	for (i = 0; i < n; i++)
		hits->sorted[i] = hits->ring[(tail + i) % RING];
	qsort(hits->sorted, n, sizeof(hits->sorted[0]), compare);
	err = store_begin(store);
	if (err)
		return err;
	err = write_sorted(store, hits->sorted, n);
	if (!err)
		err = store_commit(store);
	else
		store_rollback(store);
	if (!err)
		atomic_store(&hits->tail, head);
	return err;
}
