/* What arrives outside any dialog: checks in the order of RFC 3261 8.2, the
 * load, the owner's verdict, and only then a call. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_string.h>
#include <sofia-sip/su_tagarg.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"
#include "callsieve/model/invite.h"

#define UDP_LARGE 1300 /* bytes */

/* What an INVITE requires is then for whom it is sent on to (RFC 3261 8.3). */
static bool redirects(const struct invite *invite)
{
	return invite->trunk && invite->trunk->mode == MODE_REDIRECT;
}

/* RFC 3261 8.2.2.1 and 8.2.2.3; consumes msg if it refuses. */
static bool unsupported(struct sip *sip, msg_t *msg, const sip_t *req,
			const struct invite *invite)
{
	const url_t *uri = req->sip_request->rq_url;
	su_home_t *home = msg_home(msg);
	sip_unsupported_t *lacking;

	if (uri->url_type != url_sip && uri->url_type != url_sips &&
	    uri->url_type != url_tel && !su_casematch(uri->url_scheme, "urn")) {
		refuse(sip, msg, invite, SIP_416_UNSUPPORTED_URI, NULL);
		return true;
	}
	if (redirects(invite))
		return false;
	lacking = sip_has_unsupported(home, sip->bridgeable, req->sip_require);
	if (!lacking)
		lacking = sip_has_unsupported(home, sip->bridgeable,
					      req->sip_proxy_require);
	if (!lacking)
		return false;
	refuse(sip, msg, invite, SIP_420_BAD_EXTENSION,
	       (sip_header_t *)lacking);
	return true;
}

static void answer_options(struct sip *sip, msg_t *msg, const sip_t *req,
			   const struct invite *invite)
{
	const struct sip_answer no = busy(sip);

	if (unsupported(sip, msg, req, invite))
		return;
	if (sip->draining) {
		answer_as(sip, msg, &no);
		return;
	}
	nta_msg_treply(sip->agent, msg, SIP_200_OK, SIPTAG_ALLOW(sip->allow),
		       SIPTAG_ACCEPT_STR("application/sdp, "
					 "application/dtmf-relay, */*"),
		       SIPTAG_SUPPORTED_STR("100rel, timer"), TAG_END());
}

/* Refuses what no call can come of; consumes msg then. */
static bool refused(struct sip *sip, msg_t *msg, const sip_t *req,
		    const struct invite *invite)
{
	if (!req->sip_from->a_tag || !req->sip_contact ||
	    !req->sip_contact->m_url->url_host) {
		refuse(sip, msg, invite, 400,
		       req->sip_from->a_tag ? "Bad Contact" : "No From Tag",
		       NULL);
		return true;
	}
	return unsupported(sip, msg, req, invite);
}

static bool interval_refused(struct sip *sip, msg_t *msg, const sip_t *req,
			     const struct invite *invite)
{
	if (redirects(invite) || !session_too_short(sip->config, req))
		return false;
	refuse(sip, msg, invite, 422, "Session Interval Too Small",
	       (sip_header_t *)sip_min_se_format(msg_home(msg), "%u",
						 sip->config->min_se_s));
	return true;
}

/* Refuses what we have seen before; consumes msg then. */
static bool comes_round(struct sip *sip, msg_t *msg, const sip_t *req,
			const struct invite *invite)
{
	if (!max_breadth(req)) {
		refuse(sip, msg, invite, 440, "Max-Breadth Exceeded", NULL);
		return true;
	}
	if (ongoing_has(sip, req)) {
		refuse(sip, msg, invite, 482, "Request Merged", NULL);
		return true;
	}
	if (!call_id_loops(sip, req->sip_call_id->i_id, invite->trunk->name,
			   req->sip_request->rq_url))
		return false;
	refuse(sip, msg, invite, SIP_482_LOOP_DETECTED, NULL);
	return true;
}

/* RFC 3891 3: the dialog it names was ours and is gone. */
static bool replaces_gone(struct sip *sip, msg_t *msg, const sip_t *req,
			  const struct invite *invite, struct leg **partyp)
{
	if (replaces_named(sip, req, partyp) != NAMED_GONE)
		return false;
	refuse(sip, msg, invite, SIP_481_NO_TRANSACTION, NULL);
	return true;
}

static void read_invite(struct invite *invite, su_home_t *home,
			const sip_t *req)
{
	invite->call_id = req->sip_call_id->i_id;
	invite->request_uri = url_as_string(home, req->sip_request->rq_url);
	claims_read(invite, home, req);
	if (req->sip_priority)
		invite->priority = req->sip_priority->g_string;
	invite->precedence = priority_claimed(invite->trunk, req);
}

/* RFC 4412 4.6.2: whoever requires that a precedence is understood is told
 * when it is not. An emergency call has no time for that. */
static bool unknown_precedence(struct sip *sip, msg_t *msg, const sip_t *req,
			       const struct invite *invite,
			       const struct privilege *privilege)
{
	if (invite->precedence || privilege->exempt || redirects(invite) ||
	    !sip_has_feature(req->sip_require, "resource-priority"))
		return false;
	refuse(sip, msg, invite, SIP_417_RESOURCE_PRIORITY,
	       priority_accepted(invite->trunk, msg_home(msg)));
	return true;
}

/* RFC 3261 18.1.1. Ours will be about as long as what came. */
static bool is_large(const sip_t *req)
{
	const msg_header_t *h = (const msg_header_t *)req->sip_request;
	size_t size = 0;

	for (; h; h = h->sh_succ)
		size += h->sh_len;
	return size > UDP_LARGE;
}

/* The INVITE becomes a call, which takes a reference to `msg`. */
static struct call *start(struct sip *sip, const struct invite *invite,
			  struct trunk_load *load, msg_t *msg,
			  tport_t *transport, void *ctx)
{
	struct call *call = call_new(sip, invite->trunk, load, msg, ctx);

	if (!call)
		return NULL;
	call->listener = listener_of(sip, transport);
	call->transport = transport_of(transport);
	call->connection = tport_ref(transport);
	call->large = is_large(sip_object(msg));
	call->secure =
		sip_object(msg)->sip_request->rq_url->url_type == url_sips;
	snprintf(call->source_uri, sizeof(call->source_uri),
		 "sip:%s;transport=%s", invite->source,
		 config_transport_names[call->transport]);
	if (caller_accept(call, transport) == 0)
		return call;
	call_enter(call, CALL_ENDING);
	call_free(call);
	return NULL;
}

/* No memory: the owner hears of the end here, the caller may try again. */
static void start_failed(struct sip *sip, msg_t *msg, void *ctx)
{
	const struct call_end end = {.by = PARTY_CALLSIEVE,
				     .status = 503,
				     .phrase = sip_503_Service_unavailable};

	const struct sip_answer no = busy(sip);

	sip->events->ended(&end, ctx, sip->arg);
	answer_as(sip, msg, &no);
}

/* Is there a limit against a new call? Consumes msg then. An INVITE sent again
 * because our 503 was lost or late gets the same, even if there is room by now:
 * who has the 503 is gone already, and the callee's phone would ring for no
 * one. */
static bool shed(struct sip *sip, msg_t *msg, const sip_t *req,
		 const struct invite *invite, struct trunk_load *load)
{
	const struct sip_answer no = busy(sip);
	uint64_t now = now_mono_us();
	const struct limit *limit =
		admit_refusal(sip, invite->trunk, load, now);

	if (!limit) {
		admit_take(sip, invite->trunk, load, now);
		return false;
	}
	metric_add(METRIC_CALLS_SHED, 1);
	metric_of_add(load->metrics, limit->metric, 1);
	log_refused(sip, invite, req, no.status, limit->name);
	recent_add(sip->shed, req, &no);
	answer_as(sip, msg, &no);
	return true;
}

/* Answered before, without state. */
static bool repeated(struct sip *sip, msg_t *msg, const sip_t *req)
{
	struct sip_answer before;

	if (!recent_seen(sip->recent, req, &before) &&
	    !recent_seen(sip->shed, req, &before))
		return false;
	answer_as(sip, msg, &before);
	return true;
}

/* Tells the way, as soon as the call is known to be allowed. */
static void answer_moved(struct sip *sip, msg_t *msg, const sip_t *req,
			 const struct invite *invite, void *ctx)
{
	struct call_end end = {.by = PARTY_CALLSIEVE};
	struct moved moved;

	moved_read(&moved, sip, sip->config, invite->trunk, msg_home(msg),
		   req->sip_request);
	end.status = moved.answer.status;
	end.phrase = moved.answer.phrase;
	end.gateway = moved.gateway ? moved.gateway->name : NULL;
	end.redirected_to = moved.uri;
	sip->events->ended(&end, ctx, sip->arg);
	recent_add(sip->recent, req, &moved.answer);
	answer_as(sip, msg, &moved.answer);
}

static void recv_invite(struct sip *sip, msg_t *msg, sip_t *req,
			struct invite *invite, tport_t *transport)
{
	struct trunk_load *load = trunk_load_of(sip, invite->trunk);
	struct sip_answer verdict = {0};
	struct leg *party;
	struct privilege privilege;
	enum invite_order order;
	struct call *call;
	void *ctx = NULL;

	if (repeated(sip, msg, req) || refused(sip, msg, req, invite) ||
	    comes_round(sip, msg, req, invite) ||
	    replaces_gone(sip, msg, req, invite, &party))
		return;
	read_invite(invite, msg_home(msg), req);
	invite->takeover = party != NULL;
	privilege = sip->events->privilege(invite, sip->arg);
	if (unknown_precedence(sip, msg, req, invite, &privilege) ||
	    (!privilege.exempt && (interval_refused(sip, msg, req, invite) ||
				   shed(sip, msg, req, invite, load))))
		return;
	priority_unmark(&privilege, msg, req);
	metric_add(METRIC_INVITES, 1);
	order = sip->events->invite(invite, &verdict, &ctx, sip->arg);
	if (order == INVITE_REJECT) {
		recent_add(verdict.retry_after_s ? sip->shed : sip->recent, req,
			   &verdict);
		answer_as(sip, msg, &verdict);
		return;
	}
	if (order == INVITE_BRIDGE && !party && redirects(invite)) {
		answer_moved(sip, msg, req, invite, ctx);
		return;
	}
	call = start(sip, invite, load, msg, transport, ctx);
	if (!call) {
		start_failed(sip, msg, ctx);
		return;
	}
	call->exempt = privilege.exempt;
	msg_destroy(msg);
	if (party)
		attempt_takeover(call, party);
	else if (order == INVITE_WAIT)
		sip->events->waiting(call, ctx, sip->arg);
	else
		call_bridge(call);
}

/* Upstream Sofia-SIP never matches a SUBSCRIBE to a leg. */
static bool subscribed_within(struct sip *sip, msg_t *msg, sip_t *req,
			      tport_t *transport)
{
	nta_incoming_t *irq;
	nta_leg_t *nta;
	int status;

	if (req->sip_request->rq_method != sip_method_subscribe)
		return false;
	nta = nta_leg_by_dialog(sip->agent, NULL, req->sip_call_id,
				req->sip_from->a_tag, req->sip_from->a_url,
				req->sip_to->a_tag, req->sip_to->a_url);
	if (!nta)
		return false;
	irq = nta_incoming_create(sip->agent, nta, msg, req,
				  NTATAG_TPORT(transport), TAG_END());
	if (!irq)
		return true;
	status = relay_recv(nta_leg_magic(nta, relay_recv), nta, irq, req);
	if (status) {
		nta_incoming_treply(irq, status, NULL, TAG_END());
		nta_incoming_destroy(irq);
	}
	return true;
}

static void stray(msg_t *msg, enum metric metric)
{
	metric_add(metric, 1);
	msg_destroy(msg);
}

static void dispatch(struct sip *sip, msg_t *msg, sip_t *req,
		     struct invite *invite, tport_t *transport)
{
	sip_method_t method = req->sip_request->rq_method;
	const char *fault = form_fault(req);
	struct sip_answer before;

	if (method == sip_method_ack)
		stray(msg, METRIC_STRAY_ACKS);
	else if (fault)
		refuse(sip, msg, invite, 400, fault, NULL);
	else if (req->sip_to->a_tag &&
		 subscribed_within(sip, msg, req, transport))
		return;
	else if (method == sip_method_cancel &&
		 recent_seen(sip->recent, req, &before))
		answer(sip, msg, SIP_200_OK, NULL); /* RFC 3261 9.2 */
	else if (method == sip_method_cancel || req->sip_to->a_tag)
		refuse(sip, msg, invite, SIP_481_NO_TRANSACTION, NULL);
	else if (max_forwards_left(req) < 0 && method != sip_method_options)
		refuse(sip, msg, invite, SIP_483_TOO_MANY_HOPS, NULL);
	else if (method == sip_method_options)
		answer_options(sip, msg, req, invite);
	else if (method != sip_method_invite)
		refuse(sip, msg, invite, SIP_405_METHOD_NOT_ALLOWED,
		       (sip_header_t *)sip->allow);
	else if (invite->trunk ? !secure_suits(invite->trunk, transport, msg)
			       : !(invite->trunk = takeover_trunk(sip, req)))
		refuse(sip, msg, invite, SIP_403_FORBIDDEN, NULL);
	else
		recv_invite(sip, msg, req, invite, transport);
}

static void print_source(char *buf, size_t size, const su_sockaddr_t *su,
			 const struct netaddr *addr)
{
	char text[NETADDR_TEXT];

	snprintf(buf, size, addr->len == 16 ? "[%s]:%u" : "%s:%u",
		 netaddr_print(text, addr), ntohs(su->su_port));
}

/* The stack's callback for every message that matches nothing of ours. */
int request_recv(struct sip *sip, nta_agent_t *agent, msg_t *msg, sip_t *req)
{
	const su_sockaddr_t *su = msg_addr(msg);
	struct invite invite = {0};
	struct netaddr addr = {0};
	char source[NETADDR_TEXT + 10];
	tport_t *transport;

	/* A response nobody waits for; or the stack could not parse it. */
	if (!req || !req->sip_request) {
		stray(msg, METRIC_STRAY_RESPONSES);
		return 0;
	}
	netaddr_from_sockaddr(&addr, &su->su_sa);
	invite.trunk = config_trunk_for(sip->config, &addr);
	print_source(source, sizeof(source), su, &addr);
	invite.source = source;
	/* A gateway may ask whether we are there, and may send what belongs to
	 * no dialog any more; only trunks may call. */
	if (!invite.trunk && !gateways_at(sip, &addr)) {
		metric_add(METRIC_CALLS_REFUSED, 1);
		refuse(sip, msg, &invite, sip->config->silent_unknown ? 0 : 403,
		       sip_403_Forbidden, NULL);
		return 0;
	}
	transport = nta_incoming_transport(agent, NULL, msg);
	if (transport)
		dispatch(sip, msg, req, &invite, transport);
	else
		msg_destroy(msg);
	tport_unref(transport);
	return 0;
}
