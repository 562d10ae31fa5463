/* The caller's number is the callee's but for the last digits. People answer
 * what looks local, so spoofers make it up; real neighbours are vouched for by
 * the carrier they share, or known to the callee. */
#include <string.h>

#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

#define LAST_DIGITS 4

/* Spoofers hardly ever use a number twice. */
static bool was_seen(const struct past *past)
{
	return past->caller.last_seen || past->vouched.last_seen;
}

bool neighbour_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	const struct facts *facts = inquiry->facts;
	size_t len = strlen(facts->callee.text);

	if (facts->caller.kind != NUMBER_E164 ||
	    facts->callee.kind != NUMBER_E164 || facts_vouched(facts) ||
	    strlen(facts->caller.text) != len ||
	    strncmp(facts->caller.text, facts->callee.text,
		    len - LAST_DIGITS) != 0)
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "the same number as the callee's but for the last %d digits",
		 LAST_DIGITS);
	hit->hint = was_seen(&inquiry->past);
	hit->suspicion = !hit->hint;
	return signal_present(inquiry, SIGNAL_NEIGHBOUR, hit);
}
