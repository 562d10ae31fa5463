/* What an outside service says of the caller. A known risk is always shown,
 * also one that adds nothing: who reads why a call was let through wants to
 * see that it was asked for. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/verdict.h"
#include "callsieve/reputation.h"

static int risk_points(const struct reputation_weight *weight, int risk)
{
	if (risk <= 0 || (unsigned)risk < weight->risk_floor)
		return 0;
	return (int)(((int64_t)weight->points * risk + 50) / 100);
}

bool reputation_signal(const struct rep_answer *answer,
		       const struct reputation_weight *weight,
		       struct signal_hit *hit)
{
	*hit = (struct signal_hit){.name = "reputation"};
	switch (answer->status) {
	case REP_UNKNOWN:
		return false;
	case REP_UNAVAILABLE:
		hit->outcome = SIGNAL_UNAVAILABLE;
		snprintf(hit->detail, sizeof(hit->detail), "unavailable: %s",
			 answer->why ? answer->why : "error");
		return true;
	case REP_KNOWN:
		break;
	}
	hit->outcome = SIGNAL_FIRED;
	hit->points = risk_points(weight, answer->risk);
	snprintf(hit->detail, sizeof(hit->detail), "risk %d of 100%s%s",
		 answer->risk, answer->cached ? " (cached)" : "",
		 hit->points ? "" : ", too low to count");
	return true;
}
