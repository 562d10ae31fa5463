#include "callsieve/core/clock.h"

#include <time.h>

#include "suites.h"

static void teardown(void)
{
	now_real();
}

START_TEST(faked_clocks_show_what_they_were_set_to)
{
	now_fake(1700000000123);
	ck_assert_int_eq(now_wall_ms(), 1700000000123);
	ck_assert_int_eq(now_wall_s(), 1700000000);
	ck_assert_uint_eq(now_mono_us() / 1000, now_mono_ms());
	now_fake(1);
	ck_assert_int_eq(now_wall_ms(), 1);
}
END_TEST

START_TEST(faked_clocks_stand_still_until_advanced)
{
	uint64_t mono;

	now_fake(1700000000123);
	mono = now_mono_us();
	ck_assert_uint_eq(now_mono_us(), mono);
	now_fake_advance_ms(1877);
	ck_assert_int_eq(now_wall_ms(), 1700000002000);
	ck_assert_int_eq(now_wall_s(), 1700000002);
	ck_assert_uint_eq(now_mono_us(), mono + 1877000);
}
END_TEST

START_TEST(real_clocks_are_the_system_s)
{
	struct timespec ts;
	uint64_t mono;

	now_fake(1);
	now_real();
	clock_gettime(CLOCK_REALTIME, &ts);
	ck_assert_int_ge(now_wall_s(), ts.tv_sec);
	ck_assert_int_le(now_wall_s(), ts.tv_sec + 60);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	mono = (uint64_t)ts.tv_sec * 1000;
	ck_assert_uint_ge(now_mono_ms(), mono);
	ck_assert_uint_le(now_mono_ms(), mono + 60000);
}
END_TEST

START_TEST(monotonic_clock_goes_on_and_never_back)
{
	uint64_t first = now_mono_us(), last = first, now;

	while (last < first + 2000) {
		now = now_mono_us();
		ck_assert_uint_ge(now, last);
		last = now;
	}
}
END_TEST

Suite *clock_suite(void)
{
	Suite *suite = suite_create("clock");
	TCase *tc = tcase_create("clock");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, faked_clocks_show_what_they_were_set_to);
	tcase_add_test(tc, faked_clocks_stand_still_until_advanced);
	tcase_add_test(tc, real_clocks_are_the_system_s);
	tcase_add_test(tc, monotonic_clock_goes_on_and_never_back);
	suite_add_tcase(suite, tc);
	return suite;
}
