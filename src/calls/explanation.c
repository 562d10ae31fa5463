/* Why a call was treated as it was, as one JSON object: what the calls table,
 * the command line and the API show. etc/explanation.schema.json says what it
 * may hold; every field is always there. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/utf8.h"
#include "record.h"

#define SCHEMA 1

/* Details quote what the database and the wire said. */
static json_t *text(const char *s)
{
	char *clean = utf8_clean(s);
	json_t *json = clean ? json_string(clean) : json_null();

	free(clean);
	return json;
}

/* Where the row stands that a signal names. */
static const char *table_of(const struct signal_hit *hit)
{
	static const struct {
		const char *signal, *table;
	} tables[] = {
		{"blocklist", "blocklist"},
		{"allowlist", "allowlist"},
		{"neverblock", "neverblock"},
		{"dno", "dno"},
		{"own_number", "own_numbers"},
		{"anonymity", "subscriber_settings"},
		{"strictness", "subscriber_settings"},
		{"subscriber_block", "subscriber_rules"},
		{"subscriber_allow", "subscriber_rules"},
	};

	for (size_t i = 0; hit->row && i < sizeof(tables) / sizeof(tables[0]);
	     i++)
		if (strcmp(tables[i].signal, hit->name) == 0)
			return tables[i].table;
	return NULL;
}

static json_t *signal_json(const struct signal_hit *hit)
{
	return json_pack("{s:o, s:s, s:i, s:o, s:s?, s:o}", "name",
			 text(hit->name), "outcome",
			 signal_outcome_name(hit->outcome), "points",
			 hit->points, "row",
			 hit->row ? json_integer(hit->row) : json_null(),
			 "table", table_of(hit), "detail", text(hit->detail));
}

static json_t *signals_json(const struct verdict *verdict)
{
	json_t *list = json_array();
	unsigned i;

	for (i = 0; list && i < verdict->signals_count; i++)
		json_array_append_new(list, signal_json(&verdict->signals[i]));
	return list;
}

static const char *stir_name(const struct facts *facts)
{
	switch (facts->stir) {
	case STIR_FAILED:
		return "failed";
	case STIR_NONE:
		return "none";
	default:
		break;
	}
	switch (facts->attest) {
	case 'A':
		return "A";
	case 'B':
		return "B";
	case 'C':
		return "C";
	default:
		return "passed";
	}
}

static const char *bypass_name(enum bypass bypass)
{
	static const char *const names[] = {
		[BYPASS_NONE] = NULL,
		[BYPASS_EMERGENCY] = "emergency",
		[BYPASS_PRIORITY] = "priority",
		[BYPASS_TAKEOVER] = "takeover",
		[BYPASS_PSAP] = "psap",
	};

	return names[bypass];
}

static json_t *facts_json(const struct call_record *record)
{
	const struct facts *facts = &record->facts;

	return json_pack(
		"{s:o, s:o, s:o, s:o, s:b, s:s, s:o, s:o, s:s?, s:b, s:b}",
		"caller", text(record_number(&facts->caller)), "callee",
		text(record_number(&facts->callee)), "trunk",
		text(record->trunk), "display", text(facts->display),
		"withheld", facts->withheld, "stir", stir_name(facts), "signer",
		text(facts->signer), "origid", text(facts->origid), "bypass",
		bypass_name(facts->bypass), "outbound", facts->outbound,
		"screened", facts->screen);
}

static json_t *points_or_null(int points)
{
	return points ? json_integer(points) : json_null();
}

static json_t *thresholds_json(const struct thresholds *at)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "label",
			 points_or_null(at->label_at), "greylist",
			 points_or_null(at->greylist_at), "challenge",
			 points_or_null(at->challenge_at), "reject",
			 points_or_null(at->reject_at));
}

/* Signals without any one of which that many points would be missing, and what
 * would then become of the call. */
static json_t *enough_json(const struct verdict *verdict, int points)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < verdict->signals_count; i++) {
		const struct signal_hit *hit = &verdict->signals[i];

		if (hit->outcome != SIGNAL_FIRED || hit->points < points)
			continue;
		json_array_append_new(
			list,
			json_pack("{s:o, s:s}", "signal", text(hit->name),
				  "action",
				  verdict_action_name(verdict_action_at(
					  &verdict->thresholds,
					  verdict->score - hit->points))));
	}
	return list;
}

static json_t *flip_json(const struct verdict *verdict)
{
	struct verdict_flip milder, harder;
	json_t *json = json_object();

	verdict_flips(verdict, &milder, &harder);
	json_object_set_new(
		json, "milder",
		milder.points ? json_pack("{s:s, s:i, s:o}", "action",
					  verdict_action_name(milder.action),
					  "points", milder.points, "without",
					  enough_json(verdict, -milder.points))
			      : json_null());
	json_object_set_new(
		json, "harder",
		harder.points ? json_pack("{s:s, s:i}", "action",
					  verdict_action_name(harder.action),
					  "points", harder.points)
			      : json_null());
	return json;
}

/* NULL: not by us. */
static json_t *response_json(const struct call_record *record)
{
	if (!record->profile)
		return json_null();
	return json_pack(
		"{s:o, s:s?, s:i, s:o, s:o}", "profile", text(record->profile),
		"reason", record->reason, "status", record->status, "phrase",
		text(record->phrase), "redress_id",
		*record->redress_id ? text(record->redress_id) : json_null());
}

static json_t *explanation(const struct call_record *record,
			   const struct verdict *verdict)
{
	return json_pack(
		"{s:i, s:o, s:s, s:s, s:s?, s:s, s:i, s:o, s:o, s:o, s:o, s:o, "
		"s:o, s:I, s:I, s:I}",
		"schema", SCHEMA, "id",
		*record->id ? text(record->id) : json_null(), "action",
		verdict_action_name(verdict->action), "treatment",
		verdict_action_name(verdict->treatment), "because",
		verdict->because, "basis", verdict_basis_name(verdict->basis),
		"score", verdict->score, "thresholds",
		thresholds_json(&verdict->thresholds), "facts",
		facts_json(record), "signals", signals_json(verdict), "flip",
		flip_json(verdict), "response", response_json(record),
		"redirected_to", text(record->redirected_to), "list_generation",
		(json_int_t)verdict->list_generation, "config_version",
		(json_int_t)verdict->config_version, "decide_us",
		(json_int_t)verdict->decide_us);
}

char *call_explanation(const struct call_record *record)
{
	json_t *json;
	char *dump;

	if (!record->verdict)
		return NULL;
	json = explanation(record, record->verdict);
	dump = json ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	json_decref(json);
	return dump;
}
