/* Subscribers reported the caller. Each of them counts once, however often
 * they reported; below the configured minimum they do not count at all. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/core/config.h"
#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"
#include "callsieve/reports.h"
#include "callsieve/screen.h"

#include "../inquiry.h"

int screen_report_points(const struct config_screening *config, unsigned count)
{
	int64_t points = (int64_t)count * config->report_points;

	if (!count || count < config->report_min)
		return 0;
	return points < config->report_max_points ? (int)points
						  : config->report_max_points;
}

bool reports_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	const struct config_screening *config = &inquiry->config->screening;
	unsigned count;

	count = reports_count(inquiry->sources->reports,
			      &inquiry->facts->caller);
	if (!count || count < config->report_min)
		return false;
	hit->points = screen_report_points(config, count);
	snprintf(hit->detail, sizeof(hit->detail),
		 "reported by %u subscriber%s", count, count == 1 ? "" : "s");
	return true;
}
