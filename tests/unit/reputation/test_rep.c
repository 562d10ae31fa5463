/* A service that works: who is answered what, from where, and how often it is
 * asked. */
#include <errno.h>
#include <string.h>

#include "asker.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"
#include "suites.h"

START_TEST(known_number_has_its_risk)
{
	struct rep_answer answer = find_out(1);
	char head[1024];

	ck_assert_known(&answer, 95);
	ck_assert(!answer.cached);
	fake_http_last(server, head, sizeof(head));
	ck_assert_ptr_nonnull(
		strstr(head, "GET /v1/number/%2B12025550001 HTTP/1.1\r\n"));
}
END_TEST

START_TEST(unknown_number_is_unknown)
{
	struct rep_answer answer;

	fake_http_set(server, HTTP_ANSWER, 404, "");
	answer = find_out(1);
	ck_assert_int_eq(answer.status, REP_UNKNOWN);
	fake_http_set(server, HTTP_ANSWER, 200, "{\"score\": null}");
	answer = find_out(2);
	ck_assert_int_eq(answer.status, REP_UNKNOWN);
}
END_TEST

START_TEST(headers_of_the_configuration_are_sent)
{
	char *headers[] = {"Authorization: Bearer sesame"};
	char head[1024];

	config.headers = headers;
	config.headers_count = 1;
	reconfigure();
	find_out(1);
	fake_http_last(server, head, sizeof(head));
	ck_assert_ptr_nonnull(strstr(head, "\r\nAuthorization: Bearer sesame"));
}
END_TEST

START_TEST(hundred_askers_share_one_request)
{
	static struct asker askers[100];
	struct fake_http_reply reply = {.delay_ms = 30,
					.body = "{\"score\": 95}"};

	fake_http_set_reply(server, &reply);
	for (int i = 0; i < 100; i++)
		ask(&askers[i], 1);
	for (int i = 0; i < 100; i++) {
		await_answer(&askers[i]);
		ck_assert_known(&askers[i].answer, 95);
	}
	ck_assert_uint_eq(fake_http_requests(server), 1);
}
END_TEST

START_TEST(hundred_numbers_are_not_mixed_up)
{
	static struct asker askers[100];

	for (unsigned i = 0; i < 100; i++)
		ask(&askers[i], i);
	for (int i = 0; i < 100; i++)
		await_answer(&askers[i]);
	ck_assert_uint_eq(fake_http_requests(server), 100);
}
END_TEST

/* Lifetimes: hit 60 s, miss 30 s, error 5 s. */
static const struct {
	int status;
	unsigned lifetime_s;
} lifetimes[] = {{200, 60}, {404, 30}, {500, 5}};

START_TEST(answer_is_kept_for_its_lifetime)
{
	struct rep_answer first, answer;

	fake_http_set(server, HTTP_ANSWER, lifetimes[_i].status,
		      "{\"score\": 95}");
	first = find_out(1);
	now_fake_advance_ms(lifetimes[_i].lifetime_s * 1000 - 1);
	ck_assert(peek(1, &answer));
	ck_assert(answer.cached);
	ck_assert_int_eq(answer.status, first.status);
	ck_assert_int_eq(answer.risk, first.risk);
	ck_assert_uint_eq(fake_http_requests(server), 1);

	now_fake_advance_ms(1);
	answer = find_out(1);
	ck_assert(!answer.cached);
	ck_assert_uint_eq(fake_http_requests(server), 2);
}
END_TEST

static void serve(const char *headers)
{
	struct fake_http_reply reply = {.body = "{\"score\": 95}"};

	strcpy(reply.headers, headers);
	fake_http_set_reply(server, &reply);
}

START_TEST(service_may_say_how_long_it_is_kept)
{
	struct rep_answer answer;

	config.cache_by_header = true;
	reconfigure();
	serve("Cache-Control: max-age=7\r\n");
	find_out(1);
	now_fake_advance_ms(6999);
	ck_assert(peek(1, &answer));
	now_fake_advance_ms(1);
	ck_assert(!peek(1, &answer));

	serve("Cache-Control: no-store\r\n");
	find_out(1);
	ck_assert(!peek(1, &answer));

	/* Where it does not, the configured time holds. */
	serve("");
	find_out(1);
	now_fake_advance_ms(59999);
	ck_assert(peek(1, &answer));
}
END_TEST

START_TEST(its_word_on_that_counts_only_where_configured)
{
	struct rep_answer answer;

	serve("Cache-Control: no-store\r\n");
	find_out(1);
	ck_assert(peek(1, &answer));
}
END_TEST

START_TEST(stale_answer_serves_while_it_is_asked_for_anew)
{
	struct rep_answer answer;

	config.stale_s = 10;
	reconfigure();
	find_out(1);
	fake_http_set(server, HTTP_ANSWER, 200, "{\"score\": 5}");
	now_fake_advance_ms(60000);
	ck_assert(peek(1, &answer));
	ck_assert_known(&answer, 95);
	ck_assert(peek(1, &answer)); /* and no second request */
	await_requests(2);
	while (rep_count_of(METRIC_OF_REP_IN_FLIGHT))
		loop_step(loop, 5);
	ck_assert(peek(1, &answer));
	ck_assert_known(&answer, 5);
	now_fake_advance_ms(70000);
	ck_assert(!peek(1, &answer));
	ck_assert_uint_eq(fake_http_requests(server), 2);
}
END_TEST

START_TEST(failure_does_not_wipe_out_what_is_stale)
{
	struct rep_answer answer;

	config.stale_s = 10;
	reconfigure();
	find_out(1);
	fake_http_set(server, HTTP_ANSWER, 500, "");
	now_fake_advance_ms(60000);
	ck_assert(peek(1, &answer));
	while (rep_count_of(METRIC_OF_REP_IN_FLIGHT))
		loop_step(loop, 5);
	ck_assert(peek(1, &answer));
	ck_assert_known(&answer, 95);
}
END_TEST

START_TEST(requests_a_second_are_limited)
{
	struct rep_answer answer;

	config.max_per_s = 2;
	reconfigure();
	find_out(1);
	find_out(2);
	answer = find_out(3);
	ck_assert_unavailable(&answer, "limit");
	answer = find_out(1); /* costs nothing */
	ck_assert_known(&answer, 95);
	now_fake_advance_ms(500);
	answer = find_out(3);
	ck_assert_known(&answer, 95);
	answer = find_out(4);
	ck_assert_unavailable(&answer, "limit");
}
END_TEST

START_TEST(requests_a_day_are_limited)
{
	struct rep_answer answer;

	config.max_per_day = 2;
	reconfigure();
	find_out(1);
	find_out(2);
	answer = find_out(3);
	ck_assert_unavailable(&answer, "quota");
	now_fake_advance_ms(INT64_C(86400000));
	answer = find_out(3);
	ck_assert_known(&answer, 95);
}
END_TEST

START_TEST(lifetime_of_nothing_is_not_kept)
{
	config.cache_hit_s = 0;
	reconfigure();
	find_out(1);
	find_out(1);
	ck_assert_uint_eq(fake_http_requests(server), 2);
}
END_TEST

START_TEST(asking_what_is_known_asks_nobody)
{
	struct asker asker;

	find_out(1);
	ask(&asker, 1);
	await_answer(&asker);
	ck_assert_known(&asker.answer, 95);
	ck_assert(asker.answer.cached);
	ck_assert_uint_eq(fake_http_requests(server), 1);
}
END_TEST

START_TEST(what_is_no_e164_number_is_never_asked)
{
	static const struct number numbers[] = {{NUMBER_NONE, ""},
						{NUMBER_ANONYMOUS, ""},
						{NUMBER_LOCAL, "911"},
						{NUMBER_MALFORMED, ""}};
	struct rep_answer answer;

	for (int i = 0; i < 4; i++) {
		struct rep_question question = {.caller = &numbers[i]};

		ck_assert(rep_peek(rep, &question, &answer));
		ck_assert_int_eq(answer.status, REP_UNKNOWN);
	}
	pass_ms(20);
	ck_assert_uint_eq(fake_http_requests(server), 0);
}
END_TEST

START_TEST(without_service_nothing_is_known)
{
	struct rep_answer answer;
	struct asker asker;

	config = (struct config_reputation){0};
	reconfigure();
	ck_assert(peek(1, &answer));
	ck_assert_int_eq(answer.status, REP_UNKNOWN);
	ask(&asker, 1);
	await_answer(&asker);
	ck_assert_int_eq(asker.answer.status, REP_UNKNOWN);
	ck_assert_uint_eq(fake_http_requests(server), 0);
}
END_TEST

START_TEST(cancelled_question_is_not_answered_but_fills_the_cache)
{
	struct rep_answer answer;
	struct asker asker;

	ask(&asker, 1);
	rep_query_free(asker.query);
	while (!peek(1, &answer))
		loop_step(loop, 5);
	ck_assert_known(&answer, 95);
	ck_assert_uint_eq(asker.answers, 0);
	rep_query_free(NULL);
}
END_TEST

/* Whoever is answered first frees all three and asks again. */
static struct rep_query *three[3];
static struct asker again;
static unsigned answers;

static void free_all(const struct rep_answer *answer, void *arg)
{
	(void)arg;
	answers++;
	ck_assert_known(answer, 95);
	for (int i = 0; i < 3; i++)
		rep_query_free(three[i]);
	now_fake_advance_ms(3600 * 1000); /* the cache is no help */
	ask(&again, 1);
}

START_TEST(handler_may_free_others_and_ask_again)
{
	struct number number = number_of(1);
	struct rep_question question = {.caller = &number};

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(
			rep_ask(&three[i], rep, &question, free_all, NULL), 0);
	while (!answers)
		loop_step(loop, 5);
	await_answer(&again);
	ck_assert_known(&again.answer, 95);
	ck_assert_uint_eq(answers, 1);
	ck_assert_uint_eq(fake_http_requests(server), 2);
}
END_TEST

START_TEST(client_may_end_with_requests_under_way)
{
	struct asker asker;

	fake_http_set(server, HTTP_HANG, 200, "");
	ask(&asker, 1);
	await_requests(1);
	rep_query_free(asker.query);
	/* The fixture does the rest. */
}
END_TEST

START_TEST(other_service_starts_with_an_empty_cache)
{
	struct rep_answer answer;

	find_out(1);
	config.deadline_ms = ANY_MS - 1; /* no other service yet */
	config.cache_entries = 500;
	reconfigure();
	ck_assert(peek(1, &answer));
	ck_assert_known(&answer, 95);

	config.score_max = 200;
	reconfigure();
	answer = find_out(1);
	ck_assert_known(&answer, 48);
	config.score = "/other";
	reconfigure();
	ck_assert(!peek(1, &answer));
	config.url[strlen(config.url) - 7] = 'x'; /* .../numberx{e164} */
	find_out(1);
	reconfigure();
	ck_assert(!peek(1, &answer));
}
END_TEST

START_TEST(answer_under_old_settings_is_not_remembered)
{
	struct fake_http_reply reply = {
		.delay_ms = 40, .body = "{\"score\": 95, \"other\": 5}"};
	struct asker before, after;
	struct rep_answer answer;

	fake_http_set_reply(server, &reply);
	ask(&before, 1);
	await_requests(1);
	config.score = "/other";
	reconfigure();
	reply.delay_ms = 200;
	fake_http_set_reply(server, &reply);
	ask(&after, 1);
	await_answer(&before);
	ck_assert(!peek(1, &answer));
	await_answer(&after);
	ck_assert_known(&before.answer, 95);
	ck_assert_known(&after.answer, 5);
	ck_assert(peek(1, &answer));
	ck_assert_known(&answer, 5);
}
END_TEST

START_TEST(bad_settings_change_nothing)
{
	struct config_reputation bad;
	struct rep_answer answer;
	char *header = "X: y\r\nZ: forged";

	find_out(1);
	bad = config;
	bad.url = "gopher://h/{e164}";
	ck_assert_int_eq(rep_configure(rep, &bad), -EINVAL);
	bad = config;
	bad.score = "score";
	ck_assert_int_eq(rep_configure(rep, &bad), -EINVAL);
	bad = config;
	bad.score_max = bad.score_min;
	ck_assert_int_eq(rep_configure(rep, &bad), -EINVAL);
	bad = config;
	bad.headers = &header;
	bad.headers_count = 1;
	ck_assert_int_eq(rep_configure(rep, &bad), -EINVAL);
	ck_assert(peek(1, &answer));
	ck_assert_known(&answer, 95);
}
END_TEST

START_TEST(metrics_tell_how_questions_were_answered)
{
	int64_t hits = rep_count_of(METRIC_OF_REP_HIT);
	int64_t known = rep_count_of(METRIC_OF_REP_KNOWN);
	int64_t requests = rep_count_of(METRIC_OF_REP_REQUESTS);

	find_out(1);
	find_out(1);
	find_out(1);
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_KNOWN) - known, 1);
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_HIT) - hits, 2);
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_REQUESTS) - requests, 1);
	ck_assert_int_eq(rep_count_of(METRIC_OF_REP_IN_FLIGHT), 0);
}
END_TEST

Suite *rep_suite(void)
{
	Suite *suite = suite_create("rep");
	TCase *tc = tcase_create("rep");

	tcase_add_checked_fixture(tc, rep_setup, rep_teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, known_number_has_its_risk);
	tcase_add_test(tc, unknown_number_is_unknown);
	tcase_add_test(tc, headers_of_the_configuration_are_sent);
	tcase_add_test(tc, hundred_askers_share_one_request);
	tcase_add_test(tc, hundred_numbers_are_not_mixed_up);
	tcase_add_loop_test(tc, answer_is_kept_for_its_lifetime, 0, 3);
	tcase_add_test(tc, service_may_say_how_long_it_is_kept);
	tcase_add_test(tc, its_word_on_that_counts_only_where_configured);
	tcase_add_test(tc, stale_answer_serves_while_it_is_asked_for_anew);
	tcase_add_test(tc, failure_does_not_wipe_out_what_is_stale);
	tcase_add_test(tc, requests_a_second_are_limited);
	tcase_add_test(tc, requests_a_day_are_limited);
	tcase_add_test(tc, lifetime_of_nothing_is_not_kept);
	tcase_add_test(tc, asking_what_is_known_asks_nobody);
	tcase_add_test(tc, what_is_no_e164_number_is_never_asked);
	tcase_add_test(tc, without_service_nothing_is_known);
	tcase_add_test(tc,
		       cancelled_question_is_not_answered_but_fills_the_cache);
	tcase_add_test(tc, handler_may_free_others_and_ask_again);
	tcase_add_test(tc, client_may_end_with_requests_under_way);
	tcase_add_test(tc, other_service_starts_with_an_empty_cache);
	tcase_add_test(tc, answer_under_old_settings_is_not_remembered);
	tcase_add_test(tc, bad_settings_change_nothing);
	tcase_add_test(tc, metrics_tell_how_questions_were_answered);
	suite_add_tcase(suite, tc);
	return suite;
}
