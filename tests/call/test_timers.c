/* What happens when nobody says anything. Timer C is short here by
 * configuration; the suite "slow" waits for SIP's 32 seconds. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define LONG_MS	     40000 /* 64 * T1 and some */
#define SLOW_SECONDS 120

/* check 48 */
START_TEST(phone_that_rings_too_long_is_cancelled)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, SCENE(.sections = "sip {\n\ttimer_c_s = 1\n}\n"));
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_reply(&call.callee,
		     dialog_expect_request(&call.callee, "CANCEL"), 200, NULL);
	dialog_reply(&call.callee, call.invite, 487, NULL);
	dialog_expect_request(&call.callee, "ACK");
	answer = peer_poll(&scene.caller, 480, "INVITE", NULL, PEER_PATIENCE_MS);
	if (!answer)
		answer = peer_poll(&scene.caller, 408, "INVITE", NULL, 0);
	if (!answer)
		answer = peer_poll(&scene.caller, 487, "INVITE", NULL, 0);
	claim(answer, "the caller gets no sensible final answer");
	dialog_ack_failure(&call.caller, answer);
	scene_close(&scene);
}
END_TEST

/* check 48 */
START_TEST(ringing_again_starts_timer_c_again)
{
	struct scene scene;
	struct call call;

	/* RFC 3261 16.7 (2): each 101 to 199 resets it. */
	scene_open(&scene, SCENE(.sections = "sip {\n\ttimer_c_s = 2\n}\n"));
	call_place(&call, &scene, NULL);
	for (int i = 0; i < 4; i++) {
		dialog_reply(&call.callee, call.invite, 180, NULL);
		dialog_expect(&call.caller, 180, "INVITE");
		peer_expect_nothing(&scene.callee, 800);
	}
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

static void expect_bye_late(struct dialog *dialog)
{
	const struct message *bye =
		peer_poll(dialog->peer, 0, "BYE", dialog->call_id, LONG_MS);

	claim(bye, "%s: no BYE", dialog->peer->name);
	dialog_reply(dialog, bye, 200, NULL);
}

/* check 21 */
START_TEST(answer_never_acked_ends_both_sides)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	expect_bye_late(&call.caller);
	dialog_expect_request(&call.callee, "ACK");
	expect_bye_late(&call.callee);
	scene_close(&scene);
}
END_TEST

START_TEST(late_offer_never_answered_ends_both_sides)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, PARTS(.headers = "X-No: body\r\n"));
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = OFFER));
	dialog_expect(&call.caller, 200, "INVITE");
	expect_bye_late(&call.caller);
	dialog_expect_request(&call.callee, "ACK");
	expect_bye_late(&call.callee);
	scene_close(&scene);
}
END_TEST

START_TEST(reinvite_never_acked_ends_both_sides)
{
	struct scene scene;
	struct call call;
	const struct message *message;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	message = dialog_expect_request(&call.callee, "INVITE");
	dialog_reply(&call.callee, message, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	expect_bye_late(&call.caller);
	dialog_expect_request(&call.callee, "ACK");
	expect_bye_late(&call.callee);
	scene_close(&scene);
}
END_TEST

#define TAKES PARTS(.headers = "Supported: 100rel\r\n", .body = OFFER)
#define RELIABLE                                                               \
	PARTS(.headers = "Require: 100rel\r\nRSeq: 1\r\n", .body = ANSWER)

static void expect_failure_late(struct dialog *dialog, int status)
{
	const struct message *answer = peer_poll(dialog->peer, status, "INVITE",
						 dialog->call_id, LONG_MS);

	claim(answer, "%s: no %d", dialog->call_id, status);
	dialog_ack_failure(dialog, answer);
}

static void expect_cancelled(struct dialog *dialog,
			     const struct message *invite)
{
	dialog_reply(dialog, dialog_expect_request(dialog, "CANCEL"), 200,
		     NULL);
	dialog_reply(dialog, invite, 487, NULL);
	dialog_expect_request(dialog, "ACK");
}

/* RFC 3262 3: it is for 5xx. A re-INVITE leaves the call as it was; one that
 * was answered (the third) is acknowledged. */
START_TEST(response_never_pracked_fails_its_invite)
{
	struct scene scene;
	struct call calls[3];

	scene_open(&scene, NULL);
	call_establish(&calls[1], &scene);
	call_establish(&calls[2], &scene);
	call_place(&calls[0], &scene, TAKES);
	for (int i = 0; i < 3; i++) {
		struct call *call = &calls[i];

		if (i) {
			dialog_send(&call->caller, "INVITE", TAKES);
			call->invite =
				dialog_expect_request(&call->callee, "INVITE");
		}
		dialog_reply(&call->callee, call->invite, 183, RELIABLE);
		dialog_expect(&call->caller, 183, "INVITE");
	}
	dialog_reply(&calls[2].callee, calls[2].invite, 200, NULL);
	expect_failure_late(&calls[0].caller, 504);
	expect_cancelled(&calls[0].callee, calls[0].invite);
	expect_failure_late(&calls[1].caller, 503);
	expect_cancelled(&calls[1].callee, calls[1].invite);
	expect_failure_late(&calls[2].caller, 503);
	dialog_expect_request(&calls[2].callee, "ACK");
	call_hang_up(&calls[1]);
	call_hang_up(&calls[2]);
	/* The many copies. */
	while (peer_poll(&scene.caller, 183, "INVITE", NULL, 0))
		;
	scene_close(&scene);
}
END_TEST

START_TEST(dead_callee_does_not_keep_the_call_object)
{
	struct scene scene;
	struct call call;

	/* It never answers our BYE: timer F. */
	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "BYE", NULL);
	dialog_expect(&call.caller, 200, "BYE");
	dialog_expect_request(&call.callee, "BYE");
	daemon_await_metric_equal(&scene.daemon, "callsieve_calls", 0, LONG_MS);
	scene_close(&scene);
}
END_TEST

START_TEST(request_nobody_answers_gets_an_answer)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "INFO", NULL);
	dialog_expect_request(&call.callee, "INFO");

	/* 408 must not be sent to a non-INVITE too late to be heard (RFC 4320
	 * 4.2), but the caller's side must not be left in doubt: the call
	 * ends, for a callee that does not answer is gone (RFC 3261 12.2.1.2).
	 */
	answer = peer_poll(&scene.caller, 0, "BYE", NULL, LONG_MS);
	if (!answer) {
		claim(peer_poll(&scene.caller, 408, "INFO", NULL, 0),
		      "neither 408 nor BYE");
		call_hang_up(&call);
	} else {
		dialog_reply(&call.caller, answer, 200, NULL);
		peer_poll(&scene.caller, 408, "INFO", NULL, 0);
		answer = peer_poll(&scene.callee, 0, "BYE", NULL, 1000);
		if (answer)
			dialog_reply(&call.callee, answer, 200, NULL);
	}
	scene_close(&scene);
}
END_TEST

START_TEST(silent_gateway_of_a_cancelled_call_is_forgotten)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_expect_failure(&call.caller, 487);
	daemon_await_metric_equal(&scene.daemon, "callsieve_calls", 0, LONG_MS);
	scene_close(&scene);
}
END_TEST

START_TEST(callee_that_never_says_487_is_forgotten)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_expect_failure(&call.caller, 487);
	dialog_reply(&call.callee,
		     dialog_expect_request(&call.callee, "CANCEL"), 200, NULL);
	daemon_await_metric_equal(&scene.daemon, "callsieve_calls", 0, LONG_MS);
	scene_close(&scene);
}
END_TEST

/* check 19 */
START_TEST(refusal_never_acked_is_forgotten)
{
	struct scene scene;
	struct call call, next;

	/* It is repeated for 64*T1 (timers G and H), and counts as long. */
	scene_open(&scene, SCENE(.limits = "\tmax_unacked = 1\n"));
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 486, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_expect(&call.caller, 486, "INVITE");
	call_begin(&next, &scene, CALLER, CALLEE, NULL);
	dialog_expect_failure(&next.caller, 503);
	peer_expect_nothing(&scene.caller, LONG_MS);
	claim(scene.caller.retransmissions >= 8, "sent again only %u times",
	      scene.caller.retransmissions);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

Suite *timers_suite(void)
{
	Suite *suite = suite_create("timers");
	TCase *tests = scene_tcase(suite, "timers");

	tcase_add_test(tests, phone_that_rings_too_long_is_cancelled);
	tcase_add_test(tests, ringing_again_starts_timer_c_again);
	return suite;
}

/* A suite for each, because suites wait side by side. */
static Suite *slow_suite(const char *name, const TTest *test)
{
	Suite *suite = suite_create(name);
	TCase *tests = scene_tcase(suite, name);

	tcase_set_timeout(tests, SLOW_SECONDS);
	tcase_add_test(tests, test);
	return suite;
}

Suite *slow_ack_suite(void)
{
	return slow_suite("slow-ack", answer_never_acked_ends_both_sides);
}

Suite *slow_offer_suite(void)
{
	return slow_suite("slow-offer",
			  late_offer_never_answered_ends_both_sides);
}

Suite *slow_reinvite_suite(void)
{
	return slow_suite("slow-reinvite",
			  reinvite_never_acked_ends_both_sides);
}

Suite *slow_prack_suite(void)
{
	return slow_suite("slow-prack",
			  response_never_pracked_fails_its_invite);
}

Suite *slow_info_suite(void)
{
	return slow_suite("slow-info", request_nobody_answers_gets_an_answer);
}

Suite *slow_refusal_suite(void)
{
	return slow_suite("slow-refusal", refusal_never_acked_is_forgotten);
}

Suite *slow_bye_suite(void)
{
	return slow_suite("slow-bye",
			  dead_callee_does_not_keep_the_call_object);
}

Suite *slow_invite_suite(void)
{
	return slow_suite("slow-invite",
			  silent_gateway_of_a_cancelled_call_is_forgotten);
}

Suite *slow_cancel_suite(void)
{
	return slow_suite("slow-cancel",
			  callee_that_never_says_487_is_forgotten);
}
