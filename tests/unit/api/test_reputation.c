#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "callsieve/reputation.h"

#include "server.h"
#include "suites.h"

#define NUMBER "+12025550123"
#define ASK    "/v1/reputation/" NUMBER

static void report_by(unsigned subscribers)
{
	struct report report = {.number = NUMBER};
	char name[16], token[TOKEN_SIZE];
	int64_t id;
	bool new;

	while (subscribers--) {
		snprintf(name, sizeof(name), "bob%u", subscribers);
		ck_assert_int_eq(token_new(server.store, name, token), 0);
		ck_assert_int_eq(
			token_find(server.store, token, &report.subscriber), 0);
		ck_assert_int_eq(report_save(server.store, &report, &new, &id),
				 0);
	}
	/* As the daemon finds out. */
	server_sql("UPDATE reports SET call = id");
}

/* The threshold is 50 points: that is what a score of 100 stands for. */
static const struct {
	const char *claim, *sql;
	unsigned reporters;
	int score;		       /* -1: 404 */
	const char *blocked, *allowed; /* the rows' numbers, or NULL */
} cases[] = {
	{"nothing known", NULL, 0, -1, NULL, NULL},
	{"exact row",
	 "INSERT INTO blocklist(number, points) VALUES('" NUMBER "', 40)", 0,
	 80, NUMBER, NULL},
	{"more than rejects is still 100",
	 "INSERT INTO blocklist(number, points) VALUES('" NUMBER "', 900)", 0,
	 100, NUMBER, NULL},
	{"prefix", "INSERT INTO blocklist(number, points) VALUES('+1202*', 10)",
	 0, 20, "+1202*", NULL},
	{"longest prefix",
	 "INSERT INTO blocklist(number, points) VALUES('+12025*', 10),"
	 "('+1202*', 50), ('+1203*', 20)",
	 0, 20, "+12025*", NULL},
	{"exact beats the prefix of all its digits",
	 "INSERT INTO blocklist(number, points) VALUES('" NUMBER "*', 10),"
	 "('" NUMBER "', 25)",
	 0, 50, NUMBER, NULL},
	{"expired",
	 "INSERT INTO blocklist(number, expires_at) "
	 "VALUES('" NUMBER "', '2001-01-01')",
	 0, -1, NULL, NULL},
	{"expired row hides no prefix",
	 "INSERT INTO blocklist(number, points, expires_at) "
	 "VALUES('" NUMBER "', 50, '2001-01-01'), ('+1202*', 10, NULL)",
	 0, 20, "+1202*", NULL},
	{"allowed within a blocked prefix",
	 "INSERT INTO blocklist(number) VALUES('+1202*');"
	 "INSERT INTO allowlist(number) VALUES('" NUMBER "')",
	 0, 0, "+1202*", NUMBER},
	{"blocked within an allowed prefix",
	 "INSERT INTO blocklist(number) VALUES('" NUMBER "');"
	 "INSERT INTO allowlist(number) VALUES('+1202*')",
	 0, 100, NUMBER, "+1202*"},
	{"equally long: allow wins",
	 "INSERT INTO blocklist(number) VALUES('+1202*');"
	 "INSERT INTO allowlist(number) VALUES('+1202*')",
	 0, 0, "+1202*", "+1202*"},
	{"range",
	 "INSERT INTO blocklist(number, points) "
	 "VALUES('+12025550100-+12025550199', 20)",
	 0, 40, "+12025550100-+12025550199", NULL},
	{"a range ends somewhere",
	 "INSERT INTO blocklist(number) VALUES('+12025550124-+12025550199'),"
	 "('+12025550100-+12025550122');"
	 "INSERT INTO blocklist(number, force) "
	 "VALUES('+120255501000-+120255501999', 1)",
	 0, -1, NULL, NULL},
	{"range counts as the prefixes it is made of",
	 "INSERT INTO blocklist(number) VALUES('+12025550000-+12025550999');"
	 "INSERT INTO allowlist(number) VALUES('+120255501*')",
	 0, 0, "+12025550000-+12025550999", "+120255501*"},
	{"prefix outranks a shorter piece of a range",
	 "INSERT INTO allowlist(number) VALUES('+12025550100-+12025550199');"
	 "INSERT INTO blocklist(number) VALUES('+1202555012*')",
	 0, 100, "+1202555012*", "+12025550100-+12025550199"},
	{"never to be blocked",
	 "INSERT INTO blocklist(number) VALUES('" NUMBER "');"
	 "INSERT INTO neverblock(number, force) VALUES('+1202555*', 1)",
	 2, 0, NUMBER, NULL},
	{"never called from",
	 "INSERT INTO dno(number, points) VALUES('" NUMBER "', 30)", 0, 60,
	 NULL, NULL},
	{"never called from, but allowed",
	 "INSERT INTO dno(number) VALUES('+12025550*');"
	 "INSERT INTO allowlist(number) VALUES('" NUMBER "')",
	 0, 0, NULL, NUMBER},
	{"list of one trunk",
	 "INSERT INTO list_trunks(list, trunk) VALUES('theirs', 'carrier');"
	 "INSERT INTO blocklist(number, list) VALUES('" NUMBER "', 'theirs')",
	 0, -1, NULL, NULL},
	{"one report is known but does not count", NULL, 1, 0, NULL, NULL},
	{"two reports count", NULL, 2, 100, NULL, NULL},
	{"other people's numbers",
	 "INSERT INTO blocklist(number) VALUES('+12025550124'), ('+4420*')", 0,
	 -1, NULL, NULL},
};

/* One callsieve can ask another: by the defaults of its configuration. */
static void check_our_client_reads(const char *body, int score)
{
	struct config_reputation config = {.score = "/score", .score_max = 100};
	struct rep_answer answer;

	rep_map(&config, body, strlen(body), &answer);
	ck_assert_int_eq(answer.status, REP_KNOWN);
	ck_assert_int_eq(answer.risk, score);
}

static const char *row_number(const json_t *object, const char *list)
{
	const json_t *row = json_object_get(object, list);

	ck_assert_msg(row, "no %s", list);
	return json_string_value(json_object_get(row, "number"));
}

static void check_row(const json_t *object, const char *list,
		      const char *number)
{
	const char *got = row_number(object, list);

	if (number)
		ck_assert_str_eq(got, number);
	else
		ck_assert_ptr_null(got);
}

START_TEST(says_what_lists_and_subscribers_say)
{
	struct answer answer;
	json_t *object, *reports;

	if (cases[_i].sql)
		server_sql(cases[_i].sql);
	report_by(cases[_i].reporters);
	get(&answer, ASK);
	if (cases[_i].score < 0) {
		check_problem(&answer, 404, "Nothing is known");
		return;
	}
	ck_assert_msg(answer.status == 200, "%s: %s", cases[_i].claim,
		      answer.text);
	object = json_loads(answer.body, 0, NULL);
	ck_assert_ptr_nonnull(object);
	ck_assert_msg(json_integer_value(json_object_get(object, "score")) ==
			      cases[_i].score,
		      "%s: %s", cases[_i].claim, answer.body);
	ck_assert_str_eq(json_string_value(json_object_get(object, "number")),
			 NUMBER);
	ck_assert_str_eq(json_string_value(json_object_get(object, "status")),
			 "known");
	reports = json_object_get(object, "reports");
	ck_assert_int_eq(
		json_integer_value(json_object_get(reports, "reporters")),
		cases[_i].reporters);
	check_our_client_reads(answer.body, cases[_i].score);
	check_row(object, "blocklist", cases[_i].blocked);
	check_row(object, "allowlist", cases[_i].allowed);
	json_decref(object);
}
END_TEST

static const char *const writings[] = {
	"/v1/reputation/%2B12025550123",
	"/v1/reputation/2025550123",
	"/v1/reputation/(202)%20555-0123",
	"/v1/reputation/+12025550123?verbose=1",
};

START_TEST(number_may_be_written_in_other_ways)
{
	struct answer answer;

	server_sql("INSERT INTO blocklist(number) VALUES('" NUMBER "')");
	get(&answer, writings[_i]);
	ck_assert_msg(answer.status == 200, "%s: %s", writings[_i],
		      answer.text);
}
END_TEST

static const char *const nonsense[] = {
	"/v1/reputation/hello",
	"/v1/reputation/911",
	"/v1/reputation/+123456789012345678",
	"/v1/reputation/anonymous",
	"/v1/reputation/%27%20OR%201",
};

START_TEST(nonsense_is_refused)
{
	struct answer answer;

	get(&answer, nonsense[_i]);
	check_problem(&answer, 400, "must end in a telephone number");
}
END_TEST

Suite *reputation_suite(void)
{
	Suite *suite = suite_create("reputation");
	TCase *tests = tcase_create("reputation");

	tcase_add_checked_fixture(tests, server_setup, server_teardown);
	tcase_add_loop_test(tests, says_what_lists_and_subscribers_say, 0,
			    sizeof(cases) / sizeof(*cases));
	tcase_add_loop_test(tests, number_may_be_written_in_other_ways, 0,
			    sizeof(writings) / sizeof(*writings));
	tcase_add_loop_test(tests, nonsense_is_refused, 0,
			    sizeof(nonsense) / sizeof(*nonsense));
	suite_add_tcase(suite, tests);
	return suite;
}
