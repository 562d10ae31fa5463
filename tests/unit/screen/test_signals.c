/* Signals one by one: what each makes of a call and of what was before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/model/verdict.h"
#include "screen/inquiry.h"
#include "screen/signals/signals.h"

#include "suites.h"
#include "world.h"

static struct inquiry inquiry;
static struct facts facts;
static struct screen_params sources;
static struct signal_hit hit;

static void setup(void)
{
	world_setup();
	world_points();
	facts = facts_from(CALLER);
	sources = (struct screen_params){.lists = world.lists,
					 .reports = world.reports};
	inquiry = (struct inquiry){.sources = &sources,
				   .config = &world.config,
				   .facts = &facts,
				   .thresholds = facts.thresholds,
				   .now = 1800000000};
	inquiry.past.usual_reports = 0.01;
	memset(&hit, 0, sizeof(hit));
}

static void vouch(void)
{
	facts.stir = STIR_PASSED;
	facts.attest = 'A';
}

/* The points, 0 when it is silent. */
static int points(signal_h *h)
{
	hit.points = 0;
	return h(&inquiry, &hit) ? hit.points : 0;
}

/* Three who got a call say the same of very different callers. */
static const struct {
	const char *claim;
	double calls, reports; /* lately */
	bool vouched;
	int points;
} reported[] = {
	{"hardly known", 3, 3, false, 120},
	{"some calls", 20, 3, false, 120},
	{"many calls: bound by the share", 110, 3, false, 30},
	{"many calls, hardly a report lately", 30, 0.2, false, 0},
	{"few calls, not a report lately", 5, 0, false, 120},
	{"few calls, vouched for, not a report lately", 5, 0, true, 0},
	{"few calls, vouched for, reported", 5, 2, true, 120},
};

START_TEST(reports_weigh_by_share)
{
	inquiry.past.caller.calls = inquiry.past.caller.ended =
		reported[_i].calls;
	inquiry.past.caller.reports = reported[_i].reports;
	if (reported[_i].vouched)
		vouch();
	world_reports(CALLER, 3);
	ck_assert_msg(points(reports_signal) == reported[_i].points,
		      "%s: %d points", reported[_i].claim, hit.points);
}
END_TEST

START_TEST(few_reports_alone_reject_nobody)
{
	struct behaviour *is = &inquiry.past.caller;

	vouch();
	is->ended = 2;
	is->reports = 1;
	ck_assert_int_eq(points(reported_share_signal), 50);
	ck_assert(hit.hint);
	is->reports = 1.7; /* two, a day ago */
	ck_assert_int_eq(points(reported_share_signal), 120);
	/* Who may have borrowed the number takes one more. */
	facts.stir = STIR_NONE;
	ck_assert_int_eq(points(reported_share_signal), 50);
	is->reports = 2.1;
	ck_assert_int_eq(points(reported_share_signal), 72);
	ck_assert(hit.hint);
	is->reports = 3;
	ck_assert_int_eq(points(reported_share_signal), 72);
	ck_assert(!hit.hint);
	is->ended = 1000;
	ck_assert_int_eq(points(reported_share_signal), 0);
}
END_TEST

/* Where hardly anybody reports anything, a few reports say more. */
static const struct {
	double usual;
	int points;
} usual_shares[] = {
	{0.0001, 120}, {0.002, 120}, {0.005, 120},
	{0.01, 51},    {0.02, 16},   {0.2, 16},
};

START_TEST(reports_weigh_by_how_many_are_usual)
{
	vouch();
	inquiry.past.usual_reports = usual_shares[_i].usual;
	inquiry.past.caller.ended = 190;
	inquiry.past.caller.reports = 6;
	ck_assert_int_eq(points(reported_share_signal),
			 usual_shares[_i].points);
}
END_TEST

/* Spoofers take a number once; who calls again lives there. */
static const struct {
	const char *caller;
	char attest; /* 0: unsigned */
	bool seen, owner_seen;
	int points;
} next_door[] = {
	{"+12025550155", 0, false, false, 40},
	{"+12025550155", 'B', false, false, 40},
	{"+12025550155", 'A', false, false, 0},
	{"+12025550155", 0, true, false, 40},
	{"+12025550155", 0, false, true, 40},
	{"+12025560155", 0, false, false, 0},
};

START_TEST(neighbour_is_suspected_at_first)
{
	bool seen = next_door[_i].seen || next_door[_i].owner_seen;

	facts = facts_from(next_door[_i].caller);
	facts.stir = next_door[_i].attest ? STIR_PASSED : STIR_NONE;
	facts.attest = next_door[_i].attest;
	inquiry.past.caller.last_seen = next_door[_i].seen;
	inquiry.past.vouched.last_seen = next_door[_i].owner_seen;
	ck_assert_int_eq(points(neighbour_signal), next_door[_i].points);
	ck_assert(!hit.points || hit.hint == seen);
	ck_assert(!hit.points || hit.suspicion == !seen);
}
END_TEST

/* Where nobody ever talks with such callers, hardly one is real. */
static const struct {
	double calls, talks;
	bool seen;
	int points;
} streets[] = {
	{0, 0, false, 0},	{50, 0, false, 0},   {400, 0, false, 30},
	{400, 4, false, 28},	{400, 20, false, 4}, {400, 40, false, 0},
	{400, 0, true, 0},
};

START_TEST(what_comes_of_neighbours_calls)
{
	facts = facts_from("+12025550155");
	inquiry.past.next_door.calls = streets[_i].calls;
	inquiry.past.next_door.talks = streets[_i].talks;
	inquiry.past.caller.last_seen = streets[_i].seen;
	ck_assert_int_eq(points(neighbours_signal), streets[_i].points);
	ck_assert(!hit.points || (hit.suspicion && !hit.hint));
	facts = facts_from("+12025560155");
	ck_assert_int_eq(points(neighbours_signal), 0);
}
END_TEST

/* By the number of a bank, which another pretends to be. */
START_TEST(reports_of_an_impostor_are_a_hint)
{
	static char brand[] = " bank ", *brands[] = {brand};

	inquiry.past.caller.ended = 10;
	inquiry.past.caller.reports = 10;
	world.config.screening.brands = brands;
	world.config.screening.brands_count = 1;
	facts.stir = STIR_NONE;
	facts.display = "First Bank";
	ck_assert_int_eq(points(reported_share_signal), 72);
	ck_assert(hit.hint);
	facts.display = "Frank";
	ck_assert_int_eq(points(reported_share_signal), 72);
	ck_assert(!hit.hint);
	facts.display = "First Bank";
	facts.stir = STIR_FAILED;
	ck_assert_int_eq(points(reported_share_signal), 120);
	ck_assert(!hit.hint);
}
END_TEST

START_TEST(an_unsigned_number_may_be_borrowed)
{
	inquiry.past.caller.ended = 20;
	inquiry.past.caller.reports = 10;
	facts.stir = STIR_NONE;
	ck_assert_int_eq(points(reported_share_signal), 72);
	facts.stir = STIR_FAILED;
	ck_assert_int_eq(points(reported_share_signal), 120);
	vouch();
	ck_assert_int_eq(points(reported_share_signal), 120);
}
END_TEST

/* The first call of an origin says little of those after it. */
START_TEST(few_reports_of_an_origin_reject_nobody)
{
	struct behaviour *is = &inquiry.past.origin;

	vouch();
	is->ended = 2;
	is->reports = 1;
	ck_assert_int_eq(points(origin_reports_signal), 50);
	is->reports = 2;
	ck_assert_int_eq(points(origin_reports_signal), 100);
}
END_TEST

/* What it was reported for itself is held against it already. */
START_TEST(origin_is_the_others_who_have_it)
{
	inquiry.past.origin.ended = 30;
	inquiry.past.origin.reports = 4;
	ck_assert_int_eq(points(origin_reports_signal), 100);
	inquiry.past.caller = inquiry.past.origin;
	ck_assert_int_eq(points(origin_reports_signal), 0);
	inquiry.past.caller.ended = 10;
	inquiry.past.caller.reports = 0;
	ck_assert_int_eq(points(origin_reports_signal), 100);
}
END_TEST

static const struct {
	const char *claim;
	double calls, known, brief, usual;
	int points;
} origins[] = {
	{"strangers whom people hang up on", 100, 0, 60, 0.3, 40},
	{"strangers whom they hear out", 100, 0, 30, 0.3, 0},
	{"as well known as any", 100, 30, 60, 0.3, 0},
	{"a few are known", 100, 3, 60, 0.3, 18},
	{"too few calls to say", 19, 0, 18, 0.3, 0},
	{"nobody knows whom people dial", 100, 0, 60, 0.05, 0},
};

START_TEST(origin_of_strangers)
{
	struct behaviour *is = &inquiry.past.origin;

	is->calls = is->ended = is->answered = origins[_i].calls;
	is->known = origins[_i].known;
	is->brief = origins[_i].brief;
	inquiry.past.usual_known = origins[_i].usual;
	ck_assert_msg(points(origin_strangers_signal) == origins[_i].points,
		      "%s: %d", origins[_i].claim, hit.points);
}
END_TEST

/* That people talk with those for whom a signer signs says nothing of one. */
START_TEST(only_an_origin_has_good_standing)
{
	inquiry.past.origin.ended = 100;
	inquiry.past.origin.talks = 60;
	ck_assert_int_eq(points(origin_standing_signal), -50);
	inquiry.past.by_signer = true;
	ck_assert_int_eq(points(origin_standing_signal), 0);
}
END_TEST

static const struct {
	const char *claim;
	double dialled, pings;
	double vouched; /* calls of the owner, if it is one */
	int points;
} sought[] = {
	{"once", 1, 0, 0, 0},
	{"often", 5, 0, 0, -40},
	{"somewhat", 3, 0, 0, -20},
	{"it rings once, for people to call back", 5, 3, 0, 0},
	{"another number's name is borrowed", 5, 0, 9, 0},
};

START_TEST(who_is_sought_is_no_stranger)
{
	inquiry.past.caller.dialled = sought[_i].dialled;
	inquiry.past.caller.pings = sought[_i].pings;
	inquiry.past.vouched.calls = sought[_i].vouched;
	ck_assert_msg(points(sought_signal) == sought[_i].points,
		      "%s: %d points", sought[_i].claim, hit.points);
}
END_TEST

static const struct {
	const char *claim, *days; /* before today */
	double calls, reports;
	bool vouched;
	int points;
} complained[] = {
	{"on few days", "0,1", 0, 0, false, 0},
	{"often, on few days", "0,0,0,0,1,1,1", 0, 0, false, 0},
	{"on many days", "0,1,2,3,4,5,6,7,8,9,10,11", 0, 0, false, 40},
	{"on many days, long ago", "70,71,72,73,74,75,76,77,78,79,80", 0, 0,
	 false, 0},
	{"too long ago", "130,140,150,160", 0, 0, false, 0},
	{"on some days", "0,2,4,6,8", 0, 0, false, 12},
	{"its calls are vouched for", "0,2,4,6,8", 4, 0, true, 0},
	{"vouched for, and reported", "0,2,4,6,8", 4, 1, true, 12},
	{"calls often, and nobody reports it", "0,2,4,6,8", 40, 0, false, 0},
};

START_TEST(complaints_count_by_days)
{
	struct complaints *complaints;
	const char *day = complained[_i].days;
	char sql[256];
	int n = 0;

	ck_assert_int_eq(complaints_new(&complaints, NULL), 0);
	for (; day; day = strchr(day, ',') ? strchr(day, ',') + 1 : NULL) {
		snprintf(sql, sizeof(sql),
			 "INSERT INTO observations(number, source, day) "
			 "VALUES('" CALLER "', 'source%d', "
			 "date('now', '-%d days'))",
			 n++, atoi(day));
		world_sql(sql);
	}
	ck_assert_int_eq(complaints_refresh(world.store, complaints), 0);
	sources.complaints = complaints;
	inquiry.past.caller.ended = complained[_i].calls;
	inquiry.past.caller.reports = complained[_i].reports;
	if (complained[_i].vouched)
		vouch();
	ck_assert_msg(points(complaints_signal) == complained[_i].points,
		      "%s: %d points", complained[_i].claim, hit.points);
	complaints_free(complaints);
}
END_TEST

static const struct {
	const char *caller;
	bool vouched;
	int invalid, unallocated, fictitious;
} validities[] = {
	{"+12122000000", false, 0, 0, 0}, {"+12112000000", false, 45, 0, 0},
	{"+12112000000", true, 0, 0, 0},  {"+12215550199", false, 0, 30, 0},
	{"+12125550199", false, 0, 0, 7}, {"anonymous", false, 0, 0, 0},
};

START_TEST(nobodys_numbers_are_told_apart)
{
	world.config.screening.signals[SIGNAL_FICTITIOUS].points = 7;
	facts = facts_from(validities[_i].caller);
	if (validities[_i].vouched)
		vouch();
	ck_assert_int_eq(points(invalid_signal), validities[_i].invalid);
	ck_assert_int_eq(points(unallocated_signal),
			 validities[_i].unallocated);
	ck_assert_int_eq(points(fictitious_signal), validities[_i].fictitious);
}
END_TEST

static const struct {
	const char *claim, *sql; /* whose number CALLER is */
	bool vouched, outbound;
	int points;
} own[] = {
	{"nobody's", "SELECT 1 WHERE 0", false, false, 0},
	{"of our range",
	 "INSERT INTO own_numbers(number) VALUES('+120255501*')", false, false,
	 50},
	{"of our range, vouched for",
	 "INSERT INTO own_numbers(number) VALUES('+120255501*')", true, false,
	 0},
	{"of our range, from inside",
	 "INSERT INTO own_numbers(number) VALUES('+120255501*')", false, true,
	 0},
	{"of another range",
	 "INSERT INTO own_numbers(number) VALUES('+120255502*')", false, false,
	 0},
	{"a subscriber's",
	 "INSERT INTO subscribers(id, name) VALUES(7, 'ann');"
	 "INSERT INTO subscriber_numbers(number, subscriber) "
	 "VALUES('" CALLER "', 7)",
	 false, false, 50},
};

START_TEST(own_numbers_call_from_inside)
{
	const struct list_question question = {.caller = &facts.caller,
					       .callee = &facts.callee,
					       .trunk = "carrier"};

	world_sql(own[_i].sql);
	lists_look(world.lists, &question, &inquiry.lists);
	facts.outbound = own[_i].outbound;
	if (own[_i].vouched)
		vouch();
	ck_assert_msg(points(own_number_signal) == own[_i].points,
		      "%s: %d points", own[_i].claim, hit.points);
}
END_TEST

static const struct {
	const char *display;
	bool vouched;
	double calls; /* lately, none of which was reported */
	int points;
} named[] = {
	{NULL, false, 0, 0},
	{"Ann", false, 0, 0},
	{"First National BANK", false, 0, 40},
	{"\"Fraud-Dept.\"", false, 0, 40},
	{"fraud", false, 0, 0},
	{"J. Banks", false, 0, 0},
	{"Embankment", false, 0, 0},
	{"Bank", true, 0, 0},
	{"Bank", false, 5, 40},
	{"Bank", false, 40, 0},
};

START_TEST(brands_are_for_who_is_known)
{
	static char bank[] = " bank ", fraud[] = " fraud dept ";
	static char *brands[] = {bank, fraud};

	world.config.screening.brands = brands;
	world.config.screening.brands_count = 2;
	facts.display = named[_i].display;
	inquiry.past.caller.ended = named[_i].calls;
	if (named[_i].vouched)
		vouch();
	ck_assert_int_eq(points(display_brand_signal), named[_i].points);
}
END_TEST

Suite *signals_suite(void)
{
	Suite *suite = suite_create("signals");
	TCase *tests = tcase_create("signals");

	tcase_add_checked_fixture(tests, setup, world_teardown);
	tcase_add_loop_test(tests, reports_weigh_by_share, 0,
			    sizeof(reported) / sizeof(reported[0]));
	tcase_add_test(tests, few_reports_alone_reject_nobody);
	tcase_add_loop_test(tests, reports_weigh_by_how_many_are_usual, 0,
			    sizeof(usual_shares) / sizeof(usual_shares[0]));
	tcase_add_test(tests, an_unsigned_number_may_be_borrowed);
	tcase_add_test(tests, reports_of_an_impostor_are_a_hint);
	tcase_add_loop_test(tests, neighbour_is_suspected_at_first, 0,
			    sizeof(next_door) / sizeof(next_door[0]));
	tcase_add_loop_test(tests, what_comes_of_neighbours_calls, 0,
			    sizeof(streets) / sizeof(streets[0]));
	tcase_add_test(tests, few_reports_of_an_origin_reject_nobody);
	tcase_add_test(tests, origin_is_the_others_who_have_it);
	tcase_add_loop_test(tests, origin_of_strangers, 0,
			    sizeof(origins) / sizeof(origins[0]));
	tcase_add_test(tests, only_an_origin_has_good_standing);
	tcase_add_loop_test(tests, who_is_sought_is_no_stranger, 0,
			    sizeof(sought) / sizeof(sought[0]));
	tcase_add_loop_test(tests, complaints_count_by_days, 0,
			    sizeof(complained) / sizeof(complained[0]));
	tcase_add_loop_test(tests, nobodys_numbers_are_told_apart, 0,
			    sizeof(validities) / sizeof(validities[0]));
	tcase_add_loop_test(tests, brands_are_for_who_is_known, 0,
			    sizeof(named) / sizeof(named[0]));
	tcase_add_loop_test(tests, own_numbers_call_from_inside, 0,
			    sizeof(own) / sizeof(own[0]));
	suite_add_tcase(suite, tests);
	return suite;
}
