/* A service that does not work: what callers wait for it, when it is left
 * alone, and when it is asked again. */
#include "asker.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"
#include "suites.h"

static const struct {
	enum fake_http_way way;
	int status;
	const char *body, *why;
} failures[] = {
	{HTTP_ANSWER, 500, "{\"score\": 95}", "error"},
	{HTTP_ANSWER, 503, "", "error"},
	{HTTP_ANSWER, 403, "", "error"},
	{HTTP_ANSWER, 402, "", "error"},
	{HTTP_ANSWER, 429, "", "error"},
	{HTTP_ANSWER, 202, "", "malformed"},
	{HTTP_ANSWER, 302, "", "error"},
	{HTTP_CLOSE, 0, "", "error"},
	{HTTP_ENDLESS, 0, "", "oversized"},
	{HTTP_GARBAGE, 0, "score: 95\r\n", "error"},
	{HTTP_ANSWER, 200, "", "malformed"},
	{HTTP_ANSWER, 200, "{\"score\": ", "malformed"},
	{HTTP_ANSWER, 200, "{\"risk\": 95}", "malformed"},
	{HTTP_ANSWER, 200, "<html>busy</html>", "malformed"},
};

/* Neither clean nor bad; remembered for a little; and three of them open the
 * breaker. */
START_TEST(failure_is_told_and_counted)
{
	struct rep_answer answer;

	fake_http_set(server, failures[_i].way, failures[_i].status,
		      failures[_i].body);
	for (unsigned n = 1; n <= 3; n++) {
		answer = find_out(n);
		ck_assert_unavailable(&answer, failures[_i].why);
		ck_assert(!answer.cached);
	}
	answer = find_out(1);
	ck_assert_unavailable(&answer, failures[_i].why);
	ck_assert(answer.cached);
	answer = find_out(4);
	ck_assert_unavailable(&answer, "breaker");
	ck_assert_uint_eq(fake_http_requests(server), 3);
}
END_TEST

static void hang(unsigned deadline_ms)
{
	fake_http_set(server, HTTP_HANG, 200, "");
	config.deadline_ms = deadline_ms;
	reconfigure();
}

START_TEST(nobody_waits_longer_than_the_deadline)
{
	struct asker first, second;

	hang(200);
	ask(&first, 1);
	pass_ms(100);
	ask(&second, 1); /* shares the request, not the time that is left */
	await_answer(&first);
	ck_assert_uint_eq(second.answers, 0);
	await_answer(&second);
	ck_assert_unavailable(&first.answer, "deadline");
	ck_assert_unavailable(&second.answer, "deadline");
	ck_assert_uint_ge(first.took_ms, 190);
	ck_assert_uint_lt(first.took_ms, 2000);
	ck_assert_uint_ge(second.took_ms, 190);
	ck_assert_uint_lt(second.took_ms, 2000);
	ck_assert_uint_eq(fake_http_requests(server), 1);
}
END_TEST

START_TEST(late_answer_serves_the_next_call)
{
	struct fake_http_reply reply = {.delay_ms = 300,
					.body = "{\"score\": 95}"};
	int64_t late = rep_count_of(METRIC_OF_REP_LATE);
	struct rep_answer answer;

	fake_http_set_reply(server, &reply);
	config.deadline_ms = 100;
	reconfigure();
	answer = find_out(1);
	ck_assert_unavailable(&answer, "deadline");
	while (!peek(1, &answer))
		loop_step(loop, 5);
	ck_assert_known(&answer, 95);
	ck_assert(answer.cached);
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_LATE) - late, 1);
	ck_assert_uint_eq(fake_http_requests(server), 1);
}
END_TEST

START_TEST(request_without_answer_ends)
{
	struct rep_answer answer;

	hang(60);
	find_out(1);
	ck_assert(!peek(1, &answer)); /* still under way */
	while (!peek(1, &answer))
		loop_step(loop, 5);
	ck_assert_unavailable(&answer, "deadline");
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_IN_FLIGHT), 0);
}
END_TEST

START_TEST(too_slow_is_a_failure_even_if_it_answers)
{
	struct fake_http_reply reply = {.delay_ms = 300,
					.body = "{\"score\": 95}"};
	struct rep_answer answer;
	struct asker askers[3];

	fake_http_set_reply(server, &reply);
	config.deadline_ms = 100;
	reconfigure();
	for (unsigned n = 0; n < 3; n++)
		ask(&askers[n], n);
	for (unsigned n = 0; n < 3; n++)
		await_answer(&askers[n]);
	while (rep_count_of(METRIC_OF_REP_IN_FLIGHT))
		loop_step(loop, 5);
	ck_assert(peek(2, &answer));
	ck_assert_known(&answer, 95);
	ck_assert(peek(4, &answer));
	ck_assert_unavailable(&answer, "breaker");
}
END_TEST

static void open_breaker(void)
{
	struct rep_answer answer;

	fake_http_set(server, HTTP_ANSWER, 500, "");
	for (unsigned n = 1; n <= 3; n++)
		find_out(n);
	ck_assert(peek(4, &answer));
	ck_assert_unavailable(&answer, "breaker");
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_BREAKER_OPEN), 1);
}

START_TEST(open_breaker_answers_who_asks_anyway)
{
	struct asker asker;

	open_breaker();
	ask(&asker, 4);
	await_answer(&asker);
	ck_assert_unavailable(&asker.answer, "breaker");
	ck_assert_uint_eq(fake_http_requests(server), 3);
}
END_TEST

static void await_quiet(void)
{
	while (rep_count_of(METRIC_OF_REP_IN_FLIGHT))
		loop_step(loop, 5);
}

/* A question with which the service is tried, and its answer awaited; who
 * asked does not wait for it. */
static void probe_with(unsigned n)
{
	struct rep_answer answer;

	ck_assert(!peek(n, &answer));
	answer = find_out(n);
	ck_assert_unavailable(&answer, "breaker");
	await_quiet();
}

START_TEST(good_probes_close_the_breaker)
{
	struct fake_http_reply good = {.delay_ms = 30,
				       .body = "{\"score\": 95}"};
	struct rep_answer answer;
	struct asker probe, joined;

	open_breaker();
	fake_http_set_reply(server, &good);
	now_fake_advance_ms(9999);
	ck_assert(peek(4, &answer));
	now_fake_advance_ms(1);
	ck_assert(!peek(4, &answer));
	ask(&probe, 4);
	ask(&joined, 4);
	ck_assert(peek(5, &answer)); /* few at a time */
	ck_assert_unavailable(&answer, "breaker");
	await_answer(&probe);
	await_answer(&joined);
	ck_assert_unavailable(&probe.answer, "breaker");
	ck_assert_unavailable(&joined.answer, "breaker");
	await_quiet();
	ck_assert(peek(4, &answer)); /* what it said is remembered */
	ck_assert_known(&answer, 95);
	probe_with(5);
	probe_with(6);
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_BREAKER_OPEN), 0);
	ask(&probe, 7);
	ask(&joined, 8);
	await_answer(&probe);
	await_answer(&joined);
	ck_assert_known(&probe.answer, 95);
	ck_assert_uint_eq(fake_http_requests(server), 8);
}
END_TEST

START_TEST(failed_probe_keeps_the_breaker_open)
{
	struct rep_answer answer;

	open_breaker();
	now_fake_advance_ms(10000);
	probe_with(4);
	now_fake_advance_ms(9999);
	ck_assert(peek(5, &answer));
	ck_assert_unavailable(&answer, "breaker");
	now_fake_advance_ms(1);
	ck_assert(!peek(5, &answer));
}
END_TEST

START_TEST(probe_that_is_too_slow_has_failed)
{
	struct fake_http_reply slow = {.delay_ms = 1000,
				       .body = "{\"score\": 95}"};
	struct rep_answer answer;

	config.deadline_ms = 100;
	reconfigure();
	open_breaker();
	fake_http_set_reply(server, &slow);
	now_fake_advance_ms(10000);
	probe_with(4);
	ck_assert(peek(5, &answer));
	ck_assert_unavailable(&answer, "breaker");
	now_fake_advance_ms(9999);
	ck_assert(peek(5, &answer));
	now_fake_advance_ms(1);
	ck_assert(!peek(5, &answer));
}
END_TEST

START_TEST(nobody_waits_for_a_service_that_hangs)
{
	struct asker probe;

	open_breaker();
	fake_http_set(server, HTTP_HANG, 0, "");
	now_fake_advance_ms(10000);
	ask(&probe, 4);
	await_answer(&probe);
	ck_assert_unavailable(&probe.answer, "breaker");
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_IN_FLIGHT), 1);
}
END_TEST

START_TEST(cancelled_probe_is_not_forgotten)
{
	struct asker probe;

	open_breaker();
	fake_http_set(server, HTTP_ANSWER, 200, "{\"score\": 95}");
	now_fake_advance_ms(10000);
	ask(&probe, 4);
	rep_query_free(probe.query);
	await_quiet();
	probe_with(5);
	probe_with(6);
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_BREAKER_OPEN), 0);
}
END_TEST

START_TEST(cache_answers_while_the_breaker_is_open)
{
	struct rep_answer answer;

	find_out(9);
	open_breaker();
	ck_assert(peek(9, &answer));
	ck_assert_known(&answer, 95);
}
END_TEST

START_TEST(other_service_starts_with_a_closed_breaker)
{
	struct rep_answer answer;

	open_breaker();
	config.score_max = 50;
	reconfigure();
	ck_assert(!peek(4, &answer));
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_BREAKER_OPEN), 0);
}
END_TEST

/* 404 is how most say that they know nothing of a number. */
START_TEST(unknown_numbers_do_not_open_the_breaker)
{
	struct rep_answer answer;

	fake_http_set(server, HTTP_ANSWER, 404, "<html>No such page</html>");
	for (unsigned n = 1; n <= 20; n++) {
		answer = find_out(n);
		ck_assert_int_eq(answer.status, REP_UNKNOWN);
	}
	ck_assert_uint_eq(fake_http_requests(server), 20);
}
END_TEST

static const struct {
	int status;
	const char *headers;
	unsigned pause_ms; /* 0: none after one failure */
} wishes[] = {
	{429, "Retry-After: 60\r\n", 60000},
	{503, "Retry-After: 60\r\n", 60000},
	{429, "Retry-After: 999999\r\n", 3600000}, /* no longer than that */
	{429, "", 0},
	{429, "Retry-After: soon\r\n", 0},
	{500, "Retry-After: 60\r\n", 0},
};

START_TEST(service_is_left_alone_as_it_wishes)
{
	struct fake_http_reply reply = {.status = wishes[_i].status};
	unsigned pause_ms = wishes[_i].pause_ms;
	struct rep_answer answer;

	strcpy(reply.headers, wishes[_i].headers);
	fake_http_set_reply(server, &reply);
	answer = find_out(1);
	ck_assert_unavailable(&answer, "error");
	ck_assert_int_eq(answer.cause, wishes[_i].status);
	ck_assert_int_eq(peek(2, &answer), pause_ms > 0);
	if (!pause_ms)
		return;
	ck_assert_unavailable(&answer, "breaker");
	now_fake_advance_ms(pause_ms - 1);
	ck_assert(peek(2, &answer));
	now_fake_advance_ms(1);
	ck_assert(!peek(2, &answer));
}
END_TEST

START_TEST(numbers_the_service_dislikes_do_not_open_the_breaker)
{
	struct rep_answer answer;

	fake_http_set(server, HTTP_ANSWER, 400, "");
	for (unsigned n = 1; n <= 10; n++) {
		answer = find_out(n);
		ck_assert_unavailable(&answer, "error");
	}
	ck_assert_uint_eq(fake_http_requests(server), 10);
}
END_TEST

START_TEST(requests_in_flight_are_limited)
{
	struct asker askers[3];
	struct rep_answer answer;

	fake_http_set(server, HTTP_HANG, 200, "");
	config.max_in_flight = 2;
	reconfigure();
	ask(&askers[0], 1);
	ask(&askers[1], 2);
	ck_assert(peek(3, &answer));
	ck_assert_unavailable(&answer, "limit");
	ask(&askers[2], 3);
	await_answer(&askers[2]);
	ck_assert_unavailable(&askers[2].answer, "limit");

	/* Joining one that is under way costs nothing. */
	ck_assert(!peek(2, &answer));
	rep_query_free(askers[0].query);
	rep_query_free(askers[1].query);
}
END_TEST

START_TEST(dead_service_is_told_at_once)
{
	struct asker asker;

	fake_http_stop(server);
	server = NULL;
	ask(&asker, 1);
	await_answer(&asker);
	ck_assert_unavailable(&asker.answer, "error");
	ck_assert_uint_lt(asker.took_ms, ANY_MS / 2);
}
END_TEST

Suite *rep_failure_suite(void)
{
	Suite *suite = suite_create("rep_failure");
	TCase *tc = tcase_create("rep_failure");

	tcase_add_checked_fixture(tc, rep_setup, rep_teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_loop_test(tc, failure_is_told_and_counted, 0,
			    (int)(sizeof(failures) / sizeof(*failures)));
	tcase_add_test(tc, nobody_waits_longer_than_the_deadline);
	tcase_add_test(tc, late_answer_serves_the_next_call);
	tcase_add_test(tc, request_without_answer_ends);
	tcase_add_test(tc, too_slow_is_a_failure_even_if_it_answers);
	tcase_add_test(tc, open_breaker_answers_who_asks_anyway);
	tcase_add_test(tc, good_probes_close_the_breaker);
	tcase_add_test(tc, failed_probe_keeps_the_breaker_open);
	tcase_add_test(tc, probe_that_is_too_slow_has_failed);
	tcase_add_test(tc, nobody_waits_for_a_service_that_hangs);
	tcase_add_test(tc, cancelled_probe_is_not_forgotten);
	tcase_add_test(tc, cache_answers_while_the_breaker_is_open);
	tcase_add_test(tc, other_service_starts_with_a_closed_breaker);
	tcase_add_test(tc, unknown_numbers_do_not_open_the_breaker);
	tcase_add_loop_test(tc, service_is_left_alone_as_it_wishes, 0,
			    (int)(sizeof(wishes) / sizeof(*wishes)));
	tcase_add_test(tc,
		       numbers_the_service_dislikes_do_not_open_the_breaker);
	tcase_add_test(tc, requests_in_flight_are_limited);
	tcase_add_test(tc, dead_service_is_told_at_once);
	suite_add_tcase(suite, tc);
	return suite;
}
