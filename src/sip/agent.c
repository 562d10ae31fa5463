/* The stack: created, bound to its addresses, configured, taken down. */
#include "internal.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/sresolv.h>
#include <sofia-sip/su_string.h>

#include "callsieve/core/digest.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"

#define SOCKET_BUFFER (4 << 20)
#define MESSAGE_MAX   (128 << 10)
#define STREAM_IDLE_S 600

/* Parsed headers of a usual message fit; fewer allocations, and none of them
 * left among those of the calls that outlive it. */
#define MESSAGE_PRELOAD 2560

/* Requests larger than this would go by TCP even where a trunk speaks UDP
 * alone; carriers' trunks are told their transport (RFC 3261 18.1.1 is about
 * unknown paths). */
#define UDP_MTU 65535

/* The stack's own Timer C is only there in case ours was lost. */
#define STACK_TIMER_C_MS (400 * 1000)

/* The stack gets no resolver: this takes the place of its own function. Our
 * requests all go to addresses (dialog.c, gateway.c). Those the stack sends by
 * itself, to a fork that answered second, may not: without a resolver they
 * fail at once. With one, a name chosen by a stranger would be looked up;
 * where its name server cannot be reached the stack loops for ever, and where
 * that refuses it reads freed memory (both branches of Sofia-SIP). */
sres_resolver_t *sres_resolver_create(su_root_t *root, char const *conf,
				      tag_type_t tag, tag_value_t value, ...)
{
	(void)root;
	(void)conf;
	(void)tag;
	(void)value;
	return NULL;
}

const struct listener *listener_find(const struct sip *sip, const char *name)
{
	for (size_t i = 0; i < sip->listeners_count; i++)
		if (strcmp(sip->listeners[i].name, name) == 0)
			return &sip->listeners[i];
	return NULL;
}

/* The listener a transport or connection belongs to. */
const struct listener *listener_of(const struct sip *sip, tport_t *transport)
{
	tport_t *primary = tport_is_secondary(transport)
				   ? tport_parent(transport)
				   : transport;
	const struct listener *listener =
		listener_find(sip, tport_name(primary)->tpn_ident);

	return listener ? listener : &sip->listeners[0];
}

enum config_transport transport_of(tport_t *transport)
{
	const char *name = tport_name(transport)->tpn_proto;
	enum config_transport i = TRANSPORT_UDP;

	while (i < TRANSPORTS - 1 &&
	       !su_casematch(name, config_transport_names[i]))
		i++;
	return i;
}

/* The transport, or NULL if it is a connection that was closed. */
tport_t *transport_open(tport_t *transport)
{
	if (!transport || tport_is_closed(transport) ||
	    tport_is_shutdown(transport))
		return NULL;
	return transport;
}

/* UDP is what a URI without the parameter means. */
static sip_contact_t *contact(struct sip *sip, const struct listener *listener,
			      uint16_t port, enum config_transport transport)
{
	if (transport == TRANSPORT_UDP)
		return sip_contact_format(sip->home, "<sip:%s:%u>",
					  listener->host, port);
	return sip_contact_format(sip->home, "<sip:%s:%u;transport=%s>",
				  listener->host, port,
				  config_transport_names[transport]);
}

static int bind_one(struct sip *sip, struct listener *listener,
		    const struct config_listen *config,
		    enum config_transport transport)
{
	const char *name = config_transport_names[transport];
	url_t *url = url_format(sip->home, "sip:%s:%u;transport=%s",
				listener->host, config->port, name);

	listener->contacts[transport] =
		contact(sip, listener, config->port, transport);
	if (!url || !listener->contacts[transport])
		return -ENOMEM;
	if (
	    nta_agent_add_tport(sip->agent, (url_string_t *)url,
				TPTAG_IDENT(listener->name),
				TPTAG_UDP_RMEM(SOCKET_BUFFER),
				TPTAG_UDP_WMEM(SOCKET_BUFFER),
				TPTAG_IDLE(STREAM_IDLE_S * 1000),
				TPTAG_PONG2PING(1), TPTAG_STUN_SERVER(0),
				TPTAG_LOG(sip->config->trace), TAG_END()) == 0)
		return 0;
	log_error("cannot listen on %s %s:%u: %s", name, config->address,
		  config->port, strerror(errno));
	return errno ? -errno : -EADDRINUSE;
}

static int listen_on(struct sip *sip, struct listener *listener,
		     const struct config_listen *config)
{
	int err = 0;

	netaddr_parse(&listener->addr, config->address);
	listener->name = su_strdup(sip->home, config->name);
	listener->host =
		su_sprintf(sip->home, listener->addr.len == 16 ? "[%s]" : "%s",
			   config->address);
	if (!listener->name || !listener->host)
		return -ENOMEM;
	for (enum config_transport i = 0; !err && i < TRANSPORTS; i++)
		if (config->transports[i])
			err = bind_one(sip, listener, config, i);
	return err;
}

static int listen_all(struct sip *sip)
{
	const struct config *config = sip->config;
	int err = 0;

	sip->listeners = calloc(config->listens_count, sizeof(*sip->listeners));
	if (!sip->listeners)
		return -ENOMEM;
	for (size_t i = 0; !err && i < config->listens_count; i++) {
		sip->listeners_count++;
		err = listen_on(sip, &sip->listeners[i], &config->listens[i]);
	}
	return err;
}

static int create_agent(struct sip *sip)
{
	sip->parser = parser_new(sip->home);
	if (!sip->parser)
		return -ENOMEM;
	sip->agent = nta_agent_create(
		loop_sofia_root(sip->loop), (url_string_t *)-1, request_recv,
		sip, NTATAG_UA(1), NTATAG_CANCEL_487(0), NTATAG_MERGE_482(0),
		NTATAG_UDP_MTU(UDP_MTU), NTATAG_PRELOAD(MESSAGE_PRELOAD),
		NTATAG_MAXSIZE(MESSAGE_MAX), NTATAG_SERVER_RPORT(1),
		NTATAG_CLIENT_RPORT(1), NTATAG_TIMER_C(STACK_TIMER_C_MS),
		NTATAG_MCLASS(sip->parser), NTATAG_SIPFLAGS(parser_flags),
		NTATAG_PROGRESS(UINT_MAX), /* repeats what is not ours */
#ifdef NTATAG_SRV_503 /* upstream Sofia-SIP: it would hide 503s from us */
		NTATAG_SRV_503(0),
#endif
		TAG_END());
	sip->allow = sip_allow_make(sip->home, ALLOW);
	sip->bridgeable = sip_supported_make(sip->home, "100rel, " BRIDGEABLE);
	sip->bridgeable_within = sip_supported_make(sip->home, BRIDGEABLE);
	headers_index(sip->rules);
	sip->recent = recent_new();
	return sip->agent && sip->allow && sip->bridgeable &&
			       sip->bridgeable_within && sip->recent
		       ? 0
		       : -ENOMEM;
}

int sip_new(struct sip **sipp, struct loop *loop, struct config *config,
	    const struct sip_events *events, void *arg)
{
	struct sip *sip = calloc(1, sizeof(*sip));
	int err;

	if (!sip)
		return -ENOMEM;
	su_home_init(sip->home);
	sip->loop = loop;
	sip->config = config_ref(config);
	sip->events = events;
	sip->arg = arg;
	LIST_INIT(&sip->calls);
	LIST_INIT(&sip->refusals);
	SLIST_INIT(&sip->gateways);
	SLIST_INIT(&sip->trunk_loads);
	random_token(sip->secret, TAG_CHARS);
	trace_start(config->trace);
	err = guard_init();
	if (!err)
		err = create_agent(sip);
	if (!err)
		err = listen_all(sip);
	if (!err)
		err = sip_configure(sip, config);
	if (err)
		sip_free(sip);
	else
		*sipp = sip;
	return err;
}

int sip_configure(struct sip *sip, struct config *config)
{
	struct config *old = sip->config;
	int err = gateways_configure(sip, config);

	if (err)
		return err;
	sip->config = config_ref(config);
	config_free(old);
	snprintf(sip->retry_after, sizeof(sip->retry_after), "%u",
		 config->retry_after_s);
	return 0;
}

void sip_drain(struct sip *sip)
{
	sip->draining = true;
}

void sip_hangup_all(struct sip *sip)
{
	struct call *call = LIST_FIRST(&sip->calls);

	while (call) {
		struct call *next = LIST_NEXT(call, link);

		call_hangup(call, "SIP;cause=503;text=\"Shutting down\"");
		call = next;
	}
}

unsigned sip_calls(const struct sip *sip)
{
	return sip->load.calls;
}

void sip_free(struct sip *sip)
{
	struct trunk_load *load;

	if (!sip)
		return;
	sip_hangup_all(sip);
	while (!LIST_EMPTY(&sip->calls))
		call_free(LIST_FIRST(&sip->calls));
	refusals_free(sip);
	gateways_free(sip);
	if (sip->agent)
		nta_agent_destroy(sip->agent);
	while ((load = SLIST_FIRST(&sip->trunk_loads))) {
		SLIST_REMOVE_HEAD(&sip->trunk_loads, link);
		free(load);
	}
	trace_stop();
	free(sip->parser);
	free(sip->recent);
	free(sip->listeners);
	config_free(sip->config);
	su_home_deinit(sip->home);
	free(sip);
}
