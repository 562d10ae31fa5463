/* How many subscribers reported a number, in memory: counted on the store
 * thread when somebody reported, read on the loop. */
#include <errno.h>
#include <stdlib.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/handover.h"
#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"
#include "callsieve/core/u64map.h"
#include "callsieve/reports.h"
#include "callsieve/store.h"

/* After counting this share of its time passes before the next, so that
 * reports coming all the time leave the store thread some for other things. */
#define PAUSE_SHARE 4

struct reports {
	struct handover *counts; /* of struct u64map: number_key -> count */

	/* The store thread's: what the newest counts were made from. */
	int64_t revision, identity;
	uint64_t not_before_ms;
};

static void free_map(void *map)
{
	u64map_free(map);
}

int reports_new(struct reports **reportsp, struct loop *loop)
{
	struct reports *reports = calloc(1, sizeof(*reports));
	int err;

	if (!reports)
		return -ENOMEM;
	err = handover_new(&reports->counts, loop, free_map);
	if (err)
		reports_free(reports);
	else
		*reportsp = reports;
	return err;
}

void reports_free(struct reports *reports)
{
	if (!reports)
		return;
	handover_free(reports->counts);
	free(reports);
}

/* Whose token was revoked has no voice any more. */
static const char count_rows[] =
	"SELECT number, count(*) FROM reports WHERE subscriber NOT IN "
	"(SELECT id FROM subscribers WHERE revoked_at IS NOT NULL) "
	"GROUP BY number";

static int count(struct u64map *map, struct store *store)
{
	struct store_stmt *stmt;
	int more, err = store_prepare(&stmt, store, count_rows);
	number_key key;
	struct u64map_entry n = {0};

	if (err)
		return err;
	while ((more = stmt_step(stmt)) == 1) {
		n.value = (uint64_t)stmt_int(stmt, 1);
		if (number_pattern_key(&key, stmt_text(stmt, 0)) < 0 ||
		    number_key_is_prefix(key))
			continue;
		err = u64map_put(map, key, n);
		if (err) {
			stmt_reset(stmt);
			return err;
		}
	}
	return more;
}

static int load(struct u64map **mapp, int64_t *revisionp, struct store *store)
{
	int err = u64map_new(mapp, 0);

	if (err)
		return err;
	err = store_begin_read(store);
	if (!err) {
		*revisionp = store_revision(store, "reports");
		err = *revisionp < 0 ? (int)*revisionp : count(*mapp, store);
		store_rollback(store);
	}
	if (err)
		u64map_free(*mapp);
	else
		u64map_fit(*mapp);
	return err;
}

int reports_refresh(struct store *store, void *arg)
{
	struct reports *reports = arg;
	int64_t revision = store_revision(store, "reports");
	uint64_t start = now_mono_ms();
	struct u64map *map;
	size_t numbers;
	int err;

	handover_reclaim(reports->counts);
	if (revision < 0)
		return (int)revision;
	if (revision == reports->revision &&
	    store_identity(store) == reports->identity)
		return 0;
	if (start < reports->not_before_ms)
		return -EAGAIN;
	err = load(&map, &revision, store);
	if (err)
		return err;
	numbers = u64map_count(map);
	err = handover_give(reports->counts, map);
	if (err)
		return err;
	reports->revision = revision;
	reports->identity = store_identity(store);
	reports->not_before_ms =
		now_mono_ms() + (now_mono_ms() - start) / PAUSE_SHARE;
	metric_set(METRIC_REPORTED_NUMBERS, (int64_t)numbers);
	log_debug("event=reports-loaded revision=%lld numbers=%zu",
		  (long long)revision, numbers);
	return 0;
}

unsigned reports_count(const struct reports *reports,
		       const struct number *number)
{
	const struct u64map *map = handover_current(reports->counts);
	number_key key = number_key_exact(number);
	struct u64map_entry n;

	return map && key && u64map_get(map, key, &n) ? (unsigned)n.value : 0;
}
