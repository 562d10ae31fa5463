/* Functions of the stack that ours take the place of: the library finds these
 * first. Each keeps a stranger's message from what it would do in there. */
#include "internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include <sofia-sip/su_addrinfo.h>
#include <sofia-sip/su_tagarg.h>
#include <sofia-sip/url.h>

typedef tport_t *tsend_f(tport_t *self, msg_t *msg, const tp_name_t *tpn,
			 tag_type_t tag, tag_value_t value, ...);

typedef int ackbye_f(nta_agent_t *agent, msg_t *msg);

static tsend_f *stack_tsend;
static ackbye_f *stack_ackbye;

int guard_init(void)
{
	*(void **)&stack_tsend = dlsym(RTLD_NEXT, "tport_tsend");
	*(void **)&stack_ackbye = dlsym(RTLD_NEXT, "nta_msg_ackbye");
	return stack_tsend && stack_ackbye ? 0 : -ENOSYS;
}

/* A Via may have a name as its maddr, and our answer goes there: the stack
 * would ask the resolver for it, and wait. */
int su_getaddrinfo(const char *node, const char *service,
		   const su_addrinfo_t *hints, su_addrinfo_t **res)
{
	su_addrinfo_t numeric = {0};

	if (hints)
		numeric = *hints;
	numeric.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
	return getaddrinfo(node, service && *service ? service : "0", &numeric,
			   res);
}

/* The stack's own reads on behind the string where the last parameter begins
 * with the name: "lrx" for "lr". */
isize_t url_param(const char *params, const char *name, char value[],
		  isize_t size)
{
	size_t len = strlen(name), n, value_len;

	if (len && name[len - 1] == '=')
		len--;
	for (const char *at = params; at && *at; at += n + (at[n] == ';')) {
		n = strcspn(at, ";");
		if (n < len || strncasecmp(at, name, len) != 0 ||
		    (n > len && at[len] != '='))
			continue;
		value_len = n > len ? n - len - 1 : 0;
		if (value_len < (size_t)size) {
			memcpy(value, at + n - value_len, value_len);
			value[value_len] = '\0';
		}
		return value_len + 1;
	}
	return 0;
}

int url_has_param(const url_t *url, const char *name)
{
	return url && url_param(url->url_params, name, NULL, 0);
}

/* RFC 3261 18.2.2: an answer whose connection is gone goes by a new one, to
 * the port in Via. The stack would take the one the caller connected from. */
static const tp_name_t *sent_by(tp_name_t *name, const tp_name_t *tpn,
				const sip_via_t *via)
{
	if (!via || !tpn)
		return tpn;
	*name = *tpn;
	name->tpn_port = sip_via_port(via, NULL);
	return name;
}

static bool has_gone(tport_t *tport)
{
	return tport_is_reliable(tport) &&
	       !(tport_is_secondary(tport) && tport_is_clear_to_send(tport));
}

/* An answer that cannot be sent counts as one that was lost: the stack repeats
 * it if need be. Told that it failed, the stack would abort when the ACK comes
 * (incoming_ack), and a caller gets there by a Via that leads nowhere, or by a
 * connection it does not read from. */
tport_t *tport_tsend(tport_t *self, msg_t *msg, const tp_name_t *tpn,
		     tag_type_t tag, tag_value_t value, ...)
{
	const sip_t *sip = sip_object(msg);
	bool answer = self && sip && sip->sip_status;
	tport_t *sent = NULL;
	tp_name_t name;
	ta_list ta;

	ta_start(ta, tag, value);
	if (!answer || !has_gone(self))
		sent = stack_tsend(self, msg, tpn, ta_tags(ta));
	if (!sent && answer && has_gone(self))
		sent = stack_tsend(self, msg, sent_by(&name, tpn, sip->sip_via),
				   ta_tags(ta));
	if (!sent && answer)
		sent = self;
	ta_end(ta);
	return sent;
}

/* Ours is the call that a 2xx which came too late belongs to. */
static struct call *call_answered(nta_agent_t *agent, const sip_t *sip)
{
	nta_leg_t *nta = nta_leg_by_call_id(agent, sip->sip_call_id->i_id);
	struct leg *leg = nta ? nta_leg_magic(nta, relay_recv) : NULL;

	return leg && !leg_is_caller(leg) ? leg->dialog->call : NULL;
}

/* Two forks of a callee may answer, and the second is told that it is too late.
 * The stack would do that by itself, to where the Contact says, by UDP over
 * IPv4 if there is nothing else in it; the way to it is that of the call. Takes
 * `msg` if it returns 0. */
int nta_msg_ackbye(nta_agent_t *agent, msg_t *msg)
{
	const sip_t *sip = sip_object(msg);
	struct call *call = call_answered(agent, sip);

	if (!call || dialog_decline(call, sip) < 0)
		return stack_ackbye(agent, msg);
	msg_destroy(msg);
	return 0;
}
