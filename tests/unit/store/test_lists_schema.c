/* blocklist and allowlist as admins meet them in the sqlite3 shell. */
#include <stdio.h>
#include <string.h>

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
	"INSERT INTO blocklist(number, reason) VALUES('+12025550123', 'a');"
#define SHOW "SELECT id, number, points, ifnull(reason, '-') FROM blocklist;"

/* What the shell prints, or a part of it when it ends in "...". */
static const struct edit {
	const char *sql, *output;
} edits[] = {
	{"INSERT INTO blocklist(number) VALUES('+12025550123');" SHOW,
	 "1|+12025550123|100|-"},
	{"INSERT INTO blocklist(number) VALUES('(202) 555-0123');" SHOW,
	 "1|+12025550123|100|-"},
	{"INSERT INTO blocklist(number) VALUES(12025550123);" SHOW,
	 "1|+12025550123|100|-"},
	{"INSERT INTO blocklist(number, points, reason) "
	 "VALUES('0044 20 7946 0000', 30, 'b'), ('+1900*', 40, '');" SHOW,
	 "1|+442079460000|30|b|2|+1900*|40|"},
	{"INSERT INTO blocklist VALUES(7, '202.555.0123', 5, 'r', 's', 't', "
	 "'2030-01-02', '2020-01-01 00:00:00', 'me', NULL, 'l', 'c', 0);"
	 "SELECT * FROM blocklist;",
	 "7|+12025550123|5|r|s|t|2030-01-02 00:00:00|2020-01-01 00:00:00|me||"
	 "l|c|0"},

	/* Duplicates, in any writing, and what the statement says of them. */
	{GIVEN "INSERT INTO blocklist(number) VALUES('+12025550123');",
	 "...UNIQUE constraint failed: blocklist.number"},
	{GIVEN "INSERT INTO blocklist(number) VALUES('2025550123');",
	 "...UNIQUE constraint failed: blocklist.number"},
	{GIVEN "INSERT OR IGNORE INTO blocklist(number) "
	       "VALUES('2025550123'), ('2025550124');" SHOW,
	 "1|+12025550123|100|a|3|+12025550124|100|-"},
	{GIVEN "INSERT OR REPLACE INTO blocklist(number, reason) "
	       "VALUES('2025550123', 'b');" SHOW,
	 "2|+12025550123|100|b"},
	{GIVEN "REPLACE INTO blocklist(number, reason) "
	       "VALUES('+12025550123', 'b');" SHOW,
	 "2|+12025550123|100|b"},
	{GIVEN "INSERT INTO blocklist(number, reason) "
	       "VALUES('+12025550123', 'b') "
	       "ON CONFLICT DO UPDATE SET reason = excluded.reason, "
	       "points = 50;" SHOW,
	 "1|+12025550123|50|b"},
	{GIVEN "INSERT INTO blocklist(number) VALUES('2025550124') "
	       "ON CONFLICT DO UPDATE SET points = 50;" SHOW,
	 "1|+12025550123|100|a|2|+12025550124|100|-"},
	{GIVEN "INSERT INTO blocklist(number) VALUES('2025550123') "
	       "ON CONFLICT DO UPDATE SET points = 50;",
	 "...UNIQUE constraint failed: blocklist.number"},
	{GIVEN "INSERT OR FAIL INTO blocklist(number) "
	       "VALUES('2025550124'), ('2025550123');",
	 "...UNIQUE constraint failed: blocklist.number"},
	{GIVEN "PRAGMA recursive_triggers = ON;"
	       "INSERT OR REPLACE INTO blocklist(number) "
	       "VALUES('2025550123');" SHOW,
	 "2|+12025550123|100|-"},

	{"INSERT INTO blocklist(number) VALUES('2025550123'), ('no');",
	 "...no digits. Write it as +12025550123, or a prefix as +1900*."},

	{GIVEN "UPDATE blocklist SET number = 'tel:+1-202-555-0199', "
	       "points = 7;" SHOW,
	 "1|+12025550199|7|a"},
	{GIVEN "UPDATE blocklist SET number = 'no';", "...no digits."},
	{GIVEN "INSERT INTO blocklist(number) VALUES('+1900*');"
	       "UPDATE blocklist SET number = '2025550123' WHERE id = 2;",
	 "...UNIQUE constraint failed: blocklist.number"},
	{GIVEN "UPDATE blocklist SET reason = 'c', ticket = 4711;" SHOW,
	 "1|+12025550123|100|c"},
	{GIVEN "DELETE FROM blocklist; SELECT count(*) FROM blocklist;", "0"},

	{"INSERT INTO blocklist(number, points) VALUES('+12025550123', '');"
	 "SELECT points FROM blocklist;",
	 "100"},
	{"INSERT INTO blocklist(number, points) VALUES('+12025550123', 1001);",
	 "...points are a whole number from 0 to 1000"},
	{"INSERT INTO blocklist(number, points) VALUES('+12025550123', 'x');",
	 "...points are a whole number from 0 to 1000"},
	{"INSERT INTO blocklist(number) VALUES(NULL);",
	 "...The number is empty."},
	{"INSERT INTO blocklist(points) VALUES(1);", "...The number is empty."},

	{"INSERT INTO blocklist(number, expires_at) VALUES"
	 "('+12025550123', '2030-12-31'), "
	 "('+12025550124', '2030-12-31T18:00:00Z'), "
	 "('+12025550125', 1924992000), ('+12025550126', ''), "
	 "('+12025550127', '2030-12-31 18:00:00');"
	 "SELECT ifnull(expires_at, '-') FROM blocklist;",
	 "2030-12-31 00:00:00|2030-12-31 18:00:00|2031-01-01 00:00:00|-|"
	 "2030-12-31 18:00:00"},
	{"INSERT INTO blocklist(number, expires_at) "
	 "VALUES('+12025550123', '2030-02-30');",
	 "...expires_at is a UTC time such as 2030-12-31"},
	{"INSERT INTO blocklist(number, expires_at) "
	 "VALUES('+12025550123', 'tomorrow');",
	 "...expires_at is a UTC time such as 2030-12-31"},
	{"INSERT INTO blocklist(number, expires_at) "
	 "VALUES('+12025550123', 20301231);",
	 "...expires_at is a UTC time such as 2030-12-31"},
	{"INSERT INTO blocklist(number, expires_at) "
	 "VALUES('+12025550123', '2030-02-30 00:00:00');",
	 "...expires_at is a UTC time such as 2030-12-31"},

	{"INSERT INTO allowlist(number, reason) VALUES('(202) 555-0123', 'vip')"
	 ";SELECT id, number, reason FROM allowlist;",
	 "1|+12025550123|vip"},
	{"INSERT INTO allowlist(number) VALUES('911');", "...emergency number"},
	{"INSERT INTO allowlist(number) VALUES('+1900*');"
	 "UPDATE allowlist SET number = '+1 (800) 555-0123';"
	 "SELECT number FROM allowlist",
	 "+18005550123"},

	{"INSERT INTO blocklist(number, expires_at) "
	 "VALUES('+12025550123', 'tomorrow');",
	 "...datetime('now', '+30 days')"},

	/* Nobody's rules and numbers. */
	{"INSERT INTO subscriber_rules(subscriber, number, action) "
	 "VALUES(9, '(202) 555-0123', 'block');",
	 "...no such subscriber: SELECT id, name FROM subscribers"},
	{"INSERT INTO subscriber_rules(subscriber, number, action) "
	 "VALUES('ann', '+12025550123', 'block');",
	 "...INSERT INTO subscriber_rules_csv"},
	{"INSERT INTO subscriber_numbers(subscriber, number) "
	 "VALUES('ann', '+12025550123');",
	 "...INSERT INTO subscriber_numbers_csv"},
	{"INSERT INTO subscriber_rules_csv(subscriber, number, action) "
	 "VALUES('ann', '(202) 555-0123', 'block');"
	 "INSERT INTO subscriber_numbers_csv(subscriber, number) "
	 "VALUES('ann', '202 555 0124');"
	 "UPDATE subscriber_rules SET subscriber = 9;",
	 "...no such subscriber"},
	{"INSERT INTO subscriber_rules_csv(subscriber, number, action) "
	 "VALUES('ann', '(202) 555-0123', 'block');"
	 "INSERT INTO subscriber_numbers_csv(subscriber, number) "
	 "VALUES('ann', '202 555 0124');"
	 "SELECT number FROM subscriber_rules UNION ALL "
	 "SELECT number FROM subscriber_numbers;",
	 "+12025550123|+12025550124"},

	/* The country is the admin's to set. */
	{"UPDATE settings SET value = '44' WHERE name = 'country';"
	 "INSERT INTO blocklist(number) VALUES('020 7946 0000');" SHOW,
	 "1|+442079460000|100|-"},
	{"DELETE FROM settings WHERE name = 'country';"
	 "INSERT INTO blocklist(number) VALUES('(202) 555-0123');",
	 "...has no country code. Write it as +12025550123, or set the country"
	 ": INSERT OR REPLACE INTO settings VALUES('country', '1')."},
};

START_TEST(edits_do_what_they_say)
{
	const struct edit *edit = &edits[_i];
	const char *output = scratch_sql(scratch.path, edit->sql);

	if (strncmp(edit->output, "...", 3))
		ck_assert_str_eq(output, edit->output);
	else
		ck_assert_msg(strstr(output, edit->output + 3) != NULL,
			      "%s\n   said: %s", edit->sql, output);
	/* Whatever happened, no other form is left behind. */
	ck_assert_str_eq(
		scratch_sql(scratch.path,
			    "SELECT count(*) FROM blocklist WHERE number NOT "
			    "GLOB '+[1-9]*' OR ltrim(substr(number, 2), "
			    "'0123456789') NOT IN ('', '*')"),
		"0");
}
END_TEST

/* Each refusal names its own cause. */
static const struct refusal {
	const char *number, *sentence;
} refusals[] = {
	{"", "is empty"},
	{"  ", "is empty"},
	{"number", "no digits"},
	{"1-800-FLOWERS", "letters stand for"},
	{"1.20256E+10", "spreadsheet"},
	{"+1+2025550123", "no digits"},
	{"+19*00", "only at the end"},
	{"+1900**", "only at the end"},
	{"*", "A prefix needs its country code"},
	{"1900*", "A prefix needs its country code"},
	{"+*", "too short"},
	{"911", "emergency number"},
	{"+123456", "too short"},
	{"+1234567890123456", "too long"},
	{"+1234567890123456*", "too long"},
	{"+0442079460000", "begins with 0"},
	{"+0*", "begins with 0"},
	{"+11025550123", "No area code"},
	{"0205550123", "No area code"},
	{"442079460000", "no number of the country"},
};

START_TEST(refusal_says_what_is_wrong)
{
	char sql[200];
	const char *output;

	snprintf(sql, sizeof(sql), "INSERT INTO blocklist(number) VALUES('%s')",
		 refusals[_i].number);
	output = scratch_sql(scratch.path, sql);
	ck_assert_msg(strstr(output, refusals[_i].sentence) != NULL, "%s: %s",
		      refusals[_i].number, output);
	ck_assert_str_eq(
		scratch_sql(scratch.path, "SELECT count(*) FROM blocklist"),
		"0");
}
END_TEST

START_TEST(every_edit_raises_the_revision)
{
	static const char *const changes[] = {
		"INSERT INTO blocklist(number) VALUES('+12025550123')",
		"INSERT INTO blocklist(number) VALUES('2025550124')",
		"UPDATE blocklist SET points = 50 WHERE id = 1",
		"UPDATE blocklist SET number = '2025550125' WHERE id = 1",
		"REPLACE INTO blocklist(number) VALUES('+12025550125')",
		"DELETE FROM blocklist WHERE number = '+12025550125'",
		"DELETE FROM blocklist",
		"INSERT INTO allowlist(number) VALUES('+12025550123')",
		"UPDATE allowlist SET expires_at = '2030-01-01'",
		"DELETE FROM allowlist",
	};
	char sql[300];
	size_t i;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		snprintf(sql, sizeof(sql),
			 "CREATE TEMP TABLE was AS SELECT n FROM revision "
			 "WHERE name = 'lists'; %s;"
			 "SELECT revision.n > was.n FROM revision, was "
			 "WHERE name = 'lists'",
			 changes[i]);
		ck_assert_str_eq(scratch_sql(scratch.path, sql), "1");
	}
}
END_TEST

START_TEST(csv_is_imported_and_bad_lines_are_kept_aside)
{
	static const char csv[] = "number,reason,source,expires_at,points\r\n"
				  "(202) 555-0123,robocalls,ftc,,\r\n"
				  "nonsense,x,,,\r\n"
				  "+1900*,premium,ftc,2030-12-31,40\r\n"
				  "+12025550123,again,noc,,\r\n";
	char sql[500];
	const char *output;

	snprintf(sql, sizeof(sql), "%s", scratch_path(&scratch, "bad.csv"));
	scratch_write(sql, csv, sizeof(csv) - 1);
	snprintf(sql, sizeof(sql),
		 ".import --csv --skip 1 %s blocklist_import\n"
		 "SELECT number, points, reason, source, "
		 "ifnull(expires_at, '-') FROM blocklist;",
		 scratch_path(&scratch, "bad.csv"));
	output = scratch_sql(scratch.path, sql);
	ck_assert_str_eq(output, "+12025550123|100|again|noc|-|+1900*|40|"
				 "premium|ftc|2030-12-31 00:00:00");
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "SELECT in_table, number, line, cause "
				     "FROM import_rejects"),
			 "blocklist|nonsense|nonsense,x,,,|"
			 "characters that are no digits");
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

Suite *lists_schema_suite(void)
{
	Suite *suite = suite_create("lists_schema");
	TCase *tc = tcase_create("lists_schema");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, edits_do_what_they_say, 0, COUNT(edits));
	tcase_add_loop_test(tc, refusal_says_what_is_wrong, 0, COUNT(refusals));
	tcase_add_test(tc, every_edit_raises_the_revision);
	tcase_add_test(tc, csv_is_imported_and_bad_lines_are_kept_aside);
	suite_add_tcase(suite, tc);
	return suite;
}
