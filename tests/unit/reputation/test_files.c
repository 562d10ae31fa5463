/* The sections in etc/providers, each against a server that answers as its
 * service was recorded to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asker.h"
#include "callsieve/core/buf.h"
#include "suites.h"

#define HEAD                                                                   \
	"listen a { address = 127.0.0.1 }\n"                                   \
	"trunk t { sources = {127.0.0.1} route = r }\n"                        \
	"gateway g { uri = 'sip:127.0.0.1:5080' }\n"                           \
	"route r { gateways = {g} }\n"

#define TEXT_MAX  8192
#define UNKNOWN	  -1
#define MALFORMED -2
#define REFUSED	  -3
#define GOOD	  -4

#define ADD_ON(name, result)                                                   \
	"{\"caller_name\": null, \"add_ons\": {\"status\": \"successful\","    \
	" \"message\": null, \"code\": null, \"results\": {\"" name            \
	"\": " result "}}}"
#define DONE(result)                                                           \
	"{\"request_sid\": \"XR1\", \"status\": \"successful\","               \
	" \"message\": null, \"code\": null, \"result\": " result "}"
#define TIMED_OUT                                                              \
	"{\"request_sid\": \"XR1\", \"status\": \"failed\","                   \
	" \"message\": \"Request timed out\", \"code\": 61001,"                \
	" \"result\": {}}"
#define TELESIGN(code, risk)                                                   \
	"{\"reference_id\": \"0123\", \"status\": {\"code\": " code            \
	", \"description\": \"\"}, \"risk\": " risk "}"
#define ORION(level, category)                                                 \
	"{\"body\": {\"aNumber\": \"+12025550001\", \"riskLevel\": \"" level   \
	"\", \"category\": \"" category "\"}, \"error\": null}"

static const struct {
	const char *file, *body;
	int risk;
	const char *sent; /* in the request */
} recorded[] = {
	{"phoneblock",
	 "{\"phone\": \"+12025550001\", \"votes\": 12,"
	 " \"rating\": \"G_FRAUD\", \"whiteListed\": false,"
	 " \"archived\": false}",
	 80, "Authorization: Bearer hush\r\n"},
	{"phoneblock", "{\"votes\": 0, \"rating\": \"B_MISSED\"}", UNKNOWN,
	 "&format=json HTTP"},
	{"phoneblock", "{\"votes\": 99, \"whiteListed\": true}", GOOD, "sha1="},
	{"nomorobo", ADD_ON("nomorobo_spamscore", DONE("{\"score\": 1}")), 100,
	 "Authorization: Basic aDp1c2g="},
	{"nomorobo", ADD_ON("nomorobo_spamscore", DONE("{\"score\": 0}")), 0,
	 "/%2B12025550001?AddOns=nomorobo_spamscore"},
	{"nomorobo", ADD_ON("nomorobo_spamscore", TIMED_OUT), REFUSED, ""},
	{"youmail",
	 "{\"statusCode\": 10000, \"recordFound\": true,"
	 " \"phoneNumber\": 9991002000, \"spamRisk\": {\"level\": 1},"
	 " \"timestamp\": \"2016-10-06T00:31:04.362Z\"}",
	 50, "GET /api/v2/phone/2025550001?format=json"},
	{"youmail", "{\"statusCode\": 10000, \"recordFound\": false}", UNKNOWN,
	 "DataApiKey: hush\r\n"},
	{"youmail", "{\"statusCode\": 20403}", REFUSED, "DataApiSid: hush\r\n"},
	{"twilio-scout",
	 ADD_ON("icehook_scout", DONE("{\"risk_rating\": \"highly_likely\","
				      " \"risk_level\": 94}")),
	 94, "AddOns=icehook_scout"},
	{"twilio-scout", ADD_ON("icehook_scout", TIMED_OUT), REFUSED, ""},
	{"truecnam",
	 "{\"err\": \"0\", \"error_msg\": \"\", \"name\": \"\","
	 " \"spam_score\": 85, \"spam_score_match\": 1}",
	 85, "&calling_number=12025550001&password=hush "},
	{"truecnam", "{\"err\": \"12\", \"error_msg\": \"no credit\"}", REFUSED,
	 ""},
	{"telesign",
	 TELESIGN("300", "{\"level\": \"high\", \"recommendation\": \"block\","
			 " \"score\": 959}"),
	 96, "POST /v1/score/12025550001 "},
	{"telesign",
	 TELESIGN("300", "{\"level\": \"low\", \"recommendation\": \"allow\","
			 " \"score\": 1}"),
	 0, "\r\n\r\naccount_lifecycle_event=transact"},
	{"telesign", TELESIGN("11000", "null"), REFUSED, ""},
	{"first-orion", ORION("High", "SCAM"), 100,
	 "{\"aNumber\": \"+12025550001\"}"},
	{"first-orion", ORION("LOW", "PRISON"), 0, "Authorization: hush\r\n"},
	{"first-orion", "{\"body\": null, \"error\": \"bad token\"}", REFUSED,
	 ""},
	{"callsieve",
	 "{\"number\": \"+12025550001\", \"status\": \"known\","
	 " \"score\": 80, \"allowed\": false, \"reports\":"
	 " {\"reporters\": 2}}",
	 80, "Authorization: Bearer hush\r\n"},
	{"callsieve",
	 "{\"number\": \"+12025550001\", \"status\": \"known\","
	 " \"score\": 0, \"allowed\": true,"
	 " \"allowlist\": {\"number\": \"+1202*\"}}",
	 GOOD, "GET /v1/reputation/%2B12025550001 "},
};

/* With the server's address in place of the service's. */
static void read_section(char text[TEXT_MAX], const char *name)
{
	char path[64], whole[TEXT_MAX - 512], *host, *rest;
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), "etc/providers/%s.conf", name);
	file = fopen(path, "re");
	ck_assert_msg(file, "%s", path);
	len = fread(whole, 1, sizeof(whole) - 1, file);
	fclose(file);
	whole[len] = '\0';
	host = strstr(whole, "https://");
	ck_assert_ptr_nonnull(host);
	rest = strchr(host + 8, '/');
	*host = '\0';
	snprintf(text, TEXT_MAX, HEAD "%shttp://127.0.0.1:%u%s", whole,
		 fake_http_port(server), rest);
}

static struct config *load(const char *name)
{
	static const char *const secrets[] = {
		"PHONEBLOCK_TOKEN", "YOUMAIL_SID",	 "YOUMAIL_KEY",
		"TRUECNAM_KEY",	    "TRUECNAM_PASSWORD", "FIRST_ORION_TOKEN",
		"CALLSIEVE_TOKEN",
	};
	struct config *parsed = NULL;
	char text[TEXT_MAX];
	struct buf errors;

	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		setenv(secrets[i], "hush", 1);
	setenv("TWILIO_SECRET", "h:ush", 1);
	setenv("TELESIGN_SECRET", "h:ush", 1);
	read_section(text, name);
	buf_init(&errors, 4096);
	config_parse(&parsed, name, text, &errors);
	ck_assert_msg(parsed, "%s", errors.len ? errors.data : name);
	buf_fini(&errors);
	return parsed;
}

static int meaning(const struct rep_answer *answer)
{
	if (answer->status == REP_UNKNOWN)
		return UNKNOWN;
	if (answer->status == REP_UNAVAILABLE)
		return strcmp(answer->why, "refused") ? MALFORMED : REFUSED;
	return answer->allow ? GOOD : answer->risk;
}

START_TEST(recorded_answer_is_understood)
{
	struct config *parsed = load(recorded[_i].file);
	struct rep_answer answer;
	char head[4096];

	ck_assert_str_eq(parsed->reputations[0].name, recorded[_i].file);
	parsed->reputations[0].deadline_ms = ANY_MS;
	ck_assert_int_eq(rep_configure(rep, &parsed->reputations[0]), 0);
	fake_http_set(server, HTTP_ANSWER, 200, recorded[_i].body);
	answer = find_out(1);
	ck_assert_msg(meaning(&answer) == recorded[_i].risk,
		      "%s: %s is %d, not %d", recorded[_i].file,
		      recorded[_i].body, meaning(&answer), recorded[_i].risk);
	fake_http_last(server, head, sizeof(head));
	ck_assert_msg(strstr(head, recorded[_i].sent), "no \"%s\" in %s",
		      recorded[_i].sent, head);
	config_free(parsed);
}
END_TEST

/* Whatever a service does wrong, no file takes it for an answer; and 404 is
 * how a service says that it knows nothing. */
static const struct {
	enum fake_http_way way;
	int status;
	const char *body;
} troubles[] = {
	{HTTP_HANG, 0, ""},	      {HTTP_HALF, 200, "{\"score\": 0}"},
	{HTTP_ENDLESS, 200, "x"},     {HTTP_CLOSE, 0, ""},
	{HTTP_ANSWER, 200, "{}"},     {HTTP_ANSWER, 200, "[]"},
	{HTTP_ANSWER, 200, "<html>"}, {HTTP_ANSWER, 302, "{\"score\": 0}"},
	{HTTP_ANSWER, 500, "{}"},     {HTTP_ANSWER, 401, "{}"},
	{HTTP_ANSWER, 429, "{}"},
};

START_TEST(trouble_is_never_clean)
{
	size_t count = sizeof(troubles) / sizeof(*troubles);
	struct config *parsed = load(recorded[_i].file);
	struct rep_answer answer;

	parsed->reputations[0].deadline_ms = 40;
	parsed->reputations[0].breaker_failures = 1000;
	ck_assert_int_eq(rep_configure(rep, &parsed->reputations[0]), 0);
	for (size_t i = 0; i < count; i++) {
		fake_http_set(server, troubles[i].way, troubles[i].status,
			      troubles[i].body);
		answer = find_out((unsigned)i + 1);
		ck_assert_msg(answer.status == REP_UNAVAILABLE &&
				      answer.points == 0,
			      "%s: trouble %zu", recorded[_i].file, i);
	}
	fake_http_set(server, HTTP_ANSWER, 404, "<html>not found</html>");
	answer = find_out((unsigned)count + 1);
	ck_assert_msg(answer.status == REP_UNKNOWN, "%s: 404",
		      recorded[_i].file);
	config_free(parsed);
}
END_TEST

Suite *files_suite(void)
{
	Suite *suite = suite_create("files");
	TCase *tc = tcase_create("files");
	int count = (int)(sizeof(recorded) / sizeof(*recorded));

	tcase_add_checked_fixture(tc, rep_setup, rep_teardown);
	tcase_add_loop_test(tc, recorded_answer_is_understood, 0, count);
	for (int i = 0; i < count; i++)
		if (!i || strcmp(recorded[i].file, recorded[i - 1].file) != 0)
			tcase_add_loop_test(tc, trouble_is_never_clean, i,
					    i + 1);
	suite_add_tcase(suite, tc);
	return suite;
}
