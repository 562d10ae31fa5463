/* What would change a decision, for who has to change it: what to type, and
 * where to look who is to be asked before. */
#include "explain.h"

#include <stdio.h>
#include <string.h>

#include "print.h"

static const char *text_of(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text ? text : "";
}

static json_int_t int_of(const json_t *json, const char *name)
{
	return json_integer_value(json_object_get(json, name));
}

const json_t *explain_signal(const json_t *explanation, const char *name)
{
	json_t *signals = json_object_get(explanation, "signals");
	json_t *signal;
	size_t i;

	json_array_foreach (signals, i, signal)
		if (strcmp(text_of(signal, "name"), name) == 0)
			return signal;
	return NULL;
}

static const char *fact(const json_t *explanation, const char *name)
{
	return text_of(json_object_get(explanation, "facts"), name);
}

/* Only a number in full can stand in a list. */
static const char *number_of(const json_t *explanation, const char *who)
{
	const char *number = fact(explanation, who);

	return *number == '+' ? number : NULL;
}

static void begin_line(void)
{
	printf("  %-10s", "");
}

/* ---- when something else than the score decided */

/* A row for more than the caller is not to go on the caller's account alone. */
static bool is_wide(const json_t *explanation, const json_t *signal)
{
	const char *caller = number_of(explanation, "caller");

	return !caller || !strstr(text_of(signal, "detail"), caller);
}

static void print_delete(const json_t *explanation, const json_t *signal)
{
	printf("DELETE FROM %s WHERE id = %" JSON_INTEGER_FORMAT ";%s",
	       text_of(signal, "table"), int_of(signal, "row"),
	       is_wide(explanation, signal) ? "  (for all whom it matches)"
					    : "");
}

/* The first signal is the row that decided. */
static void change_row(const json_t *explanation)
{
	const json_t *signal =
		json_array_get(json_object_get(explanation, "signals"), 0);

	print_delete(explanation, signal);
	printf("  then it is judged by its score");
}

static void change_rule(const json_t *explanation)
{
	change_row(explanation);
	printf("\n");
	begin_line();
	printf("but ask the callee first, whose rule it is; no list and no "
	       "score outranks it");
}

static void change_anonymity(const json_t *explanation)
{
	const json_t *signal = explain_signal(explanation, "anonymity");

	printf("it passes if the caller shows the number (North America: *82 "
	       "first)\n");
	begin_line();
	if (int_of(signal, "row")) {
		printf("or if the callee takes such calls: UPDATE "
		       "subscriber_settings SET anonymous = 'judge' WHERE "
		       "subscriber = %" JSON_INTEGER_FORMAT ";",
		       int_of(signal, "row"));
	} else {
		printf("or with anonymous = \"judge\" in the section trunk ");
		print_text(fact(explanation, "trunk"), 0);
		printf(" of the configuration");
	}
}

static void change_trunk(const json_t *explanation)
{
	printf("screen = yes in the section trunk ");
	print_text(fact(explanation, "trunk"), 0);
	printf(" of the configuration has its calls judged");
}

static void change_emergency(const json_t *explanation)
{
	if (explain_signal(explanation, "emergency_window"))
		printf("it ends by itself (emergency_window_s in the section "
		       "screening)");
	else
		printf("nothing stops an emergency call");
}

static void change_priority(const json_t *explanation)
{
	printf("nothing but priority_namespaces in the section trunk ");
	print_text(fact(explanation, "trunk"), 0);
}

static void change_takeover(const json_t *explanation)
{
	(void)explanation;
	printf("such calls are not judged");
}

static void change_psap(const json_t *explanation)
{
	(void)explanation;
	printf("nothing but psaps in the section screening");
}

typedef void change_h(const json_t *explanation);

/* NULL: the score decided. */
static change_h *change_of(const json_t *explanation)
{
	static const struct {
		const char *basis;
		change_h *h;
	} bases[] = {
		{"neverblock", change_row},    {"allowlist", change_row},
		{"subscriber", change_rule},   {"anonymity", change_anonymity},
		{"unscreened", change_trunk},  {"emergency", change_emergency},
		{"priority", change_priority}, {"psap", change_psap},
		{"takeover", change_takeover},
	};
	const char *basis = text_of(explanation, "basis");

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (strcmp(bases[i].basis, basis) == 0)
			return bases[i].h;
	return NULL;
}

/* ---- when the score decided */

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
		const json_t *signal = explain_signal(explanation, name);
		const char *table = text_of(signal, "table");

		begin_line();
		printf("without %s alone %s", name,
		       outcome_of(text_of(one, "action")));
		/* What is our own number does not change for one call. */
		if (*table && strcmp(table, "own_numbers")) {
			printf(": ");
			print_delete(explanation, signal);
		}
		printf("\n");
	}
}

/* Whom no list can hold is let through by other points only. */
static void print_let_through(const json_t *explanation)
{
	const char *caller = number_of(explanation, "caller");
	const char *callee = number_of(explanation, "callee");
	bool got_through = !strcmp(text_of(explanation, "action"), "label");

	if (!caller) {
		begin_line();
		printf("no list can hold this caller; what a signal adds is "
		       "its _points in the section screening\n");
		return;
	}
	begin_line();
	printf("let this caller through from now on: INSERT INTO "
	       "allowlist(number) VALUES('%s');\n",
	       caller);
	if (!callee || got_through)
		return;
	begin_line();
	printf("the same for this callee alone, a subscriber: INSERT INTO "
	       "subscriber_rules(subscriber, number, action) SELECT "
	       "subscriber, '%s', 'allow' FROM subscriber_numbers WHERE "
	       "number = '%s';\n",
	       caller, callee);
}

static void print_points(json_int_t points, const char *direction)
{
	printf("%" JSON_INTEGER_FORMAT " point%s %s: ", points,
	       points == 1 ? "" : "s", direction);
}

static void change_score(const json_t *explanation)
{
	const json_t *flip = json_object_get(explanation, "flip");
	const json_t *milder = json_object_get(flip, "milder");
	const json_t *harder = json_object_get(flip, "harder");

	if (!json_is_object(milder) && !json_is_object(harder))
		printf("no score would lead to anything else\n");
	if (json_is_object(milder)) {
		print_points(-int_of(milder, "points"), "fewer");
		printf("%s\n", outcome_of(text_of(milder, "action")));
		print_let_through(explanation);
		print_without(explanation, milder);
	}
	if (json_is_object(harder)) {
		if (json_is_object(milder))
			begin_line();
		print_points(int_of(harder, "points"), "more");
		printf("%s\n", outcome_of(text_of(harder, "action")));
	}
}

/* ---- where to look */

/* Names the rows behind a signal that is none of one row. */
static void print_query(const json_t *explanation, const char *signal,
			const char *table, const char *caller)
{
	if (!explain_signal(explanation, signal))
		return;
	begin_line();
	printf("SELECT * FROM %s WHERE number = '%s';\n", table, caller);
}

static bool has_row(const json_t *explanation)
{
	json_t *signals = json_object_get(explanation, "signals");
	json_t *signal;
	size_t i;

	json_array_foreach (signals, i, signal)
		if (int_of(signal, "row") &&
		    strcmp(text_of(signal, "table"), "subscriber_settings"))
			return true;
	return false;
}

static void print_sources(const json_t *explanation)
{
	const char *caller = number_of(explanation, "caller");

	if (!caller)
		return;
	printf("  %-10scallsieve calls --caller %s\n", "look at", caller);
	if (has_row(explanation)) {
		begin_line();
		printf("callsieve list blame %s  (who put it there, when and "
		       "why)\n",
		       caller);
	}
	print_query(explanation, "reports", "reports", caller);
	print_query(explanation, "complaints", "observations", caller);
}

void explain_change(const json_t *explanation)
{
	change_h *h = change_of(explanation);

	printf("  %-10s", "to change");
	if (h) {
		h(explanation);
		printf("\n");
	} else {
		change_score(explanation);
	}
	print_sources(explanation);
}
