/* What an INVITE says of who calls, before anybody decides what to believe. */
#include "internal.h"

#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/model/invite.h"

static const char *unknown_header(const sip_t *req, const char *name)
{
	for (const sip_unknown_t *h = req->sip_unknown; h; h = h->un_next)
		if (su_casematch(h->un_name, name))
			return h->un_value;
	return NULL;
}

/* A feature-capability indicator (RFC 6809 6.2), of whatever value. */
static bool has_capability(const sip_t *req, const char *name)
{
	size_t len = strlen(name);

	for (const sip_unknown_t *h = req->sip_unknown; h; h = h->un_next) {
		if (!su_casematch(h->un_name, "Feature-Caps"))
			continue;
		for (const char *at = h->un_value; (at = strchr(at, '+'));
		     at++)
			if (su_casenmatch(at, name, len) &&
			    (!at[len] || strchr(" \t;,=", at[len])))
				return true;
	}
	return false;
}

/* RFC 3325 9.1: at most one sip or sips and one tel URI; a tel URI is a number
 * for certain. */
static const sip_p_asserted_identity_t *asserted(su_home_t *home,
						 const sip_t *req)
{
	const sip_p_asserted_identity_t *paid, *best = NULL;

	for (const sip_unknown_t *h = req->sip_unknown; h; h = h->un_next) {
		if (!su_casematch(h->un_name, "P-Asserted-Identity"))
			continue;
		paid = sip_p_asserted_identity_make(home, h->un_value);
		for (; paid; paid = paid->paid_next)
			if (!best || paid->paid_url->url_type == url_tel)
				best = paid;
	}
	return best;
}

/* RFC 3261 25.1: a quoted string, or tokens as they are. */
static const char *unquoted(su_home_t *home, const char *text)
{
	if (!text || !*text)
		return NULL;
	return *text == '"' ? msg_unquote_dup(home, text) : text;
}

void claims_read(struct invite *invite, su_home_t *home, const sip_t *req)
{
	const sip_p_asserted_identity_t *paid = asserted(home, req);

	invite->from_uri = url_as_string(home, req->sip_from->a_url);
	invite->display = unquoted(home, req->sip_from->a_display);
	invite->asserted_uri =
		paid ? url_as_string(home, paid->paid_url) : NULL;
	invite->privacy =
		req->sip_privacy
			? sip_header_as_string(
				  home, (const sip_header_t *)req->sip_privacy)
			: NULL;
	invite->attestation = unknown_header(req, "Attestation-Info");
	invite->takes_608 = has_capability(req, "+sip.608");
	invite->origination_id = unknown_header(req, "Origination-Id");
}
