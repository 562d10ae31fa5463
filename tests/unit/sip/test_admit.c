#include "sip/internal.h"

#include <stdlib.h>

#include "callsieve/core/loop.h"
#include "suites.h"

#define TRUNKS 4
#define SECOND 1000000ull
#define THEN   (1000 * SECOND)

#define LOAD(a, b, c)                                                          \
	(struct load)                                                          \
	{                                                                      \
		.calls = (a), .setup = (b), .unacked = (c)                     \
	}

static struct loop *loop;
static struct config config;
static struct config_trunk trunks[TRUNKS];
static struct sip sip;
static struct trunk_load *load; /* of the first */

static void setup(void)
{
	static char *const names[TRUNKS] = {"carrier", "a", "b", "c"};

	ck_assert_int_eq(loop_new(&loop), 0);
	for (size_t i = 0; i < TRUNKS; i++)
		trunks[i] = (struct config_trunk){.name = names[i]};
	config = (struct config){
		.max_loop_lag_ms = 60000, .trunks = trunks, .trunks_count = 1};
	sip = (struct sip){.loop = loop, .config = &config};
	config.trunks_count = TRUNKS;
	sip.loads = trunk_loads_new(&sip, &config);
	config.trunks_count = 1;
	load = sip.loads[0];
}

static void teardown(void)
{
	trunk_loads_free(&sip);
	loop_free(loop);
}

static const char *refusal_of(size_t trunk, uint64_t now)
{
	const struct limit *limit =
		admit_refusal(&sip, &trunks[trunk], sip.loads[trunk], now);

	return limit ? limit->name : NULL;
}

static const char *refusal(void)
{
	return refusal_of(0, THEN);
}

START_TEST(without_limits_all_pass)
{
	sip.load = load->load = LOAD(1000000, 1000000, 1000000);
	ck_assert_ptr_null(refusal());
}
END_TEST

START_TEST(each_limit_says_no_when_it_is_reached)
{
	config.limits = (struct config_limits){
		.max_calls = 5, .max_setup = 4, .max_unacked = 3};
	load->load = sip.load = LOAD(4, 3, 2);
	ck_assert_ptr_null(refusal());
	load->load = sip.load = LOAD(5, 0, 0);
	ck_assert_str_eq(refusal(), "calls");
	load->load = sip.load = LOAD(4, 4, 0);
	ck_assert_str_eq(refusal(), "setup");
	load->load = sip.load = LOAD(4, 0, 3);
	ck_assert_str_eq(refusal(), "unacked");
}
END_TEST

START_TEST(trunk_has_limits_of_its_own)
{
	trunks[0].limits = (struct config_limits){
		.max_calls = 5, .max_setup = 4, .max_unacked = 3};
	sip.load = LOAD(9, 9, 9);
	load->load = LOAD(4, 3, 2);
	ck_assert_ptr_null(refusal());
	load->load = LOAD(5, 0, 0);
	ck_assert_str_eq(refusal(), "trunk-calls");
	ck_assert_ptr_null(refusal_of(1, THEN));
	load->load = LOAD(4, 4, 0);
	ck_assert_str_eq(refusal(), "trunk-setup");
	load->load = LOAD(4, 0, 3);
	ck_assert_str_eq(refusal(), "trunk-unacked");
}
END_TEST

START_TEST(load_of_a_trunk_outlives_a_configuration)
{
	struct trunk_load **again = trunk_loads_new(&sip, &config);

	ck_assert_ptr_eq(again[0], load);
	ck_assert_ptr_eq(trunk_load_of(&sip, &config.trunks[0]), load);
	free(again);
}
END_TEST

/* A trunk that holds everything leaves the others their shares. */
START_TEST(who_has_less_than_an_equal_share_passes_all_the_same)
{
	config.trunks_count = TRUNKS;
	config.limits.max_calls = 8;
	sip.load.calls = load->load.calls = 8;
	ck_assert_str_eq(refusal(), "calls");
	sip.load.calls = 9;
	sip.loads[1]->load.calls = 1;
	ck_assert_ptr_null(refusal_of(1, THEN));
	sip.load.calls = 10;
	sip.loads[1]->load.calls = 2;
	ck_assert_str_eq(refusal_of(1, THEN), "calls");
	ck_assert_ptr_null(refusal_of(2, THEN));
}
END_TEST

static unsigned admitted(size_t trunk, unsigned attempts, uint64_t now)
{
	unsigned n = 0;

	while (attempts--) {
		if (refusal_of(trunk, now))
			continue;
		admit_take(&sip, &trunks[trunk], sip.loads[trunk], now);
		n++;
	}
	return n;
}

START_TEST(rate_is_that_of_the_trunk)
{
	trunks[0].limits =
		(struct config_limits){.max_calls_per_s = 10, .calls_burst = 3};
	ck_assert_uint_eq(admitted(0, 100, THEN), 3);
	ck_assert_str_eq(refusal(), "trunk-rate");
	ck_assert_uint_eq(admitted(0, 100, THEN + SECOND / 10), 1);
	ck_assert_uint_eq(admitted(0, 100, THEN + SECOND), 3);
	ck_assert_uint_eq(admitted(1, 100, THEN), 100);
	trunks[0].limits.calls_burst = 0;
	ck_assert_uint_eq(admitted(0, 100, THEN + 9 * SECOND), 10);
}
END_TEST

/* Ten attempts of the one for each of the other. */
START_TEST(flood_of_one_trunk_leaves_the_rate_of_another_alone)
{
	unsigned flood = 0, calm = 0;

	config.trunks_count = 2;
	config.limits.max_calls_per_s = 100;
	config.limits.calls_burst = 10;
	for (unsigned ms = 0; ms < 10000; ms += 2) {
		uint64_t now = THEN + ms * 1000ull;

		flood += admitted(0, 1, now);
		if (ms % 20 == 0)
			calm += admitted(1, 1, now);
	}
	ck_assert_uint_eq(calm, 500);
	ck_assert_uint_ge(flood, 490);
	ck_assert_uint_le(flood + calm, 1000 + 10 + 10);
}
END_TEST

/* What a trunk had while nobody else called is not held against it. */
START_TEST(trunk_that_had_all_the_rate_still_gets_its_share)
{
	unsigned first = 0, second = 0;

	config.trunks_count = 2;
	config.limits.max_calls_per_s = 100;
	for (unsigned ms = 0; ms < 10000; ms++)
		first += admitted(0, 1, THEN + ms * 1000ull);
	ck_assert_uint_ge(first, 1000);
	first = 0;
	for (unsigned ms = 10000; ms < 20000; ms++) {
		second += admitted(1, 1, THEN + ms * 1000ull);
		first += admitted(0, 1, THEN + ms * 1000ull);
	}
	ck_assert_uint_ge(first, 490);
	ck_assert_uint_ge(second, 490);
	ck_assert_uint_le(first + second, 1000 + 100 + 50 + 50);
}
END_TEST

/* What the trunk's own limits refuse costs the others nothing. */
START_TEST(refusal_takes_no_token)
{
	config.trunks_count = 2;
	config.limits.max_calls_per_s = 10;
	trunks[0].limits.max_calls_per_s = 2;
	ck_assert_uint_eq(admitted(0, 1000, THEN), 2);
	ck_assert_uint_ge(admitted(1, 1000, THEN), 8);
}
END_TEST

START_TEST(drain_says_no_to_all)
{
	sip.draining = true;
	ck_assert_str_eq(refusal(), "draining");
}
END_TEST

START_TEST(states_count_where_they_belong)
{
	struct call call = {.sip = &sip, .load = load};

	load_count(&call, CALL_ENDING, CALL_SCREENING);
	load_count(&call, CALL_SCREENING, CALL_TRYING);
	ck_assert_uint_eq(sip.load.setup, 1);
	ck_assert_uint_eq(load->load.setup, 1);
	load_count(&call, CALL_TRYING, CALL_RINGING);
	load_count(&call, CALL_RINGING, CALL_ANSWERED);
	ck_assert_uint_eq(sip.load.setup, 0);
	ck_assert_uint_eq(sip.load.unacked, 1);
	load_count(&call, CALL_ANSWERED, CALL_UP);
	load_count(&call, CALL_UP, CALL_ENDING);
	ck_assert_uint_eq(sip.load.unacked, 0);
	ck_assert_uint_eq(load->load.unacked, 0);
}
END_TEST

Suite *admit_suite(void)
{
	Suite *suite = suite_create("admit");
	TCase *tests = tcase_create("admit");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, without_limits_all_pass);
	tcase_add_test(tests, each_limit_says_no_when_it_is_reached);
	tcase_add_test(tests, trunk_has_limits_of_its_own);
	tcase_add_test(tests, load_of_a_trunk_outlives_a_configuration);
	tcase_add_test(tests,
		       who_has_less_than_an_equal_share_passes_all_the_same);
	tcase_add_test(tests, rate_is_that_of_the_trunk);
	tcase_add_test(tests,
		       flood_of_one_trunk_leaves_the_rate_of_another_alone);
	tcase_add_test(tests, trunk_that_had_all_the_rate_still_gets_its_share);
	tcase_add_test(tests, refusal_takes_no_token);
	tcase_add_test(tests, drain_says_no_to_all);
	tcase_add_test(tests, states_count_where_they_belong);
	suite_add_tcase(suite, tests);
	return suite;
}
