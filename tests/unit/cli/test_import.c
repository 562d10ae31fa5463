/* Files from elsewhere: every format, what spreadsheets do to them, and that
 * an import changes one source, all of it or nothing. */
#include <stdio.h>
#include <string.h>

#include "run.h"
#include "suites.h"

#define OWN "number,reason,points,expires_at\n"
#define FTC                                                                    \
	"Company_Phone_Number,Created_Date,Violation_Date,Consumer_City,"      \
	"Consumer_State,Consumer_Area_Code,Subject,"                           \
	"Recorded_Message_Or_Robocall\n"
#define FCC                                                                    \
	"id,issue_date,issue_time,issue_type,method,issue,caller_id_number,"   \
	"type_of_call_or_messge,advertiser_business_phone_number,state,zip,"   \
	"location_1\n"
#define BLOCKED                                                                \
	"SELECT group_concat(number || ' ' || points || ' ' || "               \
	"coalesce(reason, '-') || ' ' || coalesce(expires_at, '-'), '|') "     \
	"FROM (SELECT * FROM blocklist ORDER BY number)"
#define OBSERVED                                                               \
	"SELECT group_concat(number || ' ' || day || ' ' || count, '|') "      \
	"FROM (SELECT * FROM observations ORDER BY number, day)"

static void setup(void)
{
	run_setup();
	execute("UPDATE settings SET value = '1' WHERE name = 'country'");
}

static void import(const char *text, const char *options, int status)
{
	char line[256];

	write_file("in", text);
	snprintf(line, sizeof(line), "import in --source s %s", options);
	with_database(line, status);
}

/* What a file makes of the tables. */
static const struct {
	const char *text, *sql, *rows;
} good[] = {
	{"+12025550123\n\n# friends\n(202) 555-0124\r\n", BLOCKED,
	 "+12025550123 100 - -|+12025550124 100 - -"},
	{"\xef\xbb\xbf+1900*\r+12025550123", BLOCKED,
	 "+12025550123 100 - -|+1900* 100 - -"},
	{OWN "2025550123,\"said \"\"hi\"\", twice\n\",7,2030-12-31\n", BLOCKED,
	 "+12025550123 7 said \"hi\", twice\n 2030-12-31 00:00:00"},
	{"\xef\xbb\xbfPoints;NUMBER\r\n5;2025550123\r\n", BLOCKED,
	 "+12025550123 5 - -"},
	{"sep=;\nnumber;reason\n2025550123;a, b\n", BLOCKED,
	 "+12025550123 100 a, b -"},
	{"+12025550123\tbad\t9\n", BLOCKED, "+12025550123 9 bad -"},
	{"=\"12025550123\"\n'2025550124\n2025550125.0\n1.2025550126E+10\n",
	 BLOCKED,
	 "+12025550123 100 - -|+12025550124 100 - -|"
	 "+12025550125 100 - -|+12025550126 100 - -"},
	{FTC "2025550123,2025-11-21 00:00:01,2025-01-01 01:00:00,\"A, B\","
	     "Ohio,216,Other,N\n"
	     "2025550123,11/21/2025,x,,,,,\n2025550123,2025-11-20,,,,,,\n"
	     ",2025-11-20,,,,,,\n",
	 OBSERVED, "+12025550123 2025-11-20 1|+12025550123 2025-11-21 2"},
	{FCC "1,2025-11-21T00:00:00.000,1:00 pm,Phone,Wired,Robocalls,"
	     "202-555-0123,Live,,OH,44101,\n2,2025-11-21,,,,,None,,,,,\n",
	 OBSERVED, "+12025550123 2025-11-21 1"},
	{"{\"version\": 17, \"numbers\": [{\"phone\": \"+4930123456\", "
	 "\"rating\": \"G_FRAUD\", \"votes\": 4, \"lastActivity\": 1},\n"
	 "{\"phone\": \"+4930123457\", \"rating\": \"A_LEGITIMATE\", "
	 "\"votes\": 9}, {\"phone\": \"+4930123458\", \"votes\": 0}, "
	 "{\"phone\": \"+4930123459\", \"votes\": 400}]}",
	 BLOCKED, "+4930123456 40 G_FRAUD -|+4930123459 100 - -"},
};

START_TEST(every_format_is_known_by_its_looks)
{
	import(good[_i].text, "", 0);
	ck_assert_msg(strstr(run.out, " 0 rejected"), "%s%s", run.out, run.err);
	check_answer(good[_i].sql, good[_i].rows);
}
END_TEST

/* Complaints, whatever they say, are no block list. */
START_TEST(complaints_block_nobody)
{
	import(FTC "2025550123,2025-11-21,,,,,,\n", "", 0);
	check_answer("SELECT count(*) FROM blocklist", "0");
}
END_TEST

/* A list counts once for each number, however often it comes. */
START_TEST(list_may_be_hearsay)
{
	write_file("list", "+12025550123\n+12025550124\n+1900*\n");
	with_database("import list --source s --observations", 0);
	ck_assert_ptr_nonnull(strstr(run.out, "2 added"));
	ck_assert_ptr_nonnull(strstr(run.out, "1 rejected"));
	execute("UPDATE observations SET day = '2025-11-21'");
	write_file("list", "+12025550123\n+12025550125\n");
	with_database("import list --source s --observations", 0);
	ck_assert_ptr_nonnull(strstr(run.out, "1 added, 0 changed, 1 removed"));
	check_answer("SELECT count(*) FROM blocklist", "0");
	check_answer("SELECT day FROM observations WHERE number = "
		     "'+12025550123'",
		     "2025-11-21");
	check_answer("SELECT day = date('now') FROM observations WHERE "
		     "number = '+12025550125'",
		     "1");
	check_answer("SELECT count(*) FROM observations", "2");
}
END_TEST

/* Votes count, and come and go. */
START_TEST(votes_may_be_hearsay)
{
	write_file("list", "{\"numbers\":[{\"phone\":\"+4930123456\","
			   "\"votes\":4},{\"phone\":\"+4930123457\","
			   "\"votes\":2}]}");
	with_database("import list --source s --observations", 0);
	check_answer("SELECT count FROM observations WHERE number = "
		     "'+4930123456'",
		     "4");
	write_file("list", "{\"numbers\":[{\"phone\":\"+4930123456\","
			   "\"votes\":7},{\"phone\":\"+4930123457\","
			   "\"votes\":0}]}");
	with_database("import list --source s --observations --update", 0);
	check_answer("SELECT sum(count) FROM observations", "7");
}
END_TEST

/* The line and the cause of each. */
static const struct {
	const char *text, *words;
} bad[] = {
	{"+12025550199\n1.2E+10\n", "line 2: \"1.2E+10\": A spreadsheet"},
	{"number;reason\n+12025550199;\n1,2E+10;x\n",
	 "line 3: \"1,2E+10\": A spreadsheet"},
	{"+12025550199\n442079460000\n", "line 2: \"442079460000\": This is no "
					 "number of the country"},
	{"+12025550199\n+0123456789\n", "There can be no such number"},
	{"+12025550199\n911\n", "too short"},
	{"+12025550199\n+1234567890123456\n", "too long"},
	{"+12025550199\nanonymous\n", "This is no number."},
	{"+12025550199\n202555CALL\n", "no digits"},
	{"+12025550199\n1900*\n", "no prefix"},
	{OWN "+12025550199\n+12025550123,,1001,\n", "line 3: \"1001\": Points"},
	{OWN "+12025550199\n+12025550123,,,soon\n", "line 3: \"soon\""},
	{OWN "+12025550199\n\"+12025550123,,,\n", "never closed"},
	{OWN "+12025550199\n\x1b[2J,,,\n", "line 3: \"?[2J\""},
	{FTC "2025550199,2025-11-21,\n2025550123,2025-13-01,\n", "no date"},
	{FTC "2025550199,2025-11-21,\n2025550123,2999-01-01,\n", "to come"},
};

START_TEST(reject_is_told_with_line_and_cause)
{
	import(bad[_i].text, "--rejects rejects", 0);
	ck_assert_msg(strstr(run.err, bad[_i].words), "%s", run.err);
	ck_assert_ptr_nonnull(strstr(run.out, " 1 added"));
	ck_assert_ptr_nonnull(strstr(run.out, " 1 rejected"));
}
END_TEST

START_TEST(rejects_beyond_the_first_go_to_their_file)
{
	char text[1024] = "+12025550199\n";
	size_t i;

	for (i = 0; i < 30; i++)
		strcat(text, "a\"b\n");
	import(text, "--rejects rejects", 0);
	ck_assert_ptr_nonnull(strstr(run.err, "line 21: "));
	ck_assert_ptr_null(strstr(run.err, "line 22: "));
	callsieve("help; cat rejects");
	ck_assert_ptr_nonnull(
		strstr(run.out, "line,text,cause\n2,\"a\"\"b\","));
	ck_assert_ptr_nonnull(strstr(run.out, "\n31,\"a\"\"b\","));
}
END_TEST

START_TEST(only_rows_of_the_source_are_replaced)
{
	execute("INSERT INTO blocklist(number, reason, source) VALUES "
		"('+12025550101', 'mine', NULL), ('+12025550102', 'b', 'o')");
	import(OWN "+12025550101,x\n+12025550103,a\n+12025550104,b\n", "", 0);
	ck_assert_ptr_nonnull(strstr(run.out, "1 are on the list by other"));
	import(OWN "+12025550104,c\n+12025550105,d\n+12025550101,x\n", "", 0);
	ck_assert_ptr_nonnull(
		strstr(run.out, " 1 added, 1 changed, 1 removed"));
	check_answer(BLOCKED, "+12025550101 100 mine -|+12025550102 100 b -|"
			      "+12025550104 100 c -|+12025550105 100 d -");
}
END_TEST

/* So that it can be undone without what was done by hand. */
START_TEST(import_is_a_batch_of_the_audit)
{
	import("+12025550101\n+12025550102\n", "", 0);
	execute("INSERT INTO blocklist(number) VALUES ('+12025550103')");
	check_answer("SELECT group_concat(coalesce(note, who), '|') "
		     "FROM batches",
		     "import of source s|sqlite3");
	check_answer("SELECT first_change FROM batches ORDER BY id DESC", "3");
}
END_TEST

START_TEST(same_file_again_changes_nothing)
{
	const char *sql = "SELECT n FROM revision WHERE name = 'lists'";

	import("+12025550123\n+12025550124\n", "", 0);
	execute("UPDATE revision SET n = 1000 WHERE name = 'lists'");
	import("+12025550124\n+12025550123\n+12025550123\n", "", 0);
	check_answer(sql, "1000");
}
END_TEST

START_TEST(source_does_not_shrink_by_more_than_half)
{
	import("+12025550101\n+12025550102\n+12025550103\n", "", 0);
	import("+12025550101\n", "", 1);
	ck_assert_ptr_nonnull(strstr(run.err, "only 1 would be left"));
	import("\n", "", 1);
	check_answer("SELECT count(*) FROM blocklist", "3");
	import("+12025550101\n+12025550102\n", "", 0);
	import("+12025550101\n", "--force", 0);
	import("# none\n", "--force", 0);
	check_answer("SELECT count(*) FROM blocklist", "0");
}
END_TEST

START_TEST(dry_run_tells_and_does_nothing)
{
	import("+12025550101\n+12025550102\n", "", 0);
	import("+12025550102\n+12025550103\n", "--dry-run", 0);
	ck_assert_ptr_nonnull(strstr(run.out, "(dry run)"));
	ck_assert_ptr_nonnull(
		strstr(run.out, " 1 added, 0 changed, 1 removed"));
	check_answer(BLOCKED, "+12025550101 100 - -|+12025550102 100 - -");
	import("+12025550102\n+12025550103\n", "--dry-run", 0);
	import("+12025550199\n", "--dry-run --source t", 0);
}
END_TEST

START_TEST(damaged_file_changes_nothing)
{
	import("+4930123456\n", "", 0);
	import("{\"numbers\": [{\"phone\": \"+4930123459\", \"votes\": 9},", "",
	       1);
	ck_assert_ptr_nonnull(strstr(run.err, "behind entry 1"));
	import("{\"numbers\": [{\"phone\": \"+4930123459\", \"vo", "", 1);
	import("\xff\xfe+", "", 1);
	ck_assert_ptr_nonnull(strstr(run.err, "UTF-16"));
	import("number,day\n+12025550123,x\n", "--format ftc", 1);
	ck_assert_ptr_nonnull(strstr(run.err, "Company_Phone_Number"));
	import("", "", 1);
	check_answer(BLOCKED, "+4930123456 100 - -");
}
END_TEST

START_TEST(update_takes_out_only_what_it_names)
{
	import("+4930123456\n+4930123457\n+4930123458\n", "", 0);
	import("{\"numbers\": [{\"phone\": \"+4930123456\", \"votes\": 0},"
	       "{\"phone\": \"+4930123459\", \"votes\": 12}]}",
	       "--update", 0);
	check_answer(BLOCKED, "+4930123457 100 - -|+4930123458 100 - -|"
			      "+4930123459 100 - -");
}
END_TEST

START_TEST(complaints_replace_the_days_they_cover)
{
	import(FTC "2025550101,2025-11-20,\n2025550102,2025-11-21,\n", "", 0);
	import(FTC "2025550103,2025-11-21,\n", "", 0);
	check_answer(OBSERVED,
		     "+12025550101 2025-11-20 1|+12025550103 2025-11-21 1");
}
END_TEST

START_TEST(standard_input_is_read)
{
	write_file("in", "+12025550123\n");
	with_database("import - --source s <in", 0);
	check_answer(BLOCKED, "+12025550123 100 - -");
}
END_TEST

START_TEST(guard_of_the_list_rejects_its_number_alone)
{
	execute("CREATE TRIGGER no BEFORE INSERT ON blocklist WHEN NEW.number "
		"= '+12025550123' BEGIN SELECT RAISE(ABORT, 'Never.'); END");
	import("+12025550199\n+12025550123\n+12025550198\n", "", 0);
	ck_assert_ptr_nonnull(
		strstr(run.err, "line 2: \"+12025550123\": Never."));
	ck_assert_ptr_nonnull(strstr(run.out, " 2 added"));
	check_answer("SELECT count(*) FROM blocklist", "2");
}
END_TEST

static const char *const wrong[] = {
	"import",
	"import in",
	"import --source s",
	"import in --source ''",
	"import in --source s --format xls",
	"import in in --source s",
	"import in --source s --frobnicate",
};

START_TEST(wrong_line_is_refused)
{
	with_database(wrong[_i], 2);
}
END_TEST

Suite *import_suite(void)
{
	Suite *suite = suite_create("import");
	TCase *tests = tcase_create("import");

	tcase_set_timeout(tests, 20);
	tcase_add_checked_fixture(tests, setup, run_teardown);
	tcase_add_loop_test(tests, every_format_is_known_by_its_looks, 0,
			    sizeof(good) / sizeof(*good));
	tcase_add_test(tests, complaints_block_nobody);
	tcase_add_test(tests, list_may_be_hearsay);
	tcase_add_test(tests, votes_may_be_hearsay);
	tcase_add_loop_test(tests, reject_is_told_with_line_and_cause, 0,
			    sizeof(bad) / sizeof(*bad));
	tcase_add_test(tests, rejects_beyond_the_first_go_to_their_file);
	tcase_add_test(tests, only_rows_of_the_source_are_replaced);
	tcase_add_test(tests, import_is_a_batch_of_the_audit);
	tcase_add_test(tests, same_file_again_changes_nothing);
	tcase_add_test(tests, source_does_not_shrink_by_more_than_half);
	tcase_add_test(tests, dry_run_tells_and_does_nothing);
	tcase_add_test(tests, damaged_file_changes_nothing);
	tcase_add_test(tests, update_takes_out_only_what_it_names);
	tcase_add_test(tests, complaints_replace_the_days_they_cover);
	tcase_add_test(tests, standard_input_is_read);
	tcase_add_test(tests, guard_of_the_list_rejects_its_number_alone);
	tcase_add_loop_test(tests, wrong_line_is_refused, 0,
			    sizeof(wrong) / sizeof(*wrong));
	suite_add_tcase(suite, tests);
	return suite;
}
