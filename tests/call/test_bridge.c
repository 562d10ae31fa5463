/* A call from its INVITE to its BYE. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define REASON "Q.850;cause=16;text=\"Normal call clearing\""

/* check 22, check 31 */
START_TEST(call_is_bridged_answered_and_hung_up_by_the_caller)
{
	struct scene scene;
	struct call call;
	const struct message *message;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	claim(!strcmp(call.invite->body, OFFER), "the offer changed");
	dialog_reply(&call.callee, call.invite, 180, NULL);
	message = dialog_expect(&call.caller, 180, "INVITE");
	claim(message->body_len == 0, "the 180 got a body");
	dialog_reply(&call.callee, call.invite, 183, PARTS(.body = ANSWER));
	message = dialog_expect(&call.caller, 183, "INVITE");
	claim(!strcmp(message->body, ANSWER), "the early answer changed");
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	message = dialog_expect(&call.caller, 200, "INVITE");
	claim(!strcmp(message->body, ANSWER), "the answer changed");
	dialog_ack(&call.caller, NULL);
	message = dialog_expect_request(&call.callee, "ACK");
	claim(message->body_len == 0, "the ACK got a body");

	dialog_send(&call.caller, "BYE",
		    PARTS(.headers = "Reason: " REASON "\r\n"));
	message = dialog_expect_request(&call.callee, "BYE");
	claim_text(message_header(message, "Reason", 0), REASON);
	dialog_reply(&call.callee, message, 200, NULL);
	dialog_expect(&call.caller, 200, "BYE");
	scene_close(&scene);
}
END_TEST

/* check 31 */
START_TEST(callee_hangs_up)
{
	struct scene scene;
	struct call call;
	const struct message *bye;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.callee, "BYE",
		    PARTS(.headers = "Reason: " REASON "\r\n"));
	bye = dialog_expect_request(&call.caller, "BYE");
	claim_text(message_header(bye, "Reason", 0), REASON);
	dialog_reply(&call.caller, bye, 200, NULL);
	dialog_expect(&call.callee, 200, "BYE");
	scene_close(&scene);
}
END_TEST

/* check 1 */
START_TEST(trying_comes_first_and_before_the_callee_says_anything)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_expect(&call.caller, 100, "INVITE");
	claim_number(scene.caller.messages[0]->status, 100);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* No trace of the other side may be in a message: neither its address nor
 * what names its dialog. */
static void claim_hidden(const struct message *message,
			 const struct peer *other, const char *call_id)
{
	claim(!message_contains(message, other->address),
	      "the other side's address shows");
	claim(!message_contains(message, call_id),
	      "the other side's Call-ID shows");
}

/* check 3, check 4, check 5 */
START_TEST(egress_invite_is_ours)
{
	struct scene scene;
	struct call call;
	const struct message *invite;
	char text[256], other[256];

	scene_open(&scene, NULL);
	call_place(&call, &scene,
		   PARTS(.body = OFFER, .max_forwards = "17",
			 .headers = "Record-Route: <sip:192.0.2.7;lr>\r\n"
				    "Route: <sip:192.0.2.8;lr>\r\n"));
	invite = call.invite;
	claim_hidden(invite, &scene.caller, call.caller.call_id);
	claim_number(message_count(invite, "Via"), 1);
	claim_number(message_count(invite, "Route"), 0);
	claim_number(message_count(invite, "Record-Route"), 0);
	claim_text(message_header(invite, "Max-Forwards", 0), "16");
	value_param(text, sizeof(text), message_header(invite, "From", 0),
		    "tag");
	value_param(other, sizeof(other), call.caller.local, "tag");
	claim(*text && strcmp(text, other), "From has no tag of ours");
	value_param(text, sizeof(text), message_header(invite, "Via", 0),
		    "branch");
	claim(!strncmp(text, "z9hG4bK", 7) && text[7], "branch: %s", text);
	claim(strstr(message_header(invite, "Contact", 0), scene.daemon.host),
	      "the Contact is not ours");
	snprintf(text, sizeof(text), "SIP/2.0/UDP %s:%u;", scene.daemon.host,
		 scene.daemon.port);
	claim(!strncmp(message_header(invite, "Via", 0), text, strlen(text)),
	      "the Via is not ours");
	snprintf(text, sizeof(text), "sip:" CALLEE "@%s:%u", scene.callee.host,
		 scene.callee.port);
	claim(!strncmp(invite->uri, text, strlen(text)),
	      "the Request-URI is not the gateway");
	claim(strstr(message_header(invite, "From", 0), "sip:" CALLER "@"),
	      "the caller's number is gone from From");
	claim(strstr(message_header(invite, "To", 0), "sip:" CALLEE "@"),
	      "the callee's number is gone from To");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(request_uri_keeps_all_but_its_host)
{
	struct scene scene;
	struct call call;
	char text[256];

	scene_open(&scene, NULL);
	dialog_init(&call.caller, &scene.caller, CALLER, CALLEE);
	snprintf(call.caller.target, sizeof(call.caller.target),
		 "sip:" CALLEE ";npdi;rn=+12125551000@%s;user=phone",
		 scene.caller.target_uri);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	call_reaches(&call, &scene.callee);
	snprintf(text, sizeof(text),
		 "sip:" CALLEE ";npdi;rn=+12125551000@%s:%u", scene.callee.host,
		 scene.callee.port);
	claim(!strncmp(call.invite->uri, text, strlen(text)),
	      "the user part changed: %s", call.invite->uri);
	claim(strstr(call.invite->uri, ";user=phone"),
	      "a parameter is gone: %s", call.invite->uri);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(tel_request_uri_is_bridged)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	dialog_init(&call.caller, &scene.caller, CALLER, CALLEE);
	snprintf(call.caller.target, sizeof(call.caller.target), "tel:" CALLEE);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	call_reaches(&call, &scene.callee);
	claim(strstr(call.invite->uri, CALLEE), "the number is gone: %s",
	      call.invite->uri);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(nothing_of_the_callee_reaches_the_caller_but_what_it_says)
{
	struct scene scene;
	struct call call;
	const struct message *message;
	static const int statuses[] = {180, 183, 200};
	char tags[3][64], host[64];

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	snprintf(host, sizeof(host), "@%s:%u", scene.daemon.host,
		 scene.daemon.port);
	for (int i = 0; i < 3; i++) {
		dialog_reply(&call.callee, call.invite, statuses[i],
			     PARTS(.body = ANSWER));
		message = dialog_expect(&call.caller, statuses[i], "INVITE");
		claim_hidden(message, &scene.callee, call.callee.call_id);
		value_param(tags[i], sizeof(tags[i]),
			    message_header(message, "To", 0), "tag");
		claim_text(tags[i], tags[0]);
		claim(!strstr(call.callee.local, tags[i]), "the callee's tag");
	}
	claim(strstr(call.caller.target, host) ||
		      strstr(call.caller.target, host + 1),
	      "the Contact is not ours: %s", call.caller.target);
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 7 */
START_TEST(max_forwards_is_made_when_there_is_none)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, PARTS(.body = OFFER, .max_forwards = ""));
	claim_text(message_header(call.invite, "Max-Forwards", 0), "70");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* check 20 */
START_TEST(late_offer_is_answered_in_the_ack)
{
	struct scene scene;
	struct call call;
	const struct message *message;

	scene_open(&scene, NULL);
	call_place(&call, &scene, PARTS(.headers = "X-No: body\r\n"));
	claim(call.invite->body_len == 0, "the INVITE got a body");
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = OFFER));
	message = dialog_expect(&call.caller, 200, "INVITE");
	claim(!strcmp(message->body, OFFER), "the offer changed");

	/* Our ACK must hold the answer, so it cannot come before it does. */
	peer_expect_nothing(&scene.callee, 100);
	dialog_ack(&call.caller, PARTS(.body = ANSWER));
	message = dialog_expect_request(&call.callee, "ACK");
	claim(!strcmp(message->body, ANSWER), "the answer changed");
	claim_text(message_header(message, "Content-Type", 0),
		   "application/sdp");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 2 */
START_TEST(retransmitted_invite_gives_one_egress_invite)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	dialog_resend(&call.caller, PARTS(.body = OFFER));
	dialog_expect(&call.caller, 100, "INVITE");
	dialog_resend(&call.caller, PARTS(.body = OFFER));
	call_reaches(&call, &scene.callee);
	call_answer(&call);

	/* Also once it is answered. */
	dialog_resend(&call.caller, PARTS(.body = OFFER));
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(early_answers_keep_their_order)
{
	struct scene scene;
	struct call call;
	unsigned last = 0;
	static const int statuses[] = {180, 183, 181, 182, 180};

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		dialog_reply(&call.callee, call.invite, statuses[i], NULL);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		const struct message *message =
			dialog_expect(&call.caller, statuses[i], "INVITE");

		claim(message->number > last, "out of order");
		last = message->number;
	}
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(second_answer_of_a_fork_is_taken_down)
{
	struct scene scene;
	struct call call;
	struct dialog fork;
	const struct message *bye;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_accept(&fork, &scene.callee, call.invite);
	dialog_reply(&call.callee, call.invite, 183, PARTS(.body = ANSWER));
	dialog_reply(&fork, call.invite, 180, NULL);
	dialog_expect(&call.caller, 183, "INVITE");
	dialog_expect(&call.caller, 180, "INVITE");
	call_answer(&call);

	dialog_reply(&fork, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect_request(&fork, "ACK");
	bye = dialog_expect_request(&fork, "BYE");
	claim(strstr(message_header(bye, "To", 0), strstr(fork.local, ";tag=")),
	      "the BYE is for the wrong fork");
	dialog_reply(&fork, bye, 200, NULL);

	/* The call itself goes on. */
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(answering_fork_is_the_one_acked)
{
	struct scene scene;
	struct call call;
	struct dialog fork;
	const struct message *message;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_accept(&fork, &scene.callee, call.invite);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_reply(&fork, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_reply(&fork, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_ack(&call.caller, NULL);
	message = dialog_expect_request(&fork, "ACK");
	claim(strstr(message_header(message, "To", 0),
		     strstr(fork.local, ";tag=")),
	      "the ACK is for the wrong fork");
	call.callee = fork;
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(lost_ack_makes_the_answer_come_again)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	scene.caller.shows_retransmissions = true;
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(repeated_answer_is_acked_again)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	scene.callee.shows_retransmissions = true;
	call_establish(&call, &scene);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* RFC 3261 12.1.1: as the INVITE had it, and nothing of the callee's. */
static void expect_record_route(const struct message *answer)
{
	const char *first = message_header(answer, "Record-Route", 0);

	claim_number(message_count(answer, "Record-Route"), 2);
	claim(strstr(first, ";lr;of=caller>"), "begins with %s", first);
	claim_text(message_header(answer, "Record-Route", 1),
		   "<sip:192.0.2.7;lr>");
}

START_TEST(requests_follow_the_route_sets)
{
	struct scene scene;
	struct call call;
	const struct message *message;
	char near[128], lines[400];

	scene_open(&scene, NULL);
	snprintf(near, sizeof(near), "<sip:%s:%u;lr;of=caller>",
		 scene.caller.host, scene.caller.port);
	snprintf(lines, sizeof(lines),
		 "Record-Route: %s\r\nRecord-Route: <sip:192.0.2.7;lr>\r\n",
		 near);
	call_place(&call, &scene, PARTS(.body = OFFER, .headers = lines));
	snprintf(near, sizeof(near), "<sip:%s:%u;lr;of=callee>",
		 scene.callee.host, scene.callee.port);
	snprintf(lines, sizeof(lines),
		 "Record-Route: <sip:192.0.2.9;lr>, %s\r\n", near);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	expect_record_route(dialog_expect(&call.caller, 180, "INVITE"));
	dialog_reply(&call.callee, call.invite, 200,
		     PARTS(.body = ANSWER, .headers = lines));
	expect_record_route(dialog_expect(&call.caller, 200, "INVITE"));

	/* The caller's first hop is itself, in place of a proxy before it;
	 * from there its ACK comes to us. */
	*call.caller.routes = '\0';
	dialog_ack(&call.caller, NULL);
	message = dialog_expect_request(&call.callee, "ACK");
	claim(message_header(message, "Route", 0) &&
		      !strncmp(message_header(message, "Route", 0), near,
			       strlen(near)),
	      "the ACK does not go by the callee's proxy");
	claim(message_contains(message, "<sip:192.0.2.9;lr>"),
	      "the second hop is missing");

	dialog_send(&call.callee, "BYE", NULL);
	message = dialog_expect_request(&call.caller, "BYE");
	claim(strstr(message_header(message, "Route", 0), ";of=caller>"),
	      "the BYE does not go by the caller's proxy");
	claim(message_contains(message, "<sip:192.0.2.7;lr>"),
	      "the second hop is missing");
	dialog_reply(&call.caller, message, 200, NULL);
	dialog_expect(&call.callee, 200, "BYE");
	scene_close(&scene);
}
END_TEST

#define MANY 200

START_TEST(many_calls_at_once_leave_nothing_behind)
{
	struct scene scene;
	static struct call calls[MANY];

	scene_open(&scene, NULL);
	for (size_t i = 0; i < MANY; i++)
		call_establish(&calls[i], &scene);
	claim_number(daemon_metric(&scene.daemon, "callsieve_calls"), MANY);
	for (size_t i = 0; i < MANY; i++)
		call_hang_up(&calls[i]);
	scene_close(&scene);
}
END_TEST

Suite *bridge_suite(void)
{
	Suite *suite = suite_create("bridge");
	TCase *tests = scene_tcase(suite, "bridge");

	tcase_add_test(tests,
		       call_is_bridged_answered_and_hung_up_by_the_caller);
	tcase_add_test(tests, callee_hangs_up);
	tcase_add_test(tests,
		       trying_comes_first_and_before_the_callee_says_anything);
	tcase_add_test(tests, egress_invite_is_ours);
	tcase_add_test(
		tests,
		nothing_of_the_callee_reaches_the_caller_but_what_it_says);
	tcase_add_test(tests, request_uri_keeps_all_but_its_host);
	tcase_add_test(tests, tel_request_uri_is_bridged);
	tcase_add_test(tests, max_forwards_is_made_when_there_is_none);
	tcase_add_test(tests, late_offer_is_answered_in_the_ack);
	tcase_add_test(tests, retransmitted_invite_gives_one_egress_invite);
	tcase_add_test(tests, early_answers_keep_their_order);
	tcase_add_test(tests, second_answer_of_a_fork_is_taken_down);
	tcase_add_test(tests, answering_fork_is_the_one_acked);
	tcase_add_test(tests, lost_ack_makes_the_answer_come_again);
	tcase_add_test(tests, repeated_answer_is_acked_again);
	tcase_add_test(tests, requests_follow_the_route_sets);
	tcase_add_test(tests, many_calls_at_once_leave_nothing_behind);
	return suite;
}
