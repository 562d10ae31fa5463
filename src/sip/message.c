/* Building one leg's message out of the other's.
 *
 * Headers are not copied but shared: the new message points into the received
 * one and holds a reference to it. What passes so keeps its bytes, known
 * header or unknown, and costs neither parsing nor printing. What must not
 * pass (Via, routes, Contact, dialog identifiers) is named in the tables. */
#include "internal.h"

#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/core/digest.h"

/* Never pass, in either direction: they belong to one leg. */
static msg_hclass_t *const own[] = {
	sip_request_class,   sip_status_class,	     sip_via_class,
	sip_route_class,     sip_record_route_class, sip_contact_class,
	sip_call_id_class,   sip_cseq_class,	     sip_from_class,
	sip_to_class,	     sip_max_forwards_class, sip_content_length_class,
	sip_separator_class, sip_error_class,	     sip_rseq_class,
	sip_rack_class,	     sip_timestamp_class,    sip_supported_class,
	sip_require_class,   sip_path_class,	     sip_service_route_class,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_own(const msg_header_t *h)
{
	for (size_t i = 0; i < COUNT(own); i++)
		if (h->sh_class == own[i])
			return true;
	return false;
}

/* May the printed form be used again? Not if it ends its lines otherwise than
 * SIP does; the next hop may be stricter than our parser. */
static bool printable(const msg_header_t *first)
{
	for (const msg_header_t *h = first; h; h = h->sh_succ) {
		const char *data = h->sh_data;

		if (h->sh_class == sip_payload_class || !h->sh_len)
			continue;
		if (!data || h->sh_len < 2 ||
		    memcmp(data + h->sh_len - 2, "\r\n", 2) != 0)
			return false;
	}
	return true;
}

/* A header of which there is one: the first counts (RFC 3261 7.3.1). */
static bool repeated(const msg_t *msg, const sip_t *sip, const msg_header_t *h)
{
	msg_header_t **slot;

	if (h->sh_class->hc_kind != msg_kind_single)
		return false;
	slot = msg_hclass_offset(msg_mclass(msg), (const msg_pub_t *)sip,
				 h->sh_class);
	return slot && *slot;
}

static int insert(msg_t *msg, void *header)
{
	if (!header)
		return -1;
	return msg_header_insert(msg, (msg_pub_t *)sip_object(msg), header);
}

#ifdef NTATAG_SRV_503
/* Upstream Sofia-SIP parses Identity and cannot copy it: copying aborts or
 * loses all but the last. Shared as a header it does not know, it keeps its
 * bytes. */
static msg_header_t *share_header(su_home_t *home, const msg_header_t *h)
{
	const sip_identity_t *identity = (const sip_identity_t *)h;
	msg_header_t *copy;
	sip_unknown_t *unknown;

	if (h->sh_class != sip_identity_class)
		return msg_header_copy_one(home, h);
	copy = msg_header_alloc(home, sip_unknown_class, 0);
	if (!copy)
		return NULL;
	unknown = (sip_unknown_t *)copy;
	unknown->un_name = "Identity";
	unknown->un_value = identity->id_value;
	copy->sh_data = h->sh_data;
	copy->sh_len = h->sh_len;
	return copy;
}
#else
static msg_header_t *share_header(su_home_t *home, const msg_header_t *h)
{
	return msg_header_copy_one(home, h);
}
#endif

static int share(msg_t *msg, msg_t *from, const msg_header_t *first)
{
	su_home_t *home = msg_home(msg);
	sip_t *sip = sip_object(msg);
	bool raw = printable(first);

	msg_set_parent(msg, from);
	for (const msg_header_t *h = first; h; h = h->sh_succ) {
		msg_header_t *copy;

		if (is_own(h) || repeated(msg, sip, h))
			continue;
		copy = share_header(home, h);
		if (copy && !raw)
			msg_fragment_clear(copy->sh_common);
		if (insert(msg, copy) < 0)
			return -1;
	}
	return 0;
}

/* Supported and Require, less the options that do not cross us: those that
 * work between neighbours, or name dialogs by identifiers we change, and those
 * we do not know. NULL when nothing is left. */
static msg_list_t *options_across(const sip_supported_t *bridgeable,
				  su_home_t *home, const msg_list_t *from)
{
	msg_list_t *list = NULL;

	for (msg_param_t *item = from->k_items; item && *item; item++) {
		if (!sip_has_supported(bridgeable, *item))
			continue;
		if (!list)
			list = (msg_list_t *)msg_header_alloc(
				home, from->k_common->h_class, 0);
		if (!list || msg_params_add(home, &list->k_items, *item) < 0)
			return NULL;
	}
	return list;
}

static int share_options(const sip_supported_t *bridgeable, msg_t *msg,
			 const msg_list_t *from)
{
	msg_list_t *list;

	if (!from || !from->k_items)
		return 0;
	list = options_across(bridgeable, msg_home(msg), from);
	return list ? insert(msg, list) : 0;
}

static int share_all(const sip_supported_t *bridgeable, msg_t *msg, msg_t *from,
		     const sip_t *sip)
{
	const msg_header_t *first =
		sip->sip_request ? (const msg_header_t *)sip->sip_request
				 : (const msg_header_t *)sip->sip_status;

	if (share(msg, from, first) < 0 ||
	    share_options(bridgeable, msg, sip->sip_supported) < 0 ||
	    share_options(bridgeable, msg, sip->sip_require) < 0)
		return -1;
	return 0;
}

/* What is left of Max-Forwards for the next hop (RFC 7332 5): 70 when absent;
 * -1 when there is none left. */
int max_forwards_left(const sip_t *sip)
{
	if (!sip->sip_max_forwards)
		return 70;
	return (int)sip->sip_max_forwards->mf_count - 1;
}

static int add_max_forwards(msg_t *msg, const sip_t *from)
{
	return insert(msg, sip_max_forwards_format(msg_home(msg), "%d",
						   max_forwards_left(from)));
}

/* An address of ours or of the caller's network means nothing to the other
 * side, and is none of its business; a domain name is part of an identity. */
static void hide_host(url_t *url, const char *host)
{
	struct netaddr addr;

	if (!url->url_host || netaddr_parse(&addr, url->url_host) != 0)
		return;
	url->url_host = host;
	url->url_port = NULL;
}

/* A shared From or To under another tag and, where it names an address,
 * another host. */
static sip_addr_t *retag(su_home_t *home, const sip_addr_t *from,
			 const char *tag, const char *host)
{
	sip_addr_t *addr = (sip_addr_t *)msg_header_copy_one(
		home, (const msg_header_t *)from);

	if (!addr)
		return NULL;
	msg_fragment_clear(addr->a_common);
	msg_header_remove_param(addr->a_common, "tag");
	hide_host(addr->a_url, host);
	if (tag && sip_to_tag(home, addr, tag) < 0)
		return NULL;
	return addr;
}

static const char *without(su_home_t *home, const char *params)
{
	static const char *const hop[] = {"transport", "maddr", "ttl",
					  "method"};
	char *copy;

	if (!params)
		return NULL;
	copy = su_strdup(home, params);
	for (size_t i = 0; copy && i < COUNT(hop); i++)
		copy = url_strip_param_string(copy, hop[i]);
	return copy && *copy ? copy : NULL;
}

/* The Request-URI towards a gateway: the caller's user part and parameters at
 * the gateway's address. A service URN (RFC 5031) stays what it is. */
static sip_request_t *request_line(su_home_t *home, const sip_t *invite,
				   const url_t *gateway)
{
	const url_t *from = invite->sip_request->rq_url;
	url_t url = *from;

	if (!su_casematch(from->url_scheme, "urn")) {
		url_t at = *gateway;

		at.url_user = from->url_user;
		at.url_params = without(home, from->url_params);
		if (from->url_type == url_tel) {
			/* RFC 3261 19.1.6 */
			at.url_user = at.url_params ? su_sprintf(home, "%s;%s",
								 from->url_user,
								 at.url_params)
						    : from->url_user;
			at.url_params = "user=phone";
		}
		url = at;
	}
	return sip_request_create(home, SIP_METHOD_INVITE, (url_string_t *)&url,
				  NULL);
}

/* The caller's INVITE as it goes to a gateway. Every attempt is a call of its
 * own to the outside: new Call-ID, new tag. */
msg_t *message_invite(struct call *call, const struct target *target)
{
	msg_t *msg = nta_msg_create(call->sip->agent, 0);
	const sip_t *from = sip_object(call->invite);
	char tag[TAG_CHARS + 1];
	su_home_t *home;

	if (!msg)
		return NULL;
	home = msg_home(msg);
	random_token(tag, TAG_CHARS);
	random_token(call->call_id, CALL_ID_CHARS);
	if (insert(msg, request_line(home, from, target->url)) < 0 ||
	    insert(msg, retag(home, from->sip_from, tag,
			      target->listener->host)) < 0 ||
	    insert(msg, retag(home, from->sip_to, NULL,
			      target->url->url_host)) < 0 ||
	    insert(msg, sip_call_id_make(home, call->call_id)) < 0 ||
	    insert(msg, sip_cseq_create(home, 1, SIP_METHOD_INVITE)) < 0 ||
	    add_max_forwards(msg, from) < 0 ||
	    insert(msg,
		   msg_header_copy_one(
			   home,
			   (msg_header_t *)target->listener
				   ->contacts[target->transport])) < 0 ||
	    share_all(call->sip->bridgeable, msg, call->invite, from) < 0) {
		msg_destroy(msg);
		return NULL;
	}
	return msg;
}

static bool sets_target(sip_method_t method)
{
	return method == sip_method_invite || method == sip_method_update ||
	       method == sip_method_subscribe || method == sip_method_notify ||
	       method == sip_method_refer;
}

/* A request within a dialog, for its other side. `sip` may be NULL: then it is
 * one of our own. `cseq` is given for ACK alone, which repeats its INVITE's. */
msg_t *message_within(struct leg *to, msg_t *from, const sip_t *sip,
		      sip_method_t method, const char *name,
		      const sip_cseq_t *cseq)
{
	msg_t *msg = nta_msg_create(to->dialog->call->sip->agent, 0);

	if (!msg)
		return NULL;
	if ((sip && (add_max_forwards(msg, sip) < 0 ||
		     share_all(to->dialog->call->sip->bridgeable_within, msg,
			       from, sip) < 0)) ||
	    (sets_target(method) &&
	     insert(msg, msg_header_copy_one(msg_home(msg),
					     (msg_header_t *)leg_contact(to))) <
		     0) ||
	    (cseq && insert(msg, msg_header_copy_one(
					 msg_home(msg),
					 (const msg_header_t *)cseq)) < 0) ||
	    nta_msg_request_complete(msg, to->nta, method, name, NULL) < 0) {
		msg_destroy(msg);
		return NULL;
	}
	return msg;
}

/* Printed anew: in a list of several on one line the text is the first's. */
static msg_header_t *contact_alone(su_home_t *home, const sip_contact_t *m)
{
	msg_header_t *h = msg_header_copy_one(home, (const msg_header_t *)m);

	if (h)
		msg_fragment_clear(h->sh_common);
	return h;
}

/* The other side's response as the answer to `irq`, or, with `irq` NULL, a
 * response that will be sent without it. `tag`: of a To that has none yet; the
 * transaction itself learns no tag here (see caller.c). Contacts of a
 * redirection pass: they are what the response says (RFC 3261 8.1.3.4). */
msg_t *message_response(struct sip *sip, nta_incoming_t *irq, msg_t *from,
			const sip_t *response, int status, const char *phrase,
			const sip_contact_t *contact, const char *tag)
{
	msg_t *msg = irq ? nta_incoming_create_response(irq, status, phrase)
			 : nta_msg_create(sip->agent, 0);
	int err = msg ? 0 : -1;

	if (!err && irq && tag)
		err = sip_to_tag(msg_home(msg), sip_object(msg)->sip_to, tag);
	if (!err && contact)
		err = insert(msg, msg_header_copy_one(
					  msg_home(msg),
					  (const msg_header_t *)contact));
	for (const sip_contact_t *m = response->sip_contact;
	     !err && !contact && m; m = m->m_next)
		err = insert(msg, contact_alone(msg_home(msg), m));
	if (!err)
		err = share_all(sip->bridgeable_within, msg, from, response);
	if (err) {
		msg_destroy(msg);
		return NULL;
	}
	return msg;
}

/* Of this response, not of its transaction: after a final response the stack
 * still delivers a provisional one that came late. */
int response_status(const nta_outgoing_t *orq, const sip_t *sip)
{
	return sip ? sip->sip_status->st_status : nta_outgoing_status(orq);
}
