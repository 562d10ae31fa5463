/* Our INVITE to a gateway: sending it, what comes back, moving on to the next
 * one, cancelling and acknowledging it. */
#include "internal.h"

#include <string.h>

#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"
#include "callsieve/core/metrics.h"

static int on_response(void *magic, nta_outgoing_t *orq, const sip_t *sip);

static void orq_done(struct call *call)
{
	nta_outgoing_destroy(call->orq);
	call->orq = NULL;
}

static bool try_target(struct call *call, struct target *target)
{
	msg_t *msg;

	call->gateway_trusted = target->gateway->trusted;
	msg = message_invite(call, target);
	if (!msg)
		return false;
	target_unref(call->target);
	call->target = target_ref(target);
	call->responded = false;
	call->unreachable = false;
	call->orq = nta_outgoing_mcreate(call->sip->agent, on_response, call,
					 (url_string_t *)target->url, msg,
					 TPTAG_IDENT(target->listener->name),
					 NTATAG_PASS_100(1), TAG_END());
	if (!call->orq) {
		msg_destroy(msg);
		return false;
	}
	health_sent(target);
	loop_timer_set(call->timer, target->gateway->answer_ms);
	return true;
}

static bool try_next(struct call *call)
{
	struct target *target;

	if (call->aimed)
		return false;
	redirect_over(call);
	while (call->tried_count < call->route->max_attempts &&
	       (target = choose_target(call))) {
		call->tried[call->tried_count++] = target->id;
		if (try_target(call, target))
			return true;
	}
	return false;
}

/* Where a redirection sent us, while it names somewhere. */
static bool try_redirected(struct call *call)
{
	struct target *target;
	bool sent = false;

	dialogs_free(call, NULL);
	while (!sent && (target = redirect_next(call))) {
		sent = try_target(call, target);
		target_unref(target);
	}
	return sent;
}

/* The first attempt, or what there is to say when none can be made. */
void attempt_first(struct call *call)
{
	call_enter(call, CALL_TRYING);
	if (try_next(call))
		return;
	/* RFC 5630: no gateway is to be reached by TLS. */
	if (call->secure && !call->tried_count)
		caller_reject(call, PARTY_CALLSIEVE,
			      SIP_480_TEMPORARILY_UNAVAILABLE);
	else
		outcome_tell(call);
}

/* The one attempt of a call that is meant for the party behind the leg. */
void attempt_takeover(struct call *call, struct leg *leg)
{
	struct target *target = takeover_target(leg);
	msg_t *msg = NULL;

	call_enter(call, CALL_TRYING);
	call->aimed = true;
	call->target = target;
	if (target) {
		call->gateway_trusted = target->gateway->trusted;
		msg = takeover_invite(call, target, leg);
	}
	if (msg)
		call->orq = leg_send_invite(leg, on_response, call, msg);
	if (!call->orq) {
		outcome_tell(call);
		return;
	}
	health_sent(target);
	loop_timer_set(call->timer, target->gateway->answer_ms);
}

static void fail_over(struct call *call, int status, const char *why)
{
	log_info("call=%s event=gateway-failed gateway=%s status=%d why=%s "
		 "call_id_out=%s",
		 call->name, call->target->gateway->name, status, why,
		 call->call_id);
	dialogs_free(call, NULL);
	if (try_next(call))
		metric_add(METRIC_FAILOVERS, 1);
	else
		outcome_tell(call);
}

static void pass_provisional(struct call *call, const sip_t *sip, msg_t *msg)
{
	struct dialog *dialog = dialog_for(call, sip);

	if (call->state == CALL_TRYING)
		call_enter(call, CALL_RINGING);
	if (dialog && sip->sip_rseq) {
		/* RFC 3262 4: repeated by the callee until its PRACK comes. */
		if (sip->sip_rseq->rs_response <= dialog->rseq)
			return;
		dialog->rseq = sip->sip_rseq->rs_response;
		if (prack_provisional(&dialog->caller, call->irq, NULL, msg,
				      sip))
			return;
	}
	caller_provisional(call, dialog, msg, sip);
}

static void on_provisional(struct call *call, const sip_t *sip)
{
	msg_t *msg;

	call->responded = true;
	call_timer_c(call);
	if (sip->sip_status->st_status == 100)
		return;
	msg = nta_outgoing_getresponse(call->orq);
	pass_provisional(call, sip, msg);
	msg_destroy(msg);
}

static void pass_answer(struct call *call, msg_t *msg, const sip_t *sip)
{
	struct dialog *dialog = dialog_for(call, sip);

	loop_timer_stop(call->timer);
	if (dialog && caller_answer(call, dialog, msg, sip) == 0) {
		dialogs_free(call, dialog);
		call_enter(call, CALL_ANSWERED);
		return;
	}
	/* Answered, but we cannot tell the caller. */
	if (dialog) {
		attempt_ack(call, dialog, NULL, NULL);
		leg_bye(&dialog->callee, NULL, NULL, NULL);
	}
	caller_reject(call, PARTY_CALLSIEVE, SIP_500_INTERNAL_SERVER_ERROR);
}

static void on_answer(struct call *call, const sip_t *sip)
{
	msg_t *msg = nta_outgoing_getresponse(call->orq);

	if (LIST_EMPTY(&call->reliables)) {
		pass_answer(call, msg, sip);
		msg_destroy(msg);
	} else {
		msg_destroy(call->held_answer);
		call->held_answer = msg;
	}
}

/* The caller has PRACKed: an answer that had to wait for it may go. */
void attempt_pracked(struct call *call)
{
	msg_t *msg = call->held_answer;

	if (!msg || !LIST_EMPTY(&call->reliables))
		return;
	call->held_answer = NULL;
	pass_answer(call, msg, sip_object(msg));
	msg_destroy(msg);
}

/* RFC 3263 4.3: 503 and transport failures (which the stack reports as 503 of
 * its own) say nothing of the callee; of some others the route decides. Once
 * it rings, another attempt would ring it again. */
static bool may_fail_over(const struct call *call, int status, bool internal)
{
	return call->state != CALL_RINGING && !redirect_conclusive(call) &&
	       (internal || config_fails_over(call->route, status));
}

static void on_refusal(struct call *call, const sip_t *sip, int status)
{
	bool internal = !sip || nta_sip_is_internal(sip);
	bool more = redirect_refused(call, internal ? NULL : sip, status);

	if (status >= 400 || !redirect_followed(call))
		outcome_add(call,
			    internal ? NULL
				     : nta_outgoing_getresponse(call->orq),
			    status);
	else if (!more)
		outcome_add(call, NULL, 480); /* RFC 3261 16.7 (4) */
	orq_done(call);
	if (internal)
		health_failed(call->target);
	if (more && try_redirected(call))
		return;
	if (may_fail_over(call, status, internal))
		fail_over(call, status, internal ? "unreachable" : "refused");
	else
		outcome_tell(call);
}

/* The caller is gone already; the callee may not know yet. */
static void on_response_late(struct call *call, const sip_t *sip, int status)
{
	struct dialog *dialog;

	if (status < 200)
		return;
	if (status < 300 && (dialog = dialog_for(call, sip))) {
		attempt_ack(call, dialog, NULL, NULL);
		leg_bye(&dialog->callee, NULL, NULL,
			"SIP;cause=487;text=\"Request Terminated\"");
	} else {
		orq_done(call);
	}
	call_settle(call);
}

static int on_response(void *magic, nta_outgoing_t *orq, const sip_t *sip)
{
	struct call *call = magic;
	int status = response_status(orq, sip);

	if (sip && !nta_sip_is_internal(sip))
		health_heard(call->target);
	/* A 18x that the 2xx overtook. */
	if (call->state == CALL_ANSWERED || call->state == CALL_UP)
		return 0;
	if (call->state == CALL_ENDING)
		on_response_late(call, sip, status);
	else if (status < 200)
		on_provisional(call, sip);
	else if (status < 300)
		on_answer(call, sip);
	else
		on_refusal(call, sip, status);
	return 0;
}

/* The callee has answered, and the caller will never know. */
static void hang_up_held(struct call *call)
{
	struct dialog *dialog = dialog_for(call, sip_object(call->held_answer));

	if (dialog) {
		attempt_ack(call, dialog, NULL, NULL);
		leg_bye(&dialog->callee, NULL, NULL,
			"SIP;cause=487;text=\"Request Terminated\"");
	} else {
		orq_done(call);
	}
	msg_destroy(call->held_answer);
	call->held_answer = NULL;
}

/* Gives the attempt up because the caller did (`sip` its CANCEL or BYE) or
 * because we do. A 2xx may still cross it. */
void attempt_cancel(struct call *call, const sip_t *sip)
{
	if (!call->orq)
		return;
	if (call->held_answer) {
		hang_up_held(call);
		return;
	}
	invite_cancel(call->orq, sip);
}

/* Acknowledges the callee's 2xx: with the caller's ACK, or with one of ours. */
void attempt_ack(struct call *call, struct dialog *dialog, msg_t *ack,
		 const sip_t *sip)
{
	sip_cseq_t cseq[1];
	msg_t *msg;

	if (!call->orq)
		return;
	sip_cseq_init(cseq);
	cseq->cs_seq = 1; /* as in message_invite() */
	cseq->cs_method = sip_method_ack;
	cseq->cs_method_name = "ACK";
	msg = message_within(&dialog->callee, ack, sip, SIP_METHOD_ACK, cseq);
	nta_outgoing_destroy(leg_send(&dialog->callee, NULL, NULL, msg));
	/* Only now: the stack aborts on an ACK whose INVITE it forgot. */
	orq_done(call);
}

/* Goes on without an answer. No CANCEL may be sent before a response (RFC 3261
 * 9.1): the stack holds it back until then. */
static void abandon(struct call *call)
{
	struct call *left = call->unreachable ? NULL : call_abandoned(call);

	if (left) {
		left->orq = call->orq;
		nta_outgoing_bind(left->orq, on_response, left);
		invite_cancel(left->orq, NULL);
		call->orq = NULL;
	} else {
		nta_outgoing_tcancel(call->orq, NULL, NULL,
				     NTATAG_CANCEL_408(1), TAG_END());
		orq_done(call);
	}
}

/* The stack does not tell of a TLS handshake that failed, and the INVITEs that
 * waited for it would wait on. */
void attempts_unreachable(struct sip *sip, const struct netaddr *addr,
			  uint16_t port)
{
	struct call *call;

	LIST_FOREACH (call, &sip->calls, link) {
		const struct target *target = call->target;

		if (call->state != CALL_TRYING || call->responded ||
		    !call->orq || !target || target->port != port ||
		    target->transport != TRANSPORT_TLS ||
		    memcmp(&target->addr, addr, sizeof(*addr)) != 0)
			continue;
		call->unreachable = true;
		loop_timer_set(call->timer, 1);
	}
}

/* By state: no response at all, Timer C, or a cancelled callee that never
 * ends its transaction. */
void attempt_timeout(struct call *call)
{
	if (call->state == CALL_ENDING) {
		nta_outgoing_tcancel(call->orq, NULL, NULL,
				     NTATAG_CANCEL_408(1), TAG_END());
		orq_done(call);
		call_settle(call);
	} else if (!call->responded) {
		int status = call->unreachable ? 503 : 408;

		abandon(call);
		health_failed(call->target);
		outcome_add(call, NULL, status);
		if (redirect_refused(call, NULL, status) &&
		    try_redirected(call))
			return;
		if (may_fail_over(call, status, true))
			fail_over(call, status,
				  call->unreachable ? "unreachable" : "silent");
		else
			outcome_tell(call);
	} else {
		attempt_cancel(call, NULL);
		caller_reject(call, PARTY_CALLSIEVE, SIP_408_REQUEST_TIMEOUT);
	}
}
