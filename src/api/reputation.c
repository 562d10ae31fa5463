/* GET /v1/reputation/{number}: what our own lists and subscribers say of a
 * number, in a form our own reputation client understands (score = /score,
 * nothing known = 404), so that one callsieve can ask another. */
#include "resources.h"

#include <stdio.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/reports.h"
#include "callsieve/screen.h"
#include "callsieve/store.h"

#include "settings.h"

#define SCORE_MAX 100

/* A list's row for a number, as JSON wants it. */
struct listing {
	bool found;
	int64_t points;
	json_t *json; /* owned; NULL when not found */
};

/* ?1 is the number, ?2 the time. A prefix of n digits is n + 2 characters;
 * the exact number beats the prefix of all its digits. */
#define LONGEST(columns, table)                                                \
	"WITH RECURSIVE lengths(n) AS (VALUES (2) UNION ALL "                  \
	"SELECT n + 1 FROM lengths WHERE n < length(?1)) "                     \
	"SELECT number, " columns " FROM " table " WHERE number IN "           \
	"(SELECT substr(?1, 1, n) || '*' FROM lengths UNION ALL SELECT ?1) "   \
	"AND (expires_at IS NULL OR expires_at > datetime(?2, 'unixepoch')) "  \
	"ORDER BY length(rtrim(number, '*')) DESC, number LIMIT 1"

static int listing_read(struct listing *listing, struct store *store,
			const char *sql, const char *number)
{
	struct store_stmt *stmt;
	int err;

	memset(listing, 0, sizeof(*listing));
	err = store_prepare(&stmt, store, sql);
	if (err)
		return err;
	stmt_bind_text(stmt, 1, number);
	stmt_bind_int(stmt, 2, now_wall_s());
	err = stmt_step(stmt);
	if (err <= 0)
		return err;
	listing->found = true;
	listing->points = stmt_int(stmt, 1);
	listing->json = json_pack("{s:s}", "number", stmt_text(stmt, 0));
	stmt_reset(stmt);
	return 0;
}

static size_t match_length(const struct listing *listing)
{
	const char *number;

	number = json_string_value(json_object_get(listing->json, "number"));
	return number ? strcspn(number, "*") : 0;
}

/* What screening would make of it, held against what rejects a call. */
static int score(const struct api_settings *settings,
		 const struct listing *block,
		 const struct report_summary *reports)
{
	int64_t points = block->found ? block->points : 0;

	points += screen_report_points(
		&settings->screening, (unsigned)reports->called,
		(unsigned)(reports->reporters - reports->called));
	points = points * SCORE_MAX / settings->reject_at;
	return points < 0 ? 0 : points > SCORE_MAX ? SCORE_MAX : (int)points;
}

static json_t *reports_json(const struct report_summary *reports)
{
	if (!reports->reporters)
		return json_pack("{s:i}", "reporters", 0);
	return json_pack("{s:I, s:I, s:I, s:I}", "reporters",
			 (json_int_t)reports->reporters, "called",
			 (json_int_t)reports->called, "first_at",
			 (json_int_t)reports->first_at, "last_at",
			 (json_int_t)reports->last_at);
}

static void reply_known(struct reply *reply,
			const struct api_settings *settings, const char *number,
			struct listing *block, struct listing *allow,
			const struct report_summary *reports)
{
	bool allowed = allow->found;

	/* The longest match wins, as it does for calls. */
	if (block->found && match_length(block) > match_length(allow))
		allowed = false;
	if (block->json)
		json_object_set_new(block->json, "points",
				    json_integer(block->points));
	reply_json(reply, 200,
		   json_pack("{s:s, s:s, s:i, s:b, s:o, s:O?, s:O?}", "number",
			     number, "status", "known", "score",
			     allowed ? 0 : score(settings, block, reports),
			     "allowed", allowed,
			     "reports", reports_json(reports), "blocklist",
			     block->json, "allowlist", allow->json));
}

static int look_up(struct reply *reply, const struct api_settings *settings,
		   struct store *store, const char *number)
{
	struct listing block = {0}, allow = {0};
	struct report_summary reports;
	int err;

	err = listing_read(&block, store, LONGEST("points", "blocklist"),
			   number);
	if (!err)
		err = listing_read(&allow, store, LONGEST("0", "allowlist"),
				   number);
	if (!err)
		err = report_summary(store, number, &reports);
	if (!err && !block.found && !allow.found && !reports.reporters)
		reply_problem(reply, 404, "Nothing is known about %s.", number);
	else if (!err)
		reply_known(reply, settings, number, &block, &allow, &reports);
	json_decref(block.json);
	json_decref(allow.json);
	return err;
}

void reputation_get(struct request *request,
		    const struct api_settings *settings, struct store *store)
{
	struct number number;
	int err;

	number_parse(&number, request->param, strlen(request->param),
		     &settings->plan);
	if (number.kind != NUMBER_E164) {
		reply_problem(&request->reply, 400,
			      "The address must end in a telephone number "
			      "such as +12025550123.");
		return;
	}
	err = look_up(&request->reply, settings, store, number.text);
	if (err)
		reply_database(&request->reply, err);
}
