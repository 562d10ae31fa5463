/* Floods: by rate, at one number, and of all that is no call. What they ask for
 * is refused cheaply, and the calls beside them feel nothing. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call/scene.h"
#include "call/suites.h"
#include "fake/http.h"

#define BLOCKED "+12125550166"

static void expect_status(struct scene *scene, const char *from, const char *to,
			  int status)
{
	struct call call;

	call_begin(&call, scene, from, to, NULL);
	dialog_expect_failure(&call.caller, status);
}

static void expect_reached(struct scene *scene, const char *from,
			   const char *to)
{
	struct call call;

	call_begin(&call, scene, from, to, NULL);
	call_reaches(&call, &scene->callee);
	call_refuse(&call, 486);
}

static long metric_shed(struct scene *scene, const char *reason)
{
	char name[120];

	snprintf(name, sizeof(name),
		 "callsieve_shed_total{trunk=\"carrier\",reason=\"%s\"}",
		 reason);
	return daemon_metric(&scene->daemon, name);
}

START_TEST(trunk_keeps_its_rate)
{
	struct scene scene;

	scene_open(&scene, SCENE(.trunk = "\tmax_calls_per_s = 1\n"
					  "\tcalls_burst = 2\n"));
	expect_reached(&scene, CALLER, CALLEE);
	expect_reached(&scene, CALLER, CALLEE);
	expect_status(&scene, CALLER, CALLEE, 503);
	expect_reached(&scene, CALLER, "911");
	claim_number(metric_shed(&scene, "trunk-rate"), 1);
	peer_expect_nothing(&scene.callee, 1000);
	expect_reached(&scene, CALLER, CALLEE);
	scene_close(&scene);
}
END_TEST

START_TEST(all_together_keep_theirs)
{
	struct scene scene;

	scene_open(&scene, SCENE(.limits = "\tmax_calls_per_s = 1\n"));
	expect_reached(&scene, CALLER, CALLEE);
	expect_status(&scene, CALLER, CALLEE, 503);
	expect_reached(&scene, CALLER, "911");
	claim_number(metric_shed(&scene, "rate"), 1);
	scene_close(&scene);
}
END_TEST

/* Whoever repeats an INVITE has not seen our answer, or not yet. */
START_TEST(repeated_invite_takes_no_second_token)
{
	struct scene scene;
	struct call call, refused;
	const struct message *first, *second;

	scene_open(&scene, SCENE(.trunk = "\tmax_calls_per_s = 1\n"
					  "\tcalls_burst = 2\n"));
	scene.caller.shows_retransmissions = true;
	call_place(&call, &scene, NULL);
	dialog_resend(&call.caller, PARTS(.body = OFFER));
	dialog_resend(&call.caller, PARTS(.body = OFFER));
	expect_reached(&scene, CALLER, CALLEE);

	call_begin(&refused, &scene, CALLER, CALLEE, NULL);
	first = dialog_expect(&refused.caller, 503, "INVITE");
	/* By then there would be room. */
	peer_expect_nothing(&scene.callee, 1000);
	dialog_resend(&refused.caller, PARTS(.body = OFFER));
	second = dialog_expect(&refused.caller, 503, "INVITE");
	claim_text(message_header(second, "To", 0),
		   message_header(first, "To", 0));
	claim_text(message_header(second, "Retry-After", 0), "5");
	dialog_ack_failure(&refused.caller, second);
	claim_number(metric_shed(&scene, "trunk-rate"), 1);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* The trunk "carrier" and its callee, and beside them another of each. */
struct neighbours {
	struct scene scene;
	struct peer caller, callee;
};

static void neighbours_open(struct neighbours *n, const char *of_carrier,
			    const char *of_all)
{
	struct scene *scene = &n->scene;
	char sections[600], address[32];

	scene_init(scene, NULL);
	peer_open(&n->caller, "other", "udp",
		  daemon_address(address, &scene->daemon, 5), 0);
	peer_open(&n->callee, "other-callee", "udp",
		  daemon_address(address, &scene->daemon, 6), 0);
	peer_set_target(&n->caller, scene->daemon.host, scene->daemon.port);
	snprintf(sections, sizeof(sections),
		 "trunk other {\n\tsources = {\"%s\"}\n\troute = \"aside\"\n}\n"
		 "gateway aside {\n\turi = \"sip:%s:%u\"\n"
		 "\toptions_interval_s = 0\n}\n"
		 "route aside {\n\tgateways = {\"aside\"}\n}\n",
		 n->caller.address, n->callee.host, n->callee.port);
	scene_configure(scene, SCENE(.trunk = of_carrier, .limits = of_all,
				     .sections = sections));
	daemon_start(&scene->daemon);
}

static void neighbours_close(struct neighbours *n)
{
	peer_close(&n->caller);
	peer_close(&n->callee);
	scene_close(&n->scene);
}

static void expect_neighbour_bridged(struct neighbours *n)
{
	struct call call;

	dialog_init(&call.caller, &n->caller, CALLER, CALLEE);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	call_reaches(&call, &n->callee);
	call_answer(&call);
	call_hang_up(&call);
}

static unsigned take(struct peer *peer, int status, const char *method)
{
	unsigned n = 0;

	while (peer_poll(peer, status, method, NULL, n ? 0 : 20))
		n++;
	return n;
}

#define ROUNDS 20
#define AHEAD  20 /* calls of the one for each of the other */

/* check 74. Limits of the trunk's own, or those of all alone. */
START_TEST(flood_on_one_trunk_leaves_another_alone)
{
	static const char *const limits[][2] = {
		{"\tmax_calls_per_s = 20\n", ""},
		{"", "\tmax_calls_per_s = 80\n"},
	};
	static const unsigned per_s[] = {20, 80};
	struct neighbours n;
	struct call call;
	unsigned shed = 0, judged = 0;
	long began, s;

	neighbours_open(&n, limits[_i][0], limits[_i][1]);
	scene_block(&n.scene, BLOCKED, 100);
	began = trace_clock_ms();
	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < AHEAD; k++)
			call_begin(&call, &n.scene, BLOCKED, CALLEE, NULL);
		expect_neighbour_bridged(&n);
		shed += take(&n.scene.caller, 503, "INVITE");
		judged += take(&n.scene.caller, 607, "INVITE");
	}
	claim_number(shed + judged, ROUNDS * AHEAD);
	/* Those of the first moment, too. */
	s = (trace_clock_ms() - began) / 1000 + 2;
	claim(judged <= per_s[_i] * s, "%u were judged in %ld s", judged, s);
	neighbours_close(&n);
}
END_TEST

#define CAP "\tcallee_burst = 3\n\tcallee_window_s = 2\n"

START_TEST(one_number_gets_no_more_calls_than_its_burst)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, SCENE(.limits = CAP));
	scene_block(&scene, BLOCKED, 100);
	call_establish(&call, &scene);
	expect_reached(&scene, "+12125550101", "3035550199");
	/* These would be no calls of the number's. */
	for (int i = 0; i < 4; i++)
		expect_status(&scene, BLOCKED, CALLEE, 607);
	expect_reached(&scene, "+12125550102", "+1-303-555-0199;npdi");

	dialog_init(&call.callee, &scene.caller, "+12125550103", CALLEE);
	dialog_send(&call.callee, "INVITE", PARTS(.body = OFFER));
	answer = dialog_expect_failure(&call.callee, 480);
	claim_text(message_header(answer, "Retry-After", 0), "2");
	expect_status(&scene, BLOCKED, CALLEE, 607);
	expect_reached(&scene, CALLER, "+12125550198");
	claim_number(metric_shed(&scene, "callee"), 1);
	daemon_await_logged(&scene.daemon,
			    "event=refused status=480 reason=\"callee\"");
	/* A third of two seconds brings back one of three. */
	peer_expect_nothing(&scene.callee, 700);
	expect_reached(&scene, CALLER, CALLEE);
	expect_status(&scene, CALLER, CALLEE, 480);
	dialog_send(&call.caller, "BYE", NULL);
	answer = peer_expect(&scene.callee, 0, "BYE", NULL);
	peer_reply(&scene.callee, answer, 200, NULL);
	dialog_expect(&call.caller, 200, "BYE");
	daemon_stop(&scene.daemon);
	claim_number(daemon_sql_int(&scene.daemon, "SELECT count(*) FROM calls "
						   "WHERE status = 480"),
		     0);
	daemon_start(&scene.daemon);
	scene_close(&scene);
}
END_TEST

START_TEST(wanted_calls_reach_a_number_that_is_flooded)
{
	struct scene scene;

	scene_open(&scene, SCENE(.limits = "\tcallee_burst = 1\n"
					   "\tcallee_window_s = 3600\n"));
	daemon_sql(&scene.daemon,
		   "INSERT INTO allowlist(number) VALUES('+12125550177')");
	daemon_await_metric_equal(&scene.daemon, "callsieve_list_entries", 1,
				  1000);
	scene_ping(&scene);
	expect_reached(&scene, CALLER, "+12125550198");
	expect_status(&scene, CALLER, "+12125550198", 480);
	expect_reached(&scene, "+12125550177", "+12125550198");
	for (int i = 0; i < 3; i++)
		expect_reached(&scene, CALLER, "911");
	scene_close(&scene);
}
END_TEST

START_TEST(short_numbers_have_a_limit_and_names_have_none)
{
	struct scene scene;

	scene_open(&scene, SCENE(.limits = "\tcallee_burst = 1\n"
					   "\tcallee_window_s = 3600\n"));
	expect_reached(&scene, CALLER, "4444");
	expect_status(&scene, CALLER, "4444", 480);
	expect_reached(&scene, CALLER, "4445");
	expect_reached(&scene, CALLER, "alice");
	expect_reached(&scene, CALLER, "alice");
	scene_close(&scene);
}
END_TEST

/* Two that wait for the same answer, and room for one. */
START_TEST(call_that_waited_may_be_one_too_many)
{
	const struct fake_http_reply slow = {
		.way = HTTP_ANSWER, .delay_ms = 150, .body = "{\"score\": 0}"};
	struct fake_http *http;
	struct scene scene;
	const struct message *answer;
	struct call calls[2];
	bool lost;
	char section[200];

	claim(!fake_http_start(&http, 0, NULL, NULL), "no HTTP server");
	fake_http_set_reply(http, &slow);
	snprintf(section, sizeof(section),
		 "reputation {\n\turl = \"http://127.0.0.1:%u/{e164}\"\n"
		 "\tdeadline_ms = 2000\n}\n",
		 fake_http_port(http));
	scene_open(&scene, SCENE(.limits = "\tcallee_burst = 1\n"
					   "\tcallee_window_s = 3600\n",
				 .sections = section));
	call_begin(&calls[0], &scene, CALLER, CALLEE, NULL);
	call_begin(&calls[1], &scene, CALLER, CALLEE, NULL);
	/* The one or the other. */
	answer = peer_expect(&scene.caller, 480, "INVITE", NULL);
	claim_text(message_header(answer, "Retry-After", 0), "3600");
	lost = strcmp(message_header(answer, "Call-ID", 0),
		      calls[1].caller.call_id) == 0;
	dialog_ack_failure(&calls[lost].caller, answer);
	call_reaches(&calls[!lost], &scene.callee);
	call_refuse(&calls[!lost], 486);
	/* Now nobody is asked for what will be refused. */
	expect_status(&scene, "+12125550101", CALLEE, 480);
	claim_number(fake_http_requests(http), 1);
	scene_close(&scene);
	fake_http_stop(http);
}
END_TEST

#define FLOOD 200

static unsigned lines_with(const struct scene *scene, const char *text)
{
	FILE *log = fopen(scene->daemon.log, "r");
	char line[4096];
	unsigned n = 0;

	while (log && fgets(line, sizeof(line), log))
		n += strstr(line, text) != NULL;
	fclose(log);
	return n;
}

/* Requests of all kinds outside of any dialog. */
static void send_all_kinds(struct peer *peer)
{
	static const char *const methods[] = {"OPTIONS", "REGISTER",
					      "SUBSCRIBE", "NOTIFY", "FOO"};
	struct dialog dialog;

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		dialog_init(&dialog, peer, CALLER, CALLEE);
		dialog_send(&dialog, methods[i], NULL);
	}
	dialog_init(&dialog, peer, CALLER, CALLEE);
	strcat(dialog.remote, ";tag=gone");
	dialog_send(&dialog, "INVITE", PARTS(.body = OFFER));
	dialog_cancel(&dialog, NULL);
	dialog_ack(&dialog, NULL);
	dialog_send(&dialog, "BYE", NULL);
	peer_printf(peer,
		    "SIP/2.0 200 OK\r\n"
		    "Via: SIP/2.0/UDP %s;branch=z9hG4bKnone\r\n"
		    "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\n"
		    "Call-ID: none\r\nCSeq: 1 INVITE\r\n\r\n",
		    peer->target_uri);
	peer_printf(peer, "\r\n\r\nnonsense \x01\x02\r\n\r\n");
}

/* What has come meanwhile: a socket holds no more than a few hundred. */
static void take_answers(struct peer *peer, const int statuses[3],
			 unsigned counts[3])
{
	static const char *const methods[] = {"REGISTER", "SUBSCRIBE", "NOTIFY",
					      "FOO",	  "INVITE",    "CANCEL",
					      "BYE"};

	counts[0] += take(peer, statuses[0], "OPTIONS");
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		counts[i < 4 ? 1 : 2] +=
			take(peer, statuses[i < 4 ? 1 : 2], methods[i]);
}

START_TEST(flood_of_what_is_no_call_leaves_calls_alone)
{
	static const int ours[] = {200, 405, 481}, theirs[] = {403, 403, 403};
	static const unsigned sent[] = {FLOOD, 4 * FLOOD, 3 * FLOOD};
	unsigned answers[3] = {0}, refusals[3] = {0};
	struct scene scene;
	struct peer stranger;
	char address[32];
	long stray;

	scene_open(&scene, SCENE(.trunk = "\tscreen = no\n"));
	peer_open(&stranger, "stranger", "udp",
		  daemon_address(address, &scene.daemon, 9), 0);
	peer_set_target(&stranger, scene.daemon.host, scene.daemon.port);
	stranger.tolerant = scene.caller.tolerant = true;
	for (int i = 1; i <= FLOOD; i++) {
		send_all_kinds(&scene.caller);
		send_all_kinds(&stranger);
		if (i % 10)
			continue;
		expect_bridged(&scene, CALLER);
		take_answers(&scene.caller, ours, answers);
		take_answers(&stranger, theirs, refusals);
	}
	for (int i = 0; i < 3; i++) {
		claim_number(answers[i], sent[i]);
		claim_number(refusals[i], sent[i]);
	}
	daemon_await_metric_equal(&scene.daemon, "callsieve_calls", 0, 3000);
	claim_number(daemon_metric(&scene.daemon,
				   "callsieve_refused_total{status=\"405\"}"),
		     4 * FLOOD);
	claim_number(daemon_metric(&scene.daemon,
				   "callsieve_refused_total{status=\"481\"}"),
		     3 * FLOOD);
	stray = daemon_metric(&scene.daemon,
			      "callsieve_stray_total{what=\"response\"}");
	claim(stray >= FLOOD, "%ld stray responses", stray);
	peer_close(&stranger);
	daemon_stop(&scene.daemon);
	/* Of each, trunk and strangers: five at once and one a second. */
	claim(lines_with(&scene, "event=refused") <= 40, "%u lines",
	      lines_with(&scene, "event=refused"));
	claim(lines_with(&scene, "event=refused") >= 10, "%u lines",
	      lines_with(&scene, "event=refused"));
	daemon_start(&scene.daemon);
	scene_close(&scene);
}
END_TEST

/* From the caller's address, each a call of its own. */
static void flood_with_invites(const struct scene *scene, int fd, unsigned *n,
			       unsigned count)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	char text[1024];
	int len;

	inet_pton(AF_INET, scene->daemon.host, &to.sin_addr);
	to.sin_port = htons((uint16_t)scene->daemon.port);
	for (; count; count--) {
		len = snprintf(text, sizeof(text),
			       "INVITE sip:%s@callsieve SIP/2.0\r\n"
			       "Via: SIP/2.0/UDP "
			       "flood.example;rport;branch=z9hG4bK%u\r\n"
			       "From: <sip:%s@flood.example>;tag=%u\r\n"
			       "To: <sip:%s@callsieve>\r\n"
			       "Call-ID: flood%u\r\nCSeq: 1 INVITE\r\n"
			       "Contact: <sip:flood@%s>\r\nMax-Forwards: 70\r\n"
			       "Content-Length: 0\r\n\r\n",
			       CALLEE, *n, BLOCKED, *n, CALLEE, *n,
			       scene->caller.address);
		++*n;
		sendto(fd, text, (size_t)len, MSG_DONTWAIT,
		       (struct sockaddr *)&to, sizeof(to));
	}
}

/* Our timers may be on time while datagrams wait: the queue tells. */
START_TEST(calls_are_refused_while_datagrams_pile_up)
{
	struct scene scene;
	struct sockaddr_in from = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd answers = {fd, POLLIN, 0};
	char text[2048];
	unsigned n = 0;

	scene_open(&scene,
		   SCENE(.lag_ms = 10, .limits = "\tmax_setup = 0\n"
						 "\tmax_unacked = 0\n"));
	scene_block(&scene, BLOCKED, 100);
	inet_pton(AF_INET, scene.caller.address, &from.sin_addr);
	claim(!bind(fd, (struct sockaddr *)&from, sizeof(from)), "bind");
	/* The metrics are another thread's: they do not wait for the loop. */
	for (unsigned i = 0; !metric_shed(&scene, "queue"); i++) {
		claim(i < 500, "none was refused");
		flood_with_invites(&scene, fd, &n, 2000);
	}
	/* It is over when no answer comes any more. */
	while (poll(&answers, 1, 500) == 1)
		claim(recv(fd, text, sizeof(text), 0) > 0, "recv");
	close(fd);
	expect_reached(&scene, CALLER, CALLEE);
	scene_close(&scene);
}
END_TEST

Suite *floods_suite(void)
{
	Suite *suite = suite_create("floods");
	TCase *tests = scene_tcase(suite, "floods");

	tcase_add_test(tests, trunk_keeps_its_rate);
	tcase_add_test(tests, all_together_keep_theirs);
	tcase_add_test(tests, repeated_invite_takes_no_second_token);
	tcase_add_loop_test(tests, flood_on_one_trunk_leaves_another_alone, 0,
			    2);
	tcase_add_test(tests, one_number_gets_no_more_calls_than_its_burst);
	tcase_add_test(tests, wanted_calls_reach_a_number_that_is_flooded);
	tcase_add_test(tests, short_numbers_have_a_limit_and_names_have_none);
	tcase_add_test(tests, call_that_waited_may_be_one_too_many);
	tcase_add_test(tests, flood_of_what_is_no_call_leaves_calls_alone);
	tcase_add_test(tests, calls_are_refused_while_datagrams_pile_up);
	return suite;
}
