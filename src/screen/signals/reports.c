/* Subscribers reported the caller: each counts once, however often they did.
 * Anybody can say anything of a number, so those count who got a call from it,
 * and others next to nothing; nobody does below the configured minimum.
 *
 * The count is for numbers that call seldom. Who calls a lot is bound to annoy
 * somebody (RFC 8197 6): there the share of the calls that were reported is
 * what matters, and it also bounds this. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/core/config.h"
#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"
#include "callsieve/reports.h"
#include "callsieve/screen.h"

#include "../inquiry.h"

#define DOUBT	   10  /* calls: see share_of() */
#define FULL_SHARE 0.1 /* of the calls: enough for all points */

int screen_report_points(const struct config_screening *config, unsigned called,
			 unsigned hearsay)
{
	int64_t points = 0, others = (int64_t)hearsay * config->hearsay_points;

	if (called >= config->report_min)
		points = (int64_t)called * config->report_points;
	if (others > config->report_points / 2)
		others = config->report_points / 2;
	if (called + hearsay >= config->report_min)
		points += others;
	return points < config->report_max_points ? (int)points
						  : config->report_max_points;
}

bool reports_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	const struct config_screening *config = &inquiry->config->screening;
	double calls = inquiry->past.caller.calls, share;
	struct report_counts counts;
	unsigned all;

	counts = reports_count(inquiry->sources->reports,
			       &inquiry->facts->caller);
	all = counts.called + counts.hearsay;
	if (all < config->report_min || in_good_standing(inquiry))
		return false;
	share = share_of(counts.called,
			 calls > counts.called ? calls : counts.called, DOUBT);
	hit->points =
		screen_report_points(config, counts.called, counts.hearsay);
	if (counts.called && share < FULL_SHARE)
		hit->points = (int)(hit->points * share / FULL_SHARE);
	snprintf(hit->detail, sizeof(hit->detail),
		 "reported by %u subscriber%s within %d days, of whom %u got a "
		 "call from it",
		 all, all == 1 ? "" : "s", REPORT_DAYS, counts.called);
	return hit->points != 0;
}
