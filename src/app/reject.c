#include "reject.h"

#include <stdio.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/model/verdict.h"
#include "callsieve/screen.h"

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

void reject_answer(struct reject_answer *answer,
		   const struct reject_params *params,
		   const struct verdict *verdict)
{
	const struct config_response *response =
		verdict_response(verdict, params->config, params->trunk,
				 params->takes_608, &answer->profile);
	size_t len = 0;

	answer->reason = config_reason_names[verdict_reason(verdict)];
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
