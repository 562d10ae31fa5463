/* Requests to a name while DNS is silent. The C library's getaddrinfo() is
 * replaced by one that, for names under hang.test, sits there until told; for
 * the test's own purposes every other name is 127.0.0.1. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "client.h"
#include "fake/http.h"
#include "suites.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool silent;
static unsigned waiting;

int getaddrinfo(const char *node, const char *service,
		const struct addrinfo *hints, struct addrinfo **result)
{
	struct {
		struct addrinfo info;
		struct sockaddr_in sin;
	} * answer;

	(void)hints;
	pthread_mutex_lock(&lock);
	waiting++;
	while (silent && strstr(node, "hang.test"))
		pthread_cond_wait(&changed, &lock);
	waiting--;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);

	answer = calloc(1, sizeof(*answer));
	if (!answer)
		return EAI_MEMORY;
	answer->sin.sin_family = AF_INET;
	answer->sin.sin_port = htons((uint16_t)atoi(service ? service : "0"));
	answer->sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	answer->info.ai_family = AF_INET;
	answer->info.ai_socktype = SOCK_STREAM;
	answer->info.ai_addrlen = sizeof(answer->sin);
	answer->info.ai_addr = (struct sockaddr *)&answer->sin;
	*result = &answer->info;
	return 0;
}

void freeaddrinfo(struct addrinfo *info)
{
	free(info);
}

static void set_silent(bool on)
{
	pthread_mutex_lock(&lock);
	silent = on;
	pthread_cond_broadcast(&changed);
	while (!on && waiting)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static struct fake_http *server;
static char good[64], hanging[64];

static void setup(void)
{
	client_setup();
	ck_assert_int_eq(fake_http_start(&server, 0, NULL, NULL), 0);
	fake_http_set(server, HTTP_ANSWER, 200, "ok");
	snprintf(good, sizeof(good), "http://good.test:%u/",
		 fake_http_port(server));
	snprintf(hanging, sizeof(hanging), "http://hang.test:%u/",
		 fake_http_port(server));
}

static void teardown(void)
{
	client_teardown();
	fake_http_stop(server);
}

START_TEST(name_is_resolved)
{
	struct fetch_request request = {
		.url = good, .deadline_ms = ANY_MS, .max_body = 100};
	struct outcome got;

	get(&got, &request);
	ck_assert_str_eq(got.body, "ok");
}
END_TEST

START_TEST(silent_dns_stops_neither_deadline_nor_loop)
{
	struct fetch_request request = {
		.url = hanging, .deadline_ms = 60, .max_body = 100};
	struct outcome hung[5], other;
	uint64_t began = now_mono_ms();

	set_silent(true);
	for (int i = 0; i < 5; i++)
		ask(&hung[i], &request);
	request.url = good;
	request.deadline_ms = ANY_MS;
	get(&other, &request);
	ck_assert_str_eq(other.body, "ok");

	for (int i = 0; i < 5; i++) {
		await_answer(&hung[i]);
		ck_assert_int_eq(hung[i].err, -ETIMEDOUT);
	}
	ck_assert_uint_lt(now_mono_ms() - began, 2000);

	/* DNS is back: so are the answers. */
	set_silent(false);
	request.url = hanging;
	get(&other, &request);
	ck_assert_str_eq(other.body, "ok");
}
END_TEST

START_TEST(silent_dns_does_not_hold_up_the_end)
{
	struct fetch_request request = {
		.url = hanging, .deadline_ms = ANY_MS, .max_body = 100};
	uint64_t began = now_mono_ms();
	struct outcome hung;

	set_silent(true);
	ask(&hung, &request);
	pass_ms(20);
	fetch_job_free(hung.job);
	fetch_free(client);
	client = NULL;
	ck_assert_uint_lt(now_mono_ms() - began, 2000);
	set_silent(false);
}
END_TEST

Suite *resolve_suite(void)
{
	Suite *suite = suite_create("resolve");
	TCase *tc = tcase_create("resolve");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, name_is_resolved);
	tcase_add_test(tc, silent_dns_stops_neither_deadline_nor_loop);
	tcase_add_test(tc, silent_dns_does_not_hold_up_the_end);
	suite_add_tcase(suite, tc);
	return suite;
}
