/* Which row decides: a table of lists, callers and answers. */
#include "lists/match.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"

#define NOW 1000

/* The row ids are the places in this table, from 1. */
static const struct listed {
	enum table table;
	const char *pattern;
	int64_t expires_at;
} listed[] = {
	{TABLE_BLOCK, "+12025550123", 0},	 /* 1 */
	{TABLE_BLOCK, "+1900*", 0},		 /* 2 */
	{TABLE_BLOCK, "+190055*", 0},		 /* 3 */
	{TABLE_ALLOW, "+1900555*", 0},		 /* 4 */
	{TABLE_BLOCK, "+19005550001", 0},	 /* 5 */
	{TABLE_BLOCK, "+12025550124", 0},	 /* 6 */
	{TABLE_ALLOW, "+12025550124", 0},	 /* 7: same as 6 */
	{TABLE_BLOCK, "+44*", 0},		 /* 8 */
	{TABLE_ALLOW, "+44*", 0},		 /* 9: same as 8 */
	{TABLE_BLOCK, "+12025550125", NOW},	 /* 10: just expired */
	{TABLE_BLOCK, "+12025550126", NOW + 1},	 /* 11: not yet */
	{TABLE_BLOCK, "+49*", 0},		 /* 12 */
	{TABLE_BLOCK, "+4930*", NOW - 1},	 /* 13: expired */
	{TABLE_ALLOW, "+12025550127", 1},	 /* 14: expired ... */
	{TABLE_BLOCK, "+12025550127", 0},	 /* 15: ... uncovers this */
	{TABLE_ALLOW, "+33*", -1},		 /* 16: expired long ago */
	{TABLE_BLOCK, "+33*", (int64_t)1 << 33}, /* 17: in 2242 */
	{TABLE_BLOCK, "+123456789012345", 0},	 /* 18: the longest */
	{TABLE_BLOCK, "+123456789012345*", 0},	 /* 19: all of it */
	{TABLE_BLOCK, "+7*", 0},		 /* 20: the shortest */
	{TABLE_ALLOW, "+2345678*", 0},		 /* 21 */
};

static const struct asked {
	const char *caller;
	int64_t row; /* 0: no match */
} asked[] = {
	{"+12025550123", 1},	  {"+12025550122", 0},
	{"+120255501230", 0}, /* an exact number is no prefix */
	{"+1202555012", 0},	  {"+19001234567", 2},
	{"+19005512345", 3},	  {"+19005551234", 4},
	{"+19005550001", 5}, /* exact beats any prefix */
	{"+12025550124", 7}, /* allow beats block */
	{"+442079460000", 9},	  {"+12025550125", 0},
	{"+12025550126", 11},	  {"+493012345678", 12}, /* the next longest */
	{"+12025550127", 15},	  {"+33123456789", 17},
	{"+123456789012345", 18}, {"+74951234567", 20},
	{"+2345678", 21}, /* a prefix of all its digits */
	{"+234567", 0},		  {"+8613812345678", 0},
};

static const size_t none[TABLES];
static struct index *made;

static void add_row(const struct index_row *row)
{
	ck_assert_int_eq(index_add(made, row), 0);
}

static void add(enum table table, const char *pattern, int64_t id,
		int64_t expires_at)
{
	struct index_row row = {.table = table,
				.row = id,
				.expires_at = expires_at,
				.class = {id > 0 && id < 1000 ? (int)id : 1, 0,
					  "", "", "", ""}};

	ck_assert_int_eq(number_pattern_key(&row.key, pattern), 0);
	add_row(&row);
}

static void setup(void)
{
	size_t i;

	ck_assert_int_eq(index_new(&made, none), 0);
	for (i = 0; i < sizeof(listed) / sizeof(listed[0]); i++)
		add(listed[i].table, listed[i].pattern, (int64_t)i + 1,
		    listed[i].expires_at);
	ck_assert_int_eq(index_seal(made), 0);
}

static void teardown(void)
{
	index_free(made);
}

static bool look(const struct number *number, struct list_match *match)
{
	const struct layers layers = {.base = made};
	const struct list_question question = {
		.caller = number, .trunk = "carrier", .now = NOW};
	struct list_findings findings;

	layers_look(&layers, &question, &findings);
	if (findings.listed.kind == LIST_NONE)
		return false;
	*match = findings.listed;
	return true;
}

static bool find(const char *caller, struct list_match *match)
{
	struct number number = {.kind = NUMBER_E164};

	strcpy(number.text, caller);
	return look(&number, match);
}

START_TEST(right_row_decides)
{
	const struct asked *ask = &asked[_i];
	char text[NUMBER_TEXT + 1];
	struct list_match match = {0};
	bool found = find(ask->caller, &match);

	ck_assert_msg(match.row == ask->row, "%s: row %d", ask->caller,
		      (int)match.row);
	ck_assert_int_eq(found, ask->row != 0);
	if (!found)
		return;
	ck_assert_int_eq(match.kind == LIST_ALLOW,
			 listed[match.row - 1].table == TABLE_ALLOW);
	ck_assert_str_eq(number_key_print(text, match.pattern),
			 listed[match.row - 1].pattern);
	ck_assert_int_eq(match.points, match.row);
}
END_TEST

START_TEST(only_e164_numbers_match)
{
	static const enum number_kind kinds[] = {
		NUMBER_NONE, NUMBER_ANONYMOUS, NUMBER_LOCAL, NUMBER_MALFORMED};
	struct number number = {.kind = kinds[_i]};
	struct list_match match;

	strcpy(number.text, "+12025550123");
	ck_assert(!look(&number, &match));
}
END_TEST

START_TEST(huge_row_ids_are_kept)
{
	static const int64_t ids[] = {INT64_MAX,  INT64_MIN,	  -1,
				      UINT32_MAX, UINT32_MAX - 1, 0};
	struct list_match match;

	add(TABLE_BLOCK, "+81*", ids[_i], 0);
	add(TABLE_ALLOW, "+81*", 4711, 1);
	add(TABLE_BLOCK, "+818012345678", ids[_i], 0);
	ck_assert_int_eq(index_seal(made), 0);
	ck_assert(find("+81312345678", &match));
	ck_assert_int_eq(match.row, ids[_i]);
	ck_assert(find("+818012345678", &match));
	ck_assert_int_eq(match.row, ids[_i]);
}
END_TEST

/* More texts than a slot's twelve bits can tell apart. */
START_TEST(each_row_keeps_its_reason)
{
	struct index_row row = {.table = TABLE_BLOCK,
				.class = {0, 0, "default", "ftc", "", ""}};
	struct list_match match;
	char reason[40], number[20];
	int i, n = 9000;

	row.class.reason = reason;
	for (i = 0; i < n; i++) {
		snprintf(number, sizeof(number), "+1303555%04d", i);
		ck_assert_int_eq(number_pattern_key(&row.key, number), 0);
		snprintf(reason, sizeof(reason), "complaint %d", i);
		row.class.points = i % 1001;
		row.row = i;
		add_row(&row);
	}
	ck_assert_int_eq(index_seal(made), 0);
	for (i = 0; i < n; i++) {
		snprintf(number, sizeof(number), "+1303555%04d", i);
		snprintf(reason, sizeof(reason), "complaint %d", i);
		ck_assert(find(number, &match));
		ck_assert_str_eq(match.reason, reason);
		ck_assert_str_eq(match.source, "ftc");
		ck_assert_int_eq(match.points, i % 1001);
	}
}
END_TEST

/* Two lists may have the same number: what has more points counts, and when
 * that expires the other. */
START_TEST(each_row_of_a_number_is_kept)
{
	struct list_match match;

	add(TABLE_BLOCK, "+12025550123", 300, NOW + 1);
	add(TABLE_BLOCK, "+12025550123", 200, 0);
	add(TABLE_BLOCK, "+12025550123", 400, NOW);
	add(TABLE_BLOCK, "+1900*", 500, 0);
	ck_assert_int_eq(index_seal(made), 0);
	ck_assert(find("+12025550123", &match));
	ck_assert_int_eq(match.row, 300);
	ck_assert(find("+19001234567", &match));
	ck_assert_int_eq(match.row, 500);
}
END_TEST

/* However alike the keys of two subscribers may be. */
START_TEST(rules_are_each_subscribers_own)
{
	struct index_row row = {.table = TABLE_RULES,
				.class = {1, 0, "", "", "", ""}};
	struct index_cursor cursor;
	struct index_entry entry;
	int64_t i, n = 20000;

	ck_assert_int_eq(number_pattern_key(&row.key, "+1202*"), 0);
	for (i = 1; i <= n; i++) {
		row.row = row.subscriber = i;
		add_row(&row);
	}
	ck_assert_int_eq(index_seal(made), 0);
	for (i = 1; i <= n; i++) {
		ck_assert(index_find(made, TABLE_RULES, row.key, i, &cursor));
		ck_assert(index_next(&cursor, &entry));
		ck_assert_int_eq(entry.row, i);
		ck_assert(!index_next(&cursor, &entry));
	}
	ck_assert(!index_find(made, TABLE_RULES, row.key, i, &cursor));
}
END_TEST

START_TEST(row_takes_24_bytes)
{
	struct index_row row = {
		.table = TABLE_BLOCK,
		.class = {100, 20000, "default", "ftc", "robocall", ""}};
	const size_t n = 100000, expected[TABLES] = {[TABLE_BLOCK] = n};
	size_t i;
	char number[20];

	index_free(made);
	ck_assert_int_eq(index_new(&made, expected), 0);
	for (i = 0; i < n; i++) {
		snprintf(number, sizeof(number), "+1303%07d", (int)i);
		ck_assert_int_eq(number_pattern_key(&row.key, number), 0);
		add_row(&row);
	}
	ck_assert_int_eq(index_seal(made), 0);
	ck_assert_uint_eq(index_count(made), n);
	ck_assert_uint_le(index_bytes(made), 24 * n + 8000);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

/* Made large enough before, or each row would be looked for past all others:
 * a map that had to grow would be larger. */
START_TEST(merging_makes_room_once)
{
	struct index *under, *index;
	struct index_row row = {
		.table = TABLE_BLOCK,
		.class = {100, 20000, "default", "ftc", "robocall", ""}};
	struct index_cursor cursor;
	char number[NUMBER_TEXT];

	ck_assert_int_eq(index_new(&under, NULL), 0);
	ck_assert_int_eq(index_new(&index, NULL), 0);
	for (row.row = 0; row.row < 50000; row.row++) {
		snprintf(number, sizeof(number), "+1202%07d",
			 2000000 + (int)row.row);
		number_pattern_key(&row.key, number);
		ck_assert_int_eq(index_add(under, &row), 0);
	}
	ck_assert_int_eq(index_merge(index, under), 0);
	ck_assert(index_find(index, TABLE_BLOCK, row.key, 0, &cursor));
	ck_assert_uint_eq(index_count(index), 50000);
	ck_assert_uint_le(index_bytes(index), 50000 * 24 + 20000);
	index_free(index);
	index_free(under);
}
END_TEST

Suite *index_suite(void)
{
	Suite *suite = suite_create("index");
	TCase *tc = tcase_create("index");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, right_row_decides, 0, COUNT(asked));
	tcase_add_loop_test(tc, only_e164_numbers_match, 0, 4);
	tcase_add_loop_test(tc, huge_row_ids_are_kept, 0, 6);
	tcase_add_test(tc, each_row_keeps_its_reason);
	tcase_add_test(tc, each_row_of_a_number_is_kept);
	tcase_add_test(tc, rules_are_each_subscribers_own);
	tcase_add_test(tc, row_takes_24_bytes);
	tcase_add_test(tc, merging_makes_room_once);
	suite_add_tcase(suite, tc);
	return suite;
}
