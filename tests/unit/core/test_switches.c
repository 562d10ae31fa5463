#include "callsieve/core/switches.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suites.h"

static char dir[40], path[60];
static struct switches switches;

static void setup(void)
{
	strcpy(dir, "/tmp/callsieve-unit.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	switches.count = 0;
}

static void teardown(void)
{
	unlink(path);
	rmdir(dir);
}

static void write_text(const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

START_TEST(what_is_written_is_read)
{
	struct a_switch carrier = {"carrier", 1000, 2000, "root"};
	struct a_switch all = {"*", 1100, 1500, "ann"};
	struct switches read = {.count = 7};

	ck_assert_int_eq(switches_set(&switches, &carrier), 0);
	ck_assert_int_eq(switches_set(&switches, &all), 0);
	ck_assert_int_eq(switches_write(&switches, path), 0);
	ck_assert_int_eq(switches_read(&read, path), 0);
	ck_assert_uint_eq(read.count, 2);
	ck_assert_mem_eq(read.at, switches.at, 2 * sizeof(read.at[0]));

	carrier.until_s = 9000;
	ck_assert_int_eq(switches_set(&read, &carrier), 0);
	ck_assert_uint_eq(read.count, 2);
	ck_assert_int_eq(switches_find(&read, "carrier")->until_s, 9000);
	switches_expire(&read, 1500);
	ck_assert_ptr_null(switches_find(&read, "*"));
	switches_remove(&read, "carrier");
	ck_assert_uint_eq(read.count, 0);
}
END_TEST

/* Nothing new can be made, but what is there can be written over. */
START_TEST(full_disk_is_no_obstacle_where_room_was_kept)
{
	struct a_switch all = {"*", 1100, 1500, "ann"};
	char blocked[80];

	snprintf(blocked, sizeof(blocked), "%s.new", path);
	ck_assert_int_eq(switches_reserve(path), 0);
	ck_assert_int_eq(mkdir(blocked, 0700), 0);
	ck_assert_int_eq(switches_set(&switches, &all), 0);
	ck_assert_int_eq(switches_write(&switches, path), 0);
	/* What is in force is not taken back. */
	ck_assert_int_eq(switches_reserve(path), 0);
	switches.count = 0;
	ck_assert_int_eq(switches_read(&switches, path), 0);
	ck_assert_uint_eq(switches.count, 1);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_lt(switches_write(&switches, path), 0);
	ck_assert_int_ne(access(path, F_OK), 0);
	rmdir(blocked);
}
END_TEST

START_TEST(without_a_file_there_are_none)
{
	switches.count = 3;
	ck_assert_int_eq(switches_read(&switches, path), 0);
	ck_assert_uint_eq(switches.count, 0);
}
END_TEST

static const char *const wrong[] = {
	"carrier\n",
	"carrier 2000 1000\n",
	"carrier later 1000 root\n",
	"carrier 2000 1000 root and more\n",
	"# fine\n* 2000 1000 root\n\001\n",
};

START_TEST(file_that_is_none_changes_nothing)
{
	switches.count = 3;
	write_text(wrong[_i]);
	ck_assert_int_eq(switches_read(&switches, path), -EINVAL);
	ck_assert_uint_eq(switches.count, 3);
}
END_TEST

START_TEST(there_may_be_so_many)
{
	struct a_switch one = {.by = "root"};

	for (int i = 0; i < SWITCHES_MAX; i++) {
		snprintf(one.name, sizeof(one.name), "trunk%d", i);
		ck_assert_int_eq(switches_set(&switches, &one), 0);
	}
	ck_assert_int_eq(switches_set(&switches, &one), 0);
	strcpy(one.name, "another");
	ck_assert_int_eq(switches_set(&switches, &one), -ENOSPC);
	ck_assert_uint_eq(switches.count, SWITCHES_MAX);
}
END_TEST

START_TEST(folder_that_cannot_be_written)
{
	ck_assert_int_eq(switches_write(&switches, "/nowhere/file"), -ENOENT);
	ck_assert_int_eq(switches_read(&switches, dir), -EIO);
}
END_TEST

Suite *switches_suite(void)
{
	Suite *suite = suite_create("switches");
	TCase *tc = tcase_create("switches");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_written_is_read);
	tcase_add_test(tc, full_disk_is_no_obstacle_where_room_was_kept);
	tcase_add_test(tc, without_a_file_there_are_none);
	tcase_add_loop_test(tc, file_that_is_none_changes_nothing, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(tc, there_may_be_so_many);
	tcase_add_test(tc, folder_that_cannot_be_written);
	suite_add_tcase(suite, tc);
	return suite;
}
