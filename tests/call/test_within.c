/* Requests within a call pass both ways; the call ends on both sides. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* The two ends of a call in the one or the other direction. */
struct way {
	struct dialog *from, *to;
};

static struct way way(struct call *call, bool back)
{
	struct way ways[] = {{&call->caller, &call->callee},
			     {&call->callee, &call->caller}};

	return ways[back];
}

static const struct method {
	const char *name;
	const char *type, *body; /* NULL: none */
	int status;
	const char *lines; /* headers it needs, or NULL */
} methods[] = {
	{"UPDATE", "application/sdp", OFFER, 200, NULL},
	{"UPDATE", NULL, NULL, 200, NULL},
	{"INFO", "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", 200,
	 NULL},
	{"INFO", NULL, NULL, 415, NULL},
	{"OPTIONS", NULL, NULL, 200, NULL},
	{"MESSAGE", "text/plain", "caf\xc3\xa9", 200, NULL},
	{"MESSAGE", "message/cpim", "From: x\r\n\r\ny", 202, NULL},
	{"NOTIFY", "application/simple-message-summary",
	 "Messages-Waiting: yes\r\n", 200,
	 "Event: message-summary\r\nSubscription-State: active\r\n"},
	{"SUBSCRIBE", NULL, NULL, 202, "Event: dialog\r\nExpires: 60\r\n"},
};

#define METHODS (sizeof(methods) / sizeof(*methods))

#define EXTRAS                                                                 \
	"X-Extra: a  b\r\nX-Extra: c\r\nP-Asserted-Identity: <tel:" CALLER     \
	">\r\n"

static void claim_extras(const struct message *message)
{
	claim_text(message_header(message, "X-Extra", 0), "a  b");
	claim_text(message_header(message, "X-Extra", 1), "c");
	claim_text(message_header(message, "P-Asserted-Identity", 0),
		   "<tel:" CALLER ">");
}

static void pass(struct way on, const struct method *method)
{
	const struct message *message;
	char lines[512];

	snprintf(lines, sizeof(lines), "%s" EXTRAS,
		 method->lines ? method->lines : "");
	dialog_send(on.from, method->name,
		    PARTS(.type = method->type, .body = method->body,
			  .headers = lines));
	message = dialog_expect_request(on.to, method->name);
	claim_extras(message);
	claim_text(message->body, method->body ? method->body : "");
	claim_text(message_header(message, "Content-Type", 0), method->type);
	claim(!message_contains(message, on.from->peer->address),
	      "the other side's address shows");
	dialog_reply(on.to, message, method->status,
		     PARTS(.phrase = "As You Like It", .type = method->type,
			   .body = method->body, .headers = EXTRAS));
	message = dialog_expect(on.from, method->status, method->name);
	claim_text(message->phrase, "As You Like It");
	claim_extras(message);
	claim_text(message->body, method->body ? method->body : "");
	claim(!message_contains(message, on.to->peer->address),
	      "the other side's address shows");
}

START_TEST(requests_pass_with_their_answers)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	for (size_t i = 0; i < METHODS; i++)
		pass(way(&call, _i), &methods[i]);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(reinvite_passes)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *message;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	dialog_send(on.from, "INVITE",
		    PARTS(.body = OFFER "a=sendonly\r\n", .headers = EXTRAS));
	message = dialog_expect_request(on.to, "INVITE");
	claim_text(message->body, OFFER "a=sendonly\r\n");
	claim_extras(message);
	dialog_reply(on.to, message, 180, NULL);
	dialog_expect(on.from, 180, "INVITE");
	dialog_reply(on.to, message, 200,
		     PARTS(.body = ANSWER "a=recvonly\r\n", .headers = EXTRAS));
	message = dialog_expect(on.from, 200, "INVITE");
	claim_text(message->body, ANSWER "a=recvonly\r\n");
	claim_extras(message);
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
	claim(message_header(answer, "Retry-After", 0), "no Retry-After");
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

START_TEST(refer_passes_and_so_does_its_notify)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *message;
	const char *lines = "Event: refer\r\n"
			    "Subscription-State: terminated;reason=noresource"
			    "\r\n";

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	dialog_send(on.from, "REFER",
		    PARTS(.headers = "Refer-To: <sip:+12125550111@192.0.2.9>"
				     "\r\nReferred-By: <sip:a@192.0.2.9>\r\n"));
	message = dialog_expect_request(on.to, "REFER");
	claim_text(message_header(message, "Refer-To", 0),
		   "<sip:+12125550111@192.0.2.9>");
	claim_text(message_header(message, "Referred-By", 0),
		   "<sip:a@192.0.2.9>");
	dialog_reply(on.to, message, 202, NULL);
	dialog_expect(on.from, 202, "REFER");
	dialog_send(on.to, "NOTIFY",
		    PARTS(.headers = lines,
			  .type = "message/sipfrag;version=2.0",
			  .body = "SIP/2.0 200 OK\r\n"));
	message = dialog_expect_request(on.from, "NOTIFY");
	claim_text(message_header(message, "Event", 0), "refer");
	claim_text(message_header(message, "Subscription-State", 0),
		   "terminated;reason=noresource");
	claim_text(message_header(message, "Content-Type", 0),
		   "message/sipfrag;version=2.0");
	claim_text(message->body, "SIP/2.0 200 OK\r\n");
	dialog_reply(on.from, message, 200, NULL);
	dialog_expect(on.to, 200, "NOTIFY");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(method_nobody_knows_passes_or_gets_405)
{
	struct scene scene;
	struct call call;
	const struct message *message;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "FOO", NULL);
	message = peer_poll(&scene.callee, 0, "FOO", NULL, 200);
	if (message) {
		dialog_reply(&call.callee, message, 200, NULL);
		dialog_expect(&call.caller, 200, "FOO");
	} else {
		message = dialog_expect(&call.caller, 405, "FOO");
		claim(message_header(message, "Allow", 0), "no Allow");
	}
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(requests_go_to_the_newest_contact)
{
	struct scene scene;
	struct call call;
	struct way on;
	struct peer moved;
	const struct message *message;
	char contact[128];

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	peer_open(&moved, "moved", "udp", on.from->peer->address, 0);
	snprintf(contact, sizeof(contact), "Contact: <sip:moved@%s:%u>\r\n",
		 moved.host, moved.port);
	dialog_send(on.from, "INVITE",
		    PARTS(.body = OFFER, .contact = contact));
	message = dialog_expect_request(on.to, "INVITE");
	dialog_reply(on.to, message, 200, PARTS(.body = ANSWER));
	dialog_expect(on.from, 200, "INVITE");
	dialog_ack(on.from, NULL);
	dialog_expect_request(on.to, "ACK");

	dialog_send(on.to, "BYE", NULL);
	message = peer_expect(&moved, 0, "BYE", on.from->call_id);
	claim(!strncmp(message->uri, "sip:moved@", 10),
	      "the Request-URI is not the new Contact");
	peer_reply(&moved, message, 200, NULL);
	dialog_expect(on.to, 200, "BYE");
	peer_close(&moved);
	scene_close(&scene);
}
END_TEST

START_TEST(crossing_byes_are_both_answered)
{
	struct scene scene;
	struct call call;
	const struct message *bye;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "BYE", NULL);
	dialog_send(&call.callee, "BYE", NULL);
	bye = peer_poll(&scene.callee, 0, "BYE", NULL, 200);
	if (bye)
		dialog_reply(&call.callee, bye, 200, NULL);
	bye = peer_poll(&scene.caller, 0, "BYE", NULL, 200);
	if (bye)
		dialog_reply(&call.caller, bye, 200, NULL);
	dialog_expect(&call.caller, 200, "BYE");
	dialog_expect(&call.callee, 200, "BYE");
	scene_close(&scene);
}
END_TEST

START_TEST(bye_before_the_ack_ends_both_sides)
{
	struct scene scene;
	struct call call;
	const struct message *bye;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_send(&call.caller, "BYE", NULL);
	dialog_expect(&call.caller, 200, "BYE");
	dialog_expect_request(&call.callee, "ACK");
	bye = dialog_expect_request(&call.callee, "BYE");
	dialog_reply(&call.callee, bye, 200, NULL);
	scene_close(&scene);
}
END_TEST

START_TEST(callee_that_hangs_up_before_the_ack_ends_both_sides)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_send(&call.callee, "BYE", NULL);
	dialog_expect(&call.callee, 200, "BYE");

	/* RFC 3261 15: towards the caller only after its ACK. */
	peer_expect_nothing(&scene.caller, 50);
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	scene_close(&scene);
}
END_TEST

START_TEST(bye_during_a_reinvite_ends_that_too)
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
	dialog_send(on.from, "BYE", NULL);
	dialog_expect(on.from, 200, "BYE");
	dialog_expect_failure(on.from, 487);
	dialog_reply(on.to, dialog_expect_request(on.to, "CANCEL"), 200, NULL);
	dialog_reply(on.to, dialog_expect_request(on.to, "BYE"), 200, NULL);
	dialog_reply(on.to, invite, 487, NULL);
	dialog_expect_request(on.to, "ACK");
	scene_close(&scene);
}
END_TEST

START_TEST(bye_is_answered_though_the_other_side_is_silent)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "BYE", NULL);
	dialog_expect(&call.caller, 200, "BYE");
	dialog_reply(&call.callee, dialog_expect_request(&call.callee, "BYE"),
		     200, NULL);
	scene_close(&scene);
}
END_TEST

START_TEST(call_unknown_to_one_side_is_ended_on_the_other)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *message;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	dialog_send(on.from, "INFO", NULL);
	message = dialog_expect_request(on.to, "INFO");
	dialog_reply(on.to, message, 481, NULL);
	dialog_expect(on.from, 481, "INFO");

	/* RFC 3261 12.2.1.2: a 481 ends the dialog. */
	message = dialog_expect_request(on.from, "BYE");
	dialog_reply(on.from, message, 200, NULL);
	message = peer_poll(on.to->peer, 0, "BYE", NULL, 200);
	if (message)
		dialog_reply(on.to, message, 481, NULL);
	scene_close(&scene);
}
END_TEST

START_TEST(older_cseq_gets_500)
{
	struct scene scene;
	struct call call;
	struct dialog old;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	pass(way(&call, false), &methods[2]);
	old = call.caller;
	old.cseq -= 2;
	dialog_send(&old, "INFO", NULL);
	dialog_expect(&old, 500, "INFO");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(wrong_tag_gets_481_and_harms_no_one)
{
	struct scene scene;
	struct call call;
	struct dialog wrong;
	char *tag;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	wrong = call.caller;
	tag = strstr(wrong.remote, ";tag=") + 5;
	*tag = *tag == 'x' ? 'y' : 'x';
	dialog_send(&wrong, "BYE", NULL);
	dialog_expect(&wrong, 481, "BYE");
	call.caller.cseq++;
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(early_update_and_info_pass)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 183, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 183, "INVITE");
	for (int back = 0; back < 2; back++)
		for (int i = 0; i < 3; i++)
			pass(way(&call, back), &methods[i]);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(session_timers_pass)
{
	struct scene scene;
	struct call call;
	const struct message *message;

	/* RFC 4028: the ends keep them; Require is theirs to say. */
	scene_open(&scene, NULL);
	call_place(&call, &scene,
		   PARTS(.body = OFFER,
			 .headers = "Supported: timer\r\nRequire: timer\r\n"
				    "Session-Expires: 1800;refresher=uac\r\n"
				    "Min-SE: 90\r\n"));
	message = call.invite;
	claim_text(message_header(message, "Supported", 0), "timer");
	claim_text(message_header(message, "Session-Expires", 0),
		   "1800;refresher=uac");
	claim_text(message_header(message, "Min-SE", 0), "90");
	dialog_reply(&call.callee, message, 200,
		     PARTS(.body = ANSWER,
			   .headers =
				   "Require: timer\r\n"
				   "Session-Expires: 900;refresher=uas\r\n"));
	message = dialog_expect(&call.caller, 200, "INVITE");
	claim_text(message_header(message, "Require", 0), "timer");
	claim_text(message_header(message, "Session-Expires", 0),
		   "900;refresher=uas");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

Suite *within_suite(void)
{
	Suite *suite = suite_create("within");
	TCase *tests = scene_tcase(suite, "within");

	tcase_add_loop_test(tests, requests_pass_with_their_answers, 0, 2);
	tcase_add_loop_test(tests, reinvite_passes, 0, 2);
	tcase_add_loop_test(
		tests, reinvite_without_offer_is_answered_in_its_ack, 0, 2);
	tcase_add_loop_test(tests, refused_reinvite_leaves_the_call_as_it_was,
			    0, 2);
	tcase_add_test(tests, crossing_reinvites_both_get_491);
	tcase_add_test(
		tests,
		second_reinvite_before_the_answer_gets_500_and_retry_after);
	tcase_add_test(tests, reinvite_can_be_cancelled);
	tcase_add_loop_test(tests, refer_passes_and_so_does_its_notify, 0, 2);
	tcase_add_test(tests, method_nobody_knows_passes_or_gets_405);
	tcase_add_loop_test(tests, requests_go_to_the_newest_contact, 0, 2);
	tcase_add_test(tests, crossing_byes_are_both_answered);
	tcase_add_test(tests, bye_before_the_ack_ends_both_sides);
	tcase_add_test(tests,
		       callee_that_hangs_up_before_the_ack_ends_both_sides);
	tcase_add_loop_test(tests, bye_during_a_reinvite_ends_that_too, 0, 2);
	tcase_add_test(tests, bye_is_answered_though_the_other_side_is_silent);
	tcase_add_loop_test(
		tests, call_unknown_to_one_side_is_ended_on_the_other, 0, 2);
	tcase_add_test(tests, older_cseq_gets_500);
	tcase_add_test(tests, wrong_tag_gets_481_and_harms_no_one);
	tcase_add_test(tests, early_update_and_info_pass);
	tcase_add_test(tests, session_timers_pass);
	return suite;
}
