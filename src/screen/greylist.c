#include "greylist.h"

#include "callsieve/core/config.h"
#include "callsieve/history.h"
#include "callsieve/model/facts.h"

/* So many impatient tries are forgiven. */
#define IMPATIENT 3

bool greylist_passes(struct tries *tries, const struct config *config,
		     const struct facts *facts)
{
	const struct config_greylist *greylist = &config->greylist;
	uint64_t key = tries_key(tries, &facts->caller, &facts->callee);
	struct tried *tried = tries_find(tries, key, greylist->window_s);

	if (!tried) {
		tries_put(tries, key, greylist->window_s);
		return false;
	}
	if (!tried->passed &&
	    tries_now() - tried->since_s < greylist->after_s) {
		/* One that does nothing else must pause first. */
		if (++tried->tries > IMPATIENT)
			tried->since_s = tries_now();
		return false;
	}
	tried->passed = true;
	tried->since_s = tries_now();
	return true;
}
