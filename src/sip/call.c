/* The call and its states. call_enter() alone changes them:
 *
 *   SCREENING -> TRYING -> RINGING -> ANSWERED -> UP -> ENDING
 *        \__________\_________\__________\______________^
 *
 * A call is freed in ENDING, by call_settle(), when nothing of it is left in
 * the stack. Its owner heard of the end before, by call_report(). */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/digest.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"
#include "callsieve/core/metrics.h"

/* 64*T1, after which no transaction of SIP still runs, and a little. */
#define ENDING_MS 34000

static void on_timer(void *arg)
{
	struct call *call = arg;

	if (call->state == CALL_UP) {
		session_over(call);
		return;
	}
	if (call->state == CALL_ENDING)
		relays_drop(call);
	if (call->orq)
		attempt_timeout(call);
	else
		call_settle(call);
}

/* False: no memory. */
bool call_timer_new(struct call *call)
{
	return call->timer ||
	       loop_timer_new(&call->timer, call->sip->loop, on_timer, call) ==
		       0;
}

/* At once, whatever is left in the stack: call_settle() does it in order. */
void call_free(struct call *call)
{
	struct sip *sip = call->sip;

	LIST_REMOVE(call, link);
	if (call->load)
		load_calls(sip, call->load, -1);
	else
		sip->abandoned--;
	ongoing_remove(&call->ongoing);
	nta_incoming_destroy(call->irq);
	nta_outgoing_destroy(call->orq);
	relays_drop(call);
	dialogs_free(call, NULL);
	prack_call_gone(call);
	msg_destroy(call->held_answer);
	redirect_free(call->redirect);
	loop_timer_free(call->timer);
	msg_destroy(call->invite);
	label_free(call);
	msg_destroy(call->early_bye);
	tport_unref(call->connection);
	target_unref(call->target);
	msg_destroy(call->best);
	config_free(call->config);
	free(call);
}

static void take_name(struct call *call)
{
	const struct sip_events *events = call->sip->events;
	const char *name = events->name ? events->name(call->ctx) : NULL;

	snprintf(call->name, sizeof(call->name), "%s", name ? name : "-");
}

/* Takes a reference to `msg`. The call counts from here on. */
struct call *call_new(struct sip *sip, const struct config_trunk *trunk,
		      struct trunk_load *load, msg_t *msg, void *ctx)
{
	struct call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->sip = sip;
	call->config = config_ref(sip->config);
	call->trunk = trunk;
	call->route = config_route_find(sip->config, trunk->route);
	call->load = load;
	call->ctx = ctx;
	take_name(call);
	call->invite = msg_ref_create(msg);
	call->state = CALL_SCREENING;
	own_tag(sip, call->tag);
	LIST_INIT(&call->dialogs);
	LIST_INIT(&call->relays);
	LIST_INIT(&call->reliables);
	LIST_INSERT_HEAD(&sip->calls, call, link);
	load_calls(sip, load, 1);
	ongoing_add(&call->ongoing, sip, sip_object(msg));
	load_count(call, CALL_ENDING, CALL_SCREENING);
	if (!call_timer_new(call)) {
		load_count(call, CALL_SCREENING, CALL_ENDING);
		call_free(call);
		return NULL;
	}
	return call;
}

/* An INVITE that was given up may still be answered, long after its call went
 * on or ended. What is left to do then is a call's ending, so it is one: with
 * no caller and no owner, and counted apart. NULL: there are too many. */
struct call *call_abandoned(struct call *call)
{
	struct sip *sip = call->sip;
	struct call *left;

	if (sip->abandoned == ABANDONED_MAX)
		return NULL;
	left = calloc(1, sizeof(*left));
	if (!left)
		return NULL;
	if (loop_timer_new(&left->timer, sip->loop, on_timer, left)) {
		free(left);
		return NULL;
	}
	left->sip = sip;
	left->config = config_ref(call->config);
	left->target = target_ref(call->target);
	left->state = CALL_ENDING;
	left->reported = true;
	memcpy(left->call_id, call->call_id, sizeof(left->call_id));
	memcpy(left->name, call->name, sizeof(left->name));
	memcpy(left->session_id, call->session_id, sizeof(left->session_id));
	LIST_INIT(&left->dialogs);
	LIST_INIT(&left->relays);
	LIST_INIT(&left->reliables);
	LIST_INSERT_HEAD(&sip->calls, left, link);
	sip->abandoned++;
	loop_timer_set(left->timer, ENDING_MS);
	return left;
}

/* What the stack never ends, we do. */
static void end_in_time(struct call *call)
{
	if (call_timer_new(call))
		loop_timer_set(call->timer, ENDING_MS);
	else
		relays_drop(call);
}

void call_enter(struct call *call, enum call_state state)
{
	static const char *const names[] = {"screening", "trying", "ringing",
					    "answered",	 "up",	   "ending"};

	if (call->state == state)
		return;
	log_debug("call=%s event=state from=%s to=%s", call->name,
		  names[call->state], names[state]);
	load_count(call, call->state, state);
	call->state = state;
	if (state == CALL_UP) {
		session_watch(call);
	} else if (state == CALL_ENDING) {
		ongoing_remove(&call->ongoing);
		relays_end(call, NULL);
		if (call->orq || !LIST_EMPTY(&call->relays))
			end_in_time(call);
	}
}

void call_bridge(struct call *call)
{
	if (call->trunk->mode == MODE_REDIRECT)
		caller_move(call);
	else if (call->route)
		attempt_first(call);
	else
		call_hangup(call, NULL);
}

void call_reject(struct call *call, const struct sip_answer *answer)
{
	caller_end(call, PARTY_CALLSIEVE, answer);
}

/* RFC 3261 16.6 (11): anew with each provisional response. */
void call_timer_c(struct call *call)
{
	loop_timer_set(call->timer, call->config->timer_c_s * 1000);
}

/* Tells the owner, once, how it ended. */
void call_report(struct call *call, enum call_party by, int status,
		 const char *phrase)
{
	const struct moved *moved = call->moved;
	const url_t *uri = redirect_uri(call);
	char redirected[CONTACT_MAX + 1];
	struct call_end end = {
		.by = by,
		.status = status,
		.phrase = phrase,
		.answered_ms = call->answered_ms,
		.unwanted = call->unwanted && call->gateway_trusted,
		.gateway = call->target ? call->target->gateway->name : NULL,
		.call_id_out = call->target ? call->call_id : NULL,
	};

	if (call->reported)
		return;
	call->reported = true;
	if (moved && moved->gateway) {
		end.gateway = moved->gateway->name;
		end.redirected_to = moved->uri;
	} else if (uri) {
		url_e(redirected, sizeof(redirected), uri);
		end.redirected_to = redirected;
	}
	call->sip->events->ended(&end, call->ctx, call->sip->arg);
}

static void end_answered(struct call *call, enum call_party by)
{
	call_report(call, by, call->status, sip_200_OK);
	call_enter(call, CALL_ENDING);
}

static bool says_unwanted(const sip_t *sip)
{
	const sip_reason_t *reason = sip->sip_reason;

	for (; reason; reason = reason->re_next)
		if (reason->re_protocol && reason->re_cause &&
		    su_casematch(reason->re_protocol, "SIP") &&
		    strcmp(reason->re_cause, "607") == 0)
			return true;
	return false;
}

/* One side hung up: `bye` is its request, already answered. */
void call_bye(struct leg *leg, msg_t *bye, const sip_t *sip)
{
	struct call *call = leg->dialog->call;
	struct leg *peer = leg_peer(leg);
	enum call_party by = leg_is_caller(leg) ? PARTY_CALLER : PARTY_CALLEE;

	switch (call->state) {
	case CALL_TRYING:
	case CALL_RINGING:
		/* RFC 3261 15: only the caller may end an early dialog so. */
		if (by == PARTY_CALLER) {
			attempt_cancel(call, sip);
			caller_reject(call, by, SIP_487_REQUEST_CANCELLED);
		}
		return;
	case CALL_ANSWERED:
		/* RFC 3261 15: towards the caller a BYE waits for its ACK. */
		if (by == PARTY_CALLEE) {
			msg_destroy(call->early_bye);
			call->early_bye = msg_ref_create(bye);
			return;
		}
		attempt_ack(call, leg->dialog, NULL, NULL);
		nta_incoming_destroy(call->irq);
		call->irq = NULL;
		break;
	case CALL_UP:
		break;
	case CALL_SCREENING:
	case CALL_ENDING:
		return;
	}
	call->unwanted = by == PARTY_CALLEE && says_unwanted(sip);
	end_answered(call, by);
	leg_over(leg);
	leg_bye(peer, bye, sip, NULL);
	call_settle(call);
}

/* We end the call, whatever its state. `reason`: of our BYEs. */
void call_hangup(struct call *call, const char *reason)
{
	struct dialog *dialog = dialog_confirmed(call);

	if (call->state == CALL_ENDING)
		return;
	if (call->state < CALL_ANSWERED) {
		attempt_cancel(call, NULL);
		caller_reject(call, PARTY_CALLSIEVE,
			      SIP_503_SERVICE_UNAVAILABLE);
		return;
	}
	attempt_ack(call, dialog, NULL, NULL);
	nta_incoming_destroy(call->irq);
	call->irq = NULL;
	end_answered(call, PARTY_CALLSIEVE);
	leg_bye(&dialog->caller, NULL, NULL, reason);
	leg_bye(&dialog->callee, NULL, NULL, reason);
	call_settle(call);
}

static bool legs_busy(const struct call *call)
{
	struct dialog *dialog;

	LIST_FOREACH (dialog, &call->dialogs, link)
		if (dialog->caller.bye || dialog->callee.bye)
			return true;
	return false;
}

/* Frees a call that is over and of which nothing is left to wait for. The
 * last thing to do with a call. */
void call_settle(struct call *call)
{
	if (call->state != CALL_ENDING || call->irq || call->orq ||
	    !LIST_EMPTY(&call->relays) || legs_busy(call))
		return;
	call_free(call);
}
