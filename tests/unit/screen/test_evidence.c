/* Each signal by the points it has from the beginning: silent about a call
 * that is like any, worth its points where it is meant to be, and of no more
 * force than it may have. */
#include <string.h>

#include "callsieve/model/verdict.h"
#include "screen/inquiry.h"
#include "screen/signals/signals.h"

#include "suites.h"
#include "world.h"

enum force {
	PROOF,
	SUSPICION, /* puts a call off */
	HINT,	   /* labels it */
	IF_WANTED  /* proof, but a hint of who may be wanted */
};

static const struct {
	const char *name;
	int points;
	enum force force;
	const char *caller, *display;
	struct past past;
	enum stir_status stir;
	char attest;
	bool first, own; /* call of the number; number of ours */
} rows[] = {
	{"malformed", 70, PROOF, .caller = "no-number"},
	{"invalid", 45, PROOF, .caller = "+12115550123"},
	{"unallocated", 30, PROOF, .caller = "+12215550199"},
	{"no_number", 15, HINT, .caller = ""},
	{"anonymous", 20, HINT, .caller = "anonymous"},
	{"display_number", 35, HINT, .display = "212 555 0199"},
	{"display_brand", 40, HINT, .display = "Your Bank"},
	{"new_caller", 10, HINT, .first = true},
	{"neighbour", 40, SUSPICION, .caller = "+12025550199", .first = true},
	{"neighbours", 30, SUSPICION, .caller = "+12025550199", .first = true,
	 .past.next_door = {.calls = 1000}},
	{"own_number", 50, HINT, .own = true},
	{"stir_failed", 25, HINT, .stir = STIR_FAILED},
	{"attest_c", 20, HINT, .stir = STIR_PASSED, .attest = 'C'},
	{"unvouched", 45, HINT, .past.vouched.calls = 9},
	{"velocity", 10, HINT, .past.caller.calls_hour = 150},
	{"sequence", 64, HINT, .past.caller.run = 5},
	{"sequence", 64, SUSPICION,
	 .past.caller = {.run = 5, .ended = 30, .answered = 3}},
	{"brief", 25, HINT, .past.caller = {.answered = 100, .brief = 95}},
	{"unanswered", 25, HINT, .past.caller = {.ended = 100, .answered = 9}},
	{"pings", 100, IF_WANTED, .past.caller = {.ended = 9, .pings = 9}},
	{"reported_share", 72, IF_WANTED,
	 .past.caller = {.ended = 50, .reports = 6}},
	{"origin_brief", 95, IF_WANTED,
	 .past.origin = {.answered = 100, .brief = 70}},
	{"origin_brief", 95, SUSPICION, .past.by_signer = true,
	 .past.origin = {.answered = 100, .brief = 70}},
	{"origin_strangers", 40, IF_WANTED, .past.usual_known = 0.3,
	 .past.origin = {.calls = 100, .answered = 100, .brief = 70}},
	{"origin_unanswered", 25, IF_WANTED, .past.origin.ended = 100},
	{"origin_reports", 100, IF_WANTED,
	 .past.origin = {.ended = 50, .reports = 6}},
	{"origin_reports", 100, SUSPICION, .stir = STIR_PASSED, .attest = 'C',
	 .past.origin = {.ended = 50, .reports = 6}},
	{"block_brief", 60, HINT,
	 .past.block = {.answered = 100, .brief = 90}},
	{"block_pings", 80, SUSPICION, .past.block = {.ended = 9, .pings = 9}},
	{"block_reports", 45, HINT,
	 .past.block = {.ended = 50, .reports = 25}},
	{"dialled", -100, PROOF, .past.with.called_at = 1799999999},
	{"talked", -40, PROOF,
	 .past.with = {.talked_at = 1799999999, .talked_s = 60}},
	{"sought", -40, PROOF, .past.caller.dialled = 5},
	{"standing", -60, PROOF, .past.caller = {.ended = 90, .talks = 60}},
	{"origin_standing", -50, PROOF,
	 .past.origin = {.ended = 90, .talks = 60}},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct inquiry inquiry;
static struct facts facts;
static struct screen_params sources;

static void setup(void)
{
	static char brand[] = " bank ", *brands[] = {brand};

	world_setup();
	world_points();
	world.config.screening.brands = brands;
	world.config.screening.brands_count = 1;
	facts = facts_from("+13035550123");
	sources = (struct screen_params){.lists = world.lists,
					 .reports = world.reports};
	inquiry = (struct inquiry){.sources = &sources,
				   .config = &world.config,
				   .facts = &facts,
				   .thresholds = facts.thresholds,
				   .now = 1800000000};
	inquiry.past.usual_reports = 0.01;
	inquiry.past.caller.last_seen = 1;
}

static const struct signal *signal_find(const char *name)
{
	size_t i = 0;

	while (i < signals_count && strcmp(signals[i].name, name))
		i++;
	ck_assert_msg(i < signals_count, "there is no signal %s", name);
	return &signals[i];
}

static bool fires(const struct signal *signal, struct signal_hit *hit)
{
	*hit = (struct signal_hit){.name = signal->name, .hint = signal->hint};
	return signal->h(&inquiry, hit);
}

static void set_past(const struct past *past, bool seen)
{
	double usual_reports = inquiry.past.usual_reports;

	inquiry.past = *past;
	inquiry.past.usual_reports = usual_reports;
	inquiry.past.caller.last_seen = seen;
}

START_TEST(each_has_its_say)
{
	const struct signal *signal = signal_find(rows[_i].name);
	struct signal_hit hit;

	ck_assert_msg(!fires(signal, &hit), "%s of a call that is like any",
		      signal->name);
	set_past(&rows[_i].past, !rows[_i].first);
	if (rows[_i].caller)
		facts.caller = facts_from(rows[_i].caller).caller;
	facts.display = rows[_i].display;
	facts.stir = rows[_i].stir;
	facts.attest = rows[_i].attest;
	if (rows[_i].own)
		inquiry.lists.own.kind = LIST_OWN;
	ck_assert_msg(fires(signal, &hit), "%s is silent", signal->name);
	ck_assert_msg(hit.points == rows[_i].points, "%s: %d points",
		      signal->name, hit.points);
	ck_assert_msg(*hit.detail, "%s does not say what it saw", signal->name);
	ck_assert_msg(hit.hint == (rows[_i].force == HINT) &&
			      hit.suspicion == (rows[_i].force == SUSPICION),
		      "%s has another force", signal->name);
	if (rows[_i].force == IF_WANTED)
		ck_assert(signal->past);
}
END_TEST

/* Those that ask the database have tests of their own, and one is off. */
static const char *const elsewhere[] = {"complaints", "fictitious"};

static const char *const names[] = {
#define SIGNAL(id, name, points, sentence)		name,
#define MEASURE(id, name, points, from, full, sentence) name,
#include "callsieve/core/signals.def"
#undef SIGNAL
#undef MEASURE
};

#define NAMES (sizeof(names) / sizeof(names[0]))

START_TEST(none_is_forgotten)
{
	bool found = false;

	for (size_t i = 0; i < ROWS; i++)
		found |= !strcmp(rows[i].name, names[_i]);
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++)
		found |= !strcmp(elsewhere[i], names[_i]);
	ck_assert_msg(found, "%s is in no test", names[_i]);
}
END_TEST

Suite *evidence_suite(void)
{
	Suite *suite = suite_create("evidence");
	TCase *tests = tcase_create("evidence");

	tcase_add_checked_fixture(tests, setup, world_teardown);
	tcase_add_loop_test(tests, each_has_its_say, 0, ROWS);
	tcase_add_loop_test(tests, none_is_forgotten, 0, NAMES);
	suite_add_tcase(suite, tests);
	return suite;
}
