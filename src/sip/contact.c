/* What a Contact of a redirection may make us do: send the INVITE, under the
 * Contact's URI, to an address that the configuration allows. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_string.h>

/* The URI an INVITE to this Contact would have (RFC 3261 8.1.3.4, 19.1.5):
 * without method and headers, which would be the redirecting party's words in
 * our mouth. NULL for what is no place to go. */
url_t *contact_uri(su_home_t *home, const sip_contact_t *contact)
{
	url_t bare = *contact->m_url;
	const char *text;
	url_t *uri;

	if ((bare.url_type != url_sip && bare.url_type != url_sips) ||
	    !bare.url_host || url_has_param(&bare, "maddr"))
		return NULL;
	bare.url_headers = NULL;
	bare.url_fragment = NULL;
	uri = url_hdup(home, &bare);
	if (uri && uri->url_params)
		uri->url_params = url_strip_param_string(
			(char *)uri->url_params, "method");
	if (uri && uri->url_params && !*uri->url_params)
		uri->url_params = NULL;
	text = uri ? url_as_string(home, uri) : NULL;
	if (!text || strlen(text) > CONTACT_MAX)
		return NULL;
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return NULL;
	return uri;
}

static bool is_own(const struct sip *sip, const struct netaddr *addr,
		   uint16_t port)
{
	for (size_t i = 0; i < sip->listeners_count; i++) {
		const struct config_listen *listen = &sip->config->listens[i];

		if ((listen->port == port || listen->tls_port == port) &&
		    memcmp(&sip->listeners[i].addr, addr, sizeof(*addr)) == 0)
			return true;
	}
	return false;
}

static bool is_listed(const struct config_gateway *config,
		      const struct netaddr *addr)
{
	for (size_t i = 0; i < config->redirect_hosts_count; i++)
		if (cidr_contains(&config->redirect_hosts[i], addr))
			return true;
	return false;
}

bool uri_has_transport(const url_t *uri)
{
	return uri->url_type == url_sips || url_has_param(uri, "transport");
}

/* False: it is none of ours. Without a parameter it is UDP. */
bool uri_transport(enum config_transport *transport, const url_t *uri)
{
	char name[8] = "";

	*transport = uri->url_type == url_sips ? TRANSPORT_TLS : TRANSPORT_UDP;
	if (!url_has_param(uri, "transport"))
		return true;
	url_param(uri->url_params, "transport", name, sizeof(name));
	/* RFC 3261 26.2.2: with sips, tcp is TLS over TCP. */
	if (uri->url_type == url_sips)
		return !su_casematch(name, "udp");
	for (enum config_transport i = TRANSPORT_UDP; i < TRANSPORTS; i++)
		if (su_casematch(name, config_transport_names[i])) {
			*transport = i;
			return true;
		}
	return false;
}

/* 0: there is none. False: it is nonsense. */
static bool read_port(uint16_t *port, const url_t *uri)
{
	unsigned long n;

	*port = 0;
	if (!uri->url_port || !*uri->url_port)
		return true;
	n = strtoul(uri->url_port, NULL, 10);
	*port = (uint16_t)n;
	return n && n <= UINT16_MAX;
}

/* The gateway whose name it is knows where that is. */
static struct target *by_name(const struct sip *sip, const url_t *uri,
			      uint16_t port, enum config_transport transport)
{
	struct target *target, *found = NULL;
	const struct gateway *gateway;

	SLIST_FOREACH (gateway, &sip->gateways, link)
		LIST_FOREACH (target, &gateway->targets, link) {
			if (!gateway->config ||
			    !su_casematch(gateway->config->domain,
					  uri->url_host) ||
			    (port && target->port != port) ||
			    (uri_has_transport(uri) &&
			     target->transport != transport))
				continue;
			if (!found ||
			    (health_good(target) && !health_good(found)))
				found = target;
		}
	return found;
}

/* A gateway's target at this address: the very one, or some other; or NULL. */
static struct target *by_address(const struct sip *sip,
				 const struct netaddr *addr, uint16_t port,
				 enum config_transport transport)
{
	struct target *target, *other = NULL;
	const struct gateway *gateway;

	SLIST_FOREACH (gateway, &sip->gateways, link)
		LIST_FOREACH (target, &gateway->targets, link) {
			if (!gateway->config ||
			    memcmp(&target->addr, addr, sizeof(*addr)) != 0)
				continue;
			if (target->port == port &&
			    target->transport == transport)
				return target;
			other = target;
		}
	return other;
}

static struct target *to_address(struct call *call,
				 const struct config_gateway *config,
				 const struct netaddr *addr, uint16_t port,
				 enum config_transport transport)
{
	struct gateway *gateway = call->target->gateway;
	struct target *target;

	if (!port)
		port = transport == TRANSPORT_TLS ? 5061 : 5060;
	target = by_address(call->sip, addr, port, transport);
	if (target && target->port == port && target->transport == transport)
		return target_ref(target);
	/* By TLS only to whom we know the name of. */
	if ((!target && !is_listed(config, addr)) ||
	    transport == TRANSPORT_TLS || is_own(call->sip, addr, port))
		return NULL;
	target = config->listen ? target_new(gateway, addr, port, transport,
					     config->listen)
				: NULL;
	return target ? target
		      : target_new(gateway, addr, port, transport, NULL);
}

/* Where a URI points, if we may go there by the word of this gateway. A name
 * is never looked up: whoever chose it would decide that we do. A target is
 * the caller's to unref. */
struct target *contact_target(struct call *call,
			      const struct config_gateway *config,
			      const url_t *uri)
{
	enum config_transport transport;
	struct target *target;
	struct netaddr addr;
	uint16_t port;

	if (!read_port(&port, uri) || !uri_transport(&transport, uri))
		return NULL;
	if (netaddr_parse(&addr, uri->url_host) == 0)
		return to_address(call, config, &addr, port, transport);
	target = by_name(call->sip, uri, port, transport);
	return target ? target_ref(target) : NULL;
}
