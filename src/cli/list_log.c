/* callsieve list log: who changed what. Batches, newest first; or, asked about
 * a batch or a number, each change. */
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"

#include "database.h"
#include "list.h"
#include "list_number.h"
#include "print.h"

#define USAGE                                                                  \
	"It is: callsieve list log [--since TIME] [--number NUMBER] "          \
	"[--batch BATCH] [-n N]."
#define LINES_DEFAULT 50
#define LINES_MAX     1000000

struct wanted {
	const char *since, *number;
	unsigned batch, lines;
	int64_t from; /* epoch seconds */
};

/* "90m", "24h", "7d", "2w": so long ago. */
static int64_t read_age(const char *text)
{
	static const char units[] = "mhdw";
	static const int64_t seconds[] = {60, 3600, 86400, 604800};
	const char *unit;
	char *end;
	long n;

	if (*text < '0' || *text > '9')
		return -1;
	n = strtol(text, &end, 10);
	unit = *end && !end[1] ? strchr(units, *end) : NULL;
	return unit && n < 1000000 ? n * seconds[unit - units] : -1;
}

/* A time as the log shows it is one of the place where this runs. */
static int read_since(struct wanted *wanted, struct store *store)
{
	int64_t age = read_age(wanted->since);
	struct store_stmt *stmt;
	int err;

	if (age >= 0) {
		wanted->from = now_wall_s() - age;
		return EXIT_DONE;
	}
	err = store_prepare(
		&stmt, store,
		"SELECT CAST(strftime('%s', ?1, 'utc') AS INTEGER) "
		"WHERE ?1 GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'");
	if (err)
		return database_failure(store, err);
	stmt_bind_text(stmt, 1, wanted->since);
	err = stmt_step(stmt);
	if (err < 0)
		return database_failure(store, err);
	if (!err || stmt_is_null(stmt, 0)) {
		stmt_reset(stmt);
		return usage_error("--since takes a time such as 2026-11-23, "
				   "\"2026-11-23 18:00\", 90m, 24h or 7d.");
	}
	wanted->from = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return EXIT_DONE;
}

static void print_batch(struct store_stmt *stmt)
{
	char when[TIME_TEXT];

	printf("%7" PRId64 "  %-19s  ", stmt_int(stmt, 0),
	       print_time(when, stmt_int(stmt, 1) * 1000));
	print_text(stmt_text(stmt, 2), 12);
	printf("  %8" PRId64 "  %8" PRId64 "  %8" PRId64 "  ",
	       stmt_int(stmt, 3), stmt_int(stmt, 4), stmt_int(stmt, 5));
	print_text(stmt_text(stmt, 6), 0);
	printf("\n");
}

static int print_batches(struct store *store, const struct wanted *wanted)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(&stmt, store,
			    "SELECT batch, CAST(strftime('%s', started_at) "
			    "AS INTEGER), who, added, changed, removed, note "
			    "FROM batch_log WHERE started_at >= "
			    "datetime(?1, 'unixepoch') LIMIT ?2");
	if (err)
		return database_failure(store, err);
	stmt_bind_int(stmt, 1, wanted->from);
	stmt_bind_int(stmt, 2, wanted->lines);
	printf("%-7s  %-19s  %-12s  %8s  %8s  %8s  %s\n", "BATCH", "WHEN",
	       "WHO", "ADDED", "CHANGED", "REMOVED", "NOTE");
	while ((err = stmt_step(stmt)) == 1)
		print_batch(stmt);
	return err ? database_failure(store, err) : EXIT_DONE;
}

static int print_changes(struct store *store, const struct wanted *wanted,
			 const char *number)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(
		&stmt, store,
		wanted->batch
			? "SELECT " CHANGE_COLUMNS " FROM change_log, "
			  "batch_spans USING (batch) WHERE batch = ?1 AND id "
			  "BETWEEN first AND last AND started_at >= "
			  "datetime(?2, 'unixepoch') AND (?4 = '' OR number = "
			  "?4) LIMIT ?3"
			: "SELECT " CHANGE_COLUMNS " FROM change_log WHERE "
			  "number = ?4 AND started_at >= datetime(?2, "
			  "'unixepoch') LIMIT ?3");
	if (err)
		return database_failure(store, err);
	stmt_bind_int(stmt, 1, wanted->batch);
	stmt_bind_int(stmt, 2, wanted->from);
	stmt_bind_int(stmt, 3, wanted->lines);
	stmt_bind_text(stmt, 4, number);
	list_print_changes_head();
	while ((err = stmt_step(stmt)) == 1)
		list_print_change(stmt);
	return err ? database_failure(store, err) : EXIT_DONE;
}

static int print_log(struct store *store, struct wanted *wanted)
{
	char number[LIST_NUMBER] = "";
	int status = EXIT_DONE;

	if (wanted->since)
		status = read_since(wanted, store);
	if (!status && wanted->number)
		status = list_number(number, store, wanted->number);
	if (status)
		return status;
	return wanted->batch || *number ? print_changes(store, wanted, number)
					: print_batches(store, wanted);
}

int list_log(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"since", required_argument, NULL, 's'},
		{"number", required_argument, NULL, 'N'},
		{"batch", required_argument, NULL, 'b'},
		{0},
	};
	struct wanted wanted = {.lines = LINES_DEFAULT};
	struct store *store;
	int option, status;

	while ((option = getopt_long(argc, argv, ":n:", options, NULL)) != -1) {
		if (option == 's')
			wanted.since = optarg;
		else if (option == 'N')
			wanted.number = optarg;
		else if (option == 'b' &&
			 (wanted.batch = read_count(optarg, LIST_BATCH_MAX)))
			;
		else if (option == 'n' &&
			 (wanted.lines = read_count(optarg, LINES_MAX)))
			;
		else
			return usage_error(USAGE);
	}
	if (optind != argc)
		return usage_error(USAGE);
	status = database_open(&store, cli, STORE_EXISTING);
	if (status)
		return status;
	status = print_log(store, &wanted);
	store_close(store);
	return status;
}
