/* callsieve explain NUMBER: what would become of a call. Decided by the code of
 * the call path, from the configuration and the database, and not by a running
 * daemon; what only that remembers is missing, and the answer says so. */
#include "explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/core/config.h"

#include "command.h"
#include "replay.h"

static int check_trunk(const struct engine *engine, const char *name)
{
	const struct config *config = engine->config;

	if (!name || !strcmp(engine_trunk(engine, name)->name, name))
		return EXIT_DONE;
	failure("There is no trunk \"%s\", but:", name);
	for (size_t i = 0; i < config->trunks_count; i++)
		fprintf(stderr, "  %s\n", config->trunks[i].name);
	return EXIT_FAILED;
}

static int check_number(const struct number *number, const char *text)
{
	if (!text || number->kind == NUMBER_E164 ||
	    number->kind == NUMBER_LOCAL || number->kind == NUMBER_ANONYMOUS)
		return EXIT_DONE;
	return failure("\"%s\" is no telephone number. Write it as "
		       "+12025550123.",
		       text);
}

/* False: services were not asked that a call would ask. */
static bool decide(struct engine *engine, const struct what_if *what_if,
		   const struct facts *facts, struct verdict *verdict)
{
	const struct treatment_params treatment = {
		.config = engine->config,
		.trunk = engine_trunk(engine, what_if->trunk),
		.facts = facts,
	};
	bool whole = screen_decide(engine->screen, facts, verdict);

	if (!whole && what_if->ask) {
		engine_decide(engine, facts, verdict);
		whole = true;
	}
	treatment_preview(&treatment, verdict);
	return whole;
}

static void note_answer(struct call_record *record, const struct engine *engine,
			const struct config_trunk *trunk)
{
	const struct verdict *verdict = record->verdict;
	const struct config_response *response;
	const char *profile;

	if (verdict->treatment != VERDICT_REJECT)
		return;
	response = verdict_response(verdict, engine->config, trunk, false,
				    &profile);
	record->profile = strdup(profile);
	record->reason = config_reason_names[verdict_reason(verdict)];
	record->status = response->status;
	record->phrase = strdup(response->phrase);
}

static void print_parties(const struct call_record *record,
			  const struct what_if *what_if)
{
	const struct facts *facts = &record->facts;

	printf("if %s called",
	       *facts->caller.text ? facts->caller.text : "an unknown number");
	if (what_if->to)
		printf(" %s", facts->callee.text);
	printf(" by trunk %s now\n", record->trunk);
}

static void print_limits(bool whole)
{
	printf("  %-10sby the configuration and the database, not by the "
	       "daemon: how the\n  %-10snumber behaved lately, who talked "
	       "with it, and what reputation\n  %-10sservices answered "
	       "before does not count here\n",
	       "note", "", "");
	if (!whole)
		printf("  %-10sreputation services were not asked; --ask asks "
		       "them\n",
		       "");
}

static void print_words(const struct call_record *record,
			const struct what_if *what_if, const char *text,
			bool whole)
{
	json_t *explanation = json_loads(text, 0, NULL);

	print_parties(record, what_if);
	printf("  %-10s", "decision");
	explain_treatment(explanation, record->status,
			  record->phrase ? record->phrase : "");
	printf("\n");
	explain_reasons(explanation, true);
	print_limits(whole);
	json_decref(explanation);
}

static int tell(struct engine *engine, const struct what_if *what_if,
		const struct facts *facts)
{
	const struct config_trunk *trunk = engine_trunk(engine, what_if->trunk);
	struct call_record *record = call_record_new();
	struct verdict verdict;
	bool whole = decide(engine, what_if, facts, &verdict);
	char *text = NULL;

	if (record) {
		record->trunk = strdup(trunk->name);
		call_record_keep(record, facts);
		record->verdict = verdict_dup(&verdict);
		note_answer(record, engine, trunk);
		text = call_explanation(record);
	}
	if (text && what_if->json)
		printf("%s\n", text);
	else if (text)
		print_words(record, what_if, text, whole);
	call_record_free(record);
	if (!text)
		return failure("Out of memory.");
	free(text);
	return EXIT_DONE;
}

static int answer(struct engine *engine, const struct what_if *what_if)
{
	json_t *event = json_pack("{s:s, s:s?, s:s?, s:s?, s:s?}", "from",
				  what_if->from, "to", what_if->to, "trunk",
				  what_if->trunk, "display", what_if->display,
				  "stir", what_if->stir);
	struct facts facts;
	int status = check_trunk(engine, what_if->trunk);

	if (!event)
		return failure("What is asked is no text in UTF-8.");
	event_facts(&facts, engine, event);
	if (!status)
		status = check_number(&facts.caller, what_if->from);
	if (!status)
		status = check_number(&facts.callee, what_if->to);
	if (!status)
		status = tell(engine, what_if, &facts);
	json_decref(event);
	return status;
}

int explain_what_if(const struct cli *cli, const struct what_if *what_if)
{
	struct engine engine = {0};
	struct cli where = *cli;
	int status = engine_open(&engine, cli->config);

	if (!status && !where.database)
		where.database = engine.config->database;
	if (!status)
		status = engine_take(&engine, &where, true);
	if (!status)
		status = answer(&engine, what_if);
	engine_close(&engine);
	return status;
}
