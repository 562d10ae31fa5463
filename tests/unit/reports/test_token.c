#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"
#include "world.h"

START_TEST(token_is_long_and_marked)
{
	ck_assert_uint_eq(strlen(world.alices_token), 43);
	ck_assert(!strncmp(world.alices_token, "cs_", 3));
	ck_assert_uint_eq(strspn(world.alices_token + 3,
				 "0123456789abcdefghijklmnopqrstuvwxyz"),
			  40);
}
END_TEST

START_TEST(token_itself_is_not_kept)
{
	char sql[200];

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM subscribers WHERE token_hash = '%s'",
		 world.alices_token);
	ck_assert_str_eq(scratch_sql(world.scratch.path, sql), "0");
	ck_assert_str_eq(scratch_sql(world.scratch.path,
				     "SELECT name, length(token_hash) "
				     "FROM subscribers"),
			 "alice|64|bob|64");
}
END_TEST

START_TEST(unknown_tokens_are_enoent)
{
	static const char *const tokens[] = {
		"", "cs_", "cs_0000000000000000000000000000000000000000",
		"' OR 1 = 1 --"};
	int64_t id;
	size_t i;

	for (i = 0; i < 4; i++)
		ck_assert_int_eq(token_find(world.store, tokens[i], &id),
				 -ENOENT);
}
END_TEST

START_TEST(new_token_replaces_the_old)
{
	char token[TOKEN_SIZE];
	int64_t id;

	ck_assert_int_eq(token_new(world.store, "alice", token), 0);
	ck_assert_str_ne(token, world.alices_token);
	ck_assert_int_eq(token_find(world.store, token, &id), 0);
	ck_assert_int_eq(id, world.alice);
	ck_assert_int_eq(token_find(world.store, world.alices_token, &id),
			 -ENOENT);
}
END_TEST

START_TEST(revoked_token_is_enoent_until_renewed)
{
	char token[TOKEN_SIZE];
	int64_t id;

	ck_assert_int_eq(token_revoke(world.store, "alice"), 0);
	ck_assert_int_eq(token_find(world.store, world.alices_token, &id),
			 -ENOENT);
	ck_assert_int_eq(token_revoke(world.store, "alice"), -ENOENT);
	ck_assert_int_eq(token_revoke(world.store, "carol"), -ENOENT);
	ck_assert_int_eq(token_new(world.store, "alice", token), 0);
	ck_assert_int_eq(token_find(world.store, token, &id), 0);
}
END_TEST

Suite *token_suite(void)
{
	Suite *suite = suite_create("token");
	TCase *tc = tcase_create("token");

	tcase_add_checked_fixture(tc, world_setup, world_teardown);
	tcase_add_test(tc, token_is_long_and_marked);
	tcase_add_test(tc, token_itself_is_not_kept);
	tcase_add_test(tc, unknown_tokens_are_enoent);
	tcase_add_test(tc, new_token_replaces_the_old);
	tcase_add_test(tc, revoked_token_is_enoent_until_renewed);
	suite_add_tcase(suite, tc);
	return suite;
}
