/* The caller stands on the block list, itself, by a prefix or by a range. */
#include "signals.h"

#include "callsieve/model/verdict.h"

#include "../detail.h"
#include "../inquiry.h"

bool blocklist_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	const struct list_match *match = &inquiry->lists.listed;

	if (match->kind != LIST_BLOCK)
		return false;
	hit->points = match->points;
	hit->row = match->row;
	detail_list_match(hit->detail, match);
	return true;
}
