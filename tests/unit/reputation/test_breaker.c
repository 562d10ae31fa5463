#include "reputation/breaker.h"
#include "suites.h"

static const struct breaker_limits limits = {
	.failures = 3,
	.percent = 50,
	.probe_percent = 10,
	.window_ms = 10000,
	.open_ms = 1000,
};

#define OPEN_MS 1000

static bool failure(struct breaker *breaker, uint64_t now)
{
	return breaker_failure(breaker, &limits, now);
}

static bool success(struct breaker *breaker, uint64_t now)
{
	return breaker_success(breaker, &limits, now);
}

static bool allows(const struct breaker *breaker, uint64_t now)
{
	return breaker_allows(breaker, &limits, now);
}

/* Open since time 0. */
static struct breaker opened(void)
{
	struct breaker breaker = {0};

	ck_assert(!failure(&breaker, 0));
	ck_assert(!failure(&breaker, 0));
	ck_assert(failure(&breaker, 0));
	return breaker;
}

START_TEST(failures_in_a_row_open_it)
{
	struct breaker breaker = opened();

	ck_assert(!allows(&breaker, 0));
	ck_assert(!allows(&breaker, OPEN_MS - 1));
	ck_assert(allows(&breaker, OPEN_MS));
}
END_TEST

START_TEST(failures_far_apart_open_it_too)
{
	struct breaker breaker = {0};

	ck_assert(!failure(&breaker, 0));
	ck_assert(!failure(&breaker, 3600000));
	ck_assert(failure(&breaker, 7200000));
}
END_TEST

START_TEST(half_of_the_window_failing_opens_it)
{
	struct breaker breaker = {0};
	uint64_t now = 0;

	for (int i = 0; i < 2; i++, now += 100) {
		ck_assert(!success(&breaker, now));
		ck_assert(!failure(&breaker, now));
	}
	ck_assert(!success(&breaker, now));
	ck_assert(failure(&breaker, now));
}
END_TEST

START_TEST(less_than_that_does_not)
{
	struct breaker breaker = {0};

	for (uint64_t now = 0; now < 100000; now += 10) {
		ck_assert(!success(&breaker, now));
		ck_assert(!success(&breaker, now));
		ck_assert(!failure(&breaker, now));
	}
	ck_assert(allows(&breaker, 100000));
}
END_TEST

START_TEST(what_lies_before_the_window_is_forgotten)
{
	struct breaker breaker = {0};

	for (int i = 0; i < 1000; i++)
		ck_assert(!success(&breaker, 0));
	ck_assert(!failure(&breaker, 20000));
	ck_assert(!success(&breaker, 20000));
	ck_assert(!failure(&breaker, 20000));
	ck_assert(!success(&breaker, 20000));
	ck_assert(failure(&breaker, 20000));
}
END_TEST

START_TEST(some_questions_are_probes)
{
	struct breaker breaker = opened();
	unsigned probes = 0;

	ck_assert(allows(&breaker, OPEN_MS)); /* the first */
	breaker_begin(&breaker);
	for (int i = 0; i < 100; i++)
		if (allows(&breaker, OPEN_MS)) {
			breaker_begin(&breaker);
			probes++;
		} else {
			breaker_refused(&breaker);
		}
	ck_assert_uint_eq(probes, 10);
}
END_TEST

START_TEST(good_probes_close_it)
{
	struct breaker breaker = opened();

	for (int i = 0; i < 3; i++) {
		ck_assert(breaker.open);
		ck_assert(allows(&breaker, OPEN_MS));
		breaker_begin(&breaker);
		ck_assert(!allows(&breaker, OPEN_MS));
		ck_assert(success(&breaker, OPEN_MS) == (i == 2));
	}
	ck_assert(allows(&breaker, OPEN_MS));
	/* And it is as good as new. */
	ck_assert(!failure(&breaker, OPEN_MS));
	ck_assert(allows(&breaker, OPEN_MS));
}
END_TEST

START_TEST(bad_probe_opens_it_for_as_long_again)
{
	struct breaker breaker = opened();

	ck_assert(!success(&breaker, OPEN_MS));
	ck_assert(!success(&breaker, OPEN_MS));
	ck_assert(!failure(&breaker, OPEN_MS)); /* was open all along */
	ck_assert(!allows(&breaker, 2 * OPEN_MS - 1));
	ck_assert(allows(&breaker, 2 * OPEN_MS));
	/* What was good before does not count. */
	ck_assert(!success(&breaker, 2 * OPEN_MS));
	ck_assert(breaker.open);
}
END_TEST

START_TEST(stragglers_change_nothing)
{
	struct breaker breaker = opened();

	ck_assert(!failure(&breaker, OPEN_MS - 1));
	for (int i = 0; i < 3; i++)
		ck_assert(!success(&breaker, OPEN_MS - 1));
	ck_assert(!allows(&breaker, OPEN_MS - 1));
	ck_assert(allows(&breaker, OPEN_MS));
}
END_TEST

START_TEST(without_limit_it_never_opens)
{
	struct breaker breaker = {0};
	struct breaker_limits none = limits;

	none.failures = 0;
	for (int i = 0; i < 1000; i++)
		ck_assert(!breaker_failure(&breaker, &none, 0));
	ck_assert(allows(&breaker, 0));
}
END_TEST

Suite *breaker_suite(void)
{
	Suite *suite = suite_create("breaker");
	TCase *tc = tcase_create("breaker");

	tcase_add_test(tc, failures_in_a_row_open_it);
	tcase_add_test(tc, failures_far_apart_open_it_too);
	tcase_add_test(tc, half_of_the_window_failing_opens_it);
	tcase_add_test(tc, less_than_that_does_not);
	tcase_add_test(tc, what_lies_before_the_window_is_forgotten);
	tcase_add_test(tc, some_questions_are_probes);
	tcase_add_test(tc, good_probes_close_it);
	tcase_add_test(tc, bad_probe_opens_it_for_as_long_again);
	tcase_add_test(tc, stragglers_change_nothing);
	tcase_add_test(tc, without_limit_it_never_opens);
	suite_add_tcase(suite, tc);
	return suite;
}
