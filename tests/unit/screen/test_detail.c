#include "screen/detail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/lists.h"

#include "suites.h"

#define LONG_TEXT                                                              \
	"one two three four five six seven eight nine ten eleven twelve "      \
	"thirteen fourteen fifteen sixteen seventeen eighteen nineteen"

static struct list_match match_of(const char *pattern, const char *source,
				  const char *reason)
{
	struct list_match match = {.kind = LIST_BLOCK, .row = 17};

	ck_assert_int_eq(number_pattern_key(&match.pattern, pattern), 0);
	match.source = source;
	match.reason = reason;
	return match;
}

static const struct {
	const char *pattern, *source, *reason, *detail;
} matches[] = {
	{"+1900*", "ftc", "robocall",
	 "matches \"+1900*\" (source ftc: \"robocall\"), row 17"},
	{"+12025550123", "", "", "matches \"+12025550123\", row 17"},
	{"+12025550123", NULL, NULL, "matches \"+12025550123\", row 17"},
	{"+44*", "noc", "", "matches \"+44*\" (source noc), row 17"},
	{"+44*", "", "sold \"cars\"",
	 "matches \"+44*\" (\"sold 'cars'\"), row 17"},
	{"+44*", "", "two\r\nlines",
	 "matches \"+44*\" (\"two??lines\"), row 17"},
};

START_TEST(list_match_reads_well)
{
	struct list_match match = match_of(
		matches[_i].pattern, matches[_i].source, matches[_i].reason);
	char detail[SIGNAL_DETAIL];

	detail_list_match(detail, &match);
	ck_assert_str_eq(detail, matches[_i].detail);
}
END_TEST

START_TEST(list_range_and_day_are_named)
{
	struct list_match match = match_of("+1202555010*", "ftc", "robocall");
	char detail[SIGNAL_DETAIL];

	now_fake(20790 * 86400000ll);
	match.range = "+12025550100-+12025550199";
	match.list = "night";
	match.added_day = 20780;
	detail_list_match(detail, &match);
	ck_assert_str_eq(detail,
			 "matches \"+12025550100-+12025550199\" (list night, "
			 "source ftc, added 2026-11-23: \"robocall\"), row 17");
}
END_TEST

/* As precisely as it is known. */
START_TEST(list_day_is_named)
{
	static const struct {
		int days;
		const char *detail;
	} ages[] = {
		{0, "matches \"+44*\" (added 2026-11-23), row 17"},
		{60, "matches \"+44*\" (added 2026-09-24), row 17"},
		{61, "matches \"+44*\" (added in 2026-09), row 17"},
		{800, "matches \"+44*\" (added in 2024), row 17"},
		{20780, "matches \"+44*\", row 17"},
	};
	struct list_match match = match_of("+44*", "", "");
	char detail[SIGNAL_DETAIL];

	now_fake(20780 * 86400000ll);
	match.list = "default";
	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
		match.added_day = 20780 - ages[i].days;
		detail_list_match(detail, &match);
		ck_assert_str_eq(detail, ages[i].detail);
	}
}
END_TEST

START_TEST(row_shows_however_long_the_reason)
{
	struct list_match match =
		match_of("+900123456789012*", LONG_TEXT, LONG_TEXT);
	char detail[SIGNAL_DETAIL];
	size_t len;

	match.row = INT64_MAX;
	match.list = LONG_TEXT;
	match.range = "+123456789012344-+123456789012346";
	match.added_day = 20000;
	detail_list_match(detail, &match);
	len = strlen(detail);
	ck_assert_uint_lt(len, sizeof(detail));
	ck_assert_str_eq(detail + len - 26, "), row 9223372036854775807");
	ck_assert_ptr_nonnull(strstr(detail, "...\"), row"));
	ck_assert_ptr_nonnull(strstr(detail, ", source one two three"));
}
END_TEST

static const struct {
	size_t size;
	const char *text, *clean;
} texts[] = {
	{20, "plain", "plain"},
	{20, "", ""},
	{20,
	 "a\tb\x7f"
	 "c\x1b[1m",
	 "a?b?c?[1m"},
	{20, "Z\xc3\xbcrich", "Z\xc3\xbcrich"},
	{20, "C1 \xc2\x9b control", "C1 ?? control"},
	{20, "bad \xff\xc3 utf8", "bad ?? utf8"},
	{20, "overlong \xc0\xaf", "overlong ??"},
	{20, "surrogate \xed\xa0\x80", "surrogate ???"},
	{20, "cut \xe2\x82", "cut ??"},
	{20, "\xf0\x9f\x98\x80 \xf4\x90\x80\x80", "\xf0\x9f\x98\x80 ????"},
	{6, "12345", "12345"},
	{6, "123456", "12..."},
	/* Never half a character before the cut. */
	{9, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", "\xe2\x82\xac..."},
	{10, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac",
	 "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"},
};

START_TEST(text_is_one_clean_line)
{
	char buf[32];
	size_t len;

	memset(buf, 'x', sizeof(buf));
	len = detail_clean(buf, texts[_i].size, texts[_i].text);
	ck_assert_str_eq(buf, texts[_i].clean);
	ck_assert_uint_eq(len, strlen(buf));
	ck_assert_uint_lt(len, texts[_i].size);
}
END_TEST

START_TEST(no_size_is_overrun)
{
	char buf[64];
	size_t size;

	for (size = 4; size < 40; size++) {
		memset(buf, 'x', sizeof(buf));
		detail_clean(buf, size,
			     "\xe2\x82\xac"
			     "a\xf0\x9f\x98\x80" LONG_TEXT);
		ck_assert_uint_lt(strlen(buf), size);
		ck_assert_int_eq(buf[size], 'x');
	}
}
END_TEST

Suite *detail_suite(void)
{
	Suite *suite = suite_create("detail");
	TCase *tests = tcase_create("detail");

	tcase_add_loop_test(tests, list_match_reads_well, 0,
			    sizeof(matches) / sizeof(*matches));
	tcase_add_test(tests, list_range_and_day_are_named);
	tcase_add_test(tests, list_day_is_named);
	tcase_add_test(tests, row_shows_however_long_the_reason);
	tcase_add_loop_test(tests, text_is_one_clean_line, 0,
			    sizeof(texts) / sizeof(*texts));
	tcase_add_test(tests, no_size_is_overrun);
	suite_add_tcase(suite, tests);
	return suite;
}
