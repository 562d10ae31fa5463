/* The next gateway is tried when one cannot take the call, never when it has
 * said what becomes of it. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* The scene's callee is the gateway "core"; a second one is "spare". */
static void open_two(struct scene *scene, struct peer *spare,
		     const char *gateway, const char *gateways)
{
	char section[256], address[32];

	scene_init(scene, NULL);
	peer_open(spare, "spare", "udp",
		  daemon_address(address, &scene->daemon, 4), 0);
	snprintf(section, sizeof(section),
		 "gateway spare {\n"
		 "\turi = \"sip:%s:%u\"\n"
		 "\toptions_interval_s = 0\n"
		 "}\n",
		 spare->host, spare->port);
	scene_configure(scene, SCENE(.gateway = gateway, .gateways = gateways,
				     .sections = section));
	daemon_start(&scene->daemon);
}

#define QUIET "\toptions_interval_s = 0\n"
#define FAST  QUIET "\tanswer_ms = 200\n"
#define BOTH  "\"core\", \"spare\""

static void close_two(struct scene *scene, struct peer *spare)
{
	peer_close(spare);
	scene_close(scene);
}

static const struct message *get_invite(struct peer *gateway)
{
	return peer_expect(gateway, 0, "INVITE", NULL);
}

START_TEST(next_gateway_is_tried_after_503)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	const struct message *first;

	open_two(&scene, &spare, QUIET, BOTH);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	first = get_invite(&scene.callee);
	peer_reply(&scene.callee, first, 503, NULL);
	peer_expect(&scene.callee, 0, "ACK", NULL);
	call_reaches(&call, &spare);
	claim(strcmp(message_header(first, "Via", 0),
		     message_header(call.invite, "Via", 0)) != 0,
	      "the same branch again");
	claim_text(call.invite->body, OFFER);
	call_answer(&call);
	call_hang_up(&call);
	claim_number(daemon_metric(&scene.daemon, "callsieve_failovers_total"),
		     1);
	close_two(&scene, &spare);
}
END_TEST

/* A gateway nobody is at: 0 by UDP, 1 by TCP. */
START_TEST(next_gateway_is_tried_when_refused)
{
	struct scene scene;
	struct call call;
	char section[200];

	scene_init(&scene, NULL);
	snprintf(section, sizeof(section),
		 "gateway nobody {\n"
		 "\turi = \"sip:%s:%u;transport=%s\"\n" QUIET "}\n",
		 scene.daemon.host, free_port(scene.daemon.host),
		 _i ? "tcp" : "udp");
	scene_configure(&scene, SCENE(.gateways = "\"nobody\", \"core\"",
				      .sections = section));
	daemon_start(&scene.daemon);
	call_place(&call, &scene, NULL);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(next_gateway_is_tried_after_silence)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	struct dialog late;
	const struct message *first;

	open_two(&scene, &spare, FAST, BOTH);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	first = get_invite(&scene.callee);
	dialog_accept(&late, &scene.callee, first);
	call_reaches(&call, &spare);
	call_answer(&call);

	/* The silent one wakes up: nobody is there for it any more. */
	dialog_reply(&late, first, 200, PARTS(.body = ANSWER));
	dialog_expect_request(&late, "ACK");
	dialog_reply(&late, dialog_expect_request(&late, "BYE"), 200, NULL);
	call_hang_up(&call);
	close_two(&scene, &spare);
}
END_TEST

/* RFC 3261 13.2.2.4: until the callee knows, whatever is lost. */
START_TEST(late_answer_is_hung_up_on_though_packets_are_lost)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	struct dialog late;
	const struct message *first;

	open_two(&scene, &spare, FAST, BOTH);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	first = get_invite(&scene.callee);
	scene.callee.shows_retransmissions = true;
	dialog_accept(&late, &scene.callee, first);
	call_reaches(&call, &spare);
	dialog_reply(&late, first, 200, PARTS(.body = ANSWER));
	dialog_expect_request(&late, "ACK");
	dialog_expect_request(&late, "BYE");
	dialog_reply(&late, first, 200, PARTS(.body = ANSWER));
	dialog_expect_request(&late, "ACK");
	dialog_reply(&late, dialog_expect_request(&late, "BYE"), 200, NULL);
	call_answer(&call);
	call_hang_up(&call);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(abandoned_gateway_that_rings_late_is_cancelled)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	struct dialog late;
	const struct message *first;

	open_two(&scene, &spare, FAST, BOTH);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	first = get_invite(&scene.callee);
	dialog_accept(&late, &scene.callee, first);
	call_reaches(&call, &spare);

	/* RFC 3261 9.1: the CANCEL waits for a provisional answer. */
	dialog_reply(&late, first, 180, NULL);
	dialog_reply(&late, dialog_expect_request(&late, "CANCEL"), 200, NULL);
	dialog_reply(&late, first, 487, NULL);
	dialog_expect_request(&late, "ACK");
	call_answer(&call);
	call_hang_up(&call);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(trying_from_the_gateway_is_no_silence)
{
	struct scene scene;
	struct peer spare;
	struct call call;

	open_two(&scene, &spare, FAST, BOTH);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	call_reaches(&call, &scene.callee);
	dialog_reply(&call.callee, call.invite, 100, NULL);
	peer_expect_nothing(&spare, 400);
	call_answer(&call);
	call_hang_up(&call);
	close_two(&scene, &spare);
}
END_TEST

static const int finals[] = {302, 404, 407, 480, 484, 486, 488,
			     600, 603, 604, 606, 607, 608};

#define FINALS (sizeof(finals) / sizeof(*finals))

START_TEST(what_a_gateway_said_of_the_call_is_final)
{
	struct scene scene;
	struct peer spare;
	struct call call;

	open_two(&scene, &spare, QUIET, BOTH);
	for (size_t i = 0; i < FINALS; i++) {
		call_place(&call, &scene, NULL);
		call_refuse(&call, finals[i]);
	}
	claim_number(daemon_metric(&scene.daemon, "callsieve_failovers_total"),
		     0);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(refusal_by_the_next_gateway_passes)
{
	struct scene scene;
	struct peer spare;
	struct call call;

	open_two(&scene, &spare, QUIET, BOTH);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	peer_reply(&scene.callee, get_invite(&scene.callee), 503, NULL);
	peer_expect(&scene.callee, 0, "ACK", NULL);
	call_reaches(&call, &spare);
	call_refuse(&call, 486);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(early_media_binds_the_call_to_its_gateway)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	const struct message *answer;

	open_two(&scene, &spare, QUIET, BOTH);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 183, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 183, "INVITE");
	dialog_reply(&call.callee, call.invite, 503, NULL);
	dialog_expect_request(&call.callee, "ACK");

	/* 503 would make the caller's side give up on all of us. */
	answer = peer_poll(&scene.caller, 500, "INVITE", NULL, 1000);
	if (!answer)
		answer = peer_expect(&scene.caller, 503, "INVITE", NULL);
	dialog_ack_failure(&call.caller, answer);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(one_final_answer_when_all_gateways_fail)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	const struct message *answer = NULL;
	static const int sensible[] = {500, 503, 480, 408};

	open_two(&scene, &spare, QUIET, BOTH);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	peer_reply(&scene.callee, get_invite(&scene.callee), 503, NULL);
	peer_expect(&scene.callee, 0, "ACK", NULL);
	peer_reply(&spare, get_invite(&spare), 503, NULL);
	peer_expect(&spare, 0, "ACK", NULL);
	for (int i = 0; i < 4 && !answer; i++)
		answer = peer_poll(&scene.caller, sensible[i], "INVITE", NULL,
				   i ? 0 : 1000);
	claim(answer, "no final answer, or a strange one");
	dialog_ack_failure(&call.caller, answer);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(one_final_answer_when_all_gateways_are_silent)
{
	struct scene scene;
	struct call call;
	const struct message *answer = NULL;
	static const int sensible[] = {408, 480, 500, 503, 504};

	scene_open(&scene, SCENE(.gateway = FAST));
	call_place(&call, &scene, NULL);
	for (int i = 0; i < 5 && !answer; i++)
		answer = peer_poll(&scene.caller, sensible[i], "INVITE", NULL,
				   i ? 0 : 1000);
	claim(answer, "no final answer, or a strange one");
	dialog_ack_failure(&call.caller, answer);
	dialog_reply(&call.callee, call.invite, 486, NULL);
	dialog_expect_request(&call.callee, "ACK");
	scene_close(&scene);
}
END_TEST

START_TEST(cancel_during_failover_ends_it)
{
	struct scene scene;
	struct peer spare;
	struct call call;

	open_two(&scene, &spare, QUIET, BOTH);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	call_reaches(&call, &scene.callee);
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_expect_failure(&call.caller, 487);
	dialog_reply(&call.callee, call.invite, 503, NULL);
	dialog_expect_request(&call.callee, "ACK");
	peer_expect_nothing(&spare, 100);
	close_two(&scene, &spare);
}
END_TEST

/* By the answer to its next OPTIONS the gateway is up or down; a request of
 * the caller's, answered, shows that ours was read. */
static void answer_ping(struct scene *scene, int status)
{
	struct dialog probe;
	const struct message *ping =
		peer_expect(&scene->callee, 0, "OPTIONS", NULL);

	peer_reply(&scene->callee, ping, status, NULL);
	dialog_init(&probe, &scene->caller, CALLER, CALLEE);
	dialog_send(&probe, "OPTIONS", NULL);
	dialog_expect(&probe, 200, "OPTIONS");
}

START_TEST(gateway_that_fails_its_options_is_passed_over)
{
	struct scene scene;
	struct peer spare;
	struct call call;

	open_two(&scene, &spare, "\toptions_interval_s = 1\n", BOTH);
	scene.callee.ignores = "OPTIONS";
	answer_ping(&scene, 503);
	answer_ping(&scene, 503);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	call_reaches(&call, &spare);
	call_answer(&call);
	call_hang_up(&call);

	/* Any other answer proves that it lives. */
	answer_ping(&scene, 405);
	call_place(&call, &scene, NULL);
	call_answer(&call);
	call_hang_up(&call);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(last_gateway_is_tried_even_if_it_seems_down)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.gateway = "\toptions_interval_s = 1\n"));
	scene.callee.ignores = "OPTIONS";
	answer_ping(&scene, 503);
	answer_ping(&scene, 503);
	call_place(&call, &scene, NULL);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

Suite *failover_suite(void)
{
	Suite *suite = suite_create("failover");
	TCase *tests = scene_tcase(suite, "failover");

	tcase_add_test(tests, next_gateway_is_tried_after_503);
	tcase_add_loop_test(tests, next_gateway_is_tried_when_refused, 0, 2);
	tcase_add_test(tests, next_gateway_is_tried_after_silence);
	tcase_add_test(tests,
		       late_answer_is_hung_up_on_though_packets_are_lost);
	tcase_add_test(tests, abandoned_gateway_that_rings_late_is_cancelled);
	tcase_add_test(tests, trying_from_the_gateway_is_no_silence);
	tcase_add_test(tests, what_a_gateway_said_of_the_call_is_final);
	tcase_add_test(tests, refusal_by_the_next_gateway_passes);
	tcase_add_test(tests, early_media_binds_the_call_to_its_gateway);
	tcase_add_test(tests, one_final_answer_when_all_gateways_fail);
	tcase_add_test(tests, one_final_answer_when_all_gateways_are_silent);
	tcase_add_test(tests, cancel_during_failover_ends_it);
	tcase_add_test(tests, gateway_that_fails_its_options_is_passed_over);
	tcase_add_test(tests, last_gateway_is_tried_even_if_it_seems_down);
	return suite;
}
