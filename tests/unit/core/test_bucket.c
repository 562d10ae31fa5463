#include "callsieve/core/bucket.h"

#include "callsieve/core/log_limit.h"

#include "suites.h"

#define SECOND	 1000000ull
#define THEN	 (12345 * SECOND)
#define MANY	 200000
#define FEW_KEYS 100
#define VICTIM	 7

static unsigned take_at_once(struct bucket *bucket, const struct rate *rate,
			     uint64_t now)
{
	unsigned n = 0;

	while (n < 1000 && bucket_has(bucket, rate, now)) {
		bucket_take(bucket, rate, now);
		n++;
	}
	return n;
}

START_TEST(as_many_at_once_as_the_burst)
{
	struct rate rate = rate_of(10, SECOND, 25);
	struct bucket bucket = {0};

	ck_assert_uint_eq(take_at_once(&bucket, &rate, THEN), 25);
	ck_assert_uint_eq(take_at_once(&bucket, &rate, THEN + SECOND), 10);
	ck_assert_uint_eq(take_at_once(&bucket, &rate, THEN + SECOND), 0);
	ck_assert_uint_eq(take_at_once(&bucket, &rate, THEN + 60 * SECOND), 25);
}
END_TEST

START_TEST(long_run_is_the_rate)
{
	struct rate rate = rate_of(10, SECOND, 3);
	struct bucket bucket = {0};
	unsigned n = 0;

	for (unsigned ms = 0; ms < 10000; ms++)
		n += take_at_once(&bucket, &rate, THEN + ms * 1000ull);
	ck_assert_uint_eq(n, 3 + 99);
}
END_TEST

START_TEST(what_was_taken_beyond_comes_back_first)
{
	struct rate rate = rate_of(1, SECOND, 1);
	struct bucket bucket = {0};

	for (int i = 0; i < 5; i++)
		bucket_take(&bucket, &rate, THEN);
	ck_assert(!bucket_has(&bucket, &rate, THEN + 5 * SECOND - 1));
	ck_assert(bucket_has(&bucket, &rate, THEN + 5 * SECOND));
}
END_TEST

START_TEST(each_key_has_its_own)
{
	struct rate rate = rate_of(2, SECOND, 2);
	struct buckets *buckets = buckets_new();

	for (uint64_t key = 0; key < FEW_KEYS; key++) {
		ck_assert(buckets_take(buckets, key, &rate, THEN));
		ck_assert(buckets_has(buckets, key, &rate, THEN));
		ck_assert(buckets_take(buckets, key, &rate, THEN));
		ck_assert(!buckets_has(buckets, key, &rate, THEN));
		ck_assert(!buckets_take(buckets, key, &rate, THEN));
	}
	ck_assert(buckets_take(buckets, 1, &rate, THEN + SECOND / 2));
	ck_assert(!buckets_take(buckets, 1, &rate, THEN + SECOND / 2));
	buckets_free(buckets);
}
END_TEST

/* However many keys come by, the one that took all it had stays refused, and
 * none of them is refused for want of room. */
START_TEST(flood_of_keys_neither_frees_the_busiest_nor_refuses_the_rest)
{
	struct rate rate = rate_of(10, SECOND, 10);
	struct buckets *buckets = buckets_new();

	while (buckets_take(buckets, VICTIM, &rate, THEN))
		;
	for (uint64_t key = 1000; key < 1000 + MANY; key++)
		ck_assert(buckets_take(buckets, key, &rate, THEN));
	ck_assert(!buckets_has(buckets, VICTIM, &rate, THEN));
	buckets_free(buckets);
}
END_TEST

START_TEST(log_gets_a_few_lines_then_one_a_second_and_the_count_of_the_rest)
{
	struct log_limit limit = {0};
	unsigned long left_out;
	unsigned lines = 0;

	for (int i = 0; i < 1000; i++)
		lines += log_limit_pass(&limit, THEN, &left_out);
	ck_assert_uint_eq(lines, 5);
	ck_assert_uint_eq(left_out, 0);
	ck_assert(log_limit_pass(&limit, THEN + SECOND, &left_out));
	ck_assert_uint_eq(left_out, 995);
	ck_assert(!log_limit_pass(&limit, THEN + SECOND, &left_out));
	ck_assert(log_limit_pass(&limit, THEN + 2 * SECOND, &left_out));
	ck_assert_uint_eq(left_out, 1);
}
END_TEST

Suite *bucket_suite(void)
{
	Suite *suite = suite_create("bucket");
	TCase *tc = tcase_create("bucket");

	tcase_add_test(tc, as_many_at_once_as_the_burst);
	tcase_add_test(tc, long_run_is_the_rate);
	tcase_add_test(tc, what_was_taken_beyond_comes_back_first);
	tcase_add_test(tc, each_key_has_its_own);
	tcase_add_test(
		tc,
		flood_of_keys_neither_frees_the_busiest_nor_refuses_the_rest);
	tcase_add_test(
		tc,
		log_gets_a_few_lines_then_one_a_second_and_the_count_of_the_rest);
	suite_add_tcase(suite, tc);
	return suite;
}
