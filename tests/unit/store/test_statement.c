/* Statements, transactions, and what becomes of them when others interfere. */
#include <errno.h>
#include <string.h>

#include "callsieve/store.h"
#include "unit/scratch.h"

#include "suites.h"

#define BUSY_MS 10

static struct scratch scratch;
static struct store *store;

static void setup(void)
{
	scratch_make(&scratch);
	ck_assert_int_eq(
		store_open(&store, scratch.path, STORE_CREATE, BUSY_MS), 0);
}

static void teardown(void)
{
	store_close(store);
	scratch_remove(&scratch);
}

static struct store_stmt *prepared(const char *sql)
{
	struct store_stmt *stmt;

	ck_assert_int_eq(store_prepare(&stmt, store, sql), 0);
	return stmt;
}

START_TEST(values_go_in_and_come_out)
{
	struct store_stmt *stmt = prepared("SELECT ?1, ?2, ?3, ?4");

	stmt_bind_int(stmt, 1, INT64_MIN);
	stmt_bind_text(stmt, 2, "text");
	stmt_bind_text(stmt, 3, NULL);
	stmt_bind_null(stmt, 4);
	ck_assert_int_eq(stmt_step(stmt), 1);
	ck_assert_int_eq(stmt_int(stmt, 0), INT64_MIN);
	ck_assert_str_eq(stmt_text(stmt, 1), "text");
	ck_assert_str_eq(stmt_text(stmt, 2), "");
	ck_assert(stmt_is_null(stmt, 2) && stmt_is_null(stmt, 3));
	ck_assert_int_eq(stmt_step(stmt), 0);
}
END_TEST

START_TEST(statement_is_kept_and_comes_back_unbound)
{
	static const char sql[] = "SELECT ?1";
	struct store_stmt *stmt = prepared(sql);

	stmt_bind_int(stmt, 1, 7);
	ck_assert_int_eq(stmt_step(stmt), 1);
	ck_assert_ptr_eq(prepared(sql), stmt);
	ck_assert_int_eq(stmt_step(stmt), 1);
	ck_assert(stmt_is_null(stmt, 0));
	stmt_reset(stmt);
}
END_TEST

START_TEST(bad_binding_shows_when_stepping)
{
	struct store_stmt *stmt = prepared("SELECT 1");

	stmt_bind_int(stmt, 2, 7);
	ck_assert_int_eq(stmt_step(stmt), -EINVAL);
}
END_TEST

START_TEST(refused_row_says_why)
{
	ck_assert_int_eq(
		store_exec(store, "INSERT INTO blocklist(number) VALUES('x')"),
		-EEXIST);
	ck_assert(strstr(store_errmsg(store), "+12025550123"));
	ck_assert_int_eq(store_exec(store, "INSERT INTO reports(subscriber, "
					   "number) VALUES(9, '+12025550123')"),
			 -EEXIST);
	ck_assert_int_eq(store_exec(store, "no sql"), -EINVAL);
}
END_TEST

START_TEST(rollback_undoes)
{
	int64_t before = store_revision(store, "lists");

	ck_assert_int_eq(store_begin(store), 0);
	ck_assert_int_eq(store_exec(store, "INSERT INTO blocklist(number) "
					   "VALUES('+12025550123')"),
			 0);
	ck_assert_int_eq(store_revision(store, "lists"), before + 1);
	store_rollback(store);
	ck_assert_int_eq(store_revision(store, "lists"), before);
	ck_assert_int_eq(store_revision(store, "no such group"), -ENOENT);
}
END_TEST

START_TEST(locked_is_ebusy_for_writers_only)
{
	struct store *other;

	ck_assert_int_eq(
		store_open(&other, scratch.path, STORE_EXISTING, BUSY_MS), 0);
	ck_assert_int_eq(store_exec(other, "BEGIN EXCLUSIVE"), 0);
	ck_assert_int_eq(store_begin(store), -EBUSY);
	ck_assert_int_gt(store_revision(store, "lists"), 0);
	store_rollback(other);
	ck_assert_int_eq(store_begin(store), 0);
	ck_assert_int_eq(store_commit(store), 0);
	store_close(other);
}
END_TEST

START_TEST(full_is_enospc)
{
	int err = 0, i;

	ck_assert_int_eq(store_exec(store, "PRAGMA max_page_count = 60"), 0);
	for (i = 0; !err && i < 100; i++)
		err = store_exec(store, "INSERT INTO settings "
					"VALUES(random(), zeroblob(10000))");
	ck_assert_int_eq(err, -ENOSPC);
	ck_assert_int_eq(store_exec(store, "DELETE FROM settings"), 0);
	ck_assert_int_eq(store_exec(store, "INSERT INTO blocklist(number) "
					   "VALUES('+12025550123')"),
			 0);
}
END_TEST

START_TEST(one_view_for_several_reads)
{
	int64_t before = store_revision(store, "lists");

	ck_assert_int_eq(store_begin_read(store), 0);
	ck_assert_int_eq(store_revision(store, "lists"), before);
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "INSERT INTO blocklist(number) "
				     "VALUES('+12025550123')"),
			 "");
	ck_assert_int_eq(store_revision(store, "lists"), before);
	store_rollback(store);
	ck_assert_int_eq(store_revision(store, "lists"), before + 1);
}
END_TEST

Suite *statement_suite(void)
{
	Suite *suite = suite_create("statement");
	TCase *tc = tcase_create("statement");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, values_go_in_and_come_out);
	tcase_add_test(tc, statement_is_kept_and_comes_back_unbound);
	tcase_add_test(tc, bad_binding_shows_when_stepping);
	tcase_add_test(tc, refused_row_says_why);
	tcase_add_test(tc, rollback_undoes);
	tcase_add_test(tc, locked_is_ebusy_for_writers_only);
	tcase_add_test(tc, full_is_enospc);
	tcase_add_test(tc, one_view_for_several_reads);
	suite_add_tcase(suite, tc);
	return suite;
}
