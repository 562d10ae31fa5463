/* What an outside service says of the caller. A known risk is always shown,
 * also one that adds nothing: who reads why a call was let through wants to
 * see that it was asked for. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/verdict.h"
#include "callsieve/reputation.h"

bool reputation_signal(const struct rep_answer *answer, struct signal_hit *hit)
{
	const char *name = answer->name, *colon = *name ? ": " : "";

	*hit = (struct signal_hit){.name = "reputation"};
	switch (answer->status) {
	case REP_UNKNOWN:
		return false;
	case REP_UNAVAILABLE:
		hit->points = answer->points;
		hit->outcome = hit->points ? SIGNAL_FIRED : SIGNAL_UNAVAILABLE;
		snprintf(hit->detail, sizeof(hit->detail),
			 "%s%sunavailable: %s", name, colon,
			 answer->why ? answer->why : "error");
		return true;
	case REP_KNOWN:
		break;
	}
	hit->outcome = SIGNAL_FIRED;
	hit->points = answer->points;
	if (answer->allow) {
		snprintf(hit->detail, sizeof(hit->detail),
			 "%s%sknown to be good%s", name, colon,
			 answer->cached ? " (cached)" : "");
		return true;
	}
	snprintf(hit->detail, sizeof(hit->detail), "%s%s%s%srisk %d of 100%s%s",
		 name, colon, answer->label, *answer->label ? ", " : "",
		 answer->risk, answer->cached ? " (cached)" : "",
		 hit->points ? "" : ", too low to count");
	return true;
}
