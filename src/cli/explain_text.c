/* An explanation (etc/explanation.schema.json) in words: what was done, why,
 * and what would change it. */
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
		{"greylist", "refused for once: who dials again gets through"},
		{"challenge", "redirected to a challenge"},
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

static const struct basis {
	const char *basis, *words, *change;
} bases[] = {
	{"neverblock", "the caller is never to be blocked (table neverblock)",
	 "Without that row the call is judged like any other."},
	{"subscriber",
	 "the callee has a rule of their own for this caller "
	 "(table subscriber_rules)",
	 "Only the callee's own rule counts here: no list and no score can "
	 "change it."},
	{"allowlist", "the caller is on the allow list",
	 "Without that row the call is judged by its score."},
	{"emergency", "emergency calls always pass",
	 "Nothing stops an emergency call."},
	{"priority", "calls of trusted precedence always pass",
	 "Nothing stops a call of trusted precedence."},
	{"takeover", "it goes to a party of a call in progress",
	 "Such calls are not judged."},
	{"psap", "an emergency desk that calls back always passes",
	 "Nothing stops an emergency desk that calls back."},
	{"anonymity", "the number is withheld, and such calls are not taken",
	 "It passes with the number shown, or where anonymous is judge: in the "
	 "table subscriber_settings, or for the trunk."},
	{"unscreened", "calls of this trunk are not screened",
	 "screen = yes for the trunk has its calls judged."},
};

static const struct basis *basis_of(const json_t *explanation)
{
	const char *name = text_of(explanation, "basis");

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (strcmp(bases[i].basis, name) == 0)
			return &bases[i];
	return NULL;
}

/* "label from 50, reject from 100" */
static void print_thresholds(const json_t *explanation)
{
	static const char *const names[] = {"label", "greylist", "challenge",
					    "reject"};
	const json_t *thresholds = json_object_get(explanation, "thresholds");
	const char *gap = "";

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
	const struct basis *basis = basis_of(explanation);
	const char *because = text_of(explanation, "because");

	printf("  %-10s", "why");
	if (basis)
		printf("%s", basis->words);
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

static const json_t *signal_named(const json_t *explanation, const char *name)
{
	json_t *signals = json_object_get(explanation, "signals");
	json_t *signal;
	size_t i;

	json_array_foreach (signals, i, signal)
		if (strcmp(text_of(signal, "name"), name) == 0)
			return signal;
	return NULL;
}

static const char *outcome_of(const char *action)
{
	static const struct {
		const char *action, *words;
	} outcomes[] = {
		{"allow", "it is let through"},
		{"label", "it is let through with a label"},
		{"greylist", "it is refused once"},
		{"challenge", "it is redirected to a challenge"},
		{"reject", "it is rejected"},
	};

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (strcmp(outcomes[i].action, action) == 0)
			return outcomes[i].words;
	return action;
}

static void print_without(const json_t *explanation, const json_t *milder)
{
	json_t *without = json_object_get(milder, "without");
	json_t *one;
	size_t i;

	json_array_foreach (without, i, one) {
		const char *name = text_of(one, "signal");
		const json_t *signal = signal_named(explanation, name);
		const char *table = text_of(signal, "table");

		printf("  %-10swithout %s alone %s", "", name,
		       outcome_of(text_of(one, "action")));
		/* What is our own number does not change for one call. */
		if (*table && strcmp(table, "own_numbers"))
			printf(": DELETE FROM %s WHERE id = "
			       "%" JSON_INTEGER_FORMAT ";",
			       table,
			       json_integer_value(
				       json_object_get(signal, "row")));
		printf("\n");
	}
}

static void print_points(json_int_t points, const char *direction)
{
	printf("%" JSON_INTEGER_FORMAT " point%s %s: ", points,
	       points == 1 ? "" : "s", direction);
}

static void print_flip(const json_t *explanation)
{
	const json_t *flip = json_object_get(explanation, "flip");
	const json_t *milder = json_object_get(flip, "milder");
	const json_t *harder = json_object_get(flip, "harder");
	const struct basis *basis = basis_of(explanation);
	const char *caller =
		text_of(json_object_get(explanation, "facts"), "caller");

	printf("  %-10s", "to change");
	if (basis) {
		printf("%s\n", basis->change);
		return;
	}
	if (!json_is_object(milder) && !json_is_object(harder))
		printf("no score would lead to anything else\n");
	if (json_is_object(milder)) {
		print_points(
			-json_integer_value(json_object_get(milder, "points")),
			"fewer");
		printf("%s\n", outcome_of(text_of(milder, "action")));
		print_without(explanation, milder);
		if (*caller == '+')
			printf("  %-10slet this caller through from now on: "
			       "INSERT INTO allowlist(number) VALUES('%s');\n",
			       "", caller);
	}
	if (json_is_object(harder)) {
		if (json_is_object(milder))
			printf("  %-10s", "");
		print_points(
			json_integer_value(json_object_get(harder, "points")),
			"more");
		printf("%s\n", outcome_of(text_of(harder, "action")));
	}
}

void explain_reasons(const json_t *explanation, bool asked)
{
	json_t *signals = json_object_get(explanation, "signals");
	json_t *signal;
	size_t i;

	print_why(explanation);
	json_array_foreach (signals, i, signal)
		print_signal(signal);
	if (!json_array_size(signals) && !basis_of(explanation))
		printf("  %-10snothing speaks against this caller%s\n", "",
		       asked ? " now" : "");
	print_flip(explanation);
}
