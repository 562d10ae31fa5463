/* Reliable provisional responses (RFC 3262), end to end, and forked early
 * dialogs, which the caller must be able to tell apart. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define RELIABLE "Require: 100rel\r\nRSeq: %u\r\n"
#define SUPPORTED                                                              \
	PARTS(.headers = "Supported: 100rel, timer\r\n", .body = OFFER)

static void reliable(struct call *call, int status, unsigned rseq,
		     const char *body)
{
	char headers[80];

	snprintf(headers, sizeof(headers), RELIABLE, rseq);
	dialog_reply(&call->callee, call->invite, status,
		     PARTS(.headers = headers, .body = body));
}

/* The caller's PRACK of `answer` reaches the callee as that of `rseq`. */
static void prack(struct call *call, const struct message *answer,
		  unsigned rseq)
{
	char headers[80], rack[40];
	const struct message *request;

	snprintf(headers, sizeof(headers), "RAck: %s 1 INVITE\r\n",
		 message_header(answer, "RSeq", 0));
	dialog_send(&call->caller, "PRACK", PARTS(.headers = headers));
	request = dialog_expect_request(&call->callee, "PRACK");
	snprintf(rack, sizeof(rack), "%u 1 INVITE", rseq);
	claim_text(message_header(request, "RAck", 0), rack);
	dialog_reply(&call->callee, request, 200, NULL);
	dialog_expect(&call->caller, 200, "PRACK");
}

/* check 37 */
START_TEST(reliable_responses_are_pracked_end_to_end)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, NULL);
	call_place(&call, &scene, SUPPORTED);
	claim_text(message_header(call.invite, "Supported", 0),
		   "100rel, timer");
	reliable(&call, 183, 7000, ANSWER);
	answer = dialog_expect(&call.caller, 183, "INVITE");
	claim_text(message_header(answer, "Require", 0), "100rel");
	claim_text(answer->body, ANSWER);
	prack(&call, answer, 7000);
	reliable(&call, 180, 7001, NULL);
	prack(&call, dialog_expect(&call.caller, 180, "INVITE"), 7001);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* RFC 3312: both ends reserve what they need before the phone rings, which
 * takes PRACK and UPDATE. */
START_TEST(preconditions_are_met_end_to_end)
{
	static const char need[] =
		ANSWER "a=curr:qos local none\r\n"
		       "a=des:qos mandatory local sendrecv\r\n";
	struct scene scene;
	struct call call;
	const struct message *message;
	const char *require;

	scene_open(&scene, NULL);
	call_place(&call, &scene,
		   PARTS(.headers = "Supported: 100rel\r\n"
				    "Require: precondition\r\n",
			 .body = need));
	claim_text(message_header(call.invite, "Require", 0), "precondition");
	dialog_reply(&call.callee, call.invite, 183,
		     PARTS(.headers = "Require: 100rel, precondition\r\n"
				      "RSeq: 9\r\n",
			   .body = need));
	message = dialog_expect(&call.caller, 183, "INVITE");
	require = message_header(message, "Require", 0);
	claim(strstr(require, "100rel") && strstr(require, "precondition"),
	      "Require: %s", require);
	claim_text(message->body, need);
	prack(&call, message, 9);
	dialog_send(&call.caller, "UPDATE", PARTS(.body = OFFER));
	message = dialog_expect_request(&call.callee, "UPDATE");
	claim_text(message->body, OFFER);
	dialog_reply(&call.callee, message, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "UPDATE");
	reliable(&call, 180, 10, NULL);
	prack(&call, dialog_expect(&call.caller, 180, "INVITE"), 10);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* RFC 3262 5: the offer comes with the response, the answer with its PRACK. */
START_TEST(late_offer_is_answered_in_the_prack)
{
	struct scene scene;
	struct call call;
	const struct message *answer, *request;
	char headers[80];

	scene_open(&scene, NULL);
	call_place(&call, &scene, PARTS(.headers = "Supported: 100rel\r\n"));
	ck_assert_uint_eq(call.invite->body_len, 0);
	reliable(&call, 183, 7, OFFER);
	answer = dialog_expect(&call.caller, 183, "INVITE");
	claim_text(answer->body, OFFER);
	snprintf(headers, sizeof(headers), "RAck: %s 1 INVITE\r\n",
		 message_header(answer, "RSeq", 0));
	dialog_send(&call.caller, "PRACK",
		    PARTS(.headers = headers, .body = ANSWER));
	request = dialog_expect_request(&call.callee, "PRACK");
	claim_text(message_header(request, "RAck", 0), "7 1 INVITE");
	claim_text(message_header(request, "Content-Type", 0),
		   "application/sdp");
	claim_text(request->body, ANSWER);
	dialog_reply(&call.callee, request, 200, NULL);
	dialog_expect(&call.caller, 200, "PRACK");
	dialog_reply(&call.callee, call.invite, 200, NULL);
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* Each fork counts for itself, and they may count alike. */
START_TEST(reliable_responses_of_forks_are_pracked_apart)
{
	struct scene scene;
	struct call call, forks[2];
	const struct message *answer;

	scene_open(&scene, NULL);
	call_place(&call, &scene, SUPPORTED);
	for (int i = 0; i < 2; i++) {
		forks[i] = call;
		snprintf(forks[i].callee.local, sizeof(forks[i].callee.local),
			 "%.300s-%d", call.callee.local, i);
		reliable(&forks[i], 183, 40, ANSWER);
		answer = dialog_expect(&forks[i].caller, 183, "INVITE");
		prack(&forks[i], answer, 40);
		call.caller.cseq = forks[i].caller.cseq;
	}
	ck_assert_str_ne(forks[0].caller.remote, forks[1].caller.remote);
	for (int i = 0; i < 2; i++) {
		forks[i].caller.cseq += 2;
		reliable(&forks[i], 180, 41, NULL);
		answer = dialog_expect(&forks[i].caller, 180, "INVITE");
		prack(&forks[i], answer, 41);
	}
	call_answer(&forks[0]);
	call_hang_up(&forks[0]);
	scene_close(&scene);
}
END_TEST

START_TEST(repeated_reliable_response_is_passed_once)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, NULL);
	call_place(&call, &scene, SUPPORTED);
	reliable(&call, 183, 1, ANSWER);
	answer = dialog_expect(&call.caller, 183, "INVITE");
	reliable(&call, 183, 1, ANSWER);
	reliable(&call, 183, 1, ANSWER);
	prack(&call, answer, 1);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(answer_waits_for_the_prack_of_what_came_before)
{
	struct scene scene;
	struct call call;
	const struct message *early, *request;
	char headers[80];

	scene_open(&scene, NULL);
	call_place(&call, &scene, SUPPORTED);
	reliable(&call, 183, 5, ANSWER);
	early = dialog_expect(&call.caller, 183, "INVITE");
	dialog_reply(&call.callee, call.invite, 200, NULL);
	scene_ping(&scene);
	ck_assert_ptr_null(peer_poll(&scene.caller, 200, "INVITE", NULL, 100));

	snprintf(headers, sizeof(headers), "RAck: %s 1 INVITE\r\n",
		 message_header(early, "RSeq", 0));
	dialog_send(&call.caller, "PRACK", PARTS(.headers = headers));
	request = dialog_expect_request(&call.callee, "PRACK");
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_reply(&call.callee, request, 200, NULL);
	dialog_expect(&call.caller, 200, "PRACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(cancel_of_a_held_answer_hangs_up_on_the_callee)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, SUPPORTED);
	reliable(&call, 183, 5, ANSWER);
	dialog_expect(&call.caller, 183, "INVITE");
	dialog_reply(&call.callee, call.invite, 200, NULL);
	scene_ping(&scene);
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_expect_failure(&call.caller, 487);
	dialog_expect_request(&call.callee, "ACK");
	dialog_reply(&call.callee, dialog_expect_request(&call.callee, "BYE"),
		     200, NULL);
	scene_close(&scene);
}
END_TEST

START_TEST(refusal_after_a_reliable_response_needs_no_prack)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, SUPPORTED);
	reliable(&call, 183, 5, ANSWER);
	dialog_expect(&call.caller, 183, "INVITE");
	dialog_reply(&call.callee, call.invite, 486, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_expect_failure(&call.caller, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(required_100rel_reaches_the_callee)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene,
		   PARTS(.headers = "Require: 100rel\r\n", .body = OFFER));
	claim_text(message_header(call.invite, "Require", 0), "100rel");
	reliable(&call, 180, 1, NULL);
	prack(&call, dialog_expect(&call.caller, 180, "INVITE"), 1);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(caller_without_100rel_gets_a_plain_response)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	ck_assert_ptr_null(message_header(call.invite, "Supported", 0));
	reliable(&call, 183, 5, ANSWER);
	answer = dialog_expect(&call.caller, 183, "INVITE");
	ck_assert_ptr_null(message_header(answer, "RSeq", 0));
	ck_assert_ptr_null(message_header(answer, "Require", 0));
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(forks_stay_apart_and_the_winner_answers_under_its_tag)
{
	struct scene scene;
	struct call call;
	struct dialog loser, winner;
	const struct message *answer;
	char first[128], second[128];

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	loser = winner = call.callee;
	snprintf(loser.local, sizeof(loser.local), "%.300s-fork",
		 call.callee.local);
	dialog_reply(&loser, call.invite, 180, NULL);
	answer = dialog_expect(&call.caller, 180, "INVITE");
	snprintf(first, sizeof(first), "%s", message_header(answer, "To", 0));
	dialog_reply(&winner, call.invite, 180, NULL);
	answer = dialog_expect(&call.caller, 180, "INVITE");
	snprintf(second, sizeof(second), "%s", message_header(answer, "To", 0));
	ck_assert_str_ne(first, second);

	dialog_reply(&winner, call.invite, 200, PARTS(.body = ANSWER));
	answer = dialog_expect(&call.caller, 200, "INVITE");
	claim_text(message_header(answer, "To", 0), second);
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&winner, "ACK");
	call.callee = winner;
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* RFC 3261 13.2.2.4. Where the Contact leads is not where the gateway is. */
START_TEST(second_answer_of_forks_is_acknowledged_and_hung_up)
{
	static const char *const contacts[] = {
		"Contact: <sip:late@fork.invalid>\r\n", "",
		("Record-Route: <sip:p.invalid;lr>\r\n"
		 "Contact: <sip:x@192.0.2.1>\r\n"),
	};
	struct scene scene;
	struct call call;
	struct dialog late[3];

	scene_open(&scene, SCENE(.callee = _i ? "tcp" : "udp"));
	call_place(&call, &scene, NULL);
	call_answer(&call);
	for (int i = 0; i < 3; i++) {
		const struct message *message;

		dialog_accept(&late[i], &scene.callee, call.invite);
		dialog_reply(&late[i], call.invite, 200,
			     PARTS(.body = ANSWER, .contact = contacts[i]));
		message = peer_expect(&scene.callee, 0, "ACK",
				      late[i].call_id);
		claim_text(message_header(message, "To", 0), late[i].local);
		claim_text(message_header(message, "CSeq", 0), "1 ACK");
		message = peer_expect(&scene.callee, 0, "BYE",
				      late[i].call_id);
		claim_text(message_header(message, "To", 0), late[i].local);
		dialog_reply(&late[i], message, 200, NULL);
	}
	peer_expect_nothing(&scene.caller, 100);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* The ACK has stopped its answer, so nothing but the BYE itself can tell the
 * second phone. */
START_TEST(second_answer_of_forks_is_hung_up_though_the_bye_is_lost)
{
	struct scene scene;
	struct call call;
	struct dialog late;
	const struct message *first, *again;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	call_answer(&call);
	dialog_accept(&late, &scene.callee, call.invite);
	dialog_reply(&late, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect_request(&late, "ACK");
	scene.callee.shows_retransmissions = true;
	first = dialog_expect_request(&late, "BYE");
	again = dialog_expect_request(&late, "BYE");
	claim_text(message_header(again, "Via", 0),
		   message_header(first, "Via", 0));
	claim_text(message_header(again, "CSeq", 0),
		   message_header(first, "CSeq", 0));
	dialog_reply(&late, again, 200, NULL);
	scene_ping(&scene);
	while (peer_poll(&scene.callee, 0, "BYE", late.call_id, 0))
		;
	scene.callee.shows_retransmissions = false;
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

Suite *prack_suite(void)
{
	Suite *suite = suite_create("prack");
	TCase *tests = scene_tcase(suite, "prack");

	tcase_add_test(tests, reliable_responses_are_pracked_end_to_end);
	tcase_add_loop_test(
		tests, second_answer_of_forks_is_acknowledged_and_hung_up, 0, 2);
	tcase_add_test(
		tests,
		second_answer_of_forks_is_hung_up_though_the_bye_is_lost);
	tcase_add_test(tests, preconditions_are_met_end_to_end);
	tcase_add_test(tests, late_offer_is_answered_in_the_prack);
	tcase_add_test(tests, reliable_responses_of_forks_are_pracked_apart);
	tcase_add_test(tests, repeated_reliable_response_is_passed_once);
	tcase_add_test(tests, answer_waits_for_the_prack_of_what_came_before);
	tcase_add_test(tests, cancel_of_a_held_answer_hangs_up_on_the_callee);
	tcase_add_test(tests, refusal_after_a_reliable_response_needs_no_prack);
	tcase_add_test(tests, required_100rel_reaches_the_callee);
	tcase_add_test(tests, caller_without_100rel_gets_a_plain_response);
	tcase_add_test(tests,
		       forks_stay_apart_and_the_winner_answers_under_its_tag);
	return suite;
}
