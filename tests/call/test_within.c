/* Requests within a call, and their answers, pass both ways. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

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
	{"PUBLISH", "application/pidf+xml", "<x/>", 200, "Event: presence\r\n"},
	{"FOO", "text/plain", "known to nobody", 200, NULL},
	{"B.a-R!", NULL, NULL, 501, NULL},
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

/* check 36 */
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

/* check 37 */
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
	tcase_add_loop_test(tests, refer_passes_and_so_does_its_notify, 0, 2);
	tcase_add_loop_test(tests, requests_go_to_the_newest_contact, 0, 2);
	tcase_add_test(tests, older_cseq_gets_500);
	tcase_add_test(tests, early_update_and_info_pass);
	tcase_add_test(tests, session_timers_pass);
	return suite;
}
