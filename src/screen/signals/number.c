/* What the caller's number itself says. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

bool malformed_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	if (inquiry->facts->caller.kind != NUMBER_MALFORMED)
		return false;
	snprintf(hit->detail, sizeof(hit->detail), "no telephone number");
	return signal_present(inquiry, SIGNAL_MALFORMED, hit);
}

bool no_number_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	if (inquiry->facts->caller.kind != NUMBER_NONE)
		return false;
	snprintf(hit->detail, sizeof(hit->detail), "no number given");
	return signal_present(inquiry, SIGNAL_NO_NUMBER, hit);
}

bool anonymous_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	if (inquiry->facts->caller.kind != NUMBER_ANONYMOUS &&
	    !inquiry->facts->withheld)
		return false;
	snprintf(hit->detail, sizeof(hit->detail), "number withheld");
	return signal_present(inquiry, SIGNAL_ANONYMOUS, hit);
}
