/* GET /v1/reputation/{number}: what our own lists and subscribers say of a
 * number, in a form our own reputation client understands (score = /score,
 * nothing known = 404), so that one callsieve can ask another. */
#include "resources.h"

#include <stdio.h>
#include <string.h>

#include "callsieve/reports.h"
#include "callsieve/screen.h"
#include "callsieve/store.h"

#include "listing.h"
#include "settings.h"

#define SCORE_MAX 100

/* What screening would make of it, held against what rejects a call. */
static int score(const struct api_settings *settings,
		 const struct listings *listings,
		 const struct report_summary *reports)
{
	int64_t points = listings_points(listings);

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
			const struct listings *listings,
			const struct report_summary *reports)
{
	bool allowed = listings_allow(listings);
	json_t *json = json_pack(
		"{s:s, s:s, s:i, s:b, s:o}", "number", number, "status",
		"known", "score",
		allowed ? 0 : score(settings, listings, reports), "allowed",
		allowed, "reports", reports_json(reports));

	if (json)
		json_object_update_new(json, listings_json(listings));
	reply_json(reply, 200, json);
}

static int look_up(struct reply *reply, const struct api_settings *settings,
		   struct store *store, const char *number)
{
	struct report_summary reports;
	struct listings listings;
	int err = listings_read(&listings, store, number);

	if (!err)
		err = report_summary(store, number, &reports);
	if (!err && listings_empty(&listings) && !reports.reporters)
		reply_problem(reply, 404, "Nothing is known about %s.", number);
	else if (!err)
		reply_known(reply, settings, number, &listings, &reports);
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
