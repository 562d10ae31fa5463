/* Public files of complaints, brought down to one measure a number. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/loop.h"
#include "callsieve/core/metrics.h"

#include "suites.h"
#include "world.h"

static struct complaints *complaints;
static struct loop *loop;

static void setup(void)
{
	world_setup();
	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(complaints_new(&complaints, loop), 0);
}

static void teardown(void)
{
	complaints_free(complaints);
	loop_free(loop);
	world_teardown();
}

static double days(const char *text)
{
	struct number number = {.kind = NUMBER_E164};

	strcpy(number.text, text);
	return complaints_days(complaints, &number);
}

/* Three a number: today (of the clock), yesterday, a half-life ago. */
static void fill(int numbers)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL "
		 "SELECT i + 1 FROM n WHERE i < %d), "
		 "d(day) AS (VALUES('2027-01-15'), ('2027-01-14'), "
		 "('2026-12-25')) "
		 "INSERT INTO observations(number, source, day) "
		 "SELECT printf('+1202%%07d', 2000000 + i), 'ftc', day "
		 "FROM n, d",
		 numbers - 1);
	ck_assert_str_eq(scratch_sql(world.scratch.path, sql), "");
}

/* How many slices it took. */
static int refresh(void)
{
	int err, slices = 0;

	do {
		err = complaints_refresh(world.store, complaints);
		slices++;
	} while (err == -EAGAIN);
	ck_assert_int_eq(err, 0);
	loop_step(loop, 0);
	return slices;
}

START_TEST(days_fade_by_half_in_a_half_life)
{
	fill(1);
	refresh();
	ck_assert_double_eq_tol(days("+12022000000"), 1 + .968 + .5, .01);
	ck_assert_double_eq(days("+12022000001"), 0);
}
END_TEST

START_TEST(days_fade_though_nobody_edits)
{
	fill(1);
	refresh();
	now_fake_advance_ms(INT64_C(21) * 86400 * 1000);
	refresh();
	ck_assert_double_eq_tol(days("+12022000000"), (1 + .968 + .5) / 2, .01);
	now_fake_advance_ms(INT64_C(200) * 86400 * 1000);
	refresh();
	ck_assert_double_eq(days("+12022000000"), 0);
}
END_TEST

START_TEST(large_table_is_read_in_slices)
{
	char number[NUMBER_TEXT];
	int slices;

	fill(15000);
	slices = refresh();
	ck_assert_int_ge(slices, 3);
	ck_assert_int_le(slices, 4);
	ck_assert_int_eq(metric_get(METRIC_COMPLAINED_NUMBERS), 15000);
	for (int i = 0; i < 15000; i++) {
		snprintf(number, sizeof(number), "+1202%07d", 2000000 + i);
		ck_assert_double_eq_tol(days(number), 2.468, .01);
	}
	/* Nothing to do until there is an edit. */
	ck_assert_int_eq(refresh(), 1);
	scratch_sql(world.scratch.path, "DELETE FROM observations");
	refresh();
	ck_assert_double_eq(days("+12022000000"), 0);
}
END_TEST

START_TEST(edit_half_way_is_seen_in_the_end)
{
	fill(15000);
	ck_assert_int_eq(complaints_refresh(world.store, complaints), -EAGAIN);
	scratch_sql(world.scratch.path,
		    "DELETE FROM observations WHERE number = '+12022000000'");
	refresh();
	refresh();
	ck_assert_double_eq(days("+12022000000"), 0);
	ck_assert_double_gt(days("+12022000001"), 2);
}
END_TEST

Suite *complaints_suite(void)
{
	Suite *suite = suite_create("complaints");
	TCase *tc = tcase_create("complaints");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, days_fade_by_half_in_a_half_life);
	tcase_add_test(tc, days_fade_though_nobody_edits);
	tcase_add_test(tc, large_table_is_read_in_slices);
	tcase_add_test(tc, edit_half_way_is_seen_in_the_end);
	suite_add_tcase(suite, tc);
	return suite;
}
