/* Building one leg's message out of the other's: the start line, what belongs
 * to the leg itself, and what headers.c lets across. */
#include "internal.h"

#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/core/digest.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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
	return header_insert(msg,
			     sip_max_forwards_format(msg_home(msg), "%d",
						     max_forwards_left(from)));
}

static int add_max_breadth(msg_t *msg, const sip_t *from)
{
	return header_insert(msg,
			     sip_unknown_format(msg_home(msg),
						"Max-Breadth: %u",
						max_breadth(from)));
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

/* Says who vouches for a number; from a stranger it says nothing (3GPP TS
 * 24.229 7.2A.20). It stands with the number, in the user part of a SIP URI,
 * and is seen in other places too. */
static void strip_verstat(su_home_t *home, sip_addr_t *addr)
{
	static const char name[] = "verstat";
	url_t *url = addr->a_url;
	const char *params = url->url_user ? strchr(url->url_user, ';') : NULL;
	char *rest;

	msg_header_remove_param(addr->a_common, name);
	if (url->url_params)
		url->url_params = url_strip_param_string(
			su_strdup(home, url->url_params), name);
	if (!params)
		return;
	rest = url_strip_param_string(su_strdup(home, params + 1), name);
	url->url_user = su_sprintf(home, "%.*s%s%s",
				   (int)(params - url->url_user), url->url_user,
				   rest && *rest ? ";" : "", rest ? rest : "");
}

static sip_request_t *request_to(su_home_t *home, const url_t *url)
{
	return sip_request_create(home, SIP_METHOD_INVITE,
				  (const url_string_t *)url, NULL);
}

/* The Request-URI towards a gateway: the user part and parameters of `from` at
 * the gateway's address. A service URN (RFC 5031) stays what it is. */
static sip_request_t *request_line(su_home_t *home, const url_t *from,
				   const url_t *gateway)
{
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
	return request_to(home, &url);
}

static sip_from_t *from_towards(const struct crossing *crossing, msg_t *msg,
				const sip_from_t *from, const char *host)
{
	char tag[TAG_CHARS + 1];
	sip_from_t *mine;

	own_tag(crossing->call->sip, tag);
	mine = retag(msg_home(msg), from, tag, host);
	if (mine && !crossing->from_trusted)
		strip_verstat(msg_home(msg), mine);
	return mine;
}

static int add_contact(msg_t *msg, const sip_contact_t *contact)
{
	return header_insert(
		msg, msg_header_copy_one(msg_home(msg),
					 (const msg_header_t *)contact));
}

/* The caller's INVITE as it goes to a gateway, for whom `uri` says, or to
 * where that redirected it. Every attempt is a call of its own to the outside:
 * new Call-ID, new tag. */
msg_t *message_invite(struct call *call, const struct target *target,
		      const url_t *uri)
{
	msg_t *msg = nta_msg_create(call->sip->agent, 0);
	const struct listener *listener = target->listener;
	const sip_t *from = sip_object(call->invite);
	struct crossing crossing = crossing_to_callee(call, NULL);
	sip_request_t *rq;
	char *host;
	su_home_t *home;

	if (!msg)
		return NULL;
	home = msg_home(msg);
	rq = redirect_uri(call) ? request_to(home, redirect_uri(call))
				: request_line(home, uri, target->at);
	if (rq)
		call_id_make(call->sip, call->call_id, call->trunk->name,
			     rq->rq_url);
	crossing.initial = true;
	/* The message may outlive the target. */
	host = su_strdup(home, target->at->url_host);
	if (!host || header_insert(msg, rq) < 0 ||
	    header_insert(msg, from_towards(&crossing, msg, from->sip_from,
					    listener->host)) < 0 ||
	    header_insert(msg, retag(home, from->sip_to, NULL, host)) < 0 ||
	    header_insert(msg, sip_call_id_make(home, call->call_id)) < 0 ||
	    header_insert(msg, sip_cseq_create(home, 1, SIP_METHOD_INVITE)) <
		    0 ||
	    add_max_forwards(msg, from) < 0 ||
	    add_max_breadth(msg, from) < 0 ||
	    add_contact(msg, listener->contacts[target->transport]) < 0 ||
	    headers_cross(&crossing, msg, call->invite, from) < 0 ||
	    redirect_history(call, msg) < 0) {
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

static int cross_within(const struct leg *to, msg_t *msg, msg_t *from,
			const sip_t *sip)
{
	struct crossing crossing = crossing_to(to);

	if (add_max_forwards(msg, sip) < 0)
		return -1;
	return headers_cross(&crossing, msg, from, sip);
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
	if ((sip && cross_within(to, msg, from, sip) < 0) ||
	    (sets_target(method) && add_contact(msg, leg_contact(to)) < 0) ||
	    (cseq &&
	     header_insert(msg, msg_header_copy_one(
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
msg_t *message_response(struct crossing *crossing, nta_incoming_t *irq,
			msg_t *from, const sip_t *response, int status,
			const char *phrase, const sip_contact_t *contact,
			const char *tag)
{
	msg_t *msg = irq ? nta_incoming_create_response(irq, status, phrase)
			 : nta_msg_create(crossing->call->sip->agent, 0);
	int err = msg ? 0 : -1;

	if (!err && irq && tag)
		err = sip_to_tag(msg_home(msg), sip_object(msg)->sip_to, tag);
	if (!err && contact)
		err = add_contact(msg, contact);
	for (const sip_contact_t *m = response->sip_contact;
	     !err && !contact && m; m = m->m_next)
		err = header_insert(msg, contact_alone(msg_home(msg), m));
	if (!err)
		err = headers_cross(crossing, msg, from, response);
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
