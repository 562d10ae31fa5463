/* What would become of a call that nobody makes: see screen.h. Its facts come
 * from a question instead of an INVITE; from there on the code of the call path
 * decides. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/screen.h"

struct what_if {
	struct what_if_params params;
	json_t *question; /* the texts of `facts` are its */
	const struct config_trunk *trunk;
	struct facts facts;
	struct screening *screening;
	what_if_h *h;
	void *arg;
};

static const char *text_of(const json_t *event, const char *name)
{
	return json_string_value(json_object_get(event, name));
}

static void answer(const struct what_if *what_if, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	what_if->h(text ? text : "{\"error\":\"Out of memory.\"}",
		   what_if->arg);
	free(text);
	json_decref(json);
}

static json_t *no_such_trunk(const struct config *config, const char *name)
{
	json_t *sentence = json_sprintf("There is no trunk \"%s\", but:", name);

	for (size_t i = 0; i < config->trunks_count; i++) {
		json_t *longer =
			json_sprintf("%s%s %s", json_string_value(sentence),
				     i ? "," : "", config->trunks[i].name);

		json_decref(sentence);
		sentence = longer;
	}
	return sentence;
}

static bool is_usable(const struct number *number)
{
	return number->kind == NUMBER_E164 || number->kind == NUMBER_LOCAL ||
	       number->kind == NUMBER_ANONYMOUS;
}

static json_t *no_number(const char *text)
{
	return json_sprintf("\"%s\" is no telephone number. Write it as "
			    "+12025550123.",
			    text);
}

/* The sentence on what is wrong with the question. NULL: nothing. */
static json_t *complaint(const struct what_if *what_if)
{
	const struct facts *facts = &what_if->facts;
	const char *trunk = text_of(what_if->question, "trunk");
	const char *from = text_of(what_if->question, "from");
	const char *to = text_of(what_if->question, "to");

	if (trunk && strcmp(trunk, what_if->trunk->name) != 0)
		return no_such_trunk(what_if->params.config, trunk);
	if (!from)
		return json_string("Who calls is missing: \"from\".");
	if (!is_usable(&facts->caller))
		return no_number(from);
	if (to && !is_usable(&facts->callee))
		return no_number(to);
	return NULL;
}

static void preview(const struct what_if *what_if, struct verdict *verdict)
{
	const struct what_if_params *params = &what_if->params;
	const struct config_trunk *trunk = what_if->trunk;
	const struct treatment_params treatment = {
		.config = params->config,
		.trunk = trunk,
		.facts = &what_if->facts,
		.bypassed = params->bypassedh &&
			    params->bypassedh(trunk->name, params->arg),
	};

	treatment_preview(&treatment, verdict);
}

static void note_response(struct call_record *record,
			  const struct what_if *what_if)
{
	const struct verdict *verdict = record->verdict;
	const struct config_response *response;
	const char *profile;

	if (verdict->treatment != VERDICT_REJECT)
		return;
	response = verdict_response(verdict, what_if->params.config,
				    what_if->trunk, false, &profile);
	record->profile = strdup(profile);
	record->reason = config_reason_names[verdict_reason(verdict)];
	record->status = response->status;
	record->phrase = strdup(response->phrase);
}

static json_t *explanation_of(const struct what_if *what_if,
			      const struct verdict *verdict)
{
	struct call_record *record = call_record_new();
	json_t *json = NULL;
	char *text = NULL;

	if (!record)
		return NULL;
	record->trunk = strdup(what_if->trunk->name);
	call_record_keep(record, &what_if->facts);
	record->verdict = verdict_dup(verdict);
	if (record->verdict) {
		note_response(record, what_if);
		text = call_explanation(record);
	}
	if (text)
		json = json_loads(text, 0, NULL);
	free(text);
	call_record_free(record);
	return json;
}

static void tell(const struct what_if *what_if, struct verdict *verdict,
		 bool whole)
{
	json_t *explanation;

	preview(what_if, verdict);
	explanation = explanation_of(what_if, verdict);
	answer(what_if, explanation ? json_pack("{s:o, s:b}", "explanation",
						explanation, "whole", whole)
				    : NULL);
}

static void on_verdict(const struct verdict *verdict, void *arg)
{
	struct verdict decided = *verdict;

	tell(arg, &decided, true);
}

static void decide(struct what_if *what_if)
{
	struct screen *screen = what_if->params.screen;
	const struct facts *facts = &what_if->facts;
	struct verdict verdict;
	bool whole = screen_decide(screen, facts, &verdict);

	if (whole || !json_is_true(json_object_get(what_if->question, "ask")) ||
	    screen_ask(&what_if->screening, screen, facts, &verdict, on_verdict,
		       what_if))
		tell(what_if, &verdict, whole);
}

static void refuse(const struct what_if *what_if, json_t *sentence)
{
	answer(what_if,
	       sentence ? json_pack("{s:o}", "error", sentence) : NULL);
}

int what_if_ask(struct what_if **what_ifp, const struct what_if_params *params,
		const char *question, what_if_h *h, void *arg)
{
	struct what_if *what_if = calloc(1, sizeof(*what_if));
	json_t *wrong;

	if (!what_if)
		return -ENOMEM;
	*what_ifp = what_if;
	what_if->params = *params;
	config_ref(params->config);
	what_if->h = h;
	what_if->arg = arg;
	what_if->question = json_loads(question, 0, NULL);
	if (!json_is_object(what_if->question)) {
		refuse(what_if,
		       json_string("A question is one JSON object on one line, "
				   "in UTF-8."));
		return 0;
	}
	what_if->trunk = event_trunk(params->config, what_if->question);
	event_facts(&what_if->facts, params->config, what_if->question);
	wrong = complaint(what_if);
	if (wrong)
		refuse(what_if, wrong);
	else
		decide(what_if);
	return 0;
}

void what_if_free(struct what_if *what_if)
{
	if (!what_if)
		return;
	screening_free(what_if->screening);
	json_decref(what_if->question);
	config_free(what_if->params.config);
	free(what_if);
}
