/* What holds for every resource: addresses, methods, tokens, sizes, times. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"

#include "server.h"
#include "suites.h"

#define CLOSE	"Host: a\r\nConnection: close\r\n"
#define JSON	"Content-Type: application/json\r\n"
#define REPORTS "POST /v1/reports HTTP/1.1\r\n" CLOSE

START_TEST(healthz_needs_no_token)
{
	struct answer answer;

	exchange(&answer, "GET /healthz HTTP/1.1\r\n" CLOSE "\r\n");
	ck_assert_int_eq(answer.status, 200);
	ck_assert_str_eq(answer.body, "{\"status\":\"ok\"}");
	ck_assert_str_eq(header(&answer, "Content-Type"), "application/json");
}
END_TEST

START_TEST(readyz_asks_the_database)
{
	struct answer answer;

	exchange(&answer, "GET /readyz HTTP/1.1\r\n" CLOSE "\r\n");
	ck_assert_int_eq(answer.status, 200);
	unlink(server.path);
	exchange(&answer, "GET /readyz HTTP/1.1\r\n" CLOSE "\r\n");
	check_problem(&answer, 503, "there is no database");
	ck_assert_int_ne(access(server.path, F_OK), 0);
}
END_TEST

START_TEST(metrics_are_prometheus_text)
{
	struct answer answer;

	metric_set(METRIC_CALLS_CURRENT, 42);
	exchange(&answer, "GET /metrics HTTP/1.1\r\n" CLOSE "\r\n");
	ck_assert_int_eq(answer.status, 200);
	ck_assert_str_eq(header(&answer, "Content-Type"),
			 "text/plain; version=0.0.4; charset=utf-8");
	ck_assert_ptr_nonnull(strstr(answer.body, "\ncallsieve_calls 42\n"));
}
END_TEST

START_TEST(head_is_get_without_a_body)
{
	struct answer answer;

	exchange(&answer, "HEAD /healthz HTTP/1.1\r\n" CLOSE "\r\n");
	ck_assert_int_eq(answer.status, 200);
	ck_assert_str_eq(header(&answer, "Content-Length"), "15");
	ck_assert_str_eq(answer.body, "");
}
END_TEST

START_TEST(a_connection_serves_several_requests)
{
	struct answer answer;
	const char *second;

	exchange(&answer, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
			  "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"
			  "GET /nowhere HTTP/1.1\r\n" CLOSE "\r\n");
	ck_assert_int_eq(answer.status, 200);
	second = strstr(answer.body, "HTTP/1.1 200 OK");
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_nonnull(strstr(second, "HTTP/1.1 404 Not Found"));
}
END_TEST

static const struct {
	const char *request;
	int status;
	const char *words;
	const char *header, *value; /* or NULL */
} refusals[] = {
	{"GET /nowhere HTTP/1.1\r\n" CLOSE "\r\n", 404, "nothing at this", NULL,
	 NULL},
	{"GET /v1/reports HTTP/1.1\r\n" CLOSE "\r\n", 405, "POST only", "Allow",
	 "POST"},
	{"DELETE /metrics HTTP/1.1\r\n" CLOSE "\r\n", 405, "GET, HEAD only",
	 "Allow", "GET, HEAD"},
	{REPORTS JSON "Content-Length: 2\r\n\r\n{}", 401, "token is needed",
	 "WWW-Authenticate", "Bearer realm=\"callsieve\""},
	{REPORTS JSON "Authorization: Basic YTpi\r\nContent-Length: 2\r\n\r\n"
		      "{}",
	 401, "token is needed", "WWW-Authenticate",
	 "Bearer realm=\"callsieve\""},
	{REPORTS JSON "Authorization: Bearer \r\nContent-Length: 2\r\n\r\n{}",
	 401, "token", "WWW-Authenticate", NULL},
	{REPORTS JSON "Authorization: Bearer a b\r\nContent-Length: 2\r\n\r\n"
		      "{}",
	 401, "form of a token", "WWW-Authenticate",
	 "Bearer realm=\"callsieve\", error=\"invalid_request\""},
	{REPORTS JSON "Authorization: Bearer cs_guess\r\nContent-Length: 2\r\n"
		      "\r\n{}",
	 401, "unknown or was revoked", "WWW-Authenticate",
	 "Bearer realm=\"callsieve\", error=\"invalid_token\""},
	{REPORTS "Authorization: Bearer cs_x\r\nContent-Length: 2\r\n\r\n{}",
	 415, "application/json", NULL, NULL},
	{REPORTS "Content-Type: application/json-patch+json\r\n"
		 "Authorization: Bearer cs_x\r\nContent-Length: 2\r\n\r\n{}",
	 415, "application/json", NULL, NULL},
	{REPORTS JSON "Authorization: Bearer cs_x\r\nContent-Encoding: gzip\r\n"
		      "Content-Length: 2\r\n\r\n{}",
	 415, "compressed", NULL, NULL},
	{REPORTS JSON "Authorization: Bearer cs_x\r\nContent-Length: 2001\r\n"
		      "\r\n",
	 413, "at most 2000 bytes", NULL, NULL},
	{REPORTS JSON "Authorization: Bearer cs_x\r\n"
		      "Content-Length: 18446744073709551615\r\n\r\n",
	 413, "at most 2000 bytes", NULL, NULL},
};

START_TEST(refusals_are_problems_with_a_sentence)
{
	struct answer answer;

	exchange(&answer, refusals[_i].request);
	check_problem(&answer, refusals[_i].status, refusals[_i].words);
	if (refusals[_i].header)
		ck_assert_ptr_nonnull(header(&answer, refusals[_i].header));
	if (refusals[_i].value)
		ck_assert_str_eq(header(&answer, refusals[_i].header),
				 refusals[_i].value);
}
END_TEST

START_TEST(scheme_and_type_are_read_without_case)
{
	struct answer answer;
	char request[512];

	snprintf(request, sizeof(request),
		 REPORTS "Content-Type: Application/JSON; charset=utf-8\r\n"
			 "Authorization: bearer %s\r\nContent-Length: 2\r\n"
			 "\r\n{}",
		 server.token);
	exchange(&answer, request);
	check_problem(&answer, 422, "\"number\" is missing");
}
END_TEST

static void send_chunks(int fd, size_t total)
{
	char chunk[106];
	size_t sent;

	memcpy(chunk, "64\r\n", 4);
	memset(chunk + 4, ' ', 100);
	memcpy(chunk + 104, "\r\n", 2);
	for (sent = 0; sent < total; sent += 100)
		server_send(fd, chunk, sizeof(chunk));
	server_send(fd, "0\r\n\r\n", 5);
}

START_TEST(chunked_bodies_have_the_same_limit)
{
	struct answer answer;
	char head[512];
	int fd, n;

	n = snprintf(head, sizeof(head),
		     REPORTS JSON "Authorization: Bearer %s\r\n"
				  "Transfer-Encoding: chunked\r\n\r\n",
		     server.token);
	fd = server_connect();
	server_send(fd, head, (size_t)n);
	send_chunks(fd, 2100);
	server_read(fd, &answer);
	check_problem(&answer, 413, "at most 2000 bytes");

	fd = server_connect();
	server_send(fd, head, (size_t)n);
	send_chunks(fd, 2000);
	server_read(fd, &answer);
	check_problem(&answer, 400, "not JSON");
}
END_TEST

START_TEST(who_asks_too_often_must_wait)
{
	struct answer answer;
	int i;

	server.config.api.requests_per_minute = 3;
	server_restart();
	for (i = 0; i < 3; i++) {
		get(&answer, "/v1/reputation/+12025550123");
		check_problem(&answer, 404, "Nothing is known");
	}
	get(&answer, "/v1/reputation/+12025550123");
	check_problem(&answer, 429, "Please wait 20 seconds.");
	ck_assert_str_eq(header(&answer, "Retry-After"), "20");
}
END_TEST

START_TEST(guessing_tokens_runs_out_of_tries_alone)
{
	static const char guess[] =
		"GET /v1/reputation/+12025550123 HTTP/1.1\r\n" CLOSE
		"Authorization: Bearer cs_guess\r\n\r\n";
	struct answer answer;
	int i;

	server.config.api.requests_per_minute = 3;
	server_restart();
	for (i = 0; i < 3; i++) {
		exchange(&answer, guess);
		check_problem(&answer, 401, "unknown");
	}
	exchange(&answer, guess);
	check_problem(&answer, 429, "Please wait");
	ck_assert_ptr_nonnull(header(&answer, "Retry-After"));
	/* The same address with a valid token is none the worse for it. */
	get(&answer, "/v1/reputation/+12025550123");
	check_problem(&answer, 404, "Nothing is known");
}
END_TEST

START_TEST(slow_clients_are_cut_off)
{
	struct answer answer;
	int slow, i;

	now_fake(1900000000000);
	slow = server_connect();
	server_send(slow, "GET /healthz HTTP/1.1\r\nX: ", 26);
	/* Now and then a byte, so that it is never silent for long. */
	for (i = 0; i < 6; i++) {
		exchange(&answer, "GET /healthz HTTP/1.1\r\n" CLOSE "\r\n");
		ck_assert_int_eq(answer.status, 200);
		now_fake_advance_ms(2000);
		server_send(slow, "x", 1);
	}
	server_read(slow, &answer);
	ck_assert_int_eq(answer.status, 0);
	exchange(&answer, "GET /healthz HTTP/1.1\r\n" CLOSE "\r\n");
	ck_assert_int_eq(answer.status, 200);
	now_real();
}
END_TEST

START_TEST(garbage_is_no_harm)
{
	static const char *const garbage[] = {
		"\r\n\r\n\r\n",
		"\x16\x03\x01\x02\x01\x01",
		"GET\r\n\r\n",
		"GET / HTTP/9.9\r\n\r\n",
		"GET /%00%ff HTTP/1.1\r\nHost: a\r\n",
	};
	struct answer answer;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(garbage) / sizeof(*garbage); i++) {
		fd = server_connect();
		server_send(fd, garbage[i], strlen(garbage[i]));
		close(fd);
	}
	exchange(&answer, "GET /healthz HTTP/1.1\r\n" CLOSE "\r\n");
	ck_assert_int_eq(answer.status, 200);
}
END_TEST

START_TEST(port_in_use_is_said)
{
	struct config config = server.config;
	struct api *second = NULL;

	config.api.port = api_port(server.api);
	ck_assert_int_eq(api_start(&second, &config), -EADDRINUSE);
	ck_assert_ptr_null(second);
}
END_TEST

START_TEST(listens_on_ipv6)
{
	struct config config = server.config;
	struct api *second;

	config.api.address = "::1";
	ck_assert_int_eq(api_start(&second, &config), 0);
	ck_assert_uint_ne(api_port(second), 0);
	api_stop(second);
}
END_TEST

Suite *http_suite(void)
{
	Suite *suite = suite_create("http");
	TCase *tests = tcase_create("http");

	tcase_add_checked_fixture(tests, server_setup, server_teardown);
	tcase_add_test(tests, healthz_needs_no_token);
	tcase_add_test(tests, readyz_asks_the_database);
	tcase_add_test(tests, metrics_are_prometheus_text);
	tcase_add_test(tests, head_is_get_without_a_body);
	tcase_add_test(tests, a_connection_serves_several_requests);
	tcase_add_loop_test(tests, refusals_are_problems_with_a_sentence, 0,
			    sizeof(refusals) / sizeof(*refusals));
	tcase_add_test(tests, scheme_and_type_are_read_without_case);
	tcase_add_test(tests, chunked_bodies_have_the_same_limit);
	tcase_add_test(tests, who_asks_too_often_must_wait);
	tcase_add_test(tests, guessing_tokens_runs_out_of_tries_alone);
	tcase_add_test(tests, slow_clients_are_cut_off);
	tcase_add_test(tests, garbage_is_no_harm);
	tcase_add_test(tests, port_in_use_is_said);
	tcase_add_test(tests, listens_on_ipv6);
	suite_add_tcase(suite, tests);
	return suite;
}
