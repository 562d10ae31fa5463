/* callsieve list show: what the lists hold, or the rows of one. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "database.h"
#include "list.h"
#include "print.h"

#define USAGE                                                                  \
	"It is: callsieve list show [LIST [--source NAME] [--list NAME] "      \
	"[-n N]]."
#define LINES_DEFAULT 50
#define LINES_MAX     100000000

struct wanted {
	const struct list_table *table;
	const char *source, *list;
	unsigned lines;
};

/* By table, named list and source. */
static const char counts_sql[] =
	"SELECT in_table, list, source, count(*), sum(expired), "
	"(SELECT group_concat(trunk, ', ') FROM list_trunks WHERE "
	"list_trunks.list = counted.list) FROM ("
	"SELECT 'blocklist' AS in_table, list, source, "
	"expires_at <= datetime('now') AS expired FROM blocklist "
	"UNION ALL SELECT 'allowlist', list, source, "
	"expires_at <= datetime('now') FROM allowlist "
	"UNION ALL SELECT 'neverblock', NULL, source, "
	"expires_at <= datetime('now') FROM neverblock "
	"UNION ALL SELECT 'dno', NULL, source, "
	"expires_at <= datetime('now') FROM dno "
	"UNION ALL SELECT 'subscriber_rules', NULL, NULL, "
	"expires_at <= datetime('now') FROM subscriber_rules "
	"UNION ALL SELECT 'own_numbers', NULL, NULL, 0 FROM own_numbers "
	"UNION ALL SELECT 'subscriber_numbers', NULL, NULL, 0 FROM "
	"subscriber_numbers "
	"UNION ALL SELECT 'subscriber_settings', NULL, NULL, 0 FROM "
	"subscriber_settings"
	") AS counted GROUP BY in_table, list, source "
	"ORDER BY in_table, list, count(*) DESC";

static void print_count(struct store_stmt *stmt)
{
	print_text(stmt_text(stmt, 0), 19);
	printf("  ");
	print_text(stmt_text(stmt, 1), 12);
	printf("  ");
	print_text(stmt_text(stmt, 2), 20);
	printf("  %10" PRId64 "  %7" PRId64 "  ", stmt_int(stmt, 3),
	       stmt_int(stmt, 4));
	print_text(stmt_is_null(stmt, 5) ? "all" : stmt_text(stmt, 5), 0);
	printf("\n");
}

static int print_counts(struct store *store)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(&stmt, store, counts_sql);
	if (err)
		return err;
	printf("%-19s  %-12s  %-20s  %10s  %7s  %s\n", "LIST", "NAME", "SOURCE",
	       "ROWS", "EXPIRED", "TRUNKS");
	while ((err = stmt_step(stmt)) == 1)
		print_count(stmt);
	return err;
}

static void print_row(struct store_stmt *stmt)
{
	char when[TIME_TEXT];

	list_print_number(stmt_text(stmt, 0));
	printf("  %-19s  ", print_time(when, stmt_int(stmt, 1) * 1000));
	print_text(stmt_text(stmt, 2), 12);
	printf("  ");
	list_print_row(stmt_text(stmt, 3));
	printf("\n");
}

/* Newest first: what one wants to see of a million rows. */
static int print_rows(struct store *store, const struct wanted *wanted)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(
		&stmt, store,
		"SELECT number, CAST(strftime('%s', now ->> '$.created_at') AS "
		"INTEGER), now ->> '$.created_by', now FROM list_rows "
		"WHERE in_table = ?1 AND (?2 IS NULL OR now ->> '$.source' = "
		"?2) AND (?3 IS NULL OR now ->> '$.list' = ?3) "
		"ORDER BY row DESC LIMIT ?4");
	if (err)
		return err;
	stmt_bind_text(stmt, 1, wanted->table->name);
	stmt_bind_text(stmt, 2, wanted->source);
	stmt_bind_text(stmt, 3, wanted->list);
	stmt_bind_int(stmt, 4, wanted->lines);
	printf("%-17s  %-19s  %-12s\n", "NUMBER", "SINCE", "BY");
	while ((err = stmt_step(stmt)) == 1)
		print_row(stmt);
	return err;
}

static int show(const struct cli *cli, const struct wanted *wanted)
{
	struct store *store;
	int err, status;

	status = database_open(&store, cli, STORE_EXISTING);
	if (status)
		return status;
	err = wanted->table ? print_rows(store, wanted) : print_counts(store);
	if (err)
		status = database_failure(store, err);
	store_close(store);
	return status;
}

int list_show(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"source", required_argument, NULL, 's'},
		{"list", required_argument, NULL, 'l'},
		{0},
	};
	struct wanted wanted = {.lines = LINES_DEFAULT};
	int option;

	while ((option = getopt_long(argc, argv, ":n:", options, NULL)) != -1) {
		if (option == 's')
			wanted.source = optarg;
		else if (option == 'l')
			wanted.list = optarg;
		else if (option == 'n' &&
			 (wanted.lines = read_count(optarg, LINES_MAX)))
			;
		else
			return usage_error(USAGE);
	}
	if (optind + 1 < argc)
		return usage_error(USAGE);
	if (optind < argc) {
		wanted.table = list_table_find(argv[optind]);
		if (!wanted.table)
			return EXIT_USAGE;
	}
	return show(cli, &wanted);
}
