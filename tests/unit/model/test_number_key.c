#include "callsieve/model/number.h"

#include <string.h>

#include "suites.h"

static number_key key_of(const char *pattern)
{
	number_key key = 0;

	ck_assert_msg(!number_pattern_key(&key, pattern), "%s", pattern);
	return key;
}

START_TEST(pattern_and_number_have_one_key)
{
	struct number number = {NUMBER_E164, "+12025550123"};

	ck_assert_uint_eq(number_digits(&number), 11);
	ck_assert_uint_eq(number_key_exact(&number), key_of("+12025550123"));
	ck_assert_uint_eq(number_key_prefix(&number, 1), key_of("+1*"));
	ck_assert_uint_eq(number_key_prefix(&number, 4), key_of("+1202*"));
	ck_assert_uint_eq(number_key_prefix(&number, 11),
			  key_of("+12025550123*"));
	ck_assert_uint_ne(number_key_prefix(&number, 11),
			  number_key_exact(&number));
	ck_assert_uint_eq(number_key_prefix(&number, 0), 0);
	ck_assert_uint_eq(number_key_prefix(&number, 12), 0);
}
END_TEST

START_TEST(only_international_numbers_have_keys)
{
	struct number local = {NUMBER_LOCAL, "911"};
	struct number none = {NUMBER_NONE, ""};

	ck_assert_uint_eq(number_key_exact(&local), 0);
	ck_assert_uint_eq(number_key_prefix(&local, 1), 0);
	ck_assert_uint_eq(number_key_exact(&none), 0);
	ck_assert_uint_eq(number_digits(&local), 0);
}
END_TEST

static const char *const stored[] = {
	"+1*",	    "+1900*",		"+4412345",	     "+12025550123",
	"+999999*", "+999999999999999", "+999999999999999*", "+1000000*",
	"+2000000",
};

START_TEST(key_prints_as_it_was_stored)
{
	char buf[NUMBER_TEXT + 1];
	number_key key = key_of(stored[_i]);

	ck_assert_str_eq(number_key_print(buf, key), stored[_i]);
	ck_assert_int_eq(number_key_is_prefix(key),
			 strchr(stored[_i], '*') != NULL);
	ck_assert_uint_eq(key >> (64 - NUMBER_KEY_SPARE), 0);
}
END_TEST

START_TEST(any_key_prints)
{
	char buf[NUMBER_TEXT + 1];

	ck_assert_uint_le(strlen(number_key_print(buf, UINT64_MAX)),
			  NUMBER_TEXT);
}
END_TEST

static const char *const not_stored[] = {
	"",	   "+",	       "*",	  "+*",
	"1900*",   "+0*",      "+044*",	  "+1900**",
	"+19*00",  "+123456",  "+1 900*", "+1234567890123456",
	"+1abc",   "+1900* ",  "911",	  "+1234567890123456*",
	"+100000", "+1055555", "++1900*",
};

START_TEST(other_forms_are_refused)
{
	number_key key;

	ck_assert_msg(number_pattern_key(&key, not_stored[_i]) < 0, "%s",
		      not_stored[_i]);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

Suite *number_key_suite(void)
{
	Suite *suite = suite_create("number_key");
	TCase *tc = tcase_create("number_key");

	tcase_add_test(tc, pattern_and_number_have_one_key);
	tcase_add_test(tc, only_international_numbers_have_keys);
	tcase_add_loop_test(tc, key_prints_as_it_was_stored, 0, COUNT(stored));
	tcase_add_test(tc, any_key_prints);
	tcase_add_loop_test(tc, other_forms_are_refused, 0, COUNT(not_stored));
	suite_add_tcase(suite, tc);
	return suite;
}
