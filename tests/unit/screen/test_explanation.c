/* The explanations of typical calls, word for word: tests/data/explanation
 * has one a file, which programs of others may rely on. With
 * CALLSIEVE_GOLDEN=write they are written anew. Times are left out. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/reputation.h"
#include "screen/internal.h"

#include "suites.h"
#include "world.h"

#define FOLDER "tests/data/explanation"

struct typical {
	const char *name, *caller, *sql;
	unsigned reporters;
	enum stir_status stir;
	char attest;
	bool withheld;
	const char *display;
	enum bypass bypass;
	bool unscreened, shadow, refused;
	const struct rep_answer *answers;
	size_t answers_count;
};

static const struct rep_answer found[] = {
	{REP_KNOWN, .name = "one", .risk = 90, .points = 72, .label = "scam"},
	{REP_KNOWN, .name = "two", .risk = 10, .cached = true},
	{REP_KNOWN, .name = "three", .allow = true, .points = -50},
	{REP_UNKNOWN, .name = "four"},
	{REP_UNKNOWN, .name = "five", .cached = true, .stale = true},
};

static const struct rep_answer missed[] = {
	{REP_UNAVAILABLE, .name = "one", .why = "deadline"},
	{REP_UNAVAILABLE, .name = "two", .why = "error",
	 .cause = -ECONNREFUSED},
	{REP_UNAVAILABLE, .name = "three", .why = "error", .cause = 503},
	{REP_UNAVAILABLE, .name = "four", .why = "error", .cause = 401},
	{REP_UNAVAILABLE, .name = "five", .why = "refused", .cached = true},
	{REP_UNAVAILABLE, .name = "six", .why = "malformed"},
	{REP_UNAVAILABLE, .name = "seven", .why = "breaker"},
	{REP_UNAVAILABLE, .name = "eight", .why = "quota", .points = 20},
};

#define ANSWERS(array)                                                         \
	.answers = (array), .answers_count = sizeof(array) / sizeof((array)[0])

static const struct typical calls[] = {
	{.name = "allowed"},
	{.name = "blocked",
	 .sql = "INSERT INTO blocklist(number, source, reason, created_at) "
		"VALUES('+1202*', 'ftc', 'robot', '2999-01-01')"},
	{.name = "blocked-by-number",
	 .sql = "INSERT INTO blocklist(number, created_at) VALUES "
		"('" CALLER "', '2999-01-01')"},
	{.name = "allowlisted",
	 .sql = "INSERT INTO allowlist(number, created_at) VALUES "
		"('" CALLER "', '2999-01-01')"},
	{.name = "neverblocked",
	 .sql = "INSERT INTO neverblock(number, created_at) VALUES "
		"('" CALLER "', '2999-01-01')"},
	{.name = "forged",
	 .sql = "INSERT INTO dno(number, created_at) VALUES "
		"('" CALLER "', '2999-01-01')"},
	{.name = "blocked-by-callee",
	 .sql = "INSERT INTO subscribers(id, name) VALUES(1, 'ann');"
		"INSERT INTO subscriber_numbers(subscriber, number) VALUES"
		"(1, '+12025550199'); INSERT INTO subscriber_rules(subscriber, "
		"number, action, created_at) VALUES(1, '" CALLER "', 'block', "
		"'2999-01-01')"},
	{.name = "reported", .reporters = 3},
	{.name = "signature-failed", .stir = STIR_FAILED},
	{.name = "attested", .stir = STIR_PASSED, .attest = 'A'},
	{.name = "anonymous", .caller = "anonymous", .withheld = true},
	{.name = "named-as-another", .display = "Bank +1 212 555 0142"},
	{.name = "emergency", .bypass = BYPASS_EMERGENCY},
	{.name = "anonymity",
	 .caller = "anonymous",
	 .withheld = true,
	 .refused = true},
	{.name = "anonymity-of-callee",
	 .caller = "anonymous",
	 .withheld = true,
	 .sql = "INSERT INTO subscribers(id, name) VALUES(7, 'ann');"
		"INSERT INTO subscriber_numbers(subscriber, number) VALUES"
		"(7, '+12025550199'); INSERT INTO subscriber_settings"
		"(subscriber, anonymous) VALUES(7, 'refuse')"},
	{.name = "own-number",
	 .sql = "INSERT INTO own_numbers(number) VALUES "
		"('+1202555*')"},
	{.name = "unscreened", .unscreened = true},
	{.name = "shadow",
	 .shadow = true,
	 .sql = "INSERT INTO blocklist(number, created_at) VALUES "
		"('" CALLER "', '2999-01-01')"},
	{.name = "reputation", ANSWERS(found)},
	{.name = "reputation-missed", ANSWERS(missed)},
};

static void read_facts(struct facts *facts, const struct typical *call)
{
	*facts = facts_from(call->caller ? call->caller : CALLER);
	if (call->withheld)
		facts->caller = (struct number){.kind = NUMBER_ANONYMOUS};
	facts->stir = call->stir;
	facts->attest = call->attest;
	facts->origid = call->attest ? "7b0ba3b0" : NULL;
	facts->withheld = call->withheld;
	facts->display = call->display;
	facts->bypass = call->bypass;
	facts->screen = !call->unscreened;
	facts->refuse_anonymous = call->refused;
	facts->thresholds.label_at = 25;
}

static void give_points(void)
{
	struct config_screening *screening = &world.config.screening;

	screening->signals[SIGNAL_STIR_FAILED].points = 25;
	screening->signals[SIGNAL_ANONYMOUS].points = 20;
	screening->signals[SIGNAL_OWN_NUMBER].points = 50;
	screening->signals[SIGNAL_DISPLAY_NUMBER].points = 35;
	screening->hints_max_points = 90;
}

static void give_response(struct call_record *record, enum config_reason reason)
{
	bool anonymous = reason == REASON_ANONYMOUS;

	record->profile = strdup("us-fcc");
	record->reason = config_reason_names[reason];
	record->status = anonymous ? 433 : 603;
	record->phrase =
		strdup(anonymous ? "Anonymity Disallowed" : "Network Blocked");
	if (!anonymous)
		strcpy(record->redress_id, "0123456789abcdef-00112233");
}

static char *explain(const struct typical *call)
{
	struct config_trunk trunk = {.name = "carrier",
				     .enforce = call->shadow ? ENFORCE_LABEL
							     : ENFORCE_YES};
	struct call_record *record = call_record_new();
	struct verdict verdict;
	struct facts facts;
	const struct treatment_params treatment = {
		.config = &world.config, .trunk = &trunk, .facts = &facts};
	char *explanation;

	give_points();
	read_facts(&facts, call);
	screen_decide(world.screen, &facts, &verdict);
	if (call->answers)
		verdict_add_reputation(&verdict, &world.config, call->answers,
				       call->answers_count);
	treatment_preview(&treatment, &verdict);
	record->trunk = strdup(trunk.name);
	strcpy(record->id, "0123456789abcdef");
	call_record_keep(record, &facts);
	if (verdict.treatment == VERDICT_REJECT)
		give_response(record, verdict_reason(&verdict));
	record->verdict = verdict_dup(&verdict);
	record->verdict->list_generation = 2;
	explanation = call_explanation(record);
	call_record_free(record);
	return explanation;
}

/* A line a field, so that a difference is seen. */
static void spread(char *text, size_t size, const char *json)
{
	size_t len = 0;
	bool quoted = false;

	for (; *json && len + 3 < size; json++) {
		if (*json == '"' && json[-1] != '\\')
			quoted = !quoted;
		text[len++] = *json;
		if (!quoted && (*json == ',' || *json == '{' || *json == '['))
			text[len++] = '\n';
	}
	text[len++] = '\n';
	text[len] = '\0';
}

static void compare(const char *name, const char *text)
{
	char path[100], expected[8192] = "";
	const char *order = getenv("CALLSIEVE_GOLDEN");
	FILE *file;

	snprintf(path, sizeof(path), FOLDER "/%s.json", name);
	if (order && strcmp(order, "write") == 0) {
		file = fopen(path, "w");
		ck_assert_ptr_nonnull(file);
		fputs(text, file);
		fclose(file);
	}
	file = fopen(path, "r");
	ck_assert_msg(file, "%s is missing", path);
	expected[fread(expected, 1, sizeof(expected) - 1, file)] = '\0';
	fclose(file);
	ck_assert_msg(!strcmp(text, expected), "%s:\n%s\nnot\n%s", path, text,
		      expected);
}

START_TEST(typical_call_is_explained)
{
	const struct typical *call = &calls[_i];
	char text[8192], *explanation;

	if (call->sql)
		world_sql(call->sql);
	world_reports(CALLER, call->reporters);
	explanation = explain(call);
	spread(text, sizeof(text), explanation);
	compare(call->name, text);
	free(explanation);
}
END_TEST

Suite *explanation_suite(void)
{
	Suite *suite = suite_create("explanation");
	TCase *tc = tcase_create("explanation");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, world_setup, world_teardown);
	tcase_add_loop_test(tc, typical_call_is_explained, 0,
			    sizeof(calls) / sizeof(*calls));
	suite_add_tcase(suite, tc);
	return suite;
}
