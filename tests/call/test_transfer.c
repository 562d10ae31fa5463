/* Transfers: a dialog named in a header reaches each side by the name that
 * side knows (RFC 3891, 3911, 4538, 5589). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define TARGET "sip:" CALLEE "@192.0.2.9"

/* A dialog as Replaces names it. */
struct name {
	char call_id[192];
	char to[96], from[96];
};

static struct name name_of(const struct dialog *dialog, const char *to,
			   const char *from)
{
	struct name name;

	snprintf(name.call_id, sizeof(name.call_id), "%s", dialog->call_id);
	value_param(name.to, sizeof(name.to), to, "tag");
	value_param(name.from, sizeof(name.from), from, "tag");
	return name;
}

/* As its owner names it to others, for the party at the other end. */
static struct name far_end(const struct dialog *dialog)
{
	return name_of(dialog, dialog->remote, dialog->local);
}

/* As its owner must be told of it. */
static struct name near_end(const struct dialog *dialog)
{
	return name_of(dialog, dialog->local, dialog->remote);
}

/* `format` has %s for Call-ID, to-tag and from-tag, in this order. */
static const char *print(char buf[640], const char *format, struct name name)
	__attribute__((format(printf, 2, 0)));

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static const char *print(char buf[640], const char *format, struct name name)
{
	snprintf(buf, 640, format, name.call_id, name.to, name.from);
	return buf;
}
#pragma GCC diagnostic pop

/* As in a URI: RFC 3261 25.1, hnv-unreserved. */
static const char *escape(char buf[1024], const char *text)
{
	size_t len = 0;

	for (; *text && len < 1000; text++) {
		if (strchr("@;= ", *text))
			len += (size_t)sprintf(buf + len, "%%%02X", *text);
		else
			buf[len++] = *text;
	}
	buf[len] = '\0';
	return buf;
}

#define PLAIN "%s;to-tag=%s;from-tag=%s"

static const char *refer_to(char buf[1200], const char *format,
			    struct name name)
{
	char text[640], escaped[1024];

	snprintf(buf, 1200, "<" TARGET "?Replaces=%s&Require=replaces>",
		 escape(escaped, print(text, format, name)));
	return buf;
}

/* Two calls, so that a party of both can transfer one to the other. */
struct pair {
	struct scene scene;
	struct call first, second;
};

static void pair_open(struct pair *pair, const struct scene_options *options)
{
	scene_open(&pair->scene, options);
	call_establish(&pair->first, &pair->scene);
	call_establish(&pair->second, &pair->scene);
}

static void pair_close(struct pair *pair)
{
	call_hang_up(&pair->first);
	call_hang_up(&pair->second);
	scene_close(&pair->scene);
}

/* A REFER with this Refer-To; what it became on the other side. It is
 * declined, so nothing follows. */
static const char *referred(struct way on, const char *value)
{
	const struct message *message;
	char lines[1300];

	snprintf(lines, sizeof(lines), "Refer-To: %s\r\nRefer-Sub: false\r\n",
		 value);
	dialog_send(on.from, "REFER", PARTS(.headers = lines));
	message = dialog_expect_request(on.to, "REFER");
	dialog_reply(on.to, message, 603, NULL);
	dialog_expect(on.from, 603, "REFER");
	claim_text(message_header(message, "Refer-Sub", 0), "false");
	return message_header(message, "Refer-To", 0);
}

/* check 43 */
START_TEST(refer_names_a_call_as_the_target_of_the_transfer_knows_it)
{
	struct pair pair;
	struct way second;
	char sent[1200], expected[1200];

	pair_open(&pair, NULL);
	second = way(&pair.second, _i);
	claim_text(referred(way(&pair.first, _i),
			    refer_to(sent, PLAIN, far_end(second.from))),
		   refer_to(expected, PLAIN, near_end(second.to)));
	pair_close(&pair);
}
END_TEST

/* Order, spelling and what else there is stay the sender's. */
static const char *const spellings[] = {
	"%s;to-tag=%s;from-tag=%s;early-only",
	"%s;early-only;x=y;to-tag=%s;z;from-tag=%s",
	"%s;TO-TAG=%s;From-Tag=%s",
	"%s ; to-tag = %s ; from-tag = %s ; q=a",
};

#define SPELLINGS (sizeof(spellings) / sizeof(*spellings))

START_TEST(refer_keeps_the_rest_of_what_it_names)
{
	struct pair pair;
	char sent[1200], expected[1200];

	pair_open(&pair, NULL);
	claim_text(referred(way(&pair.first, false),
			    refer_to(sent, spellings[_i],
				     far_end(&pair.second.caller))),
		   refer_to(expected, spellings[_i],
			    near_end(&pair.second.callee)));
	pair_close(&pair);
}
END_TEST

START_TEST(tags_may_come_in_any_order)
{
	struct pair pair;
	struct name name;
	char sent[1200], expected[1200], text[96];

	pair_open(&pair, NULL);
	name = far_end(&pair.second.caller);
	snprintf(text, sizeof(text), "%s", name.to);
	memcpy(name.to, name.from, sizeof(name.to));
	memcpy(name.from, text, sizeof(text));
	refer_to(sent, "%s;from-tag=%s;to-tag=%s", name);
	name = near_end(&pair.second.callee);
	snprintf(text, sizeof(text), "%s", name.to);
	memcpy(name.to, name.from, sizeof(name.to));
	memcpy(name.from, text, sizeof(text));
	claim_text(referred(way(&pair.first, false), sent),
		   refer_to(expected, "%s;from-tag=%s;to-tag=%s", name));
	pair_close(&pair);
}
END_TEST

/* Neither name is ours to change: those of other people's calls, what is not
 * well-formed, and what the one who is meant knows already. */
START_TEST(refer_leaves_other_names_alone)
{
	static const char *const others[] = {
		"<" TARGET ">",
		"\"C\" <" TARGET ";x=1?Subject=a%26b&Replaces=c%40h%3Bto-tag%3D"
		"1%3Bfrom-tag%3D2>;p=\"q\"",
		"<" TARGET "?replaces=c%40h%3bto-tag%3d1%3bfrom-tag%3d2>",
		"<" TARGET "?Replaces=c%40h%3Bto-tag%3D1>",
		"<" TARGET "?Replaces=c%00h%3Bto-tag%3D1%3Bfrom-tag%3D2>",
		"<" TARGET
		"?Replaces=c%3Bto-tag%3D1%3Bfrom-tag%3D2%0D%0AX-In%3A"
		"%20jected>",
		"<" TARGET "?Replaces>",
		"<" TARGET "?Replaces=&&=>",
		"<tel:" CALLEE ">",
	};
	struct pair pair;
	struct way on;
	char sent[1200];

	pair_open(&pair, NULL);
	on = way(&pair.first, _i);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		claim_text(referred(on, others[i]), others[i]);
	refer_to(sent, PLAIN, near_end(way(&pair.second, _i).from));
	claim_text(referred(on, sent), sent);
	pair_close(&pair);
}
END_TEST

START_TEST(refer_cannot_smuggle_a_header_in)
{
	struct pair pair;
	char sent[1200], text[640], escaped[1024];
	const char *value;

	pair_open(&pair, NULL);
	snprintf(sent, sizeof(sent),
		 "<" TARGET "?Replaces=%s%%0D%%0AX-Injected%%3A%%20yes>",
		 escape(escaped,
			print(text, PLAIN, far_end(&pair.second.caller))));
	value = referred(way(&pair.first, false), sent);
	claim_text(value, sent);
	pair_close(&pair);
}
END_TEST

/* check 42; the call that carries the REFER is none the worse. */
START_TEST(call_of_ours_that_is_over_gets_481)
{
	struct pair pair;
	struct dialog late;
	struct name names[2];
	char value[1200], lines[1300], text[640];

	pair_open(&pair, NULL);
	names[0] = far_end(&pair.second.caller);
	names[1] = near_end(&pair.second.callee);
	call_hang_up(&pair.second);
	daemon_await_metric_equal(&pair.scene.daemon, "callsieve_calls", 1,
				  1000);
	for (int i = 0; i < 2; i++) {
		snprintf(lines, sizeof(lines), "Refer-To: %s\r\n",
			 refer_to(value, PLAIN, names[i]));
		dialog_send(&pair.first.caller, "REFER",
			    PARTS(.headers = lines));
		dialog_expect(&pair.first.caller, 481, "REFER");
		dialog_init(&late, &pair.scene.caller, CALLER, CALLEE);
		snprintf(lines, sizeof(lines), "Replaces: %s\r\n",
			 print(text, PLAIN, names[i]));
		dialog_send(&late, "INVITE",
			    PARTS(.headers = lines, .body = OFFER));
		dialog_expect_failure(&late, 481);
	}
	call_hang_up(&pair.first);
	scene_close(&pair.scene);
}
END_TEST

/* A new call whose INVITE has this line; what it became at the callee. */
static const char *arrived(struct scene *scene, const char *header,
			   const char *value)
{
	struct call call;
	char lines[800];
	const char *name;

	snprintf(lines, sizeof(lines),
		 "%s: %s\r\nSupported: replaces, join, tdialog\r\n", header,
		 value);
	call_place(&call, scene, PARTS(.headers = lines, .body = OFFER));
	claim_text(message_header(call.invite, "Supported", 0),
		   "replaces, join, tdialog");
	name = message_header(call.invite, header, 0);
	call_refuse(&call, 486);
	return name;
}

/* check 41 */
START_TEST(invite_names_the_call_as_the_callee_knows_it)
{
	static const struct {
		const char *header, *format;
	} cases[] = {
		{"Replaces", PLAIN},
		{"Replaces", "%s;to-tag=%s;from-tag=%s;early-only"},
		{"Replaces", "%s;a=\"b;c\";to-tag=%s;from-tag=%s"},
		{"Join", PLAIN},
		{"Join", "%s;x;to-tag=%s;from-tag=%s"},
		{"Target-Dialog", "%s;local-tag=%s;remote-tag=%s"},
	};
	struct scene scene;
	struct call call;
	char sent[640], expected[640];

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print(sent, cases[i].format, far_end(&call.caller));
		print(expected, cases[i].format, near_end(&call.callee));
		claim_text(arrived(&scene, cases[i].header, sent), expected);
		/* What a REFER past us may have told already. */
		claim_text(arrived(&scene, cases[i].header, expected),
			   expected);
	}
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(invite_leaves_other_names_alone)
{
	static const char *const others[] = {
		"c@192.0.2.1;to-tag=1;from-tag=2",
		"c@192.0.2.1 ;to-tag=1;  from-tag=2;early-only",
		"c;to-tag=1;from-tag=2;\tx=\"a;b\"",
	};
	static const char *const headers[] = {"Replaces", "Join",
					      "Target-Dialog"};
	struct scene scene;

	scene_open(&scene, NULL);
	for (int k = 0; k < 3; k++)
		for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
			claim_text(arrived(&scene, headers[k], others[i]),
				   others[i]);
	scene_close(&scene);
}
END_TEST

START_TEST(invite_may_require_replaces)
{
	struct scene scene;
	struct call call, taking;
	char lines[800], text[640];

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	snprintf(lines, sizeof(lines), "Require: replaces\r\nReplaces: %s\r\n",
		 print(text, PLAIN, far_end(&call.caller)));
	call_place(&taking, &scene, PARTS(.headers = lines, .body = OFFER));
	claim_text(message_header(taking.invite, "Require", 0), "replaces");
	claim_text(message_header(taking.invite, "Replaces", 0),
		   print(text, PLAIN, near_end(&call.callee)));
	call_refuse(&taking, 486);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* An INVITE that shall take over the named call, for a URI. */
static void take_over(struct dialog *dialog, struct peer *peer,
		      const char *from, const char *uri, struct name name)
{
	char lines[800], text[640];

	dialog_init(dialog, peer, from, CALLEE);
	snprintf(dialog->target, sizeof(dialog->target), "%s", uri);
	snprintf(lines, sizeof(lines), "Require: replaces\r\nReplaces: %s\r\n",
		 print(text, PLAIN, name));
	dialog_send(dialog, "INVITE", PARTS(.headers = lines, .body = OFFER));
}

/* The party it is meant for gets it, by the name it knows, and accepts. */
static void taken_over(struct call *call, struct dialog *party)
{
	char expected[640], uri[128];

	call_reaches(call, party->peer);
	claim_text(message_header(call->invite, "Replaces", 0),
		   print(expected, PLAIN, near_end(party)));
	snprintf(uri, sizeof(uri), "sip:peer@%s:%u%s", party->peer->host,
		 party->peer->port, party->peer->tcp ? ";transport=tcp" : "");
	claim_text(call->invite->uri, uri);
	call_answer(call);
}

/* Who hangs up the call that was taken over. */
static void leave(struct dialog *from, struct dialog *to)
{
	dialog_send(from, "BYE", NULL);
	dialog_reply(to, dialog_expect_request(to, "BYE"), 200, NULL);
	dialog_expect(from, 200, "BYE");
}

static const char *daemon_uri(char buf[96], const struct scene *scene)
{
	snprintf(buf, 96, "sip:%s:%u", scene->daemon.host, scene->daemon.port);
	return buf;
}

/* The way leads back through a proxy; the URI is what the transferor knows:
 * our Contact; the number dialled; anything else. */
START_TEST(takeover_goes_to_the_party_by_whichever_uri)
{
	struct scene scene;
	struct call first, second;
	char uris[3][96], lines[200];

	scene_open(&scene, NULL);
	daemon_uri(uris[0], &scene);
	snprintf(uris[1], sizeof(uris[1]), "sip:" CALLEE "@%s:%u",
		 scene.daemon.host, scene.daemon.port);
	snprintf(uris[2], sizeof(uris[2]), "sip:+12125550177@192.0.2.77");
	call_place(&first, &scene, NULL);
	snprintf(lines, sizeof(lines), "Record-Route: <sip:%s:%u;lr;x>\r\n",
		 scene.callee.host, scene.callee.port);
	dialog_reply(&first.callee, first.invite, 200,
		     PARTS(.body = ANSWER, .headers = lines));
	dialog_expect(&first.caller, 200, "INVITE");
	dialog_ack(&first.caller, NULL);
	dialog_expect_request(&first.callee, "ACK");
	take_over(&second.caller, &scene.caller, "+12125550133", uris[_i],
		  far_end(&first.caller));
	taken_over(&second, &first.callee);
	claim(strstr(message_header(second.invite, "Route", 0), ";lr;x"),
	      "not by the party's proxy");
	leave(&first.callee, &first.caller);
	call_hang_up(&second);
	scene_close(&scene);
}
END_TEST

/* The party may be one that called. */
START_TEST(takeover_leads_back_to_a_caller)
{
	static const char *const transports[] = {"udp", "tcp"};
	struct scene scene;
	struct call first, second;
	char uri[96];

	scene_open(&scene, SCENE(.caller = transports[_i]));
	call_establish(&first, &scene);
	take_over(&second.caller, &scene.caller, "+12125550133",
		  daemon_uri(uri, &scene), far_end(&first.callee));
	taken_over(&second, &first.caller);
	leave(&first.caller, &first.callee);
	call_hang_up(&second);
	scene_close(&scene);
}
END_TEST

START_TEST(takeover_of_a_call_that_rings)
{
	struct scene scene;
	struct call first, second;
	char uri[96];

	scene_open(&scene, NULL);
	call_place(&first, &scene, NULL);
	dialog_reply(&first.callee, first.invite, 180, NULL);
	dialog_expect(&first.caller, 180, "INVITE");
	take_over(&second.caller, &scene.caller, "+12125550133",
		  daemon_uri(uri, &scene), far_end(&first.caller));
	taken_over(&second, &first.callee);
	call_refuse(&first, 486);
	call_hang_up(&second);
	scene_close(&scene);
}
END_TEST

/* The callee's side is no trunk, but a party of a call there is known. */
START_TEST(gateway_may_take_over_but_not_call)
{
	struct scene scene;
	struct call first, second;
	struct dialog plain;
	struct name name;
	char uri[96];

	scene_open(&scene, NULL);
	call_establish(&first, &scene);
	dialog_init(&plain, &scene.callee, "+12125550133", CALLEE);
	dialog_send(&plain, "INVITE", PARTS(.body = OFFER));
	dialog_expect_failure(&plain, 403);
	name = far_end(&first.caller);
	name.from[0] ^= 1;
	take_over(&plain, &scene.callee, "+12125550133",
		  daemon_uri(uri, &scene), name);
	dialog_expect_failure(&plain, 403);
	take_over(&second.caller, &scene.callee, "+12125550133", uri,
		  far_end(&first.caller));
	taken_over(&second, &first.callee);
	leave(&first.callee, &first.caller);
	call_hang_up(&second);
	scene_close(&scene);
}
END_TEST

/* Only who names the call by all three is let through. */
START_TEST(takeover_is_not_screened_and_a_guess_is)
{
	struct scene scene;
	struct call first, second;
	struct dialog guess;
	struct name name;
	char uri[96];

	scene_open(&scene, NULL);
	scene_block(&scene, "+12125550133", 100);
	call_establish(&first, &scene);
	for (int i = 0; i < 3; i++) {
		name = far_end(&first.caller);
		if (i < 2)
			(i ? name.to : name.from)[0] ^= 1;
		else
			name.call_id[0] ^= 1;
		take_over(&guess, &scene.caller, "+12125550133",
			  daemon_uri(uri, &scene), name);
		/* Two of them have a tag of ours, so they look like a call
		 * that is over. */
		dialog_expect_failure(&guess, i == 1 ? 607 : 481);
	}
	take_over(&second.caller, &scene.caller, "+12125550133", uri,
		  far_end(&first.caller));
	taken_over(&second, &first.callee);
	leave(&first.callee, &first.caller);
	call_hang_up(&second);
	scene_close(&scene);
}
END_TEST

START_TEST(takeover_that_fails_is_not_tried_elsewhere)
{
	struct scene scene;
	struct call first, second;
	char uri[96];

	scene_open(&scene, NULL);
	call_establish(&first, &scene);
	take_over(&second.caller, &scene.caller, CALLER,
		  daemon_uri(uri, &scene), far_end(&first.caller));
	call_reaches(&second, &scene.callee);
	dialog_reply(&second.callee, second.invite, 503, NULL);
	dialog_expect_failure(&second.caller, 500);
	dialog_expect_request(&second.callee, "ACK");
	call_hang_up(&first);
	scene_close(&scene);
}
END_TEST

/* Of a trunk it is about callers, of a gateway about callees. */
START_TEST(refer_may_be_refused)
{
	static const char *const lines[] = {"\trefer = \"603\"\n",
					    "\trefer = \"405\"\n"};
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *answer;
	bool back = _i & 1;
	int status = _i & 2 ? 405 : 603;

	scene_open(&scene, SCENE(.trunk = back ? NULL : lines[_i >> 1],
				 .gateway = back ? lines[_i >> 1] : NULL));
	scene.callee.ignores = "OPTIONS";
	call_establish(&call, &scene);
	on = way(&call, back);
	dialog_send(on.from, "REFER",
		    PARTS(.headers = "Refer-To: <" TARGET ">\r\n"));
	answer = dialog_expect(on.from, status, "REFER");
	if (status == 405)
		claim(!strstr(message_header(answer, "Allow", 0), "REFER"),
		      "REFER is allowed");
	on = way(&call, !back);
	referred(on, "<" TARGET ">");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* Each side knows us by another address. */
START_TEST(our_own_address_becomes_the_one_of_that_side)
{
	struct scene scene;
	struct call call, second;
	struct way on;
	char section[200], sent[1200], expected[1200], escaped[1024], text[640];
	unsigned outside, inside;

	scene_init(&scene, NULL);
	outside = scene.daemon.port;
	inside = free_port(scene.daemon.host);
	snprintf(section, sizeof(section),
		 "listen inside {\n\taddress = \"%s\"\n\tport = %u\n}\n",
		 scene.daemon.host, inside);
	scene_configure(&scene, SCENE(.sections = section,
				      .gateway = "\tlisten = \"inside\"\n"
						 "\toptions_interval_s = 0\n"));
	daemon_start(&scene.daemon);
	call_establish(&call, &scene);
	call_establish(&second, &scene);
	on = way(&call, _i);
	snprintf(sent, sizeof(sent), "<sip:%s:%u;x=y?Replaces=%s>",
		 scene.daemon.host, _i ? inside : outside,
		 escape(escaped,
			print(text, PLAIN, far_end(way(&second, _i).from))));
	snprintf(expected, sizeof(expected), "<sip:%s:%u;x=y?Replaces=%s>",
		 scene.daemon.host, _i ? outside : inside,
		 escape(escaped,
			print(text, PLAIN, near_end(way(&second, _i).to))));
	claim_text(referred(on, sent), expected);
	snprintf(sent, sizeof(sent), "<sip:+12125550144@%s:%u>",
		 scene.daemon.host, _i ? inside : outside);
	snprintf(expected, sizeof(expected), "<sip:+12125550144@%s:%u>",
		 scene.daemon.host, _i ? outside : inside);
	claim_text(referred(on, sent), expected);
	snprintf(sent, sizeof(sent), "<sip:+12125550144@%s:1>",
		 scene.daemon.host);
	claim_text(referred(on, sent), sent);
	call_hang_up(&call);
	call_hang_up(&second);
	scene_close(&scene);
}
END_TEST

/* NOTIFY with what became of the INVITE that the REFER asked for. */
static void notify(struct way on, const char *fragment, const char *state)
{
	const struct message *message;
	char lines[160];

	snprintf(lines, sizeof(lines),
		 "Event: refer\r\nSubscription-State: %s\r\n", state);
	dialog_send(on.to, "NOTIFY",
		    PARTS(.headers = lines,
			  .type = "message/sipfrag;version=2.0",
			  .body = fragment));
	message = dialog_expect_request(on.from, "NOTIFY");
	claim_text(message_header(message, "Subscription-State", 0), state);
	claim_text(message->body, fragment);
	dialog_reply(on.from, message, 200, NULL);
	dialog_expect(on.to, 200, "NOTIFY");
}

/* The value of its Refer-To, as it arrived. */
static const char *accept_refer(struct way on, const char *value)
{
	const struct message *message;
	char lines[1300];

	snprintf(lines, sizeof(lines), "Refer-To: %s\r\n", value);
	dialog_send(on.from, "REFER", PARTS(.headers = lines));
	message = dialog_expect_request(on.to, "REFER");
	dialog_reply(on.to, message, 202, NULL);
	dialog_expect(on.from, 202, "REFER");
	notify(on, "SIP/2.0 100 Trying\r\n", "active;expires=60");
	return message_header(message, "Refer-To", 0);
}

/* What a phone makes of a Refer-To: URI, and its Replaces unescaped. */
static void read_refer_to(const char *value, char uri[256], char replaces[640])
{
	char *headers, *end;
	size_t len = 0;

	value_uri(uri, 256, value);
	headers = strstr(uri, "?Replaces=");
	claim(headers, "no Replaces in %s", value);
	for (const char *c = headers + 10; *c && *c != '&'; c++) {
		if (*c == '%') {
			char hex[3] = {c[1], c[2], '\0'};

			replaces[len++] = (char)strtol(hex, &end, 16);
			c += 2;
		} else {
			replaces[len++] = *c;
		}
	}
	replaces[len] = '\0';
	*headers = '\0';
}

/* RFC 5589 7.1: the transferor is in two calls, on the side of the callers
 * (0) or of the callees (1), and joins the others, who then talk through us. */
START_TEST(attended_transfer_with_both_calls_through_us)
{
	struct pair pair;
	struct way first, second;
	struct call joined;
	char sent[1300], text[640], escaped[1024], uri[256], replaces[640];
	char lines[800];

	pair_open(&pair, NULL);
	first = way(&pair.first, _i);
	second = way(&pair.second, _i);
	snprintf(sent, sizeof(sent), "<%s?Replaces=%s>", second.from->target,
		 escape(escaped, print(text, PLAIN, far_end(second.from))));
	read_refer_to(accept_refer(first, sent), uri, replaces);
	claim_text(replaces, print(text, PLAIN, near_end(second.to)));

	dialog_init(&joined.caller, first.to->peer, CALLER, CALLEE);
	snprintf(joined.caller.target, sizeof(joined.caller.target), "%s", uri);
	snprintf(lines, sizeof(lines), "Replaces: %s\r\n", replaces);
	dialog_send(&joined.caller, "INVITE",
		    PARTS(.headers = lines, .body = OFFER));
	taken_over(&joined, second.to);
	leave(second.to, second.from);
	notify(first, "SIP/2.0 200 OK\r\n", "terminated;reason=noresource");
	leave(first.from, first.to);
	call_hang_up(&joined);
	scene_close(&pair.scene);
}
END_TEST

/* The other call is not ours, nor the INVITE that follows. */
START_TEST(attended_transfer_with_one_call_through_us)
{
	struct scene scene;
	struct call call;
	struct way on;
	const char *other = "<sip:c@192.0.2.9?Replaces=z%40192.0.2.9%3Bto-tag"
			    "%3Dc%3Bfrom-tag%3Da>";

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	claim_text(accept_refer(on, other), other);
	notify(on, "SIP/2.0 200 OK\r\n", "terminated;reason=noresource");
	leave(on.from, on.to);
	scene_close(&scene);
}
END_TEST

/* RFC 5589 6.1; the number is dialled through us, as a new call. */
START_TEST(blind_transfer)
{
	struct scene scene;
	struct call call, onward;
	struct way on;
	char sent[160], uri[96];

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	snprintf(sent, sizeof(sent), "<sip:+12125550155@%s>",
		 daemon_uri(uri, &scene) + 4);
	claim_text(accept_refer(on, sent), sent);
	if (on.to->peer == &scene.caller) {
		call_begin(&onward, &scene, CALLER, "+12125550155", NULL);
		call_reaches(&onward, &scene.callee);
		call_answer(&onward);
	}
	notify(on, "SIP/2.0 200 OK\r\n", "terminated;reason=noresource");
	leave(on.from, on.to);
	if (on.to->peer == &scene.caller)
		call_hang_up(&onward);
	scene_close(&scene);
}
END_TEST

Suite *transfer_suite(void)
{
	Suite *suite = suite_create("transfer");
	TCase *tests = scene_tcase(suite, "transfer");

	tcase_add_loop_test(
		tests,
		refer_names_a_call_as_the_target_of_the_transfer_knows_it, 0,
		2);
	tcase_add_loop_test(tests, refer_keeps_the_rest_of_what_it_names, 0,
			    SPELLINGS);
	tcase_add_test(tests, tags_may_come_in_any_order);
	tcase_add_loop_test(tests, refer_leaves_other_names_alone, 0, 2);
	tcase_add_test(tests, refer_cannot_smuggle_a_header_in);
	tcase_add_test(tests, call_of_ours_that_is_over_gets_481);
	tcase_add_test(tests, invite_names_the_call_as_the_callee_knows_it);
	tcase_add_test(tests, invite_leaves_other_names_alone);
	tcase_add_test(tests, invite_may_require_replaces);
	tcase_add_loop_test(tests, takeover_goes_to_the_party_by_whichever_uri,
			    0, 3);
	tcase_add_loop_test(tests, takeover_leads_back_to_a_caller, 0, 2);
	tcase_add_test(tests, takeover_of_a_call_that_rings);
	tcase_add_test(tests, gateway_may_take_over_but_not_call);
	tcase_add_test(tests, takeover_is_not_screened_and_a_guess_is);
	tcase_add_test(tests, takeover_that_fails_is_not_tried_elsewhere);
	tcase_add_loop_test(tests, refer_may_be_refused, 0, 4);
	tcase_add_loop_test(tests, our_own_address_becomes_the_one_of_that_side,
			    0, 2);
	tcase_add_loop_test(tests, attended_transfer_with_both_calls_through_us,
			    0, 2);
	tcase_add_loop_test(tests, attended_transfer_with_one_call_through_us,
			    0, 2);
	tcase_add_loop_test(tests, blind_transfer, 0, 2);
	return suite;
}
