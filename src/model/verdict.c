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
	};

	return names[basis];
}

const char *signal_outcome_name(enum signal_outcome outcome)
{
	static const char *const names[] = {
		[SIGNAL_FIRED] = "fired",
		[SIGNAL_UNAVAILABLE] = "unavailable",
		[SIGNAL_SHADOW] = "shadow",
	};

	return names[outcome];
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
