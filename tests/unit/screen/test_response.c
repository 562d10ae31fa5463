/* Which class of reasons a rejection belongs to. Every signal stands here by
 * name, so that who adds one has to say what its callers are told. */
#include <check.h>
#include <string.h>

#include "callsieve/core/config.h"
#include "callsieve/model/verdict.h"
#include "callsieve/screen.h"

#include "suites.h"

#define REJECT_AT 100

/* What it is alone, and what it is where it takes others besides. */
static const struct {
	const char *signal;
	enum config_reason alone, together;
} expected[] = {
	{"blocklist", REASON_LIST, REASON_LIST},
	{"dno", REASON_DNO, REASON_DNO},

	/* The rules of numbering: no opinion on how somebody behaves. */
	{"malformed", REASON_NUMBER, REASON_ANALYTICS},
	{"invalid", REASON_NUMBER, REASON_ANALYTICS},
	{"unallocated", REASON_NUMBER, REASON_ANALYTICS},
	{"fictitious", REASON_NUMBER, REASON_ANALYTICS},
	{"no_number", REASON_NUMBER, REASON_ANALYTICS}, /* RFC 5079 3 */

	{"anonymous", REASON_ANONYMOUS, REASON_ANALYTICS},
	{"stir_failed", REASON_STIR, REASON_ANALYTICS},

	/* Attestation is a weight: RFC 8224 has no response for it. */
	{"attest_c", REASON_ANALYTICS, REASON_ANALYTICS},
	{"unvouched", REASON_ANALYTICS, REASON_ANALYTICS},

	/* What others say: 47 CFR 64.1200(k)(9) counts it as analytics. */
	{"reports", REASON_ANALYTICS, REASON_ANALYTICS},
	{"reputation", REASON_ANALYTICS, REASON_ANALYTICS},
	{"complaints", REASON_ANALYTICS, REASON_ANALYTICS},

	/* How a call looks, and how its like behave. */
	{"display_number", REASON_ANALYTICS, REASON_ANALYTICS},
	{"display_brand", REASON_ANALYTICS, REASON_ANALYTICS},
	{"new_caller", REASON_ANALYTICS, REASON_ANALYTICS},
	{"neighbour", REASON_ANALYTICS, REASON_ANALYTICS},
	{"neighbours", REASON_ANALYTICS, REASON_ANALYTICS},
	{"own_number", REASON_ANALYTICS, REASON_ANALYTICS},
	{"velocity", REASON_ANALYTICS, REASON_ANALYTICS},
	{"sequence", REASON_ANALYTICS, REASON_ANALYTICS},
	{"brief", REASON_ANALYTICS, REASON_ANALYTICS},
	{"unanswered", REASON_ANALYTICS, REASON_ANALYTICS},
	{"pings", REASON_ANALYTICS, REASON_ANALYTICS},
	{"reported_share", REASON_ANALYTICS, REASON_ANALYTICS},
	{"origin_brief", REASON_ANALYTICS, REASON_ANALYTICS},
	{"origin_strangers", REASON_ANALYTICS, REASON_ANALYTICS},
	{"origin_unanswered", REASON_ANALYTICS, REASON_ANALYTICS},
	{"origin_reports", REASON_ANALYTICS, REASON_ANALYTICS},
	{"block_brief", REASON_ANALYTICS, REASON_ANALYTICS},
	{"block_pings", REASON_ANALYTICS, REASON_ANALYTICS},
	{"block_reports", REASON_ANALYTICS, REASON_ANALYTICS},

	/* These speak for the caller, unless somebody turns them round. */
	{"dialled", REASON_ANALYTICS, REASON_ANALYTICS},
	{"talked", REASON_ANALYTICS, REASON_ANALYTICS},
	{"sought", REASON_ANALYTICS, REASON_ANALYTICS},
	{"standing", REASON_ANALYTICS, REASON_ANALYTICS},
	{"origin_standing", REASON_ANALYTICS, REASON_ANALYTICS},
};

#define EXPECTED (sizeof(expected) / sizeof(expected[0]))

static const char *const signal_names[] = {
	"blocklist",
	"reports",
	"reputation",
	"dno",
#define SIGNAL(id, name, points, sentence)		name,
#define MEASURE(id, name, points, from, full, sentence) name,
#include "callsieve/core/signals.def"
#undef SIGNAL
#undef MEASURE
};

#define SIGNALS (sizeof(signal_names) / sizeof(signal_names[0]))

static enum config_reason reason_of(const char *signal, int points)
{
	struct verdict verdict = {
		.action = VERDICT_REJECT,
		.basis = BASIS_SCORE,
		.thresholds.reject_at = REJECT_AT,
	};
	struct signal_hit hit = {.name = signal, .points = points};

	verdict_add(&verdict, &hit);
	hit = (struct signal_hit){.name = "new_caller", .points = 1};
	verdict_add(&verdict, &hit);
	return verdict_reason(&verdict);
}

START_TEST(each_signal_has_a_class)
{
	const char *name = signal_names[_i];
	size_t i = 0;

	while (i < EXPECTED && strcmp(expected[i].signal, name))
		i++;
	ck_assert_msg(i < EXPECTED,
		      "What are callers told whom \"%s\" rejects? Say so here, "
		      "and in src/screen/response.c.",
		      name);
	ck_assert_msg(reason_of(name, REJECT_AT) == expected[i].alone,
		      "%s, alone: %s", name,
		      config_reason_names[reason_of(name, REJECT_AT)]);
	ck_assert_msg(reason_of(name, REJECT_AT - 1) == expected[i].together,
		      "%s, together: %s", name,
		      config_reason_names[reason_of(name, REJECT_AT - 1)]);
}
END_TEST

START_TEST(no_class_is_for_a_signal_that_is_gone)
{
	size_t i = 0;

	while (i < SIGNALS && strcmp(signal_names[i], expected[_i].signal))
		i++;
	ck_assert_msg(i < SIGNALS, "there is no signal \"%s\"",
		      expected[_i].signal);
}
END_TEST

Suite *response_suite(void)
{
	Suite *suite = suite_create("response");
	TCase *tests = tcase_create("response");

	tcase_add_loop_test(tests, each_signal_has_a_class, 0, SIGNALS);
	tcase_add_loop_test(tests, no_class_is_for_a_signal_that_is_gone, 0,
			    EXPECTED);
	suite_add_tcase(suite, tests);
	return suite;
}
