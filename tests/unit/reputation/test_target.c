#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "reputation/target.h"
#include "suites.h"

static const struct {
	const char *template, *number, *url;
} cases[] = {
	{"http://h/v1/number/{e164}", "+12025550123",
	 "http://h/v1/number/%2B12025550123"},
	{"https://h/?n={e164-noplus}&k=v", "+12025550123",
	 "https://h/?n=12025550123&k=v"},
	{"http://h/{national}", "+12025550123", "http://h/2025550123"},
	{"http://h/{national}", "+442071838750", "http://h/2071838750"},
	{"http://h/{national}", "+35312345678", "http://h/12345678"},
	{"HTTP://h/{e164}{e164}", "+4915112345678",
	 "HTTP://h/%2B4915112345678%2B4915112345678"},
	{"http://h/all", "+12025550123", "http://h/all"},
};

START_TEST(template_becomes_url)
{
	struct number number = {.kind = NUMBER_E164};
	struct rep_question question = {.caller = &number};
	char url[TARGET_SIZE];

	strcpy(number.text, cases[_i].number);
	ck_assert(target_valid(cases[_i].template));
	ck_assert_int_eq(target_print(url, cases[_i].template, &question,
				      TARGET_PERCENT),
			 0);
	ck_assert_str_eq(url, cases[_i].url);
}
END_TEST

START_TEST(bad_templates_are_refused)
{
	static const char *const bad[] = {
		"",
		"h/{e164}",
		"ftp://h/{e164}",
		"file:///etc/passwd",
		"http://h/{number}",
		"http://h/{e164",
		"http://h/{",
		"http://h/a b",
		"http://h/\r\nX: y",
		"http://h/\xc3\xa9",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!target_valid(bad[i]), "\"%s\"", bad[i]);
}
END_TEST

START_TEST(length_is_bounded)
{
	static const struct number number = {NUMBER_E164, "+12025550123"};
	struct rep_question question = {.caller = &number};
	char template[TARGET_SIZE + 1], url[TARGET_SIZE];
	size_t fits = TARGET_SIZE - 1;

	memset(template, 'x', sizeof(template));
	memcpy(template, "http://", 7);
	template[fits] = '\0';
	ck_assert(target_valid(template));
	template[fits] = 'x';
	template[fits + 1] = '\0';
	ck_assert(!target_valid(template));
	ck_assert_int_eq(target_print(url, template, &question, TARGET_PERCENT),
			 -EMSGSIZE);
}
END_TEST

START_TEST(country_codes_have_their_length)
{
	static const struct {
		const char *digits;
		size_t length;
	} codes[] = {
		{"12025550123", 1},   {"79161234567", 1},  {"201001234567", 2},
		{"27821234567", 2},   {"212612345678", 3}, {"33123456789", 2},
		{"351912345678", 3},  {"37012345678", 3},  {"390612345678", 2},
		{"420123456789", 3},  {"447911123456", 2}, {"50212345678", 3},
		{"525512345678", 2},  {"59812345678", 3},  {"61412345678", 2},
		{"6771234567", 3},    {"819012345678", 2}, {"85212345678", 3},
		{"8613912345678", 2}, {"919812345678", 2}, {"96512345678", 3},
		{"989121234567", 2},  {"99812345678", 3},  {"80012345678", 3},
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		ck_assert_msg(country_code_digits(codes[i].digits) ==
				      codes[i].length,
			      "%s", codes[i].digits);
}
END_TEST

Suite *target_suite(void)
{
	Suite *suite = suite_create("target");
	TCase *tc = tcase_create("target");

	tcase_add_loop_test(tc, template_becomes_url, 0,
			    (int)(sizeof(cases) / sizeof(*cases)));
	tcase_add_test(tc, bad_templates_are_refused);
	tcase_add_test(tc, length_is_bounded);
	tcase_add_test(tc, country_codes_have_their_length);
	suite_add_tcase(suite, tc);
	return suite;
}
