/* What is decided from memory: no loop ever turns here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/history.h"

#include "suites.h"
#include "world.h"

#define ROW(list, number) "INSERT INTO " list "(number) VALUES('" number "');"

#define NEVER(number) "INSERT INTO neverblock(number) VALUES('" number "');"
#define MINE                                                                   \
	"INSERT INTO subscribers(id, name) VALUES(7, 'callee');"               \
	"INSERT INTO subscriber_numbers(number, subscriber) "                  \
	"VALUES('+12025550199', 7);"
#define RULE(number, action)                                                   \
	"INSERT INTO subscriber_rules(subscriber, number, action) "            \
	"VALUES(7, '" number "', '" action "');"

/* A call decided in memory, and what must come of it. */
static const struct {
	const char *claim;
	const char *sql; /* or NULL */
	const char *caller;
	unsigned reporters;
	enum bypass bypass;
	bool unscreened;
	enum verdict_action action;
	enum verdict_basis basis;
	int score;
	const char *signals; /* names, each with a blank behind */
} cases[] = {
	{.claim = "nothing known: passes", .caller = CALLER, .signals = ""},
	{.claim = "block-listed: rejected",
	 .sql = ROW("blocklist", CALLER),
	 .caller = CALLER,
	 .action = VERDICT_REJECT,
	 .score = 100,
	 .signals = "blocklist "},
	{.claim = "another number is block-listed: passes",
	 .sql = ROW("blocklist", "+12025550124"),
	 .caller = CALLER,
	 .signals = ""},
	{.claim = "blocked by prefix: rejected",
	 .sql = ROW("blocklist", "+1202*"),
	 .caller = CALLER,
	 .action = VERDICT_REJECT,
	 .score = 100,
	 .signals = "blocklist "},
	{.claim = "too few points: passes, and says why not",
	 .sql = "INSERT INTO blocklist(number, points) "
		"VALUES('" CALLER "', 60)",
	 .caller = CALLER,
	 .score = 60,
	 .signals = "blocklist "},
	{.claim = "points of several signals add up",
	 .sql = "INSERT INTO blocklist(number, points) "
		"VALUES('" CALLER "', 40)",
	 .caller = CALLER,
	 .reporters = 2,
	 .action = VERDICT_REJECT,
	 .score = 100,
	 .signals = "blocklist reports "},
	{.claim = "signals past the threshold are still in the explanation",
	 .sql = ROW("blocklist", CALLER),
	 .caller = CALLER,
	 .reporters = 2,
	 .action = VERDICT_REJECT,
	 .score = 160,
	 .signals = "blocklist reports "},
	{.claim = "reports below the minimum do not count",
	 .caller = CALLER,
	 .reporters = 1,
	 .signals = ""},
	{.claim = "reports count up to their maximum",
	 .caller = CALLER,
	 .reporters = 5,
	 .score = 80,
	 .signals = "reports "},
	{.claim = "allow-listed within a blocked prefix: passes unscored",
	 .sql = ROW("blocklist", "+1202*") ROW("allowlist", CALLER),
	 .caller = CALLER,
	 .reporters = 5,
	 .basis = BASIS_ALLOWLIST,
	 .signals = "allowlist "},
	{.claim = "blocked within an allowed prefix: rejected",
	 .sql = ROW("allowlist", "+1202*") ROW("blocklist", CALLER),
	 .caller = CALLER,
	 .action = VERDICT_REJECT,
	 .score = 100,
	 .signals = "blocklist "},
	{.claim = "emergency call of a blocked caller: passes unseen",
	 .sql = ROW("blocklist", CALLER),
	 .caller = CALLER,
	 .bypass = BYPASS_EMERGENCY,
	 .basis = BASIS_EMERGENCY,
	 .signals = ""},
	{.claim = "trusted precedence of a blocked caller: passes unseen",
	 .sql = ROW("blocklist", CALLER),
	 .caller = CALLER,
	 .bypass = BYPASS_PRIORITY,
	 .basis = BASIS_PRIORITY,
	 .signals = ""},
	{.claim = "a blocked caller who takes a call over: passes unseen",
	 .sql = ROW("blocklist", CALLER),
	 .caller = CALLER,
	 .bypass = BYPASS_TAKEOVER,
	 .basis = BASIS_TAKEOVER,
	 .signals = ""},
	{.claim = "an emergency desk that is blocked: passes unseen",
	 .sql = ROW("blocklist", CALLER),
	 .caller = CALLER,
	 .bypass = BYPASS_PSAP,
	 .basis = BASIS_PSAP,
	 .signals = ""},
	{.claim = "unscreened trunk: passes unseen",
	 .sql = ROW("blocklist", CALLER),
	 .caller = CALLER,
	 .unscreened = true,
	 .basis = BASIS_UNSCREENED,
	 .signals = ""},
	{.claim = "never to be blocked, whatever else is said: passes",
	 .sql = ROW("blocklist", CALLER) ROW("dno", "+1202*") MINE
		 RULE(CALLER, "block") NEVER("+1202555*"),
	 .caller = CALLER,
	 .reporters = 5,
	 .basis = BASIS_NEVERBLOCK,
	 .signals = "neverblock "},
	{.claim = "the callee's block outranks a global allow",
	 .sql = ROW("allowlist", CALLER) MINE RULE("+1202*", "block"),
	 .caller = CALLER,
	 .action = VERDICT_REJECT,
	 .basis = BASIS_SUBSCRIBER,
	 .signals = "subscriber_block "},
	{.claim = "the callee's allow outranks the block list",
	 .sql = ROW("blocklist", CALLER) MINE RULE(CALLER, "allow"),
	 .caller = CALLER,
	 .reporters = 5,
	 .basis = BASIS_SUBSCRIBER,
	 .signals = "subscriber_allow "},
	{.claim = "of the callee's rules the longest counts",
	 .sql = MINE RULE("+1202555*", "allow") RULE("+1202*", "block")
		 RULE(CALLER, "block"),
	 .caller = CALLER,
	 .action = VERDICT_REJECT,
	 .basis = BASIS_SUBSCRIBER,
	 .signals = "subscriber_block "},
	{.claim = "rules of others do not count",
	 .sql = "INSERT INTO subscribers(id, name) VALUES(8, 'bob');"
		"INSERT INTO subscriber_rules(subscriber, number, action) "
		"VALUES(8, '" CALLER "', 'block');" MINE
			RULE("+12025550124", "block"),
	 .caller = CALLER,
	 .signals = ""},
	{.claim = "a number that is only ever called: rejected",
	 .sql = ROW("dno", CALLER),
	 .caller = CALLER,
	 .action = VERDICT_REJECT,
	 .score = 100,
	 .signals = "dno "},
	{.claim = "allowed at equal length: passes",
	 .sql = ROW("dno", "+1202555*") ROW("allowlist", "+1202555*"),
	 .caller = CALLER,
	 .basis = BASIS_ALLOWLIST,
	 .signals = "allowlist "},
	{.claim = "only ever called, within an allowed prefix: rejected",
	 .sql = ROW("dno", CALLER) ROW("allowlist", "+1202*"),
	 .caller = CALLER,
	 .action = VERDICT_REJECT,
	 .score = 100,
	 .signals = "dno "},
	{.claim = "on a list of this trunk: rejected",
	 .sql = "INSERT INTO blocklist(number, list) VALUES('" CALLER
		"', 'night');"
		"INSERT INTO list_trunks(list, trunk) "
		"VALUES('night', 'other'), ('night', 'carrier');",
	 .caller = CALLER,
	 .action = VERDICT_REJECT,
	 .score = 100,
	 .signals = "blocklist "},
	{.claim = "on a list of another trunk: passes",
	 .sql = "INSERT INTO blocklist(number, list) VALUES('" CALLER
		"', 'night');"
		"INSERT INTO list_trunks(list, trunk) "
		"VALUES('night', 'other');",
	 .caller = CALLER,
	 .signals = ""},
	{.claim = "withheld number: passes",
	 .sql = ROW("blocklist", "+1202*"),
	 .caller = "anonymous",
	 .signals = ""},
	{.claim = "no number: passes", .caller = "", .signals = ""},
};

static void join_names(char names[128], const struct verdict *verdict)
{
	unsigned i;

	names[0] = '\0';
	for (i = 0; i < verdict->signals_count; i++) {
		strcat(names, verdict->signals[i].name);
		strcat(names, " ");
	}
}

START_TEST(memory_decides)
{
	struct facts facts = facts_from(cases[_i].caller);
	struct verdict verdict;
	char names[128];

	if (cases[_i].sql)
		world_sql(cases[_i].sql);
	world_reports(CALLER, cases[_i].reporters);
	facts.bypass = cases[_i].bypass;
	facts.screen = !cases[_i].unscreened;

	ck_assert_msg(screen_decide(world.screen, &facts, &verdict), "%s",
		      cases[_i].claim);
	join_names(names, &verdict);
	ck_assert_msg(verdict.action == cases[_i].action &&
			      verdict.basis == cases[_i].basis &&
			      verdict.score == cases[_i].score &&
			      !strcmp(names, cases[_i].signals),
		      "%s: got %s by %s, score %d, signals %s", cases[_i].claim,
		      verdict_action_name(verdict.action),
		      verdict_basis_name(verdict.basis), verdict.score, names);
	ck_assert_int_eq(verdict.thresholds.reject_at, 100);
}
END_TEST

#define SETTINGS(columns, values)                                              \
	MINE "INSERT INTO subscriber_settings(subscriber, " columns ") "       \
	     "VALUES(7, " values ");"

/* Calls that withhold their number, by which trunk and to whom. */
static const struct {
	const char *claim, *sql, *caller;
	bool trunk; /* refuses them */
	enum verdict_action action;
	enum verdict_basis basis;
} withheld[] = {
	{"nobody minds: passes", "", CALLER, false, VERDICT_ALLOW, BASIS_SCORE},
	{"the trunk refuses them", "", CALLER, true, VERDICT_REJECT,
	 BASIS_ANONYMITY},
	{"so it does without any number", "", "anonymous", true, VERDICT_REJECT,
	 BASIS_ANONYMITY},
	{"not who is on the allow list", ROW("allowlist", CALLER), CALLER, true,
	 VERDICT_ALLOW, BASIS_ALLOWLIST},
	{"nor whom the callee allows", MINE RULE(CALLER, "allow"), CALLER, true,
	 VERDICT_ALLOW, BASIS_SUBSCRIBER},
	{"the callee refuses them", SETTINGS("anonymous", "'refuse'"), CALLER,
	 false, VERDICT_REJECT, BASIS_ANONYMITY},
	{"so it does without any number", SETTINGS("anonymous", "'refuse'"),
	 "anonymous", false, VERDICT_REJECT, BASIS_ANONYMITY},
	{"the callee outranks the allow list",
	 SETTINGS("anonymous", "'refuse'") ROW("allowlist", CALLER), CALLER,
	 false, VERDICT_REJECT, BASIS_ANONYMITY},
	{"not what the callee allows",
	 SETTINGS("anonymous", "'refuse'") RULE(CALLER, "allow"), CALLER, false,
	 VERDICT_ALLOW, BASIS_SUBSCRIBER},
	{"nor who is never to be blocked",
	 SETTINGS("anonymous", "'refuse'") NEVER(CALLER), CALLER, true,
	 VERDICT_ALLOW, BASIS_NEVERBLOCK},
};

START_TEST(withheld_numbers_may_be_refused)
{
	struct facts facts = facts_from(withheld[_i].caller);
	struct verdict verdict;

	world_sql(withheld[_i].sql);
	facts.withheld = true;
	facts.refuse_anonymous = withheld[_i].trunk;
	ck_assert(screen_decide(world.screen, &facts, &verdict));
	ck_assert_msg(verdict.action == withheld[_i].action &&
			      verdict.basis == withheld[_i].basis,
		      "%s: got %s by %s", withheld[_i].claim,
		      verdict_action_name(verdict.action),
		      verdict_basis_name(verdict.basis));
	if (verdict.basis == BASIS_ANONYMITY)
		ck_assert_int_eq(verdict_reason(&verdict), REASON_ANONYMOUS);
}
END_TEST

/* Missing is not withheld (RFC 5079 3). */
START_TEST(missing_number_is_not_withheld)
{
	struct facts facts = facts_from("");
	struct verdict verdict;

	facts.refuse_anonymous = true;
	ck_assert(screen_decide(world.screen, &facts, &verdict));
	ck_assert_int_eq(verdict.action, VERDICT_ALLOW);
}
END_TEST

/* A caller of 60 points, where the trunk labels from 50, greylists from 55 and
 * rejects from 100. */
static const struct {
	const char *sql;
	enum verdict_action action;
	int label_at, reject_at;
} strictness[] = {
	{"", VERDICT_GREYLIST, 50, 100},
	{SETTINGS("reject_at", "60"), VERDICT_REJECT, 50, 60},
	{SETTINGS("reject_at", "105"), VERDICT_GREYLIST, 50, 105},
	{SETTINGS("reject_at", "106"), VERDICT_LABEL, 50, 106},
	{SETTINGS("reject_at", "0"), VERDICT_LABEL, 50, 0},
	{SETTINGS("label_at, reject_at", "0, 0"), VERDICT_ALLOW, 0, 0},
	{SETTINGS("label_at", "20"), VERDICT_GREYLIST, 20, 100},
	{SETTINGS("anonymous", "'refuse'"), VERDICT_GREYLIST, 50, 100},
};

START_TEST(callee_has_thresholds_of_its_own)
{
	struct facts facts = facts_from(CALLER);
	struct verdict verdict;
	const struct signal_hit *hit;

	world_sql(strictness[_i].sql);
	world_sql("INSERT INTO blocklist(number, points) "
		  "VALUES('" CALLER "', 60)");
	facts.thresholds.label_at = 50;
	facts.thresholds.greylist_at = 55;
	screen_decide(world.screen, &facts, &verdict);
	ck_assert_int_eq(verdict.action, strictness[_i].action);
	ck_assert_int_eq(verdict.score, 60);
	ck_assert_int_eq(verdict.thresholds.label_at, strictness[_i].label_at);
	ck_assert_int_eq(verdict.thresholds.reject_at,
			 strictness[_i].reject_at);
	hit = hit_find(&verdict, "strictness");
	ck_assert(!hit == !strstr(strictness[_i].sql, "_at"));
	ck_assert(!hit || hit->row == 7);
}
END_TEST

START_TEST(threshold_is_met_exactly)
{
	struct facts facts = facts_from(CALLER);
	struct verdict verdict;

	world_sql("INSERT INTO blocklist(number, points) "
		  "VALUES('" CALLER "', 50)");
	facts.thresholds.reject_at = 50;
	screen_decide(world.screen, &facts, &verdict);
	ck_assert_int_eq(verdict.action, VERDICT_REJECT);
	facts.thresholds.reject_at = 51;
	screen_decide(world.screen, &facts, &verdict);
	ck_assert_int_eq(verdict.action, VERDICT_ALLOW);
}
END_TEST

START_TEST(explanation_names_row_generation_and_config)
{
	struct facts facts = facts_from(CALLER);
	struct verdict verdict;

	now_fake(1772400000000); /* 2026-03-01 */
	world_sql("INSERT INTO blocklist(id, number, source, reason, "
		  "created_at) VALUES(17, '+1202*', 'ftc', 'robocall', "
		  "'2026-03-01 12:00:00')");
	screen_decide(world.screen, &facts, &verdict);
	ck_assert_str_eq(
		verdict.signals[0].detail,
		"matches \"+1202*\" (source ftc, added 2026-03-01: "
		"\"robocall\"), row 17");
	ck_assert_int_eq(verdict.signals[0].row, 17);
	ck_assert_int_eq(verdict.signals[0].points, 100);
	ck_assert_uint_eq(verdict.list_generation,
			  lists_generation(world.lists));
	ck_assert_uint_eq(verdict.config_version, 3);

	world_sql(ROW("blocklist", "+4420*"));
	world.config.version = 4;
	screen_configure(world.screen, &world.config);
	screen_decide(world.screen, &facts, &verdict);
	ck_assert_uint_eq(verdict.list_generation,
			  lists_generation(world.lists));
	ck_assert_uint_eq(verdict.config_version, 4);
}
END_TEST

START_TEST(reports_say_how_many)
{
	struct facts facts = facts_from(CALLER);
	struct verdict verdict;

	world_reports(CALLER, 4);
	screen_decide(world.screen, &facts, &verdict);
	ck_assert_str_eq(verdict.signals[0].detail,
			 "reported by 4 subscribers within 30 days, of whom 4 "
			 "got a call from it");
	ck_assert_int_eq(verdict.signals[0].points, 80);

	world.config.screening.report_min = 1;
	world_reports("+12025550188", 1);
	facts = facts_from("+12025550188");
	screen_decide(world.screen, &facts, &verdict);
	ck_assert_str_eq(verdict.signals[0].detail,
			 "reported by 1 subscriber within 30 days, of whom 1 got "
			 "a call from "
			 "it");
}
END_TEST

START_TEST(expired_row_no_longer_counts)
{
	struct facts facts = facts_from(CALLER);
	struct verdict verdict;

	now_fake(1900000000000);
	world_sql("INSERT INTO blocklist(number, expires_at) "
		  "VALUES('" CALLER "', datetime(1900000010, 'unixepoch'))");
	screen_decide(world.screen, &facts, &verdict);
	ck_assert_int_eq(verdict.action, VERDICT_REJECT);
	now_fake_advance_ms(11000);
	screen_decide(world.screen, &facts, &verdict);
	ck_assert_int_eq(verdict.action, VERDICT_ALLOW);
	now_real();
}
END_TEST

START_TEST(unknown_caller_is_left_to_the_service)
{
	struct facts facts = facts_from(CALLER);
	struct verdict verdict;

	world_reputation(9);
	ck_assert(!screen_decide(world.screen, &facts, &verdict));
	ck_assert_int_eq(verdict.action, VERDICT_ALLOW);
	ck_assert_int_eq(verdict.score, 0);
}
END_TEST

START_TEST(service_is_not_asked_what_cannot_matter)
{
	struct facts facts = facts_from("anonymous");
	struct verdict verdict;

	world_reputation(9);
	world_sql(ROW("blocklist", CALLER));
	ck_assert(screen_decide(world.screen, &facts, &verdict));
	facts = facts_from("911");
	ck_assert(screen_decide(world.screen, &facts, &verdict));
	facts = facts_from(CALLER);
	ck_assert(screen_decide(world.screen, &facts, &verdict));
	ck_assert_int_eq(verdict.action, VERDICT_REJECT);
}
END_TEST

START_TEST(report_points_are_bounded)
{
	struct config_screening config = {.report_points = 1000000,
					  .report_min = 2,
					  .report_max_points = 500};

	ck_assert_int_eq(screen_report_points(&config, 0, 0), 0);
	ck_assert_int_eq(screen_report_points(&config, 1, 0), 0);
	ck_assert_int_eq(screen_report_points(&config, 2, 0), 500);
	ck_assert_int_eq(screen_report_points(&config, 4000000000u, 0), 500);
	config.report_min = 0;
	ck_assert_int_eq(screen_report_points(&config, 0, 0), 0);
}
END_TEST

START_TEST(hearsay_is_worth_little_however_much_there_is)
{
	struct config_screening config = {.report_points = 40,
					  .report_min = 2,
					  .report_max_points = 120,
					  .hearsay_points = 2};

	ck_assert_int_eq(screen_report_points(&config, 0, 1), 0);
	ck_assert_int_eq(screen_report_points(&config, 0, 5), 10);
	ck_assert_int_eq(screen_report_points(&config, 0, 4000000000u), 20);
	ck_assert_int_eq(screen_report_points(&config, 1, 1), 2);
	ck_assert_int_eq(screen_report_points(&config, 2, 3), 86);
}
END_TEST

static struct history *history;
static struct screen *with_history;

static void open_history(void)
{
	struct screen_params params = {.lists = world.lists,
				       .reports = world.reports,
				       .providers = world.providers};

	ck_assert_int_eq(history_new(&history, 1024, 1024), 0);
	params.history = history;
	ck_assert_int_eq(screen_new(&with_history, &params), 0);
	screen_configure(with_history, &world.config);
	now_fake(INT64_C(1900000000000));
}

static void close_history(void)
{
	now_real();
	screen_free(with_history);
	history_free(history);
}

/* A customer of a carrier whose others are hung up on: each of the calls of
 * those by another identifier, or all by the same. */
static const struct {
	const char *claim;
	char attest;
	bool one_origin;
	const char *display;
	int others_max, score;
} customers[] = {
	{"is put off, not rejected", 'A', false, "+12025550100", 99, 99},
	{"by that alone", 'A', false, NULL, 99, 95},
	{"by hints alone, if others shall count no more", 'A', false,
	 "+12025550100", 60, 75},
	{"by nothing but them", 'A', false, NULL, 60, 75},
	{"who has their identifier is one of them", 'A', true, "+12025550100",
	 99, 130},
	{"unless it is a gateway's, which knows nobody", 'C', true,
	 "+12025550100", 99, 99},
};

START_TEST(what_a_carriers_others_did_rejects_nobody)
{
	struct config_screening *config = &world.config.screening;
	struct facts facts = facts_from(CALLER);
	const struct call_outcome hung_up = {.answered = true, .talk_s = 3};
	struct history_mark mark;
	struct verdict verdict;
	char number[NUMBER_TEXT], origid[16];

	open_history();
	config->signals[SIGNAL_ORIGIN_BRIEF] =
		(struct config_signal){95, 0.4, 0.58};
	config->signals[SIGNAL_DISPLAY_NUMBER].points = 35;
	config->hints_max_points = 75;
	config->suspicions_max_points = customers[_i].others_max;
	facts.stir = STIR_PASSED;
	facts.attest = customers[_i].attest;
	facts.signer = "https://cert.example/a.pem";
	for (int i = 0; i < 60; i++) {
		struct facts other = facts;

		snprintf(number, sizeof(number), "+1415666%04d", i * 97);
		other.caller = facts_from(number).caller;
		snprintf(origid, sizeof(origid), "%d",
			 customers[_i].one_origin ? 0 : i);
		other.origid = origid;
		history_call(history, &other, true, 1900000000, &mark);
		history_ended(history, &mark, &hung_up, 1900000000);
	}
	facts.origid = customers[_i].one_origin ? "0" : "new";
	facts.display = customers[_i].display;
	screen_decide(with_history, &facts, &verdict);
	ck_assert_msg(verdict.score == customers[_i].score, "%s: %d",
		      customers[_i].claim, verdict.score);
	close_history();
}
END_TEST

/* The desk, or the ambulance, by a line that nobody knows. */
START_TEST(who_called_for_help_can_be_reached)
{
	struct facts facts = facts_from(CALLER);
	struct verdict verdict;

	open_history();
	world.config.screening.emergency_window_s = 7200;
	world_sql(ROW("blocklist", CALLER) ROW("blocklist", "+1303*"));
	screen_decide(with_history, &facts, &verdict);
	ck_assert_int_eq(verdict.action, VERDICT_REJECT);

	history_dialled(history, &facts.callee, &facts.callee, true,
			1900000000);
	now_fake_advance_ms(7200000);
	screen_decide(with_history, &facts, &verdict);
	ck_assert_int_eq(verdict.action, VERDICT_ALLOW);
	ck_assert_int_eq(verdict.basis, BASIS_EMERGENCY);
	ck_assert_str_eq(verdict.signals[0].detail,
			 "the callee dialled an emergency number 120 minutes "
			 "ago");
	now_fake_advance_ms(1000);
	screen_decide(with_history, &facts, &verdict);
	ck_assert_int_eq(verdict.action, VERDICT_REJECT);
	close_history();
}
END_TEST

Suite *screen_suite(void)
{
	Suite *suite = suite_create("screen");
	TCase *tests = tcase_create("memory");

	tcase_add_checked_fixture(tests, world_setup, world_teardown);
	tcase_add_loop_test(tests, memory_decides, 0,
			    sizeof(cases) / sizeof(*cases));
	tcase_add_loop_test(tests, withheld_numbers_may_be_refused, 0,
			    sizeof(withheld) / sizeof(withheld[0]));
	tcase_add_test(tests, missing_number_is_not_withheld);
	tcase_add_loop_test(tests, callee_has_thresholds_of_its_own, 0,
			    sizeof(strictness) / sizeof(strictness[0]));
	tcase_add_test(tests, threshold_is_met_exactly);
	tcase_add_test(tests, explanation_names_row_generation_and_config);
	tcase_add_test(tests, reports_say_how_many);
	tcase_add_test(tests, expired_row_no_longer_counts);
	tcase_add_test(tests, unknown_caller_is_left_to_the_service);
	tcase_add_test(tests, service_is_not_asked_what_cannot_matter);
	tcase_add_test(tests, who_called_for_help_can_be_reached);
	tcase_add_loop_test(tests, what_a_carriers_others_did_rejects_nobody, 0,
			    sizeof(customers) / sizeof(customers[0]));
	tcase_add_test(tests, report_points_are_bounded);
	tcase_add_test(tests, hearsay_is_worth_little_however_much_there_is);
	suite_add_tcase(suite, tests);
	return suite;
}
