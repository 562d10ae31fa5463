/* Calls that come back: those that would go round for ever end at once, those
 * that are on their way go on (RFC 3261 16.3, RFC 7332). */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* A loop is over within a second, where nothing else runs. Not so on every
 * machine that tests: what is claimed here is how many rounds it goes. */
#define LOOP_MS PEER_PATIENCE_MS
#define FRIEND	"+12125550177"

/* A trunk of the daemon's own address, and that as a gateway. */
static const char *looped(char *buf, size_t size, const struct scene *scene)
{
	snprintf(buf, size,
		 "trunk self {\n\tsources = {\"%s\"}\n\troute = \"out\"\n}\n"
		 "gateway loop {\n\turi = \"sip:%s:%u\"\n"
		 "\toptions_interval_s = 0\n}\n"
		 "gateway loop2 {\n\turi = \"sip:%s:%u;transport=tcp\"\n"
		 "\toptions_interval_s = 0\n}\n",
		 scene->daemon.host, scene->daemon.host, scene->daemon.port,
		 scene->daemon.host, scene->daemon.port);
	return buf;
}

static const struct message *loop_over(struct scene *scene, struct call *call)
{
	const struct message *answer = NULL;
	long end = trace_clock_ms() + LOOP_MS;

	call_begin(call, scene, CALLER, CALLEE, NULL);
	while (!answer) {
		claim(trace_clock_ms() < end, "the loop goes on");
		answer = peer_poll(&scene->caller, 482, "INVITE", NULL, 5);
		if (!answer)
			answer = peer_poll(&scene->caller, 483, "INVITE", NULL,
					   5);
	}
	trace_note("over after %ld ms", LOOP_MS + trace_clock_ms() - end);
	dialog_ack_failure(&call->caller, answer);
	return answer;
}

/* check 9 */
START_TEST(own_gateway_ends_in_482_at_the_second_round)
{
	struct scene scene;
	struct call call;
	char sections[512];
	static const char *const gateways[] = {"\"loop\"", "\"loop2\"",
					       "\"loop\", \"loop2\"",
					       "\"loop\", \"core\""};

	scene_init(&scene, NULL);
	scene_configure(
		&scene,
		SCENE(.sections = looped(sections, sizeof(sections), &scene),
		      .gateways = gateways[_i]));
	daemon_start(&scene.daemon);
	claim_number(loop_over(&scene, &call)->status, 482);
	claim_number(daemon_metric(&scene.daemon, "callsieve_invites_total"),
		     2);
	claim_number(daemon_metric(&scene.daemon, "callsieve_failovers_total"),
		     0);
	scene_close(&scene);
}
END_TEST

/* Two daemons, each the other's gateway, by UDP or by UDP and TCP. */
static void configure_other(struct daemon *other, const struct scene *scene,
			    const char *gateways)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "trunk first {\n\tsources = {\"%s\"}\n\troute = \"out\"\n}\n"
		 "gateway one {\n\turi = \"sip:%s:%u\"\n"
		 "\toptions_interval_s = 0\n}\n"
		 "gateway two {\n\turi = \"sip:%s:%u;transport=tcp\"\n"
		 "\toptions_interval_s = 0\n}\n"
		 "route out {\n\tgateways = {%s}\n}\n"
		 "limits {\n\tmax_loop_lag_ms = 60000\n}\n",
		 scene->daemon.host, scene->daemon.host, scene->daemon.port,
		 scene->daemon.host, scene->daemon.port, gateways);
	daemon_configure(other, text);
}

static void print_other(char *buf, size_t size, const struct daemon *other)
{
	snprintf(buf, size,
		 "trunk other {\n\tsources = {\"%s\"}\n\troute = \"out\"\n}\n"
		 "gateway b1 {\n\turi = \"sip:%s:%u\"\n"
		 "\toptions_interval_s = 0\n}\n"
		 "gateway b2 {\n\turi = \"sip:%s:%u;transport=tcp\"\n"
		 "\toptions_interval_s = 0\n}\n",
		 other->host, other->host, other->port, other->host,
		 other->port);
}

/* check 9. With two gateways on each side it would be 2^70 calls, if one that
 * ends so were tried anew. */
START_TEST(two_callsieves_in_a_ring_end_in_483)
{
	struct scene scene;
	struct daemon other;
	struct call call;
	char sections[1024];
	static const char *const ours[] = {"\"b1\"", "\"b1\", \"b2\""};
	static const char *const theirs[] = {"\"one\"", "\"one\", \"two\""};

	scene_init(&scene, NULL);
	daemon_init(&other);
	print_other(sections, sizeof(sections), &other);
	scene_configure(&scene,
			SCENE(.sections = sections, .gateways = ours[_i]));
	configure_other(&other, &scene, theirs[_i]);
	daemon_start(&other);
	daemon_start(&scene.daemon);
	claim_number(loop_over(&scene, &call)->status, 483);
	daemon_await_metric_equal(&other, "callsieve_calls", 0, 3000);
	claim_number(daemon_metric(&other, "callsieve_invites_total"), 35);
	daemon_stop(&other);
	daemon_fini(&other);
	scene_close(&scene);
}
END_TEST

/* The callee as a trunk too: a proxy that may send a call back. */
static void open_with_proxy(struct scene *scene)
{
	char sections[256];

	scene_init(scene, NULL);
	snprintf(sections, sizeof(sections),
		 "trunk proxy {\n\tsources = {\"%s\"}\n\troute = \"out\"\n}\n",
		 scene->callee.address);
	scene_configure(scene, SCENE(.sections = sections));
	daemon_start(&scene->daemon);
}

/* What a proxy makes of an INVITE: the same but for the Request-URI, which is
 * now for `to`, and its own Via. */
static void send_back(struct dialog *back, struct scene *scene,
		      const struct message *invite, const char *to)
{
	dialog_init(back, &scene->callee, CALLER, to);
	snprintf(back->call_id, sizeof(back->call_id), "%s",
		 message_header(invite, "Call-ID", 0));
	snprintf(back->local, sizeof(back->local), "%s",
		 message_header(invite, "From", 0));
	dialog_send(back, "INVITE", PARTS(.body = OFFER));
}

/* The next new INVITE at the callee, as a call from `caller`. */
static void reaches_again(struct call *call, struct scene *scene,
			  const struct dialog *caller)
{
	call->caller = *caller;
	call_reaches(call, &scene->callee);
}

START_TEST(forwarded_call_goes_on)
{
	struct scene scene;
	struct call call, forwarded;
	struct dialog back;

	/* The callee's proxy sends it to a friend, who is behind us too: a
	 * spiral, not a loop. */
	open_with_proxy(&scene);
	call_place(&call, &scene, NULL);
	send_back(&back, &scene, call.invite, FRIEND);
	reaches_again(&forwarded, &scene, &back);
	claim(strstr(forwarded.invite->uri, FRIEND), "for somebody else: %s",
	      forwarded.invite->uri);

	/* The proxy passes the friend's answer on. */
	dialog_reply(&forwarded.callee, forwarded.invite, 200,
		     PARTS(.body = ANSWER));
	dialog_expect(&forwarded.caller, 200, "INVITE");
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_ack(&forwarded.caller, NULL);
	dialog_expect_request(&forwarded.callee, "ACK");
	call_hang_up(&call);
	call_hang_up(&forwarded);
	scene_close(&scene);
}
END_TEST

START_TEST(call_through_us_twice_goes_on_and_a_third_time_is_a_loop)
{
	struct scene scene;
	struct call call, second;
	struct dialog back, again;

	/* By another trunk it may take another route. */
	open_with_proxy(&scene);
	call_place(&call, &scene, NULL);
	send_back(&back, &scene, call.invite, CALLEE);
	reaches_again(&second, &scene, &back);
	send_back(&again, &scene, second.invite, CALLEE);
	dialog_expect_failure(&again, 482);
	call_refuse(&second, 486);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(call_forked_to_two_of_our_numbers_is_two_calls)
{
	struct scene scene;
	struct call call, other;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	other = call;
	snprintf(other.caller.invite_uri, sizeof(other.caller.invite_uri),
		 "sip:" FRIEND "@%s", scene.caller.target_uri);
	snprintf(other.caller.invite_branch, sizeof(other.caller.invite_branch),
		 "z9hG4bK-another-branch");
	dialog_resend(&other.caller, PARTS(.body = OFFER));
	call_reaches(&other, &scene.callee);
	dialog_reply(&other.callee, other.invite, 486, NULL);
	dialog_expect_failure(&other.caller, 486);
	dialog_expect_request(&other.callee, "ACK");
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 13 */
START_TEST(copy_by_another_path_gets_482)
{
	struct scene scene;
	struct call call;
	struct dialog merged;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);

	/* RFC 3261 8.2.2.2: while it is under way, and while it is up. */
	merged = call.caller;
	snprintf(merged.invite_branch, sizeof(merged.invite_branch),
		 "z9hG4bK-another-path");
	dialog_resend(&merged, PARTS(.body = OFFER));
	dialog_ack_failure(&merged, dialog_expect(&merged, 482, "INVITE"));
	call_answer(&call);
	snprintf(merged.invite_branch, sizeof(merged.invite_branch),
		 "z9hG4bK-slow-path");
	dialog_resend(&merged, PARTS(.body = OFFER));
	dialog_ack_failure(&merged, dialog_expect(&merged, 482, "INVITE"));
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 72 */
START_TEST(call_tried_anew_after_its_refusal_is_no_copy)
{
	struct scene scene;
	struct call call;
	struct dialog merged;
	const struct message *refusal;

	/* RFC 8224 6.2.3: the proxy that signs may do so, with all but the
	 * branch as it was. */
	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 428, NULL);
	merged = call.caller;
	snprintf(merged.invite_branch, sizeof(merged.invite_branch),
		 "z9hG4bK-slow-path");
	refusal = peer_expect(&scene.caller, 428, "INVITE", NULL);
	dialog_resend(&merged, PARTS(.body = OFFER));
	dialog_ack_failure(&merged, dialog_expect(&merged, 482, "INVITE"));
	dialog_ack_failure(&call.caller, refusal);
	dialog_expect_request(&call.callee, "ACK");
	snprintf(call.caller.invite_branch, sizeof(call.caller.invite_branch),
		 "z9hG4bK-signed");
	dialog_resend(&call.caller, PARTS(.body = OFFER));
	call_reaches(&call, &scene.callee);
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

static void expect_breadth(struct scene *scene, const char *headers,
			   const char *breadth)
{
	struct call call;

	call_place(&call, scene, PARTS(.body = OFFER, .headers = headers));
	claim_text(message_header(call.invite, "Max-Breadth", 0), breadth);
	claim_number(message_count(call.invite, "Max-Breadth"), 1);
	call_refuse(&call, 486);
}

/* check 8 */
START_TEST(max_breadth_is_passed_made_and_bounded)
{
	struct scene scene;

	scene_open(&scene, NULL);
	expect_breadth(&scene, "Max-Breadth: 17\r\n", "17");
	expect_breadth(&scene, "max-breadth: 1\r\n", "1");
	expect_breadth(&scene, NULL, "60");
	expect_breadth(&scene, "Max-Breadth: 61\r\n", "60");
	expect_breadth(&scene, "Max-Breadth: 99999999999999999999\r\n", "60");
	expect_breadth(&scene, "Max-Breadth: -1\r\n", "60");
	expect_breadth(&scene, "Max-Breadth:\r\n", "60");
	expect_breadth(&scene, "Max-Breadth: 4\r\nMax-Breadth: 5\r\n", "4");
	scene_close(&scene);
}
END_TEST

START_TEST(max_breadth_of_0_gets_440)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_begin(&call, &scene, CALLER, CALLEE,
		   PARTS(.body = OFFER, .headers = "Max-Breadth: 0\r\n"));
	claim_text(dialog_expect_failure(&call.caller, 440)->phrase,
		   "Max-Breadth Exceeded");
	scene_close(&scene);
}
END_TEST

START_TEST(max_breadth_within_a_dialog_passes_as_it_is)
{
	struct scene scene;
	struct call call;
	const struct message *info;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "INFO",
		    PARTS(.headers = "Max-Breadth: 61\r\n"));
	info = dialog_expect_request(&call.callee, "INFO");
	claim_text(message_header(info, "Max-Breadth", 0), "61");
	dialog_reply(&call.callee, info, 200, NULL);
	dialog_expect(&call.caller, 200, "INFO");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(ring_that_fills_us_up_ends_too)
{
	struct scene scene;
	struct daemon other;
	struct call call;
	char sections[1024];
	const struct message *answer;

	/* The 503 at its end makes whoever sent there try its other gateway,
	 * and nobody else: what goes on up is 500. */
	scene_init(&scene, NULL);
	daemon_init(&other);
	print_other(sections, sizeof(sections), &other);
	scene_configure(&scene, SCENE(.sections = sections,
				      .gateways = "\"b1\", \"b2\"",
				      .limits = "\tmax_setup = 20\n"));
	configure_other(&other, &scene, "\"one\", \"two\"");
	daemon_start(&other);
	daemon_start(&scene.daemon);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	answer = peer_poll(&scene.caller, 500, "INVITE", NULL, LOOP_MS);
	claim(answer, "the loop goes on");
	dialog_ack_failure(&call.caller, answer);
	daemon_await_metric_equal(&other, "callsieve_calls", 0, 3000);
	claim_number(daemon_metric(&other, "callsieve_invites_total"), 20);
	daemon_stop(&other);
	daemon_fini(&other);
	scene_close(&scene);
}
END_TEST

Suite *loops_suite(void)
{
	Suite *suite = suite_create("loops");
	TCase *tests = scene_tcase(suite, "loops");

	tcase_add_loop_test(tests, own_gateway_ends_in_482_at_the_second_round,
			    0, 4);
	tcase_add_loop_test(tests, two_callsieves_in_a_ring_end_in_483, 0, 2);
	tcase_add_test(tests, ring_that_fills_us_up_ends_too);
	tcase_add_test(tests, forwarded_call_goes_on);
	tcase_add_test(
		tests,
		call_through_us_twice_goes_on_and_a_third_time_is_a_loop);
	tcase_add_test(tests, call_forked_to_two_of_our_numbers_is_two_calls);
	tcase_add_test(tests, copy_by_another_path_gets_482);
	tcase_add_test(tests, call_tried_anew_after_its_refusal_is_no_copy);
	tcase_add_test(tests, max_breadth_is_passed_made_and_bounded);
	tcase_add_test(tests, max_breadth_of_0_gets_440);
	tcase_add_test(tests, max_breadth_within_a_dialog_passes_as_it_is);
	return suite;
}
