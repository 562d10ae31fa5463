/* What a measure is worth by the configuration. */
#include "signals.h"

#include <stdio.h>
#include <string.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

#define KNOWN_CALLS 20
#define OWNER_CALLS 3 /* where they are vouched for */

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

/* Calls often, or is vouched for, and hardly anybody complains. Calls that we
 * refuse nobody could complain of. */
bool in_good_standing(const struct inquiry *inquiry)
{
	const struct config_screening *config = &inquiry->config->screening;
	const struct behaviour *is = &inquiry->past.caller;
	int enough = facts_vouched(inquiry->facts) ? OWNER_CALLS : KNOWN_CALLS;

	return is->ended >= enough &&
	       is->reports <=
		       is->ended * config->signals[SIGNAL_REPORTED_SHARE].from;
}

void name_origin(const struct inquiry *inquiry, struct signal_hit *hit)
{
	size_t len = strlen(hit->detail);

	hit->suspicion =
		inquiry->past.by_signer || inquiry->facts->attest == 'C';
	snprintf(hit->detail + len, sizeof(hit->detail) - len, ", %s",
		 inquiry->past.by_signer
			 ? "of all whom this signer signs for"
			 : "of all with this origin identifier");
}

void name_block(struct signal_hit *hit)
{
	size_t len = strlen(hit->detail);

	snprintf(hit->detail + len, sizeof(hit->detail) - len,
		 ", of the other numbers that differ in the last 4 digits");
}
