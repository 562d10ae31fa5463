/* Which call a report is of. Somebody who never got a call from a number has
 * little to say of it, so each report is held against the records of calls:
 * one to a number of the subscriber's; or, where none is known to be theirs,
 * one to anybody that no other report is of. */
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/loop.h"
#include "callsieve/store.h"
#include "internal.h"

#define AT_ONCE	   100
#define PATIENCE_S 60 /* a call's record comes when it has ended, and later */
#define CALL_DAYS  14 /* so old a call may be */
#define DAY_MS	   86400000ll

struct untraced {
	int64_t id, subscriber, said_s;
	char number[NUMBER_TEXT], callee[NUMBER_TEXT];
	char call[64];
};

static int read_new(struct store *store, struct untraced *list, size_t *countp)
{
	struct store_stmt *stmt;
	int more, err = store_prepare(
			  &stmt, store,
			  "SELECT id, subscriber, number, "
			  "strftime('%s', updated_at) FROM reports "
			  "WHERE call IS NULL ORDER BY id DESC LIMIT 100");

	*countp = 0;
	if (err)
		return err;
	while ((more = stmt_step(stmt)) == 1) {
		struct untraced *at = &list[(*countp)++];

		at->id = stmt_int(stmt, 0);
		at->subscriber = stmt_int(stmt, 1);
		at->said_s = stmt_int(stmt, 3);
		strncpy(at->number, stmt_text(stmt, 2), NUMBER_TEXT - 1);
	}
	return more;
}

/* Who calls all day long has its last calls looked through, not all. */
static const char find_call[] =
	"SELECT id, callee FROM (SELECT id, callee, "
	"coalesce(treatment, action) AS done FROM calls "
	"WHERE caller = ?1 AND started_at BETWEEN ?2 AND ?3 "
	"ORDER BY started_at DESC LIMIT 10000) AS got "
	"WHERE done IN ('allow', 'label') AND "
	"CASE WHEN EXISTS (SELECT 1 FROM subscriber_numbers "
	"WHERE subscriber = ?4) THEN callee IN "
	"(SELECT number FROM subscriber_numbers WHERE subscriber = ?4) "
	"ELSE (SELECT name = callee OR name NOT GLOB '+[1-9]*' "
	"FROM subscribers WHERE id = ?4) AND NOT EXISTS "
	"(SELECT 1 FROM reports WHERE number = ?1 AND call = got.id) END "
	"LIMIT 1";

static int find(struct store *store, struct untraced *report)
{
	struct store_stmt *stmt;
	int found, err = store_prepare(&stmt, store, find_call);

	if (err)
		return err;
	stmt_bind_text(stmt, 1, report->number);
	stmt_bind_int(stmt, 2, report->said_s * 1000 - CALL_DAYS * DAY_MS);
	stmt_bind_int(stmt, 3, (report->said_s + PATIENCE_S) * 1000);
	stmt_bind_int(stmt, 4, report->subscriber);
	found = stmt_step(stmt);
	if (found <= 0)
		return found;
	strncpy(report->call, stmt_text(stmt, 0), sizeof(report->call) - 1);
	strncpy(report->callee, stmt_text(stmt, 1), NUMBER_TEXT - 1);
	stmt_reset(stmt);
	return 1;
}

/* The number anew, for the trigger that has reports counted. */
static int settle(struct store *store, const struct untraced *report)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store,
				"UPDATE reports SET call = ?2, "
				"number = number WHERE id = ?1 "
				"AND call IS NULL");

	if (err)
		return err;
	stmt_bind_int(stmt, 1, report->id);
	stmt_bind_text(stmt, 2, report->call);
	return stmt_step(stmt);
}

struct traced {
	struct reports *reports;
	struct number number, subscriber;
};

static void tell(void *arg)
{
	struct traced *traced = arg;
	const struct reports *reports = traced->reports;

	reports->h(&traced->number, &traced->subscriber, reports->arg);
	free(traced);
}

static void pass_on(struct reports *reports, const struct untraced *report)
{
	struct traced *traced;

	if (!reports->h || !reports->loop || !*report->call)
		return;
	traced = calloc(1, sizeof(*traced));
	if (!traced)
		return;
	traced->reports = reports;
	traced->number.kind = traced->subscriber.kind = NUMBER_E164;
	memcpy(traced->number.text, report->number, NUMBER_TEXT);
	memcpy(traced->subscriber.text, report->callee, NUMBER_TEXT);
	if (loop_post(reports->loop, tell, traced))
		free(traced);
}

/* How many were settled, 0 or 1. */
static int trace(struct reports *reports, struct store *store,
		 struct untraced *report)
{
	int err = find(store, report);

	if (err < 0 || (!err && now_wall_s() - report->said_s <= PATIENCE_S))
		return err;
	err = settle(store, report);
	if (err)
		return err;
	pass_on(reports, report);
	return 1;
}

/* One at a time, so that no two get the same call, and the oldest first. */
int trace_new(struct reports *reports, struct store *store)
{
	struct untraced list[AT_ONCE] = {0};
	size_t count = 0;
	int n, settled = 0, err = read_new(store, list, &count);

	while (!err && count-- > 0) {
		n = trace(reports, store, &list[count]);
		if (n < 0)
			err = n;
		else
			settled += n;
	}
	return err ? err : settled;
}
