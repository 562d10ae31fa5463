/* Building one leg's message out of the other's: the start line, what belongs
 * to the leg itself, and what headers.c lets across. */
#include "internal.h"

#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/core/digest.h"

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
	return header_insert(msg, sip_unknown_format(msg_home(msg),
						     "Max-Breadth: %u",
						     max_breadth(from)));
}

static int add_contact(msg_t *msg, const sip_contact_t *contact)
{
	return header_insert(
		msg, msg_header_copy_one(msg_home(msg),
					 (const msg_header_t *)contact));
}

/* The one header of ours that a message may have (see headers.c). */
static int add_callers_id(msg_t *msg, const struct target *target,
			  const sip_t *from)
{
	if (!target->gateway->call_id_header)
		return 0;
	return header_insert(msg, sip_unknown_format(msg_home(msg),
						     "X-Callsieve-Call-ID: %s",
						     from->sip_call_id->i_id));
}

static sip_request_t *request_line(const struct call *call, msg_t *msg,
				   const url_t *gateway)
{
	const sip_t *from = sip_object(call->invite);
	const url_t *uri = redirect_uri(call);

	return uri ? sip_request_create(msg_home(msg), SIP_METHOD_INVITE,
					(const url_string_t *)uri, NULL)
		   : address_request(msg, from->sip_request, gateway);
}

/* The caller's INVITE as it goes to a gateway, or to where that redirected it.
 * Every attempt is a call of its own to the outside: new Call-ID, new tag. */
msg_t *message_invite(struct call *call, const struct target *target)
{
	msg_t *msg = nta_msg_create(call->sip->agent, 0);
	const struct listener *listener = target->listener;
	const sip_t *from = sip_object(call->invite);
	struct crossing crossing = crossing_to_callee(call, NULL);
	sip_request_t *rq;
	const url_t *read;
	char *host;
	su_home_t *home;

	if (!msg)
		return NULL;
	home = msg_home(msg);
	rq = request_line(call, msg, target->at);
	read = rq ? address_read(home, rq->rq_url) : NULL;
	if (read)
		call_id_make(call->sip, call->call_id, call->trunk->name, read);
	crossing.initial = true;
	/* The message may outlive the target. */
	host = su_strdup(home, target->at->url_host);
	if (!host || !read || header_insert(msg, rq) < 0 ||
	    header_insert(msg, address_from(&crossing, msg, from->sip_from,
					    listener->host)) < 0 ||
	    header_insert(msg, address_to(msg, from->sip_to, host)) < 0 ||
	    header_insert(msg, sip_call_id_make(home, call->call_id)) < 0 ||
	    header_insert(msg, sip_cseq_create(home, 1, SIP_METHOD_INVITE)) <
		    0 ||
	    add_max_forwards(msg, from) < 0 || add_max_breadth(msg, from) < 0 ||
	    add_contact(msg, contact_for(call, listener, target->transport)) <
		    0 ||
	    headers_cross(&crossing, msg, call->invite, from) < 0 ||
	    label_add(call, msg) < 0 || add_callers_id(msg, target, from) < 0 ||
	    redirect_history(call, msg) < 0) {
		msg_destroy(msg);
		return NULL;
	}
	return msg;
}

/* RFC 5057 5.4: which carry a Contact that is the sender's new target. */
bool method_sets_target(sip_method_t method)
{
	return method == sip_method_invite || method == sip_method_update ||
	       method == sip_method_subscribe || method == sip_method_notify ||
	       method == sip_method_refer;
}

static int add_session_id(const struct leg *to, msg_t *msg)
{
	sip_header_t *h = session_id_ours(msg_home(msg), to);

	return h ? header_insert(msg, h) : 0;
}

static int cross_within(struct leg *to, msg_t *msg, msg_t *from,
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
	if ((sip ? cross_within(to, msg, from, sip) : add_session_id(to, msg)) <
		    0 ||
	    (method_sets_target(method) &&
	     add_contact(msg, leg_contact(to)) < 0) ||
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

/* RFC 3261 12.1.1. The stack does that for answers it makes itself, and for
 * those that are sent past the transaction. */
static int add_record_route(msg_t *msg, nta_incoming_t *irq, int status)
{
	msg_t *request =
		irq && status < 300 ? nta_incoming_getrequest(irq) : NULL;
	const sip_t *sip = sip_object(request);
	int err = 0;

	if (sip && sip->sip_record_route)
		err = sip_add_dup(msg, sip_object(msg),
				  (const sip_header_t *)sip->sip_record_route);
	msg_destroy(request);
	return err;
}

/* An answer with what it owes to its request. The stack would let it point into
 * the transaction, and the other side's headers point elsewhere already: a
 * message can hold on to one other alone, and may wait in a connection's queue
 * when the transaction is gone. */
static msg_t *answer_new(struct sip *sip, nta_incoming_t *irq, int status,
			 const char *phrase, const char *tag)
{
	msg_t *msg = nta_msg_create(sip->agent, 0);
	msg_t *request = nta_incoming_getrequest(irq);
	const sip_t *asked = sip_object(request);
	int err = -1;

	if (msg && asked)
		err = header_insert(
			msg,
			sip_status_create(msg_home(msg), status, phrase, NULL));
	if (err >= 0)
		err = sip_add_tl(msg, sip_object(msg),
				 SIPTAG_VIA(asked->sip_via),
				 SIPTAG_CALL_ID(asked->sip_call_id),
				 SIPTAG_CSEQ(asked->sip_cseq), TAG_END());
	if (err >= 0)
		err = address_repeat(msg, asked->sip_from, NULL);
	if (err >= 0)
		err = address_repeat(msg, asked->sip_to, tag);
	msg_destroy(request);
	if (err >= 0)
		return msg;
	msg_destroy(msg);
	return NULL;
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
	struct sip *sip = crossing->call->sip;
	msg_t *msg = irq ? answer_new(sip, irq, status, phrase, tag)
			 : nta_msg_create(sip->agent, 0);
	int err = msg ? 0 : -1;

	crossing->refusal = status >= 300;
	if (!err && contact)
		err = add_contact(msg, contact);
	if (!err)
		err = add_record_route(msg, irq, status);
	if (!err)
		err = headers_cross(crossing, msg, from, response);
	if (err) {
		msg_destroy(msg);
		return NULL;
	}
	return msg;
}

/* As it is written. Of several on one line the first has them all. */
static sip_header_t *reasons_of(su_home_t *home, const sip_t *sip)
{
	const msg_header_t *h = (const msg_header_t *)sip->sip_request;
	sip_header_t *first = NULL, **next = &first;

	for (; h; h = h->sh_succ) {
		const char *name = header_name(h);
		char *value;

		if (!name || !su_casematch(name, "Reason"))
			continue;
		if (h->sh_data)
			value = h->sh_len ? header_value(home, h) : NULL;
		else
			value = sip_header_as_string(home,
						     (const sip_header_t *)h);
		if (!value)
			continue;
		*next = (sip_header_t *)sip_unknown_format(home, "Reason: %s",
							   value);
		if (!*next)
			break;
		next = &(*next)->sh_next;
	}
	return first;
}

/* Because the other side has sent `from`, or, with NULL, by ourselves. What it
 * takes over of the INVITE: RFC 3261 9.1, and RFC 7989 6. */
void invite_cancel(nta_outgoing_t *orq, const sip_t *from)
{
	msg_t *invite = nta_outgoing_getrequest(orq);
	const sip_t *sip = sip_object(invite);
	const sip_unknown_t *h = sip ? session_id_of(sip) : NULL;
	su_home_t home[1] = {SU_HOME_INIT(home)};

	su_home_init(home);
	nta_outgoing_tcancel(
		orq, NULL, NULL,
		SIPTAG_HEADER(from ? reasons_of(home, from) : NULL),
		SIPTAG_HEADER((const sip_header_t *)h), TAG_END());
	su_home_deinit(home);
	msg_destroy(invite);
}

/* Of this response, not of its transaction: after a final response the stack
 * still delivers a provisional one that came late. */
int response_status(const nta_outgoing_t *orq, const sip_t *sip)
{
	return sip ? sip->sip_status->st_status : nta_outgoing_status(orq);
}
