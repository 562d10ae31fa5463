/* The triggers' SQL and the daemon's parser must understand a number alike:
 * else an admin would block another number than the one that calls. */
#include <stdio.h>
#include <string.h>

#include "callsieve/model/number.h"
#include "callsieve/store.h"
#include "unit/scratch.h"

#include "suites.h"

static struct scratch scratch;
static struct store *store;

static void setup(void)
{
	scratch_make(&scratch);
	ck_assert_int_eq(store_open(&store, scratch.path, STORE_CREATE, 10), 0);
}

static void teardown(void)
{
	store_close(store);
	scratch_remove(&scratch);
}

static const char *const countries[] = {"1",  "44", "49", "39",	 "34", "7",
					"31", "81", "36", "353", "48", "992"};

static const char *const written[] = {
	"+12025550123",
	"12025550123",
	"2025550123",
	"(202) 555-0123",
	"202.555.0123",
	"1-202-555-0123",
	"+1 (202) 555-0123",
	"011442079460000",
	"00442079460000",
	"0044 20 7946 0000",
	"+44 (0)20 7946 0000",
	"0044(0)2079460000",
	"020 7946 0000",
	"02079460000",
	"442079460000",
	"030 123456",
	"+39 06 1234 5678",
	"+39 (0)6 1234 5678",
	"06 1234 5678",
	"390612345678",
	"912345678",
	"34912345678",
	"8 495 123-45-67",
	"8104420794600",
	"06301234567",
	"0103012345678",
	"010 442079460000",
	"0035312345678",
	"5551234",
	"911",
	"123456",
	"1234567",
	"+1234567",
	"+123456",
	"+0123456789",
	"+11234567890",
	"0123456789",
	"1123456789",
	"+123456789012345",
	"+1234567890123456",
	"99999999999999999",
	"+1\xc2\xa0"
	"202\xe2\x80\x91"
	"555\xe2\x80\xaf"
	"0123",
	"\xe2\x80\xaa+12025550123\xe2\x80\xac",
	"\xef\xbb\xbf+12025550123",
	"+1\xe2\x88\x92"
	"202\xe2\x80\x93"
	"5550123",
	"\t+1/202/5550123\r\n",
	"nonsense",
	"+1202555012x",
	"++12025550123",
	"+",
};

/* The stored form by SQL, or "". */
static const char *by_sql(const char *text)
{
	static char result[40];
	struct store_stmt *stmt;

	ck_assert_int_eq(
		store_prepare(&stmt, store, "UPDATE normalise SET number = ?"),
		0);
	stmt_bind_text(stmt, 1, text);
	if (stmt_step(stmt) < 0)
		return "";
	ck_assert_int_eq(
		store_prepare(&stmt, store, "SELECT number FROM normalised"),
		0);
	ck_assert_int_eq(stmt_step(stmt), 1);
	snprintf(result, sizeof(result), "%s", stmt_text(stmt, 0));
	stmt_reset(stmt);
	return result;
}

START_TEST(sql_and_parser_agree)
{
	struct numbering plan;
	struct number number;
	char sql[100];
	size_t i;

	snprintf(sql, sizeof(sql), "UPDATE settings SET value = '%s'",
		 countries[_i]);
	ck_assert_int_eq(store_exec(store, sql), 0);
	ck_assert_int_eq(numbering_for_country(&plan, countries[_i]), 0);
	for (i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		const char *parsed;

		number_parse(&number, written[i], strlen(written[i]), &plan);
		parsed = number.kind == NUMBER_E164 ? number.text : "";
		ck_assert_msg(!strcmp(by_sql(written[i]), parsed),
			      "country %s: \"%s\" is \"%s\" to SQL, \"%s\" to "
			      "the parser",
			      countries[_i], written[i], by_sql(written[i]),
			      parsed);
	}
}
END_TEST

/* What the triggers let pass is what the index can hold, and the reverse. */
START_TEST(stored_patterns_are_index_keys)
{
	static const char *const patterns[] = {
		"+1*",
		"+12025550123",
		"+1900*",
		"+123456",
		"+1234567",
		"+123456789012345",
		"+11*",
		"+123456789012345*",
		"+1123456789",
		"+1012345678",
		"+2012345678",
		"+1234567890123456",
		"+1234567890123456*",
		"+0*",
		"+*",
		"+",
	};
	struct store_stmt *stmt;
	number_key key;
	size_t i;

	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		ck_assert_int_eq(
			store_prepare(&stmt, store,
				      "INSERT INTO blocklist(number, force) "
				      "VALUES(?, 1)"),
			0);
		stmt_bind_text(stmt, 1, patterns[i]);
		ck_assert_msg(
			(stmt_step(stmt) == 0) ==
				(number_pattern_key(&key, patterns[i]) == 0),
			"%s", patterns[i]);
	}
}
END_TEST

Suite *normalised_suite(void)
{
	Suite *suite = suite_create("normalised");
	TCase *tc = tcase_create("normalised");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, sql_and_parser_agree, 0,
			    sizeof(countries) / sizeof(countries[0]));
	tcase_add_test(tc, stored_patterns_are_index_keys);
	suite_add_tcase(suite, tc);
	return suite;
}
