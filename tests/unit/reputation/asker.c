#include "asker.h"

#include <check.h>
#include <stdio.h>
#include <time.h>

#include "callsieve/core/clock.h"
#include "callsieve/fetch.h"

struct loop *loop;
struct fetch *fetch;
struct fake_http *server;
struct config_reputation config;
struct rep *rep;

static char url[96];
static char *misses[] = {"404", "204"};

/* Ours is faked. */
static uint64_t real_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

void rep_setup(void)
{
	now_fake(1700000000000);
	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(fetch_new(&fetch, loop), 0);
	ck_assert_int_eq(fake_http_start(&server, 0, NULL, NULL), 0);
	fake_http_set(server, HTTP_ANSWER, 200, "{\"score\": 95}");
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/v1/number/{e164}",
		 fake_http_port(server));
	config = (struct config_reputation){
		.url = url,
		.score = "/score",
		.miss_status = misses,
		.miss_status_count = 2,
		.score_max = 100,
		.deadline_ms = ANY_MS,
		.cache_hit_s = 60,
		.cache_miss_s = 30,
		.cache_error_s = 5,
		.cache_entries = 1000,
		.max_in_flight = 200,
		.max_body = 4096,
		.breaker_failures = 3,
		.breaker_percent = 50,
		.breaker_window_s = 10,
		.breaker_probe_percent = 10,
		.breaker_open_s = 10,
	};
	ck_assert_int_eq(rep_new(&rep, loop, fetch, &config), 0);
}

void rep_teardown(void)
{
	rep_free(rep);
	fetch_free(fetch);
	fake_http_stop(server);
	loop_free(loop);
	now_real();
}

void reconfigure(void)
{
	ck_assert_int_eq(rep_configure(rep, &config), 0);
}

int64_t rep_count_of(enum metric_of metric)
{
	return metric_of_get(metric_subject("provider", "reputation"), metric);
}

struct number number_of(unsigned n)
{
	struct number number = {.kind = NUMBER_E164};

	snprintf(number.text, sizeof(number.text), "+1202555%04u", n % 10000);
	return number;
}

static void on_answer(const struct rep_answer *answer, void *arg)
{
	struct asker *asker = arg;

	asker->answers++;
	asker->answer = *answer;
	asker->took_ms = real_ms() - asker->began_ms;
}

void ask_question(struct asker *asker, const struct rep_question *question)
{
	*asker = (struct asker){.began_ms = real_ms()};
	ck_assert_int_eq(
		rep_ask(&asker->query, rep, question, on_answer, asker), 0);
	ck_assert_uint_eq(asker->answers, 0);
}

void ask(struct asker *asker, unsigned n)
{
	struct number number = number_of(n);
	struct rep_question question = {.caller = &number};

	ask_question(asker, &question);
}

void await_answer(struct asker *asker)
{
	uint64_t end = real_ms() + ANY_MS;

	while (!asker->answers && real_ms() < end)
		loop_step(loop, 10);
	ck_assert_uint_eq(asker->answers, 1);
	rep_query_free(asker->query);
	asker->query = NULL;
}

bool peek(unsigned n, struct rep_answer *answer)
{
	struct number number = number_of(n);
	struct rep_question question = {.caller = &number};

	return rep_peek(rep, &question, answer);
}

struct rep_answer find_out(unsigned n)
{
	struct asker asker;

	if (peek(n, &asker.answer))
		return asker.answer;
	ask(&asker, n);
	await_answer(&asker);
	return asker.answer;
}

void await_requests(unsigned count)
{
	uint64_t end = real_ms() + ANY_MS;

	while (fake_http_requests(server) < count && real_ms() < end)
		loop_step(loop, 5);
	ck_assert_uint_eq(fake_http_requests(server), count);
}

void pass_ms(unsigned ms)
{
	uint64_t end = real_ms() + ms;

	while (real_ms() < end)
		loop_step(loop, 5);
}

void ck_assert_known(const struct rep_answer *answer, int risk)
{
	ck_assert_int_eq(answer->status, REP_KNOWN);
	ck_assert_int_eq(answer->risk, risk);
}

void ck_assert_unavailable(const struct rep_answer *answer, const char *why)
{
	ck_assert_int_eq(answer->status, REP_UNAVAILABLE);
	ck_assert_str_eq(answer->why, why);
}
