/* Ranges as the prefixes and numbers they are made of. */
#include <string.h>

#include "lists/range.h"

#include "suites.h"

static const struct range_case {
	const char *text, *pieces; /* NULL: no range */
} cases[] = {
	{"+12025550100-+12025550199", "+120255501* "},
	{"+12025550100-+12025550109", "+1202555010* "},
	{"+12025550199-+12025550201", "+12025550199 +12025550200 "
				      "+12025550201 "},
	{"+12025550099-+12025550210", "+12025550099 +120255501* +1202555020* "
				      "+12025550210 "},
	{"+12025550000-+12025559999", "+1202555* "},
	{"+1234567-+1234567", "+1234567 "},
	{"+999999999999998-+999999999999999",
	 "+999999999999998 +999999999999999 "},
	{"+12025550101-+12025550100", NULL},
	{"+12025550100-+1202555019", NULL},
	{"+12025550100", NULL},
	{"+1202555*", NULL},
	{"+0202555010-+0202555019", NULL},
	{"+1202555010x-+12025550199", NULL},
	{"+1234567890123456-+1234567890123457", NULL},
	{"-", NULL},
	{"", NULL},
};

START_TEST(range_is_split_into_the_fewest_pieces)
{
	char piece[RANGE_PIECE], all[200] = "";
	struct range range;
	bool is_range = range_read(&range, cases[_i].text);

	ck_assert_int_eq(is_range, cases[_i].pieces != NULL);
	while (is_range && range_next(&range, piece)) {
		strcat(all, piece);
		strcat(all, " ");
	}
	if (is_range)
		ck_assert_str_eq(all, cases[_i].pieces);
}
END_TEST

Suite *range_suite(void)
{
	Suite *suite = suite_create("range");
	TCase *tc = tcase_create("range");

	tcase_add_loop_test(tc, range_is_split_into_the_fewest_pieces, 0,
			    sizeof(cases) / sizeof(cases[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
