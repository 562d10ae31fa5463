/* Requests within a dialog, passed from one leg to the other, and their
 * answers back. INVITE keeps its relay until the ACK has passed too. BYE is
 * not relayed: each side gets its own answer at once (see call_bye()). */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>

#include <sofia-sip/su_string.h>

struct relay {
	LIST_ENTRY(relay) link;
	struct leg *from, *to;
	nta_incoming_t *irq; /* NULL once the requester has its answer */
	nta_outgoing_t *orq;
	sip_method_t method;
	uint32_t cseq; /* of our INVITE, for its ACK */
	bool answered; /* INVITE: the 2xx was passed, the ACK is awaited */
	bool early;    /* sent before the call was up */
	uint32_t rseq; /* INVITE: of the last reliable response passed on */
	msg_t *held;   /* its 2xx, until every PRACK has come */
};

static void relay_free(struct relay *relay)
{
	struct call *call = relay->from->dialog->call;

	nta_incoming_destroy(relay->irq);
	nta_outgoing_destroy(relay->orq);
	prack_relay_gone(call, relay);
	msg_destroy(relay->held);
	LIST_REMOVE(relay, link);
	call->relays_count--;
	free(relay);
}

static void relay_ack(struct relay *relay, msg_t *ack, const sip_t *sip)
{
	sip_cseq_t cseq[1];
	msg_t *msg;

	sip_cseq_init(cseq);
	cseq->cs_seq = relay->cseq;
	cseq->cs_method = sip_method_ack;
	cseq->cs_method_name = "ACK";
	msg = message_within(relay->to, ack, sip, SIP_METHOD_ACK, cseq);
	nta_outgoing_destroy(leg_send(relay->to, NULL, NULL, msg));
}

/* RFC 3262 3: the re-INVITE fails, the call stays as it was. The stack will
 * answer it, with 503. */
static void prack_missing(struct relay *relay)
{
	nta_incoming_destroy(relay->irq);
	relay->irq = NULL;
	if (relay->held) {
		relay_ack(relay, NULL, NULL);
		relay_free(relay);
	} else {
		invite_cancel(relay->orq, NULL);
	}
}

/* ACK, CANCEL, or neither ACK nor PRACK within 64*T1. */
static int on_requester(void *magic, nta_incoming_t *irq, const sip_t *sip)
{
	struct relay *relay = magic;
	struct call *call = relay->from->dialog->call;

	if (!sip && !relay->answered) {
		prack_missing(relay);
	} else if (!sip) {
		call_hangup(call, "SIP;cause=408;text=\"ACK missing\"");
	} else if (sip->sip_request->rq_method == sip_method_cancel) {
		/* The answer, whichever it will be, is the callee's. */
		if (!relay->held)
			invite_cancel(relay->orq, sip);
	} else if (relay->answered) {
		msg_t *ack = nta_incoming_getrequest_ackcancel(irq);

		relay_ack(relay, ack, sip);
		msg_destroy(ack);
		relay_free(relay);
	}
	return 0;
}

static bool is_target_refresh(sip_method_t method)
{
	return method == sip_method_invite || method == sip_method_update;
}

/* Each of these refreshes the session as well (RFC 4028 7.4). Before the first
 * answer there is none. */
static void refresh_session(struct relay *relay, msg_t *reply)
{
	struct call *call = relay->from->dialog->call;
	msg_t *request = nta_incoming_getrequest(relay->irq);

	if (call->state >= CALL_ANSWERED) {
		session_complete(reply, sip_object(request));
		session_agreed(call, sip_object(reply));
	}
	msg_destroy(request);
}

static void reply(struct relay *relay, msg_t *from, const sip_t *sip,
		  int status)
{
	struct crossing crossing = crossing_to(relay->from);
	msg_t *msg;

	if (!sip || nta_sip_is_internal(sip)) {
		nta_incoming_treply(relay->irq, status, NULL, TAG_END());
		return;
	}
	msg = message_response(&crossing, relay->irq, from, sip, status,
			       sip->sip_status->st_phrase,
			       sip->sip_contact && status < 300
				       ? leg_contact(relay->from)
				       : NULL,
			       NULL);
	if (msg && status >= 200 && status < 300 &&
	    is_target_refresh(relay->method))
		refresh_session(relay, msg);
	if (!msg || nta_incoming_mreply(relay->irq, msg) < 0)
		nta_incoming_treply(relay->irq, SIP_500_INTERNAL_SERVER_ERROR,
				    TAG_END());
}

/* Nobody waits for it any more: the call ended while the other side had our
 * re-INVITE, or no PRACK came. A 2xx is acknowledged all the same, lest it be
 * repeated. */
static void answered_late(struct relay *relay, const sip_t *sip, int status)
{
	struct leg *to = relay->to;
	struct call *call = to->dialog->call;

	if (status < 200)
		return;
	if (status < 300) {
		relay->cseq = sip->sip_cseq->cs_seq;
		relay_ack(relay, NULL, NULL);
	}
	relay_free(relay);
	if (call->state != CALL_ENDING)
		return;
	leg_over(to);
	call_settle(call);
}

static void refresh_targets(struct relay *relay, const sip_t *response)
{
	msg_t *request = nta_incoming_getrequest(relay->irq);
	const sip_t *sip = sip_object(request);

	if (sip->sip_contact) {
		nta_leg_client_reroute(relay->from->nta, NULL, sip->sip_contact,
				       0);
		leg_refresh(relay->from, sip->sip_contact->m_url);
	}
	if (response->sip_contact) {
		nta_leg_client_reroute(relay->to->nta, NULL,
				       response->sip_contact, 0);
		leg_refresh(relay->to, response->sip_contact->m_url);
	}
	msg_destroy(request);
}

/* RFC 5057 5.1: these say that the peer knows the dialog no more, or is not
 * there. For a subscription within it they say only that of it; and to a PRACK,
 * that its response is not waited for (RFC 3262 3). */
static bool dialog_gone(const struct relay *relay, int status)
{
	/* Our 2xx may not have arrived, and with it the dialog. */
	if (relay->early || relay->method == sip_method_prack ||
	    relay->method == sip_method_notify ||
	    relay->method == sip_method_subscribe ||
	    relay->method == sip_method_refer)
		return false;
	return status == 481 || status == 408;
}

/* Of a re-INVITE; those of any other request are for its own hop alone. */
static void pass_provisional(struct relay *relay, msg_t *msg, const sip_t *sip)
{
	if (relay->method != sip_method_invite)
		return;
	if (sip->sip_rseq) {
		/* RFC 3262 4: repeated until its PRACK comes. */
		if (sip->sip_rseq->rs_response <= relay->rseq)
			return;
		relay->rseq = sip->sip_rseq->rs_response;
		if (prack_provisional(relay->from, relay->irq, relay, msg, sip))
			return;
	}
	reply(relay, msg, sip, sip->sip_status->st_status);
}

/* The 2xx of a re-INVITE, whose ACK is to follow. */
static void pass_answer(struct relay *relay, msg_t *msg, const sip_t *sip)
{
	relay->cseq = sip->sip_cseq->cs_seq;
	if (prack_awaited(relay->from->dialog->call, relay)) {
		relay->held = msg_ref_create(msg);
		return;
	}
	refresh_targets(relay, sip);
	reply(relay, msg, sip, sip->sip_status->st_status);
	relay->answered = true;
}

/* An answer that had to wait for the PRACK may go. */
void relay_pracked(struct relay *relay)
{
	msg_t *msg = relay->held;

	if (!msg)
		return;
	relay->held = NULL;
	pass_answer(relay, msg, sip_object(msg));
	msg_destroy(msg);
}

/* Any other final response. */
static void pass_final(struct relay *relay, msg_t *msg, const sip_t *sip,
		       int status)
{
	struct call *call = relay->from->dialog->call;
	struct leg *to = relay->to;
	bool gone = dialog_gone(relay, status);

	if (status < 300 && method_sets_target(relay->method))
		refresh_targets(relay, sip);
	reply(relay, msg, sip, status);
	relay_free(relay);
	if (gone && call->state >= CALL_ANSWERED) {
		/* Its own 2xx it knows all the same. */
		attempt_ack(call, to->dialog, NULL, NULL);
		leg_end(to);
		call_hangup(call, "SIP;cause=481;text=\"Peer gone\"");
	}
}

static int on_response(void *magic, nta_outgoing_t *orq, const sip_t *sip)
{
	struct relay *relay = magic;
	int status = response_status(orq, sip);
	msg_t *msg;

	if (relay->answered || relay->held)
		return 0;
	if (!relay->irq) {
		answered_late(relay, sip, status);
		return 0;
	}
	msg = nta_outgoing_getresponse(orq);
	if (status < 200)
		pass_provisional(relay, msg, sip);
	else if (status < 300 && relay->method == sip_method_invite)
		pass_answer(relay, msg, sip);
	else
		pass_final(relay, msg, sip, status);
	msg_destroy(msg);
	return 0;
}

/* Is an INVITE under way in the dialog? 500 to whoever sent that one too (RFC
 * 3261 14.2), 491 to the other side. */
static int overlap(const struct leg *leg)
{
	const struct call *call = leg->dialog->call;
	const struct relay *relay;

	if (call->state < CALL_UP)
		return leg_is_caller(leg) ? 500 : 491;
	LIST_FOREACH (relay, &call->relays, link)
		if (relay->method == sip_method_invite)
			return relay->from == leg ? 500 : 491;
	return 0;
}

static int refuse_overlap(nta_incoming_t *irq, int status)
{
	char seconds[12];

	if (status == 491)
		return 491;
	snprintf(seconds, sizeof(seconds), "%u", su_randint(0, 10));
	nta_incoming_treply(irq, SIP_500_INTERNAL_SERVER_ERROR,
			    SIPTAG_RETRY_AFTER_STR(seconds), TAG_END());
	nta_incoming_destroy(irq);
	return 0;
}

/* Takes over `irq`, unless it returns a status to answer it with. `rack`: of a
 * PRACK, as the other side knows it. */
int relay_pass(struct leg *leg, nta_incoming_t *irq, const sip_t *sip,
	       const char *rack)
{
	struct call *call = leg->dialog->call;
	const sip_request_t *rq = sip->sip_request;
	struct relay *relay;
	msg_t *request, *msg;

	if (call->relays_count == RELAYS_MAX)
		return 503;
	relay = calloc(1, sizeof(*relay));
	if (!relay)
		return 500;
	call->relays_count++;
	relay->from = leg;
	relay->to = leg_peer(leg);
	relay->method = rq->rq_method;
	relay->early = call->state != CALL_UP;
	LIST_INSERT_HEAD(&call->relays, relay, link);
	request = nta_incoming_getrequest(irq);
	msg = message_within(relay->to, request, sip, rq->rq_method,
			     rq->rq_method_name, NULL);
	msg_destroy(request);
	if (msg && rack)
		sip_add_tl(msg, sip_object(msg), SIPTAG_RACK_STR(rack),
			   TAG_END());
	relay->orq = leg_send(relay->to, on_response, relay, msg);
	if (!relay->orq) {
		relay_free(relay);
		return 500;
	}
	relay->irq = irq;
	nta_incoming_bind(irq, on_requester, relay);
	if (relay->method == sip_method_invite)
		nta_incoming_treply(irq, SIP_100_TRYING, TAG_END());
	return 0;
}

static int bye(struct leg *leg, nta_incoming_t *irq, const sip_t *sip)
{
	msg_t *request = nta_incoming_getrequest(irq);

	nta_incoming_treply(
		irq, SIP_200_OK,
		SIPTAG_HEADER(session_id_ours(msg_home(request), leg)),
		TAG_END());
	nta_incoming_destroy(irq);
	call_bye(leg, request, sip);
	msg_destroy(request);
	return 0;
}

/* RFC 3261 8.2.2.3: what we cannot let through is not left out of a request
 * that depends on it. */
static bool refuse_required(const struct sip *sip, nta_incoming_t *irq,
			    const sip_t *request)
{
	su_home_t home[1] = {SU_HOME_INIT(home)};
	sip_unsupported_t *lacking;

	if (!request->sip_require)
		return false;
	su_home_init(home);
	lacking = sip_has_unsupported(home, sip->bridgeable,
				      request->sip_require);
	if (lacking) {
		nta_incoming_treply(irq, SIP_420_BAD_EXTENSION,
				    SIPTAG_UNSUPPORTED(lacking), TAG_END());
		nta_incoming_destroy(irq);
	}
	su_home_deinit(home);
	return lacking != NULL;
}

/* RFC 4028 8.1. */
static bool refuse_interval(const struct call *call, nta_incoming_t *irq,
			    const sip_t *request)
{
	char seconds[12];

	if (!is_target_refresh(request->sip_request->rq_method) ||
	    !session_too_short(call->config, request))
		return false;
	snprintf(seconds, sizeof(seconds), "%u", call->config->min_se_s);
	nta_incoming_treply(irq, 422, "Session Interval Too Small",
			    SIPTAG_MIN_SE_STR(seconds), TAG_END());
	nta_incoming_destroy(irq);
	return true;
}

/* RFC 3515 2.4.2, 3261 8.2.1. Is that side not to ask for transfers? */
static bool refuse_refer(const struct leg *leg, nta_incoming_t *irq)
{
	const struct call *call = leg->dialog->call;

	switch (leg_is_caller(leg) ? call->trunk->refer
				   : call->target->gateway->refer) {
	case REFER_PASS:
		return false;
	case REFER_DECLINE:
		nta_incoming_treply(irq, SIP_603_DECLINE, TAG_END());
		break;
	case REFER_NOT_ALLOWED:
		nta_incoming_treply(irq, SIP_405_METHOD_NOT_ALLOWED,
				    SIPTAG_ALLOW_STR(ALLOW_BUT_REFER),
				    TAG_END());
		break;
	}
	nta_incoming_destroy(irq);
	return true;
}

/* The stack's callback for every request that matches a leg: 0, or the status
 * it shall answer with. */
int relay_recv(struct leg *leg, nta_leg_t *nta, nta_incoming_t *irq,
	       const sip_t *sip)
{
	const struct call *call = leg->dialog->call;
	const char *fault = form_fault(sip);
	struct leg *named;
	int status;

	(void)nta;
	switch (sip->sip_request->rq_method) {
	case sip_method_ack:
		/* Of a 2xx whose transaction is over. */
		nta_incoming_destroy(irq);
		return 0;
	case sip_method_bye:
		return bye(leg, irq, sip);
	case sip_method_cancel:
	case sip_method_prack:
		return 481;
	case sip_method_invite:
		status = overlap(leg);
		if (status)
			return refuse_overlap(irq, status);
		break;
	case sip_method_refer:
		if (refuse_refer(leg, irq))
			return 0;
		if (replaces_named(call->sip, sip, &named) == NAMED_GONE)
			return 481;
		break;
	default:
		break;
	}
	if (fault) {
		nta_incoming_treply(irq, 400, fault, TAG_END());
		nta_incoming_destroy(irq);
		return 0;
	}
	if (call->state == CALL_ENDING || !leg_peer(leg)->nta)
		return 481;
	if (max_forwards_left(sip) < 0)
		return 483;
	if (refuse_required(call->sip, irq, sip) ||
	    refuse_interval(call, irq, sip))
		return 0;
	return relay_pass(leg, irq, sip, NULL);
}

/* Is an INVITE on its way there that nobody waits for any more? */
bool relay_pending(const struct leg *to)
{
	const struct relay *relay;

	LIST_FOREACH (relay, &to->dialog->call->relays, link)
		if (relay->to == to && !relay->irq)
			return true;
	return false;
}

/* The requester gets its answer (RFC 3261 15.1.2). An INVITE that is not
 * answered yet cannot be forgotten: it may be. */
static void relay_end(struct relay *relay)
{
	if (relay->answered) {
		relay_ack(relay, NULL, NULL);
		relay_free(relay);
		return;
	}
	nta_incoming_treply(relay->irq, SIP_487_REQUEST_CANCELLED, TAG_END());
	if (relay->held)
		relay_ack(relay, NULL, NULL);
	if (relay->method != sip_method_invite || relay->held) {
		relay_free(relay);
		return;
	}
	nta_incoming_destroy(relay->irq);
	relay->irq = NULL;
	invite_cancel(relay->orq, NULL);
}

/* The dialog is over (NULL: all of the call's are). */
void relays_end(struct call *call, const struct dialog *dialog)
{
	struct relay *relay = LIST_FIRST(&call->relays), *next;

	for (; relay; relay = next) {
		next = LIST_NEXT(relay, link);
		if (relay->irq && (!dialog || relay->from->dialog == dialog))
			relay_end(relay);
	}
}

/* Whatever may still come. */
void relays_drop(struct call *call)
{
	while (!LIST_EMPTY(&call->relays))
		relay_free(LIST_FIRST(&call->relays));
}
