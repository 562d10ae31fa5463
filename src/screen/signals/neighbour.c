/* The caller's number is the callee's but for the last digits. People answer
 * what looks local, so spoofers make it up; real neighbours are vouched for by
 * the carrier they share, or known to the callee. How many there are who are
 * neither differs from place to place, and shows in how their calls end. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

#define DOUBT 10 /* calls: see share_of() */

/* Spoofers hardly ever use a number twice. */
static bool was_seen(const struct past *past)
{
	return past->caller.last_seen || past->vouched.last_seen;
}

bool neighbour_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	if (!facts_next_door(inquiry->facts))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "the same number as the callee's but for the last 4 digits");
	hit->hint = was_seen(&inquiry->past);
	hit->suspicion = !hit->hint;
	return signal_present(inquiry, SIGNAL_NEIGHBOUR, hit);
}

bool neighbours_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	const struct behaviour *all = &inquiry->past.next_door;

	if (!facts_next_door(inquiry->facts) || was_seen(&inquiry->past) ||
	    !signal_weigh(inquiry, SIGNAL_NEIGHBOURS,
			  share_of(all->calls - all->talks, all->calls, DOUBT),
			  hit))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "of %.0f such numbers that called for the first time, people "
		 "talked with %.0f for more than %d s",
		 all->calls, all->talks, LONG_TALK_S);
	hit->suspicion = true;
	return true;
}
