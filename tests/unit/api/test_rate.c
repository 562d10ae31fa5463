#include "api/rate.h"

#include "callsieve/core/clock.h"
#include "callsieve/core/netaddr.h"

#include "suites.h"

static struct rates *rates;

static void setup(void)
{
	now_fake(1900000000000);
	ck_assert_int_eq(rates_new(&rates, 6), 0);
}

static void teardown(void)
{
	rates_free(rates);
	now_real();
}

static void drain(int64_t subscriber)
{
	while (!rates_take_subscriber(rates, subscriber))
		;
}

START_TEST(allows_so_many_at_once)
{
	int i;

	for (i = 0; i < 6; i++)
		ck_assert_uint_eq(rates_take_subscriber(rates, 1), 0);
	ck_assert_uint_eq(rates_take_subscriber(rates, 1), 10);
}
END_TEST

START_TEST(says_how_long_to_wait_and_means_it)
{
	drain(1);
	now_fake_advance_ms(9000);
	ck_assert_uint_eq(rates_take_subscriber(rates, 1), 1);
	now_fake_advance_ms(1000);
	ck_assert_uint_eq(rates_take_subscriber(rates, 1), 0);
	ck_assert_uint_eq(rates_take_subscriber(rates, 1), 10);
}
END_TEST

START_TEST(asking_often_does_not_delay_the_next)
{
	int ms;

	drain(1);
	for (ms = 1; ms < 10000; ms++) {
		now_fake_advance_ms(1);
		ck_assert_uint_gt(rates_take_subscriber(rates, 1), 0);
	}
	now_fake_advance_ms(1);
	ck_assert_uint_eq(rates_take_subscriber(rates, 1), 0);
}
END_TEST

START_TEST(saves_up_no_more_than_a_minute)
{
	int i;

	ck_assert_uint_eq(rates_take_subscriber(rates, 1), 0);
	now_fake_advance_ms(3600 * 1000);
	for (i = 0; i < 6; i++)
		ck_assert_uint_eq(rates_take_subscriber(rates, 1), 0);
	ck_assert_uint_gt(rates_take_subscriber(rates, 1), 0);
}
END_TEST

START_TEST(one_does_not_pay_for_another)
{
	struct netaddr four, six, same64, other64;

	netaddr_parse(&four, "192.0.2.1");
	netaddr_parse(&six, "2001:db8::1");
	netaddr_parse(&same64, "2001:db8::2");
	netaddr_parse(&other64, "2001:db8:0:1::1");

	drain(1);
	ck_assert_uint_eq(rates_take_subscriber(rates, 2), 0);
	ck_assert_uint_eq(rates_take_address(rates, &four), 0);
	while (!rates_take_address(rates, &six))
		;
	ck_assert_uint_gt(rates_take_address(rates, &same64), 0);
	ck_assert_uint_eq(rates_take_address(rates, &other64), 0);
}
END_TEST

START_TEST(a_flood_is_survived)
{
	int64_t subscriber;

	for (subscriber = 0; subscriber < 100000; subscriber++)
		ck_assert_uint_eq(rates_take_subscriber(rates, subscriber), 0);
}
END_TEST

START_TEST(zero_is_no_limit)
{
	struct rates *unlimited;
	int i;

	ck_assert_int_eq(rates_new(&unlimited, 0), 0);
	for (i = 0; i < 1000; i++)
		ck_assert_uint_eq(rates_take_subscriber(unlimited, 1), 0);
	rates_free(unlimited);
}
END_TEST

Suite *rate_suite(void)
{
	Suite *suite = suite_create("rate");
	TCase *tests = tcase_create("rate");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, allows_so_many_at_once);
	tcase_add_test(tests, says_how_long_to_wait_and_means_it);
	tcase_add_test(tests, asking_often_does_not_delay_the_next);
	tcase_add_test(tests, saves_up_no_more_than_a_minute);
	tcase_add_test(tests, one_does_not_pay_for_another);
	tcase_add_test(tests, a_flood_is_survived);
	tcase_add_test(tests, zero_is_no_limit);
	suite_add_tcase(suite, tests);
	return suite;
}
