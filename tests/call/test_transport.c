/* UDP and TCP, IPv4 and IPv6, and from each to each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* The scene's peers, but each on a transport and a family of its own. */
static const struct mix {
	const char *caller, *callee; /* "udp", or "tcp6" */
} mixes[] = {
	{"tcp", "tcp"},	  {"tcp", "udp"},  {"udp", "tcp"},  {"udp6", "udp6"},
	{"tcp6", "tcp6"}, {"udp6", "tcp"}, {"tcp", "udp6"}, {"udp", "udp6"},
};

#define MIXES (int)(sizeof(mixes) / sizeof(*mixes))

static void open_peer(struct peer *peer, const char *name, const char *kind,
		      struct scene *scene, unsigned six_port, unsigned last)
{
	char address[32], transport[4];

	snprintf(transport, sizeof(transport), "%.3s", kind);
	if (kind[3] == '6') {
		peer_open(peer, name, transport, "::1", 0);
		peer_set_target(peer, "::1", six_port);
		return;
	}
	peer_open(peer, name, transport,
		  daemon_address(address, &scene->daemon, last), 0);
	peer_set_target(peer, scene->daemon.host, scene->daemon.port);
}

static void open_mix(struct scene *scene, const struct mix *mix)
{
	unsigned six = free_port("::1");
	char listen[128];

	daemon_init(&scene->daemon);
	open_peer(&scene->caller, "caller", mix->caller, scene, six, 2);
	open_peer(&scene->callee, "callee", mix->callee, scene, six, 3);
	snprintf(listen, sizeof(listen),
		 "listen six {\n\taddress = \"::1\"\n\tport = %u\n}\n", six);
	scene_configure(scene, SCENE(.sections = listen));
	daemon_start(&scene->daemon);
}

/* A peer on TCP is to be called back on TCP: its side's Contact says so. */
static void claim_contact(const struct message *message,
			  const struct peer *peer)
{
	const char *contact = message_header(message, "Contact", 0);
	char uri[256];

	value_uri(uri, sizeof(uri), contact);
	claim(strstr(uri, peer->target_uri),
	      "Contact is not where we listen: %s", uri);
	claim(!peer->tcp || strcasestr(uri, "transport=tcp"),
	      "Contact on TCP without it: %s", uri);
}

static void reinvite(struct dialog *from, struct dialog *to)
{
	const struct message *message;

	dialog_send(from, "INVITE", PARTS(.body = OFFER));
	message = dialog_expect_request(to, "INVITE");
	dialog_reply(to, message, 200, PARTS(.body = ANSWER));
	dialog_expect(from, 200, "INVITE");
	dialog_ack(from, NULL);
	dialog_expect_request(to, "ACK");
}

START_TEST(whole_calls_on_every_mix)
{
	struct scene scene;
	struct call call;
	const struct message *message;

	open_mix(&scene, &mixes[_i]);
	call_place(&call, &scene, NULL);
	claim_contact(call.invite, &scene.callee);
	claim(strstr(message_header(call.invite, "Via", 0),
		     scene.callee.tcp ? "SIP/2.0/TCP" : "SIP/2.0/UDP"),
	      "the Via has the wrong transport");
	dialog_reply(&call.callee, call.invite, 180, NULL);
	message = dialog_expect(&call.caller, 180, "INVITE");
	claim_contact(message, &scene.caller);
	call_answer(&call);
	reinvite(&call.caller, &call.callee);
	reinvite(&call.callee, &call.caller);
	call_hang_up(&call);

	call_establish(&call, &scene);
	dialog_send(&call.callee, "BYE", NULL);
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	dialog_expect(&call.callee, 200, "BYE");

	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_expect_failure(&call.caller, 487);
	dialog_reply(&call.callee,
		     dialog_expect_request(&call.callee, "CANCEL"), 200, NULL);
	dialog_reply(&call.callee, call.invite, 487, NULL);
	dialog_expect_request(&call.callee, "ACK");
	scene_close(&scene);
}
END_TEST

START_TEST(blocked_caller_gets_607_on_every_mix)
{
	struct scene scene;

	open_mix(&scene, &mixes[_i]);
	scene_block(&scene, CALLER, 100);
	expect_rejected(&scene, CALLER, 607);
	expect_rejected(&scene, CALLER, 607);
	scene_close(&scene);
}
END_TEST

START_TEST(big_invite_stays_on_a_udp_gateway)
{
	struct scene scene;
	struct call call;
	static char line[6000];

	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "X-Big: ", 7);
	memcpy(line + sizeof(line) - 3, "\r\n", 2);
	scene_open(&scene, SCENE(.caller = "tcp"));
	call_place(&call, &scene, PARTS(.body = OFFER, .headers = line));
	claim_number(strlen(message_header(call.invite, "X-Big", 0)),
		     sizeof(line) - 10);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* Check 25. A gateway that leaves the transport open: 0, listens on TCP; 1, on
 * UDP alone. */
START_TEST(big_invite_goes_by_tcp_where_it_can)
{
	struct scene scene;
	struct call call;
	char section[200];
	static char line[1500];

	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "X-Big: ", 7);
	memcpy(line + sizeof(line) - 3, "\r\n", 2);
	scene_init(&scene, SCENE(.callee = _i ? "udp" : "tcp"));
	snprintf(section, sizeof(section),
		 "gateway open {\n\turi = \"sip:%s:%u\"\n"
		 "\toptions_interval_s = 0\n}\n",
		 scene.callee.host, scene.callee.port);
	scene_configure(&scene,
			SCENE(.callee = _i ? "udp" : "tcp",
			      .gateways = "\"open\"", .sections = section));
	daemon_start(&scene.daemon);
	call_place(&call, &scene, PARTS(.body = OFFER, .headers = line));
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(messages_may_come_in_pieces_or_several_at_once)
{
	struct scene scene;
	char text[2][512], both[1100];

	scene_open(&scene, SCENE(.caller = "tcp"));
	for (int i = 0; i < 2; i++)
		snprintf(text[i], sizeof(text[i]),
			 "OPTIONS sip:x@%s SIP/2.0\r\n"
			 "Via: SIP/2.0/TCP %s:%u;branch=z9hG4bK-piece%d\r\n"
			 "From: <sip:a@a>;tag=%d\r\nTo: <sip:b@b>\r\n"
			 "Call-ID: piece%d\r\nCSeq: 1 OPTIONS\r\n"
			 "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
			 scene.caller.target_uri, scene.caller.host,
			 scene.caller.port, i, i, i);
	for (size_t i = 0; i < strlen(text[0]); i++)
		peer_send(&scene.caller, text[0] + i, 1);
	peer_expect(&scene.caller, 200, "OPTIONS", "piece0");

	snprintf(both, sizeof(both), "\r\n\r\n%s\r\n\r\n%s", text[0], text[1]);
	memcpy(strstr(both, "piece0"), "pieceX", 6);
	memcpy(strstr(both, "Call-ID: piece0"), "Call-ID: pieceX", 15);
	peer_send(&scene.caller, both, strlen(both));
	peer_expect(&scene.caller, 200, "OPTIONS", "pieceX");
	peer_expect(&scene.caller, 200, "OPTIONS", "piece1");
	scene_close(&scene);
}
END_TEST

START_TEST(call_outlives_the_callers_connection)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.caller = "tcp", .callee = "tcp"));
	call_establish(&call, &scene);
	peer_part(&scene.caller);
	peer_part(&scene.callee);
	dialog_send(&call.callee, "BYE", NULL);
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	dialog_expect(&call.callee, 200, "BYE");
	scene_close(&scene);
}
END_TEST

/* RFC 3261 18.2.2: by a new connection, to where its Via says. */
START_TEST(answer_reaches_a_caller_whose_connection_broke)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.caller = "tcp"));
	call_place(&call, &scene, NULL);
	peer_hang_up(&scene.caller);
	if (_i)
		scene_ping(&scene); /* there is another one already */
	call_answer(&call);
	call_hang_up(&call);
	call_place(&call, &scene, NULL);
	peer_hang_up(&scene.caller);
	if (_i)
		scene_ping(&scene);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* Nobody sends it again by TCP, and the callee would stay in the call. */
START_TEST(bye_lost_with_its_connection_comes_by_another)
{
	const struct parts *why =
		PARTS(.headers = "Reason: Q.850;cause=16\r\n", .body = OFFER);
	const struct message *bye;
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.callee = "tcp"));
	call_establish(&call, &scene);
	dialog_send(&call.caller, "BYE", why);
	dialog_expect(&call.caller, 200, "BYE");
	dialog_expect_request(&call.callee, "BYE");
	peer_reset(&scene.callee);
	bye = dialog_expect_request(&call.callee, "BYE");
	claim_text(message_header(bye, "Reason", 0), "Q.850;cause=16");
	claim_text(bye->body, OFFER);
	if (!_i) {
		dialog_reply(&call.callee, bye, 200, NULL);
	} else {
		/* Twice is enough. */
		peer_reset(&scene.callee);
		peer_expect_nothing(&scene.callee, 500);
	}
	scene_close(&scene);
}
END_TEST

START_TEST(garbage_on_one_connection_leaves_others_alone)
{
	struct scene scene;
	struct peer rude;
	char garbage[4096];

	scene_open(&scene, SCENE(.caller = "tcp", .callee = "tcp"));
	peer_open(&rude, "rude", "tcp", scene.caller.address, 0);
	rude.tolerant = true;
	peer_set_target(&rude, scene.daemon.host, scene.daemon.port);
	memset(garbage, 0x81, sizeof(garbage));
	peer_send(&rude, garbage, sizeof(garbage));
	expect_bridged(&scene, CALLER);
	peer_hang_up(&rude);
	expect_bridged(&scene, CALLER);
	peer_close(&rude);
	scene_close(&scene);
}
END_TEST

/* Where no listen is named for a gateway. The way to all of 127.0.0.0/8 is from
 * 127.0.0.1. */
START_TEST(gateway_is_met_from_the_listen_on_the_way_to_it)
{
	struct scene scene;
	struct call call;
	char listen[128];

	scene_init(&scene, NULL);
	snprintf(listen, sizeof(listen),
		 "listen way {\n\taddress = \"127.0.0.1\"\n\tport = %u\n}\n",
		 free_port("127.0.0.1"));
	scene_configure(&scene, SCENE(.sections = listen));
	daemon_start(&scene.daemon);
	call_place(&call, &scene, NULL);
	claim(strstr(message_header(call.invite, "Contact", 0), "127.0.0.1:"),
	      "Contact is of another listen");
	claim(strstr(message_header(call.invite, "Via", 0), " 127.0.0.1:"),
	      "Via is of another listen");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* A name would have to be looked up, by us, for a stranger. */
START_TEST(peers_that_name_themselves_are_met_where_they_are)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.caller = _i & 1 ? "tcp" : "udp",
				 .callee = _i & 2 ? "tcp" : "udp"));
	call_place(&call, &scene,
		   PARTS(.contact = "Contact: <sip:c@pbx.invalid>\r\n",
			 .body = OFFER));
	dialog_reply(&call.callee, call.invite, 200,
		     PARTS(.contact = "Contact: <sip:g@gw.invalid>\r\n",
			   .body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_ack(&call.caller, NULL);
	claim_text(dialog_expect_request(&call.callee, "ACK")->uri,
		   "sip:g@gw.invalid");
	dialog_send(&call.callee, "BYE", NULL);
	dialog_expect(&call.callee, 200, "BYE");
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	scene_close(&scene);
}
END_TEST

Suite *transport_suite(void)
{
	Suite *suite = suite_create("transport");
	TCase *tests = scene_tcase(suite, "transport");

	tcase_add_loop_test(tests, whole_calls_on_every_mix, 0, MIXES);
	tcase_add_test(tests, gateway_is_met_from_the_listen_on_the_way_to_it);
	tcase_add_loop_test(tests, blocked_caller_gets_607_on_every_mix, 0,
			    MIXES);
	tcase_add_test(tests, big_invite_stays_on_a_udp_gateway);
	tcase_add_loop_test(tests, big_invite_goes_by_tcp_where_it_can, 0, 2);
	tcase_add_test(tests, messages_may_come_in_pieces_or_several_at_once);
	tcase_add_test(tests, call_outlives_the_callers_connection);
	tcase_add_loop_test(
		tests, answer_reaches_a_caller_whose_connection_broke, 0, 2);
	tcase_add_loop_test(
		tests, bye_lost_with_its_connection_comes_by_another, 0, 2);
	tcase_add_test(tests, garbage_on_one_connection_leaves_others_alone);
	tcase_add_loop_test(
		tests, peers_that_name_themselves_are_met_where_they_are, 0, 4);
	return suite;
}
