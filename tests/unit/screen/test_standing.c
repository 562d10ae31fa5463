/* Whose calls are spared evidence that may be about somebody else. */
#include <string.h>

#include "callsieve/model/verdict.h"
#include "callsieve/reputation.h"
#include "screen/inquiry.h"
#include "screen/internal.h"
#include "screen/standing.h"

#include "suites.h"

static struct inquiry inquiry;
static struct facts facts;
static struct config config;

static void setup(void)
{
	memset(&config, 0, sizeof(config));
	config.screening.signals[SIGNAL_REPORTED_SHARE].from = 0.008;
	facts = (struct facts){0};
	inquiry = (struct inquiry){.config = &config, .facts = &facts};
	inquiry.past.usual_reports = 0.01;
}

static void sign(char attest)
{
	facts.stir = attest == 'F' ? STIR_FAILED : STIR_PASSED;
	facts.attest = attest;
	if (!attest)
		facts.stir = STIR_NONE;
}

static const struct {
	const char *claim;
	char attest; /* 0: unsigned, F: a false signature */
	double dialled, pings, owner_calls, owner_reports;
	bool wanted;
} numbers[] = {
	{"of whom nothing is known", 0, 0, 0, 0, 0, false},
	{"the owner's, otherwise signed", 0, 0, 0, 3, 0, true},
	{"the owner's, by a gateway", 'C', 0, 0, 3, 0, true},
	{"an owner who is reported", 0, 0, 0, 19, 1, false},
	{"an owner who hardly is", 0, 0, 0, 20, 1, true},
	{"the owner's, a false signature", 'F', 0, 0, 20, 0, false},
	{"signed as the owner does", 'A', 0, 0, 20, 0, false},
	{"dialled by subscribers", 0, 3, 0, 0, 0, true},
	{"dialled, and signed", 'A', 3, 0, 0, 0, true},
	{"dialled by hardly anybody", 0, 2, 0, 0, 0, false},
	{"dialled, a false signature", 'F', 9, 0, 0, 0, false},
	{"rings once to be dialled", 0, 9, 2, 0, 0, false},
};

START_TEST(bank_is_not_its_impostor)
{
	sign(numbers[_i].attest);
	inquiry.past.caller.dialled = numbers[_i].dialled;
	inquiry.past.caller.pings = numbers[_i].pings;
	inquiry.past.vouched.calls = numbers[_i].owner_calls;
	inquiry.past.vouched.reports = numbers[_i].owner_reports;
	ck_assert_msg(may_be_wanted(&inquiry) == numbers[_i].wanted, "%s",
		      numbers[_i].claim);
}
END_TEST

/* Not judged by others with the same carrier. */
static const struct {
	const char *claim;
	double answered, brief, talks, pings, reports;
	bool wanted;
} names[] = {
	{"people listen to", 6, 1, 0, 0, 0, true},
	{"people talk with", 8, 4, 2, 0, 0, true},
	{"hardly called yet", 5, 0, 5, 0, 0, false},
	{"people hang up on", 10, 4, 2, 0, 0, false},
	{"rings once, too", 10, 0, 5, 1, 0, false},
	{"is reported", 10, 0, 5, 0, 1, false},
};

START_TEST(own_name_beats_the_companys)
{
	struct behaviour *is = &inquiry.past.caller;

	sign('A');
	is->ended = is->answered = names[_i].answered;
	is->brief = names[_i].brief;
	is->talks = names[_i].talks;
	is->pings = names[_i].pings;
	is->reports = names[_i].reports;
	ck_assert_msg(may_be_wanted(&inquiry) == names[_i].wanted, "who %s",
		      names[_i].claim);
}
END_TEST

static const struct {
	const char *claim;
	char attest;
	double calls, reports, owner_calls;
	int percent;
} known[] = {
	{"nothing", 0, 0, 0, 0, 100},
	{"a few calls", 'A', 6, 0, 0, 93},
	{"half of what is enough", 'A', 30, 0, 0, 65},
	{"enough", 'A', 60, 0, 0, 30},
	{"more", 'A', 6000, 0, 0, 30},
	{"one complaint of many calls", 'A', 300, 1, 0, 30},
	{"as many as of any spammer", 'A', 300, 9, 0, 100},
	{"the owner well", 0, 1, 0, 60, 30},
	{"the owner well, not who forges", 'F', 1, 0, 60, 100},
};

START_TEST(services_count_less_where_more_is_known)
{
	sign(known[_i].attest);
	inquiry.past.caller.ended = known[_i].calls;
	inquiry.past.caller.reports = known[_i].reports;
	inquiry.past.vouched.ended = known[_i].owner_calls;
	ck_assert_msg(hearsay_percent(&inquiry) == known[_i].percent,
		      "%s: %d %%", known[_i].claim, hearsay_percent(&inquiry));
}
END_TEST

/* They have not heard of it yet. */
START_TEST(services_count_less_of_a_number_with_a_new_owner)
{
	sign('A');
	inquiry.now = 1800000000;
	inquiry.past.caller.passed_on_at = inquiry.now - 86400;
	ck_assert_int_eq(hearsay_percent(&inquiry), 50);
	inquiry.past.caller.ended = 60;
	ck_assert_int_eq(hearsay_percent(&inquiry), 30);
	inquiry.past.caller.reports = 9;
	ck_assert_int_eq(hearsay_percent(&inquiry), 50);
	inquiry.past.caller.reports = inquiry.past.caller.ended = 0;
	inquiry.past.caller.passed_on_at = inquiry.now - 31 * 86400;
	ck_assert_int_eq(hearsay_percent(&inquiry), 100);
}
END_TEST

START_TEST(discount_is_explained)
{
	static const struct rep_answer bad = {.status = REP_KNOWN,
					      .risk = 80,
					      .points = 80,
					      .name = "one"},
				       good = {.status = REP_KNOWN,
					       .points = -50,
					       .allow = true,
					       .name = "one"};
	static struct verdict verdict;

	verdict.hearsay_percent = 30;
	verdict_add_reputation(&verdict, &config, &bad, 1);
	ck_assert_int_eq(verdict.score, 24);
	ck_assert_str_eq(verdict.signals[0].detail,
			 "one: risk 80 of 100 (+80, of which 30 % count by "
			 "what its calls here say)");
	verdict_add_reputation(&verdict, &config, &good, 1);
	ck_assert_int_eq(verdict.score, 24 - 50);
}
END_TEST

/* Services with hints label what services alone would not put off, and put off
 * what one of them is not given the points to reject. */
static const struct {
	int hints, suspicions, points[2];
	int score;
} hearsay[] = {
	{0, 0, {49, 0}, 49},	{0, 0, {49, 40}, 89},	{0, 0, {80, 60}, 99},
	{0, 0, {100, 0}, 100},	{40, 0, {120, 0}, 160}, {0, 0, {-50, 49}, -1},
	{40, 0, {60, 0}, 74},	{40, 0, {80, 0}, 80},	{74, 0, {60, 0}, 74},
	{40, 0, {30, 30}, 74},	{40, 0, {50, 40}, 90},	{0, 95, {60, 0}, 99},
	{40, 30, {80, 0}, 99},	{0, 40, {60, 0}, 99},	{0, 30, {60, 0}, 90},
};

START_TEST(services_put_off_and_do_not_reject)
{
	struct rep_answer answers[2] = {{.status = REP_KNOWN, .name = "one"},
					{.status = REP_KNOWN, .name = "two"}};
	static struct verdict verdict;

	memset(&verdict, 0, sizeof(verdict));
	config.screening.hints_max_points = 74;
	config.screening.suspicions_max_points = 99;
	verdict.hearsay_percent = 100;
	verdict.thresholds.reject_at = 100;
	verdict.hints = hearsay[_i].hints;
	verdict.doubtful = hearsay[_i].hints + hearsay[_i].suspicions;
	verdict.score = verdict.doubtful;
	for (int i = 0; i < 2; i++) {
		answers[i].points = hearsay[_i].points[i];
		answers[i].allow = answers[i].points < 0;
	}
	verdict_add_reputation(&verdict, &config, answers, 2);
	ck_assert_int_eq(verdict.score, hearsay[_i].score);
}
END_TEST

Suite *standing_suite(void)
{
	Suite *suite = suite_create("standing");
	TCase *tests = tcase_create("standing");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_loop_test(tests, bank_is_not_its_impostor, 0,
			    sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_loop_test(tests, own_name_beats_the_companys, 0,
			    sizeof(names) / sizeof(names[0]));
	tcase_add_loop_test(tests, services_count_less_where_more_is_known, 0,
			    sizeof(known) / sizeof(known[0]));
	tcase_add_test(tests, services_count_less_of_a_number_with_a_new_owner);
	tcase_add_test(tests, discount_is_explained);
	tcase_add_loop_test(tests, services_put_off_and_do_not_reject, 0,
			    sizeof(hearsay) / sizeof(hearsay[0]));
	suite_add_tcase(suite, tests);
	return suite;
}
