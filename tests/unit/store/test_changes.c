/* The audit of the lists: every edit leaves a trace, whatever made it. */
#include <stdio.h>

#include "callsieve/store.h"
#include "unit/scratch.h"

#include "suites.h"

static struct scratch scratch;

static void setup(void)
{
	struct store *store;

	scratch_make(&scratch);
	ck_assert_int_eq(store_open(&store, scratch.path, STORE_CREATE, 10), 0);
	store_close(store);
}

static void teardown(void)
{
	scratch_remove(&scratch);
}

#define GIVEN                                                                  \
	"INSERT INTO blocklist(number, reason) VALUES('+12025550123', 'a');"   \
	"DELETE FROM changes;"
#define SHOW                                                                   \
	"SELECT op, in_table, row, number, "                                   \
	"ifnull(json_extract(old, '$.reason'), '-') FROM changes;"

static const struct trace {
	const char *sql, *changes;
} traces[] = {
	{"INSERT INTO blocklist(number) VALUES('(202) 555-0123');",
	 "insert|blocklist|1|+12025550123|-"},
	{GIVEN "UPDATE blocklist SET reason = 'b';",
	 "update|blocklist|1|+12025550123|a"},
	{GIVEN "UPDATE blocklist SET number = '202 555 0199';",
	 "update|blocklist|1|+12025550123|a"},
	{GIVEN "DELETE FROM blocklist;", "delete|blocklist|1|+12025550123|a"},
	{GIVEN "REPLACE INTO blocklist(number) VALUES('2025550123');",
	 "delete|blocklist|1|+12025550123|a|insert|blocklist|2|+12025550123|-"},
	{GIVEN "PRAGMA recursive_triggers = ON;"
	       "REPLACE INTO blocklist(number) VALUES('2025550123');",
	 "delete|blocklist|1|+12025550123|a|insert|blocklist|2|+12025550123|-"},
	{GIVEN "REPLACE INTO blocklist(id, number) VALUES(1, '+12025550124');",
	 "delete|blocklist|1|+12025550123|a|insert|blocklist|1|+12025550124|-"},
	{GIVEN "INSERT OR IGNORE INTO blocklist(number) "
	       "VALUES('+12025550123'), ('+12025550124');",
	 "insert|blocklist|3|+12025550124|-"},
	{GIVEN "INSERT INTO blocklist(number) VALUES('+12025550123') "
	       "ON CONFLICT DO UPDATE SET reason = 'b';",
	 "update|blocklist|1|+12025550123|a"},
	{GIVEN "INSERT INTO blocklist_import(number) VALUES('2025550123');",
	 "update|blocklist|1|+12025550123|a"},
	{GIVEN "INSERT INTO blocklist_import(number) VALUES('+12025550123');",
	 "update|blocklist|1|+12025550123|a"},
	{"INSERT INTO list_trunks(list, trunk) VALUES('l', 'carrier');",
	 "insert|list_trunks|1|carrier|-"},
	{"INSERT INTO neverblock(number) VALUES('2025550123');",
	 "insert|neverblock|1|+12025550123|-"},
};

START_TEST(edit_leaves_a_trace)
{
	char sql[1000];

	snprintf(sql, sizeof(sql), "%s" SHOW, traces[_i].sql);
	ck_assert_str_eq(scratch_sql(scratch.path, sql), traces[_i].changes);
}
END_TEST

/* IGNORE leaves nothing that a later edit could be taken for. */
START_TEST(ignored_row_is_not_replaced_later)
{
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "INSERT INTO blocklist(number) "
				     "VALUES('+12025550123');"
				     "INSERT OR IGNORE INTO blocklist(number) "
				     "VALUES('+12025550123');"
				     "DELETE FROM blocklist;"
				     "INSERT INTO blocklist(number) "
				     "VALUES('+12025550123');"
				     "SELECT op FROM changes"),
			 "insert|delete|insert");
}
END_TEST

START_TEST(edits_in_a_row_are_one_batch_and_named_ones_another)
{
	ck_assert_str_eq(
		scratch_sql(scratch.path,
			    "INSERT INTO blocklist(number) VALUES('+1900*');"
			    "INSERT INTO blocklist(number) VALUES('+1976*');"
			    "INSERT INTO batches(who, note) "
			    "VALUES('ann', 'NOC-1');"
			    "DELETE FROM blocklist WHERE number = '+1976*';"
			    "INSERT INTO blocklist(number) VALUES('+1809*');"
			    "SELECT batch, who, op, number FROM change_log;"
			    "SELECT created_by FROM blocklist"),
		"2|ann|insert|+1809*|2|ann|delete|+1976*|"
		"1|sqlite3|insert|+1976*|1|sqlite3|insert|+1900*|"
		"sqlite3|ann");
}
END_TEST

START_TEST(batch_ends_when_nothing_is_changed)
{
	ck_assert_str_eq(
		scratch_sql(scratch.path,
			    "INSERT INTO batches(who) VALUES('ann');"
			    "INSERT INTO blocklist(number) VALUES('+1900*');"
			    "UPDATE batches SET open_until = open_until - 700;"
			    "INSERT INTO blocklist(number) VALUES('+1976*');"
			    "SELECT batch, who, number FROM change_log"),
		"2|sqlite3|+1976*|1|ann|+1900*");
}
END_TEST

START_TEST(oldest_changes_are_forgotten)
{
	ck_assert_str_eq(
		scratch_sql(scratch.path,
			    "UPDATE settings SET value = '5' "
			    "WHERE name = 'changes_kept';"
			    "WITH RECURSIVE n(i) AS (VALUES(10) UNION ALL "
			    "SELECT i + 1 FROM n WHERE i < 49) "
			    "INSERT INTO blocklist(number) "
			    "SELECT '+120255501' || i FROM n;"
			    "INSERT INTO batches(who) VALUES('ann');"
			    "SELECT count(*), min(id) FROM changes;"
			    "SELECT count(*) FROM blocklist;"),
		"6|35|40");
}
END_TEST

START_TEST(updated_at_is_filled)
{
	ck_assert_str_eq(
		scratch_sql(scratch.path,
			    GIVEN "SELECT updated_at IS NULL FROM blocklist;"
				  "UPDATE blocklist SET reason = 'b';"
				  "SELECT updated_at > '2020' FROM blocklist"),
		"1|1");
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

Suite *changes_suite(void)
{
	Suite *suite = suite_create("changes");
	TCase *tc = tcase_create("changes");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, edit_leaves_a_trace, 0, COUNT(traces));
	tcase_add_test(tc, ignored_row_is_not_replaced_later);
	tcase_add_test(tc, edits_in_a_row_are_one_batch_and_named_ones_another);
	tcase_add_test(tc, batch_ends_when_nothing_is_changed);
	tcase_add_test(tc, oldest_changes_are_forgotten);
	tcase_add_test(tc, updated_at_is_filled);
	suite_add_tcase(suite, tc);
	return suite;
}
