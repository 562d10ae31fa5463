/* callsieve calls: the last calls as a table, newest first; all of them, or
 * those of one caller. */
#include "command.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "database.h"
#include "list_number.h"
#include "print.h"

#define CALLS_DEFAULT 20
#define CALLS_MAX     100000
#define USAGE	      "It is: callsieve calls [-n N] [--caller NUMBER]."

#define CALLS(where)                                                           \
	"SELECT id, started_at, caller, callee, trunk, action, score, status " \
	"FROM calls " where " ORDER BY started_at DESC LIMIT ?1"

static void print_head(void)
{
	printf("%-16s  %-19s  %-16s  %-16s  %-12s  %-6s  %5s  %6s\n", "CALL",
	       "STARTED", "CALLER", "CALLEE", "TRUNK", "ACTION", "SCORE",
	       "STATUS");
}

static void print_call(struct store_stmt *stmt)
{
	char started[TIME_TEXT];

	print_text(stmt_text(stmt, 0), 16);
	printf("  %-19s  ", print_time(started, stmt_int(stmt, 1)));
	print_text(stmt_text(stmt, 2), 16);
	printf("  ");
	print_text(stmt_text(stmt, 3), 16);
	printf("  ");
	print_text(stmt_text(stmt, 4), 12);
	printf("  ");
	print_text(stmt_text(stmt, 5), 6);
	printf("  %5" PRId64 "  %6" PRId64 "\n", stmt_int(stmt, 6),
	       stmt_int(stmt, 7));
}

/* `caller`: NULL for all. An exit status. */
static int print_calls(struct store *store, unsigned count, const char *caller)
{
	char number[LIST_NUMBER];
	struct store_stmt *stmt;
	int err, status;

	if (caller) {
		status = list_number(number, store, caller);
		if (status)
			return status;
	}
	err = store_prepare(&stmt, store,
			    caller ? CALLS("WHERE caller = ?2") : CALLS(""));
	if (err)
		return database_failure(store, err);
	stmt_bind_int(stmt, 1, count);
	if (caller)
		stmt_bind_text(stmt, 2, number);
	print_head();
	while ((err = stmt_step(stmt)) == 1)
		print_call(stmt);
	return err ? database_failure(store, err) : EXIT_DONE;
}

int calls_command(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"caller", required_argument, NULL, 'c'},
		{0},
	};
	const char *caller = NULL;
	unsigned count = CALLS_DEFAULT;
	struct store *store;
	int option, status;

	while ((option = getopt_long(argc, argv, ":n:", options, NULL)) != -1) {
		if (option == 'c') {
			caller = optarg;
			continue;
		}
		if (option != 'n')
			return usage_error(USAGE);
		count = read_count(optarg, CALLS_MAX);
		if (!count)
			return usage_error("-n takes a number from 1 to %d.",
					   CALLS_MAX);
	}
	if (optind != argc)
		return usage_error(USAGE);
	status = database_open(&store, cli, STORE_EXISTING);
	if (status)
		return status;
	status = print_calls(store, count, caller);
	store_close(store);
	return status;
}
