#include <errno.h>
#include <string.h>

#include "callsieve/reports.h"

#include "run.h"
#include "suites.h"

/* What the database makes of the last line printed. */
static int find_printed(const char *line)
{
	struct store *store = open_store();
	char token[TOKEN_SIZE] = "";
	int64_t subscriber;
	int err;

	memcpy(token, line, TOKEN_SIZE - 1);
	token[strcspn(token, "\n")] = '\0';
	err = token_find(store, token, &subscriber);
	store_close(store);
	return err;
}

START_TEST(new_prints_the_token_alone)
{
	with_database("token new ann", 0);
	ck_assert_uint_eq(strcspn(run.out, "\n"), strlen(run.out) - 1);
	ck_assert_int_eq(strncmp(run.out, "cs_", 3), 0);
	ck_assert_int_eq(find_printed(run.out), 0);
	/* That there was none is news, but not for whoever reads the token. */
	ck_assert_ptr_nonnull(strstr(run.err, "Made a new database"));
	with_database("token new bob", 0);
	ck_assert_str_eq(run.err, "");
}
END_TEST

START_TEST(revoked_token_is_of_no_use)
{
	char token[OUTPUT_MAX];

	with_database("token new ann", 0);
	strcpy(token, run.out);
	with_database("token revoke ann", 0);
	ck_assert_str_eq(run.out, "");
	ck_assert_int_eq(find_printed(token), -ENOENT);
}
END_TEST

START_TEST(revoking_nobody_is_told)
{
	with_database("token new ann", 0);
	with_database("token revoke bob", 1);
	ck_assert_ptr_nonnull(strstr(run.err, "Nobody named \"bob\""));
}
END_TEST

START_TEST(list_shows_who_has_one)
{
	const char *ann, *bob;

	with_database("token new ann", 0);
	with_database("token new 'bob b\xc3\xb6"
		      "b'",
		      0);
	with_database("token revoke ann", 0);
	with_database("token list", 0);
	ann = strstr(run.out, "\nann ");
	bob = strstr(run.out, "\nbob b\xc3\xb6"
			      "b ");
	ck_assert_ptr_nonnull(ann);
	ck_assert_ptr_nonnull(bob);
	ck_assert_ptr_nonnull(strstr(bob, "valid"));
	ck_assert_ptr_nonnull(strstr(ann, "revoked"));
	ck_assert_ptr_null(strstr(run.out, "cs_"));
}
END_TEST

START_TEST(locked_database_is_told)
{
	struct store *store;

	with_database("token new ann", 0);
	store = open_store();
	ck_assert_int_eq(store_begin(store), 0);
	/* Reading needs no lock. */
	with_database("token list", 0);
	with_database("token new bob", 1);
	ck_assert_str_eq(run.out, "");
	ck_assert_ptr_nonnull(strstr(run.err, "Another program holds"));
	store_rollback(store);
	store_close(store);
}
END_TEST

Suite *token_suite(void)
{
	Suite *suite = suite_create("token");
	TCase *tests = tcase_create("token");

	tcase_set_timeout(tests, 20);
	tcase_add_checked_fixture(tests, run_setup, run_teardown);
	tcase_add_test(tests, new_prints_the_token_alone);
	tcase_add_test(tests, revoked_token_is_of_no_use);
	tcase_add_test(tests, revoking_nobody_is_told);
	tcase_add_test(tests, list_shows_who_has_one);
	tcase_add_test(tests, locked_database_is_told);
	suite_add_tcase(suite, tests);
	return suite;
}
