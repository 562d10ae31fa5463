#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "fake/http.h"
#include "suites.h"

static struct fake_http *server;
static char url[64];

static void setup(void)
{
	client_setup();
	ck_assert_int_eq(fake_http_start(&server, 0, NULL, NULL), 0);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
		 fake_http_port(server));
}

static void teardown(void)
{
	client_teardown();
	fake_http_stop(server);
}

static struct fetch_request request_to(const char *to)
{
	return (struct fetch_request){
		.url = to, .deadline_ms = ANY_MS, .max_body = 4096};
}

START_TEST(answer_arrives_whole)
{
	struct fetch_request request = request_to(url);
	struct outcome got;

	fake_http_set(server, HTTP_ANSWER, 200, "{\"score\":1}");
	get(&got, &request);
	ck_assert_int_eq(got.err, 0);
	ck_assert_int_eq(got.status, 200);
	ck_assert_str_eq(got.body, "{\"score\":1}");
}
END_TEST

START_TEST(status_is_told_not_judged)
{
	static const int statuses[] = {204, 301, 404, 429, 500, 503};
	struct fetch_request request = request_to(url);
	struct outcome got;

	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		fake_http_set(server, HTTP_ANSWER, statuses[i], "");
		get(&got, &request);
		ck_assert_int_eq(got.err, 0);
		ck_assert_int_eq(got.status, statuses[i]);
	}
}
END_TEST

START_TEST(headers_are_sent_and_name_us)
{
	static const char *const headers[] = {"X-Key: one", "Accept: a/b"};
	struct fetch_request request = request_to(url);
	struct outcome got;
	char head[1024];

	request.headers = headers;
	request.headers_count = 2;
	get(&got, &request);
	fake_http_last(server, head, sizeof(head));
	ck_assert_ptr_nonnull(strstr(head, "GET / HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(head, "\r\nX-Key: one\r\n"));
	ck_assert_ptr_nonnull(strstr(head, "\r\nAccept: a/b\r\n"));
	ck_assert_ptr_nonnull(
		strstr(head, "User-Agent: callsieve/" CALLSIEVE_VERSION));

	/* A reused handle remembers nothing of it. */
	request.headers_count = 0;
	get(&got, &request);
	fake_http_last(server, head, sizeof(head));
	ck_assert_ptr_null(strstr(head, "X-Key"));
}
END_TEST

START_TEST(redirect_is_not_followed)
{
	struct fake_http_reply reply = {.status = 302};
	struct fetch_request request = request_to(url);
	struct outcome got;

	snprintf(reply.location, sizeof(reply.location), "%sother", url);
	fake_http_set_reply(server, &reply);
	get(&got, &request);
	ck_assert_int_eq(got.status, 302);
	ck_assert_uint_eq(fake_http_requests(server), 1);
}
END_TEST

START_TEST(proxy_of_the_environment_is_not_used)
{
	struct fetch_request request = request_to(url);
	struct outcome got;

	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	setenv("all_proxy", "http://127.0.0.1:1/", 1);
	get(&got, &request);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	ck_assert_int_eq(got.status, 200);
}
END_TEST

START_TEST(only_http_is_spoken)
{
	static const char *const urls[] = {"file:///etc/hostname",
					   "ftp://127.0.0.1/", "nonsense://",
					   "http://"};

	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		struct fetch_request request = request_to(urls[i]);
		struct outcome got;

		get(&got, &request);
		ck_assert_int_eq(got.err, -EIO);
		ck_assert_uint_lt(got.took_ms, ANY_MS / 2);
	}
}
END_TEST

START_TEST(connection_is_kept)
{
	struct fetch_request request = request_to(url);
	struct outcome got;

	for (int i = 0; i < 20; i++) {
		get(&got, &request);
		ck_assert_int_eq(got.err, 0);
	}
	ck_assert_uint_eq(fake_http_requests(server), 20);
	ck_assert_uint_eq(fake_http_connections(server), 1);
}
END_TEST

START_TEST(closed_connection_is_replaced)
{
	struct fake_http_reply reply = {.close = true};
	struct fetch_request request = request_to(url);
	struct outcome got;

	fake_http_set_reply(server, &reply);
	for (int i = 0; i < 5; i++) {
		get(&got, &request);
		ck_assert_int_eq(got.err, 0);
	}
	ck_assert_uint_eq(fake_http_connections(server), 5);
}
END_TEST

START_TEST(server_restart_is_survived)
{
	struct fetch_request request = request_to(url);
	uint16_t port = fake_http_port(server);
	struct outcome got;

	get(&got, &request);
	fake_http_stop(server);
	ck_assert_int_eq(fake_http_start(&server, port, NULL, NULL), 0);
	get(&got, &request);
	ck_assert_int_eq(got.err, 0);
}
END_TEST

START_TEST(refusal_is_told_at_once)
{
	struct fetch_request request;
	struct outcome got;
	char gone[64];

	/* Nobody listens on the port of a socket that was just closed. */
	snprintf(gone, sizeof(gone), "%s", url);
	fake_http_stop(server);
	server = NULL;
	request = request_to(gone);
	get(&got, &request);
	ck_assert_int_eq(got.err, -ECONNREFUSED);
	ck_assert_uint_lt(got.took_ms, ANY_MS / 2);
}
END_TEST

/* Ways never to finish an answer. */
static const struct {
	enum fake_http_way way;
	unsigned delay_ms;
} slow[] = {{HTTP_HANG, 0},
	    {HTTP_HALF, 0},
	    {HTTP_TRICKLE, 20},
	    {HTTP_ANSWER, 2000}};

START_TEST(deadline_holds_against_a_slow_server)
{
	struct fake_http_reply reply = {.way = slow[_i].way,
					.delay_ms = slow[_i].delay_ms,
					.body = "0123456789"};
	struct fetch_request request = request_to(url);
	struct outcome got;

	fake_http_set_reply(server, &reply);
	request.deadline_ms = 60;
	get(&got, &request);
	ck_assert_int_eq(got.err, -ETIMEDOUT);
	ck_assert_uint_ge(got.took_ms, 50);
	ck_assert_uint_lt(got.took_ms, 1000);

	/* And the next one does not inherit the silence. */
	fake_http_set(server, HTTP_ANSWER, 200, "ok");
	request.deadline_ms = ANY_MS;
	get(&got, &request);
	ck_assert_str_eq(got.body, "ok");
}
END_TEST

START_TEST(deadline_holds_while_connecting)
{
	struct fetch_request request;
	struct fake_deaf deaf;
	struct outcome got;
	char to[64];

	ck_assert_int_eq(fake_deaf_start(&deaf), 0);
	snprintf(to, sizeof(to), "http://127.0.0.1:%u/", deaf.port);
	request = request_to(to);
	request.deadline_ms = 60;
	get(&got, &request);
	fake_deaf_stop(&deaf);
	ck_assert_int_eq(got.err, -ETIMEDOUT);
	ck_assert_uint_lt(got.took_ms, 1000);
}
END_TEST

START_TEST(body_is_capped)
{
	struct fetch_request request = request_to(url);
	struct outcome got;

	/* Ten bytes fit in ten and not in nine, announced or not. */
	fake_http_set(server, HTTP_ANSWER, 200, "0123456789");
	request.max_body = 10;
	get(&got, &request);
	ck_assert_int_eq(got.err, 0);
	ck_assert_uint_eq(got.len, 10);
	request.max_body = 9;
	get(&got, &request);
	ck_assert_int_eq(got.err, -EMSGSIZE);

	fake_http_set(server, HTTP_ENDLESS, 200, "");
	request.max_body = 100000;
	get(&got, &request);
	ck_assert_int_eq(got.err, -EMSGSIZE);
	ck_assert_uint_le(got.len, 100000);
}
END_TEST

/* 1551 times "a", by zlib. Nobody asks for it, and some send it. */
#define SQUEEZED                                                               \
	"\x78\xda\x4b\x4c\x1c\x05\xa3\x60\x14\x8c\x82\x51\x30\x0a\x12\x01"     \
	"\xd8\xe2\x4b\xce"

START_TEST(squeezed_body_is_unfolded_and_capped)
{
	struct fetch_request request = request_to(url);
	struct fake_http_reply reply = {
		.headers = "Content-Encoding: deflate\r\n", .body = SQUEEZED};
	struct outcome got;
	char head[1024];

	fake_http_set_reply(server, &reply);
	request.max_body = 1551;
	get(&got, &request);
	ck_assert_int_eq(got.err, 0);
	ck_assert_uint_eq(got.len, 1551);
	ck_assert_int_eq(strspn(got.body, "a"), sizeof(got.body) - 1);
	fake_http_last(server, head, sizeof(head));
	ck_assert_ptr_nonnull(strstr(head, "\r\nAccept-Encoding: identity\r"));
	request.max_body = 1550;
	get(&got, &request);
	ck_assert_int_eq(got.err, -EMSGSIZE);
}
END_TEST

START_TEST(wish_to_be_left_alone_is_told)
{
	struct fetch_request request = request_to(url);
	struct fake_http_reply reply = {.status = 429,
					.headers = "Retry-After: 120\r\n"};
	struct outcome got;

	fake_http_set_reply(server, &reply);
	get(&got, &request);
	ck_assert_int_eq(got.retry_s, 120);
	fake_http_set(server, HTTP_ANSWER, 429, "");
	get(&got, &request);
	ck_assert_int_eq(got.retry_s, 0);
}
END_TEST

START_TEST(head_is_capped)
{
	struct fetch_request request = request_to(url);
	struct outcome got;

	fake_http_set(server, HTTP_HEADERS, 200, "");
	get(&got, &request);
	ck_assert_int_eq(got.err, -EMSGSIZE);
}
END_TEST

START_TEST(what_is_not_http_is_an_error)
{
	struct fetch_request request = request_to(url);
	struct outcome got;

	fake_http_set(server, HTTP_CLOSE, 200, "");
	get(&got, &request);
	ck_assert_int_eq(got.err, -EIO);
	fake_http_set(server, HTTP_GARBAGE, 200, "SSH-2.0-hello\r\n");
	get(&got, &request);
	ck_assert_int_eq(got.err, -EIO);
}
END_TEST

START_TEST(many_at_once_each_get_their_own)
{
	static struct outcome got[100];
	struct fetch_request request = request_to(url);

	for (size_t i = 0; i < 100; i++)
		ask(&got[i], &request);
	for (size_t i = 0; i < 100; i++)
		await_answer(&got[i]);
	for (size_t i = 0; i < 100; i++)
		ck_assert_int_eq(got[i].status, 200);
	ck_assert_uint_eq(fake_http_requests(server), 100);
}
END_TEST

START_TEST(cancelled_job_never_answers)
{
	struct fetch_request request = request_to(url);
	struct outcome early, midway;

	request.deadline_ms = 60;
	ask(&early, &request);
	fetch_job_free(early.job);

	fake_http_set(server, HTTP_HANG, 200, "");
	ask(&midway, &request);
	while (fake_http_requests(server) < 1)
		loop_step(loop, 5);
	fetch_job_free(midway.job);
	pass_ms(100);
	ck_assert_uint_eq(early.answers, 0);
	ck_assert_uint_eq(midway.answers, 0);
	fetch_job_free(NULL);
}
END_TEST

/* Two jobs whose answers are both at hand when the first handler runs: it
 * frees both and starts a third. */
struct pair {
	struct fetch_job *jobs[2];
	struct fetch_request request;
	struct outcome third;
	unsigned answers;
};

static void free_both(const struct fetch_result *result, void *arg)
{
	struct pair *pair = arg;

	pair->answers++;
	fetch_job_free(pair->jobs[0]);
	fetch_job_free(pair->jobs[1]);
	ask(&pair->third, &pair->request);
	ck_assert_str_eq(result->body, ""); /* still there */
}

START_TEST(handler_may_free_and_start_jobs)
{
	struct pair pair = {.request = request_to("bad://")};

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(fetch_start(&pair.jobs[i], client,
					     &pair.request, free_both, &pair),
				 0);
	while (!pair.answers)
		loop_step(loop, 5);
	await_answer(&pair.third);
	pass_ms(20);
	ck_assert_uint_eq(pair.answers, 1);
}
END_TEST

static const struct {
	const char *headers;
	long fresh_s;
} freshness[] = {
	{"", -1},
	{"Expires: Thu, 01 Jan 2099 00:00:00 GMT\r\n", -1},
	{"Cache-Control: max-age=60\r\n", 60},
	{"cache-control: private , MAX-AGE=\"60\"\r\n", 60},
	{"Cache-Control: max-age=60\r\nAge: 20\r\n", 40},
	{"Cache-Control: max-age=60\r\nAge: 61\r\n", 0},
	{"Cache-Control: max-age=60\r\nAge: soon\r\n", 60},
	{"Cache-Control: public\r\nCache-Control: max-age=7\r\n", 7},
	{"Cache-Control: max-age=60, no-store\r\n", 0},
	{"Cache-Control: no-cache\r\n", 0},
	{"Cache-Control: x=\"a, no-store\", max-age=5\r\n", 5},
	{"Cache-Control: max-age=99999999999999999999\r\n", 604800},
	{"Cache-Control: max-age=-1\r\n", -1},
	{"Cache-Control: max-age\r\n", -1},
	{"Cache-Control: s-max-age=9, max-ages=9, no-stores\r\n", -1},
	{"Cache-Control: ,,\r\n", -1},
};

START_TEST(lifetime_is_told)
{
	struct fetch_request request = request_to(url);
	struct fake_http_reply reply = {.way = HTTP_ANSWER};
	struct outcome got;

	strcpy(reply.headers, freshness[_i].headers);
	fake_http_set_reply(server, &reply);
	get(&got, &request);
	ck_assert_int_eq(got.err, 0);
	ck_assert_int_eq(got.fresh_s, freshness[_i].fresh_s);
}
END_TEST

Suite *fetch_suite(void)
{
	Suite *suite = suite_create("fetch");
	TCase *tc = tcase_create("fetch");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, answer_arrives_whole);
	tcase_add_test(tc, status_is_told_not_judged);
	tcase_add_test(tc, headers_are_sent_and_name_us);
	tcase_add_test(tc, redirect_is_not_followed);
	tcase_add_test(tc, proxy_of_the_environment_is_not_used);
	tcase_add_test(tc, only_http_is_spoken);
	tcase_add_test(tc, connection_is_kept);
	tcase_add_test(tc, closed_connection_is_replaced);
	tcase_add_test(tc, server_restart_is_survived);
	tcase_add_test(tc, refusal_is_told_at_once);
	tcase_add_loop_test(tc, deadline_holds_against_a_slow_server, 0,
			    (int)(sizeof(slow) / sizeof(*slow)));
	tcase_add_test(tc, deadline_holds_while_connecting);
	tcase_add_test(tc, body_is_capped);
	tcase_add_test(tc, squeezed_body_is_unfolded_and_capped);
	tcase_add_test(tc, wish_to_be_left_alone_is_told);
	tcase_add_test(tc, head_is_capped);
	tcase_add_test(tc, what_is_not_http_is_an_error);
	tcase_add_test(tc, many_at_once_each_get_their_own);
	tcase_add_test(tc, cancelled_job_never_answers);
	tcase_add_test(tc, handler_may_free_and_start_jobs);
	tcase_add_loop_test(tc, lifetime_is_told, 0,
			    (int)(sizeof(freshness) / sizeof(*freshness)));
	suite_add_tcase(suite, tc);
	return suite;
}
