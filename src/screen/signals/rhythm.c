/* How fast, and in which order, the caller dials. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

/* Most who call for the first time are wanted; nearly all who call for the
 * only time are not. */
bool new_caller_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	if (inquiry->facts->caller.kind != NUMBER_E164 ||
	    inquiry->past.caller.last_seen || inquiry->past.vouched.last_seen)
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "this number has not called before");
	return signal_present(inquiry, SIGNAL_NEW_CALLER, hit);
}

bool velocity_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	double calls = inquiry->past.caller.calls_hour;

	if (!signal_weigh(inquiry, SIGNAL_VELOCITY, calls, hit))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "%.0f calls within half an hour, %.0f callees today", calls,
		 inquiry->past.caller.peers);
	return true;
}

static bool is_badly_received(const struct inquiry *inquiry)
{
	struct signal_hit sign;

	return brief_signal(inquiry, &sign) || unanswered_signal(inquiry, &sign);
}

/* A school may call a sorted list. */
bool sequence_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	unsigned run = inquiry->past.caller.run;

	if (!signal_weigh(inquiry, SIGNAL_SEQUENCE, run, hit))
		return false;
	hit->suspicion = is_badly_received(inquiry);
	hit->hint = !hit->suspicion;
	snprintf(hit->detail, sizeof(hit->detail),
		 "%u callees one after the other", run);
	return true;
}
