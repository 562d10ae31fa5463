/* What public files say of numbers, in memory: the observations, brought down
 * to one measure a number. Anybody can write into such files, many times a
 * day, and what they say grows old; so what is counted is days, not
 * complaints, and each day by half less for every HALF_LIFE_DAYS since.
 *
 * The table may have millions of rows, and the store thread has other things
 * to do: it is read a slice at a time. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/handover.h"
#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"
#include "callsieve/core/u64map.h"
#include "callsieve/reports.h"
#include "callsieve/store.h"

#define SLICE	   20000   /* rows; some 20 ms */
#define MAX	   1000000 /* numbers */
#define DAY_S	   86400
#define DAYS_WORDS ((COMPLAINTS_WINDOW_DAYS + 63) / 64)

/* What is read of one number so far. */
struct tally {
	char number[NUMBER_TEXT];
	uint64_t days[DAYS_WORDS]; /* a bit for each day before today */
	int64_t count;
};

struct complaints {
	struct handover *measures; /* of struct u64map: number_key -> 1/1000 */
	bool at_once;		   /* no slices */

	/* The store thread's. */
	int64_t revision, identity, today; /* of what is loaded */
	struct u64map *map;		   /* while it is being made, from: */
	int64_t map_revision, map_identity, map_today;
	struct tally tally;
	size_t left_out;
};

static void free_map(void *map)
{
	u64map_free(map);
}

int complaints_new(struct complaints **complaintsp, struct loop *loop)
{
	struct complaints *complaints = calloc(1, sizeof(*complaints));
	int err;

	if (!complaints)
		return -ENOMEM;
	complaints->at_once = !loop;
	err = handover_new(&complaints->measures, loop, free_map);
	if (err)
		complaints_free(complaints);
	else
		*complaintsp = complaints;
	return err;
}

void complaints_free(struct complaints *complaints)
{
	if (!complaints)
		return;
	handover_free(complaints->measures);
	u64map_free(complaints->map);
	free(complaints);
}

static double days_of(const struct tally *tally, unsigned *distinctp)
{
	double sum = 0;

	*distinctp = 0;
	for (unsigned day = 0; day < COMPLAINTS_WINDOW_DAYS; day++) {
		if (!(tally->days[day / 64] >> day % 64 & 1))
			continue;
		++*distinctp;
		sum += exp2(-(double)day / COMPLAINTS_HALF_LIFE_DAYS);
	}
	return sum;
}

/* The number is read to its end. */
static int close_tally(struct complaints *complaints)
{
	const struct tally *tally = &complaints->tally;
	struct u64map_entry entry = {0};
	unsigned distinct;
	number_key key;

	if (!*tally->number)
		return 0;
	entry.value = (uint64_t)(days_of(tally, &distinct) * 1000);
	if (distinct < COMPLAINTS_MIN || tally->count < COMPLAINTS_MIN ||
	    number_pattern_key(&key, tally->number) < 0)
		return 0;
	if (u64map_count(complaints->map) >= MAX) {
		complaints->left_out++;
		return 0;
	}
	return u64map_put(complaints->map, key, entry);
}

static int add_row(struct complaints *complaints, struct store_stmt *stmt)
{
	struct tally *tally = &complaints->tally;
	const char *number = stmt_text(stmt, 0);
	int64_t day = stmt_int(stmt, 1);
	int err = 0;

	if (strcmp(number, tally->number) != 0) {
		err = close_tally(complaints);
		memset(tally, 0, sizeof(*tally));
		strncpy(tally->number, number, NUMBER_TEXT - 1);
	}
	/* One from tomorrow is of a clock or a zone ahead of ours. */
	if (day < 0)
		day = 0;
	if (day < COMPLAINTS_WINDOW_DAYS) {
		tally->days[day / 64] |= UINT64_C(1) << day % 64;
		tally->count += stmt_int(stmt, 2);
	}
	return err;
}

/* 1: there may be more. The last number of a slice is read anew with the next
 * one: it may go on there. */
static int read_slice(struct complaints *complaints, struct store *store)
{
	char after[NUMBER_TEXT] = "";
	struct store_stmt *stmt;
	int more,
		rows = 0,
		err = store_prepare(
			&stmt, store,
			"SELECT number, CAST(?2 / 86400 - "
			"strftime('%s', day) / 86400 AS INTEGER), count "
			"FROM observations WHERE number >= ?1 ORDER BY number");

	if (err)
		return err;
	memcpy(after, complaints->tally.number, NUMBER_TEXT);
	memset(&complaints->tally, 0, sizeof(complaints->tally));
	stmt_bind_text(stmt, 1, after);
	stmt_bind_int(stmt, 2, now_wall_s());
	while ((more = stmt_step(stmt)) == 1) {
		/* Not before there is a whole number. */
		if (rows++ >= SLICE && !complaints->at_once &&
		    strcmp(complaints->tally.number, after) != 0)
			break;
		err = add_row(complaints, stmt);
		if (err)
			break;
	}
	if (more < 0)
		return more;
	if (more == 1)
		stmt_reset(stmt);
	return err ? err : more;
}

static int publish(struct complaints *complaints)
{
	size_t numbers = u64map_count(complaints->map);
	struct u64map *map = complaints->map;

	complaints->map = NULL;
	u64map_fit(map);
	complaints->revision = complaints->map_revision;
	complaints->identity = complaints->map_identity;
	complaints->today = complaints->map_today;
	metric_set(METRIC_COMPLAINED_NUMBERS, (int64_t)numbers);
	if (complaints->left_out)
		log_warn("event=complaints-left-out numbers=%zu limit=%d",
			 complaints->left_out, MAX);
	log_debug("event=complaints-loaded numbers=%zu", numbers);
	return handover_give(complaints->measures, map);
}

/* What is read counts as of a day, and is read anew on the next. */
static int64_t today(void)
{
	return now_wall_s() / DAY_S;
}

static void give_up(struct complaints *complaints)
{
	u64map_free(complaints->map);
	complaints->map = NULL;
}

static int begin(struct complaints *complaints, struct store *store,
		 int64_t revision)
{
	give_up(complaints);
	complaints->map_revision = revision;
	complaints->map_identity = store_identity(store);
	complaints->map_today = today();
	complaints->left_out = 0;
	memset(&complaints->tally, 0, sizeof(complaints->tally));
	return u64map_new(&complaints->map, 0);
}

static int go_on(struct complaints *complaints, struct store *store)
{
	int err = read_slice(complaints, store);

	if (err == 1)
		return -EAGAIN;
	if (!err)
		err = close_tally(complaints);
	if (err)
		give_up(complaints);
	return err ? err : publish(complaints);
}

int complaints_refresh(struct store *store, void *arg)
{
	struct complaints *complaints = arg;
	int64_t revision = store_revision(store, "observations");
	int64_t identity = store_identity(store);
	int err = 0;

	handover_reclaim(complaints->measures);
	if (revision < 0)
		return (int)revision;
	if (revision == complaints->revision &&
	    identity == complaints->identity && today() == complaints->today)
		return 0;
	/* What changes meanwhile is read when this is done. */
	if (!complaints->map || identity != complaints->map_identity)
		err = begin(complaints, store, revision);
	return err ? err : go_on(complaints, store);
}

double complaints_days(const struct complaints *complaints,
		       const struct number *number)
{
	const struct u64map *map;
	number_key key = number_key_exact(number);
	struct u64map_entry entry;

	map = complaints ? handover_current(complaints->measures) : NULL;
	if (!map || !key || !u64map_get(map, key, &entry))
		return 0;
	return (double)entry.value / 1000;
}
