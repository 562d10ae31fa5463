/* Whose word counts less: that of calls that another may have made by the
 * number, and that of services about numbers that our own subscribers know. */
#include "standing.h"

#include "callsieve/core/config.h"

#include "inquiry.h"
#include "signals/signals.h"

#define OWNER_CALLS	    3
#define OWNER_REPORTS_SHARE 20 /* at most one call of so many reported */
#define SOUGHT_DIALS	    3
#define NAME_CALLS	    6
#define NAME_BRIEF	    0.3
#define NAME_TALKS	    0.25
#define KNOWN_WELL	    60		 /* calls */
#define PASSED_ON_S	    (30 * 86400) /* until services know, too */
#define PASSED_ON_MOST	    50		 /* per cent */
#define HEARSAY_LEAST	    30		 /* per cent */

/* Of calls that people answered, and mostly went on with. */
static bool has_a_good_name(const struct inquiry *inquiry)
{
	const struct behaviour *is = &inquiry->past.caller;

	return is->answered >= NAME_CALLS && is->pings < 1 &&
	       (is->brief < is->answered * NAME_BRIEF ||
		is->talks >= is->answered * NAME_TALKS) &&
	       !reported_more_than_usual(inquiry, is);
}

bool may_be_wanted(const struct inquiry *inquiry)
{
	const struct behaviour *is = &inquiry->past.caller;
	const struct behaviour *owner = &inquiry->past.vouched;

	if (inquiry->facts->stir == STIR_FAILED)
		return false;
	if (is->pings <= 1 && is->dialled + owner->dialled >= SOUGHT_DIALS)
		return true;
	if (has_a_good_name(inquiry))
		return true;
	return !facts_vouched(inquiry->facts) && owner->calls >= OWNER_CALLS &&
	       owner->reports * OWNER_REPORTS_SHARE <= owner->calls;
}

int hearsay_percent(const struct inquiry *inquiry)
{
	const struct behaviour *is = &inquiry->past.caller;
	const struct behaviour *owner = &inquiry->past.vouched;
	int most = 100;
	double known; /* not those that we refused: who else could complain? */

	if (inquiry->facts->stir == STIR_FAILED)
		return 100;
	if (owner->ended > is->ended)
		is = owner;
	if (is->passed_on_at && inquiry->now - is->passed_on_at < PASSED_ON_S)
		most = PASSED_ON_MOST;
	if (reported_more_than_usual(inquiry, is))
		return most;
	known = is->ended < KNOWN_WELL ? is->ended / KNOWN_WELL : 1;
	return most - (int)(known * (most - HEARSAY_LEAST));
}
