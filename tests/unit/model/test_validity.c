/* Which well-written numbers can be somebody's. */
#include <string.h>

#include "callsieve/model/number.h"

#include "suites.h"

static const struct {
	const char *number;
	enum number_validity is;
} cases[] = {
	{"+12122345678", NUMBER_POSSIBLE},
	{"+18005551234", NUMBER_POSSIBLE},
	{"+18002112345", NUMBER_POSSIBLE}, /* laxer than geographic ones */
	{"+17102345678", NUMBER_POSSIBLE}, /* the government's, never to stop */
	{"+15002345678", NUMBER_POSSIBLE},
	{"+16042345678", NUMBER_POSSIBLE}, /* Canada */
	{"+18762345678", NUMBER_POSSIBLE}, /* Jamaica */
	{"+12125551234", NUMBER_POSSIBLE},
	{"+12125550099", NUMBER_POSSIBLE},
	{"+12125550200", NUMBER_POSSIBLE},
	{"+12112345678", NUMBER_INVALID}, /* N11 as an area */
	{"+19112345678", NUMBER_INVALID},
	{"+12952345678", NUMBER_INVALID}, /* N9X */
	{"+13712345678", NUMBER_INVALID},
	{"+19612345678", NUMBER_INVALID},
	{"+12121345678", NUMBER_INVALID},
	{"+12120345678", NUMBER_INVALID},
	{"+12129112345", NUMBER_INVALID}, /* N11 as an exchange */
	{"+12125551212", NUMBER_INVALID},
	{"+1212234567", NUMBER_INVALID}, /* too short, too long */
	{"+121223456789", NUMBER_INVALID},
	{"+12212345678", NUMBER_UNALLOCATED},
	{"+19992345678", NUMBER_INVALID},
	{"+12125550100", NUMBER_FICTITIOUS},
	{"+12125550199", NUMBER_FICTITIOUS},
	{"+12215550123", NUMBER_UNALLOCATED},
	{"+442079460000", NUMBER_POSSIBLE},
	{"+4930123456", NUMBER_POSSIBLE},
	{"+39061234567", NUMBER_POSSIBLE},
	{"+3312345678", NUMBER_INVALID}, /* France has nine */
	{"+33123456789", NUMBER_POSSIBLE},
	{"+33123456789012", NUMBER_INVALID},
	{"+2101234567", NUMBER_UNALLOCATED},
	{"+9991234567", NUMBER_UNALLOCATED},
	{"+883510012345", NUMBER_POSSIBLE},
};

START_TEST(validity_is_known)
{
	struct number number = {.kind = NUMBER_E164};
	const char *why = NULL;

	strcpy(number.text, cases[_i].number);
	ck_assert_msg(number_validity(&number, &why) == cases[_i].is, "%s: %s",
		      cases[_i].number, why);
	ck_assert_int_eq(*why == '\0', cases[_i].is == NUMBER_POSSIBLE);
}
END_TEST

START_TEST(what_is_no_number_is_not_judged)
{
	const struct number local = {NUMBER_LOCAL, "911"};
	const struct number none = {.kind = NUMBER_ANONYMOUS};
	const char *why;

	ck_assert_int_eq(number_validity(&local, &why), NUMBER_POSSIBLE);
	ck_assert_int_eq(number_validity(&none, &why), NUMBER_POSSIBLE);
}
END_TEST

Suite *validity_suite(void)
{
	Suite *suite = suite_create("validity");
	TCase *tests = tcase_create("validity");

	tcase_add_loop_test(tests, validity_is_known, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tests, what_is_no_number_is_not_judged);
	suite_add_tcase(suite, tests);
	return suite;
}
