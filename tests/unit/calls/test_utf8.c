#include "calls/utf8.h"

#include <stdlib.h>

#include "suites.h"

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

	tcase_add_loop_test(tc, text_comes_out_clean, 0,
			    sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(tc, nothing_stays_nothing);
	suite_add_tcase(suite, tc);
	return suite;
}
