/* The lists' history from the command line: who changed what, what it was
 * before, and back again; and a list out and in. */
#include <stdio.h>
#include <string.h>

#include "run.h"
#include "suites.h"

/* Batch 1 by nobody in particular, 2 by ann, 3 by bob. */
#define EDITS                                                                  \
	"INSERT INTO blocklist(number, source, ticket) VALUES "                \
	"('+12025550101', 'noc', 'T-1'), ('+12025550102', NULL, NULL), "       \
	"('+1202555*', 'ftc', NULL), "                                         \
	"('+12025550100-+12025550199', NULL, NULL);"                           \
	"INSERT INTO batches(who, note) VALUES('ann', 'NOC-4711');"            \
	"UPDATE blocklist SET points = 40, reason = 'so' WHERE id = 1;"        \
	"DELETE FROM blocklist WHERE id = 2;"                                  \
	"INSERT INTO allowlist(number) VALUES('+12025550103');"                \
	"INSERT INTO batches(who) VALUES('bob');"                              \
	"INSERT INTO blocklist(number) VALUES('+12025550104');"

#define ROWS                                                                   \
	"SELECT group_concat(id || ' ' || number || ' ' || points || ' ' || "  \
	"created_by, '|') FROM (SELECT * FROM blocklist WHERE number NOT "     \
	"GLOB '*[*-]*' ORDER BY id)"
#define AS_BEFORE                                                              \
	"1 +12025550101 100 sqlite3|2 +12025550102 100 sqlite3|"               \
	"5 +12025550104 100 bob"
#define AS_EDITED "1 +12025550101 40 sqlite3|5 +12025550104 100 bob"

static void setup(void)
{
	run_setup();
	execute(EDITS);
}

static void expect(const char *arguments, const char *words)
{
	with_database(arguments, 0);
	ck_assert_msg(strstr(run.out, words) != NULL, "no \"%s\" in\n%s", words,
		      run.out);
}

static void expect_refusal(const char *arguments, const char *words)
{
	with_database(arguments, 1);
	ck_assert_msg(strstr(run.err, words) != NULL, "no \"%s\" in\n%s", words,
		      run.err);
}

static const struct {
	const char *arguments, *words;
} told[] = {
	{"list log", "ann                  1         1         1  NOC-4711\n"},
	{"list log --since 1h", "bob                  1         0"},
	{"list log -n 1", "bob"},
	{"list log --batch 2",
	 "ann           changed   blocklist         +12025550101       "
	 "points 100 -> 40, reason - -> so  (NOC-4711)\n"},
	{"list log --batch 2", "removed   blocklist         +12025550102"},
	{"list log --number '202 555 0101'",
	 "sqlite3       added     blocklist         +12025550101       "
	 "points 100, source noc, ticket T-1\n"},
	{"list blame '(202) 555-0101'",
	 "blocklist         +12025550101       blocked: points 40, "
	 "reason so, source noc, ticket T-1\n      by sqlite3, "},
	{"list blame '(202) 555-0101'",
	 "blocklist         +1202555*          blocked: points 100, source "},
	{"list blame '(202) 555-0101'",
	 "blocklist         +12025550100-+12025550199  blocked"},
	{"list blame '(202) 555-0101'", "points 100 -> 40"},
	{"list blame 2025550102", "removed   blocklist         +12025550102"},
	{"list blame +442079460000", "no row of any list\n"},
	{"list show", "blocklist            default       ftc       "},
	{"list show blocklist --source noc", "+12025550101  "},
};

START_TEST(edits_are_told)
{
	expect(told[_i].arguments, told[_i].words);
}
END_TEST

START_TEST(log_since_leaves_out_what_was_before)
{
	execute("UPDATE batches SET started_at = datetime('now', '-3 hours') "
		"WHERE who = 'ann'");
	with_database("list log --since 2h", 0);
	ck_assert_ptr_null(strstr(run.out, "ann"));
	with_database("list log --since yesterday", 2);
}
END_TEST

START_TEST(blame_names_expired_rows_and_trunks)
{
	execute("INSERT INTO blocklist(number, list) VALUES"
		"('+12025550101', 'wholesale');"
		"INSERT INTO list_trunks(list, trunk) VALUES('wholesale', 't');"
		"INSERT INTO neverblock(number, expires_at) VALUES"
		"('+12025550101', '2020-01-01');"
		"INSERT INTO hits VALUES('blocklist', 1, 7, '2026-01-01')");
	expect("list blame +12025550101", "has EXPIRED");
	expect("list blame +12025550101", "only for calls by t\n");
	expect("list blame +12025550101", "decided 7 calls");
}
END_TEST

/* The rows of a number, in the order in which they must be told: as
 * lists/match.c decides, whatever list they are on. */
static const char *const orders[][5] = {
	{"blocklist         +13035550123 ", "allowlist         +1303*"},
	{"allowlist         +1303555*", "blocklist         +1303555*",
	 "dno               +1303555*"},
	{"dno               +13035550123 ", "allowlist         +1303555*",
	 "blocklist         +1303*"},
	{"allowlist         +13035550123 ", "dno               +13035550123 "},
	{"blocklist         +1303555012*",
	 "blocklist         +13035550100-+13035550199"},
	/* The piece that has the number is +130355501*. */
	{"allowlist         +1303555012*",
	 "blocklist         +13035550100-+13035550199",
	 "blocklist         +1303555*"},
	/* And here it is the number alone. */
	{"blocklist         +13035550123-+13035550125",
	 "allowlist         +1303555012*"},
	{"blocklist         +13035550123 ",
	 "blocklist         +13035550123-+13035550125"},
	{"neverblock        +1303*", "allowlist         +1303555*",
	 "own_numbers       +13035550123 "},
};

START_TEST(blame_is_in_the_order_that_decides)
{
	const char *const *order = orders[_i], *at;
	char sql[200], table[20];
	size_t i, count = 0;

	/* Put in the other way round. */
	while (count < 5 && order[count])
		count++;
	for (i = count; i--;) {
		sscanf(order[i], "%19s", table);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO %s(number) VALUES('%s')", table,
			 order[i] + 18);
		execute(sql);
	}
	with_database("list blame '303 555 0123'", 0);
	at = run.out;
	for (i = 0; i < count; i++) {
		ck_assert_msg((at = strstr(at, order[i])) != NULL,
			      "\"%s\" is late in\n%s", order[i], run.out);
		at++;
	}
}
END_TEST

START_TEST(undo_restores_what_was_before)
{
	expect("list undo 2 --dry-run", "1 rows added, 1 changed, 1 removed\n");
	check_answer(ROWS, AS_EDITED);
	expect("list undo 2", "1 rows added, 1 changed, 1 removed\n");
	check_answer(ROWS, AS_BEFORE);
	check_answer("SELECT count(*) FROM allowlist", "0");
	expect("list log", "undo of batch 2");
}
END_TEST

START_TEST(undo_can_be_undone)
{
	with_database("list undo 2 --note 'a mistake'", 0);
	expect("list log", "a mistake");
	expect("list undo 4", "1 rows added, 1 changed, 1 removed\n");
	check_answer(ROWS, AS_EDITED);
}
END_TEST

START_TEST(settings_can_be_undone)
{
	static const char all[] =
		"SELECT group_concat(subscriber || ':' || "
		"coalesce(label_at, '-') || ':' || coalesce(reject_at, '-') "
		"|| ':' || anonymous) FROM subscriber_settings";

	execute("INSERT INTO subscribers(id, name) VALUES(7, 'eve'), (8, 'al');"
		"INSERT INTO batches(id, who) VALUES(50, 'cleo');"
		"INSERT INTO subscriber_settings(subscriber, reject_at) "
		"VALUES(7, 60);"
		"INSERT INTO batches(id, who) VALUES(51, 'cleo');"
		"REPLACE INTO subscriber_settings(subscriber, label_at) "
		"VALUES(7, 20);"
		"INSERT INTO subscriber_settings(subscriber, anonymous) "
		"VALUES(8, 'refuse');"
		"INSERT INTO batches(id, who) VALUES(52, 'cleo');"
		"DELETE FROM subscriber_settings");
	expect("list log --batch 51", "eve");
	expect("list undo 52", "2 rows added, 0 changed, 0 removed\n");
	check_answer(all, "7:20:-:judge,8:-:-:refuse");
	expect("list undo 51 --force", "0 rows added, 1 changed, 1 removed\n");
	check_answer(all, "7:-:60:judge");
	expect("list undo 50 --force", "0 rows added, 0 changed, 1 removed\n");
	check_answer(all, "");
}
END_TEST

START_TEST(undo_spares_later_edits_unless_forced)
{
	execute("INSERT INTO batches(who) VALUES('cleo');"
		"UPDATE blocklist SET points = 50 WHERE id = 1");
	expect_refusal("list undo 2", "changed again later");
	check_answer("SELECT points FROM blocklist WHERE id = 1", "50");
	with_database("list undo 2 --force", 0);
	check_answer(ROWS, AS_BEFORE);
}
END_TEST

START_TEST(undo_spares_a_later_row_of_the_number)
{
	execute("INSERT INTO batches(who) VALUES('cleo');"
		"INSERT INTO blocklist(number) VALUES('+12025550102')");
	expect_refusal("list undo 2", "on the list again");
	with_database("list undo 2 --force", 0);
	check_answer(ROWS, AS_BEFORE);
}
END_TEST

START_TEST(what_cannot_be_undone_is_refused)
{
	expect_refusal("list undo 99", "There is no such batch");
	execute("DELETE FROM changes WHERE id = 5");
	execute("DELETE FROM changes WHERE id < 5");
	expect_refusal("list undo 2", "no longer known in full");
	with_database("list undo", 2);
	with_database("list undo x", 2);
}
END_TEST

static const char *const lists[] = {
	"blocklist",	       "allowlist",
	"neverblock",	       "dno",
	"own_numbers",	       "list_trunks",
	"subscriber_numbers",  "subscriber_rules",
	"subscriber_settings",
};

#define LISTS (int)(sizeof(lists) / sizeof(lists[0]))

START_TEST(export_and_import_give_the_same_rows)
{
	char line[200];
	int i;

	execute("UPDATE blocklist SET reason = 'a \"b\", c', comment = "
		"' two\nlines; ', expires_at = '2030-12-31' WHERE id = 1;"
		"INSERT INTO blocklist(number, force) VALUES('+252*', 1);"
		"INSERT INTO allowlist(number, list) VALUES('+1303*', 'l');"
		"INSERT INTO neverblock(number, reason) VALUES('+1911*', 'x');"
		"INSERT INTO dno(number, points) VALUES('+13035550100', 7);"
		"INSERT INTO own_numbers(number) VALUES('+13045550100');"
		"INSERT INTO list_trunks(list, trunk) VALUES('l', 'a');"
		"INSERT INTO subscribers(name) VALUES('dora'), ('eve');"
		"INSERT INTO subscriber_numbers(number, subscriber) VALUES"
		"('+13045550100', 2);"
		"INSERT INTO subscriber_rules(subscriber, number, action) "
		"VALUES(2, '+1900*', 'block'), (1, '+1900*', 'allow');"
		"INSERT INTO subscriber_settings(subscriber, reject_at) "
		"VALUES(2, 60), (1, 0)");
	callsieve("-d other.db token new somebody");
	for (i = 0; i < LISTS; i++) {
		snprintf(line, sizeof(line), "list export %s", lists[i]);
		with_database(line, 0);
		ck_assert_ptr_nonnull(strchr(strchr(run.out, '\n') + 1, '\n'));
		write_file("was", run.out);
		snprintf(line, sizeof(line), "-d other.db list import %s was",
			 lists[i]);
		callsieve(line);
		ck_assert_msg(!run.status && strstr(run.out, " 0 rejected"),
			      "%s%s", run.out, run.err);
		snprintf(line, sizeof(line),
			 "-d other.db list export %s >is; cmp was is",
			 lists[i]);
		callsieve(line);
		ck_assert_msg(!run.status, "%s: %s%s", lists[i], run.out,
			      run.err);
	}
}
END_TEST

START_TEST(list_import_tells_what_it_rejects)
{
	write_file("in", "\xef\xbb\xbfnumber;Points\r\n"
			 "(303) 555-0101;7\r\n"
			 "911;\r\n\"1.2E+10\";1\r\n+13035550102;many\r\n");
	with_database("list import blocklist in --dry-run", 0);
	check_answer("SELECT count(*) FROM blocklist", "4");
	with_database("list import blocklist in", 0);
	ck_assert_ptr_nonnull(strstr(run.out, "1 lines taken, 3 rejected"));
	ck_assert_ptr_nonnull(strstr(run.err, "line 3: \"911\": "));
	ck_assert_ptr_nonnull(strstr(run.err, "line 4: \"1.2E+10\": "));
	ck_assert_ptr_nonnull(strstr(run.err, "line 5: \"+13035550102\": "));
	check_answer("SELECT number || points FROM blocklist ORDER BY id DESC",
		     "+130355501017");
	write_file("in", "number,colour\n+1,red\n");
	expect_refusal("list import dno in", "no column \"colour\"");
	with_database("list import redlist in", 2);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

Suite *list_suite(void)
{
	Suite *suite = suite_create("list");
	TCase *tc = tcase_create("list");

	/* Each is several programs, each with a disk to wait for. */
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, run_teardown);
	tcase_add_loop_test(tc, edits_are_told, 0, COUNT(told));
	tcase_add_test(tc, log_since_leaves_out_what_was_before);
	tcase_add_loop_test(tc, blame_is_in_the_order_that_decides, 0,
			    sizeof(orders) / sizeof(orders[0]));
	tcase_add_test(tc, blame_names_expired_rows_and_trunks);
	tcase_add_test(tc, undo_restores_what_was_before);
	tcase_add_test(tc, undo_can_be_undone);
	tcase_add_test(tc, settings_can_be_undone);
	tcase_add_test(tc, undo_spares_later_edits_unless_forced);
	tcase_add_test(tc, undo_spares_a_later_row_of_the_number);
	tcase_add_test(tc, what_cannot_be_undone_is_refused);
	tcase_add_test(tc, export_and_import_give_the_same_rows);
	tcase_add_test(tc, list_import_tells_what_it_rejects);
	suite_add_tcase(suite, tc);
	return suite;
}
