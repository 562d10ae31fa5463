#include "api/fields.h"

#include <string.h>

#include "api/reply.h"
#include "callsieve/core/buf.h"

#include "suites.h"

#define LONG_NAME "a_name_longer_than_anybody_would_want_to_read_in_an_answer"

static const struct {
	const char *body;
	int status;	  /* 0: accepted */
	const char *says; /* within the answer */
} cases[] = {
	{"{\"number\":\"1\"}", 0, NULL},
	{" { \"number\" : \"1\", \"comment\" : null } \n", 0, NULL},
	{"{\"number\":\"1\",\"comment\":\"\\u00e9 \xe2\x98\x95\"}", 0, NULL},
	{"{\"number\":\"1\",\"comment\":\"12345678\"}", 0, NULL},
	{"", 400, "not JSON"},
	{"{", 400, "not JSON"},
	{"{\"number\":\"1\"", 400, "not JSON"},
	{"{\"number\":\"1\"} x", 400, "not JSON"},
	{"{\"number\":\"1\",}", 400, "not JSON"},
	{"{'number':'1'}", 400, "not JSON"},
	{"{\"number\":\"1\",\"number\":\"2\"}", 400, "duplicate"},
	{"{\"number\":\"1\\u0000\"}", 400, "not JSON"},
	{"{\"number\":\"\xff\"}", 400, "not JSON"},
	{"{\"number\":\"\\ud800\"}", 400, "not JSON"},
	{"[]", 422, "must be a JSON object"},
	{"\"number\"", 422, "must be a JSON object"},
	{"null", 422, "must be a JSON object"},
	{"{}", 422, "\\\"number\\\" is missing"},
	{"{\"number\":null}", 422, "\\\"number\\\" must be a string"},
	{"{\"number\":12025550123}", 422, "\\\"number\\\" must be a string"},
	{"{\"number\":\"1\",\"comment\":5}", 422,
	 "\\\"comment\\\" must be a string"},
	{"{\"number\":\"1\",\"comment\":\"123456789\"}", 422,
	 "\\\"comment\\\" may have at most 8 bytes"},
	{"{\"number\":\"1\",\"comment\":\"a\\nb\"}", 422, "one line"},
	{"{\"number\":\"1\",\"comment\":\"a\\u001bb\"}", 422, "one line"},
	{"{\"number\":\"1\",\"comment\":\"a\\u007fb\"}", 422, "one line"},
	{"{\"number\":\"1\",\"comment\":\"a\\u009bb\"}", 422, "one line"},
	{"{\"number\":\"1\",\"numbre\":\"2\"}", 422, "no member numbre"},
	{"{\"number\":\"1\",\"" LONG_NAME "\":1}", 422, "no member like that"},
};

START_TEST(bodies_are_read_strictly)
{
	const char *number, *comment;
	const struct field fields[] = {
		{"number", true, 20, &number},
		{"comment", false, 8, &comment},
	};
	struct reply reply = {0};
	struct buf body;
	json_t *object;

	buf_init(&body, 4096);
	buf_add(&body, cases[_i].body, strlen(cases[_i].body));
	object = fields_read(&reply, &body, fields, 2);
	ck_assert_msg(reply.status == cases[_i].status, "%s: %d %s",
		      cases[_i].body, reply.status, reply.body);
	ck_assert_int_eq(object != NULL, !cases[_i].status);
	if (object)
		ck_assert_str_eq(number, "1");
	else
		ck_assert_msg(strstr(reply.body, cases[_i].says), "%s: %s",
			      cases[_i].body, reply.body);
	json_decref(object);
	reply_fini(&reply);
	buf_fini(&body);
}
END_TEST

START_TEST(an_absent_member_is_null)
{
	const char *comment = "left over";
	const struct field field = {"comment", false, 8, &comment};
	struct reply reply = {0};
	struct buf body;
	json_t *object;

	buf_init(&body, 4096);
	buf_add(&body, "{}", 2);
	object = fields_read(&reply, &body, &field, 1);
	ck_assert_ptr_nonnull(object);
	ck_assert_ptr_null(comment);
	json_decref(object);
	buf_fini(&body);
}
END_TEST

Suite *fields_suite(void)
{
	Suite *suite = suite_create("fields");
	TCase *tests = tcase_create("fields");

	tcase_add_loop_test(tests, bodies_are_read_strictly, 0,
			    sizeof(cases) / sizeof(*cases));
	tcase_add_test(tests, an_absent_member_is_null);
	suite_add_tcase(suite, tests);
	return suite;
}
