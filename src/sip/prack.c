/* Reliable provisional responses (RFC 3262), end to end. The callee's becomes
 * one towards the caller under an RSeq of the stack's; the caller's PRACK of
 * it goes on to the callee, naming the callee's RSeq, and its answer comes
 * back by the relay as any other's.
 *
 * The stack must not be given a 2xx while one of these waits for its PRACK: it
 * would be sent once and never again (attempt.c holds it). */
#include "internal.h"

#include <stdlib.h>

struct reliable {
	LIST_ENTRY(reliable) link;
	struct call *call;     /* NULL once it is gone */
	struct dialog *dialog; /* NULL once it ended */
	uint32_t rseq;	       /* the callee's */
};

static void forget(struct reliable *reliable)
{
	if (reliable->call) {
		LIST_REMOVE(reliable, link);
		reliable->call->reliables_count--;
	}
	free(reliable);
}

static void pass_prack(struct dialog *dialog, nta_incoming_t *irq,
		       const sip_t *sip, uint32_t rseq)
{
	char rack[40];
	int status = 481;

	/* Our INVITE to a gateway has CSeq 1: see message_invite(). */
	snprintf(rack, sizeof(rack), "%lu 1 INVITE", (unsigned long)rseq);
	if (dialog && dialog->callee.nta)
		status = relay_pass(&dialog->caller, irq, sip, rack);
	if (status) {
		nta_incoming_treply(irq, status, NULL, TAG_END());
		nta_incoming_destroy(irq);
	}
}

/* The caller's PRACK; or, with `sip` NULL, the stack needs it no longer. */
static int on_prack(nta_reliable_magic_t *magic, nta_reliable_t *rel,
		    nta_incoming_t *irq, const sip_t *sip)
{
	struct reliable *reliable = (struct reliable *)magic;
	struct call *call = reliable->call;
	struct dialog *dialog = reliable->dialog;
	uint32_t rseq = reliable->rseq;

	nta_reliable_destroy(rel);
	forget(reliable);
	if (!sip)
		return 0;
	pass_prack(dialog, irq, sip, rseq);
	if (call)
		attempt_pracked(call);
	return 0;
}

/* Passes a reliable response to the caller. False: the caller takes none, so
 * it may only go as any other. */
bool prack_provisional(struct call *call, struct dialog *dialog, msg_t *msg,
		       const sip_t *response)
{
	struct crossing crossing = crossing_to_caller(call, dialog);
	struct reliable *reliable;
	msg_t *reply;

	if (call->reliables_count == RELIABLES_MAX)
		return false;
	reply = message_response(&crossing, call->irq, msg, response,
				 response->sip_status->st_status,
				 response->sip_status->st_phrase,
				 leg_contact(&dialog->caller), dialog->tag);
	reliable = calloc(1, sizeof(*reliable));
	if (!reply || !reliable) {
		msg_destroy(reply);
		free(reliable);
		return false;
	}
	reliable->call = call;
	reliable->dialog = dialog;
	reliable->rseq = response->sip_rseq->rs_response;
	LIST_INSERT_HEAD(&call->reliables, reliable, link);
	call->reliables_count++;
	if (nta_reliable_mreply(call->irq, on_prack,
				(nta_reliable_magic_t *)reliable, reply))
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
		if (reliable->dialog == dialog)
			reliable->dialog = NULL;
}

void prack_call_gone(struct call *call)
{
	struct reliable *reliable;

	while ((reliable = LIST_FIRST(&call->reliables))) {
		LIST_REMOVE(reliable, link);
		reliable->call = NULL;
		reliable->dialog = NULL;
	}
}
