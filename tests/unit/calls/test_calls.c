/* Records on their way to the database, and what may stand in it. */
#include "callsieve/calls.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"
#include "callsieve/store.h"
#include "unit/scratch.h"

#include "suites.h"

#define LIMIT	5000
#define KEEP	10 /* days */
#define NOW_MS	1800000000000
#define DAY_MS	86400000ll
#define THREADS 4
#define EACH	1000

static struct scratch scratch;
static struct store *store;
static struct calls *calls;

static void setup(void)
{
	now_fake(NOW_MS);
	scratch_make(&scratch);
	ck_assert_int_eq(store_open(&store, scratch.path, STORE_CREATE, 10), 0);
	ck_assert_int_eq(calls_new(&calls, LIMIT, KEEP), 0);
}

static void teardown(void)
{
	calls_free(calls);
	store_close(store);
	scratch_remove(&scratch);
}

static struct call_record *make(int n)
{
	struct call_record *record = call_record_new();

	ck_assert_ptr_nonnull(record);
	snprintf(record->id, sizeof(record->id), "%016d", n);
	record->started_ms = NOW_MS + n;
	return record;
}

static void put(int first, int count)
{
	int i;

	for (i = 0; i < count; i++)
		calls_put(calls, make(first + i));
}

static void flush(void)
{
	ck_assert_int_eq(calls_flush(store, calls), 0);
}

static const char *sql(const char *text)
{
	return scratch_sql(scratch.path, text);
}

START_TEST(record_becomes_a_row)
{
	struct call_record *record = make(1);
	struct verdict verdict = {.action = VERDICT_REJECT, .score = 120};

	record->trunk = strdup("carrier");
	record->gateway = strdup("sbc");
	record->source = strdup("192.0.2.1:5060");
	record->call_id = strdup("a@b");
	record->call_id_out = strdup("c@d");
	record->from_uri = strdup("sip:\xe9@x");
	record->to_uri = strdup("sip:'; DROP TABLE calls; --");
	record->facts.caller = (struct number){NUMBER_E164, "+12025550123"};
	record->facts.callee = (struct number){NUMBER_ANONYMOUS, ""};
	record->answered_ms = NOW_MS + 500;
	record->ended_ms = NOW_MS + 2000;
	record->status = 607;
	record->phrase = strdup("Unwanted");
	record->ended_by = "callsieve";
	record->verdict = verdict_dup(&verdict);
	calls_put(calls, record);
	flush();
	ck_assert_str_eq(
		sql("UPDATE calls SET explanation = '@' WHERE "
		    "explanation ->> 'facts' ->> 'callee' = 'anonymous' "
		    "AND explanation ->> 'id' = id RETURNING *"),
		"0000000000000001|1800000000001|1800000000500|1800000002000|"
		"carrier|sbc|192.0.2.1:5060|a@b|c@d|sip:\xef\xbf\xbd@x|"
		"sip:'; DROP TABLE calls; --|+12025550123|anonymous|reject|"
		"score|120|607|Unwanted|callsieve|"
		"@|reject");
	ck_assert_str_eq(sql("SELECT started, talked_s FROM call_log"),
			 "2027-01-15 08:00:00.001|1.5");
}
END_TEST

START_TEST(bare_record_becomes_a_row)
{
	put(1, 1);
	flush();
	ck_assert_str_eq(sql("SELECT count(*), answered_at IS NULL, "
			     "caller IS NULL, explanation IS NULL FROM calls"),
			 "1|1|1|1");
}
END_TEST

START_TEST(many_are_written_in_order)
{
	int64_t written = metric_get(METRIC_RECORDS_WRITTEN);

	put(0, 2500);
	ck_assert_int_eq(metric_get(METRIC_RECORDS_QUEUED), 2500);
	flush();
	ck_assert_int_eq(metric_get(METRIC_RECORDS_QUEUED), 0);
	ck_assert_int_eq(metric_get(METRIC_RECORDS_WRITTEN), written + 2500);
	ck_assert_str_eq(sql("SELECT count(*), sum(rowid - 1 <> CAST(id AS "
			     "INTEGER)) FROM calls"),
			 "2500|0");
}
END_TEST

START_TEST(locked_database_keeps_them_queued_in_order)
{
	struct store *other;

	ck_assert_int_eq(store_open(&other, scratch.path, STORE_EXISTING, 10),
			 0);
	put(0, 3);
	ck_assert_int_eq(store_begin(other), 0);
	ck_assert_int_eq(calls_flush(store, calls), -EBUSY);
	put(3, 3);
	ck_assert_int_eq(calls_flush(store, calls), -EBUSY);
	ck_assert_int_eq(metric_get(METRIC_RECORDS_QUEUED), 6);
	store_rollback(other);
	store_close(other);
	put(6, 1);
	flush();
	ck_assert_str_eq(sql("SELECT count(*), sum(rowid - 1 <> CAST(id AS "
			     "INTEGER)) FROM calls"),
			 "7|0");
}
END_TEST

START_TEST(full_disk_keeps_them_queued)
{
	put(0, 2000);
	ck_assert_int_eq(store_exec(store, "PRAGMA max_page_count = 70"), 0);
	ck_assert_int_eq(calls_flush(store, calls), -ENOSPC);
	ck_assert_int_gt(metric_get(METRIC_RECORDS_QUEUED), 0);
	ck_assert_int_eq(store_exec(store, "PRAGMA max_page_count = 100000"),
			 0);
	flush();
	ck_assert_str_eq(sql("SELECT count(*) FROM calls"), "2000");
}
END_TEST

START_TEST(deleted_database_keeps_them_queued)
{
	struct store *other;

	put(0, 3);
	ck_assert_int_eq(unlink(scratch.path), 0);
	ck_assert_int_eq(calls_flush(store, calls), -ESTALE);
	ck_assert_int_eq(metric_get(METRIC_RECORDS_QUEUED), 3);
	ck_assert_int_eq(store_open(&other, scratch.path, STORE_CREATE, 10), 0);
	store_close(other);
	ck_assert_int_eq(store_current(store), 0);
	flush();
	ck_assert_str_eq(sql("SELECT count(*) FROM calls"), "3");
}
END_TEST

START_TEST(newest_are_dropped_when_full)
{
	int64_t dropped = metric_get(METRIC_RECORDS_DROPPED);

	put(0, LIMIT + 10);
	ck_assert_int_eq(metric_get(METRIC_RECORDS_DROPPED), dropped + 10);
	flush();
	ck_assert_str_eq(sql("SELECT count(*), min(id), max(id) FROM calls"),
			 "5000|0000000000000000|0000000000004999");
	put(LIMIT + 10, 1);
	flush();
	ck_assert_str_eq(sql("SELECT count(*) FROM calls"), "5001");
}
END_TEST

/* A commit that succeeded though it seemed to fail is tried again. */
START_TEST(record_that_is_there_already_is_no_error)
{
	put(1, 1);
	flush();
	put(1, 2);
	flush();
	ck_assert_str_eq(sql("SELECT count(*) FROM calls"), "2");
}
END_TEST

START_TEST(what_was_never_written_is_freed)
{
	put(0, 10);
	ck_assert_int_eq(store_exec(store, "ALTER TABLE calls RENAME TO x"), 0);
	ck_assert_int_lt(calls_flush(store, calls), 0);
	put(10, 10);
}
END_TEST

static void *put_many(void *arg)
{
	put(*(int *)arg, EACH);
	return NULL;
}

START_TEST(threads_put_while_the_store_thread_writes)
{
	pthread_t threads[THREADS];
	int first[THREADS], i;

	for (i = 0; i < THREADS; i++) {
		first[i] = i * EACH;
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, put_many, &first[i]),
			0);
	}
	while (metric_get(METRIC_RECORDS_WRITTEN) < THREADS * EACH / 2)
		flush();
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	flush();
	ck_assert_str_eq(sql("SELECT count(*) FROM calls"), "4000");
}
END_TEST

static void put_aged(int n, int64_t age_ms)
{
	struct call_record *record = make(n);

	record->started_ms = now_wall_ms() - age_ms;
	calls_put(calls, record);
}

START_TEST(old_records_go)
{
	put_aged(1, KEEP * DAY_MS + 1);
	put_aged(2, KEEP * DAY_MS);
	put_aged(3, 0);
	flush();
	ck_assert_str_eq(sql("SELECT id FROM calls"),
			 "0000000000000002|0000000000000003");
	/* Looked for once a minute. */
	now_fake_advance_ms(1);
	flush();
	ck_assert_str_eq(sql("SELECT count(*) FROM calls"), "2");
	now_fake_advance_ms(60000);
	flush();
	ck_assert_str_eq(sql("SELECT id FROM calls"), "0000000000000003");
}
END_TEST

START_TEST(many_old_records_go_round_by_round)
{
	int i;

	for (i = 0; i < 1200; i++)
		put_aged(i, KEEP * DAY_MS + 1);
	flush();
	ck_assert_str_eq(sql("SELECT count(*) FROM calls"), "700");
	flush();
	flush();
	ck_assert_str_eq(sql("SELECT count(*) FROM calls"), "0");
}
END_TEST

START_TEST(zero_days_keep_all)
{
	calls_free(calls);
	ck_assert_int_eq(calls_new(&calls, LIMIT, 0), 0);
	put_aged(1, 4000 * DAY_MS);
	flush();
	ck_assert_str_eq(sql("SELECT count(*) FROM calls"), "1");
}
END_TEST

/* The questions of a day, answered by views. */
START_TEST(views_answer)
{
	struct signal_hit hit = {.name = "blocklist",
				 .points = 100,
				 .row = 17,
				 .detail = "why"};
	struct verdict verdict = {.action = VERDICT_REJECT};
	struct call_record *record;
	int i;

	now_real();
	verdict_add(&verdict, &hit);
	for (i = 0; i < 3; i++) {
		record = make(i);
		record->started_ms = now_wall_ms();
		record->facts.caller = (struct number){NUMBER_E164, "+12025550123"};
		record->verdict = verdict_dup(&verdict);
		calls_put(calls, record);
	}
	put_aged(9, 2 * DAY_MS);
	flush();
	ck_assert_str_eq(sql("SELECT count(*) FROM calls_today"), "3");
	ck_assert_str_eq(sql("SELECT caller, calls, score FROM top_blocked"),
			 "+12025550123|3|100");
	ck_assert_str_eq(
		sql("SELECT signal, \"row\", detail, calls FROM rule_hits"),
		"blocklist|17|why|3");
}
END_TEST

Suite *calls_suite(void)
{
	Suite *suite = suite_create("calls");
	TCase *tc = tcase_create("calls");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, record_becomes_a_row);
	tcase_add_test(tc, bare_record_becomes_a_row);
	tcase_add_test(tc, many_are_written_in_order);
	tcase_add_test(tc, locked_database_keeps_them_queued_in_order);
	tcase_add_test(tc, full_disk_keeps_them_queued);
	tcase_add_test(tc, deleted_database_keeps_them_queued);
	tcase_add_test(tc, newest_are_dropped_when_full);
	tcase_add_test(tc, record_that_is_there_already_is_no_error);
	tcase_add_test(tc, what_was_never_written_is_freed);
	tcase_add_test(tc, threads_put_while_the_store_thread_writes);
	tcase_add_test(tc, old_records_go);
	tcase_add_test(tc, many_old_records_go_round_by_round);
	tcase_add_test(tc, zero_days_keep_all);
	tcase_add_test(tc, views_answer);
	suite_add_tcase(suite, tc);
	return suite;
}
