/* Which gateway a call goes to: by priority and weight, and only to what seems
 * to live. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* The scene's callee is the gateway "core"; a second one, which nobody asks
 * by OPTIONS, is "spare". */
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

static void close_two(struct scene *scene, struct peer *spare)
{
	peer_close(spare);
	scene_close(scene);
}

#define QUIET "\toptions_interval_s = 0\n"
#define BOTH  "\"core\", \"spare\""

/* A call until it is there, whichever gateway takes it. */
static struct peer *place_anywhere(struct call *call, struct scene *scene,
				   struct peer *spare)
{
	struct peer *peers[] = {&scene->callee, spare};
	long end = trace_clock_ms() + PEER_PATIENCE_MS;

	call_begin(call, scene, CALLER, CALLEE, NULL);
	for (int i = 0;; i = !i) {
		claim(trace_clock_ms() < end, "no gateway was tried");
		call->invite = peer_poll(peers[i], 0, "INVITE", NULL, 2);
		if (call->invite) {
			call->callee_peer = peers[i];
			dialog_accept(&call->callee, peers[i], call->invite);
			return peers[i];
		}
	}
}

/* How many of a hundred calls go to "core". */
static int share(struct scene *scene, struct peer *spare)
{
	struct call call;
	int count = 0;

	for (int i = 0; i < 100; i++) {
		count += place_anywhere(&call, scene, spare) == &scene->callee;
		call_refuse(&call, 486);
	}
	return count;
}

/* Three of four: the bounds are beyond four standard deviations. */
START_TEST(gateways_of_one_priority_share_calls_by_weight)
{
	struct scene scene;
	struct peer spare;
	int count;

	open_two(&scene, &spare, QUIET, "\"spare=10 core=30\"");
	count = share(&scene, &spare);
	claim(count > 55 && count < 95, "%d of 100", count);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(gateway_of_lower_priority_gets_no_calls)
{
	struct scene scene;
	struct peer spare;

	open_two(&scene, &spare, QUIET, "\"core=1\", \"spare=65535\"");
	claim_number(share(&scene, &spare), 100);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(other_gateway_of_the_priority_takes_what_one_cannot)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	struct peer *first;

	open_two(&scene, &spare, QUIET, "\"core spare\"");
	first = place_anywhere(&call, &scene, &spare);
	dialog_reply(&call.callee, call.invite, 503, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_reaches(&call, first == &spare ? &scene.callee : &spare);
	call_answer(&call);
	call_hang_up(&call);
	close_two(&scene, &spare);
}
END_TEST

/* Answers the next OPTIONS; one more of the caller's, answered, shows that
 * our answer was read. */
static void answer_ping(struct scene *scene, int status)
{
	peer_reply(&scene->callee,
		   peer_expect(&scene->callee, 0, "OPTIONS", NULL), status,
		   NULL);
	scene_ping(scene);
}

static void expect_at(struct scene *scene, struct peer *gateway)
{
	struct call call;

	call_begin(&call, scene, CALLER, CALLEE, NULL);
	call_reaches(&call, gateway);
	call_answer(&call);
	call_hang_up(&call);
}

START_TEST(gateway_that_fails_its_options_is_passed_over)
{
	struct scene scene;
	struct peer spare;

	open_two(&scene, &spare, "\toptions_interval_s = 1\n", BOTH);
	scene.callee.ignores = "OPTIONS";
	answer_ping(&scene, 503);
	expect_at(&scene, &scene.callee);
	answer_ping(&scene, 503);
	answer_ping(&scene, 503);
	expect_at(&scene, &spare);

	/* Any other answer proves that it lives; twice is enough. */
	answer_ping(&scene, 405);
	expect_at(&scene, &spare);
	answer_ping(&scene, 404);
	expect_at(&scene, &scene.callee);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(unanswered_options_bring_a_gateway_down)
{
	struct scene scene;
	struct peer spare;

	open_two(&scene, &spare,
		 "\toptions_interval_s = 1\n"
		 "\tanswer_ms = 100\n"
		 "\tdown_after = 1\n"
		 "\tup_after = 1\n",
		 BOTH);
	scene.callee.ignores = "OPTIONS";
	daemon_await_logged(&scene.daemon, "gateway=core event=down");
	expect_at(&scene, &spare);
	while (peer_poll(&scene.callee, 0, "OPTIONS", NULL, 0))
		;
	answer_ping(&scene, 200);
	expect_at(&scene, &scene.callee);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(last_gateway_is_tried_even_if_it_seems_down)
{
	struct scene scene;

	scene_open(&scene, SCENE(.gateway = "\toptions_interval_s = 1\n"));
	scene.callee.ignores = "OPTIONS";
	answer_ping(&scene, 503);
	answer_ping(&scene, 503);
	expect_at(&scene, &scene.callee);
	scene_close(&scene);
}
END_TEST

#define UP	   "callsieve_gateway_up{gateway=\"core\"}"
#define UNANSWERED 4
#define PINGS	   150

/* Calls to "core", which says nothing, until it is suspect. */
static void fall_silent(struct call *calls, struct scene *scene)
{
	for (int i = 0; i < UNANSWERED; i++) {
		if (i == UNANSWERED - 1)
			peer_expect_nothing(&scene->caller, 550);
		call_begin(&calls[i], scene, CALLER, CALLEE, NULL);
		call_reaches(&calls[i], &scene->callee);
	}
}

static void refuse_all(struct call *calls)
{
	for (int i = 0; i < UNANSWERED; i++)
		call_refuse(&calls[i], 486);
}

#define SILENT "\tmax_unanswered = 3\n\tanswer_ms = 32000\n"

START_TEST(silent_gateway_gets_no_new_calls)
{
	struct scene scene;
	struct peer spare;
	struct call calls[UNANSWERED], trial;

	open_two(&scene, &spare, SILENT "\toptions_interval_s = 3600\n", BOTH);
	scene.callee.ignores = "OPTIONS";
	answer_ping(&scene, 200);
	fall_silent(calls, &scene);
	expect_at(&scene, &spare);
	expect_at(&scene, &spare);
	claim_number(daemon_metric(&scene.daemon, UP), 0);

	/* It is asked within a second, and then one call may try. */
	answer_ping(&scene, 200);
	call_begin(&trial, &scene, CALLER, CALLEE, NULL);
	call_reaches(&trial, &scene.callee);
	expect_at(&scene, &spare);
	dialog_reply(&trial.callee, trial.invite, 100, NULL);
	scene_ping(&scene);
	claim_number(daemon_metric(&scene.daemon, UP), 1);
	expect_at(&scene, &scene.callee);
	call_refuse(&trial, 486);
	refuse_all(calls);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(silent_gateway_that_is_not_asked_is_tried_after_a_while)
{
	struct scene scene;
	struct peer spare;
	struct call calls[UNANSWERED];

	open_two(&scene, &spare, SILENT QUIET, BOTH);
	fall_silent(calls, &scene);
	expect_at(&scene, &spare);
	peer_expect_nothing(&scene.caller, 1100);
	expect_at(&scene, &scene.callee);
	refuse_all(calls);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(gateway_that_answers_some_calls_is_not_suspect)
{
	struct scene scene;
	struct peer spare;
	struct call calls[UNANSWERED];

	open_two(&scene, &spare, SILENT QUIET, BOTH);
	for (int i = 0; i < UNANSWERED; i++) {
		call_begin(&calls[i], &scene, CALLER, CALLEE, NULL);
		call_reaches(&calls[i], &scene.callee);
		expect_at(&scene, &scene.callee);
	}
	peer_expect_nothing(&scene.caller, 550);
	expect_at(&scene, &scene.callee);
	expect_at(&scene, &scene.callee);
	refuse_all(calls);
	close_two(&scene, &spare);
}
END_TEST

/* Late as they are, they show that it lives. */
START_TEST(late_responses_end_the_suspicion)
{
	struct scene scene;
	struct peer spare;
	struct call calls[UNANSWERED];

	open_two(&scene, &spare, SILENT QUIET, BOTH);
	fall_silent(calls, &scene);
	expect_at(&scene, &spare);
	refuse_all(calls);
	expect_at(&scene, &scene.callee);
	close_two(&scene, &spare);
}
END_TEST

/* Late as we are ourselves, its responses are waiting to be read: behind two
 * new calls and before much else. */
START_TEST(gateway_is_not_suspect_because_we_are_late)
{
	struct scene scene;
	struct peer spare;
	struct call calls[UNANSWERED - 1], more[2];
	struct dialog pings[PINGS];

	open_two(&scene, &spare, SILENT QUIET, BOTH);
	for (int i = 0; i < UNANSWERED - 1; i++) {
		call_begin(&calls[i], &scene, CALLER, CALLEE, NULL);
		call_reaches(&calls[i], &scene.callee);
	}
	daemon_signal(&scene.daemon, SIGSTOP);
	peer_expect_nothing(&spare, 550);
	for (int i = 0; i < 2; i++)
		call_begin(&more[i], &scene, CALLER, CALLEE, NULL);
	for (int i = 0; i < UNANSWERED - 1; i++)
		dialog_reply(&calls[i].callee, calls[i].invite, 100, NULL);
	for (int i = 0; i < PINGS; i++) {
		dialog_init(&pings[i], &scene.caller, CALLER, CALLEE);
		dialog_send(&pings[i], "OPTIONS", NULL);
	}
	daemon_signal(&scene.daemon, SIGCONT);
	for (int i = 0; i < PINGS; i++)
		dialog_expect(&pings[i], 200, "OPTIONS");
	for (int i = 0; i < 2; i++) {
		call_reaches(&more[i], &scene.callee);
		call_refuse(&more[i], 486);
	}
	for (int i = 0; i < UNANSWERED - 1; i++)
		call_refuse(&calls[i], 486);
	close_two(&scene, &spare);
}
END_TEST

START_TEST(silent_gateway_is_used_when_there_is_no_other)
{
	struct scene scene;
	struct call calls[UNANSWERED];

	scene_open(&scene, SCENE(.gateway = SILENT QUIET));
	fall_silent(calls, &scene);
	expect_at(&scene, &scene.callee);
	refuse_all(calls);
	scene_close(&scene);
}
END_TEST

Suite *gateways_suite(void)
{
	Suite *suite = suite_create("gateways");
	TCase *tests = scene_tcase(suite, "gateways");

	tcase_add_test(tests, gateways_of_one_priority_share_calls_by_weight);
	tcase_add_test(tests, gateway_of_lower_priority_gets_no_calls);
	tcase_add_test(tests,
		       other_gateway_of_the_priority_takes_what_one_cannot);
	tcase_add_test(tests, gateway_that_fails_its_options_is_passed_over);
	tcase_add_test(tests, unanswered_options_bring_a_gateway_down);
	tcase_add_test(tests, last_gateway_is_tried_even_if_it_seems_down);
	tcase_add_test(tests, silent_gateway_gets_no_new_calls);
	tcase_add_test(tests,
		       silent_gateway_that_is_not_asked_is_tried_after_a_while);
	tcase_add_test(tests, gateway_that_answers_some_calls_is_not_suspect);
	tcase_add_test(tests, late_responses_end_the_suspicion);
	tcase_add_test(tests, gateway_is_not_suspect_because_we_are_late);
	tcase_add_test(tests, silent_gateway_is_used_when_there_is_no_other);
	return suite;
}
