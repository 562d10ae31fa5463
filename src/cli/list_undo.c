/* callsieve list undo: takes back what a batch changed, as the view `undo` of
 * the database does it. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "database.h"
#include "list.h"
#include "list_number.h"
#include "print.h"
#include "who.h"

#define USAGE                                                                  \
	"It is: callsieve list undo BATCH [--note TEXT] [--dry-run] "          \
	"[--force]."
#define SHOWN 10

struct undo {
	unsigned batch;
	const char *note;
	bool dry_run, force;
};

static int print_conflicts(struct store *store, unsigned batch)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(&stmt, store,
			    "SELECT " CHANGE_COLUMNS " FROM change_log WHERE "
			    "id IN (SELECT id FROM undo_conflicts WHERE "
			    "batch = ?1) LIMIT ?2");
	if (err)
		return err;
	stmt_bind_int(stmt, 1, batch);
	stmt_bind_int(stmt, 2, SHOWN);
	while ((err = stmt_step(stmt)) == 1)
		list_print_change(stmt);
	return err;
}

/* A row deleted by the batch, whose number is on the list again. */
static bool is_held(const struct store *store)
{
	return strstr(store_errmsg(store), "UNIQUE constraint") != NULL;
}

static int refuse(struct store *store, const struct undo *undo, int err)
{
	if (err != -EEXIST)
		return database_failure(store, err);
	if (is_held(store))
		return failure("A number that batch %u changed or removed is "
			       "on the list again, in a later row. Nothing "
			       "was done; --force puts the old row in its "
			       "place.",
			       undo->batch);
	failure("%s Nothing was done.", store_errmsg(store));
	if (!undo->force)
		print_conflicts(store, undo->batch);
	return EXIT_FAILED;
}

static int print_undone(struct store *store, const struct undo *undo)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(&stmt, store,
			    "SELECT batch, added, changed, removed "
			    "FROM batch_log LIMIT 1");
	if (!err)
		err = stmt_step(stmt);
	if (err < 0)
		return err;
	printf("%sbatch %u is undone by batch %" PRId64 ": %" PRId64
	       " rows added, %" PRId64 " changed, %" PRId64 " removed\n",
	       undo->dry_run ? "(dry run) " : "", undo->batch,
	       stmt_int(stmt, 0), stmt_int(stmt, 1), stmt_int(stmt, 2),
	       stmt_int(stmt, 3));
	stmt_reset(stmt);
	return 0;
}

static int do_undo(struct store *store, const struct undo *undo)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(&stmt, store,
			    "INSERT INTO undo(batch, who, note, force) "
			    "VALUES(?1, ?2, ?3, ?4)");
	if (err)
		return err;
	stmt_bind_int(stmt, 1, undo->batch);
	stmt_bind_text(stmt, 2, who());
	stmt_bind_text(stmt, 3, undo->note);
	stmt_bind_int(stmt, 4, undo->force);
	return stmt_step(stmt);
}

static int in_transaction(struct store *store, const struct undo *undo)
{
	int err, status = EXIT_DONE;

	err = store_begin(store);
	if (err)
		return database_failure(store, err);
	err = do_undo(store, undo);
	if (err)
		status = refuse(store, undo, err);
	else if ((err = print_undone(store, undo)))
		status = database_failure(store, err);
	if (status || undo->dry_run) {
		store_rollback(store);
		return status;
	}
	err = store_commit(store);
	return err ? database_failure(store, err) : EXIT_DONE;
}

int list_undo(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"note", required_argument, NULL, 'm'},
		{"dry-run", no_argument, NULL, 'n'},
		{"force", no_argument, NULL, 'F'},
		{0},
	};
	struct undo undo = {0};
	struct store *store;
	int option, status;

	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 'm')
			undo.note = optarg;
		else if (option == 'n')
			undo.dry_run = true;
		else if (option == 'F')
			undo.force = true;
		else
			return usage_error(USAGE);
	}
	if (optind + 1 == argc)
		undo.batch = read_count(argv[optind], LIST_BATCH_MAX);
	if (!undo.batch)
		return usage_error(USAGE);
	status = database_open(&store, cli, STORE_EXISTING);
	if (status)
		return status;
	status = in_transaction(store, &undo);
	store_close(store);
	return status;
}
