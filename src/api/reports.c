/* POST /v1/reports: a subscriber says a number is spam. Answered 201 or 200
 * only once it is committed; saying it again changes what was said before. */
#include "resources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/metrics.h"
#include "callsieve/reports.h"
#include "callsieve/store.h"

#include "fields.h"
#include "settings.h"

#define NUMBER_WRITTEN_MAX   64
#define CATEGORY_WRITTEN_MAX 32
#define CATEGORIES_SHOWN     200

/* Why a number cannot be reported; NULL if it can. */
static const char *number_refusal(const struct api_settings *settings,
				  const char *written,
				  const struct number *number)
{
	if (settings_is_emergency(settings, written, number))
		return "Emergency numbers cannot be reported.";
	switch (number->kind) {
	case NUMBER_E164:
		return NULL;
	case NUMBER_NONE:
		return "\"number\" holds no telephone number.";
	case NUMBER_ANONYMOUS:
		return "A withheld number cannot be reported: there is "
		       "nothing to know it by.";
	case NUMBER_LOCAL:
		return "Short and service numbers cannot be reported; give "
		       "the whole number with its country code.";
	case NUMBER_MALFORMED:
		break;
	}
	return "\"number\" can be no telephone number; write it like "
	       "+12025550123.";
}

static bool category_is_known(struct reply *reply, const char *category)
{
	char list[CATEGORIES_SHOWN] = "";
	size_t i, len = 0;

	for (i = 0; report_categories[i]; i++) {
		if (!category || !strcmp(category, report_categories[i]))
			return true;
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
					i ? ", " : "", report_categories[i]);
		if (len >= sizeof(list))
			len = sizeof(list) - 1;
	}
	reply_problem(reply, 422, "\"category\" must be one of: %s.", list);
	return false;
}

static void save(struct request *request, struct store *store,
		 const struct report *report)
{
	int64_t id = 0;
	bool new = false;
	int err;

	err = report_save(store, report, &new, &id);
	if (err == -EEXIST) {
		reply_problem(&request->reply, 422,
			      "The database refuses this report: %s.",
			      store_errmsg(store));
		return;
	}
	if (err) {
		reply_database(&request->reply, err);
		return;
	}
	metric_add(METRIC_REPORTS_ACCEPTED, 1);
	reply_json(&request->reply, new ? 201 : 200,
		   json_pack("{s:I, s:s, s:s?, s:s?}", "id", (json_int_t)id,
			     "number", report->number, "category",
			     report->category, "comment", report->comment));
}

void reports_post(struct request *request, const struct api_settings *settings,
		  struct store *store)
{
	const char *written, *refusal;
	struct report report = {.subscriber = request->subscriber};
	const struct field fields[] = {
		{"number", true, NUMBER_WRITTEN_MAX, &written},
		{"category", false, CATEGORY_WRITTEN_MAX, &report.category},
		{"comment", false, REPORT_COMMENT_MAX, &report.comment},
	};
	struct number number;
	json_t *object;

	object = fields_read(&request->reply, &request->body, fields,
			     sizeof(fields) / sizeof(fields[0]));
	if (!object)
		return;
	number_parse(&number, written, strlen(written), &settings->plan);
	report.number = number.text;
	refusal = number_refusal(settings, written, &number);
	if (refusal)
		reply_problem(&request->reply, 422, "%s", refusal);
	else if (category_is_known(&request->reply, report.category))
		save(request, store, &report);
	json_decref(object);
}
