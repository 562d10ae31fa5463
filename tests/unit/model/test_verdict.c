#include "callsieve/model/verdict.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

static struct signal_hit hit_of(const char *name, int points)
{
	return (struct signal_hit){.name = name, .points = points};
}

START_TEST(points_add_up)
{
	struct verdict verdict = {0};
	struct signal_hit block = hit_of("blocklist", 100);
	struct signal_hit reports = hit_of("reports", -30);

	verdict_add(&verdict, &block);
	verdict_add(&verdict, &reports);
	ck_assert_int_eq(verdict.score, 70);
	ck_assert_uint_eq(verdict.signals_count, 2);
	ck_assert_str_eq(verdict.signals[1].name, "reports");
}
END_TEST

START_TEST(unavailable_adds_no_points)
{
	struct verdict verdict = {0};
	struct signal_hit hit = hit_of("reputation", 100);

	hit.outcome = SIGNAL_UNAVAILABLE;
	verdict_add(&verdict, &hit);
	ck_assert_int_eq(verdict.score, 0);
	ck_assert_uint_eq(verdict.signals_count, 1);
}
END_TEST

START_TEST(more_hits_than_fit_still_count)
{
	struct verdict verdict = {0};
	struct signal_hit hit = hit_of("blocklist", 1);
	int i;

	for (i = 0; i < VERDICT_SIGNALS_MAX + 2; i++)
		verdict_add(&verdict, &hit);
	ck_assert_uint_eq(verdict.signals_count, VERDICT_SIGNALS_MAX);
	ck_assert_int_eq(verdict.score, VERDICT_SIGNALS_MAX + 2);
}
END_TEST

START_TEST(score_does_not_wrap)
{
	struct verdict verdict = {.score = INT_MAX - 1};
	struct signal_hit up = hit_of("blocklist", INT_MAX);
	struct signal_hit down = hit_of("blocklist", INT_MIN);

	verdict_add(&verdict, &up);
	ck_assert_int_eq(verdict.score, INT_MAX);
	verdict.score = -1;
	verdict_add(&verdict, &down);
	ck_assert_int_eq(verdict.score, INT_MIN);
}
END_TEST

START_TEST(copy_is_the_same)
{
	struct verdict verdict = {.basis = BASIS_SCORE, .thresholds.reject_at = 100};
	struct signal_hit hit = hit_of("blocklist", 100);
	struct verdict *copy;

	strcpy(hit.detail, "matches \"+1900*\"");
	verdict.action = VERDICT_REJECT;
	verdict_add(&verdict, &hit);
	copy = verdict_dup(&verdict);
	ck_assert_ptr_nonnull(copy);
	ck_assert_int_eq(copy->action, VERDICT_REJECT);
	ck_assert_int_eq(copy->score, 100);
	ck_assert_str_eq(copy->signals[0].detail, hit.detail);
	free(copy);
}
END_TEST

START_TEST(names_are_stable)
{
	ck_assert_str_eq(verdict_action_name(VERDICT_ALLOW), "allow");
	ck_assert_str_eq(verdict_action_name(VERDICT_REJECT), "reject");
	ck_assert_str_eq(verdict_basis_name(BASIS_SCORE), "score");
	ck_assert_str_eq(verdict_basis_name(BASIS_ALLOWLIST), "allowlist");
	ck_assert_str_eq(verdict_basis_name(BASIS_EMERGENCY), "emergency");
	ck_assert_str_eq(verdict_basis_name(BASIS_PRIORITY), "priority");
	ck_assert_str_eq(verdict_basis_name(BASIS_TAKEOVER), "takeover");
	ck_assert_str_eq(verdict_basis_name(BASIS_PSAP), "psap");
	ck_assert_str_eq(verdict_basis_name(BASIS_UNSCREENED), "unscreened");
	ck_assert_str_eq(verdict_basis_name(BASIS_ANONYMITY), "anonymity");
}
END_TEST

Suite *verdict_suite(void)
{
	Suite *suite = suite_create("verdict");
	TCase *tc = tcase_create("verdict");

	tcase_add_test(tc, points_add_up);
	tcase_add_test(tc, unavailable_adds_no_points);
	tcase_add_test(tc, more_hits_than_fit_still_count);
	tcase_add_test(tc, score_does_not_wrap);
	tcase_add_test(tc, copy_is_the_same);
	tcase_add_test(tc, names_are_stable);
	suite_add_tcase(suite, tc);
	return suite;
}
