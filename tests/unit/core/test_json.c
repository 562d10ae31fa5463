#include "callsieve/core/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/utf8.h"
#include "suites.h"

static struct json_out out;

static void setup(void)
{
	json_begin(&out, 4096);
}

static void expect(const char *text)
{
	char *written = json_end(&out);

	ck_assert_ptr_nonnull(written);
	ck_assert_str_eq(written, text);
	free(written);
}

START_TEST(members_and_elements_are_separated)
{
	json_open(&out, NULL, '{');
	json_open(&out, "a", '[');
	json_put_int(&out, NULL, 1);
	json_open(&out, NULL, '{');
	json_close(&out, '}');
	json_put_bool(&out, NULL, true);
	json_close(&out, ']');
	json_put_bool(&out, "b", false);
	json_put_null(&out, "c");
	json_put_text(&out, "d", NULL);
	json_put_int(&out, "e", INT64_MIN);
	json_put_int(&out, "f", INT64_MAX);
	json_close(&out, '}');
	expect("{\"a\":[1,{},true],\"b\":false,\"c\":null,\"d\":null,"
	       "\"e\":-9223372036854775808,\"f\":9223372036854775807}");
}
END_TEST

static const struct {
	const char *text, *json;
} texts[] = {
	{"", "\"\""},
	{"plain", "\"plain\""},
	{"\"", "\"\\\"\""},
	{"\\", "\"\\\\\""},
	{"a\"b\\\\c", "\"a\\\"b\\\\\\\\c\""},
	{"/", "\"/\""},
	{"\n", "\"" UTF8_REPLACEMENT "\""},
	{"a\tb", "\"a" UTF8_REPLACEMENT "b\""},
	{"\x7f", "\"" UTF8_REPLACEMENT "\""},
	{"\xe9", "\"" UTF8_REPLACEMENT "\""},
	{"\xff\xfe", "\"" UTF8_REPLACEMENT UTF8_REPLACEMENT "\""},
	{"caf\xc3\xa9 \xf0\x9f\x93\x9e", "\"caf\xc3\xa9 \xf0\x9f\x93\x9e\""},
	{"\xc3", "\"" UTF8_REPLACEMENT "\""},
	{"\xed\xa0\x80",
	 ("\"" UTF8_REPLACEMENT UTF8_REPLACEMENT UTF8_REPLACEMENT "\"")},
};

/* And a parser finds in it what a cleaned copy holds. */
START_TEST(text_is_quoted)
{
	char *clean = utf8_clean(texts[_i].text);
	json_t *json = json_loads(texts[_i].json, JSON_DECODE_ANY, NULL);

	ck_assert_str_eq(json_string_value(json), clean);
	json_decref(json);
	free(clean);
	json_put_text(&out, NULL, texts[_i].text);
	expect(texts[_i].json);
}
END_TEST

START_TEST(what_grows_too_large_is_nothing)
{
	json_begin(&out, 16);
	json_open(&out, NULL, '[');
	json_put_text(&out, NULL, "0123456789abcdef");
	json_close(&out, ']');
	ck_assert_ptr_null(json_end(&out));
}
END_TEST

Suite *json_suite(void)
{
	Suite *suite = suite_create("json");
	TCase *tc = tcase_create("json");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, members_and_elements_are_separated);
	tcase_add_loop_test(tc, text_is_quoted, 0,
			    sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(tc, what_grows_too_large_is_nothing);
	suite_add_tcase(suite, tc);
	return suite;
}
