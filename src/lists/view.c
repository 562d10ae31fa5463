#include "view.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/store.h"
#include "rows.h"

/* The changes of one step, being added. */
struct step {
	struct store *store;
	struct reading edits; /* into a layer of its own */
	bool ranges, scopes;  /* these are read again, whole */
	int64_t rows;	      /* more, or fewer, than before */
};

/* Of exactly one value. */
static int ask(int64_t *valuep, struct store *store, const char *sql)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store, sql);

	if (!err)
		err = stmt_step(stmt);
	if (err < 0)
		return err;
	*valuep = err ? stmt_int(stmt, 0) : 0;
	stmt_reset(stmt);
	return 0;
}

static int ask_revision(int64_t *revisionp, struct store *store)
{
	*revisionp = store_revision(store, "lists");
	return *revisionp < 0 ? (int)*revisionp : 0;
}

static int read_ranges(struct index **indexp, size_t *rowsp,
		       struct store *store, const atomic_bool *stop)
{
	struct reading ranges;
	int err;

	reading_begin(&ranges, stop);
	ranges.ranges = true;
	err = rows_all(&ranges, store);
	*indexp = ranges.index;
	*rowsp = ranges.rows;
	return err;
}

static int read_all(struct view *view, struct store *store,
		    const atomic_bool *stop)
{
	struct reading rows;
	size_t ranges;
	int err = ask_revision(&view->revision, store);

	if (!err)
		err = ask(&view->schema, store, "PRAGMA schema_version");
	if (!err)
		err = ask(&view->change, store,
			  "SELECT seq FROM sqlite_sequence "
			  "WHERE name = 'changes'");
	if (err)
		return err;
	reading_begin(&rows, stop);
	err = rows_all(&rows, store);
	view->layers.base = rows.index;
	view->rows = rows.rows;
	view->skipped = rows.skipped;
	if (!err)
		err = read_ranges(&view->layers.ranges, &ranges, store, stop);
	return err ? err : scopes_load(&view->layers.scopes, store);
}

int view_load(struct view *view, struct store *store, const atomic_bool *stop)
{
	uint64_t start = now_mono_ms();
	int err;

	memset(view, 0, sizeof(*view));
	err = store_begin_read(store);
	if (err)
		return err;
	err = read_all(view, store, stop);
	store_rollback(store);
	view->ms = (unsigned)(now_mono_ms() - start);
	if (err)
		view_fini(view);
	return err;
}

void view_fini(struct view *view)
{
	layers_fini(&view->layers);
}

/* All rows that this number has now. */
static int edited(struct step *step, enum table table, const char *number,
		  int64_t subscriber)
{
	struct reading *edits = &step->edits;
	struct index_cursor cursor;
	size_t rows = edits->rows;
	number_key key;
	int err;

	if (strchr(number, '-'))
		step->ranges = true;
	if (number_pattern_key(&key, number) ||
	    index_find(edits->index, table, key, subscriber, &cursor))
		return 0;
	err = rows_of(edits, step->store, table, number, subscriber);
	if (!err && edits->rows == rows)
		err = index_add_gone(edits->index, table, key, subscriber);
	return err;
}

enum {
	COLUMN_ID,
	COLUMN_OP,
	COLUMN_TABLE,
	COLUMN_ROW,
	COLUMN_NUMBER,
	COLUMN_SUBSCRIBER,
};

/* An update says what the row was. What it is now says the table, unless it
 * was deleted since, of which another change tells. */
static int changed_row(struct step *step, enum table table,
		       struct store_stmt *stmt)
{
	const char *op = stmt_text(stmt, COLUMN_OP);
	bool update = strcmp(op, "update") == 0;
	char number[ROW_NUMBER];
	int64_t subscriber;
	int err;

	step->rows += strcmp(op, "insert") == 0;
	step->rows -= strcmp(op, "delete") == 0;
	/* Of one that was inserted, and a rule, the table knows the rest. */
	if (!stmt_is_null(stmt, COLUMN_SUBSCRIBER)) {
		err = edited(step, table, stmt_text(stmt, COLUMN_NUMBER),
			     stmt_int(stmt, COLUMN_SUBSCRIBER));
		if (err)
			return err;
	}
	err = rows_where(step->store, table, stmt_int(stmt, COLUMN_ROW), number,
			 &subscriber);
	if (err == 1)
		return edited(step, table, number, subscriber);
	return err ? err : update ? -ENOENT : 0;
}

/* A row that was updated and is no longer there was deleted, or got another
 * id, of which nothing tells. */
static int was_deleted(struct store *store, struct store_stmt *stmt)
{
	struct store_stmt *deleted;
	int err = store_prepare(&deleted, store,
				"SELECT 1 FROM changes WHERE id > ? AND "
				"in_table = ? AND row = ? AND op = 'delete'");

	if (err)
		return err;
	stmt_bind_int(deleted, 1, stmt_int(stmt, COLUMN_ID));
	stmt_bind_text(deleted, 2, stmt_text(stmt, COLUMN_TABLE));
	stmt_bind_int(deleted, 3, stmt_int(stmt, COLUMN_ROW));
	err = stmt_step(deleted);
	if (err == 1)
		stmt_reset(deleted);
	return err < 0 ? err : err ? 0 : -ESTALE;
}

/* They are kept with each number of their subscriber. */
static int changed_settings(struct step *step, int64_t subscriber)
{
	struct store_stmt *stmt;
	int more = 0, err = store_prepare(&stmt, step->store,
					  "SELECT number FROM "
					  "subscriber_numbers "
					  "WHERE subscriber = ?");

	if (err)
		return err;
	stmt_bind_int(stmt, 1, subscriber);
	while (!err && (more = stmt_step(stmt)) == 1)
		err = edited(step, TABLE_OWNERS, stmt_text(stmt, 0), 0);
	if (err)
		stmt_reset(stmt);
	return err ? err : more;
}

static int changed(struct step *step, struct store_stmt *stmt)
{
	const char *name = stmt_text(stmt, COLUMN_TABLE);
	enum table table;
	int err;

	if (strcmp(name, "list_trunks") == 0)
		step->scopes = true;
	if (strcmp(name, "subscriber_settings") == 0)
		return changed_settings(step, stmt_int(stmt, COLUMN_ROW));
	if (!rows_table(name, &table))
		return 0;
	err = changed_row(step, table, stmt);
	return err == -ENOENT ? was_deleted(step->store, stmt) : err;
}

/* Those after `from`; how many there were goes to *countp. */
static int read_changes(struct step *step, int64_t from, int64_t *lastp,
			int64_t *countp)
{
	struct store_stmt *stmt;
	int more, err = store_prepare(
			  &stmt, step->store,
			  "SELECT id, op, in_table, row, number, "
			  "CASE WHEN in_table <> 'subscriber_rules' THEN 0 "
			  "ELSE json_extract(old, '$.subscriber') END "
			  "FROM changes WHERE id > ? ORDER BY id LIMIT ?");

	if (err)
		return err;
	stmt_bind_int(stmt, 1, from);
	stmt_bind_int(stmt, 2, CHANGES_MAX);
	while (!err && (more = stmt_step(stmt)) == 1) {
		*lastp = stmt_int(stmt, COLUMN_ID);
		++*countp;
		err = changed(step, stmt);
	}
	if (err)
		stmt_reset(stmt);
	return err ? err : more;
}

/* Each change raises the revision by one. Where these do not agree, somebody
 * did without the triggers. */
static int agrees(struct view *view, struct store *store, int64_t revision)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store,
				"SELECT count(*) FROM changes WHERE id > ?");

	if (err)
		return err;
	stmt_bind_int(stmt, 1, view->change);
	err = stmt_step(stmt);
	if (err < 0)
		return err;
	err = stmt_int(stmt, 0) == revision - view->revision ? 0 : -ESTALE;
	stmt_reset(stmt);
	return err;
}

/* What is read again whole takes the place of what was there. */
static int finish_step(struct view *view, struct step *step)
{
	struct index *ranges = NULL;
	struct scopes *scopes = NULL;
	size_t count;
	int err = 0;

	if (view->layers.edits)
		err = index_merge(step->edits.index, view->layers.edits);
	if (!err && step->ranges)
		err = read_ranges(&ranges, &count, step->store, NULL);
	if (!err && step->scopes)
		err = scopes_load(&scopes, step->store);
	if (err) {
		index_free(ranges);
		return err;
	}
	index_free(view->layers.edits);
	view->layers.edits = step->edits.index;
	step->edits.index = NULL;
	if (ranges) {
		index_free(view->layers.ranges);
		view->layers.ranges = ranges;
	}
	if (scopes) {
		scopes_free(view->layers.scopes);
		view->layers.scopes = scopes;
	}
	view->rows += (size_t)step->rows;
	return 0;
}

static int advance(struct view *view, struct store *store)
{
	struct step step = {.store = store};
	int64_t revision, schema, last = view->change, count = 0;
	int err = ask(&schema, store, "PRAGMA schema_version");

	if (!err)
		err = ask_revision(&revision, store);
	if (!err && schema != view->schema)
		err = -ESTALE;
	if (err || revision == view->revision)
		return err;
	err = agrees(view, store, revision);
	if (err)
		return err;
	reading_begin(&step.edits, NULL);
	err = index_new(&step.edits.index, NULL);
	if (!err)
		err = read_changes(&step, view->change, &last, &count);
	if (!err)
		err = finish_step(view, &step);
	index_free(step.edits.index);
	if (err)
		return err;
	view->change = last;
	view->revision += count;
	view->skipped += step.edits.skipped;
	return 1;
}

int view_advance(struct view *view, struct store *store)
{
	int err = store_begin_read(store);

	if (err)
		return err;
	err = advance(view, store);
	store_rollback(store);
	return err;
}
