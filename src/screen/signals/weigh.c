/* What a measure is worth by the configuration. */
#include "signals.h"

#include "callsieve/model/verdict.h"

#include "../inquiry.h"

static int round_points(double points)
{
	return (int)(points < 0 ? points - 0.5 : points + 0.5);
}

bool signal_weigh(const struct inquiry *inquiry, enum signal_id id,
		  double measure, struct signal_hit *hit)
{
	const struct config_signal *worth =
		&inquiry->config->screening.signals[id];
	double share = 1;

	if (worth->full > worth->from)
		share = (measure - worth->from) / (worth->full - worth->from);
	else if (measure < worth->from)
		share = 0;
	if (share <= 0)
		return false;
	hit->points = round_points(worth->points * (share < 1 ? share : 1));
	return hit->points != 0;
}

bool signal_present(const struct inquiry *inquiry, enum signal_id id,
		    struct signal_hit *hit)
{
	hit->points = inquiry->config->screening.signals[id].points;
	return hit->points != 0;
}

/* Few cases prove little: each share is taken as if `doubt` cases more had
 * been seen that speak against it. */
double share_of(double part, double whole, double doubt)
{
	return whole > 0 ? part / (whole + doubt) : 0;
}
