/* Session-ID (RFC 7989): the same pair of UUIDs on both legs, whoever of the
 * two ends knows of it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define UUID_A "ab30317f1a784dc48ff824d0d3715d86"
#define UUID_B "47755a9de7794ba387653f2099600ef2"
#define NIL    "00000000000000000000000000000000"

static const char *header_of(const struct message *message)
{
	const char *value = message_header(message, "Session-ID", 0);

	claim(value != NULL, "no Session-ID");
	claim_number(message_count(message, "Session-ID"), 1);
	return value;
}

/* Is it UUID;remote=UUID? */
static void claim_pair(const struct message *message, const char *local,
		       const char *remote)
{
	char expected[80];

	snprintf(expected, sizeof(expected), "%.32s;remote=%.32s", local,
		 remote);
	claim_text(header_of(message), expected);
}

/* An end: what it says of itself, or NULL; what stands for it on the wire. */
struct end {
	const char *says;
	char uuid[33];
};

static const struct parts *parts_of(const struct end *end, const char *peer)
{
	static char headers[2][120];
	static struct parts parts[2];
	static int turn;

	turn = !turn;
	if (end->says)
		snprintf(headers[turn], sizeof(headers[turn]),
			 "Session-ID: %s;remote=%s\r\n", end->says, peer);
	else
		headers[turn][0] = '\0';
	parts[turn] = (struct parts){.body = OFFER, .headers = headers[turn]};
	return &parts[turn];
}

/* From the first message that has it. */
static void learn(struct end *end, const struct message *message)
{
	snprintf(end->uuid, sizeof(end->uuid), "%.32s", header_of(message));
	claim_number(strspn(end->uuid, "0123456789abcdef"), 32);
	claim(strcmp(end->uuid, NIL) != 0, "nobody");
	if (end->says)
		claim_text(end->uuid, end->says);
}

static void place(struct call *call, struct scene *scene, struct end *a,
		  struct end *b)
{
	const struct message *message;

	call_place(call, scene, parts_of(a, NIL));
	learn(a, call->invite);
	claim_pair(call->invite, a->uuid, NIL);
	dialog_reply(&call->callee, call->invite, 180, parts_of(b, a->uuid));
	message = dialog_expect(&call->caller, 180, "INVITE");
	learn(b, message);
	claim_pair(message, b->uuid, a->uuid);
}

static void answer(struct call *call, struct end *a, struct end *b)
{
	dialog_reply(&call->callee, call->invite, 200, parts_of(b, a->uuid));
	claim_pair(dialog_expect(&call->caller, 200, "INVITE"), b->uuid,
		   a->uuid);
	dialog_ack(&call->caller, parts_of(a, b->uuid));
	claim_pair(dialog_expect_request(&call->callee, "ACK"), a->uuid,
		   b->uuid);
}

static struct end end_of(bool speaks, const char *uuid)
{
	return (struct end){.says = speaks ? uuid : NULL};
}

/* By bits: the caller's, the callee's side knows of it. */
#define SIDES 4

/* check 46 */
START_TEST(both_legs_have_one_pair)
{
	struct end a = end_of(_i & 1, UUID_A), b = end_of(_i & 2, UUID_B);
	struct end *ends[] = {&a, &b};
	const struct message *message;
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	place(&call, &scene, &a, &b);
	answer(&call, &a, &b);
	for (int back = 0; back < 2; back++) {
		struct way w = way(&call, back);
		struct end *from = ends[back], *to = ends[!back];

		dialog_send(w.from, "INFO", parts_of(from, to->uuid));
		message = dialog_expect_request(w.to, "INFO");
		claim_pair(message, from->uuid, to->uuid);
		dialog_reply(w.to, message, 200, parts_of(to, from->uuid));
		claim_pair(dialog_expect(w.from, 200, "INFO"), to->uuid,
			   from->uuid);
	}
	dialog_send(&call.callee, "BYE", parts_of(&b, a.uuid));
	claim_pair(dialog_expect(&call.callee, 200, "BYE"), a.uuid, b.uuid);
	message = dialog_expect_request(&call.caller, "BYE");
	claim_pair(message, b.uuid, a.uuid);
	dialog_reply(&call.caller, message, 200, NULL);
	scene_close(&scene);
}
END_TEST

START_TEST(cancel_has_what_its_invite_had)
{
	struct end a = end_of(_i & 1, UUID_A), b = end_of(_i & 2, UUID_B);
	struct scene scene;
	struct call call;
	const struct message *message;

	scene_open(&scene, NULL);
	place(&call, &scene, &a, &b);
	dialog_cancel(&call.caller, NULL);
	message = dialog_expect_request(&call.callee, "CANCEL");
	claim_pair(message, a.uuid, NIL);
	dialog_reply(&call.callee, message, 200, NULL);
	dialog_reply(&call.callee, call.invite, 487, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_expect(&call.caller, 200, "CANCEL");
	message = dialog_expect_failure(&call.caller, 487);
	if (a.says)
		claim_pair(message, b.uuid, a.uuid);
	scene_close(&scene);
}
END_TEST

START_TEST(hanging_up_ourselves_we_name_both)
{
	struct end a = end_of(_i & 1, UUID_A), b = end_of(_i & 2, UUID_B);
	struct scene scene;
	struct call call;
	const struct message *message;

	scene_open(&scene, SCENE(.sections = "sip {\n\tdrain_s = 0\n}\n"));
	place(&call, &scene, &a, &b);
	answer(&call, &a, &b);
	daemon_signal(&scene.daemon, SIGTERM);
	message = dialog_expect_request(&call.caller, "BYE");
	claim_pair(message, b.uuid, a.uuid);
	dialog_reply(&call.caller, message, 200, NULL);
	message = dialog_expect_request(&call.callee, "BYE");
	claim_pair(message, a.uuid, b.uuid);
	dialog_reply(&call.callee, message, 200, NULL);
	claim_number(daemon_await_exit(&scene.daemon), 0);
	peer_close(&scene.caller);
	peer_close(&scene.callee);
	daemon_fini(&scene.daemon);
}
END_TEST

/* 0: by the list, 1: for its form, 2: by the callee. */
START_TEST(refusals_name_the_caller)
{
	struct end a = end_of(true, UUID_A);
	const struct message *refusal;
	struct scene scene;
	struct call call;
	struct parts parts = *parts_of(&a, NIL);
	char headers[200];

	scene_open(&scene, NULL);
	if (_i == 0)
		scene_block(&scene, CALLER, 100);
	snprintf(headers, sizeof(headers), "%s%s", parts.headers,
		 _i == 1 ? "Require: martian\r\n" : "");
	parts.headers = headers;
	call_begin(&call, &scene, CALLER, CALLEE, &parts);
	if (_i == 2) {
		call_reaches(&call, &scene.callee);
		dialog_reply(&call.callee, call.invite, 486, NULL);
		dialog_expect_request(&call.callee, "ACK");
	}
	refusal = dialog_expect_failure(&call.caller, _i == 0	? 607
						      : _i == 1 ? 420
								: 486);
	claim_pair(refusal, NIL, UUID_A);
	call_begin(&call, &scene, _i ? "+12125550123" : CALLER, CALLEE,
		   _i == 1 ? PARTS(.headers = "Require: martian\r\n") : NULL);
	if (_i == 2) {
		call_reaches(&call, &scene.callee);
		call_refuse(&call, 486);
	} else {
		refusal = dialog_expect_failure(&call.caller, _i ? 420 : 607);
		claim_number(message_count(refusal, "Session-ID"), 0);
	}
	scene_close(&scene);
}
END_TEST

/* RFC 7329 had one UUID alone; and anything may be written there. */
START_TEST(other_forms_pass_as_they_are)
{
	static const char *const values[] = {
		UUID_A,
		"not a uuid;remote=" NIL,
		NIL ";remote=" NIL ";x=y",
		UUID_A UUID_B,
		"",
	};
	struct scene scene;
	struct call call;
	char text[200];

	scene_open(&scene, NULL);
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		snprintf(text, sizeof(text), "session-id : %s\r\n", values[i]);
		call_place(&call, &scene,
			   PARTS(.body = OFFER, .headers = text));
		claim_text(header_of(call.invite), values[i]);
		dialog_reply(&call.callee, call.invite, 200,
			     PARTS(.body = ANSWER, .headers = text));
		claim_text(
			header_of(dialog_expect(&call.caller, 200, "INVITE")),
			values[i]);
		dialog_ack(&call.caller, NULL);
		dialog_expect_request(&call.callee, "ACK");
		call_hang_up(&call);
	}
	scene_close(&scene);
}
END_TEST

Suite *session_id_suite(void)
{
	Suite *suite = suite_create("session-id");
	TCase *tests = scene_tcase(suite, "session-id");

	tcase_add_loop_test(tests, both_legs_have_one_pair, 0, SIDES);
	tcase_add_loop_test(tests, cancel_has_what_its_invite_had, 0, SIDES);
	tcase_add_loop_test(tests, hanging_up_ourselves_we_name_both, 0, SIDES);
	tcase_add_loop_test(tests, refusals_name_the_caller, 0, 3);
	tcase_add_test(tests, other_forms_pass_as_they_are);
	return suite;
}
