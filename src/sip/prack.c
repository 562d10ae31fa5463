/* Reliable provisional responses (RFC 3262), end to end: to the caller's
 * INVITE, and to a re-INVITE of either side. One side's becomes one towards the
 * other under an RSeq of the stack's. The PRACK of it comes to on_prack() and
 * goes on to the first side, naming that one's RSeq; its answer comes back by
 * the relay as any other's.
 *
 * The stack must not be given a 2xx while one of these waits for its PRACK: it
 * would be sent once and never again. Whoever has to pass the 2xx holds it
 * (attempt.c, relay.c) and is told here when the PRACKs have come. */
#include "internal.h"

#include <stdlib.h>

struct reliable {
	LIST_ENTRY(reliable) link;
	struct call *call;   /* NULL once it is gone */
	struct leg *to;	     /* which is to PRACK it; NULL once it ended */
	struct relay *relay; /* of the re-INVITE; NULL: the first INVITE */
	uint32_t rseq, cseq; /* as the side that sent it knows them */
};

static void forget(struct reliable *reliable)
{
	if (reliable->call) {
		LIST_REMOVE(reliable, link);
		reliable->call->reliables_count--;
	}
	free(reliable);
}

static void pass_prack(const struct reliable *reliable, nta_incoming_t *irq,
		       const sip_t *sip)
{
	struct leg *from = reliable->to;
	char rack[40];
	int status = 481;

	snprintf(rack, sizeof(rack), "%lu %lu INVITE",
		 (unsigned long)reliable->rseq, (unsigned long)reliable->cseq);
	if (from && leg_peer(from)->nta)
		status = relay_pass(from, irq, sip, rack);
	if (status) {
		nta_incoming_treply(irq, status, NULL, TAG_END());
		nta_incoming_destroy(irq);
	}
}

/* The PRACK; or, with `sip` NULL, the stack needs it no longer. */
static int on_prack(nta_reliable_magic_t *magic, nta_reliable_t *rel,
		    nta_incoming_t *irq, const sip_t *sip)
{
	struct reliable *reliable = (struct reliable *)magic;
	const struct reliable was = *reliable;

	nta_reliable_destroy(rel);
	forget(reliable);
	if (!sip)
		return 0;
	pass_prack(&was, irq, sip);
	if (was.relay)
		relay_pracked(was.relay);
	else if (was.call)
		attempt_pracked(was.call);
	return 0;
}

/* Passes a reliable response to an INVITE that came from `to`, as an answer to
 * `irq`; of a re-INVITE `relay` is the relay. False: who asked takes none, so
 * it may only go as any other. */
bool prack_provisional(struct leg *to, nta_incoming_t *irq, struct relay *relay,
		       msg_t *msg, const sip_t *response)
{
	struct dialog *dialog = to->dialog;
	struct call *call = dialog->call;
	struct crossing crossing = crossing_to(to);
	struct reliable *reliable;
	msg_t *reply;

	if (call->reliables_count == RELIABLES_MAX)
		return false;
	reply = message_response(&crossing, irq, msg, response,
				 response->sip_status->st_status,
				 response->sip_status->st_phrase,
				 leg_contact(to), relay ? NULL : dialog->tag);
	reliable = calloc(1, sizeof(*reliable));
	if (!reply || !reliable) {
		msg_destroy(reply);
		free(reliable);
		return false;
	}
	reliable->call = call;
	reliable->to = to;
	reliable->relay = relay;
	reliable->rseq = response->sip_rseq->rs_response;
	reliable->cseq = response->sip_cseq->cs_seq;
	LIST_INSERT_HEAD(&call->reliables, reliable, link);
	call->reliables_count++;
	if (nta_reliable_mreply(irq, on_prack, (nta_reliable_magic_t *)reliable,
				reply))
		return true;
	forget(reliable);
	return false;
}

/* The stack keeps its own object until the transaction ends: taking it away
 * before would abort at the next retransmission. */
void prack_dialog_gone(struct call *call, const struct dialog *dialog)
{
	struct reliable *reliable;

	LIST_FOREACH (reliable, &call->reliables, link)
		if (reliable->to && reliable->to->dialog == dialog)
			reliable->to = NULL;
}

void prack_relay_gone(struct call *call, const struct relay *relay)
{
	struct reliable *reliable;

	LIST_FOREACH (reliable, &call->reliables, link)
		if (reliable->relay == relay) {
			reliable->relay = NULL;
			reliable->to = NULL;
		}
}

/* Does a response to that re-INVITE wait for its PRACK? */
bool prack_awaited(const struct call *call, const struct relay *relay)
{
	const struct reliable *reliable;

	LIST_FOREACH (reliable, &call->reliables, link)
		if (reliable->relay == relay)
			return true;
	return false;
}

void prack_call_gone(struct call *call)
{
	struct reliable *reliable;

	while ((reliable = LIST_FIRST(&call->reliables))) {
		LIST_REMOVE(reliable, link);
		reliable->call = NULL;
		reliable->to = NULL;
		reliable->relay = NULL;
	}
}
