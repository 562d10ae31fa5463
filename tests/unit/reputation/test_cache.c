#include <errno.h>

#include "reputation/cache.h"
#include "suites.h"

static const struct rep_answer risky = {.status = REP_KNOWN, .risk = 95};

static bool has(struct cache *cache, number_key key)
{
	struct rep_answer answer;

	return cache_get(cache, key, 0, &answer);
}

static struct cache *cache_of(unsigned entries)
{
	struct cache *cache;

	ck_assert_int_eq(cache_new(&cache, entries), 0);
	return cache;
}

START_TEST(answer_comes_back_as_it_was)
{
	static const struct rep_answer answers[] = {
		{.status = REP_KNOWN, .risk = 0},
		{.status = REP_KNOWN, .risk = 100},
		{.status = REP_UNKNOWN},
		{.status = REP_UNAVAILABLE, .why = "error"},
		{.status = REP_UNAVAILABLE, .why = "error", .cause = 503},
		{.status = REP_UNAVAILABLE, .why = "error", .cause = -ENOENT},
		{.status = REP_UNAVAILABLE, .why = "oversized"},
		{.status = REP_UNAVAILABLE, .why = "deadline"},
		{.status = REP_UNAVAILABLE, .why = "malformed"},
	};
	struct cache *cache = cache_of(100);
	struct rep_answer got;

	for (unsigned i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		cache_put(cache, i + 1, 10, &answers[i]);
	for (unsigned i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		ck_assert(cache_get(cache, i + 1, 9, &got));
		ck_assert(got.cached);
		ck_assert_int_eq(got.status, answers[i].status);
		ck_assert_int_eq(got.risk, answers[i].risk);
		ck_assert_int_eq(got.cause, answers[i].cause);
		ck_assert_pstr_eq(got.why, answers[i].why);
	}
	ck_assert(!cache_get(cache, 99, 9, &got));
	cache_free(cache);
}
END_TEST

START_TEST(answer_expires)
{
	struct cache *cache = cache_of(10);
	struct rep_answer got;

	cache_put(cache, 1, 1000, &risky);
	ck_assert(cache_get(cache, 1, 999, &got));
	ck_assert(!cache_get(cache, 1, 1000, &got));

	/* A new answer takes its place. */
	cache_put(cache, 1, 2000, &(struct rep_answer){.status = REP_UNKNOWN});
	ck_assert(cache_get(cache, 1, 1000, &got));
	ck_assert_int_eq(got.status, REP_UNKNOWN);
	cache_free(cache);
}
END_TEST

START_TEST(least_recently_used_makes_room)
{
	struct cache *cache = cache_of(3);

	cache_put(cache, 1, 10, &risky);
	cache_put(cache, 2, 10, &risky);
	cache_put(cache, 3, 10, &risky);
	ck_assert(has(cache, 1)); /* now 2 is the oldest by use */
	cache_put(cache, 4, 10, &risky);
	ck_assert(!has(cache, 2));
	ck_assert(has(cache, 1));
	cache_put(cache, 3, 10, &risky); /* written is used, too */
	cache_put(cache, 5, 10, &risky);
	ck_assert(has(cache, 3));
	ck_assert(!has(cache, 4));
	ck_assert(has(cache, 5));
	cache_free(cache);
}
END_TEST

/* Against a model: the last `limit` distinct keys put or got are there. */
START_TEST(many_keys_keep_their_order)
{
	enum { limit = 100, keys = 150, rounds = 20000 };
	struct cache *cache = cache_of(limit);
	unsigned used[keys] = {0}, newer;
	unsigned random = 12345;

	for (unsigned i = 1; i <= rounds; i++) {
		unsigned key = (random = random * 1103515245 + 12345) >> 16;
		bool there;

		key %= keys;
		newer = 0;
		for (unsigned k = 0; k < keys; k++)
			newer += used[k] > used[key];
		there = used[key] && newer < limit;
		ck_assert_int_eq(has(cache, key + 1), there);
		if (!there)
			cache_put(cache, key + 1, 10, &risky);
		used[key] = i;
	}
	cache_free(cache);
}
END_TEST

START_TEST(cleared_cache_is_empty_and_usable)
{
	struct cache *cache = cache_of(2);

	for (number_key key = 1; key < 10; key++)
		cache_put(cache, key, 10, &risky);
	cache_clear(cache);
	for (number_key key = 1; key < 10; key++)
		ck_assert(!has(cache, key));
	for (number_key key = 1; key < 10; key++)
		cache_put(cache, key, 10, &risky);
	ck_assert(has(cache, 8));
	ck_assert(has(cache, 9));
	ck_assert(!has(cache, 7));
	cache_free(cache);
}
END_TEST

START_TEST(cache_of_none_remembers_nothing)
{
	struct cache *cache = cache_of(0);

	cache_put(cache, 1, 10, &risky);
	ck_assert(!has(cache, 1));
	cache_clear(cache);
	cache_free(cache);
	cache_free(NULL);
}
END_TEST

START_TEST(smaller_copy_keeps_the_latest_used)
{
	struct cache *from = cache_of(10), *to = cache_of(3);
	struct rep_answer got;

	for (number_key key = 1; key <= 10; key++)
		cache_put(from, key, 10 + key, &risky);
	ck_assert(has(from, 1));
	cache_copy(to, from);
	ck_assert(has(to, 1));
	ck_assert(has(to, 10));
	ck_assert(has(to, 9));
	ck_assert(!has(to, 8));
	ck_assert(!cache_get(to, 1, 11, &got)); /* expires as before */
	ck_assert(cache_get(to, 10, 11, &got));
	ck_assert_int_eq(got.risk, 95);
	cache_free(from);
	cache_free(to);
}
END_TEST

Suite *cache_suite(void)
{
	Suite *suite = suite_create("cache");
	TCase *tc = tcase_create("cache");

	tcase_add_test(tc, answer_comes_back_as_it_was);
	tcase_add_test(tc, answer_expires);
	tcase_add_test(tc, least_recently_used_makes_room);
	tcase_add_test(tc, many_keys_keep_their_order);
	tcase_add_test(tc, cleared_cache_is_empty_and_usable);
	tcase_add_test(tc, cache_of_none_remembers_nothing);
	tcase_add_test(tc, smaller_copy_keeps_the_latest_used);
	suite_add_tcase(suite, tc);
	return suite;
}
