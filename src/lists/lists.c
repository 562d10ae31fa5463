/* Loads the lists on the store thread when somebody changed them, and answers
 * on the loop. */
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
#include "load.h"

/* After a load this share of its time passes before the next, so that lists
 * edited all the time leave the store thread some for other things. */
#define PAUSE_SHARE 4

struct lists {
	struct handover *indexes;

	/* The store thread's: what the newest index was made from. */
	int64_t revision, identity;
	size_t entries, skipped;
	unsigned load_ms;
	uint64_t not_before_ms;
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
	err = handover_new(&lists->indexes, loop, free_layers);
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
	handover_free(lists->indexes);
	free(lists);
}

static int give(struct lists *lists, const struct layers *layers)
{
	struct layers *copy = malloc(sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	*copy = *layers;
	return handover_give(lists->indexes, copy);
}

static int load(struct lists *lists, struct store *store)
{
	struct loaded loaded;
	int err = load_lists(&loaded, store);

	if (err) {
		metric_add(METRIC_LIST_LOAD_ERRORS, 1);
		return err;
	}
	lists->entries = loaded.rows;
	lists->skipped = loaded.skipped;
	lists->load_ms = loaded.ms;
	log_info("event=lists-loaded revision=%lld entries=%zu skipped=%zu "
		 "bytes=%zu ms=%u",
		 (long long)loaded.revision, lists->entries, lists->skipped,
		 index_bytes(loaded.layers.base), loaded.ms);
	err = give(lists, &loaded.layers);
	if (err)
		return err;
	lists->revision = loaded.revision;
	lists->identity = store_identity(store);
	lists->not_before_ms = now_mono_ms() + loaded.ms / PAUSE_SHARE;
	metric_set(METRIC_LIST_ENTRIES, (int64_t)lists->entries);
	return 0;
}

/* For the admin who wonders whether an edit is in force. */
static int tell(struct lists *lists, struct store *store, unsigned generation)
{
	struct store_stmt *stmt;
	int err = store_prepare(
		&stmt, store,
		"UPDATE engine_status SET version = ?, pid = ?, "
		"list_generation = ?, list_revision = ?, list_entries = ?, "
		"list_skipped = ?, list_load_ms = ?, "
		"list_loaded_at = CURRENT_TIMESTAMP");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, CALLSIEVE_VERSION);
	stmt_bind_int(stmt, 2, getpid());
	stmt_bind_int(stmt, 3, generation);
	stmt_bind_int(stmt, 4, lists->revision);
	stmt_bind_int(stmt, 5, (int64_t)lists->entries);
	stmt_bind_int(stmt, 6, (int64_t)lists->skipped);
	stmt_bind_int(stmt, 7, lists->load_ms);
	err = stmt_step(stmt);
	if (!err)
		lists->told = generation;
	return err;
}

static int load_if_changed(struct lists *lists, struct store *store)
{
	int64_t revision = store_revision(store, "lists");

	if (revision < 0) {
		metric_add(METRIC_LIST_LOAD_ERRORS, 1);
		return (int)revision;
	}
	if (revision == lists->revision &&
	    store_identity(store) == lists->identity)
		return 0;
	if (now_mono_ms() < lists->not_before_ms)
		return -EAGAIN;
	return load(lists, store);
}

int lists_refresh(struct store *store, void *arg)
{
	struct lists *lists = arg;
	unsigned generation;
	int err, told = 0;

	handover_reclaim(lists->indexes);
	err = load_if_changed(lists, store);
	generation = handover_generation(lists->indexes);
	metric_set(METRIC_LIST_GENERATION, generation);
	if (generation != lists->told)
		told = tell(lists, store, generation);
	return err ? err : told;
}

void lists_look(const struct lists *lists, const struct list_question *question,
		struct list_findings *findings)
{
	const struct layers *layers = handover_current(lists->indexes);

	if (layers)
		layers_look(layers, question, findings);
	else
		memset(findings, 0, sizeof(*findings));
}

uint32_t lists_generation(const struct lists *lists)
{
	return handover_generation(lists->indexes);
}
