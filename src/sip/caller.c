/* The caller's INVITE transaction: what we answer on it, and what arrives on
 * it (ACK, CANCEL, or nothing).
 *
 * The stack ties a server transaction to one To tag. Forked callees need
 * several, so provisional responses are sent past the transaction, and it
 * learns its tag with the final response alone. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"

/* A refusal the stack repeats until the caller's ACK comes. The call is over,
 * but this still counts against the limit of what is unacknowledged. */
struct refusal {
	LIST_ENTRY(refusal) link;
	struct sip *sip;
	struct trunk_load *load;
	nta_incoming_t *irq;
	struct ongoing ongoing;
};

static void irq_done(struct call *call)
{
	nta_incoming_destroy(call->irq);
	call->irq = NULL;
}

static void refusal_free(struct refusal *refusal)
{
	nta_incoming_destroy(refusal->irq);
	ongoing_remove(&refusal->ongoing);
	load_unacked(refusal->sip, refusal->load, -1);
	LIST_REMOVE(refusal, link);
	free(refusal);
}

/* ACK, or none within 64*T1. */
static int on_refused(void *magic, nta_incoming_t *irq, const sip_t *sip)
{
	(void)irq;
	if (!sip || sip->sip_request->rq_method == sip_method_ack)
		refusal_free(magic);
	return 0;
}

/* The final answer has gone out; the transaction is the call's no longer. */
static void refused(struct call *call)
{
	struct refusal *refusal = calloc(1, sizeof(*refusal));

	if (!refusal) {
		irq_done(call);
		return;
	}
	refusal->sip = call->sip;
	refusal->load = call->load;
	refusal->irq = call->irq;
	call->irq = NULL;
	ongoing_move(&refusal->ongoing, call->sip, &call->ongoing);
	load_unacked(call->sip, call->load, 1);
	LIST_INSERT_HEAD(&call->sip->refusals, refusal, link);
	nta_incoming_bind(refusal->irq, on_refused, refusal);
}

void refusals_free(struct sip *sip)
{
	while (!LIST_EMPTY(&sip->refusals))
		refusal_free(LIST_FIRST(&sip->refusals));
}

static void invite_done(struct call *call)
{
	msg_destroy(call->invite);
	call->invite = NULL;
	label_free(call);
}

static void on_ack(struct call *call, const sip_t *sip)
{
	msg_t *ack = nta_incoming_getrequest_ackcancel(call->irq);
	struct dialog *dialog = dialog_confirmed(call);

	irq_done(call);
	if (call->state != CALL_ANSWERED) {
		msg_destroy(ack);
		call_settle(call);
		return;
	}
	attempt_ack(call, dialog, ack, sip);
	msg_destroy(ack);
	call_enter(call, CALL_UP);
	if (call->early_bye) {
		msg_t *bye = call->early_bye;

		call->early_bye = NULL;
		call_bye(&dialog->callee, bye, sip_object(bye));
		msg_destroy(bye);
	}
}

static void on_cancel(struct call *call, const sip_t *sip)
{
	/* First the gateway: a phone that rings for nobody is worse than a
	 * late 487. */
	attempt_cancel(call, sip);
	caller_reject(call, PARTY_CALLER, SIP_487_REQUEST_CANCELLED);
}

static int caller_event(void *magic, nta_incoming_t *irq, const sip_t *sip)
{
	struct call *call = magic;

	(void)irq;
	if (!sip && call->state < CALL_ANSWERED) {
		/* RFC 3262 3: nor a PRACK. */
		attempt_cancel(call, NULL);
		caller_reject(call, PARTY_CALLER, SIP_504_GATEWAY_TIME_OUT);
	} else if (!sip) {
		/* RFC 3261 13.3.1.4: no ACK within 64*T1 ends the session. */
		irq_done(call);
		call_hangup(call, "SIP;cause=408;text=\"ACK missing\"");
	} else if (sip->sip_request->rq_method == sip_method_ack) {
		on_ack(call, sip);
	} else if (sip->sip_request->rq_method == sip_method_cancel) {
		on_cancel(call, sip);
	}
	return 0;
}

/* Makes the INVITE stateful and says so to the caller at once. */
int caller_accept(struct call *call, tport_t *transport)
{
	struct sip *sip = call->sip;

	call->irq = nta_incoming_create(
		sip->agent, NULL, msg_ref_create(call->invite),
		sip_object(call->invite), NTATAG_TPORT(transport), TAG_END());
	if (!call->irq)
		return -ENOMEM;
	nta_incoming_bind(call->irq, caller_event, call);
	nta_incoming_treply(call->irq, SIP_100_TRYING, TAG_END());
	return 0;
}

/* `dialog` is NULL for a provisional response without a tag. */
void caller_provisional(struct call *call, struct dialog *dialog, msg_t *msg,
			const sip_t *response)
{
	const sip_status_t *st = response->sip_status;
	struct crossing crossing = crossing_to_caller(call, dialog);
	const sip_t *invite = sip_object(call->invite);
	msg_t *reply;

	reply = message_response(
		&crossing, NULL, msg, response, st->st_status, st->st_phrase,
		contact_for(call, call->listener, call->transport), NULL);
	if (!reply)
		return;
	if (address_repeat(reply, invite->sip_from, NULL) < 0 ||
	    address_repeat(reply, invite->sip_to,
			   dialog ? dialog->tag : call->tag) < 0) {
		msg_destroy(reply);
		return;
	}
	nta_msg_mreply(
		call->sip->agent, reply, sip_object(reply), st->st_status,
		st->st_phrase, msg_ref_create(call->invite),
		NTATAG_TPORT(transport_open(call->connection)), TAG_END());
}

int caller_answer(struct call *call, struct dialog *dialog, msg_t *msg,
		  const sip_t *response)
{
	const sip_status_t *st = response->sip_status;
	struct crossing crossing = crossing_to_caller(call, dialog);
	msg_t *reply;

	nta_incoming_tag(call->irq, dialog->tag);
	reply = message_response(&crossing, call->irq, msg, response,
				 st->st_status, st->st_phrase,
				 leg_contact(&dialog->caller), dialog->tag);
	if (!reply || session_complete(reply, sip_object(call->invite)) < 0) {
		msg_destroy(reply);
		return -ENOMEM;
	}
	session_agreed(call, sip_object(reply));
	if (nta_incoming_mreply(call->irq, reply) < 0)
		return -ENOMEM;
	call->status = st->st_status;
	call->answered_ms = now_wall_ms();
	metric_add(METRIC_CALLS_ANSWERED, 1);
	invite_done(call);
	return 0;
}

/* Passes the callee's refusal to the caller and ends the call. */
void caller_final(struct call *call, msg_t *msg, const sip_t *response,
		  int status, const char *phrase)
{
	struct crossing crossing = crossing_to_caller(call, NULL);
	msg_t *reply;

	nta_incoming_tag(call->irq, call->tag);
	reply = message_response(&crossing, call->irq, msg, response, status,
				 phrase, NULL, call->tag);
	if (!reply || nta_incoming_mreply(call->irq, reply) < 0)
		nta_incoming_treply(call->irq, SIP_500_INTERNAL_SERVER_ERROR,
				    TAG_END());
	refused(call);
	invite_done(call);
	call->unwanted = status == 607;
	call_report(call, PARTY_CALLEE, status, phrase);
	call_enter(call, CALL_ENDING);
	call_settle(call);
}

/* Where the stack has answered a CANCEL, the tag it made for that is the one
 * to repeat (RFC 3261 9.2), unless the caller saw ours in a 18x (8.2.6.2). */
static const char *rejection_tag(const struct call *call)
{
	const char *tag = nta_incoming_gettag(call->irq);

	return tag && call->state < CALL_RINGING ? tag : call->tag;
}

void caller_end(struct call *call, enum call_party by,
		const struct sip_answer *how)
{
	msg_t *reply = nta_incoming_create_response(call->irq, how->status,
						    how->phrase);
	sip_t *sip = sip_object(reply);

	if (sip && sip->sip_to)
		msg_header_remove_param(sip->sip_to->a_common, "tag");
	if (sip)
		sip_to_tag(msg_home(reply), sip->sip_to, rejection_tag(call));
	/* The stack may look at it when the owner's text is gone. */
	if (sip && sip->sip_status)
		sip->sip_status->st_phrase =
			su_strdup(msg_home(reply), how->phrase);
	if (sip)
		sip_add_tl(reply, sip,
			   SIPTAG_HEADER(answer_headers(msg_home(reply), how)),
			   SIPTAG_HEADER(session_id_answer(
				   msg_home(reply), sip_object(call->invite),
				   LIST_FIRST(&call->dialogs))),
			   TAG_END());
	nta_incoming_mreply(call->irq, reply);
	refused(call);
	call_report(call, by, how->status, how->phrase);
	invite_done(call);
	call_enter(call, CALL_ENDING);
	call_settle(call);
}

/* Refuses the call in our own name and ends it. */
void caller_reject(struct call *call, enum call_party by, int status,
		   const char *phrase)
{
	const struct sip_answer how = {
		.status = status,
		.phrase = phrase,
		.retry_after_s =
			status == 503 ? call->sip->config->retry_after_s : 0,
	};

	caller_end(call, by, &how);
}

/* Tells the caller the way instead of taking the call there. */
void caller_move(struct call *call)
{
	const sip_t *invite = sip_object(call->invite);
	struct moved moved;

	moved_read(&moved, call->sip, call->config, call->trunk,
		   msg_home(call->invite), invite->sip_request);
	call->moved = &moved;
	caller_end(call, PARTY_CALLSIEVE, &moved.answer);
}
