/* How people take the calls of this caller, and of those it has something in
 * common with: the origin identifier, the block of numbers. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

#define DOUBT	    4	/* calls: see share_of() */
#define DOUBT_MANY  8	/* likewise, where it is held against many */
#define DOUBT_KNOWN 10	/* calls, of which as many are taken to be as usual */
#define ENOUGH	    20	/* answered calls */
#define KNOWN_MIN   0.1 /* usually, or it is not known whom people dial */

static bool brief(const struct inquiry *inquiry, enum signal_id id,
		  const struct behaviour *is, double doubt,
		  struct signal_hit *hit)
{
	if (!signal_weigh(inquiry, id, share_of(is->brief, is->answered, doubt),
			  hit))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "%.0f of %.0f answered calls were over within %d s", is->brief,
		 is->answered, BRIEF_TALK_S);
	return true;
}

bool brief_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	return brief(inquiry, SIGNAL_BRIEF, &inquiry->past.caller, DOUBT, hit);
}

bool origin_brief_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	if (!brief(inquiry, SIGNAL_ORIGIN_BRIEF, &inquiry->past.origin,
		   DOUBT_MANY, hit))
		return false;
	name_origin(inquiry, hit);
	return true;
}

/* Hardly any number that calls from there was ever dialled by a subscriber, or
 * talked with by whom it calls, compared to all that call. That is true of
 * couriers too, so it says something only where people hang up. */
bool origin_strangers_signal(const struct inquiry *inquiry,
			     struct signal_hit *hit)
{
	const struct behaviour *is = &inquiry->past.origin;
	double usual = inquiry->past.usual_known, known;

	if (usual < KNOWN_MIN || is->answered < ENOUGH ||
	    share_of(is->brief, is->answered, DOUBT) <
		    inquiry->config->screening.signals[SIGNAL_ORIGIN_BRIEF]
			    .from)
		return false;
	known = (is->known + usual * DOUBT_KNOWN) / (is->calls + DOUBT_KNOWN);
	if (!signal_weigh(inquiry, SIGNAL_ORIGIN_STRANGERS, 1 - known / usual,
			  hit))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "%.0f of %.0f calls were by numbers somebody here had dialled "
		 "or talked with, where %.0f %% are usual",
		 is->known, is->calls, 100 * usual);
	name_origin(inquiry, hit);
	return true;
}

bool block_brief_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	if (!brief(inquiry, SIGNAL_BLOCK_BRIEF, &inquiry->past.block, DOUBT,
		   hit))
		return false;
	name_block(hit);
	return true;
}

static bool unanswered(const struct inquiry *inquiry, enum signal_id id,
		       const struct behaviour *is, struct signal_hit *hit)
{
	double missed = is->ended - is->answered;

	if (!signal_weigh(inquiry, id, share_of(missed, is->ended, DOUBT), hit))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "%.0f of %.0f calls were not answered", missed, is->ended);
	return true;
}

bool unanswered_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	return unanswered(inquiry, SIGNAL_UNANSWERED, &inquiry->past.caller,
			  hit);
}

bool origin_unanswered_signal(const struct inquiry *inquiry,
			      struct signal_hit *hit)
{
	if (!unanswered(inquiry, SIGNAL_ORIGIN_UNANSWERED,
			&inquiry->past.origin, hit))
		return false;
	name_origin(inquiry, hit);
	return true;
}

static bool pings(const struct inquiry *inquiry, enum signal_id id,
		  const struct behaviour *is, struct signal_hit *hit)
{
	if (!signal_weigh(inquiry, id, share_of(is->pings, is->ended, DOUBT),
			  hit))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "%.0f of %.0f calls were given up within %d s", is->pings,
		 is->ended, PING_RING_S);
	return true;
}

bool pings_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	return pings(inquiry, SIGNAL_PINGS, &inquiry->past.caller, hit);
}

bool block_pings_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	if (!pings(inquiry, SIGNAL_BLOCK_PINGS, &inquiry->past.block, hit))
		return false;
	hit->suspicion = true; /* it may be somebody else's number */
	name_block(hit);
	return true;
}

static bool standing(const struct inquiry *inquiry, enum signal_id id,
		     const struct behaviour *is, struct signal_hit *hit)
{
	if (!signal_weigh(inquiry, id, share_of(is->talks, is->ended, DOUBT),
			  hit))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "in %.0f of %.0f calls people talked for more than %d s",
		 is->talks, is->ended, LONG_TALK_S);
	return true;
}

bool standing_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	return standing(inquiry, SIGNAL_STANDING, &inquiry->past.caller, hit);
}

/* Of a signer it would speak for everybody who is among many. */
bool origin_standing_signal(const struct inquiry *inquiry,
			    struct signal_hit *hit)
{
	if (inquiry->past.by_signer ||
	    !standing(inquiry, SIGNAL_ORIGIN_STANDING, &inquiry->past.origin,
		      hit))
		return false;
	name_origin(inquiry, hit);
	return true;
}
