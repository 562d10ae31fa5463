/* An INVITE whose Replaces or Join names a call of ours in progress, at the
 * end of a transfer: it goes to the party it is meant for, the way requests of
 * that dialog go, to wherever its Request-URI points. The URI may well be our
 * own Contact: it is what the transferor knows of that party. There is no
 * other way then, as only that party's own device knows the dialog.
 *
 * Such a call is not screened, and a gateway may send it though it is no
 * trunk. That is safe because it leads to a party of the named call and nowhere
 * else, and because nobody can name the call but who takes part in it: that
 * takes a Call-ID and two tags, of which at least one is random and ours. */
#include "internal.h"

#include <string.h>

#include <sofia-sip/su_string.h>

/* For a request of no trunk: that of the call it takes over, if it is still
 * configured, else NULL. */
const struct config_trunk *takeover_trunk(const struct sip *sip,
					  const sip_t *request)
{
	struct leg *leg;

	if (replaces_named(sip, request, &leg) != NAMED_LIVE || !leg)
		return NULL;
	return config_trunk_named(sip->config, leg->dialog->call->trunk->name);
}

/* Where the party behind the leg is; a reference. NULL: no memory. */
struct target *takeover_target(const struct leg *leg)
{
	const struct call *call = leg->dialog->call;
	struct gateway *back;

	if (!leg_is_caller(leg))
		return target_ref(call->target);
	back = gateway_of_trunk(call->sip, call->trunk);
	return back ? target_back(back, leg) : NULL;
}

/* Request-URI and Route as of a request within the leg's dialog. */
static int aim(msg_t *msg, const struct leg *leg)
{
	su_home_t *home = msg_home(msg);
	const sip_route_t *route = NULL;
	const sip_contact_t *contact = NULL;
	url_t url;

	nta_leg_get_route(leg->nta, &route, &contact);
	if (contact) {
		url = *contact->m_url;
		url.url_headers = NULL;
		if (url.url_params)
			url.url_params = url_strip_param_string(
				su_strdup(home, url.url_params), "method");
		if (header_insert(msg, sip_request_create(
					       home, SIP_METHOD_INVITE,
					       (url_string_t *)&url, NULL)) < 0)
			return -1;
	}
	return route ? sip_add_dup(msg, sip_object(msg),
				   (const sip_header_t *)route)
		     : 0;
}

msg_t *takeover_invite(struct call *call, const struct target *target,
		       const struct leg *leg)
{
	msg_t *msg = message_invite(call, target);

	if (msg && aim(msg, leg) < 0) {
		msg_destroy(msg);
		return NULL;
	}
	return msg;
}
