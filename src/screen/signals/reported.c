/* What share of the calls their own callees reported. A share, not a count:
 * who makes many calls is bound to annoy somebody (RFC 8197 6). */
#include "signals.h"

#include <math.h>
#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

#define DOUBT		 10   /* calls: see share_of() */
#define USUAL		 0.01 /* of all calls: what the configuration means */
#define USUAL_MIN	 0.002
#define USUAL_MAX	 0.02
#define BORROWED_PERCENT 60
#define FEW_PERCENT	 50 /* of what rejects: the most few reports add */

/* How many of a caller's calls are reported depends on how readily subscribers
 * report anything: where one call in five hundred is, a share says more than
 * where one in fifty is. */
static double as_usual(const struct inquiry *inquiry, double share)
{
	double usual = inquiry->past.usual_reports;

	return share * USUAL / fmin(fmax(usual, USUAL_MIN), USUAL_MAX);
}

bool reported_more_than_usual(const struct inquiry *inquiry,
			      const struct behaviour *is)
{
	const struct config_signal *worth =
		&inquiry->config->screening.signals[SIGNAL_REPORTED_SHARE];

	return as_usual(inquiry, share_of(is->reports, is->ended, DOUBT)) >
	       worth->from;
}

static bool reported(const struct inquiry *inquiry, enum signal_id id,
		     const struct behaviour *is, struct signal_hit *hit)
{
	double share = share_of(is->reports, is->ended, DOUBT);

	if (!signal_weigh(inquiry, id, as_usual(inquiry, share), hit))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "%.0f of %.0f calls were reported, where %.1f %% are usual",
		 is->reports, is->ended, 100 * inquiry->past.usual_reports);
	return true;
}

/* Behind a number that nobody signs another may call every time: this caller
 * may be whose number it is. */
static void allow_for_borrowed(const struct inquiry *inquiry,
			       struct signal_hit *hit)
{
	if (inquiry->facts->stir == STIR_NONE)
		hit->points = hit->points * BORROWED_PERCENT / 100;
}

/* That is most likely of those whom swindlers pretend to be. */
static bool is_worth_borrowing(const struct inquiry *inquiry)
{
	struct signal_hit sign;

	return inquiry->facts->stir == STIR_NONE &&
	       (display_brand_signal(inquiry, &sign) ||
		complaints_signal(inquiry, &sign));
}

/* One report may be a slip of the thumb, or spite, or about somebody who used
 * the number before; so they label at most, and like hints reject no call as
 * long as there are hardly more than report_min. */
static void bound_few(const struct inquiry *inquiry, const struct behaviour *is,
		      struct signal_hit *hit)
{
	int max = inquiry->thresholds.reject_at * FEW_PERCENT / 100;
	int few = (int)inquiry->config->screening.report_min -
		  (inquiry->facts->stir != STIR_NONE);

	hit->hint = is->reports < inquiry->config->screening.report_min + 1;
	if (is->reports <= few && max && hit->points > max)
		hit->points = max;
}

bool reported_share_signal(const struct inquiry *inquiry,
			   struct signal_hit *hit)
{
	const struct behaviour *is = &inquiry->past.caller;

	if (!reported(inquiry, SIGNAL_REPORTED_SHARE, is, hit))
		return false;
	allow_for_borrowed(inquiry, hit);
	bound_few(inquiry, is, hit);
	hit->hint = hit->hint || is_worth_borrowing(inquiry);
	return true;
}

/* Of the others who share the origin: its own is held against it already. */
bool origin_reports_signal(const struct inquiry *inquiry,
			   struct signal_hit *hit)
{
	const struct behaviour *all = &inquiry->past.origin;
	const struct behaviour *own = &inquiry->past.caller;
	struct behaviour others = {
		.ended = fmax(all->ended - own->ended, 0),
		.reports = fmax(all->reports - own->reports, 0),
	};

	if (!reported(inquiry, SIGNAL_ORIGIN_REPORTS, &others, hit))
		return false;
	bound_few(inquiry, &others, hit);
	name_origin(inquiry, hit);
	return true;
}

bool block_reports_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	if (!reported(inquiry, SIGNAL_BLOCK_REPORTS, &inquiry->past.block, hit))
		return false;
	name_block(hit);
	return true;
}
