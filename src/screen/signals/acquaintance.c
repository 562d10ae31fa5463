/* Caller and callee know each other. That speaks for a number that is the
 * caller's own: who claims another's must not profit from its friends. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

#define DIALLED_S  (30 * 86400)
#define MIN_TALK_S 20 /* less is no conversation */

/* Somebody else's number, most likely: see unvouched_signal(). */
static bool doubtful(const struct inquiry *inquiry)
{
	return !facts_vouched(inquiry->facts) &&
	       (inquiry->facts->stir == STIR_FAILED ||
		inquiry->past.vouched.calls > 2);
}

bool dialled_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	int64_t at = inquiry->past.with.called_at;

	/* Calling back who rang once is what such callers are after. */
	if (!at || inquiry->now - at > DIALLED_S || doubtful(inquiry) ||
	    inquiry->past.caller.pings > 1)
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "the callee dialled this number %lld hours ago",
		 (long long)((inquiry->now - at) / 3600));
	return signal_present(inquiry, SIGNAL_DIALLED, hit);
}

bool talked_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	const struct acquaintance *with = &inquiry->past.with;

	if (!with->talked_at || with->talked_s < MIN_TALK_S ||
	    doubtful(inquiry))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "they have talked before, for %u s", with->talked_s);
	return signal_present(inquiry, SIGNAL_TALKED, hit);
}

/* Subscribers have business with this number: a bank, a surgery, a school. */
bool sought_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	double dialled = inquiry->past.caller.dialled;

	if (doubtful(inquiry) || inquiry->past.caller.pings > 1 ||
	    !signal_weigh(inquiry, SIGNAL_SOUGHT, dialled, hit))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "subscribers dialled this number by themselves, as if %.1f "
		 "times just now",
		 dialled);
	return true;
}
