/* Bringing a source to what its file says, in one transaction. Rows that are
 * as they should be are not touched, so that a daily list costs the daemon and
 * the audit no more than what changed in it. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "callsieve/store.h"

#include "command.h"
#include "database.h"
#include "import.h"
#include "who.h"

/* Named lists are for hands; an import fills the one every trunk has. */
#define DEFAULT_LIST "list = 'default'"

struct change {
	int64_t before, after; /* rows of the source */
	int64_t added, changed, removed;
	int64_t held; /* on the list by other hands, left alone */
};

static int ask(struct import *import, const char *sql, int64_t *answers,
	       int count)
{
	struct store_stmt *stmt;
	int err, i;

	err = store_prepare(&stmt, import->store, sql);
	if (err)
		return err;
	stmt_bind_text(stmt, 1, import->source);
	err = stmt_step(stmt);
	if (err < 0)
		return err;
	for (i = 0; i < count; i++)
		answers[i] = stmt_int(stmt, i);
	stmt_reset(stmt);
	return 0;
}

static int run(struct import *import, const char *sql)
{
	return ask(import, sql, NULL, 0);
}

/* Rows the source has and the file has not. */
#define GONE                                                                   \
	"source = ?1 AND " DEFAULT_LIST " AND number NOT IN "                  \
	"(SELECT number FROM incoming WHERE NOT removed)"
#define GONE_BY_NAME                                                           \
	"source = ?1 AND " DEFAULT_LIST " AND number IN "                      \
	"(SELECT number FROM incoming WHERE removed)"

static int weigh_block(struct import *import, struct change *change)
{
	int64_t answers[5];
	int err;

	err = ask(import,
		  "SELECT count(*), coalesce(sum(b.number IS NULL), 0), "
		  "coalesce(sum(b.source IS ?1 AND (b.points, b.reason, "
		  "b.expires_at) IS NOT (i.points, i.reason, i.expires_at)), "
		  "0), coalesce(sum(b.number IS NOT NULL AND b.source IS NOT "
		  "?1), 0), (SELECT count(*) FROM blocklist WHERE source = ?1 "
		  "AND " DEFAULT_LIST ") "
		  "FROM incoming AS i LEFT JOIN blocklist AS b ON b.number = "
		  "i.number AND b.list = 'default' "
		  "WHERE NOT removed",
		  answers, 5);
	if (err)
		return err;
	change->added = answers[1];
	change->changed = answers[2];
	change->held = answers[3];
	change->before = answers[4];
	err = ask(import,
		  import->update
			  ? "SELECT count(*) FROM blocklist WHERE " GONE_BY_NAME
			  : "SELECT count(*) FROM blocklist WHERE " GONE,
		  &change->removed, 1);
	change->after = change->before + change->added - change->removed;
	return err;
}

/* The guards of the list speak for single numbers, not for the file. */
static int put_row(struct import *import, struct store_stmt *row,
		   struct change *change)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(
		&stmt, import->store,
		"INSERT INTO blocklist(number, points, reason, expires_at, "
		"source) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT(number, list) "
		"DO "
		"UPDATE SET points = excluded.points, reason = "
		"excluded.reason, expires_at = excluded.expires_at "
		"WHERE source IS excluded.source AND (points, reason, "
		"expires_at) IS NOT (excluded.points, excluded.reason, "
		"excluded.expires_at)");
	if (err)
		return err;
	stmt_bind_text(stmt, 1, stmt_text(row, 0));
	stmt_bind_int(stmt, 2, stmt_int(row, 1));
	stmt_bind_text(stmt, 3,
		       stmt_is_null(row, 2) ? NULL : stmt_text(row, 2));
	stmt_bind_text(stmt, 4,
		       stmt_is_null(row, 3) ? NULL : stmt_text(row, 3));
	stmt_bind_text(stmt, 5, import->source);
	err = stmt_step(stmt);
	if (err != -EEXIST)
		return err;
	import_reject(import, (unsigned long)stmt_int(row, 4),
		      stmt_text(row, 0), store_errmsg(import->store));
	change->added -= stmt_is_null(row, 5);
	change->changed -= !stmt_is_null(row, 5);
	return 0;
}

/* One batch of the audit, so that `list undo` takes back the import and
 * nothing that was done by hand before or after it. */
static int begin_batch(struct import *import)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, import->store,
				"INSERT INTO batches(who, note) VALUES "
				"(?1, 'import of source ' || ?2)");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, who());
	stmt_bind_text(stmt, 2, import->source);
	return stmt_step(stmt);
}

static int end_batch(struct import *import)
{
	return store_exec(import->store,
			  "UPDATE batches SET open_until = 0 "
			  "WHERE id = (SELECT max(id) FROM batches)");
}

static int put_rows(struct import *import, struct change *change)
{
	struct store_stmt *row;
	int err;

	err = run(import, import->update
				  ? "DELETE FROM blocklist WHERE " GONE_BY_NAME
				  : "DELETE FROM blocklist WHERE " GONE);
	if (!err)
		err = store_prepare(
			&row, import->store,
			"SELECT i.number, i.points, i.reason, i.expires_at, "
			"i.line, b.number FROM incoming AS i LEFT JOIN "
			"blocklist AS b ON b.number = i.number AND b.list = "
			"'default' WHERE NOT removed AND "
			"(b.number IS NULL OR b.source IS ?1 AND (b.points, "
			"b.reason, b.expires_at) IS NOT (i.points, i.reason, "
			"i.expires_at))");
	if (err)
		return err;
	stmt_bind_text(row, 1, import->source);
	while ((err = stmt_step(row)) == 1) {
		err = put_row(import, row, change);
		if (err)
			break;
	}
	stmt_reset(row);
	return err;
}

static int put_block(struct import *import, struct change *change)
{
	int err;

	if (!change->added && !change->changed && !change->removed)
		return 0;
	err = begin_batch(import);
	if (!err)
		err = put_rows(import, change);
	return err ? err : end_batch(import);
}

/* A file of complaints speaks for the days it covers. */
#define COVERED "source = ?1 AND day IN (SELECT DISTINCT day FROM incoming)"

static int weigh_hearsay(struct import *import, struct change *change)
{
	int64_t answers[4];
	int err;

	err = ask(import,
		  "SELECT count(*), coalesce(sum(o.number IS NULL), 0), "
		  "coalesce(sum(o.count <> i.count), 0), (SELECT count(*) "
		  "FROM observations WHERE " COVERED ") FROM incoming AS i "
		  "LEFT JOIN observations AS o ON o.number = i.number AND "
		  "o.source = ?1 AND o.day = i.day",
		  answers, 4);
	if (err)
		return err;
	change->after = answers[0];
	change->added = answers[1];
	change->changed = answers[2];
	change->before = answers[3];
	if (import->update)
		change->after += change->before - (answers[0] - answers[1]);
	else
		change->removed = change->before - (answers[0] - answers[1]);
	return 0;
}

/* A list of numbers speaks of all of them at once, each time it comes: what it
 * says of a number counts once, from the day it first said so. */
#define LEFT_OUT                                                               \
	"source = ?1 AND number NOT IN "                                       \
	"(SELECT number FROM incoming WHERE NOT removed)"
#define LEFT_OUT_BY_NAME                                                       \
	"source = ?1 AND number IN "                                           \
	"(SELECT number FROM incoming WHERE removed)"

static int weigh_list(struct import *import, struct change *change)
{
	int64_t answers[4];
	int err;

	err = ask(import,
		  "SELECT count(*), coalesce(sum(o.number IS NULL), 0), "
		  "coalesce(sum(o.count <> i.count), 0), (SELECT count(*) "
		  "FROM observations WHERE source = ?1) FROM incoming AS i "
		  "LEFT JOIN observations AS o ON o.number = i.number AND "
		  "o.source = ?1 WHERE NOT removed",
		  answers, 4);
	if (err)
		return err;
	change->added = answers[1];
	change->changed = answers[2];
	change->before = answers[3];
	err = ask(import,
		  import->update ? "SELECT count(*) FROM observations "
				   "WHERE " LEFT_OUT_BY_NAME
				 : "SELECT count(*) FROM observations "
				   "WHERE " LEFT_OUT,
		  &change->removed, 1);
	change->after = change->before + change->added - change->removed;
	return err;
}

static int put_list(struct import *import, struct change *change)
{
	int err;

	(void)change;
	err = run(import, import->update ? "DELETE FROM observations "
					   "WHERE " LEFT_OUT_BY_NAME
					 : "DELETE FROM observations "
					   "WHERE " LEFT_OUT);
	if (!err)
		err = run(import,
			  "UPDATE observations SET count = i.count "
			  "FROM incoming AS i WHERE source = ?1 AND "
			  "i.number = observations.number AND NOT removed "
			  "AND i.count <> observations.count");
	if (err)
		return err;
	return run(import,
		   "INSERT INTO observations(number, source, day, count) "
		   "SELECT number, ?1, day, count FROM incoming WHERE NOT "
		   "removed AND number NOT IN (SELECT number FROM "
		   "observations WHERE source = ?1)");
}

static int put_hearsay(struct import *import, struct change *change)
{
	int err = 0;

	(void)change;
	if (!import->update)
		err = run(import, "DELETE FROM observations WHERE " COVERED
				  " AND (number, day) NOT IN "
				  "(SELECT number, day FROM incoming)");
	if (err)
		return err;
	return run(import,
		   "INSERT INTO observations(number, source, day, count) "
		   "SELECT number, ?1, day, count FROM incoming WHERE true "
		   "ON CONFLICT DO UPDATE SET count = excluded.count "
		   "WHERE count <> excluded.count");
}

struct manner {
	int (*weigh)(struct import *import, struct change *change);
	int (*put)(struct import *import, struct change *change);
	const char *rows;
};

static const struct manner *manner_of(const struct import *import)
{
	static const struct manner block = {weigh_block, put_block,
					    "rows of the block list"},
				   hearsay = {weigh_hearsay, put_hearsay,
					      "observations"},
				   list = {weigh_list, put_list,
					   "observations"};

	if (import->format->kind == IMPORT_OBSERVATION)
		return &hearsay;
	return import->observations ? &list : &block;
}

static void tell(const struct import *import, const struct change *change)
{
	if (import->quiet)
		return;
	printf("%s%s: %lu lines of format %s, %" PRId64 " added, %" PRId64
	       " changed, %" PRId64 " removed, %lu rejected\n",
	       import->dry_run ? "(dry run) " : "", import->source,
	       import->records, import->format->name, change->added,
	       change->changed, change->removed, import->rejects.count);
	if (change->held)
		printf("%" PRId64 " are on the list by other hands and were "
		       "left as they are\n",
		       change->held);
	if (import->duplicates && !import_is_hearsay(import))
		printf("%lu were named again\n", import->duplicates);
	if (import->nameless)
		printf("%lu complaints name no number\n", import->nameless);
}

/* What a download cut short or a changed format looks like. */
static int guard(const struct import *import, const struct change *change)
{
	const char *rows = manner_of(import)->rows;

	if (import->force || change->after * 2 >= change->before)
		return EXIT_DONE;
	return failure("Of the %" PRId64 " %s from \"%s\" only %" PRId64
		       " would be left. Nothing was done; if that is right, "
		       "say --force.",
		       change->before, rows, import->source, change->after);
}

static int in_transaction(struct import *import, struct change *change)
{
	int err, status;

	err = manner_of(import)->weigh(import, change);
	if (err)
		return database_failure(import->store, err);
	status = guard(import, change);
	if (status || import->dry_run)
		return status;
	err = manner_of(import)->put(import, change);
	return err ? database_failure(import->store, err) : EXIT_DONE;
}

int import_apply(struct import *import)
{
	struct change change = {0};
	int err, status;

	err = import->dry_run ? store_begin_read(import->store)
			      : store_begin(import->store);
	if (err)
		return database_failure(import->store, err);
	status = in_transaction(import, &change);
	if (status || import->dry_run) {
		store_rollback(import->store);
	} else {
		err = store_commit(import->store);
		if (err)
			return database_failure(import->store, err);
	}
	if (!status)
		tell(import, &change);
	return status;
}
