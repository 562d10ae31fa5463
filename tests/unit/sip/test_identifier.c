#include "sip/identifier.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"
#include "suites.h"

static const struct identifier_form *const replaces =
	&identifier_forms[IN_REPLACES];

static void check_span(struct identifier_span span, const char *text,
		       const char *expected)
{
	ck_assert_uint_eq(span.len, strlen(expected));
	ck_assert_int_eq(strncmp(text + span.at, expected, span.len), 0);
}

static const struct {
	const char *text;
	const char *call_id, *local, *remote; /* NULL: names no dialog */
} texts[] = {
	{"a@b;to-tag=1;from-tag=2", "a@b", "1", "2"},
	{"a@b;from-tag=2;to-tag=1", "a@b", "1", "2"},
	{" a \t; To-Tag = 1\r\n ;\tFROM-TAG=2 ", "a", "1", "2"},
	{"a;early-only;to-tag=1;x=y;from-tag=2;z", "a", "1", "2"},
	{"a;x=\"b;to-tag=3\\\";\";to-tag=1;from-tag=2", "a", "1", "2"},
	{"a;to-tag=1;from-tag=2;x=\"open", "a", "1", "2"},
	{"(a)<b>:\\\"c/[d]?{e}@f;to-tag=-.!%*_+`'~;from-tag=0",
	 "(a)<b>:\\\"c/[d]?{e}@f", "-.!%*_+`'~", "0"},
	{"a;to-tag=1;from-tag=2;;", "a", "1", "2"},
	{"", NULL, NULL, NULL},
	{";", NULL, NULL, NULL},
	{"a", NULL, NULL, NULL},
	{";to-tag=1;from-tag=2", NULL, NULL, NULL},
	{"a;to-tag=1", NULL, NULL, NULL},
	{"a;from-tag=2", NULL, NULL, NULL},
	{"a;to-tag=;from-tag=2", NULL, NULL, NULL},
	{"a;to-tag;from-tag=2", NULL, NULL, NULL},
	{"a;to-tag=1;to-tag=1;from-tag=2", NULL, NULL, NULL},
	{"a;to-tag=1;from-tag=2;from-tag=3", NULL, NULL, NULL},
	{"a;to-tag=\"1\";from-tag=2", NULL, NULL, NULL},
	{"a;to-tag=1 1;from-tag=2", NULL, NULL, NULL},
	{"a;to-tag=1=1;from-tag=2", NULL, NULL, NULL},
	{"a b;to-tag=1;from-tag=2", NULL, NULL, NULL},
	{"a,b;to-tag=1;from-tag=2", NULL, NULL, NULL},
	{"a;to-tag=1;from-tag=2, b;to-tag=3;from-tag=4", NULL, NULL, NULL},
	{"\xc3\xa4;to-tag=1;from-tag=2", NULL, NULL, NULL},
	{"a;local-tag=1;remote-tag=2", NULL, NULL, NULL},
};

START_TEST(text_is_read)
{
	struct identifier id;
	const char *text = texts[_i].text;

	ck_assert_msg(identifier_parse(&id, replaces, text) ==
			      (texts[_i].call_id != NULL),
		      "%s", text);
	if (!texts[_i].call_id)
		return;
	check_span(id.call_id, text, texts[_i].call_id);
	check_span(id.local, text, texts[_i].local);
	check_span(id.remote, text, texts[_i].remote);
}
END_TEST

START_TEST(each_header_has_its_words)
{
	const struct identifier_form *form =
		identifier_form("TARGET-dialog", 13);
	struct identifier id;

	ck_assert_ptr_eq(form, &identifier_forms[IN_TARGET_DIALOG]);
	ck_assert(identifier_parse(&id, form, "a;remote-tag=2;local-tag=1"));
	ck_assert_ptr_eq(identifier_form("join", 4),
			 &identifier_forms[IN_JOIN]);
	ck_assert_ptr_null(identifier_form("Replace", 7));
	ck_assert_ptr_null(identifier_form("", 0));
}
END_TEST

START_TEST(long_text_names_nothing)
{
	static const char tail[] = ";to-tag=1;from-tag=2";
	char text[IDENTIFIER_MAX + 1];
	struct identifier id;
	size_t fits = IDENTIFIER_MAX - sizeof(tail);

	memset(text, 'a', sizeof(text));
	memcpy(text + fits, tail, sizeof(tail));
	ck_assert(identifier_parse(&id, replaces, text));
	memset(text, 'a', sizeof(text));
	memcpy(text + fits + 1, tail, sizeof(tail));
	ck_assert(!identifier_parse(&id, replaces, text));
}
END_TEST

START_TEST(text_gets_other_names)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{"a;to-tag=1;from-tag=2", "call;to-tag=L;from-tag=R"},
		{"a;from-tag=2;to-tag=1;early-only",
		 "call;from-tag=R;to-tag=L;early-only"},
		{" a ; x ;To-Tag = 1 ; from-tag= 2;y=\"z;\"",
		 " call ; x ;To-Tag = L ; from-tag= R;y=\"z;\""},
	};
	const char *text = cases[_i].text;
	struct identifier id;
	struct buf out;

	ck_assert(identifier_parse(&id, replaces, text));
	buf_init(&out, 100);
	ck_assert_int_eq(identifier_print(&out, &id, text, "call", "L", "R"),
			 0);
	ck_assert_str_eq(out.data, cases[_i].expected);
	buf_fini(&out);
	buf_init(&out, 10);
	ck_assert_int_eq(identifier_print(&out, &id, text, "call", "L", "R"),
			 -EMSGSIZE);
	buf_fini(&out);
}
END_TEST

START_TEST(headers_of_a_uri_come_one_by_one)
{
	static const struct {
		const char *name, *value;
	} expected[] = {{"A", "b"}, {"C", ""}, {"", ""},
			{"", ""},   {"x", ""}, {"y", "=z"}};
	struct identifier_header header = {.next = "A=b&C=&&=&x&y==z"};
	size_t i;

	for (i = 0; header.next && i < 6; i++) {
		identifier_header(&header, header.next);
		ck_assert_uint_eq(header.name_len, strlen(expected[i].name));
		ck_assert_uint_eq(header.value_len, strlen(expected[i].value));
		ck_assert(!strncmp(header.name, expected[i].name,
				   header.name_len));
		ck_assert(!strncmp(header.value, expected[i].value,
				   header.value_len));
	}
	ck_assert_ptr_null(header.next);
	ck_assert_uint_eq(i, 6);
}
END_TEST

static const struct {
	const char *text, *plain; /* NULL: refused */
} escapes[] = {
	{"", ""},
	{"a%40b%3bto-tag%3D1", "a@b;to-tag=1"},
	{"a+b", "a+b"},
	{"%25%20%7E", "% ~"},
	{"%C3%A4", "\xc3\xa4"},
	{"%", NULL},
	{"a%4", NULL},
	{"%4g", NULL},
	{"%g4", NULL},
	{"a%00b", NULL},
	{"a%0d%0aX: y", NULL},
	{"a%0A", NULL},
	{"a%7F", NULL},
	{"a%09", NULL},
};

START_TEST(escapes_are_undone)
{
	char out[32];
	bool good = identifier_unescape(out, sizeof(out), escapes[_i].text,
					strlen(escapes[_i].text));

	ck_assert_msg(good == (escapes[_i].plain != NULL), "%s",
		      escapes[_i].text);
	if (good)
		ck_assert_str_eq(out, escapes[_i].plain);
}
END_TEST

START_TEST(what_is_too_long_is_not_unescaped)
{
	char out[4];

	ck_assert(identifier_unescape(out, sizeof(out), "a%41b", 5));
	ck_assert(!identifier_unescape(out, sizeof(out), "a%41bc", 6));
	ck_assert(!identifier_unescape(out, 0, "", 0));
}
END_TEST

START_TEST(text_is_escaped_for_a_uri)
{
	static const char text[] = "aZ9-_.!~*'()[]/?:+$ ;=@&,\"%<\xc3";
	char again[64];
	struct buf out;

	buf_init(&out, 200);
	ck_assert_int_eq(identifier_escape(&out, text, strlen(text)), 0);
	ck_assert_str_eq(out.data, "aZ9-_.!~*'()[]/?:+$%20%3B%3D%40%26%2C%22"
				   "%25%3C%C3");
	ck_assert(identifier_unescape(again, sizeof(again), out.data, out.len));
	ck_assert_str_eq(again, text);
	buf_fini(&out);
}
END_TEST

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Suite *identifier_suite(void)
{
	Suite *suite = suite_create("identifier");
	TCase *tests = tcase_create("identifier");

	tcase_add_loop_test(tests, text_is_read, 0, COUNT(texts));
	tcase_add_test(tests, each_header_has_its_words);
	tcase_add_test(tests, long_text_names_nothing);
	tcase_add_loop_test(tests, text_gets_other_names, 0, 3);
	tcase_add_test(tests, headers_of_a_uri_come_one_by_one);
	tcase_add_loop_test(tests, escapes_are_undone, 0, COUNT(escapes));
	tcase_add_test(tests, what_is_too_long_is_not_unescaped);
	tcase_add_test(tests, text_is_escaped_for_a_uri);
	suite_add_tcase(suite, tests);
	return suite;
}
