/* callsieve list blame: which rows match a number now, who put them there and
 * why, and all that was ever changed about them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "database.h"
#include "list.h"
#include "list_number.h"
#include "print.h"

#define CHANGES_MAX 1000

/* The number itself, the prefixes it begins with, and the ranges it is in. */
#define PREFIXES                                                               \
	"WITH RECURSIVE prefixes(p, n) AS (VALUES(?1, length(?1)) UNION "      \
	"SELECT substr(?1, 1, n - 1) || '*', n - 1 FROM prefixes "             \
	"WHERE n > 2)"
#define MATCHES "number IN (SELECT p FROM prefixes)"
#define SPANS                                                                  \
	"number GLOB '+*-+*' AND ?1 BETWEEN "                                  \
	"substr(number, 1, length(number) / 2) AND "                           \
	"substr(number, length(number) / 2 + 2) AND "                          \
	"length(?1) = length(number) / 2"

/* In the order in which they decide. */
static const struct place {
	const char *name, *words;
} places[] = {
	{"neverblock", "never kept out"},
	{"subscriber_rules", "a subscriber's own rule"},
	{"allowlist", "let through"},
	{"blocklist", "blocked"},
	{"dno", "do not originate"},
	{"own_numbers", "one of our own"},
	{"subscriber_numbers", "a subscriber's"},
};

#define PLACES (sizeof(places) / sizeof(places[0]))

enum {
	COLUMN_ROW,
	COLUMN_NUMBER,
	COLUMN_NOW,
	COLUMN_BY,
	COLUMN_CREATED,
	COLUMN_EXPIRED,
	COLUMN_HITS,
	COLUMN_LAST_HIT,
	COLUMN_TRUNKS,
};

/* The longest match of a list first: it is the one that counts. */
static const char rows_sql[] = PREFIXES
	"SELECT row, number, now, now ->> '$.created_by', "
	"CAST(strftime('%s', now ->> '$.created_at') AS INTEGER), "
	"now ->> '$.expires_at' <= datetime('now'), hits.hits, "
	"CAST(strftime('%s', last_hit_at) AS INTEGER), "
	"(SELECT group_concat(trunk, ', ') FROM list_trunks WHERE list = "
	"now ->> '$.list') FROM "
	"(SELECT * FROM list_rows WHERE in_table = ?2 AND " MATCHES
	" UNION ALL "
	"SELECT * FROM list_rows WHERE in_table = ?2 AND " SPANS ") "
	"LEFT JOIN hits USING (in_table, row) "
	"ORDER BY number = ?1 DESC, length(number) DESC";

static const char changes_sql[] = PREFIXES
	", touched AS MATERIALIZED (SELECT DISTINCT in_table, row "
	"FROM changes WHERE " MATCHES " OR " SPANS
	" UNION SELECT in_table, row FROM list_rows WHERE " MATCHES ") "
	"SELECT " CHANGE_COLUMNS " FROM change_log WHERE id IN "
	"(SELECT id FROM changes JOIN touched USING (row, in_table)) "
	"LIMIT ?2";

static void print_origin(struct store_stmt *stmt)
{
	char when[TIME_TEXT];

	printf("      ");
	if (!stmt_is_null(stmt, COLUMN_BY)) {
		printf("by ");
		print_text(stmt_text(stmt, COLUMN_BY), 0);
		printf(", %s",
		       print_time(when, stmt_int(stmt, COLUMN_CREATED) * 1000));
	}
	if (stmt_int(stmt, COLUMN_HITS))
		printf("; decided %" PRId64 " calls, the last %s",
		       stmt_int(stmt, COLUMN_HITS),
		       print_time(when,
				  stmt_int(stmt, COLUMN_LAST_HIT) * 1000));
	printf("\n");
}

static void print_match(const struct place *place, struct store_stmt *stmt)
{
	printf("  %-16s  ", place->name);
	list_print_number(stmt_text(stmt, COLUMN_NUMBER));
	printf("  %s: ", place->words);
	list_print_row(stmt_text(stmt, COLUMN_NOW));
	if (stmt_int(stmt, COLUMN_EXPIRED))
		printf("; has EXPIRED, counts no more");
	if (!stmt_is_null(stmt, COLUMN_TRUNKS)) {
		printf("; only for calls by ");
		print_text(stmt_text(stmt, COLUMN_TRUNKS), 0);
	}
	printf("\n");
	if (!stmt_is_null(stmt, COLUMN_BY) || stmt_int(stmt, COLUMN_HITS))
		print_origin(stmt);
}

static int print_matches(struct store *store, const char *number)
{
	struct store_stmt *stmt;
	size_t i, count = 0;
	int err = 0;

	printf("%s matches now\n", number);
	for (i = 0; !err && i < PLACES; i++) {
		err = store_prepare(&stmt, store, rows_sql);
		if (err)
			break;
		stmt_bind_text(stmt, 1, number);
		stmt_bind_text(stmt, 2, places[i].name);
		while ((err = stmt_step(stmt)) == 1) {
			print_match(&places[i], stmt);
			count++;
		}
	}
	if (!err && !count)
		printf("  no row of any list\n");
	return err;
}

static int print_history(struct store *store, const char *number)
{
	struct store_stmt *stmt;
	size_t count = 0;
	int err;

	err = store_prepare(&stmt, store, changes_sql);
	if (err)
		return err;
	stmt_bind_text(stmt, 1, number);
	stmt_bind_int(stmt, 2, CHANGES_MAX);
	printf("\n");
	while ((err = stmt_step(stmt)) == 1) {
		if (!count++)
			list_print_changes_head();
		list_print_change(stmt);
	}
	if (!err && !count)
		printf("No change of it is on record.\n");
	return err;
}

static int blame(struct store *store, const char *text)
{
	char number[LIST_NUMBER];
	int err, status = list_number(number, store, text);

	if (status)
		return status;
	err = print_matches(store, number);
	if (!err)
		err = print_history(store, number);
	return err ? database_failure(store, err) : EXIT_DONE;
}

int list_blame(const struct cli *cli, int argc, char **argv)
{
	struct store *store;
	int status;

	if (argc != 2)
		return usage_error("It is: callsieve list blame NUMBER.");
	status = database_open(&store, cli, STORE_EXISTING);
	if (status)
		return status;
	status = blame(store, argv[1]);
	store_close(store);
	return status;
}
