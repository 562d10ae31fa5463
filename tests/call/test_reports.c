/* Subscribers report a caller through the API; the next call feels it. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define LIVE_MS	  15000 /* a second, on a machine that has the time */
#define RECORD_MS 15000

static const char *make_token(const struct scene *scene, const char *name)
{
	static char text[512];
	size_t len;

	claim_number(daemon_run(text, sizeof(text), "callsieve",
				"-c %s token new %s", scene->daemon.config,
				name),
		     0);
	len = strcspn(text, "\r\n");
	text[len] = '\0';
	claim(!strncmp(text, "cs_", 3), "not a token: %s", text);
	return text;
}

static int report(const struct scene *scene, const char *token,
		  const char *number)
{
	char header[600], body[128];

	snprintf(header, sizeof(header), "Authorization: Bearer %s\r\n", token);
	snprintf(body, sizeof(body), "{\"number\": \"%s\"}", number);
	return daemon_http(&scene->daemon, "POST", "/v1/reports", header, body)
		->status;
}

#define SCREENING "\treport_min = 3\n\treport_points = 40\n"

START_TEST(enough_subscribers_turn_a_caller_away)
{
	struct scene scene;
	char token[512];
	char name[16];
	long end;

	scene_open(&scene, SCENE(.screening = SCREENING));
	for (int i = 0; i < 3; i++) {
		/* Who reports it got a call from there. */
		expect_bridged(&scene, CALLER);
		daemon_await_metric_equal(&scene.daemon,
					  "callsieve_records_written_total",
					  i + 1, RECORD_MS);
		snprintf(name, sizeof(name), "phone%d", i);
		snprintf(token, sizeof(token), "%s", make_token(&scene, name));
		claim_number(report(&scene, token, CALLER), 201);

		/* Again and again by the same one is still one report. */
		claim(report(&scene, token, CALLER) / 100 == 2, "refused");
		claim(report(&scene, token, "2125550100") / 100 == 2,
		      "the same number otherwise written is refused");
	}
	claim_number(
		daemon_sql_int(&scene.daemon, "SELECT count(*) FROM reports"),
		3);
	end = trace_clock_ms() + LIVE_MS;
	while (call_passes(&scene, CALLER))
		claim(trace_clock_ms() < end, "not live");
	expect_bridged(&scene, "+12125550101");
	scene_close(&scene);
}
END_TEST

START_TEST(subscribers_who_got_no_call_turn_nobody_away)
{
	struct scene scene;
	char token[512], name[16];

	scene_open(&scene, SCENE(.screening = SCREENING));
	for (int i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "phone%d", i);
		snprintf(token, sizeof(token), "%s", make_token(&scene, name));
		claim_number(report(&scene, token, CALLER), 201);
	}
	daemon_await_metric_equal(&scene.daemon, "callsieve_reported_numbers",
				  1, RECORD_MS);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

static void expect_report(struct scene *scene, const char *rows)
{
	daemon_await_metric_equal(&scene->daemon, "callsieve_reports_total",
				  *rows != '\0', RECORD_MS);
	claim_text(daemon_sql_text(
			   &scene->daemon,
			   "SELECT coalesce(group_concat(name || ' ' || number "
			   "|| ' ' || via || ' ' || (call <> '')), '') FROM "
			   "reports JOIN subscribers s ON s.id = subscriber"),
		   rows);
}

START_TEST(the_callees_607_is_a_report)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	call_refuse(&call, 607);
	expect_report(&scene, CALLEE " " CALLER " 607 1");

	/* Once, however often. */
	call_place(&call, &scene, NULL);
	call_refuse(&call, 607);
	claim_number(
		daemon_sql_int(&scene.daemon, "SELECT count(*) FROM reports"),
		1);
	scene_close(&scene);
}
END_TEST

#define UNWANTED "Reason: SIP;cause=607;text=\"Unwanted\"\r\n"

static const struct {
	const char *reason;
	bool callers; /* hangs up */
	const char *rows;
} byes[] = {
	{UNWANTED, false, CALLEE " " CALLER " bye 1"},
	{"Reason: Q.850;cause=16, sip ; text=\"x\" ; cause=607\r\n", false,
	 CALLEE " " CALLER " bye 1"},
	{"Reason: Q.850;cause=16\r\nReason: STIR;cause=438\r\n" UNWANTED, false,
	 CALLEE " " CALLER " bye 1"},
	{"Reason: SIP;cause=200, SIP;cause=6070\r\n", false, ""},
	{"Reason: SIP;text=\"cause=607\"\r\n", false, ""},
	{"Reason: Q.850;cause=607\r\n", false, ""},
	{"Reason: SIP;cause=600\r\n", false, ""},
	{UNWANTED, true, ""},
};

START_TEST(the_callees_bye_may_be_a_report)
{
	struct scene scene;
	struct call call;
	struct way out;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	out = way(&call, !byes[_i].callers);
	dialog_send(out.from, "BYE", PARTS(.headers = byes[_i].reason));
	dialog_reply(out.to, dialog_expect_request(out.to, "BYE"), 200, NULL);
	dialog_expect(out.from, 200, "BYE");
	daemon_await_metric_equal(
		&scene.daemon, "callsieve_records_written_total", 1, RECORD_MS);
	expect_report(&scene, byes[_i].rows);
	scene_close(&scene);
}
END_TEST

/* It waits for the ACK of the caller: RFC 3261 15. */
START_TEST(the_callees_bye_may_come_before_the_ack)
{
	struct scene scene;
	struct call call;
	struct dialog *callee = &call.callee;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_send(callee, "BYE", PARTS(.headers = UNWANTED));
	dialog_expect(callee, 200, "BYE");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(callee, "ACK");
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	expect_report(&scene, CALLEE " " CALLER " bye 1");
	scene_close(&scene);
}
END_TEST

/* Who says it of a call that is only ringing is the caller. */
START_TEST(the_callers_cancel_is_no_report)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_cancel(&call.caller, PARTS(.headers = UNWANTED));
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_reply(&call.callee,
		     dialog_expect_request(&call.callee, "CANCEL"), 200, NULL);
	dialog_reply(&call.callee, call.invite, 487, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_expect_failure(&call.caller, 487);
	daemon_await_metric_equal(
		&scene.daemon, "callsieve_records_written_total", 1, RECORD_MS);
	expect_report(&scene, "");
	scene_close(&scene);
}
END_TEST

static bool is_labelled(struct scene *scene)
{
	struct call call;
	bool labelled;

	call_place(&call, scene, NULL);
	labelled = message_header(call.invite, "X-Spam-Score", 0) != NULL;
	call_refuse(&call, 486);
	return labelled;
}

START_TEST(a_restart_forgets_nothing)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	claim(!is_labelled(&scene), "labelled for nothing");
	call_place(&call, &scene, NULL);
	call_refuse(&call, 607);
	claim(is_labelled(&scene), "a report changes nothing");
	daemon_stop(&scene.daemon);
	daemon_start(&scene.daemon);
	claim(is_labelled(&scene), "forgotten");
	scene_close(&scene);
}
END_TEST

/* RFC 8197 4: nobody is to answer for all who withhold their number. */
START_TEST(the_anonymous_are_reported_nowhere)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_begin(&call, &scene, "anonymous", CALLEE, NULL);
	call_reaches(&call, &scene.callee);
	call_refuse(&call, 607);
	daemon_await_metric_equal(
		&scene.daemon, "callsieve_records_written_total", 1, RECORD_MS);
	expect_report(&scene, "");
	scene_close(&scene);
}
END_TEST

START_TEST(report_is_in_the_database_when_it_is_answered)
{
	struct scene scene;
	char token[512];

	scene_open(&scene, NULL);
	snprintf(token, sizeof(token), "%s", make_token(&scene, "phone"));
	claim_number(report(&scene, token, CALLER), 201);
	claim_text(daemon_sql_text(&scene.daemon,
				   "SELECT number || ' ' || name FROM reports "
				   "JOIN subscribers s ON s.id = subscriber"),
		   CALLER " phone");

	/* The token itself is nowhere in it. */
	claim_number(daemon_sql_int(&scene.daemon,
				    "SELECT count(*) FROM subscribers WHERE "
				    "token_hash = '%s'",
				    token),
		     0);
	scene_close(&scene);
}
END_TEST

START_TEST(api_refuses_strangers_and_nonsense)
{
	struct scene scene;
	const struct http_answer *answer;
	char token[512];

	scene_open(&scene, NULL);
	snprintf(token, sizeof(token), "%s", make_token(&scene, "phone"));
	claim_number(report(&scene, "cs_0123456789", CALLER), 401);
	claim_number(report(&scene, token, "not a number"), 422);
	answer = daemon_http(&scene.daemon, "POST", "/v1/reports", NULL, "{}");
	claim_number(answer->status, 401);
	claim(strstr(answer->head, "application/problem+json"),
	      "the error is no problem+json");
	claim_number(
		daemon_sql_int(&scene.daemon, "SELECT count(*) FROM reports"),
		0);
	scene_close(&scene);
}
END_TEST

START_TEST(reputation_and_health_can_be_asked)
{
	struct scene scene;
	char token[512], header[600];
	const struct http_answer *answer;

	scene_open(&scene, NULL);
	snprintf(token, sizeof(token), "%s", make_token(&scene, "phone"));
	claim_number(report(&scene, token, CALLER), 201);
	snprintf(header, sizeof(header), "Authorization: Bearer %s\r\n", token);
	answer = daemon_http(&scene.daemon, "GET",
			     "/v1/reputation/%2B12125550100", header, NULL);
	claim_number(answer->status, 200);
	claim(strstr(answer->body, CALLER), "not of that number");
	answer = daemon_http(&scene.daemon, "GET", "/healthz", NULL, NULL);
	claim_number(answer->status, 200);
	scene_close(&scene);
}
END_TEST

Suite *reports_suite(void)
{
	Suite *suite = suite_create("reports");
	TCase *tests = scene_tcase(suite, "reports");

	tcase_add_test(tests, enough_subscribers_turn_a_caller_away);
	tcase_add_test(tests, subscribers_who_got_no_call_turn_nobody_away);
	tcase_add_test(tests, the_callees_607_is_a_report);
	tcase_add_loop_test(tests, the_callees_bye_may_be_a_report, 0,
			    sizeof(byes) / sizeof(byes[0]));
	tcase_add_test(tests, the_callees_bye_may_come_before_the_ack);
	tcase_add_test(tests, the_callers_cancel_is_no_report);
	tcase_add_test(tests, a_restart_forgets_nothing);
	tcase_add_test(tests, the_anonymous_are_reported_nowhere);
	tcase_add_test(tests, report_is_in_the_database_when_it_is_answered);
	tcase_add_test(tests, api_refuses_strangers_and_nonsense);
	tcase_add_test(tests, reputation_and_health_can_be_asked);
	return suite;
}
