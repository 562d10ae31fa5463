/* re-INVITE passes both ways, with its ACK; two at once do not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define EXTRA "X-Extra: a  b"

static void claim_extra(const struct message *message)
{
	claim_text(message_header(message, "X-Extra", 0), "a  b");
}

/* check 34 */
START_TEST(reinvite_passes)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *message;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	dialog_send(
		on.from, "INVITE",
		PARTS(.body = OFFER "a=sendonly\r\n", .headers = EXTRA "\r\n"));
	message = dialog_expect_request(on.to, "INVITE");
	claim_text(message->body, OFFER "a=sendonly\r\n");
	claim_extra(message);
	dialog_reply(on.to, message, 180, NULL);
	dialog_expect(on.from, 180, "INVITE");
	dialog_reply(on.to, message, 200,
		     PARTS(.body = ANSWER "a=recvonly\r\n",
			   .headers = EXTRA "\r\n"));
	message = dialog_expect(on.from, 200, "INVITE");
	claim_text(message->body, ANSWER "a=recvonly\r\n");
	claim_extra(message);
	dialog_ack(on.from, NULL);
	dialog_expect_request(on.to, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(reinvite_without_offer_is_answered_in_its_ack)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *message;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	dialog_send(on.from, "INVITE", NULL);
	message = dialog_expect_request(on.to, "INVITE");
	dialog_reply(on.to, message, 200, PARTS(.body = OFFER));
	claim_text(dialog_expect(on.from, 200, "INVITE")->body, OFFER);
	peer_expect_nothing(on.to->peer, 100);
	dialog_ack(on.from, PARTS(.body = ANSWER));
	claim_text(dialog_expect_request(on.to, "ACK")->body, ANSWER);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

#define FAX                                                                    \
	"v=0\r\no=fax 1 2 IN IP4 192.0.2.30\r\ns=-\r\nc=IN IP4 192.0.2.30\r\n" \
	"t=0 0\r\nm=audio 0 RTP/AVP 0\r\nm=image 4000 udptl t38\r\n"           \
	"a=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n"                       \
	"a=T38FaxRateManagement:transferredTCF\r\n"                            \
	"a=T38FaxUdpEC:t38UDPRedundancy\r\n"

/* A call is held and taken up again, becomes a fax (ITU-T T.38 D.2.2.4), which
 * the other side takes or not, and is a call again. */
static const struct {
	const char *offer, *answer;
	int status;
} changes[] = {
	{OFFER "a=sendonly\r\n", ANSWER "a=recvonly\r\n", 200},
	{OFFER "a=inactive\r\n", ANSWER "a=inactive\r\n", 200},
	{OFFER, ANSWER, 200},
	{FAX, NULL, 488},
	{FAX, NULL, 606},
	{FAX, FAX, 200},
	{OFFER, ANSWER, 200},
};

#define CHANGES (sizeof(changes) / sizeof(*changes))

static void change(struct way on, const char *offer, const char *answer,
		   int status)
{
	const struct message *message;

	dialog_send(on.from, "INVITE", PARTS(.body = offer));
	message = dialog_expect_request(on.to, "INVITE");
	claim_text(message->body, offer);
	dialog_reply(on.to, message, status, PARTS(.body = answer));
	if (status >= 300) {
		dialog_expect_failure(on.from, status);
	} else {
		message = dialog_expect(on.from, status, "INVITE");
		claim_text(message->body, answer);
		dialog_ack(on.from, NULL);
	}
	dialog_expect_request(on.to, "ACK");
}

START_TEST(hold_and_t38_pass_both_ways)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	for (size_t i = 0; i < CHANGES * 2; i++)
		change(way(&call, i % 2), changes[i / 2].offer,
		       changes[i / 2].answer, changes[i / 2].status);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(refused_reinvite_leaves_the_call_as_it_was)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *message;
	static const int statuses[] = {488, 491, 500};

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	for (int i = 0; i < 3; i++) {
		dialog_send(on.from, "INVITE", PARTS(.body = OFFER));
		message = dialog_expect_request(on.to, "INVITE");
		dialog_reply(on.to, message, statuses[i], NULL);
		dialog_expect_failure(on.from, statuses[i]);
		dialog_expect_request(on.to, "ACK");
	}
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 34 */
START_TEST(crossing_reinvites_both_get_491)
{
	struct scene scene;
	struct call call;
	const struct message *message, *crossing;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	message = dialog_expect_request(&call.callee, "INVITE");

	/* Sent before the callee has seen the caller's: RFC 3261 14.2. */
	dialog_send(&call.callee, "INVITE", PARTS(.body = OFFER));
	crossing = peer_poll(&scene.caller, 0, "INVITE", NULL, 200);
	if (crossing) {
		dialog_reply(&call.caller, crossing, 491, NULL);
		dialog_expect_request(&call.caller, "ACK");
	}
	dialog_expect_failure(&call.callee, 491);
	dialog_reply(&call.callee, message, 491, NULL);
	dialog_expect_failure(&call.caller, 491);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* RFC 3261 14.2: 0 to 10 seconds. */
static void claim_soon(const struct message *answer)
{
	const char *seconds = message_header(answer, "Retry-After", 0);

	claim(seconds && strspn(seconds, "0123456789") == strlen(seconds) &&
		      atoi(seconds) <= 10,
	      "Retry-After: %s", seconds ? seconds : "(none)");
}

/* check 35 */
START_TEST(reinvite_before_the_first_answer_gets_500_or_491)
{
	struct scene scene;
	struct call call;
	struct dialog second;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 183, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 183, "INVITE");
	second = call.caller;
	dialog_send(&second, "INVITE", PARTS(.body = OFFER));
	claim_soon(dialog_expect_failure(&second, 500));

	/* From the other side the two have crossed. */
	dialog_send(&call.callee, "INVITE", PARTS(.body = OFFER));
	dialog_expect_failure(&call.callee, 491);
	call_answer(&call);
	call.caller.cseq = second.cseq;
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 35 */
START_TEST(second_reinvite_before_the_answer_gets_500_and_retry_after)
{
	struct scene scene;
	struct call call;
	struct dialog second;
	const struct message *first, *answer;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	first = dialog_expect_request(&call.callee, "INVITE");
	second = call.caller;
	dialog_send(&second, "INVITE", PARTS(.body = OFFER));
	answer = dialog_expect_failure(&second, 500);
	claim_soon(answer);
	dialog_reply(&call.callee, first, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call.caller.cseq = second.cseq;
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(reinvite_can_be_cancelled)
{
	struct scene scene;
	struct call call;
	const struct message *invite;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	invite = dialog_expect_request(&call.callee, "INVITE");
	dialog_reply(&call.callee, invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_reply(&call.callee,
		     dialog_expect_request(&call.callee, "CANCEL"), 200, NULL);
	dialog_reply(&call.callee, invite, 487, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_expect_failure(&call.caller, 487);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* RFC 3261 9.2: the CANCEL came too late, and both ends know. */
START_TEST(answer_that_crosses_the_cancel_of_a_reinvite_counts)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *invite;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	dialog_send(on.from, "INVITE", PARTS(.body = OFFER));
	invite = dialog_expect_request(on.to, "INVITE");
	dialog_reply(on.to, invite, 180, NULL);
	dialog_expect(on.from, 180, "INVITE");
	dialog_cancel(on.from, NULL);
	dialog_expect(on.from, 200, "CANCEL");
	dialog_reply(on.to, dialog_expect_request(on.to, "CANCEL"), 200, NULL);
	dialog_reply(on.to, invite, 200, PARTS(.body = ANSWER));
	claim_text(dialog_expect(on.from, 200, "INVITE")->body, ANSWER);
	dialog_ack(on.from, NULL);
	dialog_expect_request(on.to, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

#define RELIABLE "Require: 100rel\r\nRSeq: %u\r\n"

/* An INVITE within the call that takes reliable responses. */
static const struct message *begin_reliable(struct way on, const char *option)
{
	const struct message *invite;
	char headers[80];

	snprintf(headers, sizeof(headers), "%s: 100rel\r\n", option);
	dialog_send(on.from, "INVITE",
		    PARTS(.body = OFFER, .headers = headers));
	invite = dialog_expect_request(on.to, "INVITE");
	claim_text(message_header(invite, option, 0), "100rel");
	return invite;
}

static void reliable(struct way on, const struct message *invite, int status,
		     unsigned rseq, const char *body)
{
	char headers[80];

	snprintf(headers, sizeof(headers), RELIABLE, rseq);
	dialog_reply(on.to, invite, status,
		     PARTS(.headers = headers, .body = body));
}

static const struct message *expect_reliable(struct way on, int status,
					     const char *body)
{
	const struct message *answer = dialog_expect(on.from, status, "INVITE");

	claim_text(message_header(answer, "Require", 0), "100rel");
	claim_number(message_count(answer, "Require"), 1);
	claim_text(answer->body, body);
	return answer;
}

/* The PRACK of `answer`, as it reaches the side whose response it was. */
static const struct message *prack(struct way on, const struct message *answer,
				   const struct message *invite, unsigned rseq,
				   const char *body)
{
	const struct message *request;
	char headers[80], rack[80];

	snprintf(headers, sizeof(headers), "RAck: %s %s\r\n",
		 message_header(answer, "RSeq", 0),
		 message_header(answer, "CSeq", 0));
	dialog_send(on.from, "PRACK", PARTS(.headers = headers, .body = body));
	request = dialog_expect_request(on.to, "PRACK");
	snprintf(rack, sizeof(rack), "%u %s", rseq,
		 message_header(invite, "CSeq", 0));
	claim_text(message_header(request, "RAck", 0), rack);
	claim_text(request->body, body ? body : "");
	return request;
}

static void answer_prack(struct way on, const struct message *request,
			 const char *body)
{
	dialog_reply(on.to, request, 200, PARTS(.body = body));
	claim_text(dialog_expect(on.from, 200, "PRACK")->body,
		   body ? body : "");
}

static void accept_reinvite(struct way on, const struct message *invite)
{
	dialog_reply(on.to, invite, 200, NULL);
	dialog_expect(on.from, 200, "INVITE");
	dialog_ack(on.from, NULL);
	dialog_expect_request(on.to, "ACK");
}

/* RFC 3262, of either side's re-INVITE. */
START_TEST(reliable_responses_to_a_reinvite_are_pracked_end_to_end)
{
	static const char *const options[] = {"Supported", "Require"};
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	for (int i = 0; i < 4; i++) {
		struct way on = way(&call, i % 2);
		const struct message *invite, *answer;

		invite = begin_reliable(on, options[i / 2]);
		reliable(on, invite, 183, 7000, ANSWER);
		answer = expect_reliable(on, 183, ANSWER);
		answer_prack(on, prack(on, answer, invite, 7000, OFFER),
			     ANSWER);

		/* The one before, for its PRACK was late, comes no more. */
		reliable(on, invite, 183, 7000, ANSWER);
		reliable(on, invite, 180, 7001, NULL);
		answer = expect_reliable(on, 180, "");
		answer_prack(on, prack(on, answer, invite, 7001, NULL), NULL);
		accept_reinvite(on, invite);
	}
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(answer_to_a_reinvite_waits_for_the_prack)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *invite, *early, *request;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	invite = begin_reliable(on, "Supported");
	reliable(on, invite, 183, 5, ANSWER);
	early = expect_reliable(on, 183, ANSWER);
	dialog_reply(on.to, invite, 200, NULL);
	scene_ping(&scene);
	ck_assert_ptr_null(peer_poll(on.from->peer, 200, "INVITE", NULL, 100));
	request = prack(on, early, invite, 5, NULL);
	dialog_expect(on.from, 200, "INVITE");
	dialog_ack(on.from, NULL);
	dialog_expect_request(on.to, "ACK");

	/* It was not waited for any more; the call goes on. */
	dialog_reply(on.to, request, 481, NULL);
	dialog_expect(on.from, 481, "PRACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(refusal_of_a_reinvite_needs_no_prack)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *invite;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	invite = begin_reliable(on, "Supported");
	reliable(on, invite, 183, 5, ANSWER);
	expect_reliable(on, 183, ANSWER);
	dialog_reply(on.to, invite, 488, NULL);
	dialog_expect_failure(on.from, 488);
	dialog_expect_request(on.to, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* The first PRACK was lost. */
START_TEST(reliable_response_to_a_reinvite_is_repeated_until_its_prack)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *invite, *answer;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	invite = begin_reliable(on, "Supported");
	reliable(on, invite, 183, 5, ANSWER);
	expect_reliable(on, 183, ANSWER);
	answer = expect_reliable(on, 183, ANSWER);
	answer_prack(on, prack(on, answer, invite, 5, NULL), NULL);
	accept_reinvite(on, invite);
	call_hang_up(&call);
	while (peer_poll(on.from->peer, 183, "INVITE", NULL, 0))
		;
	scene_close(&scene);
}
END_TEST

/* The CANCEL of a re-INVITE that waits for a PRACK. */
START_TEST(reinvite_that_waits_for_its_prack_can_be_cancelled)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *invite;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	invite = begin_reliable(on, "Supported");
	reliable(on, invite, 183, 5, ANSWER);
	expect_reliable(on, 183, ANSWER);
	dialog_cancel(on.from, NULL);
	dialog_expect(on.from, 200, "CANCEL");
	dialog_reply(on.to, dialog_expect_request(on.to, "CANCEL"), 200, NULL);
	dialog_reply(on.to, invite, 487, NULL);
	dialog_expect_request(on.to, "ACK");
	dialog_expect_failure(on.from, 487);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* It was answered already, which its PRACK brings to light. */
START_TEST(cancel_of_a_reinvite_with_a_held_answer_is_too_late)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *invite, *early;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	invite = begin_reliable(on, "Supported");
	reliable(on, invite, 183, 5, ANSWER);
	early = expect_reliable(on, 183, ANSWER);
	dialog_reply(on.to, invite, 200, NULL);
	scene_ping(&scene);
	dialog_cancel(on.from, NULL);
	dialog_expect(on.from, 200, "CANCEL");
	answer_prack(on, prack(on, early, invite, 5, NULL), NULL);
	dialog_expect(on.from, 200, "INVITE");
	dialog_ack(on.from, NULL);
	dialog_expect_request(on.to, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* Its 2xx may be there already, or not. */
START_TEST(bye_ends_a_reinvite_that_waits_for_its_prack)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *invite;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i % 2);
	invite = begin_reliable(on, "Supported");
	reliable(on, invite, 183, 5, ANSWER);
	expect_reliable(on, 183, ANSWER);
	if (_i / 2) {
		dialog_reply(on.to, invite, 200, NULL);
		scene_ping(&scene);
	}
	dialog_send(on.from, "BYE", NULL);
	dialog_expect(on.from, 200, "BYE");
	dialog_expect_failure(on.from, 487);
	if (_i / 2) {
		dialog_expect_request(on.to, "ACK");
	} else {
		dialog_reply(on.to, dialog_expect_request(on.to, "CANCEL"), 200,
			     NULL);
		dialog_reply(on.to, invite, 487, NULL);
		dialog_expect_request(on.to, "ACK");
	}
	dialog_reply(on.to, dialog_expect_request(on.to, "BYE"), 200, NULL);
	scene_close(&scene);
}
END_TEST

Suite *reinvite_suite(void)
{
	Suite *suite = suite_create("reinvite");
	TCase *tests = scene_tcase(suite, "reinvite");

	tcase_add_loop_test(tests, reinvite_passes, 0, 2);
	tcase_add_test(tests, hold_and_t38_pass_both_ways);
	tcase_add_loop_test(
		tests, reinvite_without_offer_is_answered_in_its_ack, 0, 2);
	tcase_add_loop_test(tests, refused_reinvite_leaves_the_call_as_it_was,
			    0, 2);
	tcase_add_test(tests, crossing_reinvites_both_get_491);
	tcase_add_test(
		tests,
		second_reinvite_before_the_answer_gets_500_and_retry_after);
	tcase_add_test(tests, reinvite_before_the_first_answer_gets_500_or_491);
	tcase_add_test(tests, reinvite_can_be_cancelled);
	tcase_add_loop_test(tests,
			    answer_that_crosses_the_cancel_of_a_reinvite_counts,
			    0, 2);
	tcase_add_test(tests,
		       reliable_responses_to_a_reinvite_are_pracked_end_to_end);
	tcase_add_loop_test(tests, answer_to_a_reinvite_waits_for_the_prack, 0,
			    2);
	tcase_add_loop_test(tests, refusal_of_a_reinvite_needs_no_prack, 0, 2);
	tcase_add_loop_test(
		tests,
		reliable_response_to_a_reinvite_is_repeated_until_its_prack, 0,
		2);
	tcase_add_loop_test(tests,
			    reinvite_that_waits_for_its_prack_can_be_cancelled,
			    0, 2);
	tcase_add_loop_test(tests,
			    cancel_of_a_reinvite_with_a_held_answer_is_too_late,
			    0, 2);
	tcase_add_loop_test(tests, bye_ends_a_reinvite_that_waits_for_its_prack,
			    0, 4);
	return suite;
}
