/* A trunk in redirect mode: its SBC is told where a call may go, or that it
 * may not, and no call of ours comes of it. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"
#include "fake/http.h"

#define MODE "\tmode = \"redirect\"\n"

static void open_scene(struct scene *scene, const char *trunk)
{
	scene_open(scene, SCENE(.trunk = trunk));
}

/* Where a call to `user` goes by the gateway. */
static const char *contact(char buf[200], const struct scene *scene,
			   const char *user)
{
	snprintf(buf, 200, "<sip:%s@%s:%u>;q=1", user, scene->callee.host,
		 scene->callee.port);
	return buf;
}

static long metric(struct scene *scene, const char *name)
{
	return daemon_metric(&scene->daemon, name);
}

/* check 61 */
START_TEST(allowed_call_is_told_the_way)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	char expected[200];

	open_scene(&scene, MODE);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	answer = dialog_expect_failure(&call.caller, 302);
	claim_text(answer->phrase, "Moved Temporarily");
	claim_number(message_count(answer, "Contact"), 1);
	claim_text(message_header(answer, "Contact", 0),
		   contact(expected, &scene, CALLEE));
	claim(strstr(message_header(answer, "To", 0), ";tag="), "no tag");
	peer_expect_nothing(&scene.callee, 100);
	claim_number(metric(&scene, "callsieve_calls_total{action=\"bridge\"}"),
		     1);
	daemon_await_metric(&scene.daemon, "callsieve_records_written_total", 1,
			    5000);
	claim_text(daemon_sql_text(&scene.daemon,
				   "SELECT status || ' ' || ended_by || ' ' || "
				   "gateway || ' ' || action FROM calls"),
		   "302 callsieve core allow");
	expected[strlen(expected) - strlen(">;q=1")] = '\0';
	claim_text(daemon_sql_text(&scene.daemon,
				   "SELECT json_extract(explanation, "
				   "'$.redirected_to') FROM calls"),
		   expected + 1);
	scene_close(&scene);
}
END_TEST

/* Nothing is remembered of it but the answer, for the INVITE's copies. */
START_TEST(retransmission_is_told_the_same)
{
	struct scene scene;
	struct call call;
	const struct message *first, *second;

	open_scene(&scene, MODE);
	scene.caller.shows_retransmissions = true;
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	first = dialog_expect(&call.caller, 302, "INVITE");
	dialog_resend(&call.caller, PARTS(.body = OFFER));
	second = dialog_expect_failure(&call.caller, 302);
	claim_text(second->raw, first->raw);
	claim_number(metric(&scene, "callsieve_invites_total"), 1);
	claim_number(metric(&scene, "callsieve_calls"), 0);
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	scene_close(&scene);
}
END_TEST

START_TEST(blocked_call_is_rejected_as_ever)
{
	struct scene scene;

	open_scene(&scene, MODE);
	scene_block(&scene, CALLER, 100);
	expect_rejected(&scene, CALLER, 607);
	expect_rejected(&scene, "+12125550101", 302);
	scene_close(&scene);
}
END_TEST

static const int statuses[] = {404, 503};

START_TEST(allowed_call_may_be_answered_to_go_on)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	char trunk[80];

	snprintf(trunk, sizeof(trunk), MODE "\tredirect_allow = %d\n",
		 statuses[_i]);
	open_scene(&scene, trunk);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	answer = dialog_expect_failure(&call.caller, statuses[_i]);
	claim(!message_header(answer, "Contact", 0), "a way after all");
	/* It would take us out of service (RFC 3261 21.5.4). */
	claim(!message_header(answer, "Retry-After", 0), "come again later");
	scene_block(&scene, CALLER, 100);
	expect_rejected(&scene, CALLER, 607);
	scene_close(&scene);
}
END_TEST

/* RFC 3261 8.3 */
START_TEST(what_an_invite_requires_does_not_matter)
{
	struct scene scene;
	struct call call;

	open_scene(&scene, MODE);
	call_begin(&call, &scene, CALLER, CALLEE,
		   PARTS(.body = OFFER,
			 .headers = "Require: unheardof, resource-priority\r\n"
				    "Proxy-Require: strange\r\n"));
	dialog_expect_failure(&call.caller, 302);
	scene_close(&scene);
}
END_TEST

/* check 61: no call is told to go where it went (RFC 3261 8.3). */
START_TEST(no_call_is_sent_to_where_it_was_sent)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	open_scene(&scene, MODE);
	dialog_init(&call.caller, &scene.caller, CALLER, CALLEE);
	snprintf(call.caller.target, sizeof(call.caller.target),
		 "sip:%s@%s:%u;any", CALLEE, scene.callee.host,
		 scene.callee.port);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	answer = dialog_expect_failure(&call.caller, 503);
	claim(!message_header(answer, "Contact", 0), "a way after all");
	scene_close(&scene);
}
END_TEST

/* The user part of each Request-URI, and that of the Contact. */
static const struct {
	const char *uri, *user;
} users[] = {
	{"sip:%%2B12125550199;npdi@%s;user=phone",
	 "%%2B12125550199;npdi@%s;user=phone"},
	{"tel:+12125550199;npdi", "+12125550199;npdi@%s;user=phone"},
	{"sip:911@%s;transport=udp;method=INVITE", "911@%s"},
	{"sip:%s", NULL},
	{"urn:service:sos", NULL},
};

START_TEST(contact_has_the_user_that_was_called)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	char gateway[80], expected[200] = "<sip:";

	open_scene(&scene, MODE);
	dialog_init(&call.caller, &scene.caller, CALLER, CALLEE);
	snprintf(call.caller.target, sizeof(call.caller.target), users[_i].uri,
		 scene.caller.target_uri);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	snprintf(gateway, sizeof(gateway), "%s:%u", scene.callee.host,
		 scene.callee.port);
	if (users[_i].user) {
		answer = dialog_expect_failure(&call.caller, 302);
		snprintf(expected + 5, sizeof(expected) - 5, users[_i].user,
			 gateway);
		strcat(expected, ">;q=1");
		claim_text(message_header(answer, "Contact", 0), expected);
	} else if (strncmp(users[_i].uri, "urn:", 4)) {
		dialog_expect_failure(&call.caller, 302);
	} else {
		/* A service keeps its name: the SBC finds another way. */
		dialog_expect_failure(&call.caller, 503);
	}
	scene_close(&scene);
}
END_TEST

/* "core" may be down, "second" is by TCP, "third" comes after these. */
static void open_three(struct scene *scene, const char *gateway)
{
	char sections[600];

	scene_init(scene, NULL);
	snprintf(sections, sizeof(sections),
		 "gateway second {\n"
		 "\turi = \"sip:192.0.2.2;transport=tcp\"\n"
		 "\toptions_interval_s = 0\n"
		 "}\n"
		 "gateway third {\n"
		 "\turi = \"sip:192.0.2.3:5080\"\n"
		 "\toptions_interval_s = 0\n"
		 "}\n");
	scene_configure(scene,
			SCENE(.trunk = MODE, .gateway = gateway,
			      .gateways = "\"core\", \"second\", \"third\"",
			      .sections = sections));
	daemon_start(&scene->daemon);
}

START_TEST(gateways_are_contacts_by_priority)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	char expected[400];

	open_three(&scene, "\toptions_interval_s = 0\n");
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	answer = dialog_expect_failure(&call.caller, 302);
	claim_number(message_count(answer, "Contact"), 1);
	snprintf(expected, sizeof(expected),
		 "<sip:%s@%s:%u>;q=1, "
		 "<sip:%s@192.0.2.2;transport=tcp>;q=0.9, "
		 "<sip:%s@192.0.2.3:5080>;q=0.8",
		 CALLEE, scene.callee.host, scene.callee.port, CALLEE, CALLEE);
	claim_text(message_header(answer, "Contact", 0), expected);
	scene_close(&scene);
}
END_TEST

static void answer_options(struct scene *scene, int status)
{
	peer_reply(&scene->callee,
		   peer_expect(&scene->callee, 0, "OPTIONS", NULL), status,
		   NULL);
	scene_ping(scene);
}

START_TEST(gateway_that_is_down_is_no_contact)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	open_three(&scene, "\toptions_interval_s = 1\n");
	scene.callee.ignores = "OPTIONS";
	answer_options(&scene, 503);
	answer_options(&scene, 503);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	answer = dialog_expect_failure(&call.caller, 302);
	claim(!message_contains(answer, scene.callee.host),
	      "sent to one that is down");
	claim(message_contains(answer, "@192.0.2.2;transport=tcp>;q=1"),
	      "not to the next");
	scene_close(&scene);
}
END_TEST

START_TEST(the_only_gateway_is_named_even_if_it_seems_down)
{
	struct scene scene;

	scene_open(&scene, SCENE(.trunk = MODE,
				 .gateway = "\toptions_interval_s = 1\n"));
	scene.callee.ignores = "OPTIONS";
	answer_options(&scene, 503);
	answer_options(&scene, 503);
	expect_rejected(&scene, CALLER, 302);
	scene_close(&scene);
}
END_TEST

/* Emergency calls pass any limit and any list here, too (check 99). */
START_TEST(emergency_call_is_told_the_way_before_anything_else)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.trunk = MODE "\tmax_calls = 1\n"));
	scene_block(&scene, CALLER, 100);
	call_begin(&call, &scene, CALLER, "911", NULL);
	dialog_expect_failure(&call.caller, 302);
	scene_close(&scene);
}
END_TEST

START_TEST(redirected_calls_do_not_count_as_calls)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.trunk = MODE "\tmax_calls = 1\n"
					       "\tmax_setup = 1\n"
					       "\tmax_unacked = 1\n"));
	for (int i = 0; i < 5; i++) {
		call_begin(&call, &scene, CALLER, CALLEE, NULL);
		dialog_expect(&call.caller, 302, "INVITE");
	}
	scene_close(&scene);
}
END_TEST

static void serve(struct scene *scene, struct fake_http **httpp)
{
	char section[256];

	claim(!fake_http_start(httpp, 0, NULL, NULL), "no HTTP server");
	snprintf(section, sizeof(section),
		 "reputation {\n"
		 "\tpoints = 100\n"
		 "\turl = \"http://127.0.0.1:%u/{e164}\"\n"
		 "\tdeadline_ms = 300\n"
		 "}\n",
		 fake_http_port(*httpp));
	scene_open(scene, SCENE(.trunk = MODE, .sections = section));
}

/* Whose verdict takes time: a service is asked. */
START_TEST(call_that_was_asked_about_is_told_the_way)
{
	struct fake_http *http;
	struct scene scene;
	struct call call;
	const struct message *answer;
	char expected[200];

	serve(&scene, &http);
	fake_http_set(http, HTTP_ANSWER, 200, "{\"score\": 1}");
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	answer = dialog_expect_failure(&call.caller, 302);
	claim_text(message_header(answer, "Contact", 0),
		   contact(expected, &scene, CALLEE));
	fake_http_set(http, HTTP_ANSWER, 200, "{\"score\": 100}");
	expect_rejected(&scene, "+12125550101", 607);

	/* Fail open: no verdict is none against the call. */
	fake_http_set(http, HTTP_HANG, 200, "");
	expect_rejected(&scene, "+12125550102", 302);
	daemon_await_metric(&scene.daemon, "callsieve_records_written_total", 3,
			    5000);
	claim_number(daemon_sql_int(&scene.daemon,
				    "SELECT count(*) FROM calls WHERE status = "
				    "302 AND gateway = 'core' AND json_extract("
				    "explanation, '$.redirected_to') LIKE "
				    "'sip:%%'"),
		     2);
	scene_close(&scene);
	fake_http_stop(http);
}
END_TEST

START_TEST(cancel_before_the_verdict_ends_it)
{
	struct fake_http *http;
	struct scene scene;
	struct call call;

	serve(&scene, &http);
	fake_http_set(http, HTTP_HANG, 200, "");
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	dialog_expect(&call.caller, 100, "INVITE");
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_expect_failure(&call.caller, 487);
	peer_expect_nothing(&scene.caller, 500);
	scene_close(&scene);
	fake_http_stop(http);
}
END_TEST

START_TEST(options_are_answered_as_ever)
{
	struct scene scene;

	open_scene(&scene, MODE);
	scene_ping(&scene);
	scene_close(&scene);
}
END_TEST

Suite *redirect_mode_suite(void)
{
	Suite *suite = suite_create("redirect-mode");
	TCase *tests = scene_tcase(suite, "redirect-mode");

	tcase_add_test(tests, allowed_call_is_told_the_way);
	tcase_add_test(tests, retransmission_is_told_the_same);
	tcase_add_test(tests, blocked_call_is_rejected_as_ever);
	tcase_add_loop_test(tests, allowed_call_may_be_answered_to_go_on, 0, 2);
	tcase_add_test(tests, what_an_invite_requires_does_not_matter);
	tcase_add_test(tests, no_call_is_sent_to_where_it_was_sent);
	tcase_add_loop_test(tests, contact_has_the_user_that_was_called, 0,
			    sizeof(users) / sizeof(*users));
	tcase_add_test(tests, gateways_are_contacts_by_priority);
	tcase_add_test(tests, gateway_that_is_down_is_no_contact);
	tcase_add_test(tests, the_only_gateway_is_named_even_if_it_seems_down);
	tcase_add_test(tests,
		       emergency_call_is_told_the_way_before_anything_else);
	tcase_add_test(tests, redirected_calls_do_not_count_as_calls);
	tcase_add_test(tests, call_that_was_asked_about_is_told_the_way);
	tcase_add_test(tests, cancel_before_the_verdict_ends_it);
	tcase_add_test(tests, options_are_answered_as_ever);
	return suite;
}
