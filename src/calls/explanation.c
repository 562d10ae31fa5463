/* Why a call was treated as it was, as one JSON object: what the calls table,
 * the command line and the API show. etc/explanation.schema.json says what it
 * may hold; every field is always there, sorted by name. It is written with
 * every call, so no tree of it is built first. */
#include <string.h>

#include "callsieve/core/json.h"
#include "record.h"

#define SCHEMA		1
#define EXPLANATION_MAX (1 << 20) /* far more than any */

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

static void put_signal(struct json_out *out, const struct signal_hit *hit)
{
	json_open(out, NULL, '{');
	json_put_text(out, "detail", hit->detail);
	json_put_text(out, "name", hit->name);
	json_put_text(out, "outcome", signal_outcome_name(hit->outcome));
	json_put_int(out, "points", hit->points);
	if (hit->row)
		json_put_int(out, "row", hit->row);
	else
		json_put_null(out, "row");
	json_put_text(out, "table", table_of(hit));
	json_close(out, '}');
}

static void put_signals(struct json_out *out, const struct verdict *verdict)
{
	json_open(out, "signals", '[');
	for (unsigned i = 0; i < verdict->signals_count; i++)
		put_signal(out, &verdict->signals[i]);
	json_close(out, ']');
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

static void put_facts(struct json_out *out, const struct call_record *record)
{
	const struct facts *facts = &record->facts;

	json_open(out, "facts", '{');
	json_put_text(out, "bypass", bypass_name(facts->bypass));
	json_put_text(out, "callee", record_number(&facts->callee));
	json_put_text(out, "caller", record_number(&facts->caller));
	json_put_text(out, "display", facts->display);
	json_put_text(out, "origid", facts->origid);
	json_put_bool(out, "outbound", facts->outbound);
	json_put_bool(out, "screened", facts->screen);
	json_put_text(out, "signer", facts->signer);
	json_put_text(out, "stir", stir_name(facts));
	json_put_text(out, "trunk", record->trunk);
	json_put_bool(out, "withheld", facts->withheld);
	json_close(out, '}');
}

static void put_threshold(struct json_out *out, const char *name, int points)
{
	if (points)
		json_put_int(out, name, points);
	else
		json_put_null(out, name);
}

static void put_thresholds(struct json_out *out, const struct thresholds *at)
{
	json_open(out, "thresholds", '{');
	put_threshold(out, "challenge", at->challenge_at);
	put_threshold(out, "greylist", at->greylist_at);
	put_threshold(out, "label", at->label_at);
	put_threshold(out, "reject", at->reject_at);
	json_close(out, '}');
}

/* Signals without any one of which that many points would be missing, and what
 * would then become of the call. */
static void put_enough(struct json_out *out, const struct verdict *verdict,
		       int points)
{
	json_open(out, "without", '[');
	for (unsigned i = 0; i < verdict->signals_count; i++) {
		const struct signal_hit *hit = &verdict->signals[i];

		if (hit->outcome != SIGNAL_FIRED || hit->points < points)
			continue;
		json_open(out, NULL, '{');
		json_put_text(out, "action",
			      verdict_action_name(verdict_action_at(
				      &verdict->thresholds,
				      verdict->score - hit->points)));
		json_put_text(out, "signal", hit->name);
		json_close(out, '}');
	}
	json_close(out, ']');
}

/* False: there is none, and it is null. */
static bool open_flip(struct json_out *out, const char *name,
		      const struct verdict_flip *flip)
{
	if (!flip->points) {
		json_put_null(out, name);
		return false;
	}
	json_open(out, name, '{');
	json_put_text(out, "action", verdict_action_name(flip->action));
	json_put_int(out, "points", flip->points);
	return true;
}

static void put_flips(struct json_out *out, const struct verdict *verdict)
{
	struct verdict_flip milder, harder;

	verdict_flips(verdict, &milder, &harder);
	json_open(out, "flip", '{');
	if (open_flip(out, "harder", &harder))
		json_close(out, '}');
	if (open_flip(out, "milder", &milder)) {
		put_enough(out, verdict, -milder.points);
		json_close(out, '}');
	}
	json_close(out, '}');
}

static const char *text_or_null(const char *text)
{
	return *text ? text : NULL;
}

/* null: not by us. */
static void put_response(struct json_out *out, const struct call_record *record)
{
	if (!record->profile) {
		json_put_null(out, "response");
		return;
	}
	json_open(out, "response", '{');
	json_put_text(out, "phrase", record->phrase);
	json_put_text(out, "profile", record->profile);
	json_put_text(out, "reason", record->reason);
	json_put_text(out, "redress_id", text_or_null(record->redress_id));
	json_put_int(out, "status", record->status);
	json_close(out, '}');
}

static void put_explanation(struct json_out *out,
			    const struct call_record *record,
			    const struct verdict *verdict)
{
	json_open(out, NULL, '{');
	json_put_text(out, "action", verdict_action_name(verdict->action));
	json_put_text(out, "basis", verdict_basis_name(verdict->basis));
	json_put_text(out, "because", verdict->because);
	json_put_int(out, "config_version", verdict->config_version);
	json_put_int(out, "decide_us", (int64_t)verdict->decide_us);
	put_facts(out, record);
	put_flips(out, verdict);
	json_put_text(out, "id", text_or_null(record->id));
	json_put_int(out, "list_generation", verdict->list_generation);
	json_put_text(out, "redirected_to", record->redirected_to);
	put_response(out, record);
	json_put_int(out, "schema", SCHEMA);
	json_put_int(out, "score", verdict->score);
	put_signals(out, verdict);
	put_thresholds(out, &verdict->thresholds);
	json_put_text(out, "treatment",
		      verdict_action_name(verdict->treatment));
	json_close(out, '}');
}

char *call_explanation(const struct call_record *record)
{
	struct json_out out;

	if (!record->verdict)
		return NULL;
	json_begin(&out, EXPLANATION_MAX);
	put_explanation(&out, record, record->verdict);
	return json_end(&out);
}
