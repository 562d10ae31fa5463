/* The caller's number is written well, and nobody can have it. Who signs for
 * it with attestation A knows better than our tables. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

static bool is(const struct inquiry *inquiry, enum number_validity which,
	       enum signal_id id, struct signal_hit *hit)
{
	const struct facts *facts = inquiry->facts;
	const char *why;

	if (facts_vouched(facts) ||
	    number_validity(&facts->caller, &why) != which)
		return false;
	snprintf(hit->detail, sizeof(hit->detail), "%s", why);
	return signal_present(inquiry, id, hit);
}

bool invalid_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	return is(inquiry, NUMBER_INVALID, SIGNAL_INVALID, hit);
}

bool fictitious_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	return is(inquiry, NUMBER_FICTITIOUS, SIGNAL_FICTITIOUS, hit);
}

bool unallocated_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	return is(inquiry, NUMBER_UNALLOCATED, SIGNAL_UNALLOCATED, hit);
}
