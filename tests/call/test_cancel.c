/* CANCEL at every stage: RFC 3261 9, and no call that nobody waits for. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"
#include "fake/http.h"

#define REASON "SIP;cause=200;text=\"Call completed elsewhere\""

static void read_tag(char tag[64], const struct message *message)
{
	value_param(tag, 64, message_header(message, "To", 0), "tag");
	claim(*tag, "no To tag");
}

static void expect_cancelled(struct dialog *caller)
{
	char before[64], ok[64], final[64];
	bool rang = strstr(caller->remote, ";tag=");

	value_param(before, sizeof(before), caller->remote, "tag");
	read_tag(ok, dialog_expect(caller, 200, "CANCEL"));
	read_tag(final, dialog_expect_failure(caller, 487));

	/* RFC 3261 9.2 and, where there was a 18x, 8.2.6.2. */
	claim_text(final, rang ? before : ok);
}

/* At the callee: CANCEL, answered as RFC 3261 9.2 says. */
static const struct message *callee_cancelled(struct call *call)
{
	const struct message *cancel =
		dialog_expect_request(&call->callee, "CANCEL");

	dialog_reply(&call->callee, cancel, 200, NULL);
	dialog_reply(&call->callee, call->invite, 487, NULL);
	dialog_expect_request(&call->callee, "ACK");
	return cancel;
}

/* check 28, check 30 */
START_TEST(cancel_while_ringing)
{
	struct scene scene;
	struct call call;
	const struct message *cancel;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_cancel(&call.caller, PARTS(.headers = "Reason: " REASON "\r\n"));
	expect_cancelled(&call.caller);
	cancel = callee_cancelled(&call);
	claim_text(message_header(cancel, "Reason", 0), REASON);
	claim_text(cancel->uri, call.invite->uri);
	claim_text(message_header(cancel, "Via", 0),
		   message_header(call.invite, "Via", 0));
	scene_close(&scene);
}
END_TEST

/* check 28 */
START_TEST(cancel_waits_for_the_callee_to_say_something)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_cancel(&call.caller, NULL);
	expect_cancelled(&call.caller);

	/* RFC 3261 9.1: no CANCEL before a provisional answer. */
	peer_expect_nothing(&scene.callee, 100);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	callee_cancelled(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(cancel_after_trying_from_the_callee)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 100, NULL);
	dialog_cancel(&call.caller, NULL);
	expect_cancelled(&call.caller);
	callee_cancelled(&call);
	scene_close(&scene);
}
END_TEST

/* check 29 */
START_TEST(answer_that_crosses_the_cancel_is_acked_and_hung_up)
{
	struct scene scene;
	struct call call;
	const struct message *cancel, *bye;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_cancel(&call.caller, NULL);
	expect_cancelled(&call.caller);
	cancel = dialog_expect_request(&call.callee, "CANCEL");
	dialog_reply(&call.callee, cancel, 200, NULL);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect_request(&call.callee, "ACK");
	bye = dialog_expect_request(&call.callee, "BYE");
	dialog_reply(&call.callee, bye, 200, NULL);
	scene_close(&scene);
}
END_TEST

START_TEST(late_refusal_of_a_cancelled_call_is_acked)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_cancel(&call.caller, NULL);
	expect_cancelled(&call.caller);
	dialog_reply(&call.callee, call.invite, 486, NULL);
	dialog_expect_request(&call.callee, "ACK");
	scene_close(&scene);
}
END_TEST

START_TEST(late_answer_of_a_cancelled_call_is_acked_and_hung_up)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_cancel(&call.caller, NULL);
	expect_cancelled(&call.caller);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect_request(&call.callee, "ACK");
	dialog_reply(&call.callee, dialog_expect_request(&call.callee, "BYE"),
		     200, NULL);
	scene_close(&scene);
}
END_TEST

START_TEST(cancel_after_the_answer_changes_nothing)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 481, "CANCEL");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(cancel_of_no_call_gets_481)
{
	struct scene scene;
	struct dialog dialog;

	scene_open(&scene, NULL);
	dialog_init(&dialog, &scene.caller, CALLER, CALLEE);
	dialog_send(&dialog, "OPTIONS", NULL);
	dialog_expect(&dialog, 200, "OPTIONS");

	/* An INVITE that was never sent. */
	snprintf(dialog.invite_branch, sizeof(dialog.invite_branch),
		 "z9hG4bK-never-sent");
	snprintf(dialog.invite_uri, sizeof(dialog.invite_uri), "%s",
		 dialog.target);
	snprintf(dialog.invite_to, sizeof(dialog.invite_to), "%s",
		 dialog.remote);
	snprintf(dialog.invite_hop, sizeof(dialog.invite_hop), "%s",
		 dialog.target);
	dialog.invite_cseq = 7;
	dialog_cancel(&dialog, NULL);
	dialog_expect(&dialog, 481, "CANCEL");
	scene_close(&scene);
}
END_TEST

/* check 27 */
START_TEST(cancel_while_screening_reaches_no_one)
{
	struct scene scene;
	struct fake_http *http;
	struct call call;
	char sections[256];

	claim(!fake_http_start(&http, 0, NULL, NULL), "no HTTP server");
	fake_http_set(http, HTTP_HANG, 0, "");
	snprintf(sections, sizeof(sections),
		 "reputation {\n"
		 "\turl = \"http://127.0.0.1:%u/{e164}\"\n"
		 "\tscore = \"/score\"\n"
		 "\tdeadline_ms = 600\n"
		 "}\n",
		 fake_http_port(http));
	scene_open(&scene, SCENE(.sections = sections));
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	dialog_expect(&call.caller, 100, "INVITE");
	dialog_cancel(&call.caller, NULL);
	expect_cancelled(&call.caller);

	/* Until after the deadline, when it would have been bridged. */
	peer_expect_nothing(&scene.callee, 800);
	scene_close(&scene);
	fake_http_stop(http);
}
END_TEST

/* check 32 */
START_TEST(bye_in_an_early_dialog_ends_the_call)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_send(&call.caller, "BYE", NULL);
	dialog_expect(&call.caller, 200, "BYE");
	dialog_expect_failure(&call.caller, 487);
	callee_cancelled(&call);
	scene_close(&scene);
}
END_TEST

/* check 30, of a BYE too that ends an early dialog. */
START_TEST(reasons_of_who_gives_up_pass_as_written)
{
	static const char *const reasons[] = {
		"SIP ;cause=200 ;text=\"a;\\\"b\", Q.850;cause=26",
		"X.y;cause=1;ext=%41",
		"no sense at all;;",
	};
	struct scene scene;
	struct call call;
	const struct message *cancel;
	char lines[256];

	snprintf(lines, sizeof(lines),
		 "Reason: %s\r\nREASON:%s\r\nReason: %s\r\n", reasons[0],
		 reasons[1], reasons[2]);
	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	if (_i)
		dialog_cancel(&call.caller, PARTS(.headers = lines));
	else
		dialog_send(&call.caller, "BYE", PARTS(.headers = lines));
	dialog_expect(&call.caller, 200, _i ? "CANCEL" : "BYE");
	dialog_expect_failure(&call.caller, 487);
	cancel = callee_cancelled(&call);
	claim_number(message_count(cancel, "Reason"), 3);
	for (size_t i = 0; i < 3; i++)
		claim_text(message_header(cancel, "Reason", i), reasons[i]);
	scene_close(&scene);
}
END_TEST

Suite *cancel_suite(void)
{
	Suite *suite = suite_create("cancel");
	TCase *tests = scene_tcase(suite, "cancel");

	tcase_add_loop_test(tests, reasons_of_who_gives_up_pass_as_written, 0,
			    2);
	tcase_add_test(tests, cancel_while_ringing);
	tcase_add_test(tests, cancel_waits_for_the_callee_to_say_something);
	tcase_add_test(tests, cancel_after_trying_from_the_callee);
	tcase_add_test(tests,
		       answer_that_crosses_the_cancel_is_acked_and_hung_up);
	tcase_add_test(tests, late_refusal_of_a_cancelled_call_is_acked);
	tcase_add_test(tests,
		       late_answer_of_a_cancelled_call_is_acked_and_hung_up);
	tcase_add_test(tests, cancel_after_the_answer_changes_nothing);
	tcase_add_test(tests, cancel_of_no_call_gets_481);
	tcase_add_test(tests, cancel_while_screening_reaches_no_one);
	tcase_add_test(tests, bye_in_an_early_dialog_ends_the_call);
	return suite;
}
