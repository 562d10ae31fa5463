/* The grammar of a section, as it is written, and the answers it is for; and
 * what is sent to get them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asker.h"
#include "callsieve/core/buf.h"
#include "callsieve/core/clock.h"
#include "suites.h"

#define HEAD                                                                   \
	"listen a { address = 127.0.0.1 }\n"                                   \
	"trunk t { sources = {127.0.0.1} route = r }\n"                        \
	"gateway g { uri = 'sip:127.0.0.1:5080' }\n"                           \
	"route r { gateways = {g} }\n"

/* The section with these options, "" for url being any. */
static struct config *parse(const char *options)
{
	struct config *parsed = NULL;
	struct buf errors;
	char text[4096];

	snprintf(text, sizeof(text),
		 HEAD
		 "reputation x {\nurl = 'http://127.0.0.1:%u/{e164}'\n%s}\n",
		 server ? fake_http_port(server) : 9, options);
	buf_init(&errors, 4096);
	config_parse(&parsed, "input", text, &errors);
	ck_assert_msg(parsed, "%s: %s", options,
		      errors.data ? errors.data : "?");
	buf_fini(&errors);
	return parsed;
}

#define UNKNOWN	  -1
#define MALFORMED -2
#define REFUSED	  -3
#define GOOD	  -4

#define SIGNED "score_min = 0 score_max = -1 score = /reputation"
#define LEVELS                                                                 \
	"score = /spamRisk/level scale = steps levels = {'1 = 50', '2 = 100'}" \
	" ok_when = {'/statusCode = 10000'}"                                   \
	" miss_when = {'/recordFound = false'}"
#define WORDS                                                                  \
	"score = /risk scale = enum"                                           \
	" levels = {'low = 0', 'Medium = 50', 'HIGH = 100'}"
#define OTHER "score = /risk scale = enum levels = {'ok = 0', '* = 70'}"
#define VOTES "score = /votes scale = log score_min = 0 score_max = 99"
#define BARE                                                                   \
	"format = text score = '' scale = enum"                                \
	" levels = {'SPAM = 100', 'OK = 0'} miss_when = {' = UNKNOWN'}"
#define UNDER_200                                                              \
	"score = /score ok_when = {'/error = 0', '/message != busy'}"          \
	" miss_when = {'/error = 44'}"
#define CATEGORY                                                               \
	"score = /s category = /type"                                          \
	" categories = {'scam = 90', 'survey = 20'}"
#define ALLOWED "allow_when = {'/white', '/trust >= 0.9'}"

static const struct {
	const char *options, *body;
	int risk;
} cases[] = {
	/* 0 or 1, and yes or no */
	{"scale = bool", "{\"score\": 1}", 100},
	{"scale = bool", "{\"score\": \"0\"}", 0},
	{"scale = bool", "{\"score\": true}", 100},
	{"scale = bool", "{\"score\": \"No\"}", 0},
	{"scale = bool", "{\"score\": 2}", MALFORMED},
	{"scale = bool", "{\"score\": \"maybe\"}", MALFORMED},
	{"scale = bool", "{\"score\": null}", UNKNOWN},
	{"scale = bool", "{}", MALFORMED},
	/* 0 to 100 */
	{"", "{\"score\": 47}", 47},
	{"score = /a/0/s score_max = 1000", "{\"a\": [{\"s\": 640}]}", 64},
	/* -1 to 1 */
	{SIGNED, "{\"reputation\": -0.8}", 80},
	{SIGNED, "{\"reputation\": 0.8}", 0},
	{"score_min = -1 score_max = 1", "{\"score\": 0}", 50},
	/* levels */
	{LEVELS,
	 "{\"statusCode\": 10000, \"recordFound\": true,"
	 " \"spamRisk\": {\"level\": 2}}",
	 100},
	{LEVELS,
	 "{\"statusCode\": 10000, \"recordFound\": true,"
	 " \"spamRisk\": {\"level\": 1.5}}",
	 50},
	{LEVELS,
	 "{\"statusCode\": 10000, \"recordFound\": true,"
	 " \"spamRisk\": {\"level\": 0}}",
	 0},
	{LEVELS, "{\"statusCode\": 10000, \"recordFound\": false}", UNKNOWN},
	{LEVELS,
	 "{\"statusCode\": 20403, \"recordFound\": true,"
	 " \"spamRisk\": {\"level\": 2}}",
	 REFUSED},
	{LEVELS, "{\"statusCode\": 10000, \"spamRisk\": {\"level\": \"?\"}}",
	 MALFORMED},
	/* enums */
	{WORDS, "{\"risk\": \"LOW\"}", 0},
	{WORDS, "{\"risk\": \"medium\"}", 50},
	{WORDS, "{\"risk\": \"High\"}", 100},
	{WORDS, "{\"risk\": \"severe\"}", MALFORMED},
	{WORDS, "{\"risk\": [\"High\"]}", MALFORMED},
	{OTHER, "{\"risk\": \"severe\"}", 70},
	{OTHER, "{\"risk\": {}}", MALFORMED},
	/* votes */
	{VOTES, "{\"votes\": 0}", 0},
	{VOTES, "{\"votes\": 9}", 50},
	{VOTES, "{\"votes\": 99}", 100},
	{VOTES, "{\"votes\": 12345}", 100},
	{VOTES, "{\"votes\": -3}", 0},
	/* bare strings */
	{BARE, "SPAM", 100},
	{BARE, " ok\r\n", 0},
	{BARE, "UNKNOWN\n", UNKNOWN},
	{BARE, "SPAM SPAM", MALFORMED},
	{BARE, "", MALFORMED},
	{BARE, "<html>", MALFORMED},
	{"format = text score = ''", "85", 85},
	{"format = text", "85", 85},
	{"format = text scale = bool", "\xef\xbb\xbfyes", 100},
	{"score = ''", "\"85\"", 85},
	/* errors under HTTP 200 */
	{UNDER_200, "{\"error\": 0, \"score\": 90}", 90},
	{UNDER_200, "{\"error\": \"0\", \"score\": 90}", 90},
	{UNDER_200, "{\"error\": 7, \"score\": 90}", REFUSED},
	{UNDER_200, "{\"error\": 44, \"score\": 0}", UNKNOWN},
	{UNDER_200, "{\"error\": 0, \"message\": \"Busy\", \"score\": 1}",
	 REFUSED},
	{UNDER_200, "{\"score\": 90}", REFUSED},
	/* nothing there is null */
	{"score = /0/s miss_when = {'/0 = null'}", "[]", UNKNOWN},
	{"score = /0/s miss_when = {'/0 = null'}", "[{\"s\": 9}]", 9},
	{"ok_when = {'/error = null'}", "{\"score\": 9}", 9},
	{"ok_when = {'/error = null'}", "{\"error\": \"x\"}", REFUSED},
	{"ok_when = {'/id != null'}", "{\"score\": 9}", REFUSED},
	/* what is not known is no error */
	{"ok_when = {'/status = ok'} miss_when = {'/status = none'}",
	 "{\"status\": \"none\"}", UNKNOWN},
	/* categories: the worse counts */
	{CATEGORY, "{\"s\": 10, \"type\": \"SCAM\"}", 90},
	{CATEGORY, "{\"s\": 95, \"type\": \"scam\"}", 95},
	{CATEGORY, "{\"type\": \"survey\"}", 20},
	{CATEGORY, "{\"s\": 10, \"type\": \"novel\"}", 10},
	{CATEGORY, "{\"s\": null, \"type\": null}", UNKNOWN},
	{CATEGORY, "{\"type\": \"novel\"}", MALFORMED},
	/* known to be good */
	{ALLOWED, "{\"white\": true, \"score\": 99}", GOOD},
	{ALLOWED, "{\"white\": false, \"score\": 99}", 99},
	{ALLOWED, "{\"white\": null, \"trust\": 0.95, \"score\": 9}", GOOD},
	{ALLOWED, "{\"trust\": 0.8, \"score\": 99}", 99},
};

static int meaning(const struct rep_answer *answer)
{
	if (answer->status == REP_UNKNOWN)
		return UNKNOWN;
	if (answer->status == REP_UNAVAILABLE)
		return strcmp(answer->why, "refused") ? MALFORMED : REFUSED;
	return answer->allow ? GOOD : answer->risk;
}

START_TEST(answers_of_ten_shapes_are_understood)
{
	struct config *parsed = parse(cases[_i].options);
	struct rep_answer answer;
	int risk;

	rep_map(&parsed->reputations[0], cases[_i].body, strlen(cases[_i].body),
		&answer);
	risk = meaning(&answer);
	ck_assert_msg(risk == cases[_i].risk, "%s of %s is %d, not %d",
		      cases[_i].options, cases[_i].body, risk, cases[_i].risk);
	config_free(parsed);
}
END_TEST

static const struct {
	const char *options;
	const char *sent[4];
} requests[] = {
	{"headers = {'X-Number: {00}', 'X-Time: {time}'}",
	 {"GET /%2B12025550001 ", "\r\nX-Number: 0012025550001\r\n",
	  "\r\nX-Time: 1700000000\r\n"}},
	{"method = POST body = '{\"aNumber\": \"{e164}\"}'",
	 {"POST /", "\r\nContent-Type: application/json\r\n",
	  "\r\n\r\n{\"aNumber\": \"+12025550001\"}"}},
	{"method = POST body = 'n={e164}&c={callee-national}'",
	 {"\r\nContent-Type: application/x-www-form-urlencoded\r\n",
	  "\r\n\r\nn=%2B12025550001&c=2025550199"}},
	{"method = POST", {"POST /", "\r\nContent-Length: 0\r\n"}},
	{"auth = bearer secret = 's3same'",
	 {"\r\nAuthorization: Bearer s3same\r\n"}},
	{"auth = basic secret = 'Aladdin:open sesame'",
	 {"\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"}},
	{"auth = header auth_name = X-Key secret = s3same",
	 {"\r\nX-Key: s3same\r\n"}},
	{"auth = query auth_name = key secret = 'a+b c'",
	 {"GET /%2B12025550001?key=a%2Bb%20c "}},
	{"headers = {'X-Hash: {SHA1}'}",
	 {"\r\nX-Hash: 092BCBD58E3883E80A89700E2A1F3EFDD6961FB9\r\n"}},
	{"headers = {'X-Hash: {sha256}', 'X-Country: {country}'}",
	 {"\r\nX-Hash: "
	  "47148e97489f01ca5cc3d3ac30665030d58c7b6b7f65721634f397049e7bb613\r"
	  "\n",
	  "\r\nX-Country: 1\r\n"}},
};

static void find_out_with_callee(void)
{
	struct number caller = number_of(1), callee = number_of(199);
	struct rep_question question = {.caller = &caller, .callee = &callee};
	struct asker asker = {0};

	ask_question(&asker, &question);
	await_answer(&asker);
	ck_assert_known(&asker.answer, 95);
}

START_TEST(requests_are_sent_as_configured)
{
	struct config *parsed = parse(requests[_i].options);
	char head[4096];

	ck_assert_int_eq(rep_configure(rep, &parsed->reputations[0]), 0);
	find_out_with_callee();
	fake_http_last(server, head, sizeof(head));
	for (int i = 0; i < 4 && requests[_i].sent[i]; i++)
		ck_assert_msg(strstr(head, requests[_i].sent[i]),
			      "no \"%s\" in %s", requests[_i].sent[i], head);
	config_free(parsed);
}
END_TEST

/* Only a section that says so tells who is called. */
START_TEST(callee_is_private)
{
	char head[4096];

	find_out_with_callee();
	fake_http_last(server, head, sizeof(head));
	ck_assert_ptr_null(strstr(head, "5550199"));
}
END_TEST

START_TEST(answers_about_a_pair_are_kept_by_pair)
{
	struct config *parsed = parse("headers = {'X-Callee: {callee-e164}'}");
	struct number caller = number_of(1), callee = number_of(3);
	struct rep_question other = {.caller = &caller, .callee = &callee};
	struct rep_answer answer;

	ck_assert_int_eq(rep_configure(rep, &parsed->reputations[0]), 0);
	find_out_with_callee();
	ck_assert(!rep_peek(rep, &other, &answer));
	callee = number_of(199);
	ck_assert(rep_peek(rep, &other, &answer));
	config_free(parsed);
}
END_TEST

static const struct {
	const char *options, *error;
} mistakes[] = {
	{"method = PUT", "method must be GET or POST, not \"PUT\""},
	{"body = '{}'", "a body takes method = \"POST\""},
	{"method = POST body = 'n={number}'", "body may have {e164}"},
	{"headers = {'X: {nmbr}'}", "headers may have {e164}"},
	{"auth = bearer", "auth and secret (or secret_file) go together"},
	{"secret = x", "auth and secret (or secret_file) go together"},
	{"auth = header secret = x", "auth_name is for"},
	{"auth = basic secret = x", "\"USER:PASSWORD\""},
	{"auth = bearer secret_file = '/nonexistent'",
	 "secret_file /nonexistent cannot be used: No such file"},
	{"ok_when = {'status = 1'}", "ok_when must be conditions"},
	{"miss_when = {'/a ~ 1'}", "miss_when must be conditions"},
	{"allow_when = {'/a > x'}", "allow_when must be conditions"},
	{"scale = enum", "levels are for scale"},
	{"levels = {'a = 1'}", "levels are for scale"},
	{"scale = steps levels = {'a = 1'}", "levels of steps are numbers"},
	{"scale = enum levels = {'a = 101'}", "levels must be such as"},
	{"miss_status = {'40'}", "miss_status must be HTTP statuses"},
	{"miss_status = {'600'}", "miss_status must be HTTP statuses"},
	{"tls_ca = '/nonexistent'", "tls_ca /nonexistent cannot be used: No"},
	{"category = /c", "category and categories go together"},
};

START_TEST(mistakes_are_told)
{
	struct config *parsed = NULL;
	struct buf errors;
	char text[1024];

	snprintf(text, sizeof(text),
		 HEAD "reputation x { url = 'http://h/{e164}'\n%s }\n",
		 mistakes[_i].options);
	buf_init(&errors, 4096);
	config_parse(&parsed, "input", text, &errors);
	ck_assert_ptr_null(parsed);
	ck_assert_msg(strstr(errors.data, mistakes[_i].error), "%s",
		      errors.data);
	buf_fini(&errors);
}
END_TEST

START_TEST(secret_comes_from_a_file)
{
	char path[] = "/tmp/callsieve-secret-XXXXXX", options[128], head[4096];
	int fd = mkstemp(path);
	struct config *parsed;

	ck_assert_int_eq(write(fd, "from a file\nnot this\n", 21), 21);
	close(fd);
	snprintf(options, sizeof(options), "auth = bearer secret_file = '%s'",
		 path);
	parsed = parse(options);
	unlink(path);
	ck_assert_int_eq(rep_configure(rep, &parsed->reputations[0]), 0);
	find_out(1);
	fake_http_last(server, head, sizeof(head));
	ck_assert_ptr_nonnull(
		strstr(head, "\r\nAuthorization: Bearer from a file\r\n"));
	config_free(parsed);
}
END_TEST

/* Lies, floods and detours: none of them is a clean bill. */
START_TEST(redirect_is_not_followed)
{
	struct fake_http_reply reply = {.status = 302,
					.body = "{\"score\": 0}"};
	struct rep_answer answer;

	snprintf(reply.location, sizeof(reply.location),
		 "http://127.0.0.1:%u/elsewhere", fake_http_port(server));
	fake_http_set_reply(server, &reply);
	answer = find_out(1);
	ck_assert_unavailable(&answer, "error");
	ck_assert_uint_eq(fake_http_requests(server), 1);
}
END_TEST

#define LISTED                                                                 \
	"format = status scale = enum miss_status = {}"                        \
	" levels = {'200 = 90', '404 = 0'}"
#define GONE "miss_status = {'410', '299'}"

static const struct {
	const char *options;
	int status, risk;
} statuses[] = {
	/* what none of the options says */
	{"", 200, 95},
	{"", 201, 95},
	{"", 203, 95},
	{"", 204, UNKNOWN},
	{"", 404, UNKNOWN},
	{"ok_when = {'/status = ok'}", 404, UNKNOWN},
	{"", 410, MALFORMED},
	{"", 301, MALFORMED},
	{"", 500, MALFORMED},
	/* what they do */
	{GONE, 410, UNKNOWN},
	{GONE, 299, UNKNOWN},
	{GONE, 404, MALFORMED},
	{"miss_status = {}", 404, MALFORMED},
	/* the status is the answer */
	{LISTED, 200, 90},
	{LISTED, 404, 0},
	{LISTED, 422, MALFORMED},
	{LISTED, 401, MALFORMED},
	{LISTED, 500, MALFORMED},
	{LISTED, 302, MALFORMED},
};

START_TEST(statuses_mean_what_is_configured)
{
	struct config *parsed = parse(statuses[_i].options);
	struct rep_answer answer;

	ck_assert_int_eq(rep_configure(rep, &parsed->reputations[0]), 0);
	fake_http_set(server, HTTP_ANSWER, statuses[_i].status,
		      "{\"score\": 95}");
	answer = find_out(1);
	ck_assert_msg(meaning(&answer) == statuses[_i].risk,
		      "%s of %d is %d, not %d", statuses[_i].options,
		      statuses[_i].status, meaning(&answer), statuses[_i].risk);
	config_free(parsed);
}
END_TEST

START_TEST(good_callers_and_categories_outlive_the_cache)
{
	struct config *parsed = parse(
		"allow_when = {'/white'} allow_points = -33 points = 50\n"
		"category = /type categories = {'scam = 90', 'poll = 60'}");
	struct rep_answer answer;

	ck_assert_int_eq(rep_configure(rep, &parsed->reputations[0]), 0);
	fake_http_set(server, HTTP_ANSWER, 200, "{\"white\": 1}");
	find_out(1);
	answer = find_out(1);
	ck_assert(answer.cached && answer.allow);
	ck_assert_int_eq(answer.points, -33);
	fake_http_set(server, HTTP_ANSWER, 200, "{\"type\": \"poll\"}");
	find_out(2);
	answer = find_out(2);
	ck_assert(answer.cached);
	ck_assert_str_eq(answer.label, "poll");
	ck_assert_str_eq(answer.name, "x");
	ck_assert_int_eq(answer.points, 30);
	config_free(parsed);
}
END_TEST

Suite *grammar_suite(void)
{
	Suite *suite = suite_create("grammar");
	TCase *tc = tcase_create("grammar");

	tcase_add_checked_fixture(tc, rep_setup, rep_teardown);
	tcase_add_loop_test(tc, answers_of_ten_shapes_are_understood, 0,
			    (int)(sizeof(cases) / sizeof(*cases)));
	tcase_add_loop_test(tc, requests_are_sent_as_configured, 0,
			    (int)(sizeof(requests) / sizeof(*requests)));
	tcase_add_test(tc, callee_is_private);
	tcase_add_test(tc, answers_about_a_pair_are_kept_by_pair);
	tcase_add_loop_test(tc, mistakes_are_told, 0,
			    (int)(sizeof(mistakes) / sizeof(*mistakes)));
	tcase_add_test(tc, secret_comes_from_a_file);
	tcase_add_test(tc, redirect_is_not_followed);
	tcase_add_loop_test(tc, statuses_mean_what_is_configured, 0,
			    (int)(sizeof(statuses) / sizeof(*statuses)));
	tcase_add_test(tc, good_callers_and_categories_outlive_the_cache);
	suite_add_tcase(suite, tc);
	return suite;
}
