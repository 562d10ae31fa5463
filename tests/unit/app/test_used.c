/* A token passes once: also when there are more than find room. */
#include "app/used.h"

#include "callsieve/core/metrics.h"

#include "suites.h"

#define NOW	1800000000
#define VALID_S 180
#define SET	16384 /* keys so far apart share a set */
#define WAYS	16

static struct used *used;

static void setup(void)
{
	ck_assert_int_eq(used_new(&used), 0);
}

static void teardown(void)
{
	used_free(used);
}

static bool take(uint64_t key, int64_t expires_s, int64_t now)
{
	return used_take(used, key, expires_s, now);
}

static int64_t evicted(void)
{
	return metric_get(METRIC_CHALLENGE_USED_EVICTED);
}

START_TEST(token_passes_once)
{
	ck_assert(take(1, NOW + VALID_S, NOW));
	ck_assert(!take(1, NOW + VALID_S, NOW));
	ck_assert(!take(1, NOW + VALID_S, NOW + VALID_S));
	ck_assert(take(2, NOW + VALID_S, NOW));
	/* Another one of the same key, and in the same set. */
	ck_assert(take(1, NOW + VALID_S + 1, NOW));
	ck_assert(take(1 + SET, NOW + VALID_S, NOW));
}
END_TEST

START_TEST(expired_make_room)
{
	int64_t before = evicted();

	for (int i = 0; i < 10 * WAYS; i++)
		ck_assert(take((uint64_t)i * SET, NOW + i * 20 + VALID_S,
			       NOW + i * 20));
	ck_assert_int_eq(evicted(), before);
}
END_TEST

/* In whatever order they come, each passes the first time. */
static const int orders[][2] = {{0, 1}, {3 * WAYS - 1, -1}};

START_TEST(none_passes_twice_without_room)
{
	int64_t before = evicted();
	int i, at, passed = 0;

	for (i = 0, at = orders[_i][0]; i < 3 * WAYS; i++, at += orders[_i][1])
		passed += take((uint64_t)at * SET, NOW + 100 + at, NOW);
	for (i = 0; i < 3 * WAYS; i++)
		ck_assert(!take((uint64_t)i * SET, NOW + 100 + i, NOW));
	/* Those that come in order, as they mostly do, have all passed. */
	ck_assert_int_eq(passed, orders[_i][1] > 0 ? 3 * WAYS : WAYS + 1);
	ck_assert_int_eq(evicted() - before, passed - WAYS);
	/* The set next to it knows nothing of it. */
	ck_assert(take(1, NOW + 1, NOW));
	/* And this one goes on when those have expired. */
	ck_assert(take(0, NOW + 1000, NOW + 500));
	ck_assert_int_eq(evicted() - before, passed - WAYS);
}
END_TEST

/* The finaliser of splitmix64, for keys as random as an HMAC's. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/* 300 a second for an hour. */
START_TEST(many_pass_all_once)
{
	int64_t before = evicted(), now;

	for (int i = 0; i < 300 * 3600; i++) {
		now = NOW + i / 300;
		ck_assert(take(mix((uint64_t)i), now + VALID_S, now));
	}
	ck_assert_int_le(evicted() - before, 50);
}
END_TEST

Suite *used_suite(void)
{
	Suite *suite = suite_create("used");
	TCase *tc = tcase_create("used");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, token_passes_once);
	tcase_add_test(tc, expired_make_room);
	tcase_add_loop_test(tc, none_passes_twice_without_room, 0, 2);
	tcase_add_test(tc, many_pass_all_once);
	suite_add_tcase(suite, tc);
	return suite;
}
