#include "sip/internal.h"

#include <stdlib.h>

#include "callsieve/core/loop.h"
#include "suites.h"

static struct loop *loop;
static struct config config;
static struct config_trunk trunk;
static struct sip sip;
static struct trunk_load *load;

static void setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
	config = (struct config){.max_loop_lag_ms = 60000};
	trunk = (struct config_trunk){0};
	sip = (struct sip){.loop = loop, .config = &config};
	load = trunk_load_for(&sip, "carrier");
}

static void teardown(void)
{
	free(load);
	loop_free(loop);
}

static const char *refusal(void)
{
	return admit_refusal(&sip, &trunk, load);
}

START_TEST(without_limits_all_pass)
{
	sip.load = load->load = (struct load){1000000, 1000000, 1000000};
	ck_assert_ptr_null(refusal());
}
END_TEST

START_TEST(each_limit_says_no_when_it_is_reached)
{
	config.limits = (struct config_limits){
		.max_calls = 5, .max_setup = 4, .max_unacked = 3};
	sip.load = (struct load){4, 3, 2};
	ck_assert_ptr_null(refusal());
	sip.load = (struct load){5, 0, 0};
	ck_assert_str_eq(refusal(), "calls");
	sip.load = (struct load){4, 4, 0};
	ck_assert_str_eq(refusal(), "setup");
	sip.load = (struct load){4, 0, 3};
	ck_assert_str_eq(refusal(), "unacked");
}
END_TEST

START_TEST(trunk_has_limits_of_its_own)
{
	struct trunk_load *other = trunk_load_for(&sip, "other");

	trunk.limits.max_calls = 2;
	other->load.calls = 2;
	ck_assert_ptr_null(refusal());
	ck_assert_str_eq(admit_refusal(&sip, &trunk, other), "calls");
	ck_assert_ptr_eq(trunk_load_for(&sip, "other"), other);
	free(other);
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
	tcase_add_test(tests, drain_says_no_to_all);
	tcase_add_test(tests, states_count_where_they_belong);
	suite_add_tcase(suite, tests);
	return suite;
}
