#include <stdlib.h>
#include <string.h>

#include "callsieve/calls.h"

#include "suites.h"

static struct call_record *record;
static struct verdict verdict;

static void setup(void)
{
	record = call_record_new();
	ck_assert_ptr_nonnull(record);
	record->trunk = strdup("carrier");
	record->facts.caller = (struct number){NUMBER_E164, "+12025550123"};
	record->facts.callee = (struct number){NUMBER_LOCAL, "911"};
	verdict = (struct verdict){.action = VERDICT_REJECT,
				   .basis = BASIS_SCORE,
				   .thresholds.reject_at = 100,
				   .list_generation = UINT32_MAX,
				   .config_version = 2,
				   .decide_us = 57};
}

static void teardown(void)
{
	record->verdict = NULL;
	call_record_free(record);
}

static void add(const char *name, enum signal_outcome outcome, int points,
		int64_t row, const char *detail)
{
	struct signal_hit hit = {.name = name,
				 .outcome = outcome,
				 .points = points,
				 .row = row};

	strcpy(hit.detail, detail);
	verdict_add(&verdict, &hit);
}

static void expect_words(const char *const *words)
{
	char *explanation;

	record->verdict = &verdict;
	explanation = call_explanation(record);
	for (; *words; words++)
		ck_assert_msg(strstr(explanation, *words), "no %s in %s",
			      *words, explanation);
	free(explanation);
}

/* The whole of it is compared in tests/unit/screen/test_explanation.c. */
START_TEST(large_numbers_stay_whole)
{
	static const char *const words[] = {"\"list_generation\":4294967295",
					    "\"row\":1099511627776",
					    "\"table\":\"blocklist\"", NULL};

	add("blocklist", SIGNAL_FIRED, 100, (int64_t)1 << 40,
	    "matches \"+1202*\"");
	expect_words(words);
}
END_TEST

START_TEST(nothing_known_is_null)
{
	static const char *const words[] = {"\"caller\":null",
					    "\"callee\":\"malformed\"",
					    "\"trunk\":null",
					    "\"id\":null",
					    "\"display\":null",
					    "\"response\":null",
					    NULL};

	free(record->trunk);
	record->trunk = NULL;
	record->facts.caller = (struct number){NUMBER_NONE, ""};
	record->facts.callee = (struct number){NUMBER_MALFORMED, ""};
	verdict.action = VERDICT_ALLOW;
	verdict.basis = BASIS_UNSCREENED;
	expect_words(words);
}
END_TEST

START_TEST(bad_text_does_not_spoil_it)
{
	char *explanation;

	add("blocklist", SIGNAL_FIRED, 1, 1, "caf\xe9 \x1b[0m \"q\"");
	record->verdict = &verdict;
	explanation = call_explanation(record);
	ck_assert_ptr_nonnull(explanation);
	ck_assert_ptr_nonnull(strstr(
		explanation, "\"caf\xef\xbf\xbd \xef\xbf\xbd[0m \\\"q\\\"\""));
	free(explanation);
}
END_TEST

START_TEST(no_verdict_no_explanation)
{
	ck_assert_ptr_null(call_explanation(record));
}
END_TEST

Suite *explanation_suite(void)
{
	Suite *suite = suite_create("explanation");
	TCase *tc = tcase_create("explanation");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, large_numbers_stay_whole);
	tcase_add_test(tc, nothing_known_is_null);
	tcase_add_test(tc, bad_text_does_not_spoil_it);
	tcase_add_test(tc, no_verdict_no_explanation);
	suite_add_tcase(suite, tc);
	return suite;
}
