/* What the caller hears when no attempt succeeded: the best of all answers,
 * with the headers and the phrase that came with it (RFC 3261 16.7 (6)). */
#include "internal.h"

#include <limits.h>

/* Less is better. An answer of the callee's side is worth more than our own
 * finding that there was none. */
static unsigned rank(int status, bool ours)
{
	unsigned class = (unsigned)status / 100 * 10;

	switch (status) {
	case 401:
	case 407:
	case 415:
	case 420:
	case 484:
		return class;
	case 503:
		return class + 2;
	default:
		return class == 60 ? 0 : class + (ours ? 3 : 1);
	}
}

/* Notes how an attempt ended. Takes `msg`, NULL where there was no answer:
 * then the status is 408 or, for a failed transport, 503 (RFC 3261 16.7, 16.8
 * and 16.9); or 480, where redirections led nowhere. */
void outcome_add(struct call *call, msg_t *msg, int status)
{
	unsigned best = call->best_status ? rank(call->best_status, !call->best)
					  : UINT_MAX;

	if (rank(status, !msg) >= best) {
		msg_destroy(msg);
		return;
	}
	msg_destroy(call->best);
	call->best = msg;
	call->best_status = status;
	call->best_trusted = call->gateway_trusted;
}

/* Gives the caller the best of them, and so ends the call. */
void outcome_tell(struct call *call)
{
	msg_t *msg = call->best;
	int status = call->best_status;
	const sip_t *sip = sip_object(msg);

	call->best = NULL;
	call->gateway_trusted = call->best_trusted;
	/* A 503 of one gateway is not ours: the caller would take its calls
	 * away from all of us (RFC 3261 16.7 (6)). */
	if (!msg && status == 408)
		caller_reject(call, PARTY_CALLSIEVE, SIP_408_REQUEST_TIMEOUT);
	else if (!msg && status == 480)
		caller_reject(call, PARTY_CALLSIEVE,
			      SIP_480_TEMPORARILY_UNAVAILABLE);
	else if (!msg)
		caller_reject(call, PARTY_CALLSIEVE,
			      SIP_500_INTERNAL_SERVER_ERROR);
	else if (status == 503)
		caller_final(call, msg, sip, SIP_500_INTERNAL_SERVER_ERROR);
	else
		caller_final(call, msg, sip, status,
			     sip->sip_status->st_phrase);
	msg_destroy(msg);
}
