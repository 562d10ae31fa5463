/* A verdict's words, its sum and its copy. What leads to which verdict is
 * screening's business. */
#include "callsieve/model/verdict.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *verdict_action_name(enum verdict_action action)
{
	static const char *const names[] = {
		[VERDICT_ALLOW] = "allow",
		[VERDICT_LABEL] = "label",
		[VERDICT_GREYLIST] = "greylist",
		[VERDICT_CHALLENGE] = "challenge",
		[VERDICT_REJECT] = "reject",
	};

	return names[action];
}

const char *verdict_basis_name(enum verdict_basis basis)
{
	static const char *const names[] = {
		[BASIS_SCORE] = "score",
		[BASIS_NEVERBLOCK] = "neverblock",
		[BASIS_SUBSCRIBER] = "subscriber",
		[BASIS_ALLOWLIST] = "allowlist",
		[BASIS_EMERGENCY] = "emergency",
		[BASIS_PRIORITY] = "priority",
		[BASIS_TAKEOVER] = "takeover",
		[BASIS_PSAP] = "psap",
		[BASIS_UNSCREENED] = "unscreened",
		[BASIS_ANONYMITY] = "anonymity",
	};

	return names[basis];
}

const char *signal_outcome_name(enum signal_outcome outcome)
{
	static const char *const names[] = {
		[SIGNAL_FIRED] = "fired",
		[SIGNAL_UNAVAILABLE] = "unavailable",
		[SIGNAL_SHADOW] = "shadow",
		[SIGNAL_UNKNOWN] = "unknown",
	};

	return names[outcome];
}

struct step {
	int points; /* 0: never */
	enum verdict_action action;
};

#define STEPS 4

/* From the hardest. */
static void steps_of(struct step steps[STEPS], const struct thresholds *at)
{
	steps[0] = (struct step){at->reject_at, VERDICT_REJECT};
	steps[1] = (struct step){at->challenge_at, VERDICT_CHALLENGE};
	steps[2] = (struct step){at->greylist_at, VERDICT_GREYLIST};
	steps[3] = (struct step){at->label_at, VERDICT_LABEL};
}

enum verdict_action verdict_action_at(const struct thresholds *at, int score)
{
	struct step steps[STEPS];

	steps_of(steps, at);
	for (size_t i = 0; i < STEPS; i++)
		if (steps[i].points && score >= steps[i].points)
			return steps[i].action;
	return VERDICT_ALLOW;
}

void verdict_flips(const struct verdict *verdict, struct verdict_flip *milder,
		   struct verdict_flip *harder)
{
	struct step steps[STEPS];

	*milder = *harder = (struct verdict_flip){VERDICT_ALLOW, 0};
	if (verdict->basis != BASIS_SCORE)
		return;
	steps_of(steps, &verdict->thresholds);
	/* Differences of scores that are near the ends of int are no use. */
	for (size_t i = 0; i < STEPS; i++) {
		int64_t gap = (int64_t)steps[i].points - verdict->score;

		if (!steps[i].points || gap > INT_MAX || gap <= INT_MIN)
			continue;
		if (gap > 0) {
			*harder = (struct verdict_flip){steps[i].action,
							(int)gap};
			continue;
		}
		*milder = (struct verdict_flip){
			verdict_action_at(&verdict->thresholds,
					  steps[i].points - 1),
			(int)gap - 1};
		return;
	}
}

void verdict_add(struct verdict *verdict, const struct signal_hit *hit)
{
	if (verdict->signals_count < VERDICT_SIGNALS_MAX)
		verdict->signals[verdict->signals_count++] = *hit;
	if (hit->outcome != SIGNAL_FIRED)
		return;
	/* Points come from a table that anyone may edit. */
	if (__builtin_add_overflow(verdict->score, hit->points,
				   &verdict->score))
		verdict->score = hit->points > 0 ? INT_MAX : INT_MIN;
}

struct verdict *verdict_dup(const struct verdict *verdict)
{
	size_t size = offsetof(struct verdict, signals) +
		      verdict->signals_count * sizeof(verdict->signals[0]);
	struct verdict *copy = malloc(size);

	if (copy)
		memcpy(copy, verdict, size);
	return copy;
}
