/* What people paste from mails, spreadsheets and phones, and what a list does
 * not take without being told twice. */
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

/* What is stored, or "..." and a part of the refusal. */
static const struct pasted {
	const char *text, *stored;
} pasted[] = {
	{"(202) 555-0100", "+12025550100"},
	{"  202.555.0100 ", "+12025550100"},
	{"1 202 555 0100", "+12025550100"},
	{"\xc2\xa0+1\xc2\xa0"
	 "202\xc2\xa0"
	 "555\xc2\xa0"
	 "0100",
	 "+12025550100"},
	{"tel:+1-202-555-0100", "+12025550100"},
	{"tel:2025550100;phone-context=+1", "+12025550100"},
	{"sip:+12025550100@carrier.example;user=phone", "+12025550100"},
	{"0044 20 7946 0000", "+442079460000"},
	{"011 44 20 7946 0000", "+442079460000"},
	{"+44 (0)20 7946 0000", "+442079460000"},
	{"''2025550100", "+12025550100"},
	{"=\"+12025550100\"", "+12025550100"},
	{"\xe2\x80\x9c+12025550100\xe2\x80\x9d", "+12025550100"},
	{"2025550100,,", "+12025550100"},
	{"202\xe2\x80\x93"
	 "555\xe2\x80\x93"
	 "0100;",
	 "+12025550100"},
	{"\xef\xbc\x92\xef\xbc\x90\xef\xbc\x92\xef\xbc\x95\xef\xbc\x95"
	 "\xef\xbc\x95\xef\xbc\x90\xef\xbc\x91\xef\xbc\x90\xef\xbc\x90",
	 "+12025550100"},
	{"(202) 555 - 0100", "+12025550100"},

	{"(212) 555-0100", "+12125550100"},
	{"0044 20 7946 0018", "+442079460018"},
	{"+44 20 7946-0018", "+442079460018"},
	{"+49 30 1234-5678", "+493012345678"},
	{"+1-212-555-0100", "+12125550100"},
	{"212.555.0100", "+12125550100"},
	{"TEL:+12125550100", "+12125550100"},
	{"sip:+12125550100@host;user=phone", "+12125550100"},
	{"<sip:+12125550100@10x5.example>;tag=1", "+12125550100"},
	{"sips:+12125550100", "+12125550100"},
	{"212\xe2\x80\x8b" /* zero width, then a non-breaking hyphen */
	 "555\xe2\x80\x91"
	 "0100\xe2\x81\xa0",
	 "+12125550100"},
	{"\xe2\x80\xaa+1\xe2\x80\x87"
	 "212\xe2\x80\xaf"
	 "555 0100\xe2\x80\xac",
	 "+12125550100"},
	{"\"(212) 555-0100\",\n", "+12125550100"},
	{"2125550100\t\r\n", "+12125550100"},
	{"1.2125550100E+10", "+12125550100"},
	{"1,2125550100e+10", "+12125550100"},
	{"12125550100.0", "+12125550100"},
	{"+1 900 XXX XXXX", "+1900*"},
	{"+1900xxxxxxx", "+1900*"},
	{"+12125550100;npdi", "+12125550100"},
	{"2125550100;npdi;rn=+12125550199", "+12125550100"},
	{"+12125550100@carrier.example", "+12125550100"},
	{"12125550100@192.0.2.1", "+12125550100"},
	{"sip:+12125550100;npdi;rn=+12125550199@host", "+12125550100"},
	{"sip:+12125550100:secret@host", "+12125550100"},
	{"sip:%2B12125550100@host:5060", "+12125550100"},
	{"\"A 5\" <sip:+12125550100@host;user=phone>;tag=a1", "+12125550100"},
	{"From: A <tel:+1-212-555-0100>;tag=a1", "+12125550100"},
	{"Ann <+12125550100>", "+12125550100"},
	{"+1\xc2\xb7"
	 "212\xe2\x80\xa2"
	 "5550100",
	 "+12125550100"},
	{"1.2125550100e10", "+12125550100"},
	{"1.21255501E10", "...digits are lost"},
	{"(+44) (0)20 7946 0000", "+442079460000"},
	{"+44 020 7946 0000", "...left out"},
	{"+44 (020) 7946 0000", "...left out"},
	{"0044 020 7946 0000", "...left out"},
	{"+4402079460000", "+4402079460000"}, /* as a caller may show it */
	{"+39 06 1234 5678", "+390612345678"},

	{"900-XXX-XXXX", "...or a prefix as +1900*"},
	{"1 (212) 555 0100 ext. 5", "...do not show an extension"},
	{"1.21E+10", "...digits are lost"},
	{"1-800-FLOWERS", "...letters stand for"},
	{"1 (800) GOT JUNK", "...letters stand for"},
	{"+12125550100 spam", "...characters that are no digits"},
	{"+12125550100;spam;noc", "...characters that are no digits"},
	{"+12125550100, +12125550101", "...a row for each"},
	{"tel:+12125550100; +12125550101", "...a row for each"},
	{"+12125550100 +12125550101", "...characters that are no digits"},
	{"12125550100 12125550101", "...no number of the country"},
	{"", "...is empty"},
	{"1.2E+10", "...Format the column as text"},
	{"1.20256E+10", "...Format the column as text"},
	{"202-555-0100 ext. 5", "...do not show an extension"},
	{"2025550100x5", "...do not show an extension"},
	{"tel:+1-202-555-0100;ext=5", "...do not show an extension"},
	{"911", "...emergency number"},
	{"+1 911", "...emergency number"},
	{"+120255501", "...has ten digits after +1"},

	{"+12025550100-+12025550199", "+12025550100-+12025550199"},
	{"(202) 555-0100 - (202) 555-0199", "+12025550100-+12025550199"},
	{"202 555 0100 \xe2\x80\x93 202 555 0199", "+12025550100-+12025550199"},
	{"2025550100..2025550199", "+12025550100-+12025550199"},
	{"2025550100-2025550199", "+12025550100-+12025550199"},
	{"+12025550100 to +12025550199", "+12025550100-+12025550199"},
	{"+12025550199-+12025550100", "...the lower first"},
	{"+442079460000-+4420794600", "...the lower first"},
	{"+12025550100-+12025550100", "...the lower first"},
	{"+12025550100-0199", "+12025550100-+12025550199"},
	{"(202) 555-0100-0199", "+12025550100-+12025550199"},
	{"202.555.0100-99", "+12025550100-+12025550199"},
	{"+44 20 7946 0100-0199", "+442079460100-+442079460199"},
	{"+1 202 555 0100 - 0199", "+12025550100-+12025550199"},
	{"+1 202-555-0100 to 0199", "+12025550100-+12025550199"},
	{"(202) 555-0100 thru 199", "+12025550100-+12025550199"},
	{"202 555 0100 through 202 555 0199", "+12025550100-+12025550199"},
	{"+12025550100\xe2\x80\xa6+12025550199", "+12025550100-+12025550199"},
	{"202-555-0100..99", "+12025550100-+12025550199"},
	{"(202) 555 0100 to 5", "...no number of the country"},
	{"+12025550199-0100", "...the lower first"},
	{"+1202555*-+1202556*", "...only at the end"},
	{"+12025550100-+13025550100", "...force"},

	{"+1900*", "+1900*"},
	{"+190*", "...force"},
	{"+252*", "...VALUES('+252*', 1)"},
};

#define INSERT "INSERT INTO blocklist(number) VALUES('%s');"

static void paste(const char *country, const char *text, const char *stored)
{
	const char *output;
	char sql[400];

	snprintf(sql, sizeof(sql),
		 "UPDATE settings SET value = '%s' WHERE name = "
		 "'country';" INSERT "SELECT number FROM blocklist",
		 country, text);
	output = scratch_sql(scratch.path, sql);
	if (strncmp(stored, "...", 3))
		ck_assert_msg(!strcmp(output, stored), "%s: %s", text, output);
	else
		ck_assert_msg(strstr(output, stored + 3) != NULL, "%s: %s",
			      text, output);
}

START_TEST(pasted_number_is_understood_or_refused)
{
	paste("1", pasted[_i].text, pasted[_i].stored);
}
END_TEST

/* As it is written at home. */
static const struct {
	const char *country, *text, *stored;
} at_home[] = {
	{"44", "(020) 7946 0000", "+442079460000"},
	{"44", "07911 123456", "+447911123456"},
	{"44", "4.42079460000E+11", "+442079460000"},
	{"44", "01632 960000 - 960099", "+441632960000-+441632960099"},
	{"44", "01632 960000-99", "+441632960000-+441632960099"},
	{"44", "020 7946 - 0958", "+442079460958"},
	{"44", "44 20794609-58", "+442079460958"},
	{"44", "01632*", "...needs its country code"},
	{"49", "(030) 123456-78", "+493012345678"},
	{"49", "0 30 / 12 34 56 78", "+493012345678"},
	{"49", "030 12345600 - 030 12345699", "+493012345600-+493012345699"},
	{"49", "030 12345600 bis 99", "+493012345600-+493012345699"},
	{"49", "+49 (030) 12345678", "...left out"},
	{"33", "01.42.68.53.00", "+33142685300"},
	{"33", "+33 (0)1 42 68 53 00", "+33142685300"},
	{"33", "33 1 42 68 53-00", "+33142685300"},
	{"33", "01 62 00 00 00 - 01 62 99 99 99", "+33162000000-+33162999999"},
	{"91", "098765 43210", "+919876543210"},
	{"91", "91 98765-43210", "+919876543210"},
	{"91", "011-23456700 - 99", "+911123456700-+911123456799"},
	{"61", "0011 44 20 7946 0000", "+442079460000"},
	{"61", "(02) 9876 5400 - 5499", "+61298765400-+61298765499"},
	{"61", "1300 975 707", "+611300975707"},
};

START_TEST(pasted_number_of_the_country_is_understood)
{
	paste(at_home[_i].country, at_home[_i].text, at_home[_i].stored);
}
END_TEST

#define GUARDED                                                                \
	"INSERT INTO neverblock(number) VALUES('+1202555*'), "                 \
	"('+13035550100-+13035550199');"                                       \
	"INSERT INTO own_numbers(number) VALUES('+1212555*');"

/* What is said of a number on a list, and what of it with force = 1. */
static const struct guard {
	const char *list, *number, *sentence;
} guards[] = {
	{"blocklist", "(202) 555-0100", "on neverblock"},
	{"blocklist", "+12025550100", "on neverblock"},
	{"blocklist", "+12025551*", "on neverblock"},
	{"blocklist", "+1202555*", "on neverblock"},
	{"blocklist", "+13035550150", "on neverblock"},
	{"blocklist", "+13035550200", NULL},
	{"blocklist", "+1202556*", NULL},
	{"blocklist", "+12125550100", "one of our own"},
	{"dno", "+12025550100", "on neverblock"},
	{"dno", "+12125550100", NULL},
	{"allowlist", "+12025550100", NULL},
	{"allowlist", "+1*", "a whole country"},
	{"neverblock", "+1*", "a whole country"},
	{"dno", "+1*", "a whole country"},
};

START_TEST(guard_refuses_until_forced)
{
	const struct guard *at = &guards[_i];
	const char *output;
	char sql[500];

	snprintf(sql, sizeof(sql),
		 GUARDED "INSERT INTO %s(number) VALUES('%s')", at->list,
		 at->number);
	output = scratch_sql(scratch.path, sql);
	if (!at->sentence) {
		ck_assert_str_eq(output, "");
		return;
	}
	ck_assert_msg(strstr(output, at->sentence) != NULL, "%s", output);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO %s(number, force) VALUES('%s', 1);"
		 "UPDATE %s SET comment = 'still' WHERE force;"
		 "SELECT comment FROM %s WHERE force",
		 at->list, at->number, at->list, at->list);
	ck_assert_str_eq(scratch_sql(scratch.path, sql), "still");
}
END_TEST

START_TEST(update_is_guarded_too)
{
	const char *output = scratch_sql(
		scratch.path,
		GUARDED "INSERT INTO blocklist(number) VALUES('+13035550201');"
			"UPDATE blocklist SET number = '202 555 0100'");

	ck_assert_msg(strstr(output, "on neverblock") != NULL, "%s", output);
	output = scratch_sql(scratch.path,
			     "UPDATE blocklist SET number = '+1*'");
	ck_assert_msg(strstr(output, "a whole country") != NULL, "%s", output);
}
END_TEST

/* The same number on two lists, and one list for two trunks. */
START_TEST(lists_have_names)
{
	ck_assert_str_eq(
		scratch_sql(scratch.path,
			    "INSERT INTO blocklist(number) "
			    "VALUES('+12025550100');"
			    "INSERT INTO blocklist(number, list) "
			    "VALUES('202 555 0100', 'wholesale');"
			    "INSERT INTO list_trunks(list, trunk) VALUES"
			    "('wholesale', 'a'), ('wholesale', 'b');"
			    "SELECT list, number FROM blocklist"),
		"default|+12025550100|wholesale|+12025550100");
}
END_TEST

START_TEST(rules_of_subscribers_are_normalised)
{
	ck_assert_str_eq(
		scratch_sql(scratch.path,
			    "INSERT INTO subscribers(name) VALUES('ann');"
			    "INSERT INTO subscriber_numbers(number, subscriber)"
			    " VALUES('(202) 555-0100', 1);"
			    "INSERT INTO subscriber_rules(subscriber, number, "
			    "action) VALUES(1, '202 555 0199', 'block');"
			    "SELECT number FROM subscriber_numbers "
			    "UNION ALL SELECT number FROM subscriber_rules;"
			    "DELETE FROM subscribers;"
			    "SELECT count(*) FROM subscriber_rules;"),
		"+12025550100|+12025550199|0");
}
END_TEST

/* All that was on it comes back, hand edits and all. */
START_TEST(list_goes_out_and_back)
{
	char sql[800];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO blocklist(number, points, reason, ticket, list, "
		 "comment, force, expires_at, created_by) VALUES('+1900*', 40, "
		 "'a \"b\", c', 'T1', 'l', 'two\nlines', 0, '2030-12-31', "
		 "'ann'), ('+252*', 5, NULL, NULL, 'default', NULL, 1, NULL, "
		 "'bob');"
		 "CREATE TABLE was AS SELECT * FROM blocklist_csv;\n"
		 ".mode csv\n.headers on\n.once %s\n"
		 "SELECT * FROM blocklist_csv;\n"
		 "DELETE FROM blocklist;\n",
		 scratch_path(&scratch, "out.csv"));
	ck_assert_str_eq(scratch_sql(scratch.path, sql), "");
	snprintf(sql, sizeof(sql),
		 ".import --csv --skip 1 %s blocklist_csv\n"
		 "SELECT count(*) FROM import_rejects;"
		 "SELECT count(*) FROM (SELECT * FROM was EXCEPT "
		 "SELECT * FROM blocklist_csv);"
		 "SELECT count(*) FROM blocklist;",
		 scratch_path(&scratch, "out.csv"));
	ck_assert_str_eq(scratch_sql(scratch.path, sql), "0|0|2");
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

Suite *paste_suite(void)
{
	Suite *suite = suite_create("paste");
	TCase *tc = tcase_create("paste");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, pasted_number_is_understood_or_refused, 0,
			    COUNT(pasted));
	tcase_add_loop_test(tc, pasted_number_of_the_country_is_understood, 0,
			    sizeof(at_home) / sizeof(at_home[0]));
	tcase_add_loop_test(tc, guard_refuses_until_forced, 0, COUNT(guards));
	tcase_add_test(tc, update_is_guarded_too);
	tcase_add_test(tc, lists_have_names);
	tcase_add_test(tc, rules_of_subscribers_are_normalised);
	tcase_add_test(tc, list_goes_out_and_back);
	suite_add_tcase(suite, tc);
	return suite;
}
