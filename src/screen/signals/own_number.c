/* One of our own numbers calls from outside. Our subscribers call from inside,
 * but for those who roam, were ported away, or are forwarded by others. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../detail.h"
#include "../inquiry.h"

bool own_number_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	const struct list_match *own = &inquiry->lists.own;

	if (own->kind != LIST_OWN || inquiry->facts->outbound ||
	    facts_vouched(inquiry->facts))
		return false;
	hit->row = own->row;
	if (own->row)
		detail_list_match(hit->detail, own);
	else
		snprintf(hit->detail, sizeof(hit->detail),
			 "the number of one of our subscribers");
	return signal_present(inquiry, SIGNAL_OWN_NUMBER, hit);
}
