/* What passes from one leg to the other unchanged, and what must not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* Identity headers as different signers write them: RFC 8224 4, 8225, 8588. */
#define PASSPORT                                                               \
	"eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiIsInR5cCI6InBhc3Nwb3J0IiwieDV1" \
	"IjoiaHR0cHM6Ly9jZXJ0LmV4YW1wbGUub3JnL3Bhc3Nwb3J0LmNlciJ9."            \
	"eyJhdHRlc3QiOiJBIiwiZGVzdCI6eyJ0biI6WyIxMjEyNTU1MDE5OSJdfSwiaWF0Ijox" \
	"NDQzMjA4MzQ1LCJvcmlnIjp7InRuIjoiMTIxMjU1NTAxMDAifX0."                 \
	"cOlZwO0eSNNKVLLPT1iw3E2vYPmgtf2bnzK_KtmSMAxOYKXg7tBvrVvvQOiv_4q3Xl0f"

/* In any order of parameters, with blanks, folded, quoted or not, in other
 * cases, with bytes beyond ASCII: `name` and `value` as sent. */
static const struct line {
	const char *name, *value;
} lines[] = {
	{"Identity", PASSPORT ";info=<https://cert.example.org/a.cer>;"
			      "alg=ES256;ppt=shaken"},
	{"X-Plain", "plain"},
	{"Identity", PASSPORT ";ppt=\"div\";alg=ES256 ; "
			      "info=<https://cert.example.org/b.cer?x=1>"},
	{"X-Blanks", "inner   blanks\tand tab"},
	{"x-LIST", "one, two ;q=0.5 ,\"three, four\""},
	{"Identity", "..cOlZwO0eSNNKVLLPT1iw3E2vYPmgtf2bnzK_Ktm;info="
		     "<https://cert.example.org/c.cer>"},
	{"X-List", "five"},
	{"X-Folded", "first\r\n   second\r\n\tthird"},
	{"X-Bytes", "caf\xc3\xa9 \xff\xfe \x80"},
	{"X-Odd!%*_+`'~.", ";;,,<>\"unbalanced"},
	{"X-Empty", ""},
	{"P-Asserted-Identity",
	 "\"A \\\"B\\\" C\" <sip:" CALLER "@carrier.example;user=phone>"},
	{"P-Asserted-Identity", "<tel:" CALLER ";verstat=No-TN-Validation>"},
	{"P-Charging-Vector", "icid-value=1234bc9876e; icid-generated-at=\""
			      "a.example\" ;orig-ioi=home1.example"},
	{"History-Info", "<sip:+12125550198@a.example?Reason=SIP%3Bcause%3D302"
			 ">;index=1, <sip:+12125550199@b.example>;index=1.1"},
	{"Diversion", "<sip:+12125550198@a.example>;reason=unconditional;"
		      "counter=1"},
	{"Geolocation", "<cid:target123@a.example>"},
	{"User-to-User", "56a390f3d2b7310023a2;encoding=hex"},
	{"Feature-Caps", "*;+sip.608"},
	{"Resource-Priority", "ets.0, wps.1"},
	{"Session-ID", "ab30317f1a784dc48ff824d0d3715d86;"
		       "remote=00000000000000000000000000000000"},
	{"Max-Breadth", "60"},
	{"P-Early-Media", "supported"},
	{"X-Last", "last"},
};

#define LINES (sizeof(lines) / sizeof(*lines))

static const char *header_lines(char *buf, size_t size, bool odd)
{
	size_t len = 0;

	*buf = '\0';
	for (size_t i = 0; i < LINES; i++)
		len += (size_t)snprintf(
			buf + len, size - len, "%s%s%s%s\r\n", lines[i].name,
			odd && i % 3 == 1 ? " \t:" : ":",
			odd && i % 2 ? "   " : " ", lines[i].value);
	return buf;
}

/* All of them, headers of one name in the order they were sent. */
static void claim_lines(const struct message *message)
{
	for (size_t i = 0; i < LINES; i++) {
		size_t index = 0;

		for (size_t j = 0; j < i; j++)
			index += !strcasecmp(lines[j].name, lines[i].name);
		claim_text(message_header(message, lines[i].name, index),
			   lines[i].value);
	}
	claim_number(message_count(message, "Identity"), 3);
	claim_number(message_count(message, "X-List"), 2);
}

START_TEST(headers_of_the_invite_pass_byte_for_byte)
{
	struct scene scene;
	struct call call;
	char text[8192];

	scene_open(&scene, SCENE(.caller = _i ? "tcp" : "udp"));
	call_place(&call, &scene,
		   PARTS(.body = OFFER,
			 .headers = header_lines(text, sizeof(text), _i)));
	claim_lines(call.invite);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(headers_of_answers_pass_byte_for_byte)
{
	struct scene scene;
	struct call call;
	char text[8192];
	const struct message *message;
	static const int statuses[] = {180, 183, 200};

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	header_lines(text, sizeof(text), false);
	for (int i = 0; i < 3; i++) {
		dialog_reply(&call.callee, call.invite, statuses[i],
			     PARTS(.body = ANSWER, .headers = text));
		message = dialog_expect(&call.caller, statuses[i], "INVITE");
		claim_lines(message);
	}
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 486, PARTS(.headers = text));
	message = dialog_expect_failure(&call.caller, 486);
	dialog_expect_request(&call.callee, "ACK");
	claim_lines(message);
	scene_close(&scene);
}
END_TEST

/* Known to a SIP stack, which might write them its own way: these are in the
 * way everyone writes them. */
static const struct line known[] = {
	{"Subject", "A call about something"},
	{"Date", "Sat, 13 Nov 2010 23:29:00 GMT"},
	{"Priority", "urgent"},
	{"Privacy", "id"},
	{"Call-Info", "<http://www.example.com/alice/photo.jpg>;purpose=icon"},
	{"Alert-Info", "<http://www.example.com/sounds/moo.wav>"},
	{"Accept-Language", "da, en-gb;q=0.8"},
	{"User-Agent", "Gizmo/1.0 (odd comment)"},
	{"Organization", "Boxes by Bob"},
	{"Reason", "SIP;cause=200;text=\"Call completed elsewhere\""},
	{"Expires", "120"},
	{"Accept-Contact", "*;audio;require"},
	{"Referred-By", "<sip:referrer@a.example>"},
	{"MIME-Version", "1.0"},
};

START_TEST(known_headers_pass)
{
	struct scene scene;
	struct call call;
	char text[2048];
	size_t len = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s: %s\r\n", known[i].name,
					known[i].value);
	scene_open(&scene, NULL);
	call_place(&call, &scene, PARTS(.body = OFFER, .headers = text));
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		claim_text(message_header(call.invite, known[i].name, 0),
			   known[i].value);
		claim_number(message_count(call.invite, known[i].name), 1);
	}
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* Known to the stack, which understands none of these; and lists on several
 * lines, of which it makes one. */
static const struct line odd[] = {
	{"Date", "yesterday"},
	{"Warning", "nonsense"},
	{"Refer-To", "<sip:unclosed"},
	{"Allow", "INVITE, @, BYE"},
	{"Reason", ";cause=16"},
	{"Retry-After", "soon"},
	{"Allow-Events", "dialog, conference"},
	{"In-Reply-To", "one@a.example"},
	{"Allow-Events", "presence"},
	{"In-Reply-To", "two@a.example,three@a.example"},
	{"Content-Language", "fr"},
	{"Content-Language", "en , de"},
	{"X-After", "all that"},
};

static void claim_odd(const struct message *message)
{
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		size_t index = 0;

		for (size_t j = 0; j < i; j++)
			index += !strcasecmp(odd[j].name, odd[i].name);
		claim_text(message_header(message, odd[i].name, index),
			   odd[i].value);
	}
}

/* check 23 */
START_TEST(headers_the_stack_cannot_read_pass_byte_for_byte)
{
	struct scene scene;
	struct call call;
	char text[2048];
	size_t len = 0;

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s: %s\r\n", odd[i].name,
					odd[i].value);
	scene_open(&scene, NULL);
	call_place(&call, &scene, PARTS(.body = OFFER, .headers = text));
	claim_odd(call.invite);
	dialog_reply(&call.callee, call.invite, 200,
		     PARTS(.body = ANSWER, .headers = text));
	claim_odd(dialog_expect(&call.caller, 200, "INVITE"));
	dialog_ack(&call.caller, PARTS(.headers = text));
	claim_odd(dialog_expect_request(&call.callee, "ACK"));
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(display_names_pass)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	dialog_init(&call.caller, &scene.caller, CALLER, CALLEE);
	snprintf(call.caller.local, sizeof(call.caller.local),
		 "\"\xc3\x84lice \\\"x\\\" <y>\" <sip:" CALLER
		 "@%s:%u>;tag=named",
		 scene.caller.host, scene.caller.port);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	call_reaches(&call, &scene.callee);
	claim(strstr(message_header(call.invite, "From", 0),
		     "\"\xc3\x84lice \\\"x\\\" <y>\""),
	      "the display name changed");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* check 11 */
START_TEST(egress_offers_no_option_that_is_not_bridged)
{
	struct scene scene;
	struct call call;
	const char *supported;

	scene_open(&scene, NULL);
	call_place(&call, &scene,
		   PARTS(.body = OFFER,
			 .headers = "Supported: gruu, martian, timer\r\n"));
	supported = message_header(call.invite, "Supported", 0);
	claim(!supported || !strstr(supported, "martian"),
	      "an option we know nothing of is offered");
	claim(!supported || !strstr(supported, "gruu"),
	      "an option that ends at one leg is offered");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* What only the ends have to do with crosses, asked for or required. */
START_TEST(options_of_the_ends_are_bridged)
{
	static const char *const options[] = {
		"precondition", "199",	      "ice",   "sdp-anat",
		"record-aware", "siprec",     "uui",   "replaces",
		"histinfo",	"norefersub", "timer", "100rel",
	};
	struct scene scene;
	char both[100];

	scene_open(&scene, NULL);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		struct call call;

		snprintf(both, sizeof(both), "Require: %s\r\nSupported: %s\r\n",
			 options[i], options[i]);
		call_place(&call, &scene,
			   PARTS(.body = OFFER, .headers = both));
		claim_text(message_header(call.invite, "Require", 0),
			   options[i]);
		claim_text(message_header(call.invite, "Supported", 0),
			   options[i]);
		call_refuse(&call, 486);
	}
	scene_close(&scene);
}
END_TEST

/* Where the gateway asks for it; what the caller says there is never passed. */
START_TEST(gateway_may_get_the_callers_call_id)
{
	static const char forged[] = "X-Callsieve-Call-ID: forged\r\n"
				     "x-callsieve-call-id: too\r\n";
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.gateway = _i ? "\toptions_interval_s = 0\n"
						 "\tcall_id_header = yes\n"
					       : NULL));
	call_place(&call, &scene, PARTS(.body = OFFER, .headers = forged));
	claim_text(message_header(call.invite, "X-Callsieve-Call-ID", 0),
		   _i ? call.caller.call_id : NULL);
	claim_number(message_count(call.invite, "X-Callsieve-Call-ID"), _i);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* check 10: it would be obeyed by nobody. */
START_TEST(requirements_within_a_dialog_are_not_left_out)
{
	static const char *const methods[] = {"INVITE", "INFO", "UPDATE",
					      "MESSAGE", "X-ODD"};
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		struct way w = way(&call, i % 2);
		const struct parts *parts =
			PARTS(.headers = "Require: timer , martian\r\n");

		dialog_send(w.from, methods[i], parts);
		if (strcmp(methods[i], "INVITE"))
			answer = dialog_expect(w.from, 420, methods[i]);
		else
			answer = dialog_expect_failure(w.from, 420);
		claim_text(message_header(answer, "Unsupported", 0), "martian");
	}
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 11 */
START_TEST(options_that_cross_keep_their_text)
{
	static const char options[] = "Supported: timer ,  histinfo\r\n"
				      "Supported: norefersub\r\n"
				      "Require: answermode\r\n";
	struct scene scene;
	struct call call;
	const struct message *message;

	scene_open(&scene, NULL);
	call_place(&call, &scene, PARTS(.body = OFFER, .headers = options));
	dialog_reply(&call.callee, call.invite, 420,
		     PARTS(.headers = "Unsupported: answermode,x\r\n"
				      "Supported: timer ,  histinfo\r\n"
				      "Supported: norefersub\r\n"));
	message = dialog_expect_failure(&call.caller, 420);
	dialog_expect_request(&call.callee, "ACK");
	claim_text(message_header(message, "Unsupported", 0), "answermode,x");
	claim_text(message_header(call.invite, "Require", 0), "answermode");
	for (int i = 0; i < 2; i++, message = call.invite) {
		claim_text(message_header(message, "Supported", 0),
			   "timer ,  histinfo");
		claim_text(message_header(message, "Supported", 1),
			   "norefersub");
	}
	scene_close(&scene);
}
END_TEST

#define MULTIPART_TYPE "multipart/mixed;boundary=\"unique-boundary-1\""
#define MULTIPART                                                              \
	"--unique-boundary-1\r\nContent-Type: application/sdp\r\n\r\n" OFFER   \
	"\r\n--unique-boundary-1\r\n"                                          \
	"Content-Type: application/isup;version=nxv3;base=etsi121\r\n"         \
	"Content-Disposition: signal;handling=optional\r\n\r\n"                \
	"\x01\x00\x49\x00\x00\x03\x02\x00\x07\x04\x10\xff\r\n"                 \
	"--unique-boundary-1--\r\n"

START_TEST(multipart_body_passes_byte_for_byte)
{
	struct scene scene;
	struct call call;
	const struct parts *parts =
		PARTS(.type = MULTIPART_TYPE, .body = MULTIPART,
		      .len = sizeof(MULTIPART) - 1);

	scene_open(&scene, NULL);
	call_place(&call, &scene, parts);
	claim_text(message_header(call.invite, "Content-Type", 0),
		   MULTIPART_TYPE);
	claim_number(call.invite->body_len, sizeof(MULTIPART) - 1);
	claim(!memcmp(call.invite->body, MULTIPART, sizeof(MULTIPART) - 1),
	      "the body changed");
	call_refuse(&call, 488);
	scene_close(&scene);
}
END_TEST

#define BIG 16384

/* Every byte value, and no two lines alike. */
static const char *big_body(void)
{
	static char body[BIG];

	for (size_t i = 0; i < BIG; i++)
		body[i] = (char)(i * 31 + i / 256);
	return body;
}

static void claim_big(const struct message *message)
{
	claim_number(message->body_len, BIG);
	claim(!memcmp(message->body, big_body(), BIG), "the body changed");
	claim_text(message_header(message, "Content-Type", 0),
		   "application/octet-stream");
}

START_TEST(big_body_passes_byte_for_byte)
{
	struct scene scene;
	struct call call;
	const char *transport = _i ? "tcp" : "udp";
	const struct parts *parts = PARTS(.type = "application/octet-stream",
					  .body = big_body(), .len = BIG);

	scene_open(&scene, SCENE(.caller = transport, .callee = transport));
	call_place(&call, &scene, parts);
	claim_big(call.invite);
	dialog_reply(&call.callee, call.invite, 200, parts);
	claim_big(dialog_expect(&call.caller, 200, "INVITE"));
	dialog_ack(&call.caller, parts);
	claim_big(dialog_expect_request(&call.callee, "ACK"));
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

Suite *headers_suite(void)
{
	Suite *suite = suite_create("headers");
	TCase *tests = scene_tcase(suite, "headers");

	tcase_add_loop_test(tests, headers_of_the_invite_pass_byte_for_byte, 0,
			    2);
	tcase_add_test(tests, headers_of_answers_pass_byte_for_byte);
	tcase_add_test(tests, known_headers_pass);
	tcase_add_test(tests, headers_the_stack_cannot_read_pass_byte_for_byte);
	tcase_add_test(tests, display_names_pass);
	tcase_add_test(tests, options_of_the_ends_are_bridged);
	tcase_add_test(tests, egress_offers_no_option_that_is_not_bridged);
	tcase_add_test(tests, requirements_within_a_dialog_are_not_left_out);
	tcase_add_test(tests, options_that_cross_keep_their_text);
	tcase_add_loop_test(tests, gateway_may_get_the_callers_call_id, 0, 2);
	tcase_add_test(tests, multipart_body_passes_byte_for_byte);
	tcase_add_loop_test(tests, big_body_passes_byte_for_byte, 0, 2);
	return suite;
}
