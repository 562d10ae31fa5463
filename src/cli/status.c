/* callsieve status: what the daemon made of the database, by what it wrote
 * into it, and what is in it now. */
#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "callsieve/core/switches.h"

#include "bypass.h"

#include "database.h"
#include "print.h"

/* One row; columns in the order they are printed. Times are epoch seconds. */
static const char engine_sql[] =
	"SELECT version, pid, list_generation, list_entries, list_skipped, "
	"CAST(strftime('%s', list_loaded_at) AS INTEGER), list_load_ms, "
	"(SELECT max(ended_at) FROM calls), "
	"list_revision = (SELECT n FROM revision WHERE name = 'lists') "
	"FROM engine_status";

enum {
	COLUMN_VERSION,
	COLUMN_PID,
	COLUMN_GENERATION,
	COLUMN_ENTRIES,
	COLUMN_SKIPPED,
	COLUMN_LOADED_AT,
	COLUMN_LOAD_MS,
	COLUMN_LAST_CALL,
	COLUMN_UP_TO_DATE,
};

static const struct {
	const char *name, *sql;
} counts[] = {
	{"block list", "SELECT count(*) FROM blocklist"},
	{"allow list", "SELECT count(*) FROM allowlist"},
	{"subscribers",
	 "SELECT count(*) FROM subscribers WHERE revoked_at IS NULL"},
	{"reports", "SELECT count(*) FROM reports"},
	{"calls recorded", "SELECT count(*) FROM calls"},
	{"calls today", "SELECT count(*) FROM calls_today"},
	{"rejected today",
	 "SELECT count(*) FROM calls_today "
	 "WHERE coalesce(treatment, action) = 'reject'"},
};

static bool is_alive(int64_t pid)
{
	/* A signal we may not send still shows that somebody is there. */
	return pid > 0 && (!kill((pid_t)pid, 0) || errno == EPERM);
}

static void print_lists(struct store_stmt *stmt)
{
	int64_t skipped = stmt_int(stmt, COLUMN_SKIPPED);
	char age[TIME_TEXT];

	printf("%-16sgeneration %" PRId64 ", %" PRId64
	       " entries, loaded %s in %" PRId64 " ms%s\n",
	       "lists loaded", stmt_int(stmt, COLUMN_GENERATION),
	       stmt_int(stmt, COLUMN_ENTRIES),
	       print_age(age, stmt_int(stmt, COLUMN_LOADED_AT) * 1000),
	       stmt_int(stmt, COLUMN_LOAD_MS),
	       stmt_int(stmt, COLUMN_UP_TO_DATE)
		       ? ""
		       : "; edited since, not loaded yet");
	if (skipped)
		printf("%-16s%" PRId64
		       " rows could not be used; the daemon's log names them\n",
		       "", skipped);
}

static void print_engine(struct store_stmt *stmt)
{
	int64_t last_call = stmt_int(stmt, COLUMN_LAST_CALL);
	int64_t pid = stmt_int(stmt, COLUMN_PID);
	char age[TIME_TEXT], when[TIME_TEXT];

	if (stmt_is_null(stmt, COLUMN_LOADED_AT)) {
		printf("%-16snever used this database\n", "callsieved");
		return;
	}
	printf("%-16s%s, process %" PRId64 "%s\n", "callsieved",
	       stmt_text(stmt, COLUMN_VERSION), pid,
	       is_alive(pid) ? "" : ", which does not run here now");
	print_lists(stmt);
	if (last_call)
		printf("%-16s%s (%s)\n", "last record",
		       print_time(when, last_call), print_age(age, last_call));
}

static int print_status(struct store *store)
{
	struct store_stmt *stmt;
	size_t i;
	int err;

	err = store_prepare(&stmt, store, engine_sql);
	if (!err)
		err = stmt_step(stmt);
	if (err < 0)
		return database_failure(store, err);
	if (err)
		print_engine(stmt);
	stmt_reset(stmt);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		err = store_prepare(&stmt, store, counts[i].sql);
		if (!err)
			err = stmt_step(stmt);
		if (err < 0)
			return database_failure(store, err);
		printf("%-16s%" PRId64 "\n", counts[i].name, stmt_int(stmt, 0));
		stmt_reset(stmt);
	}
	return EXIT_DONE;
}

/* First, and without the database: that may be what is wrong. */
static int print_bypasses(const struct cli *cli)
{
	char *database = database_path(cli);
	struct switches switches;

	if (!database)
		return EXIT_FAILED;
	if (bypass_read(&switches, database) == 0)
		bypass_print(&switches);
	free(database);
	return EXIT_DONE;
}

int status_command(const struct cli *cli, int argc, char **argv)
{
	struct store *store;
	int status;

	(void)argv;
	if (argc != 1)
		return usage_error("It is: callsieve status.");
	status = print_bypasses(cli);
	if (status)
		return status;
	status = database_open(&store, cli, STORE_EXISTING);
	if (status)
		return status;
	status = print_status(store);
	store_close(store);
	return status;
}
