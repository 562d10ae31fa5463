/* An explanation (etc/explanation.schema.json) in words: what was done and
 * why. What would change it is told by explain_change.c. */
#include "explain.h"

#include <stdio.h>
#include <string.h>

#include "print.h"

static const char *text_of(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text ? text : "";
}

static const char *treatment_of(const json_t *explanation)
{
	const char *treatment = text_of(explanation, "treatment");

	return *treatment ? treatment : text_of(explanation, "action");
}

void explain_treatment(const json_t *explanation, int status,
		       const char *phrase)
{
	static const struct {
		const char *action, *words;
	} actions[] = {
		{"allow", "let through"},
		{"label", "let through, marked as doubtful for the callee"},
		{"greylist", "refused for once: who dials again a while later "
			     "gets through (section greylist)"},
		{"challenge", "redirected to the uri of the section challenge"},
	};
	const char *treatment = treatment_of(explanation);

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].action, treatment) == 0) {
			printf("%s", actions[i].words);
			return;
		}
	printf("rejected with %d ", status);
	print_text(phrase, 0);
}

/* NULL: the score. */
static const char *basis_in_words(const json_t *explanation)
{
	static const struct {
		const char *basis, *words;
	} bases[] = {
		{"neverblock",
		 "the caller is never to be blocked (table neverblock)"},
		{"subscriber", "the callee has a rule of their own for this "
			       "caller (table subscriber_rules)"},
		{"allowlist", "the caller is on the allow list"},
		{"emergency", "emergency calls always pass"},
		{"priority", "calls of trusted precedence always pass"},
		{"takeover", "it goes to a party of a call in progress"},
		{"psap", "an emergency desk that calls back always passes"},
		{"anonymity",
		 "the number is withheld, and such calls are not taken"},
		{"unscreened", "calls of this trunk are not screened"},
	};
	const char *name = text_of(explanation, "basis");

	if (explain_signal(explanation, "emergency_window"))
		return "who dialled an emergency number may be called back by "
		       "anybody";
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (strcmp(bases[i].basis, name) == 0)
			return bases[i].words;
	return NULL;
}

/* "trunk carrier: label from 50, reject from 100" */
static void print_thresholds(const json_t *explanation)
{
	static const char *const names[] = {"label", "greylist", "challenge",
					    "reject"};
	const json_t *thresholds = json_object_get(explanation, "thresholds");
	const char *gap = "";

	if (explain_signal(explanation, "strictness")) {
		printf("as the callee wants it: ");
	} else {
		printf("trunk ");
		print_text(
			text_of(json_object_get(explanation, "facts"), "trunk"),
			0);
		printf(": ");
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const json_t *at = json_object_get(thresholds, names[i]);

		if (!json_is_integer(at))
			continue;
		printf("%s%s from %" JSON_INTEGER_FORMAT, gap, names[i],
		       json_integer_value(at));
		gap = ", ";
	}
	if (!*gap)
		printf("no score leads to anything here");
}

static void print_why(const json_t *explanation)
{
	const char *basis = basis_in_words(explanation);
	const char *because = text_of(explanation, "because");

	printf("  %-10s", "why");
	if (basis)
		printf("%s", basis);
	else {
		printf("score %" JSON_INTEGER_FORMAT " (",
		       json_integer_value(
			       json_object_get(explanation, "score")));
		print_thresholds(explanation);
		printf(")");
	}
	printf("\n");
	if (*because)
		printf("  %-10sso it was to %s; not done because %s\n", "",
		       text_of(explanation, "action"), because);
}

static void print_signal(const json_t *signal)
{
	const char *outcome = text_of(signal, "outcome");
	json_int_t points =
		json_integer_value(json_object_get(signal, "points"));

	if (strcmp(outcome, "fired") == 0)
		printf("  %+10" JSON_INTEGER_FORMAT "  ", points);
	else
		printf("  %10s  ", "-");
	print_text(text_of(signal, "name"), 16);
	printf(" ");
	print_text(text_of(signal, "detail"), 0);
	if (strcmp(outcome, "shadow") == 0)
		printf(" (tried out: its %+" JSON_INTEGER_FORMAT
		       " are not added)",
		       points);
	printf("\n");
}

static bool any_fired(json_t *signals)
{
	json_t *signal;
	size_t i;

	json_array_foreach (signals, i, signal)
		if (strcmp(text_of(signal, "outcome"), "fired") == 0)
			return true;
	return false;
}

void explain_reasons(const json_t *explanation, bool asked)
{
	json_t *signals = json_object_get(explanation, "signals");
	json_t *signal;
	size_t i;

	print_why(explanation);
	json_array_foreach (signals, i, signal)
		print_signal(signal);
	if (!any_fired(signals) && !basis_in_words(explanation))
		printf("  %-10snothing speaks against this caller%s\n", "",
		       asked ? " now" : "");
	explain_change(explanation);
}

void explain_response(const json_t *explanation)
{
	const json_t *response = json_object_get(explanation, "response");
	const char *redress = text_of(response, "redress_id");

	if (!json_is_object(response))
		return;
	printf("  %-10sby profile %s, for a reason of class \"%s\"", "answer",
	       text_of(response, "profile"), text_of(response, "reason"));
	if (*redress)
		printf("; the caller was given redress id %s", redress);
	printf("\n");
}
