/* A file that is deleted or replaced while it is open: `rm`, `mv` and `cp`
 * are what admins do in the night. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "callsieve/store.h"
#include "unit/scratch.h"

#include "suites.h"

#define BUSY_MS 10

static struct scratch scratch;
static struct store *store;
static char other[100];

/* Another database with two rows, where `store` has one. */
static void make_other(void)
{
	struct store *made;

	ck_assert_int_eq(store_open(&made, other, STORE_CREATE, BUSY_MS), 0);
	ck_assert_int_eq(store_exec(made, "INSERT INTO blocklist(number) VALUES"
					  "('+442079460001'), "
					  "('+442079460002')"),
			 0);
	store_close(made);
}

static void setup(void)
{
	scratch_make(&scratch);
	snprintf(other, sizeof(other), "%s",
		 scratch_path(&scratch, "other.db"));
	make_other();
	ck_assert_int_eq(
		store_open(&store, scratch.path, STORE_CREATE, BUSY_MS), 0);
	/* Stays in the log until a checkpoint. */
	ck_assert_int_eq(store_exec(store, "INSERT INTO blocklist(number) "
					   "VALUES('+12025550123')"),
			 0);
}

static void teardown(void)
{
	store_close(store);
	scratch_remove(&scratch);
}

static int64_t rows(void)
{
	struct store_stmt *stmt;
	int64_t n;

	ck_assert_int_eq(
		store_prepare(&stmt, store, "SELECT count(*) FROM blocklist"),
		0);
	ck_assert_int_eq(stmt_step(stmt), 1);
	n = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return n;
}

START_TEST(unmoved_file_keeps_its_connection)
{
	int64_t identity = store_identity(store);

	ck_assert_int_eq(store_current(store), 0);
	ck_assert_int_eq(store_identity(store), identity);
}
END_TEST

START_TEST(deleted_file_is_estale_and_not_made_anew)
{
	ck_assert_int_eq(unlink(scratch.path), 0);
	ck_assert_int_eq(store_current(store), -ESTALE);
	ck_assert_int_eq(store_current(store), -ESTALE);
	ck_assert_int_ne(access(scratch.path, F_OK), 0);
}
END_TEST

START_TEST(nothing_is_committed_to_a_deleted_file)
{
	ck_assert_int_eq(store_begin(store), 0);
	ck_assert_int_eq(unlink(scratch.path), 0);
	ck_assert_int_eq(store_commit(store), -ESTALE);
}
END_TEST

START_TEST(deleted_file_may_come_back)
{
	int64_t identity = store_identity(store);

	ck_assert_int_eq(unlink(scratch.path), 0);
	ck_assert_int_eq(store_current(store), -ESTALE);
	ck_assert_int_eq(rename(other, scratch.path), 0);
	ck_assert_int_eq(store_current(store), 0);
	ck_assert_int_ne(store_identity(store), identity);
	ck_assert_int_eq(rows(), 2);
}
END_TEST

/* The old file's log would otherwise be played into the new one. */
START_TEST(log_of_the_old_file_is_not_the_new_ones)
{
	ck_assert_int_eq(rename(other, scratch.path), 0);
	ck_assert_int_eq(store_current(store), 0);
	ck_assert_int_eq(rows(), 2);
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "PRAGMA integrity_check;"
				     "SELECT number FROM blocklist"),
			 "ok|+442079460001|+442079460002");
}
END_TEST

START_TEST(closing_also_leaves_the_new_file_its_own_log)
{
	ck_assert_int_eq(rename(other, scratch.path), 0);
	store_close(store);
	store = NULL;
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "PRAGMA integrity_check;"
				     "SELECT count(*) FROM blocklist"),
			 "ok|2");
}
END_TEST

START_TEST(file_moved_aside_has_all_its_rows)
{
	const char *aside;

	ck_assert_int_eq(
		rename(scratch.path, scratch_path(&scratch, "aside.db")), 0);
	ck_assert_int_eq(rename(other, scratch.path), 0);
	ck_assert_int_eq(store_current(store), 0);
	aside = scratch_path(&scratch, "aside.db");
	ck_assert_str_eq(scratch_sql(aside, "SELECT number FROM blocklist"),
			 "+12025550123");
}
END_TEST

/* Whoever notices second must not take the new log for a leftover. */
START_TEST(two_connections_follow_one_after_the_other)
{
	struct store *second;

	ck_assert_int_eq(
		store_open(&second, scratch.path, STORE_EXISTING, BUSY_MS), 0);
	ck_assert_int_eq(rename(other, scratch.path), 0);
	ck_assert_int_eq(store_current(second), 0);
	ck_assert_int_eq(store_exec(second, "INSERT INTO blocklist(number) "
					    "VALUES('+442079460003')"),
			 0);
	ck_assert_int_eq(store_current(store), 0);
	ck_assert_int_eq(rows(), 3);
	store_close(second);
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "PRAGMA integrity_check;"
				     "SELECT count(*) FROM blocklist"),
			 "ok|3");
}
END_TEST

/* The link now leads to another file; the first one keeps its own log. */
START_TEST(link_may_be_led_elsewhere)
{
	char link[400];

	snprintf(link, sizeof(link), "%s", scratch_path(&scratch, "link.db"));
	store_close(store);
	ck_assert_int_eq(symlink(scratch.path, link), 0);
	ck_assert_int_eq(store_open(&store, link, STORE_EXISTING, BUSY_MS), 0);
	ck_assert_int_eq(store_exec(store, "INSERT INTO blocklist(number) "
					   "VALUES('+12025550124')"),
			 0);
	ck_assert_int_eq(unlink(link), 0);
	ck_assert_int_eq(store_current(store), -ESTALE);
	ck_assert_int_eq(symlink(other, link), 0);
	ck_assert_int_eq(store_current(store), 0);
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "PRAGMA integrity_check;"
				     "SELECT count(*) FROM blocklist"),
			 "ok|2");
	ck_assert_int_eq(store_exec(store, "DELETE FROM blocklist"), 0);
	ck_assert_str_eq(scratch_sql(other, "SELECT count(*) FROM blocklist"),
			 "0");
}
END_TEST

START_TEST(unusable_replacement_is_an_error_until_it_is_usable)
{
	ck_assert_int_eq(unlink(scratch.path), 0);
	scratch_write(scratch.path, "", 0);
	ck_assert_int_eq(store_current(store), -EUCLEAN);
	ck_assert_int_eq(store_exec(store, "SELECT 1"), -ESTALE);
	ck_assert_int_eq(unlink(scratch.path), 0);
	ck_assert_int_eq(store_current(store), -ENOENT);
	ck_assert_int_eq(rename(other, scratch.path), 0);
	ck_assert_int_eq(store_current(store), 0);
	ck_assert_int_eq(rows(), 2);
}
END_TEST

Suite *replaced_suite(void)
{
	Suite *suite = suite_create("replaced");
	TCase *tc = tcase_create("replaced");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, unmoved_file_keeps_its_connection);
	tcase_add_test(tc, deleted_file_is_estale_and_not_made_anew);
	tcase_add_test(tc, nothing_is_committed_to_a_deleted_file);
	tcase_add_test(tc, deleted_file_may_come_back);
	tcase_add_test(tc, log_of_the_old_file_is_not_the_new_ones);
	tcase_add_test(tc, closing_also_leaves_the_new_file_its_own_log);
	tcase_add_test(tc, file_moved_aside_has_all_its_rows);
	tcase_add_test(tc, two_connections_follow_one_after_the_other);
	tcase_add_test(tc, link_may_be_led_elsewhere);
	tcase_add_test(tc, unusable_replacement_is_an_error_until_it_is_usable);
	suite_add_tcase(suite, tc);
	return suite;
}
