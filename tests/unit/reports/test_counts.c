#include <errno.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"

#include "suites.h"
#include "world.h"

static struct reports *reports;

static void setup(void)
{
	world_setup();
	ck_assert_int_eq(reports_new(&reports, NULL), 0);
}

static void teardown(void)
{
	reports_free(reports);
	world_teardown();
}

static void refresh(void)
{
	ck_assert_int_eq(reports_refresh(world.store, reports), 0);
}

static unsigned count(const char *text)
{
	struct number number = {.kind = NUMBER_E164};

	strcpy(number.text, text);
	return reports_count(reports, &number).called +
	       reports_count(reports, &number).hearsay;
}

START_TEST(nobody_reported_anything)
{
	ck_assert_uint_eq(count(NUMBER), 0);
	refresh();
	ck_assert_uint_eq(count(NUMBER), 0);
}
END_TEST

START_TEST(distinct_reporters_are_counted)
{
	ck_assert(world_report(world.alice, NUMBER));
	ck_assert(!world_report(world.alice, NUMBER));
	refresh();
	ck_assert_uint_eq(count(NUMBER), 1);
	world_report(world.bob, NUMBER);
	world_report(world.bob, "+442079460000");
	refresh();
	ck_assert_uint_eq(count(NUMBER), 2);
	ck_assert_uint_eq(count("+442079460000"), 1);
	ck_assert_uint_eq(count("+442079460001"), 0);
	ck_assert_int_eq(metric_get(METRIC_REPORTED_NUMBERS), 2);
}
END_TEST

START_TEST(only_e164_callers_have_reports)
{
	struct number anonymous = {.kind = NUMBER_ANONYMOUS};

	world_report(world.alice, NUMBER);
	refresh();
	ck_assert_uint_eq(reports_count(reports, &anonymous).hearsay, 0);
}
END_TEST

/* What an admin does about a subscriber who reports out of spite. */
START_TEST(revoked_and_deleted_subscribers_have_no_voice)
{
	world_report(world.alice, NUMBER);
	world_report(world.bob, NUMBER);
	ck_assert_int_eq(token_revoke(world.store, "alice"), 0);
	refresh();
	ck_assert_uint_eq(count(NUMBER), 1);
	ck_assert_str_eq(
		scratch_sql(world.scratch.path,
			    "DELETE FROM subscribers WHERE name = 'bob'"),
		"");
	refresh();
	ck_assert_uint_eq(count(NUMBER), 0);
	ck_assert_str_eq(
		scratch_sql(world.scratch.path, "SELECT count(*) FROM reports"),
		"1");
}
END_TEST

START_TEST(deleted_report_no_longer_counts)
{
	world_report(world.alice, NUMBER);
	refresh();
	scratch_sql(world.scratch.path, "DELETE FROM reports");
	refresh();
	ck_assert_uint_eq(count(NUMBER), 0);
}
END_TEST

START_TEST(old_reports_count_no_more)
{
	world_report(world.alice, NUMBER);
	refresh();
	ck_assert_uint_eq(count(NUMBER), 1);
	now_fake_advance_ms((REPORT_DAYS * 24ll + 2) * 3600000);
	refresh();
	ck_assert_uint_eq(count(NUMBER), 0);
}
END_TEST

START_TEST(last_good_counts_survive_a_broken_database)
{
	world_report(world.alice, NUMBER);
	refresh();
	ck_assert_int_eq(store_exec(world.store, "DROP TABLE revision"), 0);
	ck_assert_int_lt(reports_refresh(world.store, reports), 0);
	ck_assert_uint_eq(count(NUMBER), 1);
}
END_TEST

Suite *counts_suite(void)
{
	Suite *suite = suite_create("counts");
	TCase *tc = tcase_create("counts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, nobody_reported_anything);
	tcase_add_test(tc, distinct_reporters_are_counted);
	tcase_add_test(tc, only_e164_callers_have_reports);
	tcase_add_test(tc, revoked_and_deleted_subscribers_have_no_voice);
	tcase_add_test(tc, deleted_report_no_longer_counts);
	tcase_add_test(tc, old_reports_count_no_more);
	tcase_add_test(tc, last_good_counts_survive_a_broken_database);
	suite_add_tcase(suite, tc);
	return suite;
}
