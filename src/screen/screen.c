/* The pipeline: what is looked at, in which order, and when the matter is
 * settled. What a signal means stands in signals/, how a verdict is answered
 * in SIP in app/gate.c.
 *
 * plan[] below is the specification. Everything in it answers from memory;
 * only a call that leaves it undecided waits for anybody (ask.c). */
#include "callsieve/screen.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/history.h"
#include "callsieve/lists.h"
#include "callsieve/reputation.h"

#include "detail.h"
#include "inquiry.h"
#include "internal.h"
#include "signals/signals.h"
#include "standing.h"

/* Looks at the call; true when the matter is settled. */
typedef bool stage_h(struct screen *screen, struct inquiry *inquiry,
		     struct verdict *verdict);

static bool allow(struct verdict *verdict, enum verdict_basis basis)
{
	verdict->action = VERDICT_ALLOW;
	verdict->basis = basis;
	return true;
}

static bool bypass_passes(struct screen *screen, struct inquiry *inquiry,
			  struct verdict *verdict)
{
	(void)screen;
	switch (inquiry->facts->bypass) {
	case BYPASS_EMERGENCY:
		return allow(verdict, BASIS_EMERGENCY);
	case BYPASS_PRIORITY:
		return allow(verdict, BASIS_PRIORITY);
	case BYPASS_TAKEOVER:
		return allow(verdict, BASIS_TAKEOVER);
	case BYPASS_PSAP:
		return allow(verdict, BASIS_PSAP);
	case BYPASS_NONE:
		break;
	}
	return false;
}

static bool unscreened_trunk_passes(struct screen *screen,
				    struct inquiry *inquiry,
				    struct verdict *verdict)
{
	(void)screen;
	return !inquiry->facts->screen && allow(verdict, BASIS_UNSCREENED);
}

/* The desk may call back by any line, without a mark and unsigned, so for a
 * while everybody gets through to who needed help. */
static bool emergency_is_called_back(struct screen *screen,
				     struct inquiry *inquiry,
				     struct verdict *verdict)
{
	int64_t window = inquiry->config->screening.emergency_window_s;
	struct signal_hit hit = {.name = "emergency_window"};
	int64_t ago;

	inquiry->now = now_wall_s();
	if (!window || !screen->sources.history)
		return false;
	ago = inquiry->now - history_emergency_at(screen->sources.history,
						  &inquiry->facts->callee);
	if (ago > window)
		return false;
	snprintf(hit.detail, sizeof(hit.detail),
		 "the callee dialled an emergency number %lld minutes ago",
		 (long long)ago / 60);
	verdict_add(verdict, &hit);
	return allow(verdict, BASIS_EMERGENCY);
}

/* A row that ends the matter by itself. */
static bool row_decides(struct verdict *verdict, const struct list_match *match,
			const char *name, enum verdict_basis basis)
{
	struct signal_hit hit = {.name = name, .row = match->row};

	detail_list_match(hit.detail, match);
	verdict_add(verdict, &hit);
	verdict->basis = basis;
	return true;
}

/* Who wants no call refused, or fewer, wants none put off either, or fewer. */
static void set_thresholds(struct thresholds *at,
			   const struct list_settings *settings)
{
	if (settings->label_at >= 0)
		at->label_at = settings->label_at;
	if (at->greylist_at && settings->reject_at > at->reject_at)
		at->greylist_at += settings->reject_at - at->reject_at;
	if (settings->reject_at >= 0)
		at->reject_at = settings->reject_at;
	if (!settings->reject_at)
		at->greylist_at = at->challenge_at = 0;
}

static bool lists_are_searched(struct screen *screen, struct inquiry *inquiry,
			       struct verdict *verdict)
{
	const struct facts *facts = inquiry->facts;
	const struct list_question question = {
		.caller = &facts->caller,
		.callee = &facts->callee,
		.trunk = facts->trunk,
		.now = now_wall_s(),
	};

	lists_look(screen->sources.lists, &question, &inquiry->lists);
	inquiry->thresholds = facts->thresholds;
	if (inquiry->lists.settings.subscriber)
		set_thresholds(&inquiry->thresholds, &inquiry->lists.settings);
	verdict->thresholds = inquiry->thresholds;
	return false;
}

static bool neverblocked_passes(struct screen *screen, struct inquiry *inquiry,
				struct verdict *verdict)
{
	(void)screen;
	return inquiry->lists.never.kind != LIST_NONE &&
	       row_decides(verdict, &inquiry->lists.never, "neverblock",
			   BASIS_NEVERBLOCK);
}

/* Whom the callee wants to hear from, and whom not, is nobody else's business.
 */
static bool subscriber_decides(struct screen *screen, struct inquiry *inquiry,
			       struct verdict *verdict)
{
	const struct list_match *rule = &inquiry->lists.rule;

	(void)screen;
	switch (rule->kind) {
	case LIST_SUBSCRIBER_BLOCK:
		verdict->action = VERDICT_REJECT;
		return row_decides(verdict, rule, "subscriber_block",
				   BASIS_SUBSCRIBER);
	case LIST_SUBSCRIBER_ALLOW:
		return row_decides(verdict, rule, "subscriber_allow",
				   BASIS_SUBSCRIBER);
	default:
		return false;
	}
}

/* RFC 5079: not by way of points, since no other evidence matters. A number
 * that is missing or that nobody vouches for is not withheld. */
static bool refuse_anonymity(struct inquiry *inquiry, struct verdict *verdict,
			     int64_t row, const char *who)
{
	struct signal_hit hit = {.name = "anonymity", .row = row};

	if (inquiry->facts->caller.kind != NUMBER_ANONYMOUS &&
	    !inquiry->facts->withheld)
		return false;
	snprintf(hit.detail, sizeof(hit.detail),
		 "number withheld, and %s takes no such calls", who);
	verdict_add(verdict, &hit);
	verdict->action = VERDICT_REJECT;
	verdict->basis = BASIS_ANONYMITY;
	return true;
}

static bool subscriber_refuses_anonymity(struct screen *screen,
					 struct inquiry *inquiry,
					 struct verdict *verdict)
{
	const struct list_settings *settings = &inquiry->lists.settings;

	(void)screen;
	return settings->subscriber && settings->refuse_anonymous &&
	       refuse_anonymity(inquiry, verdict, settings->subscriber,
				"the callee");
}

static bool trunk_refuses_anonymity(struct screen *screen,
				    struct inquiry *inquiry,
				    struct verdict *verdict)
{
	(void)screen;
	return inquiry->facts->refuse_anonymous &&
	       refuse_anonymity(inquiry, verdict, 0, "this trunk");
}

static bool allowlisted_passes(struct screen *screen, struct inquiry *inquiry,
			       struct verdict *verdict)
{
	const struct list_match *listed = &inquiry->lists.listed;

	(void)screen;
	return listed->kind == LIST_ALLOW &&
	       row_decides(verdict, listed, "allowlist", BASIS_ALLOWLIST);
}

/* What was added that is no proof. */
struct doubtful {
	int hints, suspicions;
};

static void bound(struct signal_hit *hit, int room, const char *what, int max)
{
	size_t len = strlen(hit->detail);

	if (hit->points <= room)
		return;
	snprintf(hit->detail + len, sizeof(hit->detail) - len,
		 " (%+d, but %s %d at most)", hit->points, what, max);
	hit->points = room;
}

static int doubtful_max(const struct config_screening *config)
{
	return config->hints_max_points > config->suspicions_max_points
		       ? config->hints_max_points
		       : config->suspicions_max_points;
}

/* How a caller behaves is no proof, and of what others did he may know nothing:
 * neither shall reject a call by itself, so together they add no more than the
 * configuration lets them. */
static void bound_doubtful(const struct config_screening *config,
			   struct signal_hit *hit, bool hint,
			   struct doubtful *sum)
{
	int hints = config->hints_max_points, all = doubtful_max(config);

	if (hint)
		bound(hit, hints - sum->hints, "hints together add", hints);
	if (hint || hit->suspicion)
		bound(hit, all - sum->hints - sum->suspicions,
		      "suspicions and hints add", all);
	if (hit->points <= 0)
		return;
	if (hint)
		sum->hints += hit->points;
	else if (hit->suspicion)
		sum->suspicions += hit->points;
}

/* An explanation tells whose thresholds these are. */
static void add_settings(const struct inquiry *inquiry, struct verdict *verdict)
{
	const struct list_settings *settings = &inquiry->lists.settings;
	struct signal_hit hit = {.name = "strictness",
				 .row = settings->subscriber};

	if (!settings->subscriber ||
	    (settings->label_at < 0 && settings->reject_at < 0))
		return;
	snprintf(hit.detail, sizeof(hit.detail),
		 "the callee wants calls labelled from %d and rejected from %d "
		 "points",
		 inquiry->thresholds.label_at, inquiry->thresholds.reject_at);
	verdict_add(verdict, &hit);
}

/* All of them, also past the threshold: they are cheap, and the explanation
 * is complete. */
static bool memory_signals_speak(struct screen *screen, struct inquiry *inquiry,
				 struct verdict *verdict)
{
	struct doubtful sum = {0};
	struct signal_hit hit;
	bool wanted;
	size_t i;

	if (screen->sources.history)
		history_look(screen->sources.history, inquiry->facts,
			     inquiry->now, &inquiry->past);
	wanted = may_be_wanted(inquiry);
	verdict->hearsay_percent = hearsay_percent(inquiry);
	for (i = 0; i < signals_count; i++) {
		hit.name = signals[i].name;
		hit.outcome = SIGNAL_FIRED;
		hit.hint = signals[i].hint;
		hit.suspicion = false;
		hit.row = 0;
		hit.detail[0] = '\0';
		if (!signals[i].h(inquiry, &hit))
			continue;
		if (config_in_shadow(inquiry->config, hit.name))
			hit.outcome = SIGNAL_SHADOW;
		else
			bound_doubtful(&inquiry->config->screening, &hit,
				       hit.hint || (signals[i].past && wanted),
				       &sum);
		verdict_add(verdict, &hit);
	}
	verdict->hints = sum.hints;
	verdict->doubtful = sum.hints + sum.suspicions;
	add_settings(inquiry, verdict);
	return verdict_settle(verdict);
}

/* The most that all services together could add. */
static int64_t worst_reputation(const struct config *config)
{
	int64_t sum = 0;

	for (size_t i = 0; i < config->reputations_count; i++) {
		const struct config_reputation *reputation =
			&config->reputations[i];
		int worst = reputation->points > reputation->error_points
				    ? reputation->points
				    : reputation->error_points;

		sum += worst > 0 ? worst : 0;
	}
	return sum;
}

/* Who is so well known that the worst word of all services would change
 * nothing is not kept waiting for it. In shadow they are asked all the same,
 * as who tries them out wants to see them. */
static bool is_beyond_doubt(const struct config *config,
			    const struct verdict *verdict)
{
	int64_t score = verdict->score + worst_reputation(config);

	if (score < INT_MIN || score > INT_MAX)
		return false;
	return !config_in_shadow(config, "reputation") &&
	       verdict_action_at(&verdict->thresholds, (int)score) ==
		       VERDICT_ALLOW;
}

static bool nothing_outside_matters(struct screen *screen,
				    struct inquiry *inquiry,
				    struct verdict *verdict)
{
	(void)screen;
	return !inquiry->config->reputations_count ||
	       inquiry->facts->caller.kind != NUMBER_E164 ||
	       is_beyond_doubt(inquiry->config, verdict);
}

static bool reputation_is_at_hand(struct screen *screen,
				  struct inquiry *inquiry,
				  struct verdict *verdict)
{
	struct rep_answer answers[CONFIG_REPUTATIONS_MAX];
	struct rep_question question = {
		.caller = &inquiry->facts->caller,
		.callee = &inquiry->facts->callee,
	};
	size_t count;

	if (!providers_peek(screen->sources.providers, &question, answers,
			    &count))
		return false;
	verdict_add_reputation(verdict, inquiry->config, answers, count);
	return true;
}

/* clang-format off */
static stage_h *const plan[] = {
	bypass_passes,
	unscreened_trunk_passes,
	emergency_is_called_back,
	lists_are_searched,
	neverblocked_passes,
	subscriber_decides,
	subscriber_refuses_anonymity,
	allowlisted_passes,
	trunk_refuses_anonymity,
	memory_signals_speak,
	nothing_outside_matters,
	reputation_is_at_hand,
};
/* clang-format on */

bool screen_decide(struct screen *screen, const struct facts *facts,
		   struct verdict *verdict)
{
	struct inquiry inquiry;
	size_t i;

	inquiry.sources = &screen->sources;
	inquiry.config = screen->config;
	inquiry.facts = facts;
	memset(&inquiry.past, 0, sizeof(inquiry.past));

	verdict->action = VERDICT_ALLOW;
	verdict->basis = BASIS_SCORE;
	verdict->treatment = VERDICT_ALLOW;
	verdict->because = NULL;
	verdict->score = 0;
	verdict->hints = verdict->doubtful = 0;
	verdict->hearsay_percent = 100;
	verdict->thresholds = facts->thresholds;
	verdict->list_generation = lists_generation(screen->sources.lists);
	verdict->config_version = screen->config->version;
	verdict->decide_us = 0;
	verdict->signals_count = 0;

	for (i = 0; i < sizeof(plan) / sizeof(plan[0]); i++)
		if (plan[i](screen, &inquiry, verdict))
			return true;
	return false;
}

struct thresholds screen_thresholds(const struct config_trunk *trunk)
{
	return (struct thresholds){
		.label_at = trunk->label_at,
		.greylist_at = trunk->greylist_at,
		.challenge_at = trunk->challenge_at,
		.reject_at = trunk->reject_at,
	};
}

bool verdict_settle(struct verdict *verdict)
{
	verdict->basis = BASIS_SCORE;
	verdict->action =
		verdict_action_at(&verdict->thresholds, verdict->score);
	return verdict->action == VERDICT_REJECT;
}

static void add_answer(struct verdict *verdict, const struct config *config,
		       struct signal_hit *hit)
{
	if (hit->outcome == SIGNAL_FIRED && config_in_shadow(config, hit->name))
		hit->outcome = SIGNAL_SHADOW;
	verdict_add(verdict, hit);
}

static void discount(struct signal_hit *hit, int percent)
{
	size_t len = strlen(hit->detail);

	if (hit->outcome != SIGNAL_FIRED || hit->points <= 0 || percent >= 100)
		return;
	snprintf(hit->detail + len, sizeof(hit->detail) - len,
		 " (%+d, of which %d %% count by what its calls here say)",
		 hit->points, percent);
	hit->points = hit->points * percent / 100;
}

/* Services often heard what is in the files of complaints, or what a borrower
 * of the number did. So hints and services together add what hints may, or what
 * the services alone say if that is more, and no service rejects a call that the
 * operator did not give the points to do so by itself. */
static void bound_hearsay(struct verdict *verdict,
			  const struct config_screening *config, int *said,
			  struct signal_hit *hit)
{
	int all = doubtful_max(config), most;

	hit->suspicion = hit->outcome == SIGNAL_FIRED && hit->points > 0 &&
			 hit->points < verdict->thresholds.reject_at;
	if (!hit->suspicion)
		return;
	*said += hit->points;
	most = *said > config->hints_max_points ? *said
						: config->hints_max_points;
	bound(hit, most - verdict->hints, "hints and services add", most);
	bound(hit, all - verdict->doubtful, "suspicions and hints add", all);
	verdict->hints += hit->points;
	verdict->doubtful += hit->points;
}

void verdict_add_reputation(struct verdict *verdict,
			    const struct config *config,
			    const struct rep_answer *answers, size_t count)
{
	struct signal_hit hit;
	int said = 0;

	for (size_t i = 0; i < count; i++) {
		reputation_signal(&answers[i], &hit);
		discount(&hit, verdict->hearsay_percent);
		bound_hearsay(verdict, &config->screening, &said, &hit);
		add_answer(verdict, config, &hit);
	}
	verdict_settle(verdict);
}

void screen_recall(const struct screen *screen, const struct signal_hit *hits,
		   size_t count, struct verdict *verdict)
{
	struct signal_hit hit;

	for (size_t i = 0; i < count; i++) {
		hit = hits[i];
		add_answer(verdict, screen->config, &hit);
	}
	verdict_settle(verdict);
}

int screen_new(struct screen **screenp, const struct screen_params *params)
{
	struct screen *screen;

	screen = calloc(1, sizeof(*screen));
	if (!screen)
		return -ENOMEM;
	screen->sources = *params;
	*screenp = screen;
	return 0;
}

void screen_free(struct screen *screen)
{
	free(screen);
}

void screen_configure(struct screen *screen, const struct config *config)
{
	screen->config = config;
}
