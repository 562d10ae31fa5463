#include "listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/store.h"

/* ?1 is the number, ?2 the time. A prefix of n digits is n + 2 characters. Two
 * searches, for each has an index of its own. */
#define ROWS(points, table, scope)                                             \
	"WITH RECURSIVE lengths(n) AS (VALUES (2) UNION ALL "                  \
	"SELECT n + 1 FROM lengths WHERE n < length(?1)) "                     \
	"SELECT number, " points " FROM (SELECT * FROM " table                 \
	" WHERE number IN (SELECT substr(?1, 1, n) || '*' FROM lengths "       \
	"UNION ALL SELECT ?1) UNION ALL SELECT * FROM " table                  \
	" WHERE number GLOB '+*-+*' AND length(number) = 2 * length(?1) + 1 "  \
	"AND substr(number, 1, length(?1)) <= ?1 "                             \
	"AND substr(number, length(?1) + 2) >= ?1) "                           \
	"WHERE (expires_at IS NULL OR expires_at > "                           \
	"datetime(?2, 'unixepoch'))" scope " ORDER BY id"
#define GLOBAL " AND list NOT IN (SELECT list FROM list_trunks)"

static const struct {
	const char *table, *sql;
} lists[] = {
	[LISTED_NEVERBLOCK] = {"neverblock", ROWS("0", "neverblock", "")},
	[LISTED_ALLOW] = {"allowlist", ROWS("0", "allowlist", GLOBAL)},
	[LISTED_BLOCK] = {"blocklist", ROWS("points", "blocklist", GLOBAL)},
	[LISTED_DNO] = {"dno", ROWS("points", "dno", "")},
};

/* A range counts as the prefixes it is made of: how long is the one with this
 * number in it? */
static unsigned piece_digits(const char *number, const char *range)
{
	unsigned digits = (unsigned)strlen(number) - 1;
	uint64_t is = strtoull(number + 1, NULL, 10);
	uint64_t low = strtoull(range + 1, NULL, 10);
	uint64_t high = strtoull(strrchr(range, '+') + 1, NULL, 10);
	uint64_t size = 10;

	while (digits > 1 && is - is % size >= low &&
	       is - is % size + size - 1 <= high) {
		size *= 10;
		digits--;
	}
	return digits;
}

/* Among rows of as many digits the number itself comes before prefixes, and
 * both before ranges. */
static unsigned rank_of(const char *number, const char *row, unsigned *digitsp)
{
	size_t len = strlen(row);

	if (strchr(row, '-')) {
		*digitsp = piece_digits(number, row);
		return 3 * *digitsp;
	}
	*digitsp = (unsigned)len - 1 - (row[len - 1] == '*');
	return 3 * *digitsp + 1 + (row[len - 1] != '*');
}

static int listing_read(struct listing *best, struct store *store,
			const char *sql, const char *number)
{
	struct store_stmt *stmt;
	unsigned best_rank = 0;
	int more, err = store_prepare(&stmt, store, sql);

	if (err)
		return err;
	stmt_bind_text(stmt, 1, number);
	stmt_bind_int(stmt, 2, now_wall_s());
	while ((more = stmt_step(stmt)) == 1) {
		const char *row = stmt_text(stmt, 0);
		int64_t points = stmt_int(stmt, 1);
		unsigned digits, rank = rank_of(number, row, &digits);

		if (rank < best_rank ||
		    (rank == best_rank && points <= best->points))
			continue;
		best_rank = rank;
		best->digits = digits;
		best->points = points;
		snprintf(best->number, sizeof(best->number), "%s", row);
	}
	return more;
}

int listings_read(struct listings *listings, struct store *store,
		  const char *number)
{
	int err = 0;

	memset(listings, 0, sizeof(*listings));
	for (int i = 0; i < LISTED_COUNT && !err; i++)
		err = listing_read(&listings->of[i], store, lists[i].sql,
				   number);
	return err;
}

bool listings_empty(const struct listings *listings)
{
	for (int i = 0; i < LISTED_COUNT; i++)
		if (listings->of[i].digits)
			return false;
	return true;
}

bool listings_allow(const struct listings *listings)
{
	const struct listing *of = listings->of;

	return of[LISTED_NEVERBLOCK].digits ||
	       (of[LISTED_ALLOW].digits &&
		of[LISTED_ALLOW].digits >= of[LISTED_BLOCK].digits &&
		of[LISTED_ALLOW].digits >= of[LISTED_DNO].digits);
}

int64_t listings_points(const struct listings *listings)
{
	const struct listing *of = listings->of;
	int64_t points = 0;

	for (int i = LISTED_BLOCK; i <= LISTED_DNO; i++)
		if (of[i].digits > of[LISTED_ALLOW].digits)
			points += of[i].points;
	return points;
}

static json_t *listing_json(enum listed list, const struct listing *listing)
{
	if (!listing->digits)
		return json_null();
	if (list == LISTED_NEVERBLOCK || list == LISTED_ALLOW)
		return json_pack("{s:s}", "number", listing->number);
	return json_pack("{s:s, s:I}", "number", listing->number, "points",
			 (json_int_t)listing->points);
}

json_t *listings_json(const struct listings *listings)
{
	json_t *json = json_object();

	for (int i = 0; json && i < LISTED_COUNT; i++)
		json_object_set_new(json, lists[i].table,
				    listing_json(i, &listings->of[i]));
	return json;
}
