/* The store thread: what it notices, and what does not stop it. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"
#include "callsieve/store.h"
#include "unit/scratch.h"

#include "suites.h"

#define WAIT_S 60
#define NAP_MS 5

static struct scratch scratch;
static struct store_worker *worker;

/* What the task saw, and what it is to answer. */
static struct seen {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	unsigned runs, bad_runs;
	int64_t revision, identity;
	int answer;
	const char *write; /* SQL to run */
} seen = {.mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};

static int task(struct store *store, void *arg)
{
	int64_t revision = store_revision(store, "lists");
	int err;

	(void)arg;
	pthread_mutex_lock(&seen.mutex);
	err = revision < 0 ? (int)revision : seen.answer;
	if (!err && seen.write)
		err = store_exec(store, seen.write);
	if (err)
		seen.bad_runs++;
	seen.runs++;
	seen.revision = revision;
	seen.identity = store_identity(store);
	pthread_cond_broadcast(&seen.cond);
	pthread_mutex_unlock(&seen.mutex);
	return err;
}

static const struct store_task tasks[] = {{"test", task, NULL}};

static void start(void)
{
	ck_assert_int_eq(store_worker_start(&worker, scratch.path, tasks, 1),
			 0);
}

static void setup(void)
{
	scratch_make(&scratch);
	start();
}

static void teardown(void)
{
	store_worker_stop(worker);
	scratch_remove(&scratch);
}

typedef bool condition_h(int64_t value);

/* Waits for runs of the task until `met`, or fails. */
static void wait_until(condition_h *met, int64_t value)
{
	struct timespec until;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_S;
	pthread_mutex_lock(&seen.mutex);
	while (!rc && !met(value))
		rc = pthread_cond_timedwait(&seen.cond, &seen.mutex, &until);
	pthread_mutex_unlock(&seen.mutex);
	ck_assert_int_eq(rc, 0);
}

static bool has_run(int64_t value)
{
	return seen.runs > value;
}

static bool has_failed(int64_t value)
{
	return seen.bad_runs > value;
}

static bool revision_is_beyond(int64_t value)
{
	return seen.revision > value;
}

static bool identity_is_other(int64_t value)
{
	return seen.identity != value && seen.revision > 0;
}

/* Metrics are set after the task; the next run shows that they are. */
static void wait_for_rounds(unsigned n)
{
	unsigned runs;

	while (n--) {
		pthread_mutex_lock(&seen.mutex);
		runs = seen.runs;
		pthread_mutex_unlock(&seen.mutex);
		store_worker_wake(worker);
		wait_until(has_run, runs);
	}
}

/* Where no task may run, as the file is none. With a nap: who only ever takes
 * the worker's mutex to wake it keeps it from the worker. */
static void wait_for_database(int64_t ok)
{
	while (metric_get(METRIC_DB_OK) != ok) {
		store_worker_wake(worker);
		poll(NULL, 0, NAP_MS);
	}
}

static void set_answer(int answer)
{
	pthread_mutex_lock(&seen.mutex);
	seen.answer = answer;
	pthread_mutex_unlock(&seen.mutex);
}

static void set_write(const char *sql)
{
	pthread_mutex_lock(&seen.mutex);
	seen.write = sql;
	pthread_mutex_unlock(&seen.mutex);
}

/* Under another name and inode: a file moved away and back stays the same. */
static void make_copy(char path[400])
{
	char sql[500];

	snprintf(path, 400, "%s", scratch_path(&scratch, "copy"));
	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", path);
	ck_assert_str_eq(scratch_sql(scratch.path, sql), "");
}

START_TEST(tasks_ran_before_start_returned)
{
	ck_assert_uint_ge(seen.runs, 1);
	ck_assert_int_gt(seen.revision, 0);
	ck_assert_int_eq(metric_get(METRIC_DB_OK), 1);
}
END_TEST

/* Rounds come once a second anyway, so of many edits one at least must be
 * seen sooner than that. */
START_TEST(edit_by_another_program_is_seen_at_the_next_poll)
{
	uint64_t start, best = UINT64_MAX;
	int64_t revision;
	int i;

	for (i = 0; i < 20 && best > 500; i++) {
		wait_for_rounds(1);
		revision = seen.revision;
		ck_assert_str_eq(scratch_sql(scratch.path,
					     "INSERT INTO blocklist(number) "
					     "SELECT printf('+1202555%04d', "
					     "count(*)) FROM blocklist"),
				 "");
		start = now_mono_ms();
		wait_until(revision_is_beyond, revision);
		if (now_mono_ms() - start < best)
			best = now_mono_ms() - start;
	}
	ck_assert_uint_le(best, 500);
}
END_TEST

START_TEST(deleted_file_is_waited_for)
{
	char copy[400];
	int64_t identity;

	wait_for_rounds(1);
	identity = seen.identity;
	make_copy(copy);
	ck_assert_int_eq(unlink(scratch.path), 0);
	wait_for_database(0);
	ck_assert_int_ne(access(scratch.path, F_OK), 0);
	ck_assert_int_eq(rename(copy, scratch.path), 0);
	wait_until(identity_is_other, identity);
	wait_for_rounds(2);
	ck_assert_int_eq(metric_get(METRIC_DB_OK), 1);
}
END_TEST

/* Whoever overwrites the file in place leaves the inode as it is. And whoever
 * has the pages in memory does not notice: the task forgets them. */
START_TEST(damaged_file_is_survived)
{
	char garbage[8192], copy[400], command[900];

	set_write("PRAGMA shrink_memory");
	make_copy(copy);
	scratch_sql(scratch.path, "PRAGMA wal_checkpoint(TRUNCATE)");
	memset(garbage, 'x', sizeof(garbage));
	scratch_write(scratch.path, garbage, sizeof(garbage));
	wait_for_database(0);
	snprintf(command, sizeof(command), "cat '%s' >'%s'", copy,
		 scratch.path);
	ck_assert_int_eq(system(command), 0);
	wait_for_database(1);
	ck_assert_str_eq(scratch_sql(scratch.path, "PRAGMA integrity_check"),
			 "ok");
}
END_TEST

START_TEST(failing_task_is_tried_again)
{
	int64_t errors = metric_get(METRIC_DB_ERRORS);

	set_answer(-EBUSY);
	wait_until(has_failed, seen.bad_runs + 1);
	ck_assert_int_eq(metric_get(METRIC_DB_OK), 0);
	ck_assert_int_gt(metric_get(METRIC_DB_ERRORS), errors);
	set_answer(0);
	wait_for_rounds(2);
	ck_assert_int_eq(metric_get(METRIC_DB_OK), 1);
}
END_TEST

START_TEST(again_is_no_failure)
{
	int64_t errors = metric_get(METRIC_DB_ERRORS);

	set_answer(-EAGAIN);
	wait_until(has_failed, seen.bad_runs + 2);
	set_answer(0);
	wait_for_rounds(1);
	ck_assert_int_eq(metric_get(METRIC_DB_ERRORS), errors);
	ck_assert_int_eq(metric_get(METRIC_DB_OK), 1);
}
END_TEST

START_TEST(locked_database_is_waited_for)
{
	struct store *other;
	unsigned bad = seen.bad_runs;

	ck_assert_int_eq(store_open(&other, scratch.path, STORE_EXISTING, 1000),
			 0);
	ck_assert_int_eq(store_begin(other), 0);
	set_write("INSERT INTO settings VALUES('x', 'y')"
		  "ON CONFLICT DO UPDATE SET value = 'y'");
	wait_until(has_failed, bad);
	store_rollback(other);
	store_close(other);
	/* Until it is there: the test's own time limit says when never. */
	while (strcmp(scratch_sql(scratch.path, "SELECT value FROM settings "
						"WHERE name = 'x'"),
		      "y") != 0)
		store_worker_wake(worker);
}
END_TEST

START_TEST(stop_runs_the_tasks_once_more)
{
	unsigned runs;

	wait_for_rounds(1);
	runs = seen.runs;
	store_worker_stop(worker);
	worker = NULL;
	ck_assert_uint_gt(seen.runs, runs);
}
END_TEST

START_TEST(unusable_file_is_no_error_at_the_start)
{
	store_worker_stop(worker);
	worker = NULL;
	scratch_remove(&scratch);
	scratch_make(&scratch);
	scratch_write(scratch.path, "this is no database, whatever it is", 35);
	seen.runs = 0;
	start();
	ck_assert_uint_eq(seen.runs, 0);
	ck_assert_int_eq(metric_get(METRIC_DB_OK), 0);
}
END_TEST

/* There never was a list to lose, so it is made as soon as it can be. */
START_TEST(first_database_is_made_when_its_folder_appears)
{
	char folder[400], path[420];

	store_worker_stop(worker);
	snprintf(folder, sizeof(folder), "%s", scratch_path(&scratch, "later"));
	snprintf(path, sizeof(path), "%s/test.db", folder);
	ck_assert_int_eq(store_worker_start(&worker, path, tasks, 1), 0);
	ck_assert_int_eq(metric_get(METRIC_DB_OK), 0);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	wait_for_rounds(2);
	ck_assert_int_eq(metric_get(METRIC_DB_OK), 1);
	store_worker_stop(worker);
	worker = NULL;
	unlink(path);
	rmdir(folder);
}
END_TEST

Suite *worker_suite(void)
{
	Suite *suite = suite_create("worker");
	TCase *tc = tcase_create("worker");

	tcase_set_timeout(tc, 4 * WAIT_S);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, tasks_ran_before_start_returned);
	tcase_add_test(tc, edit_by_another_program_is_seen_at_the_next_poll);
	tcase_add_test(tc, deleted_file_is_waited_for);
	tcase_add_test(tc, damaged_file_is_survived);
	tcase_add_test(tc, failing_task_is_tried_again);
	tcase_add_test(tc, again_is_no_failure);
	tcase_add_test(tc, locked_database_is_waited_for);
	tcase_add_test(tc, stop_runs_the_tasks_once_more);
	tcase_add_test(tc, unusable_file_is_no_error_at_the_start);
	tcase_add_test(tc, first_database_is_made_when_its_folder_appears);
	suite_add_tcase(suite, tc);
	return suite;
}
