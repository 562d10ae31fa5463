/* What is remembered of pairs, and of whom when there are too many. */
#include <stdio.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"
#include "callsieve/history.h"

#include "suites.h"

#define AGE_S 3600

static struct tries *tries;

static void setup(void)
{
	now_fake(1800000000000);
	ck_assert_int_eq(tries_new(&tries, METRIC_GREYLIST_EVICTED), 0);
}

static void teardown(void)
{
	tries_free(tries);
}

static uint64_t pair(int caller)
{
	struct number from = {.kind = NUMBER_E164};
	struct number to = {NUMBER_E164, "+12125550101"};

	snprintf(from.text, sizeof(from.text), "+1312%07d", 2000000 + caller);
	return tries_key(tries, &from, &to);
}

static int64_t evicted(void)
{
	return metric_get(METRIC_GREYLIST_EVICTED);
}

static void put(int from, int to)
{
	for (int i = from; i < to; i++)
		tries_put(tries, pair(i), AGE_S);
}

static int found(int from, int to)
{
	int n = 0;

	for (int i = from; i < to; i++)
		n += tries_find(tries, pair(i), AGE_S) != NULL;
	return n;
}

START_TEST(pair_is_found_for_so_long)
{
	static const struct {
		int64_t ms;
		bool found;
	} ages[] = {{0, true}, {AGE_S * 1000, true}, {1000, false}};

	put(0, 1);
	for (size_t i = 0; i < 3; i++) {
		now_fake_advance_ms(ages[i].ms);
		ck_assert_int_eq(found(0, 1), ages[i].found);
		ck_assert_int_eq(found(1, 2), 0);
	}
}
END_TEST

/* 60 calls a second by strangers, for as long as the greylist remembers. */
START_TEST(many_pairs_are_all_remembered)
{
	int64_t before = evicted();

	put(0, 60000);
	ck_assert_int_ge(found(0, 60000), 59990);
	ck_assert_int_eq(evicted() - before, 60000 - found(0, 60000));
}
END_TEST

START_TEST(those_past_their_time_make_room_uncounted)
{
	int64_t before;

	put(0, 400000);
	before = evicted();
	ck_assert_int_gt(before, 0);
	now_fake_advance_ms((AGE_S + 1) * 1000);
	put(400000, 430000);
	ck_assert_int_eq(evicted(), before);
	ck_assert_int_eq(found(400000, 430000), 30000);
}
END_TEST

START_TEST(flood_spares_those_who_passed)
{
	int64_t before = evicted();
	int i;

	for (i = 0; i < 1000; i++)
		tries_put(tries, pair(i), AGE_S)->passed = true;
	now_fake_advance_ms(10000);
	put(1000, 600000);
	ck_assert_int_eq(found(0, 1000), 1000);
	ck_assert_int_gt(evicted(), before + 300000);
	/* Of the flood itself the latest. */
	now_fake_advance_ms(1000);
	put(600000, 610000);
	ck_assert_int_eq(found(600000, 610000), 10000);
}
END_TEST

START_TEST(same_pair_again_evicts_nobody)
{
	int64_t before = evicted();

	for (int i = 0; i < 100; i++)
		put(0, 1);
	ck_assert_int_eq(evicted(), before);
}
END_TEST

Suite *tries_suite(void)
{
	Suite *suite = suite_create("tries");
	TCase *tc = tcase_create("tries");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, pair_is_found_for_so_long);
	tcase_add_test(tc, many_pairs_are_all_remembered);
	tcase_add_test(tc, those_past_their_time_make_room_uncounted);
	tcase_add_test(tc, flood_spares_those_who_passed);
	tcase_add_test(tc, same_pair_again_evicts_nobody);
	suite_add_tcase(suite, tc);
	return suite;
}
