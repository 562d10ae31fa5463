/* Pairs of legs. Each dialog the callee's side opens (one for each To tag: a
 * proxy behind the gateway may fork) has its mirror towards the caller under a
 * tag of its own, so forked early dialogs stay apart. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/core/digest.h"

static struct dialog *find(const struct call *call, const char *callee_tag)
{
	struct dialog *dialog;

	LIST_FOREACH (dialog, &call->dialogs, link)
		if (dialog->callee.nta &&
		    su_casematch(nta_leg_get_rtag(dialog->callee.nta),
				 callee_tag))
			return dialog;
	return NULL;
}

static nta_leg_t *caller_leg(struct call *call, struct dialog *dialog)
{
	sip_t *sip = sip_object(call->invite);
	su_home_t *home = msg_home(call->invite);
	sip_to_t *local = sip_to_dup(home, sip->sip_to);
	nta_leg_t *nta;

	if (!local || sip_to_tag(home, local, dialog->tag) < 0)
		return NULL;
	nta = nta_leg_tcreate(call->sip->agent, relay_recv, &dialog->caller,
			      SIPTAG_CALL_ID(sip->sip_call_id),
			      SIPTAG_FROM(local), SIPTAG_TO(sip->sip_from),
			      NTATAG_REMOTE_CSEQ(sip->sip_cseq->cs_seq),
			      TAG_END());
	su_free(home, local);
	if (nta)
		nta_leg_server_route(nta, sip->sip_record_route,
				     sip->sip_contact);
	return nta;
}

/* Until a response names a Contact, the gateway is the target: it was there
 * for the INVITE. */
static nta_leg_t *callee_leg(struct call *call, struct dialog *dialog,
			     const sip_t *response)
{
	sip_contact_t target[1];

	sip_contact_init(target);
	*target->m_url = *call->target->url;
	return nta_leg_tcreate(call->sip->agent, relay_recv, &dialog->callee,
			       SIPTAG_CALL_ID(response->sip_call_id),
			       SIPTAG_FROM(response->sip_from),
			       SIPTAG_TO(response->sip_to),
			       SIPTAG_CSEQ(response->sip_cseq),
			       NTATAG_TARGET(target), TAG_END());
}

static struct sip *sip_of(const struct leg *leg)
{
	return leg->dialog->call->sip;
}

/* By TLS we go to those alone whose certificate we can hold to a name. */
static bool is_peer(const struct sip *sip, const struct netaddr *addr)
{
	return gateways_at(sip, addr) || config_trunk_for(sip->config, addr);
}

/* Can a request go there as it is written? A name would have to be looked up,
 * and the peer that chose it decides neither that we look nor how long we
 * wait. What came by TLS goes on by it. */
static bool reachable(const struct leg *leg, const url_t *url)
{
	enum config_transport transport;
	struct netaddr addr;

	if ((url->url_type != url_sip && url->url_type != url_sips) ||
	    !url->url_host || netaddr_parse(&addr, url->url_host) ||
	    url_has_param(url, "maddr") || !uri_transport(&transport, url))
		return false;
	if (!uri_has_transport(url))
		transport = leg->transport;
	if (!leg->listener->contacts[transport] ||
	    leg->listener->addr.len != addr.len)
		return false;
	if (transport == TRANSPORT_TLS)
		return is_peer(sip_of(leg), &addr);
	return leg->transport != TRANSPORT_TLS;
}

/* Where the peer is, whatever it says of itself. */
static char *peer_uri(const struct leg *leg)
{
	const struct call *call = leg->dialog->call;
	char uri[80];

	if (leg_is_caller(leg))
		return strdup(call->source_uri);
	url_e(uri, sizeof(uri), call->target->url);
	return strdup(uri);
}

static char *with_transport(const url_t *url, enum config_transport transport)
{
	char hop[120];

	snprintf(hop, sizeof(hop), "sip:%s%s%s;transport=%s", url->url_host,
		 url->url_port ? ":" : "", url->url_port ? url->url_port : "",
		 config_transport_names[transport]);
	return strdup(hop);
}

/* `hop`: the first of the route set, or the Contact. */
static void set_next_hop(struct leg *leg, const url_t *hop)
{
	free(leg->next_hop);
	leg->next_hop = NULL;
	if (!hop || !reachable(leg, hop))
		leg->next_hop = peer_uri(leg);
	else if (!leg->routed && leg->transport != TRANSPORT_UDP &&
		 !uri_has_transport(hop))
		/* Taken by its word it would be UDP, where a TCP peer may not
		 * listen. */
		leg->next_hop = with_transport(hop, leg->transport);
}

/* From the message that begins the dialog: RFC 3261 12.1. */
static void leg_begin(struct leg *leg, const sip_t *sip)
{
	const sip_record_route_t *rr = sip->sip_record_route;
	const sip_contact_t *m = sip->sip_contact;

	leg->routed = rr != NULL;
	while (rr && rr->r_next && !leg_is_caller(leg))
		rr = rr->r_next;
	set_next_hop(leg, rr ? rr->r_url : m ? m->m_url : NULL);
}

static struct dialog *dialog_new(struct call *call, const sip_t *response)
{
	struct dialog *dialog;

	if (call->dialogs_count == DIALOGS_MAX)
		return NULL;
	dialog = calloc(1, sizeof(*dialog));
	if (!dialog)
		return NULL;
	call->dialogs_count++;
	dialog->call = call;
	/* One that a redirection ended had the first tag; this one is another
	 * (RFC 3261 12.1.2). */
	if (LIST_EMPTY(&call->dialogs) && !call->tagged)
		memcpy(dialog->tag, call->tag, sizeof(dialog->tag));
	else
		own_tag(call->sip, dialog->tag);
	call->tagged = true;
	LIST_INSERT_HEAD(&call->dialogs, dialog, link);
	dialog->caller = (struct leg){
		.dialog = dialog,
		.listener = call->listener,
		.transport = call->transport,
		.connection = call->transport == TRANSPORT_UDP
				      ? NULL
				      : tport_ref(call->connection),
	};
	dialog->callee = (struct leg){
		.dialog = dialog,
		.listener = call->target->listener,
		.transport = call->target->transport,
	};
	dialog->callee.nta = callee_leg(call, dialog, response);
	/* A callee that answers a caller who is gone has no one to mirror. */
	if (call->invite) {
		dialog->caller.nta = caller_leg(call, dialog);
		leg_begin(&dialog->caller, sip_object(call->invite));
	}
	return dialog;
}

/* The dialog a response to our INVITE belongs to, new if need be. NULL for a
 * provisional response without a tag, without memory, and beyond
 * DIALOGS_MAX. */
struct dialog *dialog_for(struct call *call, const sip_t *response)
{
	const char *tag = response->sip_to->a_tag;
	struct dialog *dialog;

	/* RFC 2543 callees answer without a tag: a dialog without a name. */
	if (!tag && response->sip_status->st_status < 200)
		return NULL;
	dialog = find(call, tag);
	if (!dialog)
		dialog = dialog_new(call, response);
	if (!dialog || !dialog->callee.nta ||
	    (call->invite && !dialog->caller.nta))
		return NULL;
	if (response->sip_contact || response->sip_record_route)
		nta_leg_client_reroute(dialog->callee.nta,
				       response->sip_record_route,
				       response->sip_contact, 1);
	leg_begin(&dialog->callee, response);
	session_id_learn(dialog, response);
	return dialog;
}

/* Once answered there is one. */
struct dialog *dialog_confirmed(const struct call *call)
{
	return LIST_FIRST(&call->dialogs);
}

static void dialog_free(struct dialog *dialog)
{
	relays_end(dialog->call, dialog);
	prack_dialog_gone(dialog->call, dialog);
	leg_end(&dialog->caller);
	leg_end(&dialog->callee);
	LIST_REMOVE(dialog, link);
	dialog->call->dialogs_count--;
	free(dialog);
}

void dialogs_free(struct call *call, const struct dialog *keep)
{
	struct dialog *dialog = LIST_FIRST(&call->dialogs);

	while (dialog) {
		struct dialog *next = LIST_NEXT(dialog, link);

		if (dialog != keep)
			dialog_free(dialog);
		dialog = next;
	}
}

bool leg_is_caller(const struct leg *leg)
{
	return leg == &leg->dialog->caller;
}

struct leg *leg_peer(struct leg *leg)
{
	return leg_is_caller(leg) ? &leg->dialog->callee : &leg->dialog->caller;
}

/* RFC 3261 12.1.1: who is called by sips is called back by it. */
const sip_contact_t *contact_for(const struct call *call,
				 const struct listener *listener,
				 enum config_transport transport)
{
	if (call->secure && transport == TRANSPORT_TLS)
		return listener->secure_contact;
	return listener->contacts[transport];
}

const sip_contact_t *leg_contact(const struct leg *leg)
{
	return contact_for(leg->dialog->call, leg->listener, leg->transport);
}

/* The peer has a new Contact (RFC 3261 12.2). */
void leg_refresh(struct leg *leg, const url_t *target)
{
	if (!leg->routed)
		set_next_hop(leg, target);
}

static nta_outgoing_t *transmit(struct leg *leg, nta_response_f *h, void *magic,
				msg_t *msg, bool once, bool pass_100)
{
	nta_agent_t *agent = sip_of(leg)->agent;
	tport_t *connection = transport_open(leg->connection);

	/* The connection the caller opened is the one way to it that is known
	 * to work (it may be behind a firewall). */
	if (connection)
		return nta_outgoing_mcreate(agent, h, magic, NULL, msg,
					    NTATAG_TPORT(connection),
					    NTATAG_STATELESS(once),
					    NTATAG_PASS_100(pass_100),
					    TAG_END());
	return nta_outgoing_mcreate(agent, h, magic,
				    (url_string_t *)leg->next_hop, msg,
				    TPTAG_IDENT(leg->listener->name),
				    NTATAG_STATELESS(once),
				    NTATAG_PASS_100(pass_100), TAG_END());
}

/* Sends a request in the dialog; takes `msg`. NULL: it could not be sent. */
nta_outgoing_t *leg_send(struct leg *leg, nta_response_f *h, void *magic,
			 msg_t *msg)
{
	nta_outgoing_t *orq =
		msg ? transmit(leg, h, magic, msg, false, false) : NULL;

	if (!orq)
		msg_destroy(msg);
	return orq;
}

/* Sends the INVITE of another call the same way; takes `msg`. */
nta_outgoing_t *leg_send_invite(struct leg *leg, nta_response_f *h, void *magic,
				msg_t *msg)
{
	nta_outgoing_t *orq = transmit(leg, h, magic, msg, false, true);

	if (!orq)
		msg_destroy(msg);
	return orq;
}

/* Likewise, without a transaction: nobody waits for the answer. */
static void send_once(struct leg *leg, msg_t *msg)
{
	if (msg && !transmit(leg, NULL, NULL, msg, true, false))
		msg_destroy(msg);
}

/* Sends ACK once, which the answer comes again for; `branch` is that of its
 * INVITE, which the stack would look for and may have forgotten. */
static int decline_ack(struct leg *leg, const sip_cseq_t *cseq,
		       const char *branch)
{
	msg_t *msg = message_within(leg, NULL, NULL, SIP_METHOD_ACK, cseq);

	if (msg &&
	    nta_outgoing_mcreate(sip_of(leg)->agent, NULL, NULL,
				 (url_string_t *)leg->next_hop, msg,
				 TPTAG_IDENT(leg->listener->name),
				 NTATAG_STATELESS(1),
				 NTATAG_ACK_BRANCH(branch), TAG_END()))
		return 0;
	msg_destroy(msg);
	return -1;
}

static int declined(void *magic, nta_outgoing_t *orq, const sip_t *sip)
{
	struct sip *own = magic;

	(void)sip;
	if (nta_outgoing_status(orq) < 200)
		return 0;
	own->byes--;
	nta_outgoing_destroy(orq);
	return 0;
}

/* Sends BYE, until it is answered: nothing else would end a call whose ACK
 * arrived. It outlives the leg, and the call. */
static void decline_bye(struct leg *leg)
{
	struct sip *sip = sip_of(leg);
	msg_t *msg = message_within(leg, NULL, NULL, SIP_METHOD_BYE, NULL);

	if (sip->byes == BYES_MAX)
		send_once(leg, msg);
	else if (leg_send(leg, declined, sip, msg))
		sip->byes++;
}

/* A second 2xx to our INVITE, of another fork: its dialog is begun and ended at
 * once (RFC 3261 13.2.2.4). */
int dialog_decline(struct call *call, const sip_t *response)
{
	struct dialog dialog = {.call = call};
	struct leg *leg = &dialog.callee;
	sip_cseq_t cseq[1];
	int err;

	if (!call->target)
		return -1;
	leg->dialog = &dialog;
	leg->listener = call->target->listener;
	leg->transport = call->target->transport;
	leg->nta = callee_leg(call, &dialog, response);
	if (!leg->nta)
		return -1;
	nta_leg_client_reroute(leg->nta, response->sip_record_route,
			       response->sip_contact, 1);
	leg_begin(leg, response);
	sip_cseq_init(cseq);
	cseq->cs_seq = response->sip_cseq->cs_seq;
	cseq->cs_method = sip_method_ack;
	cseq->cs_method_name = "ACK";
	err = decline_ack(leg, cseq, response->sip_via->v_branch);
	if (err == 0)
		decline_bye(leg);
	leg_end(leg);
	return err;
}

static void bye_done(struct leg *leg)
{
	if (leg->bye)
		sip_of(leg)->byes--;
	nta_outgoing_destroy(leg->bye);
	leg->bye = NULL;
}

static int bye_answered(void *magic, nta_outgoing_t *orq, const sip_t *sip);

/* What was under way when a connection broke nobody sends again, and the peer
 * would be left in a call that is over: once more, by a new one. True: it went
 * out. */
static bool bye_again(struct leg *leg)
{
	msg_t *lost = nta_outgoing_getrequest(leg->bye);
	bool sent = false;

	if (lost && !leg->bye_again) {
		bye_done(leg);
		leg->bye_again = true;
		leg_bye(leg, lost, sip_object(lost), NULL);
		sent = leg->bye != NULL;
	}
	msg_destroy(lost);
	return sent;
}

static int bye_answered(void *magic, nta_outgoing_t *orq, const sip_t *sip)
{
	struct leg *leg = magic;
	struct call *call = leg->dialog->call;

	if (nta_outgoing_status(orq) < 200)
		return 0;
	if (leg->transport != TRANSPORT_UDP &&
	    (!sip || nta_sip_is_internal(sip)) && bye_again(leg))
		return 0;
	bye_done(leg);
	leg_over(leg);
	call_settle(call);
	return 0;
}

/* Hangs up on the peer: with the other side's BYE, or with our own reason. The
 * leg stays until the answer, so that a BYE crossing ours is answered 200. */
void leg_bye(struct leg *leg, msg_t *bye, const sip_t *sip, const char *reason)
{
	msg_t *msg;

	if (!leg->nta || leg->bye)
		return;
	msg = message_within(leg, bye, sip, SIP_METHOD_BYE, NULL);
	if (msg && reason)
		sip_add_tl(msg, sip_object(msg), SIPTAG_REASON_STR(reason),
			   TAG_END());
	if (sip_of(leg)->byes == BYES_MAX) {
		send_once(leg, msg);
		leg_over(leg);
		return;
	}
	leg->bye = leg_send(leg, bye_answered, leg, msg);
	if (leg->bye)
		sip_of(leg)->byes++;
	else
		leg_over(leg);
}

/* Ends a leg that was hung up, unless it waits: for the answer to our BYE, or
 * to an INVITE that crossed it. */
void leg_over(struct leg *leg)
{
	if (!leg->bye && !relay_pending(leg))
		leg_end(leg);
}

/* After this the stack answers 481 for it. */
void leg_end(struct leg *leg)
{
	bye_done(leg);
	nta_leg_destroy(leg->nta);
	leg->nta = NULL;
	tport_unref(leg->connection);
	leg->connection = NULL;
	free(leg->next_hop);
	leg->next_hop = NULL;
}
