/* The messages of RFC 4475 and RFC 5118, byte for byte as those give them,
 * sent by a trunk: each gets what its RFC says, or the comment says why not,
 * and the next call is as good as ever. tests/data/torture has them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define DATA	    "tests/data/torture/"
#define MESSAGE_MAX 16384

/* Instead of a status. */
#define BRIDGED -2 /* the callee refuses it */
#define IGNORED -1 /* no answer; nothing reaches anyone */

static const struct vector {
	const char *name;
	int gets;
	const char *by;	 /* the transport of its topmost Via; NULL: UDP */
	unsigned port;	 /* where that says the answer goes; 0: 5060 */
	const char *has; /* in the answer, or in the INVITE bridged */
	const char *lacks;
	/* What must be another for it to get further: where `was` begins is
	 * `now` instead, as many bytes as that has. */
	const char *was, *now;
} vectors[] = {
	/* RFC 4475 3.1.1: valid messages */
	/* It has a To tag, so it belongs to a dialog, which we do not know. */
	{"rfc4475/wsinv", .gets = 481},
	{"rfc4475/wsinv", .gets = BRIDGED, .was = " tag    = 19",
	 .now = " gat    = 19", .has = "\r\nMax-Forwards: 67\r\n"},
	/* The stack takes no "+" and "`" in a method, and no zero byte. */
	{"rfc4475/intmeth", .gets = IGNORED, .by = "tcp"},
	{"rfc4475/esc01", .gets = BRIDGED,
	 .has = "INVITE sip:sips%3Auser%40example.com@"},
	{"rfc4475/escnull", .gets = 405},
	{"rfc4475/esc02", .gets = 405, .by = "tcp"},
	{"rfc4475/lwsdisp", .gets = 200},
	{"rfc4475/longreq", .gets = BRIDGED, .by = "tcp",
	 .has = "longlong-parameter-value\r\n"},
	{"rfc4475/dblreq", .gets = 405},
	{"rfc4475/semiuri", .gets = 200},
	{"rfc4475/transports", .gets = 200},
	{"rfc4475/mpart01", .gets = 405, .port = 5070},
	{"rfc4475/unreason", .gets = IGNORED},
	{"rfc4475/noreason", .gets = IGNORED},
	/* 3.1.2: invalid ones */
	/* Without a Via that can be read there is nowhere to answer. */
	{"rfc4475/badinv01", .gets = IGNORED},
	{"rfc4475/clerr", .gets = 400},
	{"rfc4475/ncl", .gets = 400},
	{"rfc4475/scalar02", .gets = 400, .by = "tcp"},
	{"rfc4475/scalarlg", .gets = IGNORED, .by = "tcp"},
	{"rfc4475/quotbal", .gets = 400, .port = 5050},
	{"rfc4475/ltgtruri", .gets = 400},
	/* Neither request nor response to the stack. */
	{"rfc4475/lwsruri", .gets = IGNORED},
	/* Both may be read as what they mean. */
	{"rfc4475/lwsstart", .gets = BRIDGED, .has = "INVITE sip:user@"},
	{"rfc4475/trws", .gets = 200, .by = "tcp"},
	/* Likewise, without what is in the Request-URI. */
	{"rfc4475/escruri", .gets = BRIDGED, .lacks = "Route"},
	/* We do not need its Date. */
	{"rfc4475/baddate", .gets = BRIDGED},
	{"rfc4475/regbadct", .gets = 400},
	/* May be read as what it means. */
	{"rfc4475/badaspec", .gets = 200},
	{"rfc4475/baddn", .gets = 400},
	/* 505 would be right; but its Via is another version's too. */
	{"rfc4475/badvers", .gets = IGNORED},
	{"rfc4475/mismatch01", .gets = 400},
	{"rfc4475/mismatch02", .gets = 400},
	{"rfc4475/bigcode", .gets = IGNORED},
	/* 3.2: transaction layer */
	{"rfc4475/badbranch", .gets = 200},
	/* 3.3: application layer */
	{"rfc4475/insuf", .gets = 400},
	{"rfc4475/unkscm", .gets = 416, .by = "tcp"},
	{"rfc4475/novelsc", .gets = 416, .by = "tcp"},
	{"rfc4475/unksm2", .gets = 405},
	{"rfc4475/bext01", .gets = 420, .by = "tcp", .was = "/TLS",
	 .now = "/TCP", .has = "\r\nUnsupported: nothingSupportsThis"},
	/* Bodies are the callee's to judge; in sdp01, too, what is accepted. */
	{"rfc4475/invut", .gets = BRIDGED,
	 .has = "\r\nContent-Type: application/unknownformat\r\n"},
	{"rfc4475/regaut01", .gets = 405, .by = "tcp"},
	{"rfc4475/multi01", .gets = 400},
	{"rfc4475/mcl01", .gets = 400},
	{"rfc4475/bcast", .gets = IGNORED},
	{"rfc4475/zeromf", .gets = 200},
	{"rfc4475/cparam01", .gets = 405},
	{"rfc4475/cparam02", .gets = 405},
	{"rfc4475/regescrt", .gets = 405},
	{"rfc4475/sdp01", .gets = BRIDGED},
	/* 3.4: backward compatibility */
	/* It lacks a Contact: the callee could never call back. */
	{"rfc4475/inv2543", .gets = 400},
	/* RFC 5118 */
	{"rfc5118/ipv6-good", .gets = 405},
	/* Neither request nor response to the stack. */
	{"rfc5118/ipv6-bad", .gets = IGNORED},
	{"rfc5118/port-ambiguous", .gets = 405},
	{"rfc5118/port-unambiguous", .gets = 405},
	{"rfc5118/via-received-param-with-delim", .gets = 481},
	{"rfc5118/via-received-param-no-delim", .gets = 200},
	/* RFC 3261 18.3: its body is shorter than it says. */
	{"rfc5118/ipv6-in-sdp", .gets = 400},
	{"rfc5118/ipv6-in-sdp", .gets = BRIDGED, .was = ": 268",
	 .now = ": 251"},
	{"rfc5118/mult-ip-in-header", .gets = 481, .port = 6050},
	{"rfc5118/mult-ip-in-sdp", .gets = BRIDGED},
	{"rfc5118/ipv4-mapped-ipv6", .gets = BRIDGED, .port = 19823},
	{"rfc5118/ipv6-bug-abnf-3-colons", .gets = 200},
	{"rfc5118/ipv6-correct-abnf-2-colons", .gets = 200},
};

#define VECTORS (int)(sizeof(vectors) / sizeof(*vectors))

struct torture {
	struct scene scene;
	struct peer peer; /* the trunk these messages come from */
	const struct vector *vector;
	char text[MESSAGE_MAX];
	size_t len;
};

static void load(struct torture *torture, const struct vector *vector)
{
	char path[128], *at;
	FILE *file;

	snprintf(path, sizeof(path), DATA "%s.sip", vector->name);
	file = fopen(path, "r");
	claim(file, "%s", path);
	torture->len = fread(torture->text, 1, MESSAGE_MAX, file);
	fclose(file);
	claim(torture->len && torture->len < MESSAGE_MAX, "%s", path);
	if (!vector->was)
		return;
	at = memmem(torture->text, torture->len, vector->was,
		    strlen(vector->was));
	claim(at, "%s: no \"%s\"", path, vector->was);
	memcpy(at, vector->now, strlen(vector->now));
}

static void open_torture(struct torture *torture, const struct vector *vector)
{
	char address[32], trunk[128];
	struct scene *scene = &torture->scene;

	torture->vector = vector;
	load(torture, vector);
	scene_init(scene, NULL);
	peer_open(&torture->peer, "torture", vector->by ? vector->by : "udp",
		  daemon_address(address, &scene->daemon, 4),
		  vector->port ? vector->port : 5060);
	peer_set_target(&torture->peer, scene->daemon.host, scene->daemon.port);
	torture->peer.tolerant = true;
	snprintf(
		trunk, sizeof(trunk),
		"trunk torture {\n\tsources = {\"%s\"}\n\troute = \"out\"\n}\n",
		torture->peer.address);
	scene_configure(scene, SCENE(.sections = trunk));
	daemon_start(&scene->daemon);
}

/* A call by the usual trunk that passes: what came before has been dealt with,
 * and did no harm. */
static void close_torture(struct torture *torture)
{
	expect_bridged(&torture->scene, CALLER);
	peer_close(&torture->peer);
	scene_close(&torture->scene);
}

/* RFC 3261 17.1.1.3: with the Request-URI and the topmost Via of the INVITE. */
static void acknowledge(struct torture *torture, const struct message *answer)
{
	const char *uri = strchr(torture->text, ' ') + 1;
	const char *cseq = message_header(answer, "CSeq", 0);

	peer_printf(&torture->peer,
		    "ACK %.*s SIP/2.0\r\nVia: %s\r\nFrom: %s\r\nTo: %s\r\n"
		    "Call-ID: %s\r\nCSeq: %.*s ACK\r\n"
		    "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		    (int)(strstr(uri, " SIP/2.0") - uri), uri,
		    message_header(answer, "Via", 0),
		    message_header(answer, "From", 0),
		    message_header(answer, "To", 0),
		    message_header(answer, "Call-ID", 0),
		    (int)strcspn(cseq, " "), cseq);
}

static void claim_content(const struct vector *vector,
			  const struct message *message)
{
	claim(!vector->has || message_contains(message, vector->has),
	      "%s: no \"%s\"", vector->name, vector->has);
	claim(!vector->lacks || !message_contains(message, vector->lacks),
	      "%s: \"%s\"", vector->name, vector->lacks);
}

static void expect_invite(struct torture *torture)
{
	const struct vector *vector = torture->vector;
	struct peer *callee = &torture->scene.callee;
	const struct message *invite = peer_expect(callee, 0, "INVITE", NULL);

	claim_content(vector, invite);
	peer_reply(callee, invite, 486, NULL);
	peer_expect(callee, 0, "ACK", NULL);
	acknowledge(torture, peer_expect(&torture->peer, 486, "INVITE", NULL));
}

static void expect_answer(struct torture *torture)
{
	const struct vector *vector = torture->vector;
	const struct message *answer =
		peer_expect(&torture->peer, vector->gets, NULL, NULL);

	claim_content(vector, answer);
	if (strncmp(torture->text, "INVITE ", 7) == 0)
		acknowledge(torture, answer);
}

START_TEST(every_message_gets_what_its_rfc_says)
{
	static struct torture torture;
	const struct vector *vector = &vectors[_i];

	open_torture(&torture, vector);
	peer_send(&torture.peer, torture.text, torture.len);
	if (vector->gets == BRIDGED)
		expect_invite(&torture);
	else if (vector->gets != IGNORED)
		expect_answer(&torture);
	close_torture(&torture);
}
END_TEST

/* A response of RFC 4475, as answer to our INVITE: its start line, and its
 * CSeq if one is given. */
static void respond(struct torture *torture, const struct message *invite,
		    const char *name, const char *cseq)
{
	const struct vector vector = {.name = name};
	struct peer *callee = &torture->scene.callee;
	char text[2048];

	load(torture, &vector);
	snprintf(text, sizeof(text),
		 "%.*s\r\nVia: %s\r\nFrom: %s\r\nTo: %s;tag=torture\r\n"
		 "Call-ID: %s\r\nCSeq: %s\r\nContact: <sip:%s:%u>\r\n"
		 "Content-Length: 0\r\n\r\n",
		 (int)strcspn(torture->text, "\r"), torture->text,
		 message_header(invite, "Via", 0),
		 message_header(invite, "From", 0),
		 message_header(invite, "To", 0),
		 message_header(invite, "Call-ID", 0),
		 cseq ? cseq : message_header(invite, "CSeq", 0), callee->host,
		 callee->port);
	peer_send_back(callee, invite, text, strlen(text));
}

static void begin_torture(struct torture *torture, struct call *call)
{
	scene_open(&torture->scene, NULL);
	call_place(call, &torture->scene, NULL);
}

static void end_torture(struct torture *torture)
{
	expect_bridged(&torture->scene, CALLER);
	scene_close(&torture->scene);
}

START_TEST(answers_that_cannot_be_are_none)
{
	static const struct {
		const char *name, *cseq;
	} answers[] = {
		{"rfc4475/bigcode", NULL},
		{"rfc4475/scalarlg", "9292394834772304023312 INVITE"},
		{"rfc4475/noreason", NULL}, /* a 100, that is */
	};
	static struct torture torture;
	struct call call;

	begin_torture(&torture, &call);
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		respond(&torture, call.invite, answers[i].name,
			answers[i].cseq);
	call_answer(&call);
	call_hang_up(&call);
	end_torture(&torture);
}
END_TEST

START_TEST(any_reason_phrase_reaches_the_caller)
{
	static struct torture torture;
	struct call call;
	const struct message *answer;
	char *phrase;

	begin_torture(&torture, &call);
	respond(&torture, call.invite, "rfc4475/unreason", NULL);
	answer = dialog_expect(&call.caller, 200, "INVITE");
	phrase = torture.text + strlen("SIP/2.0 200 ");
	phrase[strcspn(phrase, "\r")] = '\0';
	claim_text(answer->phrase, phrase);
	dialog_ack(&call.caller, NULL);
	peer_expect(&torture.scene.callee, 0, "ACK", NULL);
	dialog_send(&call.caller, "BYE", NULL);
	peer_reply(&torture.scene.callee,
		   peer_expect(&torture.scene.callee, 0, "BYE", NULL), 200,
		   NULL);
	dialog_expect(&call.caller, 200, "BYE");
	end_torture(&torture);
}
END_TEST

Suite *torture_suite(void)
{
	Suite *suite = suite_create("torture");
	TCase *tcase = scene_tcase(suite, "torture");

	tcase_add_loop_test(tcase, every_message_gets_what_its_rfc_says, 0,
			    VECTORS);
	tcase_add_test(tcase, answers_that_cannot_be_are_none);
	tcase_add_test(tcase, any_reason_phrase_reaches_the_caller);
	return suite;
}
