/* What only an outside service can decide: real HTTP on loopback. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "fake/http.h"

#include "suites.h"
#include "world.h"

#define ANY_MS 5000 /* far longer than anything here takes */

static struct fake_http *server;

static void setup(void)
{
	world_setup();
	ck_assert_int_eq(fake_http_start(&server, 0, NULL, NULL), 0);
	world_reputation(fake_http_port(server));
}

static void teardown(void)
{
	world_teardown();
	fake_http_stop(server);
}

/* One call whose reputation is asked. */
struct asking {
	struct screening *screening;
	unsigned answers;
	struct verdict verdict;
	uint64_t began_ms, took_ms;
};

static void on_verdict(const struct verdict *verdict, void *arg)
{
	struct asking *asking = arg;

	asking->answers++;
	asking->verdict = *verdict;
	asking->took_ms = now_mono_ms() - asking->began_ms;
	/* The promise of screen.h: fine from the handler. */
	screening_free(asking->screening);
	asking->screening = NULL;
}

static void begin(struct asking *asking, const char *caller)
{
	struct facts facts = facts_from(caller);

	memset(asking, 0, sizeof(*asking));
	asking->began_ms = now_mono_ms();
	ck_assert(!screen_decide(world.screen, &facts, &asking->verdict));
	ck_assert_int_eq(screen_ask(&asking->screening, world.screen, &facts,
				    &asking->verdict, on_verdict, asking),
			 0);
	ck_assert_uint_eq(asking->answers, 0);
}

static void await(struct asking *asking)
{
	uint64_t end = now_mono_ms() + ANY_MS;

	while (!asking->answers && now_mono_ms() < end)
		loop_step(world.loop, 50);
	ck_assert_uint_eq(asking->answers, 1);
}

static void ask(struct asking *asking, const char *caller)
{
	begin(asking, caller);
	await(asking);
}

static const struct {
	const char *body;
	int status;
	enum verdict_action action;
	int score;
	const char *detail;
	enum signal_outcome outcome;
} answers[] = {
	{"{\"risk\": 100}", 200, VERDICT_REJECT, 100, "risk 100 of 100",
	 SIGNAL_FIRED},
	{"{\"risk\": 95}", 200, VERDICT_ALLOW, 95, "risk 95 of 100",
	 SIGNAL_FIRED},
	{"{\"risk\": 20}", 200, VERDICT_ALLOW, 20, "risk 20 of 100",
	 SIGNAL_FIRED},
	{"{\"risk\": 19}", 200, VERDICT_ALLOW, 0,
	 "risk 19 of 100, too low to count", SIGNAL_FIRED},
	{"{\"risk\": 0}", 200, VERDICT_ALLOW, 0,
	 "risk 0 of 100, too low to count", SIGNAL_FIRED},
	{"", 404, VERDICT_ALLOW, 0, "knows nothing of the number",
	 SIGNAL_UNKNOWN},
	{"{\"risk\": null}", 200, VERDICT_ALLOW, 0,
	 "knows nothing of the number", SIGNAL_UNKNOWN},
	{"", 401, VERDICT_ALLOW, 0,
	 "it answered with status 401, so look at its secret; left out",
	 SIGNAL_UNAVAILABLE},
	{"", 429, VERDICT_ALLOW, 0,
	 "it answered with status 429, so it is asked too often; left out",
	 SIGNAL_UNAVAILABLE},
	{"", 302, VERDICT_ALLOW, 0,
	 "it answered with status 302, which is not followed; left out",
	 SIGNAL_UNAVAILABLE},
	{"", 503, VERDICT_ALLOW, 0, "it answered with status 503; left out",
	 SIGNAL_UNAVAILABLE},
};

START_TEST(answer_becomes_points)
{
	const struct signal_hit *hit;
	struct asking asking;

	fake_http_set(server, HTTP_ANSWER, answers[_i].status,
		      answers[_i].body);
	ask(&asking, CALLER);
	ck_assert_int_eq(asking.verdict.action, answers[_i].action);
	ck_assert_int_eq(asking.verdict.basis, BASIS_SCORE);
	ck_assert_int_eq(asking.verdict.score, answers[_i].score);
	hit = hit_find(&asking.verdict, "reputation");
	ck_assert_ptr_nonnull(hit);
	ck_assert_int_eq(hit->outcome, answers[_i].outcome);
	ck_assert_int_eq(hit->points, answers[_i].score);
	ck_assert_str_eq(hit->detail, answers[_i].detail);
}
END_TEST

START_TEST(answer_adds_to_what_memory_knew)
{
	struct asking asking;

	world_sql("INSERT INTO blocklist(number, points) "
		  "VALUES('" CALLER "', 60)");
	fake_http_set(server, HTTP_ANSWER, 200, "{\"risk\": 40}");
	ask(&asking, CALLER);
	ck_assert_int_eq(asking.verdict.action, VERDICT_REJECT);
	ck_assert_int_eq(asking.verdict.score, 100);
	ck_assert_uint_eq(asking.verdict.signals_count, 2);
	ck_assert_str_eq(asking.verdict.signals[0].name, "blocklist");
	ck_assert_uint_eq(asking.verdict.config_version, 3);
}
END_TEST

START_TEST(second_call_is_decided_from_the_cache)
{
	struct facts facts = facts_from(CALLER);
	const struct signal_hit *hit;
	struct verdict verdict;
	struct asking asking;

	fake_http_set(server, HTTP_ANSWER, 200, "{\"risk\": 100}");
	ask(&asking, CALLER);
	ck_assert(screen_decide(world.screen, &facts, &verdict));
	ck_assert_int_eq(verdict.action, VERDICT_REJECT);
	hit = hit_find(&verdict, "reputation");
	ck_assert_ptr_nonnull(hit);
	ck_assert_str_eq(hit->detail, "risk 100 of 100 (cached)");
	ck_assert_uint_eq(fake_http_requests(server), 1);
}
END_TEST

static void check_passed_unavailable(const struct verdict *verdict,
				     const char *detail)
{
	const struct signal_hit *hit = hit_find(verdict, "reputation");

	ck_assert_int_eq(verdict->action, VERDICT_ALLOW);
	ck_assert_int_eq(verdict->score, 0);
	ck_assert_ptr_nonnull(hit);
	ck_assert_int_eq(hit->outcome, SIGNAL_UNAVAILABLE);
	ck_assert_int_eq(hit->points, 0);
	ck_assert_str_eq(hit->detail, detail);
}

START_TEST(silent_service_costs_the_deadline_and_no_call)
{
	struct asking asking;

	world.reputation.deadline_ms = 100;
	world_reputation(fake_http_port(server));
	fake_http_set(server, HTTP_HANG, 0, "");
	ask(&asking, CALLER);
	check_passed_unavailable(&asking.verdict,
				 "no answer in time; left out");
	ck_assert_uint_ge(asking.took_ms, 90);
}
END_TEST

START_TEST(broken_service_loses_no_call)
{
	struct asking asking;

	fake_http_set(server, HTTP_CLOSE, 0, "");
	ask(&asking, CALLER);
	check_passed_unavailable(&asking.verdict,
				 "it broke off without an answer; left out");
}
END_TEST

START_TEST(lying_service_loses_no_call)
{
	struct asking asking;

	fake_http_set(server, HTTP_ANSWER, 200, "{\"risk\": ");
	ask(&asking, CALLER);
	check_passed_unavailable(
		&asking.verdict,
		"no score could be read from its answer; left out");
}
END_TEST

START_TEST(reload_meanwhile_mixes_no_two_configurations)
{
	struct asking asking;

	fake_http_set(server, HTTP_ANSWER, 200, "{\"risk\": 100}");
	begin(&asking, CALLER);
	world.reputation.points = 1;
	world.config.version = 4;
	screen_configure(world.screen, &world.config);
	await(&asking);
	ck_assert_int_eq(asking.verdict.score, 100);
	ck_assert_uint_eq(asking.verdict.config_version, 3);
}
END_TEST

/* Three services: where they listen, what they say, what that is worth. */
static struct fake_http *servers[3];
static struct config_reputation services[3];
static char urls[3][64];

static void ask_three(const struct fake_http_reply replies[3])
{
	static char *const names[3] = {"first", "second", "third"};
	static const int points[3] = {100, 40, -60};

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(fake_http_start(&servers[i], 0, NULL, NULL),
				 0);
		fake_http_set_reply(servers[i], &replies[i]);
		snprintf(urls[i], sizeof(urls[i]), "http://127.0.0.1:%u/{e164}",
			 fake_http_port(servers[i]));
		services[i] = world.reputation;
		services[i].name = names[i];
		services[i].points = points[i];
		services[i].url = urls[i];
	}
	world.config.reputations = services;
	world.config.reputations_count = 3;
	ck_assert_int_eq(providers_configure(world.providers, &world.config),
			 0);
}

static void stop_three(void)
{
	for (int i = 0; i < 3; i++)
		fake_http_stop(servers[i]);
}

static void check_hit(const struct verdict *verdict, unsigned i, int points,
		      const char *detail)
{
	ck_assert_uint_lt(i, verdict->signals_count);
	ck_assert_str_eq(verdict->signals[i].name, "reputation");
	ck_assert_str_eq(verdict->signals[i].detail, detail);
	ck_assert_int_eq(verdict->signals[i].points, points);
}

START_TEST(nobody_waits_for_what_can_change_nothing)
{
	static char *shadow[] = {"reputation"};
	struct facts facts = facts_from(CALLER);
	struct verdict verdict;

	/* It takes 100 to reject, and nothing is done below. */
	world.reputation.points = 99;
	ck_assert(screen_decide(world.screen, &facts, &verdict));
	ck_assert_int_eq(verdict.action, VERDICT_ALLOW);
	ck_assert_ptr_null(hit_find(&verdict, "reputation"));
	world.reputation.error_points = 100;
	ck_assert(!screen_decide(world.screen, &facts, &verdict));
	world.reputation.error_points = 0;
	world_sql("INSERT INTO blocklist(number, points) "
		  "VALUES('" CALLER "', 1)");
	ck_assert(!screen_decide(world.screen, &facts, &verdict));
	world.reputation.points = 10;
	ck_assert(screen_decide(world.screen, &facts, &verdict));
	world.config.screening.shadow = shadow;
	world.config.screening.shadow_count = 1;
	ck_assert(!screen_decide(world.screen, &facts, &verdict));
}
END_TEST

START_TEST(unchecked_caller_may_be_worth_points)
{
	struct asking asking;

	world.reputation.error_points = 60;
	world_reputation(fake_http_port(server));
	fake_http_set(server, HTTP_CLOSE, 0, "");
	ask(&asking, CALLER);
	check_hit(&asking.verdict, 0, 60, "it broke off without an answer");
	ck_assert_int_eq(asking.verdict.score, 60);
}
END_TEST

/* The slowest answers first in the explanation: its order is that of the
 * configuration. */
START_TEST(services_are_asked_at_once_each_with_its_points)
{
	static const struct fake_http_reply replies[3] = {
		{.delay_ms = 200, .body = "{\"risk\": 100}"},
		{.delay_ms = 150, .body = "{\"risk\": 50}"},
		{.delay_ms = 100, .body = "{\"risk\": 100}"},
	};
	struct facts facts = facts_from(CALLER);
	struct asking asking;

	ask_three(replies);
	ask(&asking, CALLER);
	ck_assert_int_eq(asking.verdict.score, 60);
	ck_assert_uint_eq(asking.verdict.signals_count, 3);
	check_hit(&asking.verdict, 0, 100, "first: risk 100 of 100");
	check_hit(&asking.verdict, 1, 20, "second: risk 50 of 100");
	check_hit(&asking.verdict, 2, -60, "third: risk 100 of 100");
	ck_assert_uint_lt(asking.took_ms, 420);
	ck_assert(screen_decide(world.screen, &facts, &asking.verdict));
	check_hit(&asking.verdict, 1, 20, "second: risk 50 of 100 (cached)");
	stop_three();
}
END_TEST

START_TEST(silent_service_does_not_silence_the_others)
{
	static const struct fake_http_reply replies[3] = {
		{.body = "{\"risk\": 100}"},
		{.way = HTTP_HANG},
		{.status = 404},
	};
	struct asking asking;

	ask_three(replies);
	services[1].deadline_ms = 5000;
	ck_assert_int_eq(providers_configure(world.providers, &world.config),
			 0);
	world.config.screening.reputation_ms = 150;
	ask(&asking, CALLER);
	ck_assert_int_eq(asking.verdict.action, VERDICT_REJECT);
	ck_assert_uint_eq(asking.verdict.signals_count, 3);
	check_hit(&asking.verdict, 0, 100, "first: risk 100 of 100");
	check_hit(&asking.verdict, 1, 0, "second: no answer in time; left out");
	check_hit(&asking.verdict, 2, 0, "third: knows nothing of the number");
	ck_assert_uint_ge(asking.took_ms, 140);
	ck_assert_uint_lt(asking.took_ms, 1000);
	stop_three();
}
END_TEST

START_TEST(service_that_leaves_the_configuration_still_answers)
{
	static const struct fake_http_reply replies[3] = {
		{.delay_ms = 100, .body = "{\"risk\": 100}"},
		{.body = "{\"risk\": 100}"},
		{.body = "{\"risk\": 100}"},
	};
	struct asking asking;

	ask_three(replies);
	begin(&asking, CALLER);
	world.config.reputations = &services[1];
	world.config.reputations_count = 1;
	ck_assert_int_eq(providers_configure(world.providers, &world.config),
			 0);
	await(&asking);
	ck_assert_int_eq(asking.verdict.score, 80);
	stop_three();
}
END_TEST

START_TEST(freed_screening_never_answers)
{
	struct asking gone, stays;

	fake_http_set(server, HTTP_ANSWER, 200, "{\"risk\": 100}");
	begin(&gone, CALLER);
	begin(&stays, CALLER);
	screening_free(gone.screening);
	await(&stays);
	loop_step(world.loop, 0);
	ck_assert_uint_eq(gone.answers, 0);
	screening_free(NULL);
}
END_TEST

Suite *ask_suite(void)
{
	Suite *suite = suite_create("ask");
	TCase *tests = tcase_create("service");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, answer_becomes_points, 0,
			    sizeof(answers) / sizeof(*answers));
	tcase_add_test(tests, answer_adds_to_what_memory_knew);
	tcase_add_test(tests, second_call_is_decided_from_the_cache);
	tcase_add_test(tests, silent_service_costs_the_deadline_and_no_call);
	tcase_add_test(tests, broken_service_loses_no_call);
	tcase_add_test(tests, lying_service_loses_no_call);
	tcase_add_test(tests, reload_meanwhile_mixes_no_two_configurations);
	tcase_add_test(tests, nobody_waits_for_what_can_change_nothing);
	tcase_add_test(tests, unchecked_caller_may_be_worth_points);
	tcase_add_test(tests, services_are_asked_at_once_each_with_its_points);
	tcase_add_test(tests, silent_service_does_not_silence_the_others);
	tcase_add_test(tests,
		       service_that_leaves_the_configuration_still_answers);
	tcase_add_test(tests, freed_screening_never_answers);
	suite_add_tcase(suite, tests);
	return suite;
}
