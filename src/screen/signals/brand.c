/* The display name says bank, tax office or the like. Most calls under such a
 * name are what they say; but nobody checks names, they are what makes people
 * listen, and who is entitled to one has its calls signed or calls often. */
#include "signals.h"

#include <stdio.h>
#include <string.h>

#include "callsieve/core/words.h"
#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

#define NAME_MAX_LEN 256 /* phones show less */

bool display_brand_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	const struct config_screening *config = &inquiry->config->screening;
	const struct facts *facts = inquiry->facts;
	char name[NAME_MAX_LEN];

	if (!facts->display || !config->brands_count || facts_vouched(facts) ||
	    in_good_standing(inquiry))
		return false;
	words_fold(name, sizeof(name), facts->display);
	for (size_t i = 0; i < config->brands_count; i++) {
		const char *brand = config->brands[i];

		if (!strstr(name, brand))
			continue;
		snprintf(hit->detail, sizeof(hit->detail),
			 "the name has \"%.*s\" in it, and nobody vouches for "
			 "the number",
			 (int)strlen(brand) - 2, brand + 1);
		return signal_present(inquiry, SIGNAL_DISPLAY_BRAND, hit);
	}
	return false;
}
