/* Whom a challenge's token lets pass, and for how long. */
#include "app/challenge.h"

#include <stdio.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"
#include "callsieve/core/loop.h"
#include "callsieve/model/facts.h"

#include "suites.h"

#define VALID_S 180
#define HERE	"sip:+13035550199@192.0.2.1"

static char uri[] = "sip:{callee}@192.0.2.30;callsieve-token={token}";
static struct config config = {
	.challenge = {.uri = uri, .valid_s = VALID_S},
};
static const struct facts facts = {
	.caller = {NUMBER_E164, "+12125550144"},
	.callee = {NUMBER_E164, "+13035550199"},
};

static struct loop *loop;
static struct redress *redress;
static struct challenges *challenges;

static void setup(void)
{
	now_fake(1800000000000);
	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(redress_new(&redress, loop), 0);
	ck_assert_int_eq(challenges_new(&challenges, redress), 0);
}

static void teardown(void)
{
	challenges_free(challenges);
	redress_free(redress);
	loop_free(loop);
}

/* As it is in a Contact, and so in the next Request-URI; until the next. */
static const char *make_token(void)
{
	static char contact[CHALLENGE_CONTACT_SIZE];

	ck_assert(
		challenge_contact(challenges, contact, &config, &facts, HERE));
	contact[strlen(contact) - 1] = '\0'; /* > */
	return challenge_token(contact);
}

static bool passes(const char *token)
{
	return challenge_passes(challenges, token, &facts);
}

START_TEST(token_passes_until_it_expires)
{
	char first[100], second[100];

	snprintf(first, sizeof(first), "%s", make_token());
	snprintf(second, sizeof(second), "%s", make_token());
	now_fake_advance_ms(VALID_S * 1000);
	ck_assert(passes(first));
	now_fake_advance_ms(1000);
	ck_assert(!passes(second));
	/* Nor once more, by a clock that was set back. */
	now_fake(1800000000000);
	ck_assert(!passes(first));
	ck_assert(passes(second));
}
END_TEST

/* Each letter of it counts. */
START_TEST(token_with_any_letter_changed_is_none)
{
	char token[100];
	size_t len;

	snprintf(token, sizeof(token), "%s", make_token());
	len = strlen(token);
	for (size_t i = 0; i < len; i++) {
		token[i] ^= 1;
		ck_assert_msg(!passes(token), "%s passes", token);
		token[i] ^= 1;
	}
	token[len - 1] = '\0';
	ck_assert(!passes(token));
	ck_assert(!passes(""));
	ck_assert(!passes(NULL));
	ck_assert(passes(make_token()));
}
END_TEST

static const struct facts others[] = {
	{.caller = {NUMBER_E164, "+12125550145"},
	 .callee = {NUMBER_E164, "+13035550199"}},
	{.caller = {NUMBER_E164, "+12125550144"},
	 .callee = {NUMBER_E164, "+13035550198"}},
	{.caller = {NUMBER_E164, "+13035550199"},
	 .callee = {NUMBER_E164, "+12125550144"}},
	{.caller = {NUMBER_NONE, ""}, .callee = {NUMBER_E164, "+13035550199"}},
};

START_TEST(token_is_nobody_elses)
{
	const char *token = make_token();

	ck_assert(!challenge_passes(challenges, token, &others[_i]));
	/* Nor is it used up by who had no right to it. */
	ck_assert(passes(token));
}
END_TEST

/* Another daemon, with another key. */
START_TEST(token_of_another_key_is_none)
{
	char token[100];

	snprintf(token, sizeof(token), "%s", make_token());
	teardown();
	setup();
	ck_assert(!passes(token));
}
END_TEST

/* Else the second that a caller is given would be used already. */
START_TEST(no_two_are_alike)
{
	char first[100];

	snprintf(first, sizeof(first), "%s", make_token());
	ck_assert_str_ne(make_token(), first);
}
END_TEST

Suite *challenge_suite(void)
{
	Suite *suite = suite_create("challenge");
	TCase *tc = tcase_create("challenge");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, token_passes_until_it_expires);
	tcase_add_test(tc, token_with_any_letter_changed_is_none);
	tcase_add_loop_test(tc, token_is_nobody_elses, 0,
			    sizeof(others) / sizeof(*others));
	tcase_add_test(tc, token_of_another_key_is_none);
	tcase_add_test(tc, no_two_are_alike);
	suite_add_tcase(suite, tc);
	return suite;
}
