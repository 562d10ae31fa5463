/* Which reports are of a call that was got, and those that phones make. */
#include <stdio.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/loop.h"
#include "callsieve/core/metrics.h"

#include "suites.h"
#include "world.h"

#define ANNS "+12025550177"

static struct reports *reports;
static struct loop *loop;
static unsigned told;
static struct number told_number, told_subscriber;

static void on_report(const struct number *number,
		      const struct number *subscriber, void *arg)
{
	(void)arg;
	told++;
	told_number = *number;
	told_subscriber = *subscriber;
}

static void setup(void)
{
	world_setup();
	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(reports_new(&reports, loop), 0);
	reports_listen(reports, on_report, NULL);
	told = 0;
}

static void teardown(void)
{
	reports_free(reports);
	loop_free(loop);
	world_teardown();
}

static void refresh(void)
{
	ck_assert_int_eq(reports_refresh(world.store, reports), 0);
	loop_step(loop, 0);
}

static struct number number(const char *text)
{
	struct number number = {.kind = NUMBER_E164};

	strcpy(number.text, text);
	return number;
}

static struct report_counts counts(void)
{
	struct number caller = number(NUMBER);

	return reports_count(reports, &caller);
}

static void call_came(const char *id, const char *callee, const char *action,
		      int seconds_ago)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO calls(id, started_at, caller, callee, action) "
		 "VALUES('%s', %lld, '" NUMBER "', '%s', '%s')",
		 id, (long long)now_wall_ms() - seconds_ago * 1000ll, callee,
		 action);
	ck_assert_str_eq(scratch_sql(world.scratch.path, sql), "");
}

static void alice_has(const char *callee)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO subscriber_numbers(number, subscriber) "
		 "VALUES('%s', %lld)",
		 callee, (long long)world.alice);
	ck_assert_str_eq(scratch_sql(world.scratch.path, sql), "");
}

/* What alice reports, and whether it is of a call. */
static const struct {
	const char *claim, *hers, *callee, *action;
	int seconds_ago;
	bool called;
} cases[] = {
	{"to a number of hers", ANNS, ANNS, "allow", 60, true},
	{"to a number of hers, labelled", ANNS, ANNS, "label", 60, true},
	{"refused", ANNS, ANNS, "reject", 60, false},
	{"to somebody else", ANNS, "+12025550178", "allow", 60, false},
	{"too long ago", ANNS, ANNS, "allow", 15 * 86400, false},
	{"her number is not known", NULL, "+12025550178", "allow", 60, true},
	{"there was none", ANNS, NULL, NULL, 0, false},
};

START_TEST(report_is_held_against_the_calls)
{
	if (cases[_i].hers)
		alice_has(cases[_i].hers);
	if (cases[_i].callee)
		call_came("abc", cases[_i].callee, cases[_i].action,
			  cases[_i].seconds_ago);
	world_report(world.alice, NUMBER);
	refresh();
	now_fake_advance_ms(61000);
	refresh();
	ck_assert_msg(counts().called == cases[_i].called &&
			      counts().hearsay == !cases[_i].called &&
			      told == cases[_i].called,
		      "%s: called %u, hearsay %u, told %u", cases[_i].claim,
		      counts().called, counts().hearsay, told);
	ck_assert_str_eq(
		scratch_sql(world.scratch.path, "SELECT call FROM reports"),
		cases[_i].called ? "abc" : "");
	if (!told)
		return;
	ck_assert_str_eq(told_number.text, NUMBER);
	ck_assert_str_eq(told_subscriber.text, cases[_i].callee);
}
END_TEST

/* The record of a call comes when the call has ended. */
START_TEST(call_may_be_recorded_after_its_report)
{
	world_report(world.alice, NUMBER);
	refresh();
	ck_assert_uint_eq(counts().hearsay, 1);
	now_fake_advance_ms(30000);
	call_came("abc", ANNS, "allow", 60);
	refresh();
	ck_assert_uint_eq(counts().called, 1);
	ck_assert_uint_eq(counts().hearsay, 0);
	refresh();
	ck_assert_uint_eq(told, 1);
}
END_TEST

/* Whoever has accounts enough cannot make one call into many. */
START_TEST(one_call_serves_one_report)
{
	call_came("abc", ANNS, "allow", 60);
	world_report(world.alice, NUMBER);
	world_report(world.bob, NUMBER);
	refresh();
	ck_assert_uint_eq(counts().called, 1);
	ck_assert_uint_eq(counts().hearsay, 1);
}
END_TEST

START_TEST(report_anew_is_looked_at_anew)
{
	alice_has(ANNS);
	world_report(world.alice, NUMBER);
	now_fake_advance_ms(61000);
	refresh();
	ck_assert_uint_eq(counts().hearsay, 1);
	call_came("abc", ANNS, "allow", 60);
	world_report(world.alice, NUMBER);
	refresh();
	ck_assert_uint_eq(counts().called, 1);
}
END_TEST

static void hear(const char *callee, bool answered)
{
	struct report_heard heard = {.caller = number(NUMBER),
				     .callee = number(callee),
				     .call = "abcdefgh",
				     .answered = answered};

	reports_hear(reports, &heard);
}

#define ROWS                                                                   \
	"SELECT name, number, call, via FROM reports JOIN subscribers "        \
	"ON subscriber = subscribers.id"

START_TEST(phones_are_heard)
{
	hear(ANNS, false);
	refresh();
	ck_assert_uint_eq(counts().called, 1);
	ck_assert_str_eq(scratch_sql(world.scratch.path, ROWS),
			 ANNS "|" NUMBER "|abcdefgh|607");
	/* Again and again is once. */
	hear(ANNS, true);
	hear(ANNS, true);
	refresh();
	ck_assert_uint_eq(counts().called, 1);
	ck_assert_str_eq(scratch_sql(world.scratch.path, ROWS),
			 ANNS "|" NUMBER "|abcdefgh|bye");
}
END_TEST

START_TEST(phone_speaks_for_its_subscriber)
{
	alice_has(ANNS);
	world_report(world.alice, NUMBER);
	hear(ANNS, false);
	refresh();
	ck_assert_str_eq(scratch_sql(world.scratch.path, ROWS),
			 "alice|" NUMBER "|abcdefgh|607");
}
END_TEST

START_TEST(what_is_heard_waits_for_the_database_within_bounds)
{
	struct store *other;

	ck_assert_int_eq(
		store_open(&other, world.scratch.path, STORE_EXISTING, 10), 0);
	ck_assert_int_eq(store_begin(other), 0);
	for (int i = 0; i < 1003; i++) {
		char callee[NUMBER_TEXT];

		snprintf(callee, sizeof(callee), "+1202555%04d", i);
		hear(callee, false);
	}
	ck_assert_int_lt(reports_refresh(world.store, reports), 0);
	store_close(other);
	refresh();
	ck_assert_uint_eq(counts().called, 1000);
	ck_assert_int_eq(metric_get(METRIC_REPORTS_607), 1000);
	ck_assert_int_eq(metric_get(METRIC_REPORTS_DROPPED), 3);
}
END_TEST

Suite *calls_suite(void)
{
	Suite *suite = suite_create("calls");
	TCase *tc = tcase_create("calls");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, report_is_held_against_the_calls, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, call_may_be_recorded_after_its_report);
	tcase_add_test(tc, one_call_serves_one_report);
	tcase_add_test(tc, report_anew_is_looked_at_anew);
	tcase_add_test(tc, phones_are_heard);
	tcase_add_test(tc, phone_speaks_for_its_subscriber);
	tcase_add_test(tc, what_is_heard_waits_for_the_database_within_bounds);
	suite_add_tcase(suite, tc);
	return suite;
}
