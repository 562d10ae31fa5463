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
	COLUMN_TABLE,
};

/* In the order in which they decide, as lists/match.c has it: of the lists the
 * longest match, at equal length allow before block, a row of the number's own
 * before a range, then more points. A range is as long as the piece of it that
 * has the number: the widest block of tens, hundreds ... wholly within. */
static const char rows_sql[] = PREFIXES
	", found AS (SELECT * FROM list_rows WHERE " MATCHES " UNION ALL "
	"SELECT * FROM list_rows WHERE " SPANS "), ranked AS "
	"(SELECT *, instr('allowlist blocklist dno', in_table) AS place, "
	"now ->> '$.expires_at' <= datetime('now') AS expired, "
	"CASE WHEN number GLOB '*-*' THEN (SELECT min(n) FROM prefixes WHERE "
	"substr(p, 1, n) || substr('000000000000000', 1, length(?1) - n) >= "
	"substr(number, 1, length(number) / 2) AND "
	"substr(p, 1, n) || substr('999999999999999', 1, length(?1) - n) <= "
	"substr(number, length(number) / 2 + 2)) "
	"ELSE length(rtrim(number, '*')) END AS length FROM found "
	"WHERE in_table <> 'list_trunks') "
	"SELECT row, number, now, now ->> '$.created_by', "
	"CAST(strftime('%s', now ->> '$.created_at') AS INTEGER), expired, "
	"hits.hits, CAST(strftime('%s', last_hit_at) AS INTEGER), "
	"(SELECT group_concat(trunk, ', ') FROM list_trunks WHERE list = "
	"now ->> '$.list'), in_table FROM ranked "
	"LEFT JOIN hits USING (in_table, row) "
	"ORDER BY CASE in_table WHEN 'neverblock' THEN 1 "
	"WHEN 'subscriber_rules' THEN 2 WHEN 'own_numbers' THEN 4 "
	"WHEN 'subscriber_numbers' THEN 5 ELSE 3 END, coalesce(expired, 0), "
	"length = length(?1) AND number NOT GLOB '*[*]' DESC, length DESC, "
	"place, number GLOB '*-*', now ->> '$.points' DESC, row";

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

static const struct place *place_of(const char *table)
{
	size_t i;

	for (i = 0; i < PLACES; i++)
		if (!strcmp(places[i].name, table))
			return &places[i];
	return NULL;
}

static int print_matches(struct store *store, const char *number)
{
	struct store_stmt *stmt;
	const struct place *place;
	size_t count = 0;
	int err = store_prepare(&stmt, store, rows_sql);

	if (err)
		return err;
	printf("%s matches now\n", number);
	stmt_bind_text(stmt, 1, number);
	while ((err = stmt_step(stmt)) == 1) {
		place = place_of(stmt_text(stmt, COLUMN_TABLE));
		if (!place)
			continue;
		print_match(place, stmt);
		count++;
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
