/* What the reputation service says counts; what it does not say in time costs
 * a call nothing but the deadline. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"
#include "fake/http.h"

#define OF_PROVIDER "{provider=\"reputation\"}"
#define DEADLINE_MS 1000

/* The deadline and what a busy machine may add to it. */
#define AT_MOST_MS (DEADLINE_MS + 10000)

#define BAD  "{\"score\": 100}"
#define GOOD "{\"score\": 3}"

static void open_with(struct scene *scene, unsigned port, unsigned deadline_ms,
		      const char *lines)
{
	char section[512];

	snprintf(
		section, sizeof(section),
		"reputation {\n"
		"\turl = \"http://127.0.0.1:%u/v1/{e164-noplus}?full={e164}\"\n"
		"\theaders = {\"X-Key: secret\"}\n"
		"\tpoints = 100\n"
		"\tdeadline_ms = %u\n"
		"%s"
		"}\n",
		port, deadline_ms, lines);
	scene_open(scene, SCENE(.sections = section));
}

static struct fake_http *serve_within(struct scene *scene, unsigned deadline_ms,
				      const char *lines)
{
	struct fake_http *http;

	claim(!fake_http_start(&http, 0, NULL, NULL), "no HTTP server");
	open_with(scene, fake_http_port(http), deadline_ms, lines);
	return http;
}

static struct fake_http *serve(struct scene *scene, const char *lines)
{
	return serve_within(scene, DEADLINE_MS, lines);
}

static void end(struct scene *scene, struct fake_http *http)
{
	scene_close(scene);
	fake_http_stop(http);
}

/* How long the INVITE took to reach the callee. */
static long bridged_after(struct scene *scene, const char *from)
{
	struct call call;
	long began = trace_clock_ms(), took;

	call_begin(&call, scene, from, CALLEE, NULL);
	dialog_expect(&call.caller, 100, "INVITE");
	claim(trace_clock_ms() - began < DEADLINE_MS, "no 100 at once");
	call_reaches(&call, &scene->callee);
	took = trace_clock_ms() - began;
	call_refuse(&call, 486);
	return took;
}

START_TEST(bad_reputation_gets_607)
{
	struct scene scene;
	struct fake_http *http = serve(&scene, "");
	char head[2048];

	fake_http_set(http, HTTP_ANSWER, 200, BAD);
	expect_rejected(&scene, CALLER, 607);
	claim_number(fake_http_requests(http), 1);
	fake_http_last(http, head, sizeof(head));
	claim(!strncmp(head, "GET /v1/12125550100?full=%2B12125550100 ", 40),
	      "asked for %s", head);
	claim(strstr(head, "X-Key: secret"), "without the header: %s", head);
	end(&scene, http);
}
END_TEST

START_TEST(good_or_no_reputation_is_bridged)
{
	struct scene scene;
	struct fake_http *http = serve(&scene, "");

	fake_http_set(http, HTTP_ANSWER, 200, GOOD);
	expect_bridged(&scene, "+12125550101");
	fake_http_set(http, HTTP_ANSWER, 404, "{}");
	expect_bridged(&scene, "+12125550102");
	claim_number(fake_http_requests(http), 2);
	end(&scene, http);
}
END_TEST

static const struct trouble {
	enum fake_http_way way;
	int status;
	const char *body;
	bool waits; /* until the deadline */
} troubles[] = {
	{HTTP_HANG, 0, "", true},
	{HTTP_HALF, 200, BAD, true},
	{HTTP_ENDLESS, 200, "x", false},
	{HTTP_HEADERS, 200, "x", false},
	{HTTP_CLOSE, 0, "", false},
	{HTTP_GARBAGE, 0, BAD, false},
	{HTTP_ANSWER, 500, BAD, false},
	{HTTP_ANSWER, 429, BAD, false},
	{HTTP_ANSWER, 200, "", false},
	{HTTP_ANSWER, 200, "{\"score\": \"100\"", false},
	{HTTP_ANSWER, 200, "{\"score\": null}", false},
	{HTTP_ANSWER, 200, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", false},
};

#define TROUBLES (int)(sizeof(troubles) / sizeof(*troubles))

/* check 1, check 65 */
START_TEST(trouble_of_the_service_costs_at_most_the_deadline)
{
	struct scene scene;
	const struct trouble *trouble = &troubles[_i];
	struct fake_http *http = serve(&scene, "");
	long took;

	fake_http_set(http, trouble->way, trouble->status, trouble->body);
	took = bridged_after(&scene, CALLER);
	claim(took <= AT_MOST_MS, "it took %ld ms", took);
	claim(!trouble->waits || took >= DEADLINE_MS - 10,
	      "it gave up after %ld ms", took);

	/* It is well again: with the next caller. */
	fake_http_set(http, HTTP_ANSWER, 200, BAD);
	expect_rejected(&scene, "+12125550177", 607);
	end(&scene, http);
}
END_TEST

START_TEST(dead_service_is_as_none)
{
	struct scene scene;

	open_with(&scene, free_port("127.0.0.1"), DEADLINE_MS, "");
	claim(bridged_after(&scene, CALLER) <= AT_MOST_MS, "too late");
	scene_close(&scene);
}
END_TEST

START_TEST(deaf_service_costs_the_deadline)
{
	struct scene scene;
	struct fake_deaf deaf;

	claim(!fake_deaf_start(&deaf), "no deaf server");
	open_with(&scene, deaf.port, DEADLINE_MS, "");
	claim(bridged_after(&scene, CALLER) <= AT_MOST_MS, "too late");
	scene_close(&scene);
	fake_deaf_stop(&deaf);
}
END_TEST

START_TEST(answers_are_remembered)
{
	struct scene scene;
	struct fake_http *http = serve(&scene, "");

	fake_http_set(http, HTTP_ANSWER, 200, BAD);
	expect_rejected(&scene, CALLER, 607);
	fake_http_set(http, HTTP_HANG, 0, "");
	expect_rejected(&scene, CALLER, 607);
	expect_rejected(&scene, "12125550100", 607);
	claim_number(fake_http_requests(http), 1);
	end(&scene, http);
}
END_TEST

#define CROWD 20

START_TEST(calls_of_one_caller_share_one_question)
{
	struct scene scene;
	struct fake_http *http = serve_within(&scene, 10000, "");
	struct fake_http_reply slow = {
		.way = HTTP_ANSWER, .delay_ms = 300, .body = BAD};
	static struct call calls[CROWD];

	fake_http_set_reply(http, &slow);
	for (int i = 0; i < CROWD; i++)
		call_begin(&calls[i], &scene, CALLER, CALLEE, NULL);
	for (int i = 0; i < CROWD; i++)
		dialog_expect_failure(&calls[i].caller, 607);
	claim_number(fake_http_requests(http), 1);
	end(&scene, http);
}
END_TEST

START_TEST(waiting_calls_do_not_hold_up_others)
{
	struct scene scene;
	struct fake_http *http = serve_within(&scene, 10000, "");
	struct call waiting;

	scene_block(&scene, "+12125550111", 100);
	fake_http_set(http, HTTP_HANG, 0, "");
	call_begin(&waiting, &scene, CALLER, CALLEE, NULL);
	dialog_expect(&waiting.caller, 100, "INVITE");
	expect_rejected(&scene, "+12125550111", 607);
	expect_bridged(&scene, "anonymous");
	dialog_cancel(&waiting.caller, NULL);
	dialog_expect(&waiting.caller, 200, "CANCEL");
	dialog_expect_failure(&waiting.caller, 487);
	end(&scene, http);
}
END_TEST

START_TEST(service_is_not_asked_when_the_matter_is_decided)
{
	struct scene scene;
	struct fake_http *http = serve(&scene, "");
	struct call call;

	fake_http_set(http, HTTP_ANSWER, 200, BAD);
	daemon_sql(&scene.daemon,
		   "INSERT INTO allowlist(number) VALUES('+12125550112')");
	daemon_await_metric(&scene.daemon, "callsieve_list_entries", 1, 1000);
	scene_block(&scene, "+12125550111", 100);
	expect_rejected(&scene, "+12125550111", 607);
	expect_bridged(&scene, "+12125550112");
	expect_bridged(&scene, "anonymous");
	call_begin(&call, &scene, CALLER, "911", NULL);
	call_reaches(&call, &scene.callee);
	call_answer(&call);
	call_hang_up(&call);
	claim_number(fake_http_requests(http), 0);
	end(&scene, http);
}
END_TEST

START_TEST(breaker_spares_calls_a_service_that_keeps_failing)
{
	struct scene scene;
	struct fake_http *http = serve(&scene, "\tbreaker_failures = 3\n");
	char from[32];
	long took;

	fake_http_set(http, HTTP_HANG, 0, "");
	for (int i = 0; i < 3; i++) {
		snprintf(from, sizeof(from), "+1212555010%d", i + 1);
		bridged_after(&scene, from);
	}
	claim_number(
		daemon_metric(&scene.daemon,
			      "callsieve_reputation_breaker_open" OF_PROVIDER),
		1);
	took = bridged_after(&scene, "+12125550109");
	claim(took < DEADLINE_MS, "it still waited: %ld ms", took);
	claim_number(fake_http_requests(http), 3);
	end(&scene, http);
}
END_TEST

START_TEST(points_of_signals_add_up)
{
	struct scene scene;
	struct fake_http *http = serve(&scene, "");

	scene_block(&scene, "+12125550111", 40);
	fake_http_set(http, HTTP_ANSWER, 200, "{\"score\": 60}");
	expect_bridged(&scene, CALLER);
	expect_rejected(&scene, "+12125550111", 607);
	end(&scene, http);
}
END_TEST

Suite *reputation_suite(void)
{
	Suite *suite = suite_create("reputation");
	TCase *tests = scene_tcase(suite, "reputation");

	tcase_add_test(tests, bad_reputation_gets_607);
	tcase_add_test(tests, good_or_no_reputation_is_bridged);
	tcase_add_loop_test(tests,
			    trouble_of_the_service_costs_at_most_the_deadline,
			    0, TROUBLES);
	tcase_add_test(tests, dead_service_is_as_none);
	tcase_add_test(tests, deaf_service_costs_the_deadline);
	tcase_add_test(tests, answers_are_remembered);
	tcase_add_test(tests, calls_of_one_caller_share_one_question);
	tcase_add_test(tests, waiting_calls_do_not_hold_up_others);
	tcase_add_test(tests, service_is_not_asked_when_the_matter_is_decided);
	tcase_add_test(tests,
		       breaker_spares_calls_a_service_that_keeps_failing);
	tcase_add_test(tests, points_of_signals_add_up);
	return suite;
}
