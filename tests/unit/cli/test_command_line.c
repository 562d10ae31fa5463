/* What is typed, before any command does its work. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run.h"
#include "suites.h"

/* Wrong lines: a sentence with these words, status 2, nothing on stdout. */
static const struct {
	const char *arguments, *words;
} wrong[] = {
	{"", "Which command?"},
	{"frobnicate", "There is no command \"frobnicate\"."},
	{"--frobnicate status", "There is no option \"--frobnicate\"."},
	{"-x status", "There is no option \"-x\"."},
	{"-c", "-c needs a value."},
	{"-d", "-d needs a value."},
	{"status now", "It is: callsieve status."},
	{"calls 5", "It is: callsieve calls [-n N] [--caller NUMBER]."},
	{"calls -x", "It is: callsieve calls [-n N] [--caller NUMBER]."},
	{"calls -n", "It is: callsieve calls [-n N] [--caller NUMBER]."},
	{"calls -n 0", "-n takes a number"},
	{"calls -n -1", "-n takes a number"},
	{"calls -n 5x", "-n takes a number"},
	{"calls -n ''", "-n takes a number"},
	{"calls -n 99999999999999999999", "-n takes a number"},
	{"explain", "It is: callsieve explain"},
	{"explain a b", "It is: callsieve explain"},
	{"explain --yaml a", "It is: callsieve explain"},
	{"token", "It is: callsieve token new NAME"},
	{"token new", "It is: callsieve token new NAME"},
	{"token new a b", "It is: callsieve token new NAME"},
	{"token make a", "It is: callsieve token new NAME"},
	{"token new ''", "A name has 1 to"},
	{"token new \"$(printf 'a\\tb')\"", "A name has 1 to"},
};

START_TEST(wrong_line_is_told_in_a_sentence)
{
	callsieve(wrong[_i].arguments);
	ck_assert_msg(run.status == 2, "%s: %d", wrong[_i].arguments,
		      run.status);
	ck_assert_msg(strstr(run.err, wrong[_i].words), "%s: %s",
		      wrong[_i].arguments, run.err);
	ck_assert_ptr_nonnull(strstr(run.err, "callsieve help"));
	ck_assert_str_eq(run.out, "");
}
END_TEST

static const char *const helps[] = {"help", "-h", "--help"};

START_TEST(help_names_every_command)
{
	callsieve(helps[_i]);
	ck_assert_int_eq(run.status, 0);
	ck_assert_ptr_nonnull(strstr(run.out, "\n  status"));
	ck_assert_ptr_nonnull(strstr(run.out, "\n  calls"));
	ck_assert_ptr_nonnull(strstr(run.out, "\n  explain"));
	ck_assert_ptr_nonnull(strstr(run.out, "\n  token"));
	ck_assert_str_eq(run.err, "");
}
END_TEST

START_TEST(version_is_told)
{
	callsieve("--version");
	ck_assert_int_eq(run.status, 0);
	ck_assert_str_eq(run.out, "callsieve " CALLSIEVE_VERSION "\n");
}
END_TEST

static const char config[] = "listen l { address = \"127.0.0.1\" }\n"
			     "trunk t { sources = {\"127.0.0.1\"}\n"
			     "          route = \"r\" }\n"
			     "gateway g { uri = \"sip:127.0.0.1:5080\" }\n"
			     "route r { gateways = {\"g\"} }\n"
			     "database { path = \"test.db\" }\n";

START_TEST(configuration_names_the_database)
{
	write_file("good.conf", config);
	callsieve("-c good.conf token new ann");
	ck_assert_msg(!run.status, "%s", run.err);
	ck_assert_int_eq(access(run.database, F_OK), 0);
	callsieve("-c good.conf token list");
	ck_assert_ptr_nonnull(strstr(run.out, "ann"));
}
END_TEST

/* They are in the daemon's environment, or in files that it alone may read;
 * the kill switch must do without. */
START_TEST(secrets_of_services_are_not_needed)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "%sreputation a {\n\turl = \"http://127.0.0.1/{e164}?"
		 "k=${CALLSIEVE_NOT_SET}\"\n\tscore = \"/a\"\n}\n"
		 "reputation b {\n\turl = \"http://127.0.0.1/{e164}\"\n"
		 "\tscore = \"/a\"\n\tauth = \"bearer\"\n"
		 "\tsecret_file = \"nowhere\"\n}\n",
		 config);
	write_file("good.conf", text);
	callsieve("-c good.conf token new ann");
	ck_assert_msg(!run.status, "%s", run.err);
	callsieve("-c good.conf status");
	ck_assert_msg(!run.status, "%s", run.err);
	callsieve("-c good.conf bypass on --trunk t --for 30m");
	ck_assert_msg(!run.status, "%s", run.err);
	callsieve("-c good.conf bypass on --trunk u --for 30m");
	ck_assert_int_eq(run.status, 1);
	write_file("good.conf", "database { path = \"${CALLSIEVE_NOT_SET}\" }");
	callsieve("-c good.conf status");
	ck_assert_ptr_nonnull(strstr(run.err, "CALLSIEVE_NOT_SET"));
}
END_TEST

START_TEST(wrong_configuration_is_told_by_file_and_line)
{
	write_file("bad.conf",
		   "database {\n\tpath = \"test.db\"\n\tx = 1\n}\n");
	callsieve("-c bad.conf status");
	ck_assert_int_eq(run.status, 1);
	ck_assert_ptr_nonnull(strstr(run.err, "bad.conf:3: "));
	write_file("bad.conf", "database {\n\tx = 1\n}\n");
	callsieve("-c bad.conf status");
	ck_assert_int_eq(run.status, 1);
	ck_assert_ptr_nonnull(strstr(run.err, "bad.conf:2: "));
	ck_assert_ptr_nonnull(strstr(run.err, "-d"));
}
END_TEST

/* The daemon runs with the file as it was before somebody broke it. */
START_TEST(kill_switch_bears_a_wrong_configuration)
{
	write_file("bad.conf", "trunk \"x {\n}\ndatabase {\n"
			       "\tpath = \"test.db\"\n}\n");
	callsieve("-c bad.conf bypass on --for 30m");
	ck_assert_msg(!run.status, "%s", run.err);
	ck_assert_ptr_nonnull(strstr(run.err, "bad.conf:1: "));
	callsieve("-d test.db bypass status");
	ck_assert_ptr_nonnull(strstr(run.out, "all trunks until"));
}
END_TEST

START_TEST(missing_configuration_is_told)
{
	callsieve("-c nowhere.conf status");
	ck_assert_int_eq(run.status, 1);
	ck_assert_ptr_nonnull(strstr(run.err, "nowhere.conf"));
	ck_assert_ptr_nonnull(strstr(run.err, "No such file"));
}
END_TEST

static const char *const readers[] = {
	"status", "calls", "explain x", "token list", "token revoke ann",
};

START_TEST(missing_database_is_told_and_not_made)
{
	with_database(readers[_i], 1);
	ck_assert_ptr_nonnull(strstr(run.err, "There is no database"));
	ck_assert_int_ne(access(run.database, F_OK), 0);
}
END_TEST

START_TEST(file_that_is_no_database_is_told)
{
	write_file("test.db", "This is a letter to my aunt, not a database. "
			      "It must stay as it is.\n");
	with_database("status", 1);
	ck_assert_ptr_nonnull(strstr(run.err, "is damaged, or no database"));
	with_database("token new ann", 1);
	ck_assert_str_eq(run.out, "");
}
END_TEST

START_TEST(full_disk_is_no_success)
{
	with_database("token new ann", 0);
	callsieve("-d test.db status >/dev/full 2>err #");
	ck_assert_int_eq(run.status, 1);
	ck_assert_ptr_nonnull(strstr(run.err, "could not be written"));
}
END_TEST

Suite *command_line_suite(void)
{
	Suite *suite = suite_create("command line");
	TCase *tests = tcase_create("command line");

	tcase_add_checked_fixture(tests, run_setup, run_teardown);
	tcase_add_loop_test(tests, wrong_line_is_told_in_a_sentence, 0,
			    sizeof(wrong) / sizeof(*wrong));
	tcase_add_loop_test(tests, help_names_every_command, 0,
			    sizeof(helps) / sizeof(*helps));
	tcase_add_test(tests, version_is_told);
	tcase_add_test(tests, configuration_names_the_database);
	tcase_add_test(tests, secrets_of_services_are_not_needed);
	tcase_add_test(tests, wrong_configuration_is_told_by_file_and_line);
	tcase_add_test(tests, kill_switch_bears_a_wrong_configuration);
	tcase_add_test(tests, missing_configuration_is_told);
	tcase_add_loop_test(tests, missing_database_is_told_and_not_made, 0,
			    sizeof(readers) / sizeof(*readers));
	tcase_add_test(tests, file_that_is_no_database_is_told);
	tcase_add_test(tests, full_disk_is_no_success);
	suite_add_tcase(suite, tests);
	return suite;
}
