/* Which answer a rejection becomes: by why it is, and by the trunk's profile.
 * How the answer is worded in SIP is not known here. */
#include <string.h>

#include "callsieve/core/config.h"
#include "callsieve/screen.h"

/* All other signals are analytics. */
static const struct {
	const char *signal;
	enum config_reason reason;
	bool alone; /* only what rejects without anything else is that */
} reasons[] = {
	{"blocklist", REASON_LIST, false},
	{"dno", REASON_DNO, false},
	{"malformed", REASON_NUMBER, true},
	{"invalid", REASON_NUMBER, true},
	{"unallocated", REASON_NUMBER, true},
	{"fictitious", REASON_NUMBER, true},
	{"no_number", REASON_NUMBER, true},
	{"anonymous", REASON_ANONYMOUS, true},
	{"stir_failed", REASON_STIR, true},
};

static enum config_reason reason_of(const struct signal_hit *hit, int needed)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (!strcmp(reasons[i].signal, hit->name) &&
		    (!reasons[i].alone || hit->points >= needed))
			return reasons[i].reason;
	return REASON_ANALYTICS;
}

enum config_reason verdict_reason(const struct verdict *verdict)
{
	const struct signal_hit *most = NULL;

	if (verdict->basis == BASIS_SUBSCRIBER)
		return REASON_SUBSCRIBER;
	if (verdict->basis == BASIS_ANONYMITY)
		return REASON_ANONYMOUS;
	for (unsigned i = 0; i < verdict->signals_count; i++)
		if (!most || verdict->signals[i].points > most->points)
			most = &verdict->signals[i];
	return most ? reason_of(most, verdict->thresholds.reject_at)
		    : REASON_ANALYTICS;
}

const struct config_response *verdict_response(const struct verdict *verdict,
					       const struct config *config,
					       const struct config_trunk *trunk,
					       bool takes_608,
					       const char **profilep)
{
	const struct config_profile *profile =
		config_profile_find(config, trunk->profile);
	const struct config_response *response;

	/* A reload may have done away with it since the call came. */
	if (!profile)
		profile = config_profile_find(config, "generic");
	*profilep = profile->name;
	response = &profile->responses[verdict_reason(verdict)];
	/* RFC 8688 3.4 */
	return response->status == 608 && !takes_608 ? &profile->without_608
						     : response;
}
