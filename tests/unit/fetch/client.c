#include "client.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/clock.h"

struct loop *loop;
struct fetch *client;

void client_setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(fetch_new(&client, loop), 0);
}

void client_teardown(void)
{
	fetch_free(client);
	loop_free(loop);
}

static void on_result(const struct fetch_result *result, void *arg)
{
	struct outcome *outcome = arg;

	outcome->answers++;
	outcome->err = result->err;
	outcome->status = result->status;
	outcome->fresh_s = result->fresh_s;
	outcome->retry_s = result->retry_s;
	outcome->len = result->len;
	outcome->took_ms = now_mono_ms() - outcome->began_ms;
	ck_assert_uint_eq(strlen(result->body), result->len);
	snprintf(outcome->body, sizeof(outcome->body), "%s", result->body);
}

void ask(struct outcome *outcome, const struct fetch_request *request)
{
	*outcome = (struct outcome){.began_ms = now_mono_ms()};
	ck_assert_int_eq(
		fetch_start(&outcome->job, client, request, on_result, outcome),
		0);
	ck_assert_uint_eq(outcome->answers, 0);
}

void await_answer(struct outcome *outcome)
{
	uint64_t end = now_mono_ms() + ANY_MS;

	while (!outcome->answers && now_mono_ms() < end)
		loop_step(loop, 10);
	ck_assert_uint_eq(outcome->answers, 1);
	fetch_job_free(outcome->job);
	outcome->job = NULL;
}

void get(struct outcome *outcome, const struct fetch_request *request)
{
	ask(outcome, request);
	await_answer(outcome);
}

void pass_ms(unsigned ms)
{
	uint64_t end = now_mono_ms() + ms;

	while (now_mono_ms() < end)
		loop_step(loop, 5);
}
