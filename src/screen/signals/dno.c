/* The caller's number is one that is only ever called, so this one is forged.
 */
#include "signals.h"

#include "callsieve/model/verdict.h"

#include "../detail.h"
#include "../inquiry.h"

bool dno_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	const struct list_match *match = &inquiry->lists.dno;

	if (match->kind != LIST_DNO)
		return false;
	hit->points = match->points;
	hit->row = match->row;
	detail_list_match(hit->detail, match);
	return true;
}
