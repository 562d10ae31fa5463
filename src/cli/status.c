/* callsieve status: how the running daemon says it is, what it made of the
 * database, by what it wrote into it, and what is in it now. Each part does
 * without the others: any of them may be what is wrong. */
#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/control.h"
#include "callsieve/core/switches.h"

#include "bypass.h"
#include "control.h"
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
	{"rejected today", "SELECT count(*) FROM calls_today "
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

/* What is known of the daemon without the database. */
enum daemon_state {
	DAEMON_UNSEEN, /* or it runs elsewhere */
	DAEMON_DEAD,
	DAEMON_SICK,
	DAEMON_WELL,
};

static enum daemon_state print_daemon(const char *database)
{
	enum daemon_state state = DAEMON_WELL;
	char *answer;
	int err = control_ask(&answer, database, CONTROL_STATUS);

	if (err == -ENOENT)
		return DAEMON_UNSEEN;
	if (err == -ECONNREFUSED)
		return DAEMON_DEAD;
	if (err) {
		printf("%-16s" CONTROL_PROBLEM
		       "the one that runs cannot be asked: %s\n",
		       "callsieved", strerror(-err));
		return DAEMON_SICK;
	}
	/* Its last line is empty. */
	printf("%.*s", (int)strlen(answer) - 1, answer);
	if (strstr(answer, CONTROL_PROBLEM))
		state = DAEMON_SICK;
	free(answer);
	return state;
}

/* Only the daemon itself knows whether it is well, but it may be gone. */
static bool print_engine(struct store_stmt *stmt, enum daemon_state state)
{
	int64_t last_call = stmt_int(stmt, COLUMN_LAST_CALL);
	int64_t pid = stmt_int(stmt, COLUMN_PID);
	char age[TIME_TEXT], when[TIME_TEXT];
	bool told = state == DAEMON_SICK || state == DAEMON_WELL;
	bool gone = state == DAEMON_DEAD ||
		    (state == DAEMON_UNSEEN && !is_alive(pid));

	if (stmt_is_null(stmt, COLUMN_LOADED_AT)) {
		if (!told)
			printf("%-16snever used this database\n", "callsieved");
		return true;
	}
	if (!told)
		printf("%-16s%s, process %" PRId64 "%s\n", "callsieved",
		       stmt_text(stmt, COLUMN_VERSION), pid,
		       gone ? ", which does not run here now" : "");
	print_lists(stmt);
	if (last_call)
		printf("%-16s%s (%s)\n", "last record",
		       print_time(when, last_call), print_age(age, last_call));
	return !gone;
}

static int print_database(struct store *store, enum daemon_state state)
{
	struct store_stmt *stmt;
	bool well = true;
	size_t i;
	int err;

	err = store_prepare(&stmt, store, engine_sql);
	if (!err)
		err = stmt_step(stmt);
	if (err < 0)
		return database_failure(store, err);
	if (err)
		well = print_engine(stmt, state);
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
	return well && state != DAEMON_SICK ? EXIT_DONE : EXIT_FAILED;
}

static void print_bypasses(const char *database)
{
	struct switches switches;

	if (bypass_read(&switches, database) == 0)
		bypass_print(&switches);
}

int status_command(const struct cli *cli, int argc, char **argv)
{
	enum daemon_state state;
	struct store *store;
	char *database;
	int status;

	(void)argv;
	if (argc != 1)
		return usage_error("It is: callsieve status.");
	database = database_path(cli);
	if (!database)
		return EXIT_FAILED;
	print_bypasses(database);
	state = print_daemon(database);
	/* Before what the database makes us say on the other stream. */
	fflush(stdout);
	free(database);
	status = database_open(&store, cli, STORE_EXISTING);
	if (status)
		return status;
	status = print_database(store, state);
	store_close(store);
	return status;
}
