#include "load.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/store.h"
#include "range.h"

#define NAMED_MAX 5 /* bad rows named in the log */
#define LOG_VALUE 100

#define DAY_S	    86400
#define MONTHS_FROM 60 /* days */
#define YEARS_FROM  730
#define MONTH	    30
#define YEAR	    365

/* One index being read. */
struct reading {
	struct index *index;
	bool ranges; /* nothing but ranges, else all but them */
	int today;   /* in days since 1970 */
	size_t rows, skipped;
	char date[11]; /* of the last row, which the next often shares */
	int day;
};

#define EXPIRES                                                                \
	"CASE WHEN expires_at IS NULL THEN 0 "                                 \
	"ELSE strftime('%s', expires_at) END"
#define ROWS(table, points, list)                                              \
	"SELECT id, number, " EXPIRES ", source, reason, " points ", " list    \
	", created_at, 0 FROM " table
#define RULES                                                                  \
	"SELECT id, number, " EXPIRES ", '', comment, action = 'block', '', "  \
	"created_at, subscriber FROM subscriber_rules"
#define OWNERS                                                                 \
	"SELECT subscriber, number, 0, '', '', 0, '', '', 0 "                  \
	"FROM subscriber_numbers"
#define RANGES " WHERE number GLOB '+*-+*'"

#define SOURCE(table, points, list)                                            \
#table, "SELECT count(*) FROM " #table, ROWS(#table, points, list),    \
		ROWS(#table, points, list) RANGES

static const struct source {
	const char *name, *count, *rows, *ranges;
} sources[TABLES] = {
	[TABLE_BLOCK] = {SOURCE(blocklist, "points", "list")},
	[TABLE_ALLOW] = {SOURCE(allowlist, "0", "list")},
	[TABLE_NEVERBLOCK] = {SOURCE(neverblock, "0", "''")},
	[TABLE_DNO] = {SOURCE(dno, "points", "''")},
	[TABLE_RULES] = {"subscriber_rules",
			 "SELECT count(*) FROM subscriber_rules", RULES, NULL},
	[TABLE_OWNERS] = {"subscriber_numbers",
			  "SELECT count(*) FROM subscriber_numbers", OWNERS,
			  NULL},
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

/* Days since 1970, as of a time like 2026-11-23 18:00:00; 0: it is none. How
 * old a row is, is said with less precision the older it is: rows that are
 * alike otherwise share a class. */
static int day_of(const char *text, int today)
{
	struct tm tm = {0};
	int day;

	if (!strptime(text, "%Y-%m-%d", &tm))
		return 0;
	day = (int)(timegm(&tm) / DAY_S);
	if (day <= 0)
		return 0;
	if (today - day > MONTHS_FROM)
		day -= day % (today - day > YEARS_FROM ? YEAR : MONTH);
	return day;
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

static int read_rows(struct reading *reading, struct store *store,
		     const struct source *source)
{
	const char *sql = reading->ranges ? source->ranges : source->rows;
	struct store_stmt *stmt;
	int more, err;

	if (!sql)
		return 0;
	err = store_prepare(&stmt, store, sql);
	if (err)
		return err;
	while ((more = stmt_step(stmt)) == 1) {
		err = add_row(reading, source, stmt);
		if (err) {
			stmt_reset(stmt);
			return err;
		}
	}
	return more;
}

static int read_index(struct reading *reading, struct store *store)
{
	size_t i, counts[TABLES] = {0};
	int err = 0;

	for (i = 0; !err && !reading->ranges && i < TABLES; i++)
		err = count_rows(&counts[i], store, &sources[i]);
	if (!err)
		err = index_new(&reading->index, counts);
	for (i = 0; !err && i < TABLES; i++)
		err = read_rows(reading, store, &sources[i]);
	return err ? err : index_seal(reading->index);
}

static int read_all(struct loaded *loaded, struct store *store)
{
	struct reading rows = {.today = (int)(now_wall_s() / DAY_S)};
	struct reading ranges = {.today = rows.today, .ranges = true};
	int err;

	loaded->revision = store_revision(store, "lists");
	if (loaded->revision < 0)
		return (int)loaded->revision;
	err = read_index(&rows, store);
	if (!err)
		err = read_index(&ranges, store);
	if (!err)
		err = scopes_load(&loaded->layers.scopes, store);
	loaded->layers.base = rows.index;
	loaded->layers.ranges = ranges.index;
	loaded->rows = rows.rows;
	loaded->skipped = rows.skipped;
	return err;
}

int load_lists(struct loaded *loaded, struct store *store)
{
	uint64_t start = now_mono_ms();
	int err;

	memset(loaded, 0, sizeof(*loaded));
	err = store_begin_read(store);
	if (err)
		return err;
	err = read_all(loaded, store);
	store_rollback(store);
	if (err) {
		layers_fini(&loaded->layers);
		return err;
	}
	loaded->ms = (unsigned)(now_mono_ms() - start);
	return 0;
}
