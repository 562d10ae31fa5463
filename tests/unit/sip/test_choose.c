#include "sip/internal.h"

#include "suites.h"

#define ROUNDS 100000
#define MANY   4

/* SplitMix64: the same numbers in each run. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* Counts who is chosen. */
static void count(unsigned counts[MANY], const unsigned *weights, size_t n)
{
	uint64_t state = 1;

	for (size_t i = 0; i < MANY; i++)
		counts[i] = 0;
	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t at = choose_weighted(weights, n, next(&state));

		ck_assert_uint_lt(at, n);
		counts[at]++;
	}
}

static void claim_share(unsigned counted, double share)
{
	ck_assert_double_ge(counted, ROUNDS * (share - 0.01));
	ck_assert_double_le(counted, ROUNDS * (share + 0.01));
}

START_TEST(each_has_its_share_by_weight)
{
	static const unsigned weights[] = {70, 20, 10};
	unsigned counts[MANY];

	count(counts, weights, 3);
	claim_share(counts[0], 0.7);
	claim_share(counts[1], 0.2);
	claim_share(counts[2], 0.1);
}
END_TEST

START_TEST(equal_weights_share_equally)
{
	static const unsigned weights[] = {1000, 1000, 1000, 1000};
	unsigned counts[MANY];

	count(counts, weights, 4);
	for (int i = 0; i < 4; i++)
		claim_share(counts[i], 0.25);
}
END_TEST

/* RFC 2782: "a very small chance". */
START_TEST(weight_zero_is_hardly_ever_chosen)
{
	static const unsigned weights[] = {0, 999, 0, 1000};
	unsigned counts[MANY];

	count(counts, weights, 4);
	ck_assert_uint_gt(counts[0] + counts[2], 0);
	ck_assert_uint_lt(counts[0] + counts[2], ROUNDS / 1000);
	claim_share(counts[1], 0.5);
	claim_share(counts[3], 0.5);
}
END_TEST

START_TEST(without_weights_all_are_equal)
{
	static const unsigned weights[] = {0, 0, 0};
	unsigned counts[MANY];

	count(counts, weights, 3);
	for (int i = 0; i < 3; i++)
		claim_share(counts[i], 1 / 3.0);
}
END_TEST

START_TEST(largest_weights_do_not_overflow)
{
	static const unsigned weights[] = {UINT32_MAX, UINT32_MAX};
	unsigned counts[MANY];

	count(counts, weights, 2);
	claim_share(counts[0], 0.5);
	claim_share(counts[1], 0.5);
}
END_TEST

Suite *choose_suite(void)
{
	Suite *suite = suite_create("choose");
	TCase *tests = tcase_create("choose");

	tcase_add_test(tests, each_has_its_share_by_weight);
	tcase_add_test(tests, equal_weights_share_equally);
	tcase_add_test(tests, weight_zero_is_hardly_ever_chosen);
	tcase_add_test(tests, without_weights_all_are_equal);
	tcase_add_test(tests, largest_weights_do_not_overflow);
	suite_add_tcase(suite, tests);
	return suite;
}
