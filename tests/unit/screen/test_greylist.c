/* Who passes at the second try: who waited, by the same number to the same
 * callee, in time. */
#include "screen/greylist.h"

#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"
#include "callsieve/core/metrics.h"
#include "callsieve/history.h"
#include "callsieve/model/facts.h"

#include "suites.h"

#define AFTER_S	 8
#define WINDOW_S 3600

static const struct config config = {
	.greylist = {.after_s = AFTER_S, .window_s = WINDOW_S},
};
static const struct facts facts = {
	.caller = {NUMBER_E164, "+12125550144"},
	.callee = {NUMBER_E164, "+13035550199"},
};

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

/* A call of this pair so many seconds after the last one. */
static bool passes(const struct facts *call, unsigned later_s)
{
	now_fake_advance_ms((int64_t)later_s * 1000);
	return greylist_passes(tries, &config, call);
}

static const struct {
	unsigned first_s, second_s; /* pauses before the two redials */
	bool first, second;
} redials[] = {
	{AFTER_S, 0, true, true},
	{AFTER_S - 1, 1, false, true},
	{0, AFTER_S, false, true},
	{WINDOW_S, 0, true, true},
	/* Forgotten: it is the first once more, and so is the next but one. */
	{WINDOW_S + 1, 0, false, false},
	{WINDOW_S + 1, AFTER_S, false, true},
	{AFTER_S, WINDOW_S, true, true},
	{AFTER_S, WINDOW_S + 1, true, false},
};

START_TEST(redial_passes_after_a_while_and_within_the_window)
{
	ck_assert(!passes(&facts, 0));
	ck_assert_int_eq(passes(&facts, redials[_i].first_s),
			 redials[_i].first);
	ck_assert_int_eq(passes(&facts, redials[_i].second_s),
			 redials[_i].second);
}
END_TEST

static const struct facts others[] = {
	{.caller = {NUMBER_E164, "+12125550145"},
	 .callee = {NUMBER_E164, "+13035550199"}},
	{.caller = {NUMBER_E164, "+12125550144"},
	 .callee = {NUMBER_E164, "+13035550198"}},
	/* Where one number ends and the other begins counts. */
	{.caller = {NUMBER_E164, "+1212555014"},
	 .callee = {NUMBER_E164, "4+13035550199"}},
	{.caller = {NUMBER_MALFORMED, "+12125550144"},
	 .callee = {NUMBER_E164, "+13035550199"}},
};

START_TEST(redial_of_another_pair_is_a_first_try)
{
	ck_assert(!passes(&facts, 0));
	ck_assert(!passes(&others[_i], AFTER_S));
	ck_assert(passes(&facts, 0));
}
END_TEST

/* Redialling without a pause gets nobody through, until there is one. */
START_TEST(hammering_does_not_pass)
{
	for (int i = 0; i < 60; i++)
		ck_assert_msg(!passes(&facts, i > 0), "try %d passes", i);
	ck_assert(passes(&facts, AFTER_S));
}
END_TEST

Suite *greylist_suite(void)
{
	Suite *suite = suite_create("greylist");
	TCase *tc = tcase_create("greylist");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc,
			    redial_passes_after_a_while_and_within_the_window,
			    0, sizeof(redials) / sizeof(*redials));
	tcase_add_loop_test(tc, redial_of_another_pair_is_a_first_try, 0,
			    sizeof(others) / sizeof(*others));
	tcase_add_test(tc, hammering_does_not_pass);
	suite_add_tcase(suite, tc);
	return suite;
}
