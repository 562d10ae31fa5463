#include "callsieve/core/utf8.h"

#include <stdlib.h>
#include <string.h>

#include "suites.h"

/* First and last of each form, and their neighbours that are none. */
static const struct {
	const char *text;
	size_t len;
} characters[] = {
	{"", 0},
	{" ", 1},
	{"~", 1},
	{"\x1f", 0},
	{"\x7f", 0},
	{"\x80", 0},
	{"\xbf", 0},
	{"\xc1\xbf", 0},
	{"\xc2\x80", 0},
	{"\xc2\x9f", 0},
	{"\xc2\xa0", 2},
	{"\xc2\xc0", 0},
	{"\xc3\x80", 2},
	{"\xdf\xbf", 2},
	{"\xe0\x9f\xbf", 0},
	{"\xe0\xa0\x80", 3},
	{"\xec\xbf\xbf", 3},
	{"\xed\x9f\xbf", 3},
	{"\xed\xa0\x80", 0},
	{"\xee\x80\x80", 3},
	{"\xef\xbf\xbf", 3},
	{"\xef\xbf", 0},
	{"\xef", 0},
	{"\xef\xbf\xc0", 0},
	{"\xf0\x8f\xbf\xbf", 0},
	{"\xf0\x90\x80\x80", 4},
	{"\xf0\x90\x80", 0},
	{"\xf0\x90\x80x", 0},
	{"\xf3\xbf\xbf\xbf", 4},
	{"\xf4\x8f\xbf\xbf", 4},
	{"\xf4\x90\x80\x80", 0},
	{"\xf5\x80\x80\x80", 0},
	{"\xff", 0},
};

/* Whatever follows. */
START_TEST(character_has_the_length_of_its_form)
{
	const char *text = characters[_i].text;
	char followed[10];

	ck_assert_uint_eq(utf8_char(text), characters[_i].len);
	if (characters[_i].len) {
		strcpy(followed, text);
		strcat(followed, "\x80");
		ck_assert_uint_eq(utf8_char(followed), characters[_i].len);
	}
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

#define FFFD "\xef\xbf\xbd"

static const struct text {
	const char *raw, *clean;
} texts[] = {
	{"", ""},
	{"sip:alice@192.0.2.1", "sip:alice@192.0.2.1"},
	{"caf\xc3\xa9", "caf\xc3\xa9"},
	{"\xe2\x82\xac \xf0\x9f\x93\x9e", "\xe2\x82\xac \xf0\x9f\x93\x9e"},
	{"a\nb\x1b[2Jc\x7f", "a" FFFD "b" FFFD "[2Jc" FFFD},
	{"caf\xe9", "caf" FFFD},		   /* Latin-1 */
	{"\xc3", FFFD},				   /* cut off */
	{"\xe2\x82", FFFD FFFD},		   /* cut off */
	{"\xf0\x9f\x93", FFFD FFFD FFFD},	   /* cut off */
	{"\xc0\xaf", FFFD FFFD},		   /* overlong */
	{"\xe0\x80\xaf", FFFD FFFD FFFD},	   /* overlong */
	{"\xed\xa0\x80", FFFD FFFD FFFD},	   /* surrogate */
	{"\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD}, /* beyond U+10FFFF */
	{"\xc2\x9b"
	 "2J",
	 FFFD FFFD "2J"}, /* C1 control */
	{"\xc2\xa0", "\xc2\xa0"},
	{"\xff\xfe", FFFD FFFD},
};

START_TEST(text_comes_out_clean)
{
	char *clean = utf8_clean(texts[_i].raw);

	ck_assert_str_eq(clean, texts[_i].clean);
	free(clean);
}
END_TEST

START_TEST(nothing_stays_nothing)
{
	ck_assert_ptr_null(utf8_clean(NULL));
}
END_TEST

Suite *utf8_suite(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tc = tcase_create("utf8");

	tcase_add_loop_test(tc, character_has_the_length_of_its_form, 0,
			    COUNT(characters));
	tcase_add_loop_test(tc, text_comes_out_clean, 0, COUNT(texts));
	tcase_add_test(tc, nothing_stays_nothing);
	suite_add_tcase(suite, tc);
	return suite;
}
