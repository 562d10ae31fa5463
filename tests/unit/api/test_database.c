/* What becomes of requests while the database is locked, gone or another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/clock.h"

#include "server.h"
#include "suites.h"

#define REPORT "{\"number\":\"+12025550123\"}"

START_TEST(locked_database_is_503_and_later_accepted)
{
	struct answer answer;

	ck_assert_int_eq(store_begin(server.store), 0);
	post(&answer, "/v1/reports", REPORT);
	check_problem(&answer, 503, "another program holds the database");
	ck_assert_ptr_nonnull(header(&answer, "Retry-After"));
	store_rollback(server.store);
	ck_assert_int_eq(server_count("SELECT count(*) FROM reports"), 0);
	post(&answer, "/v1/reports", REPORT);
	ck_assert_int_eq(answer.status, 201);
}
END_TEST

/* Sends a report and returns without waiting for the answer. */
static int begin_report(void)
{
	char request[512];
	int fd = server_connect();

	snprintf(request, sizeof(request),
		 "POST /v1/reports HTTP/1.1\r\nHost: a\r\nConnection: close"
		 "\r\nAuthorization: Bearer %s\r\nContent-Type: "
		 "application/json\r\nContent-Length: %zu\r\n\r\n" REPORT,
		 server.token, strlen(REPORT));
	server_send(fd, request, strlen(request));
	return fd;
}

START_TEST(who_waits_for_a_lock_delays_nobody_else)
{
	struct answer answer;
	int waiting;

	server_sql("INSERT INTO blocklist(number) VALUES('+12025550123')");
	ck_assert_int_eq(store_begin(server.store), 0);
	waiting = begin_report();
	get(&answer, "/v1/reputation/+12025550123");
	ck_assert_int_eq(answer.status, 200);
	exchange(&answer, "GET /healthz HTTP/1.1\r\nHost: a\r\n"
			  "Connection: close\r\n\r\n");
	ck_assert_int_eq(answer.status, 200);
	/* Within its patience: what waits is not lost. */
	store_rollback(server.store);
	server_read(waiting, &answer);
	ck_assert_int_eq(answer.status, 201);
}
END_TEST

START_TEST(what_is_under_way_is_answered_before_the_end)
{
	struct answer answer;
	int waiting;

	get(&answer, "/v1/reputation/+12025550123");
	ck_assert_int_eq(store_begin(server.store), 0);
	waiting = begin_report();
	get(&answer, "/readyz");
	store_rollback(server.store);
	api_stop(server.api);
	server.api = NULL;
	server_read(waiting, &answer);
	ck_assert_msg(answer.status == 201, "%s", answer.text);
	ck_assert_int_eq(server_count("SELECT count(*) FROM reports"), 1);
}
END_TEST

START_TEST(deleted_database_is_503_and_not_made_anew)
{
	struct answer answer;

	post(&answer, "/v1/reports", REPORT);
	ck_assert_int_eq(answer.status, 201);
	unlink(server.path);
	post(&answer, "/v1/reports", REPORT);
	check_problem(&answer, 503, "there is no database");
	ck_assert_int_ne(access(server.path, F_OK), 0);
}
END_TEST

START_TEST(replaced_database_is_noticed)
{
	char other[64], token[TOKEN_SIZE];
	struct answer answer;
	struct store *store;

	post(&answer, "/v1/reports", REPORT);
	ck_assert_int_eq(answer.status, 201);

	snprintf(other, sizeof(other), "%s.new", server.path);
	ck_assert_int_eq(store_open(&store, other, STORE_CREATE, 1000), 0);
	ck_assert_int_eq(token_new(store, "bob", token), 0);
	store_close(store);
	store_close(server.store);
	server.store = NULL;
	ck_assert_int_eq(rename(other, server.path), 0);

	post(&answer, "/v1/reports", REPORT);
	check_problem(&answer, 401, "unknown or was revoked");
	memcpy(server.token, token, sizeof(token));
	post(&answer, "/v1/reports", REPORT);
	ck_assert_int_eq(answer.status, 201);
	ck_assert_int_eq(
		store_open(&server.store, server.path, STORE_EXISTING, 1000),
		0);
	ck_assert_int_eq(server_count("SELECT count(*) FROM reports"), 1);
}
END_TEST

START_TEST(file_that_is_no_database_is_503)
{
	struct answer answer;
	FILE *file;

	store_close(server.store);
	server.store = NULL;
	unlink(server.path);
	file = fopen(server.path, "w");
	fputs("This is not the file you are looking for. It is long enough to "
	      "be mistaken for one, but no database starts like this.\n",
	      file);
	fclose(file);
	post(&answer, "/v1/reports", REPORT);
	check_problem(&answer, 503, "cannot be used");
}
END_TEST

START_TEST(missing_database_is_503_and_not_made)
{
	struct answer answer;

	store_close(server.store);
	server.store = NULL;
	unlink(server.path);
	post(&answer, "/v1/reports", REPORT);
	check_problem(&answer, 503, "there is no database");
	ck_assert_int_ne(access(server.path, F_OK), 0);
}
END_TEST

/* Another file with the same subscribers takes the name of the first while a
 * report waits for the lock of that. */
START_TEST(report_committed_to_a_file_that_lost_its_name_is_made_again)
{
	char other[64], sql[256];
	struct answer answer;
	struct store *store;
	int waiting;

	get(&answer, "/v1/reputation/+12025550123");
	post(&answer, "/v1/reports", "{\"number\":\"+12025550199\"}");
	ck_assert_int_eq(answer.status, 201);
	snprintf(other, sizeof(other), "%s.new", server.path);
	ck_assert_int_eq(store_open(&store, other, STORE_CREATE, 1000), 0);
	store_close(store);
	snprintf(sql, sizeof(sql),
		 "ATTACH '%s' AS other; INSERT INTO other.subscribers "
		 "SELECT * FROM subscribers; DETACH other",
		 other);
	server_sql(sql);

	ck_assert_int_eq(store_begin(server.store), 0);
	waiting = begin_report();
	/* Answered behind it by the other lane: the report is waiting now. */
	get(&answer, "/v1/reputation/+12025550123");
	ck_assert_int_eq(rename(other, server.path), 0);
	store_rollback(server.store);
	server_read(waiting, &answer);
	ck_assert_msg(answer.status == 201, "%s", answer.text);
	store_close(server.store);
	ck_assert_int_eq(
		store_open(&server.store, server.path, STORE_EXISTING, 1000),
		0);
	ck_assert_int_eq(server_count("SELECT count(*) FROM reports"), 1);
}
END_TEST

START_TEST(who_waited_too_long_for_a_turn_is_told)
{
	struct answer answer;
	int first, second;

	now_fake(1900000000000);
	ck_assert_int_eq(store_begin(server.store), 0);
	first = begin_report();
	get(&answer, "/v1/reputation/+12025550123");
	second = begin_report();
	get(&answer, "/v1/reputation/+12025550123");
	now_fake_advance_ms(3000);
	store_rollback(server.store);
	server_read(first, &answer);
	ck_assert_int_eq(answer.status, 201);
	server_read(second, &answer);
	check_problem(&answer, 503, "another program holds the database");
	now_real();
}
END_TEST

Suite *database_suite(void)
{
	Suite *suite = suite_create("database");
	TCase *tests = tcase_create("database");

	tcase_set_timeout(tests, 20);
	tcase_add_checked_fixture(tests, server_setup, server_teardown);
	tcase_add_test(tests, locked_database_is_503_and_later_accepted);
	tcase_add_test(tests, who_waits_for_a_lock_delays_nobody_else);
	tcase_add_test(tests, what_is_under_way_is_answered_before_the_end);
	tcase_add_test(tests, deleted_database_is_503_and_not_made_anew);
	tcase_add_test(tests, missing_database_is_503_and_not_made);
	tcase_add_test(tests, replaced_database_is_noticed);
	tcase_add_test(
		tests,
		report_committed_to_a_file_that_lost_its_name_is_made_again);
	tcase_add_test(tests, who_waited_too_long_for_a_turn_is_told);
	tcase_add_test(tests, file_that_is_no_database_is_503);
	suite_add_tcase(suite, tests);
	return suite;
}
