/* What is remembered of calls, under which name, and for how long. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/metrics.h"
#include "callsieve/history.h"

#include "suites.h"

#define NOW	  INT64_C(1800000000)
#define DAY	  86400
#define CALLER	  "+12125550123"
#define NEIGHBOUR "+12125550177"
#define CALLEE	  "+12025550199"

static struct history *history;
static struct past past;
static struct history_mark mark;

static void setup(void)
{
	ck_assert_int_eq(history_new(&history, 1024, 1024), 0);
}

static void teardown(void)
{
	history_free(history);
}

static struct number number(const char *text)
{
	struct number number;
	struct numbering plan;

	ck_assert_int_eq(numbering_for_country(&plan, "1"), 0);
	number_parse(&number, text, strlen(text), &plan);
	return number;
}

static struct facts call_of(const char *caller, const char *callee)
{
	return (struct facts){.caller = number(caller),
			      .callee = number(callee)};
}

static struct facts vouched(const char *caller, const char *origid)
{
	struct facts facts = call_of(caller, CALLEE);

	facts.stir = STIR_PASSED;
	facts.attest = 'A';
	facts.origid = origid;
	return facts;
}

static void look(const struct facts *facts, int64_t now)
{
	history_look(history, facts, now, &past);
}

/* Of the last call. */
static void end(bool answered, unsigned ring, unsigned talk)
{
	history_ended(history, &mark,
		      &(const struct call_outcome){answered, ring, talk, false},
		      NOW);
}

START_TEST(nothing_is_known_of_a_stranger)
{
	static const struct past nothing = {.usual_reports = 0.01};
	struct facts facts = call_of(CALLER, CALLEE);

	look(&facts, NOW);
	ck_assert_mem_eq(&past, &nothing, sizeof(past));
}
END_TEST

START_TEST(calls_fade_by_half_in_a_half_life)
{
	struct facts facts = call_of(CALLER, CALLEE);

	for (int i = 0; i < 8; i++)
		history_call(history, &facts, true, NOW, &mark);
	look(&facts, NOW);
	ck_assert_double_eq_tol(past.caller.calls, 8, 0.01);
	ck_assert_double_eq_tol(past.caller.calls_hour, 8, 0.01);
	look(&facts, NOW + HISTORY_HALF_LIFE_S);
	ck_assert_double_eq_tol(past.caller.calls, 4, 0.01);
	ck_assert_double_lt(past.caller.calls_hour, 0.01);
	ck_assert_int_eq(past.caller.first_seen, NOW);
}
END_TEST

START_TEST(outcomes_are_told_apart)
{
	struct facts facts = call_of(CALLER, CALLEE);

	history_call(history, &facts, true, NOW, &mark);
	end(true, 5, BRIEF_TALK_S);
	end(true, 5, BRIEF_TALK_S + 1);
	end(true, 5, LONG_TALK_S);
	end(false, PING_RING_S, 0);
	end(false, PING_RING_S + 1, 0);
	look(&facts, NOW);
	ck_assert_double_eq_tol(past.caller.ended, 5, 0.01);
	ck_assert_double_eq_tol(past.caller.answered, 3, 0.01);
	ck_assert_double_eq_tol(past.caller.brief, 1, 0.01);
	ck_assert_double_eq_tol(past.caller.talks, 1, 0.01);
	ck_assert_double_eq_tol(past.caller.pings, 1, 0.01);
}
END_TEST

START_TEST(trying_one_person_again_counts_once)
{
	struct facts facts = call_of(CALLER, CALLEE);

	for (int i = 0; i < 10; i++) {
		history_call(history, &facts, true, NOW, &mark);
		end(false, 1, 0);
	}
	look(&facts, NOW);
	ck_assert_double_eq_tol(past.caller.calls, 10, 0.01);
	ck_assert_double_eq_tol(past.caller.ended, 1, 0.01);
	ck_assert_double_eq_tol(past.caller.pings, 1, 0.01);
	/* Getting through at last is news. */
	history_call(history, &facts, true, NOW, &mark);
	end(true, 9, 90);
	look(&facts, NOW);
	ck_assert_double_eq_tol(past.caller.talks, 1, 0.01);
}
END_TEST

/* Who is busy, or refuses, has not been rung once and left. */
START_TEST(refusal_is_no_ping)
{
	struct facts facts = call_of(CALLER, CALLEE);
	const struct call_outcome busy = {.ring_s = 1, .refused = true};

	history_call(history, &facts, true, NOW, &mark);
	history_ended(history, &mark, &busy, NOW);
	look(&facts, NOW);
	ck_assert_double_eq_tol(past.caller.ended, 1, 0.01);
	ck_assert_double_eq(past.caller.pings, 0);
}
END_TEST

START_TEST(spoofers_deeds_are_not_the_owners)
{
	struct facts owner = vouched(CALLER, NULL);
	struct facts spoofer = call_of(CALLER, CALLEE);

	history_call(history, &owner, true, NOW, &mark);
	for (int i = 0; i < 5; i++)
		history_call(history, &spoofer, true, NOW, &mark);
	look(&owner, NOW);
	ck_assert_double_eq_tol(past.caller.calls, 1, 0.01);
	look(&spoofer, NOW);
	ck_assert_double_eq_tol(past.caller.calls, 5, 0.01);
	ck_assert_double_eq_tol(past.vouched.calls, 1, 0.01);
}
END_TEST

/* What a carrier says of a customer of its own (B) may be false, but takes a
 * customer; it is not anybody's claim. */
START_TEST(known_customers_deeds_are_not_anybodys)
{
	struct facts known = vouched(CALLER, NULL);
	struct facts anybody = call_of(CALLER, CALLEE);
	struct facts neighbour = call_of(NEIGHBOUR, CALLEE);

	known.attest = 'B';
	history_call(history, &known, true, NOW, &mark);
	history_reported(history, &known.caller, &known.callee, NOW);
	look(&known, NOW);
	ck_assert_double_eq_tol(past.caller.calls, 1, 0.01);
	ck_assert_double_eq_tol(past.caller.reports, 1, 0.01);
	ck_assert_double_eq_tol(past.block.calls, 0, 1e-3);
	look(&anybody, NOW);
	ck_assert_double_eq_tol(past.caller.calls, 0, 0.01);
	ck_assert_double_eq_tol(past.vouched.calls, 0, 0.01);
	look(&neighbour, NOW);
	ck_assert_double_eq_tol(past.block.calls, 1, 1e-3);
}
END_TEST

/* A float stops counting at 2^24. */
START_TEST(shares_of_who_calls_without_end_are_kept)
{
	struct facts facts = call_of(CALLER, CALLEE);

	for (int i = 0; i < 1100000; i++) {
		history_call(history, &facts, true, NOW, &mark);
		mark.again = false;
		if (i % 1000 == 0)
			end(true, 5, 3);
	}
	look(&facts, NOW);
	ck_assert_double_eq_tol(past.caller.calls, 600000, 1);
	ck_assert_double_eq_tol(past.caller.brief / past.caller.calls, 0.001,
				1e-5);
}
END_TEST

START_TEST(callers_of_one_origin_are_seen_as_one)
{
	struct facts first = vouched(CALLER, "one");
	struct facts second = vouched("+13125550177", "one");
	struct facts other = vouched("+13125550178", "two");

	history_call(history, &first, true, NOW, &mark);
	history_call(history, &second, true, NOW, &mark);
	look(&second, NOW);
	ck_assert_double_eq_tol(past.origin.calls, 2, 0.01);
	ck_assert_double_eq_tol(past.origin.peers, 2, 0.1);
	ck_assert_double_eq_tol(past.caller.calls, 1, 0.01);
	look(&other, NOW);
	ck_assert_double_eq(past.origin.calls, 0);
}
END_TEST

/* Some sign each call by an origin identifier of its own. */
START_TEST(signer_stands_in_for_an_origin_that_says_nothing)
{
	static const char *const origins[] = {"1", "2", NULL, "", "5", "6"};
	struct facts facts = vouched(CALLER, "7");

	facts.signer = "gateway";
	for (size_t i = 0; i < 6; i++) {
		facts.origid = origins[i];
		history_call(history, &facts, true, NOW, &mark);
		end(true, 5, 3);
	}
	ck_assert(history_reported(history, &facts.caller, &facts.callee, NOW));
	facts.origid = "7";
	look(&facts, NOW);
	ck_assert(past.by_signer);
	ck_assert_double_eq_tol(past.origin.calls, 6, 0.01);
	ck_assert_double_eq_tol(past.origin.reports, 1, 0.01);
	for (int i = 0; i < 5; i++)
		history_call(history, &facts, true, NOW, &mark);
	look(&facts, NOW);
	ck_assert(!past.by_signer);
	ck_assert_double_eq_tol(past.origin.calls, 5, 0.01);
}
END_TEST

START_TEST(unsigned_origin_counts_for_nothing)
{
	struct facts facts = call_of(CALLER, CALLEE);

	facts.origid = "claimed by anybody";
	facts.signer = "as well";
	history_call(history, &facts, true, NOW, &mark);
	look(&facts, NOW);
	ck_assert_double_eq(past.origin.calls, 0);
}
END_TEST

START_TEST(numbers_of_one_block_are_seen_as_one)
{
	struct facts facts = call_of("+12125550123", CALLEE);
	struct facts near = call_of("+12125559999", CALLEE);
	struct facts far = call_of("+12125560123", CALLEE);

	history_call(history, &facts, true, NOW, &mark);
	look(&near, NOW);
	ck_assert_double_eq_tol(past.block.calls, 1, 0.01);
	look(&far, NOW);
	ck_assert_double_eq(past.block.calls, 0);
}
END_TEST

START_TEST(dialling_through_a_range_is_a_run)
{
	char callee[NUMBER_TEXT];
	struct facts facts;

	for (int i = 0; i < 6; i++) {
		snprintf(callee, sizeof(callee), "+1202555%04d", 100 + i);
		facts = call_of(CALLER, callee);
		history_call(history, &facts, true, NOW, &mark);
	}
	look(&facts, NOW);
	ck_assert_uint_eq(past.caller.run, 5);
	facts = call_of(CALLER, "+13035550100");
	history_call(history, &facts, true, NOW, &mark);
	look(&facts, NOW);
	ck_assert_uint_eq(past.caller.run, 2);
}
END_TEST

/* A list of subscribers has gaps; it is gone through all the same. */
static const struct {
	const char *claim;
	int callees[6];
	unsigned run;
} runs[] = {
	{"upwards", {100, 130, 190, 215, 300, 399}, 5},
	{"downwards", {399, 300, 215, 190, 130, 100}, 5},
	{"to and fro by little", {100, 102, 101, 104, 103, 105}, 5},
	{"to and fro by more", {100, 150, 110, 160, 120, 170}, 1},
	{"far apart", {1000, 2000, 3000, 4000, 5000, 6000}, 0},
	{"the same one", {100, 100, 100, 100, 100, 100}, 0},
};

START_TEST(gaps_end_no_run)
{
	char callee[NUMBER_TEXT];
	struct facts facts;

	for (int i = 0; i < 6; i++) {
		snprintf(callee, sizeof(callee), "+1202555%04d",
			 runs[_i].callees[i]);
		facts = call_of(CALLER, callee);
		history_call(history, &facts, true, NOW, &mark);
	}
	look(&facts, NOW);
	ck_assert_msg(past.caller.run == runs[_i].run, "%s: %u", runs[_i].claim,
		      past.caller.run);
}
END_TEST

START_TEST(who_is_dialled_has_business_here)
{
	struct number bank = number(CALLER), again = number("+12025550101");
	struct facts facts = call_of(CALLER, CALLEE);
	char subscriber[NUMBER_TEXT];

	history_dialled(history, &again, &bank, false, NOW);
	look(&facts, NOW);
	ck_assert_double_eq(past.caller.dialled, 0);
	history_call(history, &facts, true, NOW, &mark);
	for (int i = 0; i < 3; i++) {
		struct number from;

		snprintf(subscriber, sizeof(subscriber), "+1202555%04d", i);
		from = number(subscriber);
		history_dialled(history, &from, &bank, false, NOW);
		history_dialled(history, &from, &bank, false, NOW + 60);
	}
	/* He only calls back. */
	history_dialled(history, &facts.callee, &bank, false, NOW);
	look(&facts, NOW);
	ck_assert_double_eq_tol(past.caller.dialled, 3, 0.01);
}
END_TEST

/* Of an origin, and of all. */
START_TEST(known_callers_are_told_from_strangers)
{
	struct facts sought = vouched(CALLER, "one");
	struct facts talked = vouched(NEIGHBOUR, "one");
	struct facts stranger = vouched("+13125550178", "one");
	struct number subscriber = number("+12025550111");

	history_dialled(history, &subscriber, &sought.caller, false, NOW);
	history_call(history, &sought, true, NOW, &mark);
	look(&sought, NOW);
	ck_assert_double_eq_tol(past.origin.known, 0, 1e-3);
	history_dialled(history, &subscriber, &sought.caller, false,
			NOW + 2 * DAY);
	history_call(history, &talked, true, NOW + 2 * DAY, &mark);
	history_ended(history, &mark,
		      &(const struct call_outcome){true, 5, 20, false},
		      NOW + 2 * DAY);
	history_call(history, &sought, true, NOW + 2 * DAY, &mark);
	history_call(history, &talked, true, NOW + 2 * DAY, &mark);
	history_call(history, &stranger, true, NOW + 2 * DAY, &mark);
	look(&stranger, NOW + 2 * DAY);
	ck_assert_double_eq_tol(past.origin.known, 2, 1e-3);
	ck_assert_double_eq_tol(past.usual_known, 2 / 2004.6, 1e-4);
}
END_TEST

START_TEST(distinct_callees_are_estimated)
{
	char callee[NUMBER_TEXT];
	struct facts facts;

	for (int i = 0; i < 100; i++) {
		snprintf(callee, sizeof(callee), "+1202%07d", 5550100 + i * 37);
		facts = call_of(CALLER, callee);
		history_call(history, &facts, true, NOW, &mark);
		history_call(history, &facts, true, NOW, &mark);
	}
	look(&facts, NOW);
	ck_assert_double_eq_tol(past.caller.peers, 100, 25);
}
END_TEST

START_TEST(acquaintances_are_remembered)
{
	struct facts facts = call_of(CALLER, CALLEE);

	history_call(history, &facts, true, NOW, &mark);
	end(true, 5, 45);
	history_dialled(history, &facts.callee, &facts.caller, false, NOW + 9);
	look(&facts, NOW + 10);
	ck_assert_int_eq(past.with.tried_at, NOW);
	ck_assert_int_eq(past.with.talked_at, NOW);
	ck_assert_uint_eq(past.with.talked_s, 45);
	ck_assert_int_eq(past.with.called_at, NOW + 9);
}
END_TEST

START_TEST(emergency_calls_are_remembered)
{
	struct facts facts = call_of(CALLER, CALLEE);
	struct number desk = number("911");

	history_dialled(history, &facts.callee, &desk, true, NOW);
	ck_assert_int_eq(history_emergency_at(history, &facts.callee), NOW);
	ck_assert_int_eq(history_emergency_at(history, &facts.caller), 0);
}
END_TEST

START_TEST(only_the_called_can_report_and_once)
{
	struct facts facts = vouched(CALLER, "one");
	struct number stranger = number("+12025550111");

	ck_assert(!history_reported(history, &facts.caller, &stranger, NOW));
	history_call(history, &facts, true, NOW, &mark);
	ck_assert(!history_reported(history, &facts.caller, &stranger, NOW));
	ck_assert(history_reported(history, &facts.caller, &facts.callee, NOW));
	ck_assert(
		!history_reported(history, &facts.caller, &facts.callee, NOW));
	look(&facts, NOW);
	ck_assert_double_eq_tol(past.caller.reports, 1, 0.01);
	ck_assert_double_eq_tol(past.origin.reports, 1, 0.01);
	facts = vouched(NEIGHBOUR, "one");
	look(&facts, NOW);
	ck_assert_double_eq_tol(past.block.reports, 1, 0.01);
}
END_TEST

START_TEST(share_of_reports_becomes_the_networks)
{
	struct facts facts;
	char caller[16];

	for (int i = 0; i < 8000; i++) {
		snprintf(caller, sizeof(caller), "+1212555%04d", i);
		facts = call_of(caller, CALLEE);
		history_call(history, &facts, true, NOW, &mark);
		end(false, 20, 0);
		if (i % 500 == 0)
			history_reported(history, &facts.caller, &facts.callee,
					 NOW);
	}
	look(&facts, NOW);
	/* The 20 of 2,000 taken for granted at first weigh less and less. */
	ck_assert_double_eq_tol(past.usual_reports, (20 + 16) / 10000.0, 1e-5);
}
END_TEST

/* A carrier gives out a number again that spam came from. */
static const struct {
	const char *claim, *signer, *origid;
	int after_h;
	double calls; /* that are left of 16 */
} owners[] = {
	{"the same", "one", "customer", 48, 16},
	{"another carrier", "two", "other", 48, 2},
	{"another customer of the carrier", "one", "other", 48, 2},
	{"another way out of the same owner", "two", "other", 5, 16},
	{"a carrier that says nothing", NULL, NULL, 48, 16},
};

START_TEST(what_the_last_owner_did_is_not_the_next_ones)
{
	struct facts facts = vouched(CALLER, "customer");
	int64_t then = NOW + owners[_i].after_h * 3600;
	double faded = exp2(-owners[_i].after_h * 3600.0 / HISTORY_HALF_LIFE_S);

	facts.signer = "one";
	for (int i = 0; i < 16; i++)
		history_call(history, &facts, true, NOW, &mark);
	facts.signer = owners[_i].signer;
	facts.origid = owners[_i].origid;
	look(&facts, then);
	ck_assert_msg(fabs(past.caller.calls - owners[_i].calls * faded) < 0.01,
		      "%s: %.2f calls", owners[_i].claim, past.caller.calls);
	ck_assert_int_eq(past.caller.passed_on_at,
			 owners[_i].calls < 16 ? then : 0);
	history_call(history, &facts, true, then, &mark);
	look(&facts, then + 60);
	ck_assert_int_eq(past.caller.passed_on_at,
			 owners[_i].calls < 16 ? then : 0);
	look(&facts, then);
	ck_assert_double_eq_tol(past.caller.calls, owners[_i].calls * faded + 1,
				0.01);
}
END_TEST

START_TEST(report_of_the_last_owner_is_not_the_next_ones)
{
	struct facts last = vouched(CALLER, NULL), next = last;

	last.signer = "one";
	next.signer = "two";
	next.callee = number("+12025550111");
	history_call(history, &last, true, NOW, &mark);
	history_call(history, &next, true, NOW + 2 * DAY, &mark);
	history_reported(history, &last.caller, &last.callee, NOW + 2 * DAY);
	look(&next, NOW + 2 * DAY);
	ck_assert_double_eq_tol(past.caller.reports, 0, 1e-3);
	history_reported(history, &next.caller, &next.callee, NOW + 2 * DAY);
	look(&next, NOW + 2 * DAY);
	ck_assert_double_eq_tol(past.caller.reports, 1, 1e-3);
	/* The carrier of the last owner answers for both. */
	look(&last, NOW + 2 * DAY);
	ck_assert_double_eq_tol(past.origin.reports, 1, 1e-3);
}
END_TEST

/* Neither what it did where it was vouched for, nor what others did by its
 * name: all that is held against it already. */
START_TEST(own_deeds_are_not_the_neighbours)
{
	struct facts owner = vouched(CALLER, "one");
	struct facts anybody = call_of(CALLER, CALLEE);
	struct facts neighbour = call_of(NEIGHBOUR, CALLEE);

	history_call(history, &owner, true, NOW, &mark);
	end(true, 5, 3);
	history_call(history, &anybody, true, NOW + DAY, &mark);
	history_reported(history, &anybody.caller, &anybody.callee, NOW + DAY);
	look(&owner, NOW + 2 * DAY);
	ck_assert_double_eq_tol(past.block.calls, 0, 1e-3);
	ck_assert_double_eq_tol(past.block.brief, 0, 1e-3);
	ck_assert_double_eq_tol(past.block.reports, 0, 1e-3);
	history_call(history, &neighbour, true, NOW + 2 * DAY, &mark);
	look(&owner, NOW + 2 * DAY);
	ck_assert_double_eq_tol(past.block.calls, 1, 1e-3);
	look(&neighbour, NOW + 2 * DAY);
	ck_assert_double_gt(past.block.calls, 1);
	ck_assert_double_gt(past.block.brief, 0.5);
}
END_TEST

/* Nobody heard it; those who say so made it up. */
START_TEST(refused_call_cannot_be_reported)
{
	struct facts facts = call_of(CALLER, CALLEE);

	history_call(history, &facts, false, NOW, &mark);
	ck_assert(
		!history_reported(history, &facts.caller, &facts.callee, NOW));
	history_call(history, &facts, true, NOW, &mark);
	history_call(history, &facts, false, NOW, &mark);
	ck_assert(history_reported(history, &facts.caller, &facts.callee, NOW));
	history_call(history, &facts, false, NOW, &mark);
	history_call(history, &facts, true, NOW, &mark);
	ck_assert(
		!history_reported(history, &facts.caller, &facts.callee, NOW));
}
END_TEST

/* What became of the first call of each, though it took two. */
START_TEST(neighbours_count_together)
{
	struct facts facts = call_of("+12025550155", "+12025550100");
	struct facts late = call_of("+12025550156", "+12025550100");
	struct facts other = call_of("+12025560155", "+12025550100");
	struct facts vouched_for = vouched("+12025550157", "one");
	const struct call_outcome talked = {.answered = true, .talk_s = 90};

	vouched_for.callee = facts.callee;
	history_call(history, &facts, true, NOW, &mark);
	history_ended(history, &mark, &talked, NOW);
	history_call(history, &facts, true, NOW + 2 * DAY, &mark);
	history_ended(history, &mark, &talked, NOW + 2 * DAY);
	history_call(history, &other, true, NOW + 2 * DAY, &mark);
	history_ended(history, &mark, &talked, NOW + 2 * DAY);
	history_call(history, &vouched_for, true, NOW + 2 * DAY, &mark);
	history_ended(history, &mark, &talked, NOW + 2 * DAY);
	look(&facts, NOW + 2 * DAY);
	ck_assert_double_eq_tol(past.next_door.calls, .63, .01);
	ck_assert_double_eq_tol(past.next_door.talks, .63, .01);

	history_call(history, &late, false, NOW + 2 * DAY, &mark);
	look(&facts, NOW + 2 * DAY);
	ck_assert_double_eq_tol(past.next_door.calls, 1.63, .01);
	ck_assert_double_eq_tol(past.next_door.talks, .63, .01);
	history_call(history, &late, true, NOW + 2 * DAY, &mark);
	history_ended(history, &mark, &talked, NOW + 2 * DAY);
	history_call(history, &late, true, NOW + 2 * DAY, &mark);
	history_ended(history, &mark, &talked, NOW + 2 * DAY);
	look(&facts, NOW + 2 * DAY);
	ck_assert_double_eq_tol(past.next_door.calls, 1.63, .01);
	ck_assert_double_eq_tol(past.next_door.talks, 1.63, .01);
}
END_TEST

START_TEST(old_call_cannot_be_reported)
{
	struct facts facts = call_of(CALLER, CALLEE);

	history_call(history, &facts, true, NOW, &mark);
	ck_assert(!history_reported(history, &facts.caller, &facts.callee,
				    NOW + 30 * DAY));
}
END_TEST

/* Numbers made up for a call each are what a flood consists of; those who call
 * all the time are what is worth remembering. */
START_TEST(flood_of_callers_spares_the_known)
{
	const char *known = "+12125550177";
	char caller[NUMBER_TEXT];
	struct facts facts;
	int64_t evicted = metric_get(METRIC_HISTORY_SUBJECTS_EVICTED);

	for (int i = 0; i < 20; i++) {
		facts = call_of(known, CALLEE);
		history_call(history, &facts, true, NOW, &mark);
		end(true, 10, 90);
	}
	for (int i = 0; i < 20000; i++) {
		snprintf(caller, sizeof(caller), "+1312%07d", 2000000 + i * 37);
		facts = call_of(caller, "+13035550155");
		history_call(history, &facts, true, NOW + i, &mark);
	}
	facts = call_of(known, CALLEE);
	look(&facts, NOW + 20000);
	ck_assert_double_gt(past.caller.calls, 10);
	ck_assert_int_ne(past.with.talked_at, 0);
	ck_assert_int_gt(metric_get(METRIC_HISTORY_SUBJECTS_EVICTED),
			 evicted + 10000);
	ck_assert_int_gt(metric_get(METRIC_HISTORY_PAIRS_EVICTED), 0);
}
END_TEST

/* NTP, or a person: what then lies in the future has just happened. */
START_TEST(clock_set_back_loses_nothing)
{
	struct facts facts = call_of(CALLER, CALLEE);
	const struct number subscriber = number(CALLEE);
	const struct number caller = number(CALLER);
	int64_t back = NOW - 3600;

	history_call(history, &facts, true, NOW, &mark);
	end(true, 10, 90);
	look(&facts, back);
	ck_assert_double_gt(past.caller.calls, 0.9);
	ck_assert_double_gt(past.caller.peers, 0.5);
	history_call(history, &facts, true, back, &mark);
	ck_assert(mark.again);
	look(&facts, back);
	ck_assert_double_gt(past.caller.peers, 0.5);
	facts = call_of("+12125550188", CALLEE);
	history_call(history, &facts, true, NOW, &mark);
	ck_assert(history_reported(history, &facts.caller, &subscriber, back));
	ck_assert(history_reported(history, &caller, &subscriber, back));
}
END_TEST

/* However many callers there are: the tables are full, the newest known. */
START_TEST(flood_of_callers_forgets_the_oldest)
{
	char caller[NUMBER_TEXT];
	struct facts facts;

	for (int i = 0; i < 20000; i++) {
		snprintf(caller, sizeof(caller), "+1312%07d", 2000000 + i);
		facts = call_of(caller, CALLEE);
		history_call(history, &facts, true, NOW + i, &mark);
	}
	look(&facts, NOW + 20000);
	ck_assert_double_gt(past.caller.calls, 0.5);
	facts = call_of("+13122000000", CALLEE);
	look(&facts, NOW + 20000);
	ck_assert_double_eq(past.caller.calls, 0);
}
END_TEST

Suite *history_suite(void)
{
	Suite *suite = suite_create("history");
	TCase *tests = tcase_create("history");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, nothing_is_known_of_a_stranger);
	tcase_add_test(tests, calls_fade_by_half_in_a_half_life);
	tcase_add_test(tests, outcomes_are_told_apart);
	tcase_add_test(tests, trying_one_person_again_counts_once);
	tcase_add_test(tests, refusal_is_no_ping);
	tcase_add_test(tests, spoofers_deeds_are_not_the_owners);
	tcase_add_test(tests, known_customers_deeds_are_not_anybodys);
	tcase_add_test(tests, shares_of_who_calls_without_end_are_kept);
	tcase_add_test(tests, callers_of_one_origin_are_seen_as_one);
	tcase_add_test(tests, signer_stands_in_for_an_origin_that_says_nothing);
	tcase_add_test(tests, unsigned_origin_counts_for_nothing);
	tcase_add_test(tests, numbers_of_one_block_are_seen_as_one);
	tcase_add_loop_test(tests, what_the_last_owner_did_is_not_the_next_ones,
			    0, sizeof(owners) / sizeof(owners[0]));
	tcase_add_test(tests, report_of_the_last_owner_is_not_the_next_ones);
	tcase_add_test(tests, own_deeds_are_not_the_neighbours);
	tcase_add_test(tests, dialling_through_a_range_is_a_run);
	tcase_add_loop_test(tests, gaps_end_no_run, 0,
			    sizeof(runs) / sizeof(runs[0]));
	tcase_add_test(tests, who_is_dialled_has_business_here);
	tcase_add_test(tests, known_callers_are_told_from_strangers);
	tcase_add_test(tests, distinct_callees_are_estimated);
	tcase_add_test(tests, acquaintances_are_remembered);
	tcase_add_test(tests, emergency_calls_are_remembered);
	tcase_add_test(tests, only_the_called_can_report_and_once);
	tcase_add_test(tests, share_of_reports_becomes_the_networks);
	tcase_add_test(tests, refused_call_cannot_be_reported);
	tcase_add_test(tests, neighbours_count_together);
	tcase_add_test(tests, old_call_cannot_be_reported);
	tcase_add_test(tests, flood_of_callers_forgets_the_oldest);
	tcase_add_test(tests, flood_of_callers_spares_the_known);
	tcase_add_test(tests, clock_set_back_loses_nothing);
	suite_add_tcase(suite, tests);
	return suite;
}
