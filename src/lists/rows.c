/* What the tables hold, row by row, and how it gets into an index. */
#include "rows.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "callsieve/lists.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/store.h"
#include "range.h"

#define STOP_ROWS 4096
#define NAMED_MAX 5 /* bad rows named in the log */
#define LOG_VALUE 100

#define DAY_S 86400

#define EXPIRES                                                                \
	"CASE WHEN expires_at IS NULL THEN 0 "                                 \
	"ELSE strftime('%s', expires_at) END"
#define ROWS(table, points, list)                                              \
	"SELECT id, number, " EXPIRES ", source, reason, " points ", " list    \
	", created_at, 0 FROM " table
#define RULES                                                                  \
	"SELECT id, number, " EXPIRES ", '', comment, action = 'block', '', "  \
	"created_at, subscriber FROM subscriber_rules"
/* The settings stand in for a list, since that is never left out of a class:
 * see settings_read(). */
#define SETTINGS                                                               \
	"CASE WHEN anonymous IS NULL THEN '' ELSE "                            \
	"coalesce(label_at, -1) || ' ' || coalesce(reject_at, -1) || ' ' || "  \
	"(anonymous = 'refuse') END"
#define OWNERS                                                                 \
	"SELECT subscriber, number, 0, '', '', 0, " SETTINGS ", '', 0 "        \
	"FROM subscriber_numbers LEFT JOIN subscriber_settings "               \
	"USING (subscriber)"
#define OWN    "SELECT id, number, 0, '', comment, 0, '', '', 0 FROM own_numbers"
#define NUMBER " WHERE number = ?1 AND ?2 = ?2"

#define SOURCE(table, points, list)                                            \
#table, "SELECT count(*) FROM " #table, ROWS(#table, points, list),    \
		ROWS(#table, points, list) " WHERE number GLOB '+*-+*'",       \
		ROWS(#table, points, list) NUMBER,                             \
		"SELECT number, 0 FROM " #table " WHERE id = ?"

static const struct source {
	const char *name, *count, *rows, *ranges;
	const char *of;	   /* ?1: a number, ?2: the subscriber */
	const char *where; /* which number has this id */
} sources[TABLES] = {
	[TABLE_BLOCK] = {SOURCE(blocklist, "points", "list")},
	[TABLE_ALLOW] = {SOURCE(allowlist, "0", "list")},
	[TABLE_NEVERBLOCK] = {SOURCE(neverblock, "0", "''")},
	[TABLE_DNO] = {SOURCE(dno, "points", "''")},
	[TABLE_RULES] = {"subscriber_rules",
			 "SELECT count(*) FROM subscriber_rules", RULES, NULL,
			 RULES " WHERE number = ?1 AND subscriber = ?2",
			 "SELECT number, subscriber FROM subscriber_rules "
			 "WHERE id = ?"},
	[TABLE_OWNERS] = {"subscriber_numbers",
			  "SELECT count(*) FROM subscriber_numbers", OWNERS,
			  NULL, OWNERS NUMBER,
			  "SELECT number, 0 FROM subscriber_numbers "
			  "WHERE id = ?"},
	[TABLE_OWN] = {"own_numbers", "SELECT count(*) FROM own_numbers", OWN,
		       OWN " WHERE number GLOB '+*-+*'", OWN NUMBER,
		       "SELECT number, 0 FROM own_numbers WHERE id = ?"},
};

enum {
	COLUMN_ID,
	COLUMN_NUMBER,
	COLUMN_EXPIRES,
	COLUMN_SOURCE,
	COLUMN_REASON,
	COLUMN_POINTS,
	COLUMN_LIST,
	COLUMN_CREATED,
	COLUMN_SUBSCRIBER,
};

static int count_rows(size_t *countp, struct store *store,
		      const struct source *source)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store, source->count);

	if (!err)
		err = stmt_step(stmt);
	if (err < 0)
		return err;
	*countp = (size_t)stmt_int(stmt, 0);
	stmt_reset(stmt);
	return 0;
}

/* Days since 1970, as of a time like 2026-11-23 18:00:00; 0: it is none. Of
 * older rows it is the first of the month or year: rows that are alike
 * otherwise share a class. */
static int day_of(const char *text, int today)
{
	struct tm tm = {0};
	int day;

	if (!strptime(text, "%Y-%m-%d", &tm))
		return 0;
	day = (int)(timegm(&tm) / DAY_S);
	if (day <= 0)
		return 0;
	if (today - day <= LISTS_DAYS_KNOWN)
		return day;
	tm.tm_mday = 1;
	if (today - day > LISTS_MONTHS_KNOWN)
		tm.tm_mon = 0;
	return (int)(timegm(&tm) / DAY_S);
}

static int read_day(struct reading *reading, const char *text)
{
	size_t len = sizeof(reading->date) - 1;

	if (strncmp(text, reading->date, len) || !reading->day) {
		snprintf(reading->date, sizeof(reading->date), "%s", text);
		reading->day = day_of(text, reading->today);
	}
	return reading->day;
}

/* Whoever switches triggers and checks off can make rows like these. */
static const char *read_row(struct reading *reading, struct index_row *row,
			    struct store_stmt *stmt)
{
	int64_t points = stmt_int(stmt, COLUMN_POINTS);

	if (stmt_is_null(stmt, COLUMN_EXPIRES))
		return "expires_at is no time";
	if (points < 0 || points > POINTS_MAX)
		return "points are out of range";
	row->row = stmt_int(stmt, COLUMN_ID);
	row->expires_at = stmt_int(stmt, COLUMN_EXPIRES);
	row->subscriber = stmt_int(stmt, COLUMN_SUBSCRIBER);
	row->class = (struct class){
		.points = (int)points,
		.day = read_day(reading, stmt_text(stmt, COLUMN_CREATED)),
		.list = stmt_text(stmt, COLUMN_LIST),
		.source = stmt_text(stmt, COLUMN_SOURCE),
		.reason = stmt_text(stmt, COLUMN_REASON),
		.range = "",
	};
	return NULL;
}

static void skip_row(size_t *skippedp, const struct source *source,
		     struct store_stmt *stmt, const char *why)
{
	char number[LOG_VALUE], quoted[LOG_VALUE];

	if (++*skippedp > NAMED_MAX)
		return;
	log_warn("event=list-row-skipped list=%s id=%lld number=%s why=%s",
		 source->name, (long long)stmt_int(stmt, 0),
		 log_quote(number, sizeof(number), stmt_text(stmt, 1)),
		 log_quote(quoted, sizeof(quoted), why));
}

/* The row under each prefix and number that the range is made of. */
static int add_range(struct index *index, struct index_row *row,
		     struct range *range)
{
	char piece[RANGE_PIECE];
	int err = 0;

	while (!err && range_next(range, piece)) {
		err = number_pattern_key(&row->key, piece);
		if (!err)
			err = index_add(index, row);
	}
	return err;
}

/* Ranges go into an index of their own. */
static int add_row(struct reading *reading, const struct source *source,
		   struct store_stmt *stmt)
{
	struct index_row row = {.table = (enum table)(source - sources)};
	const char *number = stmt_text(stmt, COLUMN_NUMBER), *why;
	struct range range;

	why = read_row(reading, &row, stmt);
	reading->rows++;
	if (!why && number_pattern_key(&row.key, number) == 0)
		return index_add(reading->index, &row);
	if (!why && source->ranges && range_read(&range, number)) {
		row.class.range = number;
		return reading->ranges ? add_range(reading->index, &row, &range)
				       : 0;
	}
	reading->rows--;
	skip_row(&reading->skipped, source, stmt,
		 why ? why : "the number is not in stored form");
	return 0;
}

/* The prepared statement, to its end. */
static int add_rows(struct reading *reading, const struct source *source,
		    struct store_stmt *stmt)
{
	unsigned n = 0;
	int more, err = 0;

	while (!err && (more = stmt_step(stmt)) == 1) {
		err = add_row(reading, source, stmt);
		if (!err && reading->stop && ++n % STOP_ROWS == 0 &&
		    atomic_load(reading->stop))
			err = -ECANCELED;
	}
	if (err)
		stmt_reset(stmt);
	return err ? err : more;
}

static int read_rows(struct reading *reading, struct store *store,
		     const struct source *source)
{
	const char *sql = reading->ranges ? source->ranges : source->rows;
	struct store_stmt *stmt;
	int err;

	if (!sql)
		return 0;
	err = store_prepare(&stmt, store, sql);
	return err ? err : add_rows(reading, source, stmt);
}

void reading_begin(struct reading *reading, const atomic_bool *stop)
{
	memset(reading, 0, sizeof(*reading));
	reading->today = (int)(now_wall_s() / DAY_S);
	reading->stop = stop;
}

int rows_all(struct reading *reading, struct store *store)
{
	size_t i, counts[TABLES] = {0};
	int err = 0;

	for (i = 0; !err && !reading->ranges && i < TABLES; i++)
		err = count_rows(&counts[i], store, &sources[i]);
	if (!err)
		err = index_new(&reading->index, counts);
	for (i = 0; !err && i < TABLES; i++)
		err = read_rows(reading, store, &sources[i]);
	if (!err)
		err = index_seal(reading->index);
	if (err) {
		index_free(reading->index);
		reading->index = NULL;
	}
	return err;
}

int rows_of(struct reading *reading, struct store *store, enum table table,
	    const char *number, int64_t subscriber)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store, sources[table].of);

	if (err)
		return err;
	stmt_bind_text(stmt, 1, number);
	stmt_bind_int(stmt, 2, subscriber);
	return add_rows(reading, &sources[table], stmt);
}

int rows_where(struct store *store, enum table table, int64_t id,
	       char number[ROW_NUMBER], int64_t *subscriberp)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store, sources[table].where);

	if (err)
		return err;
	stmt_bind_int(stmt, 1, id);
	err = stmt_step(stmt);
	if (err <= 0)
		return err;
	snprintf(number, ROW_NUMBER, "%s", stmt_text(stmt, 0));
	*subscriberp = stmt_int(stmt, 1);
	stmt_reset(stmt);
	return 1;
}

bool rows_table(const char *name, enum table *tablep)
{
	for (int i = 0; i < TABLES; i++) {
		if (strcmp(sources[i].name, name))
			continue;
		*tablep = (enum table)i;
		return true;
	}
	return false;
}
