/* What is no proper SIP gets 400 or silence, reaches no one, and hurts no
 * one. Most are from RFC 4475, brought to our addresses: the name is its. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* "^" stands for HOST:PORT of the caller, "$" for that of the daemon. */
#define VIA	"Via: SIP/2.0/UDP ^;branch=z9hG4bK-torture\r\n"
#define FROM	"From: <sip:" CALLER "@example.net>;tag=t\r\n"
#define TO	"To: <sip:" CALLEE "@example.net>\r\n"
#define CALL_ID "Call-ID: torture\r\n"
#define CSEQ	"CSeq: 7 INVITE\r\n"
#define CONTACT "Contact: <sip:c@^>\r\n"
#define MAX	"Max-Forwards: 70\r\n"
#define END	"Content-Length: 0\r\n\r\n"
#define START	"INVITE sip:" CALLEE "@$ SIP/2.0\r\n"

#define ANY    0 /* 400 or above, or silence */
#define SILENT -1

static const struct offence {
	const char *name;
	int status;
	const char *text;
} offences[] = {
	{"no From", 400, START VIA TO CALL_ID CSEQ CONTACT MAX END},
	{"no To", 400, START VIA FROM CALL_ID CSEQ CONTACT MAX END},
	{"no Call-ID", 400, START VIA FROM TO CSEQ CONTACT MAX END},
	{"Call-ID of two words", 400,
	 START VIA FROM TO "Call-ID: tor ture\r\n" CSEQ CONTACT MAX END},
	{"no CSeq", 400, START VIA FROM TO CALL_ID CONTACT MAX END},
	{"no Contact", 400, START VIA FROM TO CALL_ID CSEQ MAX END},
	{"no Via", ANY, START FROM TO CALL_ID CSEQ CONTACT MAX END},
	{"insuf", 400, START VIA CSEQ CONTACT MAX END},
	{"mismatch01", 400,
	 "OPTIONS sip:$ SIP/2.0\r\n" VIA FROM TO CALL_ID CSEQ MAX END},
	{"mismatch02", ANY,
	 "NEWMETHOD sip:$ SIP/2.0\r\n" VIA FROM TO CALL_ID CSEQ MAX END},
	{"scalar02", 400,
	 START VIA FROM TO CALL_ID
	 "CSeq: 36893488147419103232 INVITE\r\n" CONTACT MAX END},
	{"multi01", 400,
	 START VIA FROM FROM TO TO CALL_ID
	 "Call-ID: two\r\n" CSEQ "CSeq: 8 INVITE\r\n" CONTACT MAX END},
	{"clerr", 400,
	 START VIA FROM TO CALL_ID CSEQ CONTACT MAX
	 "Content-Type: application/sdp\r\nContent-Length: 9999\r\n\r\n" OFFER},
	{"ncl", 400,
	 START VIA FROM TO CALL_ID CSEQ CONTACT MAX
	 "Content-Type: application/sdp\r\nContent-Length: -999\r\n\r\n" OFFER},
	{"two lengths", 400,
	 START VIA FROM TO CALL_ID CSEQ CONTACT MAX
	 "Content-Length: 8\r\nContent-Length: 13\r\n\r\n" OFFER},
	{"badinv01", ANY,
	 START "Via: SIP/2.0/UDP ^;;,;,,\r\n" FROM TO CALL_ID CSEQ
	       "Contact: \"Joe\" <sip:joe@example.org>;;;;\r\n" MAX END},
	{"quotbal", 400,
	 START VIA FROM
	 "To: \"Mr. J. User <sip:j.user@example.com>\r\n" CALL_ID CSEQ CONTACT
		 MAX END},
	{"ltgtruri", ANY,
	 "INVITE <sip:user@$> SIP/2.0\r\n" VIA FROM TO CALL_ID CSEQ CONTACT MAX
		 END},
	{"lwsruri", ANY,
	 "INVITE sip:user@$; lr SIP/2.0\r\n" VIA FROM TO CALL_ID CSEQ CONTACT
		 MAX END},
	{"badvers", ANY,
	 "INVITE sip:user@$ SIP/7.0\r\n"
	 "Via: SIP/7.0/UDP ^;branch=z9hG4bK-torture\r\n" FROM TO CALL_ID CSEQ
		 CONTACT MAX END},
	{"badaspec", ANY,
	 START VIA FROM
	 "To: \"Watson, Thomas\" < t.watson@example.org >\r\n" CALL_ID CSEQ
		 CONTACT MAX END},
	{"bad content type", ANY,
	 START VIA FROM TO CALL_ID CSEQ CONTACT MAX
	 "Content-Type: nonsense\r\nContent-Length: 4\r\n\r\nbody"},
	{"bad Contact", ANY,
	 START VIA FROM TO CALL_ID CSEQ "Contact: <<<>>>\r\n" MAX END},
	{"no scheme", ANY,
	 "INVITE " CALLEE
	 " SIP/2.0\r\n" VIA FROM TO CALL_ID CSEQ CONTACT MAX END},
	{"no user", ANY,
	 "INVITE sip: SIP/2.0\r\n" VIA FROM TO CALL_ID CSEQ CONTACT MAX END},
	{"no version", ANY,
	 "INVITE sip:a@$\r\n" VIA FROM TO CALL_ID CSEQ CONTACT MAX END},
	{"empty header name", ANY,
	 START VIA FROM TO CALL_ID CSEQ CONTACT MAX ": empty\r\n" END},
	{"line without colon", ANY,
	 START VIA FROM TO CALL_ID CSEQ "Contact <sip:c@^>\r\n" MAX END},
	{"no empty line", ANY, START VIA FROM TO CALL_ID CSEQ CONTACT MAX},
	{"cut short", ANY, START VIA "From: <sip:" CALLER},
	{"transport of Via", ANY,
	 START "Via: SIP/2.0/TCP ^;branch=z9hG4bK-torture\r\n" FROM TO CALL_ID
		 CSEQ CONTACT MAX END},
	{"HTTP", SILENT, "GET / HTTP/1.0\r\n\r\n"},
	{"keep-alive", SILENT, "\r\n\r\n"},
	{"a byte", SILENT, "x"},
	{"bytes", SILENT, "\xff\xfe\x01 \x80\r\n\r\n"},
};

#define OFFENCES (sizeof(offences) / sizeof(*offences))

static char *fill_in(const char *text, const struct scene *scene)
{
	char *filled;
	size_t len;
	FILE *out = open_memstream(&filled, &len);

	for (; *text; text++)
		if (*text == '^')
			fprintf(out, "%s:%u", scene->caller.host,
				scene->caller.port);
		else if (*text == '$')
			fprintf(out, "%s:%u", scene->daemon.host,
				scene->daemon.port);
		else
			fputc(*text, out);
	fclose(out);
	return filled;
}

/* The answer that came before the proof of life, or NULL. */
static const struct message *answer_taken(struct peer *peer)
{
	for (size_t i = 0; i < peer->messages_count; i++) {
		struct message *message = peer->messages[i];

		if (message->taken || message->status == 100)
			continue;
		message->taken = true;
		return message;
	}
	return NULL;
}

/* A tolerant reader may have understood it: the callee refuses then. */
static bool was_bridged(struct scene *scene)
{
	const struct message *invite =
		peer_poll(&scene->callee, 0, "INVITE", NULL, 0);

	if (!invite)
		return false;
	peer_reply(&scene->callee, invite, 486, NULL);
	peer_expect(&scene->callee, 0, "ACK", NULL);
	peer_expect(&scene->caller, 486, "INVITE", NULL);
	return true;
}

static void offend(struct scene *scene, const struct offence *offence)
{
	const struct message *answer;
	char *text = fill_in(offence->text, scene);
	bool bridged;

	trace_note("%s", offence->name);
	peer_send(&scene->caller, text, strlen(text));
	free(text);
	scene_ping(scene);
	bridged = was_bridged(scene);
	claim(!bridged || offence->status == ANY, "%s: bridged", offence->name);
	answer = answer_taken(&scene->caller);
	claim(!answer || answer->status >= 400, "%s: %d", offence->name,
	      answer->status);
	claim(offence->status != SILENT || !answer, "%s: %d", offence->name,
	      answer->status);
	claim(offence->status <= 0 ||
		      (answer && answer->status == offence->status),
	      "%s: %d, not %d", offence->name, answer ? answer->status : 0,
	      offence->status);
}

/* check 16 */
START_TEST(what_is_malformed_gets_400_or_silence)
{
	struct scene scene;

	/* A daemon for each, or they would be each other's repetitions. */
	scene_open(&scene, NULL);
	scene.caller.tolerant = true;
	offend(&scene, &offences[_i]);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

#define TORTUOUS                                                               \
	"INVITE sip:" CALLEE "@$;unknownparam SIP/2.0\r\n"                     \
	"TO :\r\n sip:vivekg@example.com\r\n"                                  \
	"from   : \"J Rosenberg \\\\\\\"\"       <sip:" CALLER "@example.com>" \
	"\r\n  ;\r\n  tag = 98asjd8\r\n"                                       \
	"MaX-fOrWaRdS: 0068\r\n"                                               \
	"Call-ID: wsinv.ndaksdj@192.0.2.1\r\n"                                 \
	"Content-Length   : 5\r\n"                                             \
	"cseq: 0009\r\n  INVITE\r\n"                                           \
	"Via  : SIP  /   2.0\r\n /UDP\r\n    ^;branch=z9hG4bK390skdjuw\r\n"    \
	"s :\r\n"                                                              \
	"NewFangledHeader:   newfangled value\r\n continued newfangled value"  \
	"\r\n"                                                                 \
	"UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"                          \
	"Content-Type: application/sdp\r\n"                                    \
	"Route:\r\n <sip:services.example.com;lr;unknownwith=value;"           \
	"unknown-no-value>\r\n"                                                \
	"v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n"                \
	"  branch  =   z9hG4bK9ikj8  ,\r\n"                                    \
	" SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n"              \
	" z9hG4bK30239\r\n"                                                    \
	"m:\"Quoted string \\\"\\\"\" <sip:c@^> ; newparam =\r\n"              \
	"      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n"                 \
	"v=0\r\n"

START_TEST(tortuous_but_valid_invite_is_bridged)
{
	struct scene scene;
	struct peer *callee = &scene.callee;
	const struct message *invite, *answer;
	char *text;

	scene_open(&scene, NULL);
	text = fill_in(TORTUOUS, &scene);
	peer_send(&scene.caller, text, strlen(text));
	free(text);
	invite = peer_expect(callee, 0, "INVITE", NULL);
	claim_text(invite->body, "v=0\r\n");
	claim_number(atoi(message_header(invite, "Max-Forwards", 0)), 67);
	claim_text(message_header(invite, "UnknownHeaderWithUnusualValue", 0),
		   ";;,,;;,;");
	claim_text(message_header(invite, "NewFangledHeader", 0),
		   "newfangled value\r\n continued newfangled value");
	claim_number(message_count(invite, "Via"), 1);
	claim_number(message_count(invite, "Route"), 0);
	peer_reply(callee, invite, 486, NULL);
	peer_expect(callee, 0, "ACK", NULL);
	answer = peer_expect(&scene.caller, 486, "INVITE", NULL);
	claim(message_contains(answer, "spindle.example.com") &&
		      message_contains(answer, "192.168.255.111"),
	      "Vias are gone");
	peer_printf(&scene.caller,
		    "ACK sip:" CALLEE "@%s:%u SIP/2.0\r\n"
		    "Via: SIP/2.0/UDP %s:%u;branch=z9hG4bK390skdjuw\r\n"
		    "From: <sip:" CALLER "@example.com>;tag=98asjd8\r\n"
		    "To: <sip:vivekg@example.com>;tag=any\r\n"
		    "Call-ID: wsinv.ndaksdj@192.0.2.1\r\nCSeq: 9 ACK\r\n"
		    "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		    scene.daemon.host, scene.daemon.port, scene.caller.host,
		    scene.caller.port);
	scene_close(&scene);
}
END_TEST

START_TEST(headers_in_the_request_uri_do_not_become_ours)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	/* RFC 4475 3.1.2.11: may be refused, may be bridged without them. */
	scene_open(&scene, NULL);
	dialog_init(&call.caller, &scene.caller, CALLER, CALLEE);
	snprintf(call.caller.target, sizeof(call.caller.target),
		 "sip:" CALLEE "@%s?Route=%%3Csip:192.0.2.9%%3E&X-Evil=1",
		 scene.caller.target_uri);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	call.invite = peer_poll(&scene.callee, 0, "INVITE", NULL, 300);
	if (call.invite) {
		claim_number(message_count(call.invite, "Route"), 0);
		claim_number(message_count(call.invite, "X-Evil"), 0);
		dialog_accept(&call.callee, &scene.callee, call.invite);
		call_refuse(&call, 486);
	} else {
		answer = dialog_expect(&call.caller, 400, "INVITE");
		dialog_ack_failure(&call.caller, answer);
	}
	scene_close(&scene);
}
END_TEST

START_TEST(malformed_answer_of_the_gateway_hurts_no_one)
{
	static const char *const texts[] = {
		"SIP/2.0 200 OK\r\n\r\n",
		"SIP/2.0 99999 Big\r\n\r\n",
		"SIP/2.0 abc\r\n\r\n",
		"SIP/7.0 200 OK\r\n\r\n",
		"SIP/2.0",
		"\r\n",
	};
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		peer_send(&scene.callee, texts[i], strlen(texts[i]));

	/* No CSeq; a CSeq of another method; a foreign branch. */
	peer_printf(&scene.callee,
		    "SIP/2.0 200 OK\r\nVia: %s\r\nFrom: %s\r\nTo: %s\r\n"
		    "Call-ID: %s\r\nContent-Length: 0\r\n\r\n",
		    message_header(call.invite, "Via", 0), call.callee.remote,
		    call.callee.local, call.callee.call_id);
	peer_printf(&scene.callee,
		    "SIP/2.0 200 OK\r\nVia: %s\r\nFrom: %s\r\nTo: %s\r\n"
		    "Call-ID: %s\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
		    message_header(call.invite, "Via", 0), call.callee.remote,
		    call.callee.local, call.callee.call_id);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(answer_without_contact_leaves_nothing_behind)
{
	struct scene scene;
	struct call call;
	const struct message *message;

	/* RFC 3261 12.1.1 wants one. The call may work all the same, or be
	 * refused; it must not hang. */
	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 200,
		     PARTS(.body = ANSWER, .contact = ""));
	message = peer_poll(&scene.caller, 200, "INVITE", NULL, PEER_PATIENCE_MS);
	if (message) {
		dialog_accept_answer(&call.caller, message);
		dialog_ack(&call.caller, NULL);
		dialog_expect_request(&call.callee, "ACK");
		call_hang_up(&call);
	} else {
		dialog_expect_failure(&call.caller, 500);
		dialog_expect_request(&call.callee, "ACK");
		dialog_reply(&call.callee,
			     dialog_expect_request(&call.callee, "BYE"), 200,
			     NULL);
	}
	scene_close(&scene);
}
END_TEST

/* A line that a user's message may hold and his provider let through. */
static const struct line {
	const char *text;
	int status; /* 0: it is for the callee to say */
} lines[] = {
	{"Content-Type: nonsense\r\n", 0},
	{"Content-Disposition: \"\r\n", 0},
	{"Expires: when\r\n", 0},
	{"Event: ;;\r\n", 0},
	{"Warning: x\r\n", 0},
	{"Date: never\r\n", 0},
	{"Session-Expires: long\r\n", 400},
	{"Min-SE: x\r\n", 400},
	{"RAck: x\r\n", 400},
	{"Require: ;\r\n", 400},
	{"Record-Route: <<<\r\n", 400},
	{"From: <sip:two@example.net>;tag=two\r\n", 400},
	{"To: <sip:two@example.net>\r\n", 400},
	{"Call-ID: two\r\n", 400},
	{"CSeq: 9 INVITE\r\n", 400},
	{"Max-Forwards: many\r\n", 0},
};

#define LINES (int)(sizeof(lines) / sizeof(*lines))

static void expect_refused_or_bridged(struct scene *scene, struct call *call,
				      int status)
{
	if (status) {
		dialog_expect_failure(&call->caller, status);
		return;
	}
	call_reaches(call, &scene->callee);
	call_refuse(call, 488);
}

/* Others' calls are on that connection. */
START_TEST(bad_header_leaves_its_connection_alone)
{
	const struct line *line = &lines[_i];
	struct scene scene;
	struct call up, bad;

	scene_open(&scene, SCENE(.caller = "tcp"));
	scene.callee.tolerant = scene.caller.tolerant = true;
	call_establish(&up, &scene);
	call_begin(&bad, &scene, CALLER, CALLEE,
		   PARTS(.headers = line->text, .body = OFFER));
	expect_refused_or_bridged(&scene, &bad, line->status);

	/* Within a dialog it comes by the stack's own ways. */
	dialog_send(&up.caller, "INFO", PARTS(.headers = line->text));
	if (line->status) {
		dialog_expect(&up.caller, line->status, "INFO");
	} else {
		dialog_reply(&up.callee,
			     dialog_expect_request(&up.callee, "INFO"), 200,
			     NULL);
		dialog_expect(&up.caller, 200, "INFO");
	}
	claim(peer_connected(&scene.caller), "the connection was closed");
	call_hang_up(&up);
	claim_number((long)scene.caller.streams_count, 1);
	scene_close(&scene);
}
END_TEST

Suite *malformed_suite(void)
{
	Suite *suite = suite_create("malformed");
	TCase *tests = scene_tcase(suite, "malformed");

	tcase_add_loop_test(tests, what_is_malformed_gets_400_or_silence, 0,
			    OFFENCES);
	tcase_add_test(tests, tortuous_but_valid_invite_is_bridged);
	tcase_add_test(tests, headers_in_the_request_uri_do_not_become_ours);
	tcase_add_test(tests, answer_without_contact_leaves_nothing_behind);
	tcase_add_test(tests, malformed_answer_of_the_gateway_hurts_no_one);
	tcase_add_loop_test(tests, bad_header_leaves_its_connection_alone, 0,
			    LINES);
	return suite;
}
