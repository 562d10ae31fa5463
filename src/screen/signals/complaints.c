/* Public files of complaints have the caller's number, on many days. Banks and
 * tax offices stand there too, because others pretend to be them, and whoever
 * somebody wants to harm; so it is a hint, and none against who is known to
 * behave well. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"
#include "callsieve/reports.h"
#include "callsieve/screen.h"

#include "../inquiry.h"

bool complaints_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	double days = complaints_days(inquiry->sources->complaints,
				      &inquiry->facts->caller);

	if (!signal_weigh(inquiry, SIGNAL_COMPLAINTS, days, hit) ||
	    in_good_standing(inquiry))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "complained of in public files, as if on %.1f days just now",
		 days);
	return true;
}
