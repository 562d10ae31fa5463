/* Session timers (RFC 4028): what the ends agree on crosses us, and a call
 * that they no longer refresh is ended on both sides. Intervals are short here
 * by configuration. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define SHORT	 "sip {\n\tmin_se_s = 1\n}\n"
#define TIMER	 "Supported: timer\r\n"
#define SECOND	 "Session-Expires: 1;refresher=uac\r\n"
#define AGREED	 SECOND "Require: timer\r\n"
#define EXPIRED	 "SIP;cause=408;text=\"Session expired\""
#define TOO_LONG "SIP;cause=503;text=\"Call too long\""

/* After these an interval of one second is surely not over, is over. */
#define NOT_YET_MS 800
#define OVER_MS	   1700

/* Placed and answered, with these lines in INVITE and 200. */
static void establish(struct call *call, struct scene *scene, const char *asked,
		      const char *agreed)
{
	call_place(call, scene, PARTS(.body = OFFER, .headers = asked));
	dialog_reply(&call->callee, call->invite, 200,
		     PARTS(.body = ANSWER, .headers = agreed));
	dialog_expect(&call->caller, 200, "INVITE");
	dialog_ack(&call->caller, NULL);
	dialog_expect_request(&call->callee, "ACK");
}

/* A refresh by INVITE or UPDATE and its 200, of which the requester's side is
 * returned. */
static const struct message *refresh(struct way on, const char *method,
				     const char *asked, const char *agreed)
{
	const struct message *message;
	bool invite = !strcmp(method, "INVITE");

	dialog_send(on.from, method,
		    PARTS(.body = invite ? OFFER : NULL, .headers = asked));
	message = dialog_expect_request(on.to, method);
	dialog_reply(on.to, message, 200,
		     PARTS(.body = invite ? ANSWER : NULL, .headers = agreed));
	message = dialog_expect(on.from, 200, method);
	if (invite) {
		dialog_ack(on.from, NULL);
		dialog_expect_request(on.to, "ACK");
	}
	return message;
}

static void expect_bye(struct dialog *dialog, const char *reason, int ms)
{
	const struct message *bye =
		peer_poll(dialog->peer, 0, "BYE", dialog->call_id, ms);

	claim(bye, "%s: no BYE", dialog->peer->name);
	claim_text(message_header(bye, "Reason", 0), reason);
	claim_number(message_count(bye, "Reason"), 1);
	dialog_reply(dialog, bye, 200, NULL);
}

static void expect_ended(struct call *call, const char *reason)
{
	expect_bye(&call->caller, reason, OVER_MS);
	expect_bye(&call->callee, reason, 200);
}

/* One form of writing down what is agreed. */
static const struct form {
	const char *asked, *agreed;
} forms[] = {
	{"Session-Expires: 1800;refresher=uas\r\n",
	 "Session-Expires: 1200;refresher=uas\r\n"},
	{"x: 1800;refresher=uac\r\n", "x:1200 ; refresher=uac\r\n"},
	{"Session-Expires: 1800\r\n", "session-expires: 1800;refresher=uas;a=b"
				      "\r\n"},
};

START_TEST(interval_and_refresher_pass_in_every_form)
{
	struct scene scene;
	struct call call;
	char asked[200], agreed[200];
	const struct message *answer;

	scene_open(&scene, NULL);
	snprintf(asked, sizeof(asked),
		 "%sMin-SE: 120\r\nSupported: timer, replaces\r\n",
		 forms[_i].asked);
	snprintf(agreed, sizeof(agreed), "%sRequire: timer\r\n",
		 forms[_i].agreed);
	call_place(&call, &scene, PARTS(.body = OFFER, .headers = asked));
	claim(message_contains(call.invite, forms[_i].asked),
	      "Session-Expires changed");
	claim_text(message_header(call.invite, "Min-SE", 0), "120");
	claim(strstr(message_header(call.invite, "Supported", 0), "timer"),
	      "timer is not offered");
	dialog_reply(&call.callee, call.invite, 200,
		     PARTS(.body = ANSWER, .headers = agreed));
	answer = dialog_expect(&call.caller, 200, "INVITE");
	claim(message_contains(answer, forms[_i].agreed),
	      "Session-Expires of the answer changed");
	claim_text(message_header(answer, "Require", 0), "timer");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

static const char *const methods[] = {"INVITE", "UPDATE"};

START_TEST(refreshes_pass_both_ways)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *answer;

	scene_open(&scene, NULL);
	establish(&call, &scene, TIMER "Session-Expires: 1800\r\n",
		  "Require: timer\r\nSession-Expires: 1800;refresher=uas\r\n");
	on = way(&call, _i & 1);
	answer = refresh(
		on, methods[_i / 2],
		TIMER "Session-Expires: 1800;refresher=uac\r\nMin-SE: 100\r\n",
		"Require: timer\r\nSession-Expires: 1800;refresher=uac\r\n");
	claim_text(message_header(answer, "Session-Expires", 0),
		   "1800;refresher=uac");
	claim_number(message_count(answer, "Session-Expires"), 1);
	claim_number(message_count(answer, "Require"), 1);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 39: the callee's */
START_TEST(callees_422_passes_with_its_min_se)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *answer;

	scene_open(&scene, NULL);
	call_place(&call, &scene,
		   PARTS(.body = OFFER,
			 .headers = TIMER "Session-Expires: 100\r\n"));
	dialog_reply(&call.callee, call.invite, 422,
		     PARTS(.headers = "Min-SE: 600\r\n"));
	answer = dialog_expect_failure(&call.caller, 422);
	claim_text(message_header(answer, "Min-SE", 0), "600");
	dialog_expect_request(&call.callee, "ACK");

	/* And tries again, as section 7.3 says: in the same call. */
	dialog_send(&call.caller, "INVITE",
		    PARTS(.body = OFFER,
			  .headers = TIMER
			  "Session-Expires: 600\r\nMin-SE: 600\r\n"));
	call_reaches(&call, &scene.callee);
	claim_text(message_header(call.invite, "Min-SE", 0), "600");
	call_answer(&call);

	on = way(&call, true);
	dialog_send(on.from, "UPDATE",
		    PARTS(.headers = TIMER "Session-Expires: 100\r\n"));
	dialog_reply(on.to, dialog_expect_request(on.to, "UPDATE"), 422,
		     PARTS(.headers = "Min-SE: 700\r\n"));
	answer = dialog_expect(on.from, 422, "UPDATE");
	claim_text(message_header(answer, "Min-SE", 0), "700");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 39: ours */
START_TEST(interval_too_short_gets_422)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, NULL);
	call_begin(&call, &scene, CALLER, CALLEE,
		   PARTS(.body = OFFER, .headers = TIMER "x: 89\r\n"));
	answer = dialog_expect_failure(&call.caller, 422);
	claim_text(message_header(answer, "Min-SE", 0), "90");
	claim_text(answer->phrase, "Session Interval Too Small");

	/* Its sender could not make sense of a 422: section 8.1. */
	call_place(&call, &scene,
		   PARTS(.body = OFFER, .headers = "Session-Expires: 89\r\n"));
	call_refuse(&call, 486);
	call_place(&call, &scene,
		   PARTS(.body = OFFER,
			 .headers = TIMER "Session-Expires: 90\r\n"));
	call_refuse(&call, 486);

	/* An emergency call has no time for a second try. */
	call_begin(&call, &scene, CALLER, "911",
		   PARTS(.body = OFFER, .headers = TIMER "x: 89\r\n"));
	call_reaches(&call, &scene.callee);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(refresh_with_too_short_an_interval_gets_422)
{
	struct scene scene;
	struct call call;
	struct way on;
	const char *method = methods[_i / 2];
	const struct message *answer;

	scene_open(&scene, SCENE(.sections = "sip {\n\tmin_se_s = 300\n}\n"));
	call_establish(&call, &scene);
	on = way(&call, _i & 1);
	dialog_send(on.from, method,
		    PARTS(.body = OFFER,
			  .headers = TIMER "Session-Expires: 299\r\n"));
	answer = dialog_expect(on.from, 422, method);
	claim_text(message_header(answer, "Min-SE", 0), "300");
	if (!strcmp(method, "INVITE"))
		dialog_ack_failure(on.from, answer);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(caller_refreshes_when_the_callee_knows_no_timers)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	/* Section 8.2, which a proxy next to the callee would obey. */
	scene_open(&scene, NULL);
	call_place(&call, &scene,
		   PARTS(.body = OFFER,
			 .headers = TIMER "Session-Expires: 1800\r\n"));
	dialog_reply(&call.callee, call.invite, 200,
		     PARTS(.body = ANSWER, .headers = "Require: uui\r\n"));
	answer = dialog_expect(&call.caller, 200, "INVITE");
	claim_text(message_header(answer, "Session-Expires", 0),
		   "1800;refresher=uac");
	claim(strstr(message_header(answer, "Require", 0), "timer") &&
		      strstr(message_header(answer, "Require", 0), "uui"),
	      "Require: %s", message_header(answer, "Require", 0));
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	answer = refresh(way(&call, false), "INVITE",
			 TIMER "Session-Expires: 1800;refresher=uac\r\n", NULL);
	claim_text(message_header(answer, "Session-Expires", 0),
		   "1800;refresher=uac");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(nothing_is_made_up_for_a_caller_without_timers)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	static const char *const asked[] = {"Session-Expires: 1800\r\n", TIMER,
					    NULL};

	scene_open(&scene, NULL);
	call_place(&call, &scene, PARTS(.body = OFFER, .headers = asked[_i]));
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	answer = dialog_expect(&call.caller, 200, "INVITE");
	claim_number(message_count(answer, "Session-Expires"), 0);
	claim_number(message_count(answer, "Require"), 0);
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 40 */
START_TEST(session_not_refreshed_is_ended_on_both_sides)
{
	struct scene scene;
	struct call call;
	static const struct form ways[] = {
		{TIMER SECOND, AGREED},
		{TIMER "x: 1\r\n", "x: 1;refresher=uas\r\nRequire: timer\r\n"},
		{TIMER "Session-Expires: 1\r\n", NULL}, /* section 8.2 */
		{TIMER, AGREED},			/* the callee's wish */
		{TIMER "Session-Expires: 1800\r\n", AGREED},
	};

	scene_open(&scene, SCENE(.sections = SHORT));
	establish(&call, &scene, ways[_i].asked, ways[_i].agreed);
	peer_expect_nothing(&scene.caller, NOT_YET_MS);
	expect_ended(&call, EXPIRED);
	daemon_await_logged(&scene.daemon, "event=session-expired");
	scene_close(&scene);
}
END_TEST

START_TEST(refreshed_session_goes_on_until_it_is_not)
{
	struct scene scene;
	struct call call;
	struct way on;

	scene_open(&scene, SCENE(.sections = SHORT));
	establish(&call, &scene, TIMER SECOND, AGREED);
	on = way(&call, _i & 1);
	for (int i = 0; i < 2; i++) {
		peer_expect_nothing(&scene.caller, NOT_YET_MS);
		refresh(on, methods[_i / 2], TIMER SECOND, AGREED);
	}
	expect_ended(&call, EXPIRED);
	scene_close(&scene);
}
END_TEST

START_TEST(refused_refresh_is_none)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.sections = SHORT));
	establish(&call, &scene, TIMER SECOND, AGREED);
	peer_expect_nothing(&scene.caller, NOT_YET_MS);
	dialog_send(&call.caller, "UPDATE", PARTS(.headers = TIMER SECOND));
	dialog_reply(&call.callee,
		     dialog_expect_request(&call.callee, "UPDATE"), 488,
		     PARTS(.headers = SECOND));
	dialog_expect(&call.caller, 488, "UPDATE");
	expect_bye(&call.caller, EXPIRED, OVER_MS - NOT_YET_MS);
	expect_bye(&call.callee, EXPIRED, 200);
	scene_close(&scene);
}
END_TEST

START_TEST(refresh_without_an_interval_ends_the_session_timer)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.sections = SHORT));
	establish(&call, &scene, TIMER SECOND, AGREED);
	refresh(way(&call, false), "UPDATE", NULL, NULL);
	peer_expect_nothing(&scene.caller, OVER_MS);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(session_timer_may_begin_with_a_refresh)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.sections = SHORT));
	call_establish(&call, &scene);
	refresh(way(&call, true), "INVITE", TIMER SECOND, AGREED);
	peer_expect_nothing(&scene.caller, NOT_YET_MS);
	expect_ended(&call, EXPIRED);
	scene_close(&scene);
}
END_TEST

START_TEST(session_that_expires_during_a_reinvite_answers_that_too)
{
	struct scene scene;
	struct call call;
	const struct message *invite;

	scene_open(&scene, SCENE(.sections = SHORT));
	establish(&call, &scene, TIMER SECOND, AGREED);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	invite = dialog_expect_request(&call.callee, "INVITE");
	dialog_reply(&call.callee, invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	expect_bye(&call.caller, EXPIRED, OVER_MS);
	dialog_expect_failure(&call.caller, 487);
	dialog_reply(&call.callee,
		     dialog_expect_request(&call.callee, "CANCEL"), 200, NULL);
	expect_bye(&call.callee, EXPIRED, 200);
	dialog_reply(&call.callee, invite, 487, NULL);
	dialog_expect_request(&call.callee, "ACK");
	scene_close(&scene);
}
END_TEST

START_TEST(interval_shorter_than_allowed_counts_as_that)
{
	struct scene scene;
	struct call call;

	/* The callee broke the rule; that ends no call after a second. */
	scene_open(&scene, NULL);
	establish(&call, &scene, TIMER "Session-Expires: 1800\r\n", AGREED);
	peer_expect_nothing(&scene.caller, OVER_MS);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(call_longer_than_allowed_is_ended_on_both_sides)
{
	struct scene scene;
	struct call call;
	const char *interval = _i ? TIMER "Session-Expires: 1800\r\n" : NULL;

	scene_open(&scene, SCENE(.sections = "sip {\n\tmax_call_s = 1\n}\n"));
	establish(&call, &scene, interval, NULL);
	if (_i) /* a refresh makes it no younger */
		refresh(way(&call, false), "INVITE", interval, NULL);
	peer_expect_nothing(&scene.caller, NOT_YET_MS);
	expect_ended(&call, TOO_LONG);
	scene_close(&scene);
}
END_TEST

Suite *session_suite(void)
{
	Suite *suite = suite_create("session");
	TCase *tests = scene_tcase(suite, "session");

	tcase_add_loop_test(tests, interval_and_refresher_pass_in_every_form, 0,
			    3);
	tcase_add_loop_test(tests, refreshes_pass_both_ways, 0, 4);
	tcase_add_test(tests, callees_422_passes_with_its_min_se);
	tcase_add_test(tests, interval_too_short_gets_422);
	tcase_add_loop_test(tests, refresh_with_too_short_an_interval_gets_422,
			    0, 4);
	tcase_add_test(tests, caller_refreshes_when_the_callee_knows_no_timers);
	tcase_add_loop_test(
		tests, nothing_is_made_up_for_a_caller_without_timers, 0, 3);
	return suite;
}

/* Those that wait for a session to expire, side by side with the others. */
Suite *expiry_suite(void)
{
	Suite *suite = suite_create("expiry");
	TCase *tests = scene_tcase(suite, "expiry");

	tcase_add_loop_test(tests, session_not_refreshed_is_ended_on_both_sides,
			    0, 5);
	tcase_add_loop_test(tests, refreshed_session_goes_on_until_it_is_not, 0,
			    4);
	tcase_add_test(tests, refused_refresh_is_none);
	tcase_add_test(tests, interval_shorter_than_allowed_counts_as_that);
	tcase_add_test(tests,
		       refresh_without_an_interval_ends_the_session_timer);
	tcase_add_test(tests, session_timer_may_begin_with_a_refresh);
	tcase_add_test(tests,
		       session_that_expires_during_a_reinvite_answers_that_too);
	tcase_add_loop_test(
		tests, call_longer_than_allowed_is_ended_on_both_sides, 0, 2);
	return suite;
}
