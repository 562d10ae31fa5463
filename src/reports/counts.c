/* How many subscribers reported a number, in memory: counted on the store
 * thread when somebody reported, read on the loop. */
#include <errno.h>
#include <stdlib.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/handover.h"
#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"
#include "callsieve/core/u64map.h"
#include "callsieve/store.h"
#include "internal.h"

/* After counting this share of its time passes before the next, so that
 * reports coming all the time leave the store thread some for other things. */
#define PAUSE_SHARE 4

/* Reports grow old without anybody doing anything. */
#define RECOUNT_MS 3600000

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
	reports->loop = loop;
	err = handover_new(&reports->counts, loop, free_map);
	if (!err)
		err = heard_new(&reports->heard);
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
	heard_free(reports->heard);
	free(reports);
}

void reports_listen(struct reports *reports, report_h *h, void *arg)
{
	reports->h = h;
	reports->arg = arg;
}

/* Whose token was revoked has no voice any more. */
static const char count_rows[] =
	"SELECT number, coalesce(sum(call <> ''), 0), count(*) FROM reports "
	"WHERE updated_at >= datetime(?, 'unixepoch') AND subscriber NOT IN "
	"(SELECT id FROM subscribers WHERE revoked_at IS NOT NULL) "
	"GROUP BY number";

static uint64_t packed(int64_t called, int64_t all)
{
	return (uint64_t)called << 32 | (uint32_t)(all - called);
}

static int count(struct u64map *map, struct store *store)
{
	struct store_stmt *stmt;
	int more, err = store_prepare(&stmt, store, count_rows);
	number_key key;
	struct u64map_entry n = {0};

	if (err)
		return err;
	stmt_bind_int(stmt, 1, now_wall_s() - REPORT_DAYS * 86400);
	while ((more = stmt_step(stmt)) == 1) {
		n.value = packed(stmt_int(stmt, 1), stmt_int(stmt, 2));
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

static bool is_current(const struct reports *reports, struct store *store,
		       int64_t revision)
{
	return revision == reports->revision &&
	       store_identity(store) == reports->identity &&
	       now_mono_ms() < reports->stale_ms;
}

static int recount(struct reports *reports, struct store *store)
{
	uint64_t start = now_mono_ms(), now;
	int64_t revision;
	struct u64map *map;
	size_t numbers;
	int err = load(&map, &revision, store);

	if (err)
		return err;
	numbers = u64map_count(map);
	err = handover_give(reports->counts, map);
	if (err)
		return err;
	now = now_mono_ms();
	reports->revision = revision;
	reports->identity = store_identity(store);
	reports->not_before_ms = now + (now - start) / PAUSE_SHARE;
	reports->stale_ms = now + RECOUNT_MS;
	metric_set(METRIC_REPORTED_NUMBERS, (int64_t)numbers);
	log_debug("event=reports-loaded revision=%lld numbers=%zu",
		  (long long)revision, numbers);
	return 0;
}

int reports_refresh(struct store *store, void *arg)
{
	struct reports *reports = arg;
	int64_t revision;
	int err = heard_save(reports->heard, store);

	handover_reclaim(reports->counts);
	if (err >= 0)
		err = trace_new(reports, store);
	if (err < 0)
		return err;
	revision = store_revision(store, "reports");
	if (revision < 0)
		return (int)revision;
	if (is_current(reports, store, revision))
		return 0;
	if (now_mono_ms() < reports->not_before_ms)
		return -EAGAIN;
	return recount(reports, store);
}

struct report_counts reports_count(const struct reports *reports,
				   const struct number *number)
{
	const struct u64map *map = handover_current(reports->counts);
	number_key key = number_key_exact(number);
	struct u64map_entry n;

	if (!map || !key || !u64map_get(map, key, &n))
		return (struct report_counts){0};
	return (struct report_counts){
		.called = (unsigned)(n.value >> 32),
		.hearsay = (unsigned)(n.value & UINT32_MAX),
	};
}
