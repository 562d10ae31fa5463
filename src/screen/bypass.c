/* Emergency calls, calls of trusted precedence, and the emergency desk that
 * calls back: they pass unjudged, over any limit, whoever calls. */
#include <string.h>
#include <strings.h>

#include "callsieve/core/config.h"
#include "callsieve/model/invite.h"
#include "callsieve/screen.h"

static bool trusted(const struct invite *invite)
{
	return invite->trunk->identity == IDENTITY_PAI;
}

/* RFC 5031: urn:service:sos and its sub-services. */
static bool is_sos_urn(const char *uri)
{
	static const char urn[] = "urn:service:sos";
	size_t len = sizeof(urn) - 1;

	return strncasecmp(uri, urn, len) == 0 &&
	       (uri[len] == '\0' || uri[len] == '.');
}

/* The parameter "sos" (3GPP TS 24.229), which any number may carry. */
static bool has_sos(const char *uri)
{
	const char *at = strchr(uri, '@');

	while ((at = strchr(at ? at : uri, ';'))) {
		size_t len = strcspn(++at, ";?=");

		if (len == 3 && strncasecmp(at, "sos", len) == 0)
			return true;
	}
	return false;
}

static bool is_listed(const struct number *number, char *const *list,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(number->text, list[i]) == 0)
			return true;
	return false;
}

#define LONG_DIGITS 7 /* shorter ones are dialled in one way alone */

/* A long number can be dialled in more than one way. */
bool bypass_is_emergency_number(const struct config *config,
				const struct config_trunk *trunk,
				const struct number *callee)
{
	const struct config_screening *screening = &config->screening;
	struct numbering plan;
	struct number number;

	if (is_listed(callee, screening->emergency, screening->emergency_count))
		return true;
	if (callee->kind != NUMBER_E164)
		return false;
	numbering_for_country(&plan, trunk->country);
	for (size_t i = 0; i < screening->emergency_count; i++) {
		const char *listed = screening->emergency[i];
		size_t len = strlen(listed);

		if (len < LONG_DIGITS)
			continue;
		number_parse(&number, listed, len, &plan);
		if (strcmp(number.text, callee->text) == 0)
			return true;
	}
	return false;
}

/* An URN or an emergency number leads to an emergency desk and nowhere else;
 * the parameter could lead anyone anywhere. */
static bool is_emergency(const struct config *config,
			 const struct invite *invite,
			 const struct number *callee)
{
	return is_sos_urn(invite->request_uri) ||
	       bypass_is_emergency_number(config, invite->trunk, callee) ||
	       (trusted(invite) && has_sos(invite->request_uri));
}

/* RFC 7090 5.3: anyone can write that; what counts is who it is. */
bool bypass_is_psap(const struct config *config, const struct invite *invite,
		    const struct number *caller)
{
	const struct config_screening *screening = &config->screening;

	return invite->priority &&
	       strcasecmp(invite->priority, "psap-callback") == 0 &&
	       trusted(invite) &&
	       is_listed(caller, screening->psaps, screening->psaps_count);
}

enum bypass bypass_of(const struct config *config, const struct invite *invite,
		      const struct number *caller, const struct number *callee)
{
	if (is_emergency(config, invite, callee))
		return BYPASS_EMERGENCY;
	if (bypass_is_psap(config, invite, caller))
		return BYPASS_PSAP;
	if (invite->precedence)
		return BYPASS_PRIORITY;
	return invite->takeover ? BYPASS_TAKEOVER : BYPASS_NONE;
}
