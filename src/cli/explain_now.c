/* callsieve explain NUMBER: what would become of a call. The running daemon is
 * asked, which knows what it remembers; with none, the configuration and the
 * database decide, and the answer says what is missing then. */
#include "explain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/config.h"
#include "callsieve/core/loop.h"

#include "command.h"
#include "control.h"
#include "replay.h"

#define STEP_MS 50

static json_t *question_of(const struct what_if_question *asked)
{
	return json_pack("{s:s, s:s*, s:s*, s:s*, s:s*, s:b}", "from",
			 asked->from, "to", asked->to, "trunk", asked->trunk,
			 "display", asked->display, "stir", asked->stir, "ask",
			 asked->ask);
}

static void on_answer(const char *answer, void *arg)
{
	char **textp = arg;

	*textp = strdup(answer);
}

/* free() it; NULL: no memory. */
static char *ask_engine(struct engine *engine, const char *question)
{
	const struct what_if_params params = {
		.screen = engine->screen,
		.config = engine->config,
	};
	struct what_if *what_if = NULL;
	char *answer = NULL;

	if (!what_if_ask(&what_if, &params, question, on_answer, &answer))
		while (!answer)
			loop_step(engine->loop, STEP_MS);
	what_if_free(what_if);
	return answer;
}

static const char *text_of(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text ? text : "";
}

static void print_parties(const json_t *facts, bool to)
{
	const char *caller = text_of(facts, "caller");

	printf("if %s called", *caller ? caller : "an unknown number");
	if (to)
		printf(" %s", text_of(facts, "callee"));
	printf(" by trunk %s now\n", text_of(facts, "trunk"));
}

static void print_limits(bool live, bool whole)
{
	if (live)
		printf("  %-10sby the running callsieved, with all it "
		       "remembers\n",
		       "decided");
	else
		printf("  %-10sby the configuration and the database, for no "
		       "callsieved runs here:\n  %-10show the number behaved "
		       "lately and who talked with it does not count\n",
		       "decided", "");
	if (!whole)
		printf("  %-10sreputation services were not asked; --ask asks "
		       "them\n",
		       "note");
}

static void print_words(const json_t *answer, bool to, bool live)
{
	const json_t *explanation = json_object_get(answer, "explanation");
	const json_t *response = json_object_get(explanation, "response");

	print_parties(json_object_get(explanation, "facts"), to);
	printf("  %-10s", "decision");
	explain_treatment(
		explanation,
		(int)json_integer_value(json_object_get(response, "status")),
		text_of(response, "phrase"));
	printf("\n");
	explain_reasons(explanation, true);
	explain_response(explanation);
	print_limits(live, json_is_true(json_object_get(answer, "whole")));
}

static int print_answer(const struct what_if_question *asked, const char *text,
			bool live)
{
	json_t *answer = text ? json_loads(text, 0, NULL) : NULL;
	const char *wrong = text_of(answer, "error");
	int status = EXIT_DONE;

	if (!answer)
		status = failure("The answer makes no sense.");
	else if (*wrong)
		status = failure("%s", wrong);
	else if (asked->json) {
		json_dumpf(json_object_get(answer, "explanation"), stdout,
			   JSON_COMPACT | JSON_SORT_KEYS);
		putchar('\n');
	} else
		print_words(answer, asked->to, live);
	json_decref(answer);
	return status;
}

static int ask(struct engine *engine, const struct cli *cli,
	       const struct what_if_question *asked, const char *question)
{
	char *answer = NULL;
	int err = control_ask(&answer, cli->database, question), status;
	bool live = !err;

	if (err == -ENOENT || err == -ECONNREFUSED) {
		status = engine_take(engine, cli, true);
		if (status)
			return status;
		answer = ask_engine(engine, question);
	} else if (err) {
		return failure("The running callsieved cannot be asked: %s.",
			       strerror(-err));
	}
	status = print_answer(asked, answer, live);
	free(answer);
	return status;
}

int explain_what_if(const struct cli *cli, const struct what_if_question *asked)
{
	struct engine engine = {0};
	struct cli where = *cli;
	json_t *json = question_of(asked);
	char *question = json ? json_dumps(json, JSON_COMPACT) : NULL;
	int status = EXIT_DONE;

	if (!question)
		status = failure("What is asked is no text in UTF-8.");
	if (!status)
		status = engine_open(&engine, cli->config);
	if (!status && !where.database)
		where.database = engine.config->database;
	if (!status)
		status = ask(&engine, &where, asked, question);
	engine_close(&engine);
	free(question);
	json_decref(json);
	return status;
}
