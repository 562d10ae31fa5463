#include "reject.h"

#include <stdio.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/model/verdict.h"

/* All other signals are analytics. */
static const struct {
	const char *signal;
	enum config_reason reason;
	bool alone; /* only what rejects without anything else is that */
} reasons[] = {
	{"blocklist", REASON_LIST, false},
	{"dno", REASON_DNO, false},
	{"malformed", REASON_NUMBER, true},
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

enum config_reason reject_reason(const struct verdict *verdict)
{
	const struct signal_hit *most = NULL;

	if (verdict->basis == BASIS_SUBSCRIBER)
		return REASON_SUBSCRIBER;
	for (unsigned i = 0; i < verdict->signals_count; i++)
		if (!most || verdict->signals[i].points > most->points)
			most = &verdict->signals[i];
	return most ? reason_of(most, verdict->thresholds.reject_at)
		    : REASON_ANALYTICS;
}

static const char *value_of(const char **atp, const struct config *config,
			    const char *redress)
{
	static const char url[] = "{redress_url}", id[] = "{redress_id}";

	if (!strncmp(*atp, url, strlen(url))) {
		*atp += strlen(url);
		return config->redress.url ? config->redress.url : "";
	}
	if (!strncmp(*atp, id, strlen(id))) {
		*atp += strlen(id);
		return redress;
	}
	return NULL;
}

/* The configuration holds so few and so short headers that they fit. */
static size_t fill_in(char *to, size_t room, const char *from,
		      const struct config *config, const char *redress)
{
	size_t len = 0;

	while (*from && len + 2 < room) {
		const char *value = value_of(&from, config, redress);

		if (value)
			len += (size_t)snprintf(to + len, room - len, "%s",
						value);
		else
			to[len++] = *from++;
	}
	if (len + 2 > room)
		return 0;
	to[len++] = '\n';
	to[len] = '\0';
	return len;
}

const struct config_response *
reject_response(const struct reject_params *params,
		const struct verdict *verdict, const char **profilep)
{
	const struct config_profile *profile =
		config_profile_find(params->config, params->trunk->profile);
	const struct config_response *response;

	/* A reload may have done away with it since the call came. */
	if (!profile)
		profile = config_profile_find(params->config, "generic");
	*profilep = profile->name;
	response = &profile->responses[reject_reason(verdict)];
	/* RFC 8688 3.4 */
	return response->status == 608 && !params->takes_608
		       ? &profile->without_608
		       : response;
}

void reject_answer(struct reject_answer *answer,
		   const struct reject_params *params,
		   const struct verdict *verdict)
{
	const struct config_response *response =
		reject_response(params, verdict, &answer->profile);
	size_t len = 0;

	answer->reason = config_reason_names[reject_reason(verdict)];
	answer->redress_id[0] = '\0';
	if (response->headers_count)
		redress_id(params->redress, answer->redress_id,
			   params->call_id);
	answer->headers[0] = '\0';
	for (size_t i = 0; i < response->headers_count; i++)
		len += fill_in(answer->headers + len,
			       sizeof(answer->headers) - len,
			       response->headers[i], params->config,
			       answer->redress_id);
	answer->sip = (struct sip_answer){
		.status = response->status,
		.phrase = response->phrase,
		.headers = len ? answer->headers : NULL,
	};
}
