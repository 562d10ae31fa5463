/* What a carrier may say passes as it was said: headers and bodies, byte for
 * byte, in every kind of message and both ways. Odd, but legal: RFC 3261 25.1
 * and those that define the headers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

struct line {
	const char *name, *value;
};

/* In any message. */
static const struct line common[] = {
	{"Accept", ""},
	{"Accept", "application/sdp;level=1, application/x-private,text/html"},
	{"Accept", "*/* ;q=0.5;ext=\"a,b;c\""},
	{"Accept-Encoding", ""},
	{"Accept-Encoding", "gzip;q=1.0, identity ; q=0.5, *;q=0"},
	{"Accept-Language", "da, en-gb;q=0.8,en;q=0.7, *"},
	{"Alert-Info", "<http://www.example.com/sounds/moo.wav> ;x=\"y>\","
		       " <urn:alert:source:external>"},
	{"Allow", "INVITE,ACK , X-FOO.bar%"},
	{"Allow", "PUBLISH"},
	{"u", "a.b.c,d"},
	{"Call-Info", "<http://a.example/p.jpg>\t;purpose=icon,\r\n"
		      "  <https://a.example/?x=1;y=2>;purpose=jwscard"},
	{"Content-Language", "fr, mi"},
	{"Date", "Sat, 13 Nov 2010 23:29:00 GMT"},
	{"Expires", "4294967295"},
	{"In-Reply-To", "70710@saturn.bell-tel.com, 17320@saturn.bell-tel.com"},
	{"MIME-Version", "1.0"},
	{"Organization", ""},
	{"Priority", "other-than-known"},
	{"Privacy", "id;user;critical"},
	{"Reason", "Q.850 ;cause=16 ;text=\"Terminated\""},
	{"Reason",
	 "SIP ;cause=600 ;text=\"a, \\\"b\\\"; c\" , preemption;cause=5"},
	{"Reply-To", "Bob Smith <sip:bob@b.example>;x=\"y\""},
	{"b", "sip:ref@a.example ;cid=\"20398.2UWQFN@a.example\""},
	{"d", "proxy, recurse,parallel"},
	{"a",
	 "*;mobility=\"mobile\";methods=\"INVITE,BYE\";x=\"#<=3.5\";require"},
	{"j", "*;actor=\"msg-taker\";video , *;audio"},
	{"Retry-After", "18000;duration=3600"},
	{"s", "compact  inside  "},
	{"User-Agent", "Soft/1.5 (with (nested) \\) comment) b/\"x\""},
	{"Warning", "307 isi.edu \"Session parameter 'foo' not understood\","
		    " 301 [2001:db8::1]:5060 \"x \\\" y\""},
	{"WWW-Authenticate",
	 "Digest realm=\"a, b\" , domain=\"sip:x "
	 "sip:y\",qop=\"auth,auth-int\", "
	 "nonce=\"\", opaque=\"\", stale=FALSE, algorithm=SHA-256"},
	{"Proxy-Authenticate", "NewScheme a=b,c=\"d\""},
	{"Authentication-Info", "nextnonce=\"47364c23432d2e13\",qop=auth"},
	{"Error-Info", "<sip:not-in-service@a.example>;x"},
	{"Server", "Home (v2)"},
	{"SIP-ETag", "12345"},
	{"Unsupported", "foo,bar"},
	{"X-Colon", "a:b: c"},
	{"X-Empty", ""},
	{"y", "a.b.c;info=<https://a.example/x>"},
	{"X-Tab", "a\tb\t"},
	{"X-Folded", "a\r\n\tb\r\n \r\n  c"},
	{"X-Utf8", "\xe2\x82\xac \xc3\xa4\xff"},
	{"X-Last", "\"unbalanced"},
};

/* In requests alone. */
static const struct line requests[] = {
	{"Authorization",
	 "Digest username=\"A, \\\"b\\\"\", realm=\"r\" ,nonce=\"84\",\r\n"
	 " uri=\"sip:x@y\" , response=\"7587245234b3434cc3412213e5f113a5\""},
	{"Proxy-Authorization", "Digest username=\"x\",realm=\"other\""},
	{"SIP-If-Match", "abc"},
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char *const colons[] = {": ", ":", "\t : ", ":\r\n  "};

#define STYLES ((int)COUNT(colons))

static size_t print_lines(char *buf, size_t size, const struct line *lines,
			  size_t count, int style)
{
	size_t len = 0;

	*buf = '\0';
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s%s\r\n",
					lines[i].name, colons[style],
					lines[i].value);
	return len;
}

static const char *text_of(bool request, int style)
{
	static char text[16384];
	size_t len =
		print_lines(text, sizeof(text), common, COUNT(common), style);

	if (request)
		print_lines(text + len, sizeof(text) - len, requests,
			    COUNT(requests), style);
	return text;
}

/* The value itself, whatever blanks and line breaks stand before it. */
static void claim_line(const struct message *message, const struct line *lines,
		       size_t at)
{
	const char *value;
	char expected[512];
	size_t index = 0, len = strlen(lines[at].value);

	for (size_t j = 0; j < at; j++)
		index += !strcasecmp(lines[j].name, lines[at].name);
	value = message_header(message, lines[at].name, index);
	while (len && strchr(" \t", lines[at].value[len - 1]))
		len--;
	snprintf(expected, sizeof(expected), "%.*s", (int)len, lines[at].value);
	claim(value != NULL, "%s is gone", lines[at].name);
	claim_text(value + strspn(value, " \t\r\n"), expected);
}

/* What one run passes, and how it is checked. */
struct load {
	struct parts request, answer;
	void (*check)(const struct message *message);
};

static void check_headers(const struct message *message)
{
	for (size_t i = 0; i < COUNT(common); i++)
		claim_line(message, common, i);
	for (size_t i = 0; !message->status && i < COUNT(requests); i++)
		claim_line(message, requests, i);
}

static void pass_provisional(struct call *call, const struct load *load,
			     int status)
{
	dialog_reply(&call->callee, call->invite, status, &load->answer);
	load->check(dialog_expect(&call->caller, status, "INVITE"));
}

/* Within the dialog. */
static void pass_request(struct way w, const struct load *load,
			 const char *method, int status)
{
	const struct message *request;
	bool invite = !strcmp(method, "INVITE");

	dialog_send(w.from, method, &load->request);
	request = dialog_expect_request(w.to, method);
	load->check(request);
	dialog_reply(w.to, request, status, &load->answer);
	if (invite && status >= 300) {
		load->check(dialog_expect_failure(w.from, status));
		dialog_expect_request(w.to, "ACK");
		return;
	}
	load->check(dialog_expect(w.from, status, method));
	if (!invite)
		return;
	dialog_ack(w.from, &load->request);
	load->check(dialog_expect_request(w.to, "ACK"));
}

/* Each kind of message that has an other side, both ways. */
static void pass_everything(struct scene *scene, const struct load *load)
{
	const struct message *bye;
	struct call call;

	call_place(&call, scene, &load->request);
	load->check(call.invite);
	pass_provisional(&call, load, 180);
	pass_provisional(&call, load, 183);
	pass_provisional(&call, load, 200);
	dialog_ack(&call.caller, &load->request);
	load->check(dialog_expect_request(&call.callee, "ACK"));
	for (int back = 0; back < 2; back++) {
		pass_request(way(&call, back), load, "INVITE", 200);
		pass_request(way(&call, back), load, "INVITE", 488);
		pass_request(way(&call, back), load, "INFO", 200);
		pass_request(way(&call, back), load, "MESSAGE", 603);
		pass_request(way(&call, back), load, "X-ODD", 202);
	}
	dialog_send(&call.callee, "BYE", &load->request);
	bye = dialog_expect_request(&call.caller, "BYE");
	load->check(bye);
	dialog_reply(&call.caller, bye, 200, NULL);
	dialog_expect(&call.callee, 200, "BYE");

	call_place(&call, scene, &load->request);
	dialog_reply(&call.callee, call.invite, 486, &load->answer);
	load->check(dialog_expect_failure(&call.caller, 486));
	dialog_expect_request(&call.callee, "ACK");
}

/* check 22, check 23 */
START_TEST(headers_pass_in_every_message)
{
	struct scene scene;
	static char request[16384], answer[16384];
	const struct load load = {
		.request = {.body = OFFER, .headers = request},
		.answer = {.body = ANSWER, .headers = answer},
		.check = check_headers,
	};

	strcpy(request, text_of(true, _i));
	strcpy(answer, text_of(false, _i));
	scene_open(&scene, NULL);
	pass_everything(&scene, &load);
	scene_close(&scene);
}
END_TEST

/* Such an answer is dropped by a stack that wants to understand it all, and the
 * call hangs. */
START_TEST(answers_are_not_lost_for_what_cannot_be_read)
{
	static const struct line lines[] = {
		{"Session-Expires", "soon"},
		{"Min-SE", "/"},
		{"Expires", "later"},
		{"Event", ";"},
		{"Date", "today"},
		{"Content-Disposition", ","},
		{"Proxy-Authenticate", "\""},
		{"Allow", "(,)"},
	};
	char text[1024];
	struct scene scene;
	struct call call;
	const struct message *answer;

	print_lines(text, sizeof(text), lines, COUNT(lines), 0);
	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 200,
		     PARTS(.body = ANSWER, .headers = text,
			   .contact = "Contact: <sip:unclosed\r\n"));
	answer = dialog_expect(&call.caller, 200, "INVITE");
	for (size_t i = 0; i < COUNT(lines); i++)
		claim_line(answer, lines, i);
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

static void send_bare_newlines(struct call *call, struct scene *scene)
{
	struct dialog *caller = &call->caller;

	dialog_init(caller, &scene->caller, CALLER, CALLEE);
	caller->invite_cseq = 1;
	snprintf(caller->invite_branch, sizeof(caller->invite_branch),
		 "z9hG4bK-bare");
	snprintf(caller->invite_uri, sizeof(caller->invite_uri), "%s",
		 caller->target);
	snprintf(caller->invite_hop, sizeof(caller->invite_hop), "sip:%s",
		 scene->caller.target_uri);
	peer_printf(&scene->caller,
		    "\n\r\nINVITE %s SIP/2.0\n"
		    "Via: SIP/2.0/UDP %s:%u;branch=%s\nMax-Forwards: 70\n"
		    "From: %s\nTo: %s\nCall-ID: %s\nCSeq: 1 INVITE\n"
		    "Contact: <sip:x@%s:%u>\nAllow: INVITE\nAllow: ACK , BYE\n"
		    "s:  compact\nDate: Sat, 13 Nov 2010 23:29:00 GMT "
		    "\nX-Folded: a\n b\n"
		    "Content-Length: 0\n\n",
		    caller->target, scene->caller.host, scene->caller.port,
		    caller->invite_branch, caller->local, caller->remote,
		    caller->call_id, scene->caller.host, scene->caller.port);
}

/* What comes with other line ends goes on with those that SIP has (the fake
 * peer takes no others). */
START_TEST(line_ends_are_mended)
{
	struct scene scene;
	struct call call;
	const struct message *invite;

	scene_open(&scene, NULL);
	send_bare_newlines(&call, &scene);
	call_reaches(&call, &scene.callee);
	invite = call.invite;
	claim_text(message_header(invite, "Subject", 0), "compact");
	claim_text(message_header(invite, "Date", 0),
		   "Sat, 13 Nov 2010 23:29:00 GMT");
	claim_text(message_header(invite, "Allow", 0), "INVITE, ACK, BYE");
	claim_number(message_count(invite, "Allow"), 1);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

static const struct body {
	const char *type, *body;
	size_t len;
	struct line headers[4];
} bodies[] = {
#define PLAIN(type, body) BODY(type, body, {NULL, NULL})
#define BODY(type, body, ...)                                                  \
	{                                                                      \
		type, body, sizeof(body) - 1,                                  \
		{                                                              \
			__VA_ARGS__                                            \
		}                                                              \
	}
	PLAIN("application/sdp", "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\n"),
	PLAIN("application/sdp", "v=0\r\ns=-\r\nm=audio 0 RTP/AVP 0"),
	PLAIN("application/sdp", "v=0\rs=-\r\n\r\n\r\na= trailing \t\r\n\r\n"),
	PLAIN("application/SDP ; charset=\"utf-8\" ;x=y", "\r\n\r\nv=0\r\n"),
	PLAIN("text/plain;a=\"b;c\\\"\"", "\0\x01\xff\r\n\0"),
	PLAIN("message/sipfrag;version=2.0",
	      "SIP/2.0 200 OK\r\nContent-Length: 5\r\n\r\n"),
	BODY("application/sdp", "\x1f\x8b\x08\0\0\0\0\0\0\x03\x2b\xb3\x35\xe0",
	     {"Content-Encoding", "gzip"}),
	BODY("application/x-tar", "not really", {"e", "tar , gzip"}),
	BODY("application/x-unknown", "anything",
	     {"Content-Disposition", "x-unknown;handling=required"}),
	BODY("application/pkcs7-mime", "\x30\x82\0\0",
	     {"Content-Disposition",
	      "attachment; filename=\"a b.smime\" ;handling=optional"},
	     {"Content-ID", "<x@a.example>"},
	     {"Content-Transfer-Encoding", "binary"},
	     {"Content-Language", "en"}),
	PLAIN("multipart/mixed;boundary=\"a b\";type=\"x/y\"",
	      "preamble\r\n--a b\r\nContent-Type: "
	      "application/sdp\r\n\r\nv=0\r\n"
	      "\r\n--a b\r\nContent-Type: application/pidf+xml\r\n"
	      "Content-ID: <t@a>\r\n\r\n<?xml?>\r\n--a b--\r\nepilogue"),
	PLAIN("multipart/mixed", "without a boundary"),
	PLAIN("application/sdp", ""),
	BODY("nothing", "of a type the stack cannot read",
	     {"Content-Disposition", ";;"}, {"Content-Encoding", "/"}),
};

static const struct body *passing;

static size_t headers_of(const struct body *body)
{
	size_t count = 0;

	while (count < COUNT(body->headers) && body->headers[count].name)
		count++;
	return count;
}

static void check_body(const struct message *message)
{
	claim_text(message_header(message, "Content-Type", 0), passing->type);
	claim_number(message->body_len, passing->len);
	claim(!memcmp(message->body, passing->body, passing->len),
	      "the body changed");
	for (size_t i = 0; i < headers_of(passing); i++)
		claim_line(message, passing->headers, i);
}

/* check 22, check 23 */
START_TEST(bodies_pass_in_every_message)
{
	struct scene scene;
	struct load load = {.check = check_body};
	char headers[1024];

	passing = &bodies[_i];
	print_lines(headers, sizeof(headers), passing->headers,
		    headers_of(passing), 0);
	load.request = load.answer = (struct parts){
		.headers = headers,
		.type = passing->type,
		.body = passing->body,
		.len = passing->len,
	};
	scene_open(&scene, SCENE(.caller = _i % 2 ? "tcp" : "udp",
				 .callee = _i % 3 ? "udp" : "tcp"));
	pass_everything(&scene, &load);
	scene_close(&scene);
}
END_TEST

/* Of the Request-URI: user part and parameters, as they were written. */
START_TEST(request_uri_passes_as_written)
{
	static const struct {
		const char *user, *params;
	} cases[] = {
		{"+12125550199", ";user=phone"},
		{"+12125550199;npdi;rn=+12125550000;cic=+10288", ";user=phone"},
		{"%2B1212%61b%7e%7C", ";x=%41%20%22;y"},
		/* check 64 */
		{"x%0d%0aX-Forged:%20yes%0d%0a", ";z=%0D%0AX-Forged:%201"},
		{"a&=+$,;?/b!~*'()", ";odd=[]/:&+$-_.!~*'()"},
		{"user:pass%20word", ""},
		{"%c3%a4%00%ff", ";lr;foo=bar"},
	};
	struct scene scene;

	scene_open(&scene, NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct call call;
		char expected[256];

		dialog_init(&call.caller, &scene.caller, CALLER, cases[i].user);
		strcat(call.caller.target, cases[i].params);
		dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
		call_reaches(&call, &scene.callee);
		snprintf(expected, sizeof(expected), "sip:%s@%s:%u%s",
			 cases[i].user, scene.callee.host, scene.callee.port,
			 cases[i].params);
		claim_text(call.invite->uri, expected);
		call_refuse(&call, 486);
	}
	scene_close(&scene);
}
END_TEST

static const char *const addresses[] = {
	"\"a \\\"b\\\" <c> ; \\\\ \xc3\xa4\" <sip:%2B1%61b;x=%41@a.b>",
	"<sip:%2B1%61b;x=%41@a.example;y=%20%c3>",
	"Unquoted  Name of.one <sip:x%2b@A.Example:5060>",
	"<tel:+1-212-555.0100;phone-context=+1;ext=%31>",
	"\"\" <sips:x@a.example>;p=\"q;r\"",
	"\"Folded\r\n <x> Name%\" <sip:a%62@b.example>",
	"<sip:a%62:c%64@b.example;transport=tcp;maddr=x;ttl=1?H=%76>",
	"<urn:service:sos>",
	"<sip:b.example;x=%41>",
	/* check 64 */
	"\"%0d%0aX-Forged: yes\" <sip:%0d%0aX-Forged:%20yes@a.example>",
};

static void address_both(struct dialog *caller, struct scene *scene,
			 const char *address)
{
	dialog_init(caller, &scene->caller, CALLER, CALLEE);
	snprintf(caller->local, sizeof(caller->local), "%s;tag=t%p", address,
		 (const void *)address);
	snprintf(caller->remote, sizeof(caller->remote), "%s", address);
}

static void place_between(struct call *call, struct scene *scene,
			  const char *address)
{
	address_both(&call->caller, scene, address);
	dialog_send(&call->caller, "INVITE", PARTS(.body = OFFER));
	call_reaches(call, &scene->callee);
}

/* Each as written, and maybe a tag. */
static void claim_addresses(const struct message *message, const char *from,
			    const char *to)
{
	const char *value = message_header(message, "From", 0);

	claim(!strncmp(value, from, strlen(from)), "From is %s", value);
	value = message_header(message, "To", 0);
	claim(!strncmp(value, to, strlen(to)), "To is %s", value);
}

/* From as the caller wrote it, but for the tag; To likewise. */
START_TEST(addresses_pass_as_written)
{
	char from[400];
	struct scene scene;

	scene_open(&scene, NULL);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		const char *value;
		struct call call;

		place_between(&call, &scene, addresses[i]);
		snprintf(from, sizeof(from), "%s;tag=", addresses[i]);
		value = message_header(call.invite, "From", 0);
		claim(!strncmp(value, from, strlen(from)), "From is %s", value);
		claim_text(message_header(call.invite, "To", 0), addresses[i]);
		claim(!message_header(call.invite, "X-Forged", 0), "forged");
		call_refuse(&call, 486);
	}
	scene_close(&scene);
}
END_TEST

/* RFC 3261 8.2.6.2, 12.2.1.1. */
START_TEST(answers_and_requests_back_have_addresses_as_written)
{
	struct scene scene;

	scene_open(&scene, NULL);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct call call;
		char from[sizeof(call.caller.local)];

		place_between(&call, &scene, addresses[i]);
		snprintf(from, sizeof(from), "%s", call.caller.local);
		dialog_reply(&call.callee, call.invite, 180, NULL);
		claim_addresses(dialog_expect(&call.caller, 180, "INVITE"),
				from, addresses[i]);
		dialog_reply(&call.callee, call.invite, 200,
			     PARTS(.body = ANSWER));
		claim_addresses(dialog_expect(&call.caller, 200, "INVITE"),
				from, addresses[i]);
		dialog_ack(&call.caller, NULL);
		dialog_expect_request(&call.callee, "ACK");
		dialog_send(&call.callee, "INFO", NULL);
		call.invite = dialog_expect_request(&call.caller, "INFO");
		claim_addresses(call.invite, addresses[i], from);
		dialog_reply(&call.caller, call.invite, 200, NULL);
		dialog_expect(&call.callee, 200, "INFO");
		call_hang_up(&call);
	}
	scene_close(&scene);
}
END_TEST

START_TEST(our_refusals_have_addresses_as_written)
{
	struct scene scene;

	scene_open(&scene, NULL);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct dialog caller;
		char from[sizeof(caller.local)];

		address_both(&caller, &scene, addresses[i]);
		snprintf(from, sizeof(from), "%s", caller.local);
		dialog_send(&caller, "INVITE",
			    PARTS(.headers = "Require: nonsense\r\n"));
		claim_addresses(dialog_expect_failure(&caller, 420), from,
				addresses[i]);
	}
	scene_close(&scene);
}
END_TEST

/* Their user parts and parameters, in Request-URI and Route (RFC 3261 12.2.1).
 * The escapes that are left out by the stack are a part of the name. */
START_TEST(targets_and_routes_are_used_as_written)
{
	static const char user[] = "sip:%2B1%61b;p=%2c@";
	const struct message *message;
	char contact[128], lines[256];
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	snprintf(contact, sizeof(contact),
		 "Contact: \"a, <%%b>\" <%s%s:%u;x=%%41>\r\n", user,
		 scene.caller.host, scene.caller.port);
	snprintf(lines, sizeof(lines),
		 "Record-Route: \"%%,\"<%s%s:%u;lr;x=%%41>;y=\"%%42,<\""
		 " , <sip:%%61%%2B@192.0.2.7;lr>\r\n",
		 user, scene.caller.host, scene.caller.port);
	call_place(&call, &scene,
		   PARTS(.body = OFFER, .contact = contact, .headers = lines));
	snprintf(contact, sizeof(contact), "m:<%s%s:%u>\r\n", user,
		 scene.callee.host, scene.callee.port);
	dialog_reply(&call.callee, call.invite, 200,
		     PARTS(.body = ANSWER, .contact = contact));
	dialog_expect(&call.caller, 200, "INVITE");
	*call.caller.routes = '\0';
	dialog_ack(&call.caller, NULL);
	message = dialog_expect_request(&call.callee, "ACK");
	snprintf(lines, sizeof(lines), "%s%s:%u", user, scene.callee.host,
		 scene.callee.port);
	claim_text(message->uri, lines);
	dialog_send(&call.callee, "INFO", NULL);
	message = dialog_expect_request(&call.caller, "INFO");
	snprintf(lines, sizeof(lines), "%s%s:%u;x=%%41", user,
		 scene.caller.host, scene.caller.port);
	claim_text(message->uri, lines);
	claim(message_contains(message, user), "the first route");
	claim(message_contains(message, "<sip:%61%2B@192.0.2.7;lr>"),
	      "the second route");
	dialog_reply(&call.caller, message, 200, NULL);
	dialog_expect(&call.callee, 200, "INFO");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

Suite *transparent_suite(void)
{
	Suite *suite = suite_create("transparent");
	TCase *tests = scene_tcase(suite, "transparent");

	tcase_add_loop_test(tests, headers_pass_in_every_message, 0, STYLES);
	tcase_add_test(tests, request_uri_passes_as_written);
	tcase_add_test(tests, addresses_pass_as_written);
	tcase_add_test(tests,
		       answers_and_requests_back_have_addresses_as_written);
	tcase_add_test(tests, our_refusals_have_addresses_as_written);
	tcase_add_test(tests, targets_and_routes_are_used_as_written);
	tcase_add_test(tests, line_ends_are_mended);
	tcase_add_test(tests, answers_are_not_lost_for_what_cannot_be_read);
	tcase_add_loop_test(tests, bodies_pass_in_every_message, 0,
			    COUNT(bodies));
	return suite;
}
