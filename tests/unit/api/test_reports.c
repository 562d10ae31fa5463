#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "callsieve/core/metrics.h"

#include "server.h"
#include "suites.h"

#define A500                                                                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void check_text(const struct answer *answer, const char *member,
		       const char *text)
{
	json_t *object = json_loads(answer->body, 0, NULL);
	const char *got = json_string_value(json_object_get(object, member));

	ck_assert_msg(object && json_object_get(object, member), "%s",
		      answer->text);
	if (text)
		ck_assert_str_eq(got, text);
	else
		ck_assert(json_is_null(json_object_get(object, member)));
	json_decref(object);
}

START_TEST(report_is_stored_when_answered)
{
	struct answer answer;
	int64_t accepted = metric_get(METRIC_REPORTS_ACCEPTED);

	post(&answer, "/v1/reports",
	     "{\"number\":\"+12025550123\",\"category\":\"scam\","
	     "\"comment\":\"caf\\u00e9\"}");
	ck_assert_msg(answer.status == 201, "%s", answer.text);
	check_text(&answer, "number", "+12025550123");
	check_text(&answer, "category", "scam");
	check_text(&answer, "comment", "caf\xc3\xa9");
	ck_assert_int_eq(server_count("SELECT count(*) FROM reports "
				      "WHERE number = '+12025550123' AND "
				      "category = 'scam'"),
			 1);
	ck_assert_int_eq(metric_get(METRIC_REPORTS_ACCEPTED), accepted + 1);
}
END_TEST

START_TEST(saying_it_again_changes_what_was_said)
{
	struct answer answer;

	post(&answer, "/v1/reports",
	     "{\"number\":\"+12025550123\",\"comment\":\"first\"}");
	ck_assert_int_eq(answer.status, 201);
	post(&answer, "/v1/reports",
	     "{\"number\":\"(202) 555-0123\",\"comment\":\"second\"}");
	ck_assert_int_eq(answer.status, 200);
	check_text(&answer, "number", "+12025550123");
	check_text(&answer, "category", NULL);
	ck_assert_int_eq(server_count("SELECT count(*) FROM reports"), 1);
	ck_assert_int_eq(server_count("SELECT count(*) FROM reports "
				      "WHERE comment = 'second'"),
			 1);
}
END_TEST

START_TEST(two_subscribers_are_two_reports)
{
	struct answer answer;

	post(&answer, "/v1/reports", "{\"number\":\"+12025550123\"}");
	ck_assert_int_eq(answer.status, 201);
	ck_assert_int_eq(token_new(server.store, "bob", server.token), 0);
	post(&answer, "/v1/reports", "{\"number\":\"+12025550123\"}");
	ck_assert_int_eq(answer.status, 201);
	ck_assert_int_eq(server_count("SELECT count(*) FROM reports"), 2);
}
END_TEST

START_TEST(revoked_token_reports_nothing)
{
	struct answer answer;

	ck_assert_int_eq(token_revoke(server.store, "ann"), 0);
	post(&answer, "/v1/reports", "{\"number\":\"+12025550123\"}");
	check_problem(&answer, 401, "revoked");
	ck_assert_int_eq(server_count("SELECT count(*) FROM reports"), 0);
}
END_TEST

static const struct {
	const char *json, *words;
} refusals[] = {
	{"{\"number\":\"\"}", "no telephone number"},
	{"{\"number\":\"911\"}", "Emergency"},
	{"{\"number\":\"112\"}", "Emergency"},
	{"{\"number\":\"anonymous\"}", "withheld"},
	{"{\"number\":\"4711\"}", "Short"},
	{"{\"number\":\"+1234567890123456789\"}", "no telephone number"},
	{"{\"number\":\"+12025550123\",\"category\":\"rude\"}",
	 "\"category\" must be one of: "},
	{"{\"number\":\"+12025550123\",\"category\":\"\"}",
	 "\"category\" must be one of: "},
	{"{\"number\":\"+12025550123\",\"comment\":\"" A500 "a\"}",
	 "at most 500 bytes"},
	{"{\"number\":\"+12025550123\",\"coment\":\"typo\"}",
	 "no member coment"},
};

START_TEST(refusals_say_what_is_wrong)
{
	struct answer answer;

	post(&answer, "/v1/reports", refusals[_i].json);
	check_problem(&answer, 422, refusals[_i].words);
	ck_assert_int_eq(server_count("SELECT count(*) FROM reports"), 0);
}
END_TEST

START_TEST(longest_comment_fits)
{
	struct answer answer;

	post(&answer, "/v1/reports",
	     "{\"number\":\"+12025550123\",\"comment\":\"" A500 "\"}");
	ck_assert_int_eq(answer.status, 201);
}
END_TEST

Suite *reports_suite(void)
{
	Suite *suite = suite_create("reports");
	TCase *tests = tcase_create("reports");

	tcase_add_checked_fixture(tests, server_setup, server_teardown);
	tcase_add_test(tests, report_is_stored_when_answered);
	tcase_add_test(tests, saying_it_again_changes_what_was_said);
	tcase_add_test(tests, two_subscribers_are_two_reports);
	tcase_add_test(tests, revoked_token_reports_nothing);
	tcase_add_loop_test(tests, refusals_say_what_is_wrong, 0,
			    sizeof(refusals) / sizeof(*refusals));
	tcase_add_test(tests, longest_comment_fits);
	suite_add_tcase(suite, tests);
	return suite;
}
