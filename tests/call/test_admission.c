/* Limits: what goes beyond them gets 503 with Retry-After and leaves nothing
 * behind; emergency calls and calls in progress never feel them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

static void expect_shed(struct scene *scene)
{
	struct call call;
	const struct message *answer;
	long calls = daemon_metric(&scene->daemon, "callsieve_calls");

	call_begin(&call, scene, CALLER, CALLEE, NULL);
	answer = dialog_expect_failure(&call.caller, 503);
	claim(message_header(answer, "Retry-After", 0) &&
		      atoi(message_header(answer, "Retry-After", 0)) > 0,
	      "no Retry-After");
	claim_number(daemon_metric(&scene->daemon, "callsieve_calls"), calls);
}

/* The limit of everything, and that of the trunk. */
static void open_limited(struct scene *scene, int of_trunk, const char *line)
{
	scene_open(scene,
		   of_trunk ? SCENE(.trunk = line) : SCENE(.limits = line));
}

START_TEST(no_more_calls_than_max_calls)
{
	struct scene scene;
	struct call calls[2];

	open_limited(&scene, _i, "\tmax_calls = 2\n");
	call_establish(&calls[0], &scene);
	call_place(&calls[1], &scene, NULL);
	expect_shed(&scene);
	call_answer(&calls[1]);
	expect_shed(&scene);
	call_hang_up(&calls[0]);
	expect_bridged(&scene, CALLER);
	call_hang_up(&calls[1]);
	claim_number(daemon_metric(&scene.daemon,
				   "callsieve_calls_total{action=\"shed\"}"),
		     2);
	claim_number(
		daemon_metric(&scene.daemon,
			      _i ? "callsieve_shed_total{trunk=\"carrier\","
				   "reason=\"trunk-calls\"}"
				 : "callsieve_shed_total{trunk=\"carrier\","
				   "reason=\"calls\"}"),
		2);
	daemon_await_metric_equal(&scene.daemon,
				  "callsieve_trunk_calls{trunk=\"carrier\"}", 0,
				  3000);
	daemon_await_logged(&scene.daemon,
			    _i ? "status=503 reason=\"trunk-calls\""
			       : "status=503 reason=\"calls\"");
	scene_close(&scene);
}
END_TEST

START_TEST(no_more_calls_in_setup_than_max_setup)
{
	struct scene scene;
	struct call call;

	open_limited(&scene, _i, "\tmax_setup = 1\n");
	call_place(&call, &scene, NULL);
	expect_shed(&scene);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	/* A phone that rings may do so for long, and costs nothing. */
	expect_bridged(&scene, CALLER);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(no_more_answers_without_ack_than_max_unacked)
{
	struct scene scene;
	struct call call;

	open_limited(&scene, _i, "\tmax_unacked = 1\n");
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	expect_shed(&scene);
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	expect_bridged(&scene, CALLER);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(refusal_without_ack_counts_as_well)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	open_limited(&scene, _i, "\tmax_unacked = 1\n");
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 486, NULL);
	dialog_expect_request(&call.callee, "ACK");
	answer = dialog_expect(&call.caller, 486, "INVITE");
	scene_ping(&scene);
	expect_shed(&scene);
	dialog_ack_failure(&call.caller, answer);
	scene_ping(&scene);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

START_TEST(emergency_is_never_shed)
{
	struct scene scene;
	struct call full, call;

	scene_open(&scene, SCENE(.limits = "\tmax_calls = 1\n"
					   "\tmax_setup = 1\n"
					   "\tmax_unacked = 1\n"));
	call_place(&full, &scene, NULL);
	expect_shed(&scene);
	call_begin(&call, &scene, CALLER, "911", NULL);
	call_reaches(&call, &scene.callee);
	call_answer(&call);
	call_hang_up(&call);
	call_refuse(&full, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(call_in_progress_is_not_shed)
{
	struct scene scene;
	struct call call;
	const struct message *message;

	scene_open(&scene, SCENE(.limits = "\tmax_calls = 1\n"));
	call_establish(&call, &scene);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	message = dialog_expect_request(&call.callee, "INVITE");
	dialog_reply(&call.callee, message, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* Beside the trunk "carrier" another one, at an address of its own. */
struct pair {
	struct scene scene;
	struct peer other;
};

static void pair_open(struct pair *pair, const char *of_carrier,
		      const char *of_all)
{
	struct scene *scene = &pair->scene;
	char section[200], address[32];

	scene_init(scene, NULL);
	peer_open(&pair->other, "other", "udp",
		  daemon_address(address, &scene->daemon, 5), 0);
	peer_set_target(&pair->other, scene->daemon.host, scene->daemon.port);
	snprintf(section, sizeof(section),
		 "trunk other {\n\tsources = {\"%s\"}\n\troute = \"out\"\n}\n",
		 pair->other.address);
	scene_configure(scene, SCENE(.trunk = of_carrier, .limits = of_all,
				     .sections = section));
	daemon_start(&scene->daemon);
}

static void pair_close(struct pair *pair)
{
	peer_close(&pair->other);
	scene_close(&pair->scene);
}

static void other_begins(struct call *call, struct pair *pair)
{
	dialog_init(&call->caller, &pair->other, CALLER, CALLEE);
	dialog_send(&call->caller, "INVITE", PARTS(.body = OFFER));
}

static void expect_other_bridged(struct pair *pair)
{
	struct call call;

	other_begins(&call, pair);
	call_reaches(&call, &pair->scene.callee);
	call_answer(&call);
	call_hang_up(&call);
}

START_TEST(one_trunks_limit_is_not_anothers)
{
	struct pair pair;
	struct call full;

	pair_open(&pair, "\tmax_calls = 1\n", "");
	call_establish(&full, &pair.scene);
	expect_shed(&pair.scene);
	expect_other_bridged(&pair);
	call_hang_up(&full);
	pair_close(&pair);
}
END_TEST

/* One trunk has taken all there is. */
START_TEST(limit_of_all_leaves_each_trunk_its_share)
{
	struct pair pair;
	struct call full[2], call, beyond;

	pair_open(&pair, "", "\tmax_calls = 2\n");
	call_establish(&full[0], &pair.scene);
	call_establish(&full[1], &pair.scene);
	expect_shed(&pair.scene);
	other_begins(&call, &pair);
	call_reaches(&call, &pair.scene.callee);
	call_answer(&call);
	expect_shed(&pair.scene);
	other_begins(&beyond, &pair);
	dialog_expect_failure(&beyond.caller, 503);
	call_hang_up(&call);
	call_hang_up(&full[0]);
	call_hang_up(&full[1]);
	pair_close(&pair);
}
END_TEST

Suite *admission_suite(void)
{
	Suite *suite = suite_create("admission");
	TCase *tests = scene_tcase(suite, "admission");

	tcase_add_loop_test(tests, no_more_calls_than_max_calls, 0, 2);
	tcase_add_loop_test(tests, no_more_calls_in_setup_than_max_setup, 0, 2);
	tcase_add_loop_test(tests, no_more_answers_without_ack_than_max_unacked,
			    0, 2);
	tcase_add_loop_test(tests, refusal_without_ack_counts_as_well, 0, 2);
	tcase_add_test(tests, emergency_is_never_shed);
	tcase_add_test(tests, call_in_progress_is_not_shed);
	tcase_add_test(tests, one_trunks_limit_is_not_anothers);
	tcase_add_test(tests, limit_of_all_leaves_each_trunk_its_share);
	return suite;
}
