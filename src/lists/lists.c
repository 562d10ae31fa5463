/* Keeps the lists in memory as the database has them, on the store thread,
 * and answers on the loop. What was edited is laid on top of what is there,
 * within milliseconds however long the lists are; when that has become much,
 * or it cannot be told what was edited, a builder reads all anew meanwhile. */
#include "callsieve/lists.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/handover.h"
#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"
#include "callsieve/store.h"
#include "builder.h"
#include "hits.h"

/* After a build this share of its time passes before the next. */
#define PAUSE_SHARE 4

/* After one that failed it is so many times its time, but this at least: what
 * it failed of, a damaged page say, is seldom mended within moments. */
#define FAILED_PAUSE	4
#define FAILED_PAUSE_MS 1000

/* Edits on top of the rest are copied with each edit: to no end. */
#define EDITS_MAX 50000

/* So many steps of view_advance() are taken before anything is written: that
 * may take seconds, when the log of a bulk edit is to be checkpointed. */
#define STEPS_MAX 10

struct lists {
	struct handover *layers;
	struct hits *hits;
	bool threads; /* there is a loop to be kept up with */

	/* The store thread's: what it last gave to the loop, and from which
	 * file. */
	struct view view;
	bool loaded;
	int64_t identity;
	struct builder *builder;
	int64_t built_from; /* the identity when it started */
	uint64_t started_ms;
	uint64_t not_before_ms;
	int build_err;		  /* of the last one; it is paused after */
	uint64_t behind_since_ms; /* 0: it is not */
	unsigned lag_ms;
	unsigned told; /* the generation in engine_status */
};

static void free_layers(void *layers)
{
	layers_fini(layers);
	free(layers);
}

int lists_new(struct lists **listsp, struct loop *loop)
{
	struct lists *lists = calloc(1, sizeof(*lists));
	int err;

	if (!lists)
		return -ENOMEM;
	lists->threads = loop != NULL;
	err = handover_new(&lists->layers, loop, free_layers);
	if (!err)
		err = hits_new(&lists->hits);
	if (err)
		lists_free(lists);
	else
		*listsp = lists;
	return err;
}

void lists_free(struct lists *lists)
{
	if (!lists)
		return;
	builder_free(lists->builder);
	if (lists->loaded)
		view_fini(&lists->view);
	handover_free(lists->layers);
	hits_free(lists->hits);
	free(lists);
}

static int give(struct lists *lists)
{
	struct layers *layers = calloc(1, sizeof(*layers));

	if (!layers)
		return -ENOMEM;
	layers_hold(layers, &lists->view.layers);
	if (lists->behind_since_ms)
		lists->lag_ms =
			(unsigned)(now_mono_ms() - lists->behind_since_ms);
	metric_set(METRIC_LIST_ENTRIES, (int64_t)lists->view.rows);
	metric_set(METRIC_LIST_LAG_MS, lists->lag_ms);
	return handover_give(lists->layers, layers);
}

/* The new view takes the old one's place. */
static void adopt(struct lists *lists, const struct view *view,
		  int64_t identity)
{
	if (lists->loaded)
		view_fini(&lists->view);
	lists->view = *view;
	lists->loaded = true;
	lists->identity = identity;
	lists->not_before_ms = now_mono_ms() + view->ms / PAUSE_SHARE;
	lists->build_err = 0;
	log_info("event=lists-loaded revision=%lld entries=%zu skipped=%zu "
		 "bytes=%zu ms=%u",
		 (long long)view->revision, view->rows, view->skipped,
		 index_bytes(view->layers.base), view->ms);
}

static int failed(int err)
{
	metric_add(METRIC_LIST_LOAD_ERRORS, 1);
	return err;
}

/* All of a long list is read in vain: not over and over. */
static int build_failed(struct lists *lists, int err)
{
	uint64_t now = now_mono_ms();
	uint64_t pause = (now - lists->started_ms) * FAILED_PAUSE;

	lists->not_before_ms =
		now + (pause > FAILED_PAUSE_MS ? pause : FAILED_PAUSE_MS);
	lists->build_err = err;
	return failed(err);
}

/* Before the first call nothing else is to be done meanwhile. */
static int load_now(struct lists *lists, struct store *store)
{
	struct view view;
	int err = view_load(&view, store, NULL);

	if (err)
		return failed(err);
	adopt(lists, &view, store_identity(store));
	return give(lists);
}

static int build(struct lists *lists, struct store *store)
{
	int err;

	if (!lists->loaded || !lists->threads)
		return load_now(lists, store);
	if (lists->builder)
		return -EAGAIN;
	/* What failed stays wrong until it goes well. */
	if (now_mono_ms() < lists->not_before_ms)
		return lists->build_err ? lists->build_err : -EAGAIN;
	lists->built_from = store_identity(store);
	lists->started_ms = now_mono_ms();
	err = builder_start(&lists->builder, store_path(store));
	return err ? build_failed(lists, err) : -EAGAIN;
}

/* 1: a view has been built and adopted. */
static int take_built(struct lists *lists, struct store *store)
{
	struct view view;
	int err;

	if (!lists->builder || !builder_done(lists->builder))
		return 0;
	err = builder_take(lists->builder, &view);
	lists->builder = NULL;
	if (err)
		return build_failed(lists, err);
	if (lists->built_from != store_identity(store)) {
		view_fini(&view);
		return 0;
	}
	adopt(lists, &view, lists->built_from);
	return 1;
}

static int keep_up(struct lists *lists, struct store *store)
{
	int built = take_built(lists, store), err = -ESTALE;

	if (built < 0)
		return built;
	if (lists->loaded && lists->identity == store_identity(store))
		err = view_advance(&lists->view, store);
	if (err == -ESTALE)
		return build(lists, store);
	if (err < 0)
		return failed(err);
	if (built || err) {
		int given = give(lists);

		if (given)
			return given;
	}
	if (lists->view.layers.edits &&
	    index_count(lists->view.layers.edits) > EDITS_MAX)
		return build(lists, store);
	return lists->builder ? -EAGAIN : 0;
}

/* For the admin who wonders whether an edit is in force. */
static int tell(struct lists *lists, struct store *store, unsigned generation)
{
	struct store_stmt *stmt;
	int err = store_prepare(
		&stmt, store,
		"UPDATE engine_status SET version = ?, pid = ?, "
		"list_generation = ?, list_revision = ?, list_entries = ?, "
		"list_skipped = ?, list_load_ms = ?, list_lag_ms = ?, "
		"list_loaded_at = CURRENT_TIMESTAMP");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, CALLSIEVE_VERSION);
	stmt_bind_int(stmt, 2, getpid());
	stmt_bind_int(stmt, 3, generation);
	stmt_bind_int(stmt, 4, lists->view.revision);
	stmt_bind_int(stmt, 5, (int64_t)lists->view.rows);
	stmt_bind_int(stmt, 6, (int64_t)lists->view.skipped);
	stmt_bind_int(stmt, 7, lists->view.ms);
	stmt_bind_int(stmt, 8, lists->lag_ms);
	err = stmt_step(stmt);
	if (!err)
		lists->told = generation;
	return err;
}

/* Are the lists in force behind the tables? */
static bool is_behind(struct lists *lists, struct store *store)
{
	int64_t revision = store_revision(store, "lists");
	int64_t behind = revision - lists->view.revision;

	if (revision < 0)
		return false;
	if (lists->identity != store_identity(store) || behind < 0)
		behind = 1;
	if (!behind)
		lists->behind_since_ms = 0;
	else if (!lists->behind_since_ms)
		lists->behind_since_ms = now_mono_ms();
	metric_set(METRIC_LIST_BEHIND, behind);
	return behind != 0;
}

/* There may be more edits than one step takes. While a builder is at work
 * they go on. */
static int keep_up_in_steps(struct lists *lists, struct store *store)
{
	bool behind = true, moved = true;
	int err = 0, i;

	for (i = 0; behind && moved && i < STEPS_MAX; i++) {
		int64_t revision = lists->view.revision;

		err = keep_up(lists, store);
		if (err && err != -EAGAIN)
			return err;
		behind = is_behind(lists, store);
		moved = lists->view.revision != revision;
	}
	return behind ? -EAGAIN : err;
}

int lists_refresh(struct store *store, void *arg)
{
	struct lists *lists = arg;
	unsigned generation;
	int err, told = 0;

	handover_reclaim(lists->layers);
	is_behind(lists, store);
	err = keep_up_in_steps(lists, store);
	generation = handover_generation(lists->layers);
	metric_set(METRIC_LIST_GENERATION, generation);
	if (generation != lists->told)
		told = tell(lists, store, generation);
	if (!told)
		told = hits_flush(lists->hits, store);
	return told ? told : err;
}

void lists_hit(const struct lists *lists, const char *signal, int64_t row)
{
	hits_add(lists->hits, signal, row);
}

void lists_look(const struct lists *lists, const struct list_question *question,
		struct list_findings *findings)
{
	const struct layers *layers = handover_current(lists->layers);

	if (layers)
		layers_look(layers, question, findings);
	else
		memset(findings, 0, sizeof(*findings));
}

uint32_t lists_generation(const struct lists *lists)
{
	return handover_generation(lists->layers);
}
