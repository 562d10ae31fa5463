/* The addresses we receive on, and which transport a message came by. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_string.h>
#include <sofia-sip/su_tagarg.h>

#include "callsieve/core/log.h"

#define SOCKET_BUFFER (4 << 20)

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

static int add_transport(struct sip *sip, struct listener *listener,
			 const url_t *url, const char *directory)
{
	return nta_agent_add_tport(
		sip->agent, (const url_string_t *)url,
		TPTAG_IDENT(listener->name), TPTAG_UDP_RMEM(SOCKET_BUFFER),
		TPTAG_UDP_WMEM(SOCKET_BUFFER), TPTAG_PONG2PING(1),
		TPTAG_STUN_SERVER(0), TPTAG_LOG(sip->config->trace),
		TAG_IF(directory, TPTAG_CERTIFICATE(directory)), TAG_END());
}

static int bind_one(struct sip *sip, struct listener *listener,
		    const struct config_listen *config,
		    enum config_transport transport)
{
	const char *name = config_transport_names[transport];
	bool tls = transport == TRANSPORT_TLS;
	uint16_t port = tls ? config->tls_port : config->port;
	url_t *url =
		url_format(sip->home, "%s:%s:%u;transport=%s",
			   tls ? "sips" : "sip", listener->host, port, name);
	char directory[SECURE_PATH];
	int err;

	listener->contacts[transport] = contact(sip, listener, port, transport);
	if (!url || !listener->contacts[transport])
		return -ENOMEM;
	if (tls) {
		err = secure_begin(directory, config->certificate);
		if (err)
			return err;
	}
	errno = 0;
	err = add_transport(sip, listener, url, tls ? directory : NULL) == 0 ? 0
	      : errno ? -errno
		      : -EADDRINUSE;
	if (tls)
		err = secure_end(listener, directory, err);
	if (err)
		log_error("cannot listen on %s %s:%u: %s", name,
			  config->address, port, strerror(-err));
	return err;
}

static int listen_on(struct sip *sip, struct listener *listener,
		     const struct config_listen *config)
{
	int err = 0;

	listener->sip = sip;
	netaddr_parse(&listener->addr, config->address);
	listener->name = su_strdup(sip->home, config->name);
	listener->host =
		su_sprintf(sip->home, listener->addr.len == 16 ? "[%s]" : "%s",
			   config->address);
	listener->secure_contact = sip_contact_format(
		sip->home, "<sips:%s:%u>", listener->host, config->tls_port);
	if (!listener->name || !listener->host || !listener->secure_contact)
		return -ENOMEM;
	for (enum config_transport i = 0; !err && i < TRANSPORTS; i++)
		if (config->transports[i])
			err = bind_one(sip, listener, config, i);
	listener->udp_socket =
		config->transports[TRANSPORT_UDP]
			? backlog_socket(&listener->addr, config->port)
			: -1;
	return err;
}

/* Connections have the parameters of what they came by. */
void listeners_configure(struct sip *sip, const struct config *config)
{
	tport_t *at = tport_primaries(nta_agent_tports(sip->agent));

	for (; at; at = tport_next(at))
		tport_set_params(at,
				 TPTAG_IDLE(config->connection_idle_s * 1000),
				 TAG_END());
}

int listeners_bind(struct sip *sip)
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
