#include "load.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/store.h"
#include "classes.h"
#include "range.h"

#define NAMED_MAX 5 /* bad rows named in the log */
#define LOG_VALUE 100

/* Lists that are attached to trunks count for no other. */
#define ROWS(table, points)                                                    \
	"SELECT id, number, CASE WHEN expires_at IS NULL THEN 0 "              \
	"ELSE strftime('%s', expires_at) END, source, reason, " points " "     \
	"FROM " table " WHERE list NOT IN (SELECT list FROM list_trunks)"
#define RANGES(table, points) ROWS(table, points) " AND number GLOB '+*-+*'"

static const struct source {
	enum list_kind kind;
	const char *name, *count, *ranges, *rows;
} sources[] = {
	{LIST_BLOCK, "blocklist", "SELECT count(*) FROM blocklist",
	 RANGES("blocklist", "points"), ROWS("blocklist", "points")},
	{LIST_ALLOW, "allowlist", "SELECT count(*) FROM allowlist",
	 RANGES("allowlist", "0"), ROWS("allowlist", "0")},
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

/* Whoever switches triggers and checks off can make rows like these. */
static const char *read_row(struct index_row *row, struct store_stmt *stmt)
{
	int64_t points = stmt_int(stmt, 5);

	if (stmt_is_null(stmt, 2))
		return "expires_at is no time";
	if (points < 0 || points > POINTS_MAX)
		return "points are out of range";
	row->row = stmt_int(stmt, 0);
	row->expires_at = stmt_int(stmt, 2);
	row->source = stmt_text(stmt, 3);
	row->reason = stmt_text(stmt, 4);
	row->points = (int)points;
	return NULL;
}

static void skip_row(struct loaded *loaded, const struct source *source,
		     struct store_stmt *stmt, const char *why)
{
	char number[LOG_VALUE], quoted[LOG_VALUE];

	if (++loaded->skipped > NAMED_MAX)
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

static int add_row(struct loaded *loaded, const struct source *source,
		   struct store_stmt *stmt, bool ranges)
{
	struct index_row row = {.kind = source->kind};
	const char *number = stmt_text(stmt, 1), *why;
	bool keyed = number_pattern_key(&row.key, number) == 0;
	struct range range;

	why = read_row(&row, stmt);
	if (!why && keyed)
		return ranges ? 0 : index_add(loaded->index, &row);
	if (!why && range_read(&range, number))
		return ranges ? add_range(loaded->index, &row, &range) : 0;
	if (!ranges)
		skip_row(loaded, source, stmt,
			 why ? why : "the number is not in stored form");
	return 0;
}

static int read_list(struct loaded *loaded, struct store *store,
		     const struct source *source, bool ranges)
{
	struct store_stmt *stmt;
	int more, err = store_prepare(&stmt, store,
				      ranges ? source->ranges : source->rows);

	if (err)
		return err;
	while ((more = stmt_step(stmt)) == 1) {
		err = add_row(loaded, source, stmt, ranges);
		if (err) {
			stmt_reset(stmt);
			return err;
		}
	}
	return more;
}

static int read_all(struct loaded *loaded, struct store *store)
{
	size_t i, counts[2];
	int err = 0;

	loaded->revision = store_revision(store, "lists");
	if (loaded->revision < 0)
		return (int)loaded->revision;
	for (i = 0; !err && i < 2; i++)
		err = count_rows(&counts[i], store, &sources[i]);
	if (!err)
		err = index_new(&loaded->index, counts[0], counts[1]);
	/* First, so that a row of a piece's own outranks the range. */
	for (i = 0; !err && i < 2; i++)
		err = read_list(loaded, store, &sources[i], true);
	for (i = 0; !err && i < 2; i++)
		err = read_list(loaded, store, &sources[i], false);
	return err ? err : index_seal(loaded->index);
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
		index_free(loaded->index);
		loaded->index = NULL;
		return err;
	}
	loaded->ms = (unsigned)(now_mono_ms() - start);
	return 0;
}
