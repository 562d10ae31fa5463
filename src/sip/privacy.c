/* What those we do not trust are not told because somebody asked for privacy
 * (RFC 3323, 3325, 7044). The Privacy header itself passes: whoever comes next
 * has to know as well. We offer no privacy beyond that. */
#include "internal.h"

#include <string.h>
#include <strings.h>

#include <sofia-sip/su_string.h>

/* Of what cannot be read it is presumed. */
static bool asks_for(const sip_t *sip, const char *const values[3])
{
	const sip_privacy_t *privacy = sip->sip_privacy;

	for (const sip_error_t *e = sip->sip_error; e; e = e->er_next)
		if (e->er_common->h_class == sip_error_class && e->er_name &&
		    su_casematch(e->er_name, "Privacy"))
			return true;
	for (size_t i = 0; privacy && i < 3; i++)
		if (msg_params_find(privacy->priv_values, values[i]))
			return true;
	return false;
}

/* Does the sender hide who it is? RFC 3325 7 knows `id` alone; who asks for
 * user or header privacy (RFC 3323 4.2) means it too. */
bool privacy_hides(const sip_t *sip)
{
	static const char *const values[] = {"id", "user", "header"};

	return asks_for(sip, values);
}

/* Is privacy asked for in the value, by `;privacy=full` or `?Privacy=history`?
 * Of several on a line one is enough. */
static bool says_private(const msg_header_t *h)
{
	static const char name[] = "privacy=";
	const char *text = h->sh_class == sip_unknown_class
				   ? ((const sip_unknown_t *)h)->un_value
				   : "";

	while ((text = strcasestr(text, name))) {
		text += sizeof(name) - 1;
		if (strncasecmp(text, "off", 3) && strncasecmp(text, "none", 4))
			return true;
	}
	return false;
}

/* Remote-Party-ID: as P-Asserted-Identity, or by its own parameter. */
int privacy_party(const struct crossing *crossing, const msg_header_t *h)
{
	if (!crossing->from_trusted)
		return 0;
	if (!crossing->to_trusted &&
	    (privacy_hides(crossing->sip) || says_private(h)))
		return 0;
	return header_share(crossing, h);
}

/* History-Info (RFC 7044 10.1.2) and Diversion: who was called before. RFC
 * 7044 would have each such entry made anonymous; we leave out the header. */
int privacy_history(const struct crossing *crossing, const msg_header_t *h)
{
	static const char *const values[] = {"history", "header", "session"};

	if (!crossing->to_trusted &&
	    (asks_for(crossing->sip, values) || says_private(h)))
		return 0;
	return header_share(crossing, h);
}
