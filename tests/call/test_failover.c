/* The next gateway is tried when one cannot take the call, never when it has
 * said what becomes of it. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* The scene's callee is the gateway "core"; a second one is "spare". */
static void open_two(struct scene *scene, struct peer *spare,
		     const char *gateway, const char *gateways,
		     const char *route)
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
				     .route = route, .sections = section));
	daemon_start(&scene->daemon);
}

#define QUIET "\toptions_interval_s = 0\n"
#define FAST  QUIET "\tanswer_ms = 200\n"
#define BOTH  "\"core\", \"spare\""

#define ALL_STATUSES "\tfailover_on = {408, 480, 500, 502, 503, 504}\n"

static void close_two(struct scene *scene, struct peer *spare)
{
	peer_close(spare);
	scene_close(scene);
}

static const struct message *get_invite(struct peer *gateway)
{
	return peer_expect(gateway, 0, "INVITE", NULL);
}

static void refuse(struct peer *gateway, int status, const struct parts *parts)
{
	peer_reply(gateway, get_invite(gateway), status, parts);
	peer_expect(gateway, 0, "ACK", NULL);
}

/* check 4, check 67 */
START_TEST(next_gateway_is_tried_after_503)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	const struct message *first;

	open_two(&scene, &spare, QUIET, BOTH, "");
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	first = get_invite(&scene.callee);
	peer_reply(&scene.callee, first, 503, NULL);
	peer_expect(&scene.callee, 0, "ACK", NULL);
	call_reaches(&call, &spare);
	claim(strcmp(message_header(first, "Via", 0),
		     message_header(call.invite, "Via", 0)) != 0,
	      "the same branch again");
	claim(strcmp(message_header(first, "Call-ID", 0),
		     message_header(call.invite, "Call-ID", 0)) != 0,
	      "the same Call-ID again");
	claim_text(call.invite->body, OFFER);
	call_answer(&call);
	call_hang_up(&call);
	claim_number(daemon_metric(&scene.daemon, "callsieve_failovers_total"),
		     1);
	close_two(&scene, &spare);
}
END_TEST

/* Each leg of each attempt is found by the call's own id. */
START_TEST(failed_attempts_are_logged_with_their_call_ids)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	const struct message *first;
	char text[300], id[32];

	open_two(&scene, &spare, QUIET, BOTH, "");
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	first = get_invite(&scene.callee);
	peer_reply(&scene.callee, first, 503, NULL);
	peer_expect(&scene.callee, 0, "ACK", NULL);
	call_reaches(&call, &spare);
	call_answer(&call);
	call_hang_up(&call);
	daemon_await_metric(&scene.daemon, "callsieve_records_written_total", 1,
			    PEER_PATIENCE_MS);
	snprintf(id, sizeof(id), "%s",
		 daemon_sql_text(&scene.daemon, "SELECT id FROM calls"));
	snprintf(text, sizeof(text),
		 "call=%s event=gateway-failed gateway=core status=503 "
		 "why=refused call_id_out=%s",
		 id, message_header(first, "Call-ID", 0));
	daemon_await_logged(&scene.daemon, text);
	snprintf(text, sizeof(text),
		 "call=%s event=ended by=caller status=200 answered=yes "
		 "gateway=spare call_id_out=%s",
		 id, message_header(call.invite, "Call-ID", 0));
	daemon_await_logged(&scene.daemon, text);
	close_two(&scene, &spare);
}
END_TEST

/* A gateway nobody is at: 0 by UDP, 1 by TCP; check 67. */
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

/* check 67 */
START_TEST(next_gateway_is_tried_after_silence)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	struct dialog late;
	const struct message *first;

	open_two(&scene, &spare, FAST, BOTH, "");
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

	open_two(&scene, &spare, FAST, BOTH, "");
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

	open_two(&scene, &spare, FAST, BOTH, "");
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

	open_two(&scene, &spare, FAST, BOTH, "");
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

/* check 66 */
START_TEST(what_a_gateway_said_of_the_call_is_final)
{
	struct scene scene;
	struct peer spare;
	struct call call;

	open_two(&scene, &spare, QUIET, BOTH, "");
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

	open_two(&scene, &spare, QUIET, BOTH, "");
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	refuse(&scene.callee, 503, NULL);
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

	open_two(&scene, &spare, QUIET, BOTH, "");
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 183, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 183, "INVITE");
	dialog_reply(&call.callee, call.invite, 503, NULL);
	dialog_expect_request(&call.callee, "ACK");

	/* 503 would make the caller's side give up on all of us. */
	answer = peer_poll(&scene.caller, 500, "INVITE", NULL, PEER_PATIENCE_MS);
	if (!answer)
		answer = peer_expect(&scene.caller, 503, "INVITE", NULL);
	dialog_ack_failure(&call.caller, answer);
	close_two(&scene, &spare);
}
END_TEST

/* check 68 */
START_TEST(gateways_that_all_say_503_make_it_500)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	const struct message *answer;

	open_two(&scene, &spare, QUIET, BOTH, "");
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	refuse(&scene.callee, 503, NULL);
	refuse(&spare, 503, NULL);
	answer = dialog_expect_failure(&call.caller, 500);
	claim(!message_header(answer, "Retry-After", 0), "whose?");
	close_two(&scene, &spare);
}
END_TEST

/* Two gateways, one after the other, and what the caller gets; check 69. */
static const struct {
	int first, second, caller;
} outcomes[] = {
	{503, 404, 404}, {480, 503, 480}, {480, 603, 603}, {503, 607, 607},
	{502, 486, 486}, {500, 302, 302}, {480, 407, 407}, {408, 420, 420},
	{500, 503, 500}, {502, 503, 502}, {503, 504, 504}, {480, 486, 480},
};

#define OUTCOMES (sizeof(outcomes) / sizeof(*outcomes))

START_TEST(best_answer_of_all_gateways_is_given)
{
	struct scene scene;
	struct peer spare;
	struct call call;

	open_two(&scene, &spare, QUIET, BOTH, ALL_STATUSES);
	for (size_t i = 0; i < OUTCOMES; i++) {
		call_begin(&call, &scene, CALLER, CALLEE, NULL);
		refuse(&scene.callee, outcomes[i].first, NULL);
		refuse(&spare, outcomes[i].second, NULL);
		dialog_expect_failure(&call.caller, outcomes[i].caller);
	}
	close_two(&scene, &spare);
}
END_TEST

START_TEST(best_answer_keeps_its_headers_and_phrase)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	const struct message *answer;

	open_two(&scene, &spare, QUIET, BOTH, ALL_STATUSES);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	refuse(&scene.callee, 480,
	       PARTS(.phrase = "Gone Fishing",
		     .headers = "Reason: Q.850;cause=20\r\n"
				"Warning: 399 core.example \"try at noon\"\r\n"
				"Retry-After: 3600\r\n"));
	refuse(&spare, 503, PARTS(.headers = "Retry-After: 7\r\n"));
	answer = dialog_expect_failure(&call.caller, 480);
	claim_text(answer->phrase, "Gone Fishing");
	claim_text(message_header(answer, "Reason", 0), "Q.850;cause=20");
	claim_text(message_header(answer, "Warning", 0),
		   "399 core.example \"try at noon\"");
	claim_text(message_header(answer, "Retry-After", 0), "3600");
	claim_number(message_count(answer, "Retry-After"), 1);
	close_two(&scene, &spare);
}
END_TEST

/* 0: the first says 503, the second nothing; 1: the other way round. */
START_TEST(silence_counts_as_408)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	const struct message *invite;

	open_two(&scene, &spare, FAST, _i ? BOTH : "\"spare\", \"core\"", "");
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	if (_i) {
		invite = get_invite(&scene.callee);
		refuse(&spare, 503, NULL);
	} else {
		refuse(&spare, 503, NULL);
		invite = get_invite(&scene.callee);
	}
	dialog_expect_failure(&call.caller, 408);
	peer_reply(&scene.callee, invite, 486, NULL);
	peer_expect(&scene.callee, 0, "ACK", NULL);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(route_says_which_answers_move_on)
{
	static const int named[] = {408, 480, 500, 502, 504};
	struct scene scene;
	struct peer spare;
	struct call call;

	open_two(&scene, &spare, QUIET, BOTH,
		 "\tfailover_on = {408, 480, 500, 502, 504}\n");
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
		call_begin(&call, &scene, CALLER, CALLEE, NULL);
		refuse(&scene.callee, named[i], NULL);
		call_reaches(&call, &spare);
		call_answer(&call);
		call_hang_up(&call);
	}
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	refuse(&scene.callee, 503, NULL);
	dialog_expect_failure(&call.caller, 500);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(once_it_rings_no_answer_moves_on)
{
	static const int statuses[] = {408, 480, 500, 502, 504};
	struct scene scene;
	struct peer spare;
	struct call call;

	open_two(&scene, &spare, QUIET, BOTH, ALL_STATUSES);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		call_place(&call, &scene, NULL);
		dialog_reply(&call.callee, call.invite, 180, NULL);
		dialog_expect(&call.caller, 180, "INVITE");
		call_refuse(&call, statuses[i]);
	}
	close_two(&scene, &spare);
}
END_TEST

START_TEST(attempts_for_one_call_are_limited)
{
	struct scene scene;
	struct peer spare;
	struct call call;

	open_two(&scene, &spare, QUIET, BOTH, "\tmax_attempts = 1\n");
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	refuse(&scene.callee, 503, NULL);
	dialog_expect_failure(&call.caller, 500);
	claim_number(daemon_metric(&scene.daemon, "callsieve_failovers_total"),
		     0);
	close_two(&scene, &spare);
}
END_TEST

/* check 73 */
START_TEST(retry_after_makes_nobody_try_again)
{
	static const int statuses[] = {480, 486, 503};
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		call_begin(&call, &scene, CALLER, CALLEE, NULL);
		refuse(&scene.callee, statuses[i],
		       PARTS(.headers = "Retry-After: 1\r\n"));
		dialog_expect_failure(&call.caller,
				      statuses[i] == 503 ? 500 : statuses[i]);
	}
	peer_expect_nothing(&scene.callee, 1300);
	scene_close(&scene);
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

	open_two(&scene, &spare, QUIET, BOTH, "");
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

Suite *failover_suite(void)
{
	Suite *suite = suite_create("failover");
	TCase *tests = scene_tcase(suite, "failover");

	tcase_add_test(tests, next_gateway_is_tried_after_503);
	tcase_add_test(tests, failed_attempts_are_logged_with_their_call_ids);
	tcase_add_loop_test(tests, next_gateway_is_tried_when_refused, 0, 2);
	tcase_add_test(tests, next_gateway_is_tried_after_silence);
	tcase_add_test(tests,
		       late_answer_is_hung_up_on_though_packets_are_lost);
	tcase_add_test(tests, abandoned_gateway_that_rings_late_is_cancelled);
	tcase_add_test(tests, trying_from_the_gateway_is_no_silence);
	tcase_add_test(tests, what_a_gateway_said_of_the_call_is_final);
	tcase_add_test(tests, refusal_by_the_next_gateway_passes);
	tcase_add_test(tests, early_media_binds_the_call_to_its_gateway);
	tcase_add_test(tests, gateways_that_all_say_503_make_it_500);
	tcase_add_test(tests, best_answer_of_all_gateways_is_given);
	tcase_add_test(tests, best_answer_keeps_its_headers_and_phrase);
	tcase_add_loop_test(tests, silence_counts_as_408, 0, 2);
	tcase_add_test(tests, route_says_which_answers_move_on);
	tcase_add_test(tests, once_it_rings_no_answer_moves_on);
	tcase_add_test(tests, attempts_for_one_call_are_limited);
	tcase_add_test(tests, retry_after_makes_nobody_try_again);
	tcase_add_test(tests, one_final_answer_when_all_gateways_are_silent);
	tcase_add_test(tests, cancel_during_failover_ends_it);
	return suite;
}
