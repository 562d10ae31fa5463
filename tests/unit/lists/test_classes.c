#include "lists/classes.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"

static struct classes *classes;

static void setup(void)
{
	ck_assert_int_eq(classes_new(&classes), 0);
}

static void teardown(void)
{
	classes_free(classes);
}

static uint32_t add(int points, const char *source, const char *reason)
{
	struct class class = {points, 0, "default", source, reason, ""};
	uint32_t id;

	ck_assert_int_eq(classes_add(classes, &class, &id), 0);
	return id;
}

static void expect(uint32_t id, int points, const char *source,
		   const char *reason)
{
	struct class class = classes_get(classes, id);

	ck_assert_int_eq(class.points, points);
	ck_assert_str_eq(class.source, source);
	ck_assert_str_eq(class.reason, reason);
}

START_TEST(alike_is_one_class)
{
	uint32_t id = add(100, "ftc", "robocall");

	ck_assert_uint_eq(add(100, "ftc", "robocall"), id);
	ck_assert_uint_ne(add(101, "ftc", "robocall"), id);
	ck_assert_uint_ne(add(100, "noc", "robocall"), id);
	ck_assert_uint_ne(add(100, "ftc", "robo"), id);
	ck_assert_uint_ne(add(100, "ftcrobocall", ""), id);
	ck_assert_uint_ne(add(100, "", "ftcrobocall"), id);
	ck_assert_uint_eq(add(100, "ftc", "robocall"), id);
	expect(id, 100, "ftc", "robocall");
	expect(add(100, "", "ftcrobocall"), 100, "", "ftcrobocall");
}
END_TEST

START_TEST(day_list_and_range_tell_classes_apart)
{
	struct class class = {100, 20000, "a", "ftc", "", ""}, got;
	uint32_t first, id;

	ck_assert_int_eq(classes_add(classes, &class, &first), 0);
	class.day++;
	ck_assert_int_eq(classes_add(classes, &class, &id), 0);
	ck_assert_uint_ne(id, first);
	class.list = "b";
	ck_assert_int_eq(classes_add(classes, &class, &id), 0);
	class.range = "+12025550100-+12025550199";
	ck_assert_int_eq(classes_add(classes, &class, &first), 0);
	ck_assert_uint_ne(id, first);
	got = classes_get(classes, first);
	ck_assert_int_eq(got.day, 20001);
	ck_assert_str_eq(got.list, "b");
	ck_assert_str_eq(got.range, class.range);
}
END_TEST

START_TEST(no_text_is_a_class_too)
{
	expect(add(0, "", ""), 0, "", "");
	expect(add(POINTS_MAX, "", ""), POINTS_MAX, "", "");
}
END_TEST

/* Cut to 100 bytes or fewer, but not within a character. */
START_TEST(long_text_is_cut)
{
	char text[200], kept[101];
	uint32_t id;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	memcpy(text + 99, "\xc3\xa9", 2);
	memset(kept, 'x', 99);
	kept[99] = '\0';
	id = add(1, text, text);
	expect(id, 1, kept, kept);
	ck_assert_uint_eq(add(1, text, text), id);
}
END_TEST

/* Nor their list, by which a row counts for some trunks only. */
START_TEST(too_many_texts_lose_theirs_but_not_their_points)
{
	char source[101], reason[101];
	struct class class = {500, 20000, "premium", source, reason, ""};
	uint32_t id = 0;
	int i;

	memset(source, 's', 100);
	memset(reason, 'r', 100);
	source[100] = reason[100] = '\0';
	for (i = 0; i < 100000; i++) {
		snprintf(reason, 9, "%08d", i);
		reason[8] = 'r';
		ck_assert_int_eq(classes_add(classes, &class, &id), 0);
	}
	expect(id, 500, "", "");
	ck_assert_str_eq(classes_get(classes, id).list, "premium");
	ck_assert_uint_le(classes_bytes(classes), 32u << 20);
}
END_TEST

Suite *classes_suite(void)
{
	Suite *suite = suite_create("classes");
	TCase *tc = tcase_create("classes");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, alike_is_one_class);
	tcase_add_test(tc, day_list_and_range_tell_classes_apart);
	tcase_add_test(tc, no_text_is_a_class_too);
	tcase_add_test(tc, long_text_is_cut);
	tcase_add_test(tc, too_many_texts_lose_theirs_but_not_their_points);
	suite_add_tcase(suite, tc);
	return suite;
}
