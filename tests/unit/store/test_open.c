/* Opening what is there, what is not, and what should be left alone. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "callsieve/store.h"
#include "unit/scratch.h"

#include "suites.h"

#define BUSY_MS 10
#define NOBODY	65534

static struct scratch scratch;

static void setup(void)
{
	scratch_make(&scratch);
}

static void teardown(void)
{
	scratch_remove(&scratch);
}

static int open_and_close(enum store_open_mode mode)
{
	struct store *store;
	int err = store_open(&store, scratch.path, mode, BUSY_MS);

	if (!err)
		store_close(store);
	return err;
}

static off_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -1 : st.st_size;
}

START_TEST(database_is_made_once_and_kept)
{
	ck_assert_int_eq(open_and_close(STORE_CREATE), 0);
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "PRAGMA journal_mode;"
				     "INSERT INTO blocklist(number) "
				     "VALUES('+12025550123');"),
			 "wal");
	ck_assert_int_eq(open_and_close(STORE_CREATE), 0);
	ck_assert_int_eq(open_and_close(STORE_EXISTING), 0);
	ck_assert_str_eq(
		scratch_sql(scratch.path, "SELECT number FROM blocklist"),
		"+12025550123");
}
END_TEST

START_TEST(database_is_not_for_everyone)
{
	struct stat st;

	ck_assert_int_eq(open_and_close(STORE_CREATE), 0);
	ck_assert_int_eq(stat(scratch.path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07, 0);
	ck_assert_int_eq(st.st_mode & 0700, 0600);
}
END_TEST

START_TEST(missing_file_is_not_made_by_existing)
{
	ck_assert_int_eq(open_and_close(STORE_EXISTING), -ENOENT);
	ck_assert_int_eq(size_of(scratch.path), -1);
}
END_TEST

/* One in memory is none on the disk, which would stay in the folder from
 * which replay was run. */
START_TEST(database_in_memory_leaves_no_file)
{
	struct store *store;

	ck_assert_int_eq(chdir(scratch.folder), 0);
	ck_assert_int_eq(store_open(&store, ":memory:", STORE_CREATE, BUSY_MS),
			 0);
	store_close(store);
	ck_assert_int_eq(size_of(":memory:"), -1);
}
END_TEST

START_TEST(missing_folder_is_enoent)
{
	struct store *store;

	ck_assert_int_eq(store_open(&store,
				    scratch_path(&scratch, "no/such/test.db"),
				    STORE_CREATE, BUSY_MS),
			 -ENOENT);
}
END_TEST

/* Somebody's typing error must not become our empty block list. */
START_TEST(empty_file_is_a_database_only_to_create)
{
	scratch_write(scratch.path, "", 0);
	ck_assert_int_eq(open_and_close(STORE_EXISTING), -EUCLEAN);
	ck_assert_int_eq(size_of(scratch.path), 0);
	ck_assert_int_eq(open_and_close(STORE_CREATE), 0);
	ck_assert_int_eq(open_and_close(STORE_EXISTING), 0);
}
END_TEST

START_TEST(garbage_is_refused_and_left_alone)
{
	char garbage[5000];

	memset(garbage, 'x', sizeof(garbage));
	scratch_write(scratch.path, garbage, sizeof(garbage));
	ck_assert_int_eq(open_and_close(STORE_CREATE), -EUCLEAN);
	ck_assert_int_eq(size_of(scratch.path), sizeof(garbage));
}
END_TEST

START_TEST(other_programs_database_is_refused_and_left_alone)
{
	scratch_sql(scratch.path, _i ? "PRAGMA application_id = 42"
				     : "CREATE TABLE theirs(x)");
	ck_assert_int_eq(open_and_close(STORE_CREATE), -EUCLEAN);
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "PRAGMA journal_mode; PRAGMA user_version;"
				     "SELECT count(*) FROM sqlite_schema "
				     "WHERE name = 'blocklist'"),
			 "delete|0|0");
}
END_TEST

START_TEST(newer_schema_is_refused)
{
	ck_assert_int_eq(open_and_close(STORE_CREATE), 0);
	scratch_sql(scratch.path, "PRAGMA user_version = 4711");
	ck_assert_int_eq(open_and_close(STORE_EXISTING), -EPROTO);
	ck_assert_str_eq(scratch_sql(scratch.path, "PRAGMA user_version"),
			 "4711");
}
END_TEST

/* root may write what is read-only, so the test must become somebody else. */
static void become_nobody(void)
{
	if (getuid())
		return;
	ck_assert_int_eq(chown(scratch.folder, NOBODY, NOBODY), 0);
	ck_assert_int_eq(chown(scratch.path, NOBODY, NOBODY), 0);
	ck_assert_int_eq(setegid(NOBODY), 0);
	ck_assert_int_eq(seteuid(NOBODY), 0);
}

static void become_ourselves(void)
{
	if (getuid())
		return;
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(setegid(0), 0);
}

START_TEST(read_only_file_can_be_read)
{
	struct store *store;

	ck_assert_int_eq(open_and_close(STORE_CREATE), 0);
	become_nobody();
	ck_assert_int_eq(chmod(scratch.path, 0444), 0);
	ck_assert_int_eq(
		store_open(&store, scratch.path, STORE_EXISTING, BUSY_MS), 0);
	ck_assert_int_gt(store_revision(store, "lists"), 0);
	ck_assert_int_eq(store_exec(store, "DELETE FROM blocklist"), -EROFS);
	store_close(store);
	become_ourselves();
}
END_TEST

/* Root put a backup there by its own hand, and gave it to us afterwards. */
START_TEST(file_that_may_be_written_again_is)
{
	struct store *store;

	ck_assert_int_eq(open_and_close(STORE_CREATE), 0);
	become_nobody();
	ck_assert_int_eq(chmod(scratch.path, 0444), 0);
	ck_assert_int_eq(
		store_open(&store, scratch.path, STORE_EXISTING, BUSY_MS), 0);
	ck_assert_int_eq(store_current(store), 0);
	ck_assert_int_eq(store_exec(store, "DELETE FROM blocklist"), -EROFS);
	ck_assert_int_eq(chmod(scratch.path, 0644), 0);
	ck_assert_int_eq(store_current(store), 0);
	ck_assert_int_eq(store_exec(store, "DELETE FROM blocklist"), 0);
	store_close(store);
	become_ourselves();
}
END_TEST

START_TEST(unreadable_file_is_eacces)
{
	ck_assert_int_eq(open_and_close(STORE_CREATE), 0);
	become_nobody();
	ck_assert_int_eq(chmod(scratch.path, 0), 0);
	ck_assert_int_eq(open_and_close(STORE_EXISTING), -EACCES);
	become_ourselves();
}
END_TEST

Suite *open_suite(void)
{
	Suite *suite = suite_create("open");
	TCase *tc = tcase_create("open");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, database_is_made_once_and_kept);
	tcase_add_test(tc, database_is_not_for_everyone);
	tcase_add_test(tc, missing_file_is_not_made_by_existing);
	tcase_add_test(tc, database_in_memory_leaves_no_file);
	tcase_add_test(tc, missing_folder_is_enoent);
	tcase_add_test(tc, empty_file_is_a_database_only_to_create);
	tcase_add_test(tc, garbage_is_refused_and_left_alone);
	tcase_add_loop_test(
		tc, other_programs_database_is_refused_and_left_alone, 0, 2);
	tcase_add_test(tc, newer_schema_is_refused);
	tcase_add_test(tc, read_only_file_can_be_read);
	tcase_add_test(tc, file_that_may_be_written_again_is);
	tcase_add_test(tc, unreadable_file_is_eacces);
	suite_add_tcase(suite, tc);
	return suite;
}
