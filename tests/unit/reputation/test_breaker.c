#include "reputation/breaker.h"
#include "suites.h"

#define LIMIT	3
#define OPEN_MS 1000

static bool failure(struct breaker *breaker, uint64_t now)
{
	return breaker_failure(breaker, now, LIMIT, OPEN_MS);
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

	ck_assert(!breaker_allows(&breaker, 0));
	ck_assert(!breaker_allows(&breaker, OPEN_MS - 1));
	ck_assert(breaker_allows(&breaker, OPEN_MS));
}
END_TEST

START_TEST(success_between_starts_the_count_anew)
{
	struct breaker breaker = {0};

	for (int i = 0; i < 10; i++) {
		ck_assert(!failure(&breaker, 0));
		ck_assert(!failure(&breaker, 0));
		ck_assert(!breaker_success(&breaker));
	}
	ck_assert(breaker_allows(&breaker, 0));
}
END_TEST

START_TEST(one_probe_at_a_time)
{
	struct breaker breaker = opened();

	breaker_begin(&breaker);
	ck_assert(!breaker_allows(&breaker, OPEN_MS));
	ck_assert(!breaker_allows(&breaker, 100 * OPEN_MS));
}
END_TEST

START_TEST(good_probe_closes_it)
{
	struct breaker breaker = opened();

	breaker_begin(&breaker);
	ck_assert(breaker_success(&breaker));
	ck_assert(breaker_allows(&breaker, OPEN_MS));
	/* And it is as good as new. */
	ck_assert(!failure(&breaker, OPEN_MS));
	ck_assert(breaker_allows(&breaker, OPEN_MS));
}
END_TEST

START_TEST(bad_probe_opens_it_for_as_long_again)
{
	struct breaker breaker = opened();

	breaker_begin(&breaker);
	ck_assert(!failure(&breaker, OPEN_MS)); /* was open all along */
	ck_assert(!breaker_allows(&breaker, 2 * OPEN_MS - 1));
	ck_assert(breaker_allows(&breaker, 2 * OPEN_MS));
}
END_TEST

START_TEST(stragglers_do_not_prolong_it)
{
	struct breaker breaker = opened();

	ck_assert(!failure(&breaker, OPEN_MS - 1));
	ck_assert(breaker_allows(&breaker, OPEN_MS));
}
END_TEST

START_TEST(without_limit_it_never_opens)
{
	struct breaker breaker = {0};

	for (int i = 0; i < 1000; i++)
		ck_assert(!breaker_failure(&breaker, 0, 0, OPEN_MS));
	ck_assert(breaker_allows(&breaker, 0));
}
END_TEST

Suite *breaker_suite(void)
{
	Suite *suite = suite_create("breaker");
	TCase *tc = tcase_create("breaker");

	tcase_add_test(tc, failures_in_a_row_open_it);
	tcase_add_test(tc, success_between_starts_the_count_anew);
	tcase_add_test(tc, one_probe_at_a_time);
	tcase_add_test(tc, good_probe_closes_it);
	tcase_add_test(tc, bad_probe_opens_it_for_as_long_again);
	tcase_add_test(tc, stragglers_do_not_prolong_it);
	tcase_add_test(tc, without_limit_it_never_opens);
	suite_add_tcase(suite, tc);
	return suite;
}
