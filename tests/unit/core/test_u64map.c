#include "callsieve/core/u64map.h"

#include "suites.h"

#define KEY_MAX ((1ull << (64 - U64MAP_TAG_BITS)) - 1)
#define TAG_MAX ((1u << U64MAP_TAG_BITS) - 1)

static struct u64map *map;

static void setup(void)
{
	ck_assert_int_eq(u64map_new(&map, 0), 0);
}

static void teardown(void)
{
	u64map_free(map);
}

static void put(uint64_t key, uint64_t value, unsigned tag)
{
	struct u64map_entry entry = {value, (uint16_t)tag};

	ck_assert_int_eq(u64map_put(map, key, entry), 0);
}

static void expect(uint64_t key, uint64_t value, unsigned tag)
{
	struct u64map_entry entry;

	ck_assert(u64map_get(map, key, &entry));
	ck_assert_uint_eq(entry.value, value);
	ck_assert_uint_eq(entry.tag, tag);
}

START_TEST(key_leads_to_value_and_tag)
{
	struct u64map_entry entry;

	put(1, 0, 0);
	put(KEY_MAX, UINT64_MAX, TAG_MAX);
	expect(1, 0, 0);
	expect(KEY_MAX, UINT64_MAX, TAG_MAX);
	ck_assert(!u64map_get(map, 2, &entry));
	ck_assert(!u64map_get(map, KEY_MAX - 1, &entry));
	ck_assert_uint_eq(u64map_count(map), 2);
}
END_TEST

START_TEST(later_value_replaces)
{
	put(7, 1, 2);
	put(7, 3, 4);
	expect(7, 3, 4);
	ck_assert_uint_eq(u64map_count(map), 1);
}
END_TEST

/* Runs of numbers, steps of ten and of powers of two. */
START_TEST(grows_and_shrinks_without_losing_any)
{
	static const uint64_t steps[] = {1, 10, 37, 4096, 10000000};
	uint64_t first = 12025550000, i, n = 20000, absent;
	struct u64map_entry entry;

	for (i = 0; i < n; i++)
		put(first + i * steps[_i], i, i % TAG_MAX);
	ck_assert_uint_eq(u64map_count(map), n);
	u64map_fit(map);
	ck_assert_uint_le(u64map_bytes(map), 27 * n);
	for (i = 0; i < n; i++) {
		expect(first + i * steps[_i], i, i % TAG_MAX);
		absent = first + i * steps[_i] + (_i ? 1 : n);
		ck_assert(!u64map_get(map, absent, &entry));
	}
}
END_TEST

START_TEST(empty_map_has_nothing)
{
	struct u64map_entry entry;

	u64map_fit(map);
	ck_assert(!u64map_get(map, 1, &entry));
	ck_assert_uint_eq(u64map_count(map), 0);
}
END_TEST

/* In the order in which a smaller one would be filled from its beginning. */
START_TEST(reserved_room_is_enough)
{
	struct u64map_entry entry;
	struct u64map *into;
	uint64_t key;
	size_t bytes, at = 0;

	for (key = 1; key <= 10000; key++)
		put(key * 7, key, 0);
	ck_assert_int_eq(u64map_new(&into, 0), 0);
	ck_assert_int_eq(u64map_reserve(into, u64map_count(map)), 0);
	bytes = u64map_bytes(into);
	ck_assert_uint_le(bytes, 10000 * 24 + 1000);
	while (u64map_next(map, &at, &key, &entry))
		ck_assert_int_eq(u64map_put(into, key, entry), 0);
	ck_assert_uint_eq(u64map_bytes(into), bytes);
	ck_assert_uint_eq(u64map_count(into), 10000);
	/* What is there is not lost, and what is enough is left alone. */
	ck_assert_int_eq(u64map_reserve(into, 10000), 0);
	bytes = u64map_bytes(into);
	ck_assert_int_eq(u64map_reserve(into, 100), 0);
	ck_assert_uint_eq(u64map_bytes(into), bytes);
	for (key = 1; key <= 10000; key++)
		ck_assert(u64map_get(into, key * 7, &entry) &&
			  entry.value == key);
	u64map_free(into);
}
END_TEST

Suite *u64map_suite(void)
{
	Suite *suite = suite_create("u64map");
	TCase *tc = tcase_create("u64map");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, key_leads_to_value_and_tag);
	tcase_add_test(tc, later_value_replaces);
	tcase_add_loop_test(tc, grows_and_shrinks_without_losing_any, 0, 5);
	tcase_add_test(tc, empty_map_has_nothing);
	tcase_add_test(tc, reserved_room_is_enough);
	suite_add_tcase(suite, tc);
	return suite;
}
