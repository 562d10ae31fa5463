/* Why a call was treated as it was, as one JSON object: what the calls table,
 * the command line and the API show. */
#include <jansson.h>
#include <stdlib.h>

#include "callsieve/core/utf8.h"
#include "record.h"

/* Details quote what the database and the wire said. */
static json_t *text(const char *s)
{
	char *clean = utf8_clean(s);
	json_t *json = clean ? json_string(clean) : json_null();

	free(clean);
	return json;
}

static json_t *signal_json(const struct signal_hit *hit)
{
	return json_pack("{s:o, s:s, s:i, s:o, s:o}", "name", text(hit->name),
			 "outcome",
			 signal_outcome_name(hit->outcome),
			 "points", hit->points, "row",
			 hit->row ? json_integer(hit->row) : json_null(),
			 "detail", text(hit->detail));
}

static json_t *signals_json(const struct verdict *verdict)
{
	json_t *list = json_array();
	unsigned i;

	for (i = 0; list && i < verdict->signals_count; i++)
		json_array_append_new(list, signal_json(&verdict->signals[i]));
	return list;
}

static json_t *explanation(const struct call_record *record,
			   const struct verdict *verdict)
{
	return json_pack(
		"{s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:I, s:I, s:I, s:o}",
		"action", verdict_action_name(verdict->action), "basis",
		verdict_basis_name(verdict->basis), "score", verdict->score,
		"reject_at", verdict->thresholds.reject_at, "caller",
		text(record_number(&record->caller)), "callee",
		text(record_number(&record->callee)), "trunk",
		text(record->trunk), "list_generation",
		(json_int_t)verdict->list_generation, "config_version",
		(json_int_t)verdict->config_version, "decide_us",
		(json_int_t)verdict->decide_us, "signals",
		signals_json(verdict));
}

static void add_treatment(json_t *json, const struct verdict *verdict)
{
	json_object_set_new(
		json, "treatment",
		json_string(verdict_action_name(verdict->treatment)));
	json_object_set_new(json, "because", json_string(verdict->because));
}

char *call_explanation(const struct call_record *record)
{
	json_t *json;
	char *dump;

	if (!record->verdict)
		return NULL;
	json = explanation(record, record->verdict);
	if (json && record->verdict->because)
		add_treatment(json, record->verdict);
	if (json && record->redirected_to)
		json_object_set_new(json, "redirected_to",
				    text(record->redirected_to));
	dump = json ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	json_decref(json);
	return dump;
}
