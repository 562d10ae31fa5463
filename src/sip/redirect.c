/* Redirections by a gateway (3xx), followed for the caller where the gateway
 * is configured so. They hold for this call alone: nothing is kept, and the
 * caller never hears of them. What a Contact may make us do is little: send
 * this INVITE to an address we were told of in the configuration. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"

#define HOPS_MAX   5   /* redirections of redirections */
#define PLACES_MAX 11  /* URIs in one call: a gateway's and ten more */
#define URI_MAX	   512 /* of a Contact */

/* A URI the call was sent to, or may be. */
struct place {
	url_t *uri;
	unsigned q;    /* in thousandths */
	unsigned hops; /* redirections that led here; 0: a gateway */
	struct history_entry history;
};

struct redirect {
	su_home_t home[1];
	const struct config_gateway *config; /* of the gateway it began at */
	struct place places[PLACES_MAX];
	size_t count;
	unsigned tried;
	struct place *at; /* where the INVITE is; NULL: at a gateway */
	bool followed;	  /* one of them was, or is about to be */
	bool conclusive;  /* one of them said what becomes of the call */
};

void redirect_free(struct redirect *redirect)
{
	if (!redirect)
		return;
	su_home_deinit(redirect->home);
	free(redirect);
}

static const struct config_gateway *config_of(const struct call *call)
{
	const struct config *config = call->config;

	for (size_t i = 0; i < config->gateways_count; i++)
		if (strcmp(config->gateways[i].name,
			   call->target->gateway->name) == 0)
			return &config->gateways[i];
	return NULL;
}

static bool is_own(const struct sip *sip, const struct netaddr *addr,
		   uint16_t port)
{
	for (size_t i = 0; i < sip->listeners_count; i++)
		if (memcmp(&sip->listeners[i].addr, addr, sizeof(*addr)) == 0 &&
		    sip->config->listens[i].port == port)
			return true;
	return false;
}

/* A gateway's target at this address: the very one, or some other; or NULL. */
static struct target *gateways_target(const struct sip *sip,
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

/* May a Contact send us there, besides to gateways? */
static bool is_listed(const struct redirect *redirect,
		      const struct netaddr *addr)
{
	const struct config_gateway *config = redirect->config;

	for (size_t i = 0; i < config->redirect_hosts_count; i++)
		if (cidr_contains(&config->redirect_hosts[i], addr))
			return true;
	return false;
}

static bool transport_named(const url_t *url, enum config_transport *transport)
{
	char name[8] = "";

	*transport = url->url_type == url_sips ? TRANSPORT_TLS : TRANSPORT_UDP;
	if (!url_has_param(url, "transport"))
		return true;
	url_param(url->url_params, "transport", name, sizeof(name));
	for (enum config_transport i = TRANSPORT_UDP; i < TRANSPORTS; i++)
		if (su_casematch(name, config_transport_names[i])) {
			/* RFC 3261 26.2.2: sips over TCP is TLS over TCP. */
			*transport =
				url->url_type == url_sips ? TRANSPORT_TLS : i;
			return url->url_type != url_sips || i != TRANSPORT_UDP;
		}
	return false;
}

static bool read_port(uint16_t *portp, const url_t *uri,
		      enum config_transport transport)
{
	unsigned long port = transport == TRANSPORT_TLS ? 5061 : 5060;

	if (uri->url_port && *uri->url_port)
		port = strtoul(uri->url_port, NULL, 10);
	*portp = (uint16_t)port;
	return port && port <= UINT16_MAX;
}

/* Where a URI points, if we may go there. A name is never looked up: whoever
 * chose it would decide that we do. A target is the caller's to unref. */
static struct target *target_for(struct call *call, const url_t *uri)
{
	const struct redirect *redirect = call->redirect;
	struct gateway *gateway = call->target->gateway;
	enum config_transport transport;
	struct target *target;
	struct netaddr addr;
	uint16_t port;

	if (netaddr_parse(&addr, uri->url_host) != 0 ||
	    !transport_named(uri, &transport) ||
	    !read_port(&port, uri, transport) || is_own(call->sip, &addr, port))
		return NULL;
	target = gateways_target(call->sip, &addr, port, transport);
	if (target && target->port == port && target->transport == transport)
		return target_ref(target);
	if (!target && !is_listed(redirect, &addr))
		return NULL;
	target = redirect->config->listen
			 ? target_new(gateway, &addr, port, transport,
				      redirect->config->listen)
			 : NULL;
	return target ? target
		      : target_new(gateway, &addr, port, transport, NULL);
}

static bool known(const struct redirect *redirect, const url_t *uri)
{
	for (size_t i = 0; i < redirect->count; i++)
		if (uri_equal(redirect->places[i].uri, uri))
			return true;
	return false;
}

static struct place *add_place(struct redirect *redirect, url_t *uri)
{
	struct place *place = &redirect->places[redirect->count++];

	place->uri = uri;
	place->history.uri = uri;
	return place;
}

/* The URI an INVITE to this Contact would have (RFC 3261 8.1.3.4, 19.1.5):
 * without method and headers, which would be the redirecting party's words in
 * our mouth. NULL for what is no place to go. */
static url_t *uri_of(su_home_t *home, const sip_contact_t *contact)
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
	if (!text || strlen(text) > URI_MAX)
		return NULL;
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return NULL;
	return uri;
}

static bool is_secure(const struct call *call)
{
	const sip_t *invite = sip_object(call->invite);

	return invite->sip_request->rq_url->url_type == url_sips;
}

static void learn_one(struct call *call, const struct place *from,
		      const sip_contact_t *contact)
{
	struct redirect *redirect = call->redirect;
	url_t *uri = uri_of(redirect->home, contact);
	struct target *target;
	struct place *place;

	/* RFC 3261 16.7 (4): sips stays sips. */
	if (!uri || redirect->count == PLACES_MAX || known(redirect, uri) ||
	    (is_secure(call) && uri->url_type != url_sips))
		return;
	target = target_for(call, uri);
	if (!target)
		return;
	target_unref(target);
	place = add_place(redirect, uri);
	place->q = contact->m_q ? msg_q_value(contact->m_q) : 1000;
	place->hops = from->hops + 1;
	history_retarget(&place->history, &from->history, contact);
}

/* The place that answered: if a gateway, then by the URI it was sent. */
static struct place *place_at(struct call *call)
{
	struct redirect *redirect = call->redirect;
	msg_t *request;
	url_t *uri;
	struct place *place;

	if (redirect->at)
		return redirect->at;
	if (redirect->count == PLACES_MAX)
		return NULL;
	request = nta_outgoing_getrequest(call->orq);
	uri = url_hdup(redirect->home,
		       sip_object(request)->sip_request->rq_url);
	msg_destroy(request);
	if (!uri)
		return NULL;
	place = add_place(redirect, uri);
	place->history.tried = ++redirect->tried;
	return place;
}

static struct redirect *redirect_new(void)
{
	struct redirect *redirect = calloc(1, sizeof(*redirect));

	if (!redirect)
		return NULL;
	su_home_init(redirect->home);
	return redirect;
}

static void learn(struct call *call, const sip_t *response)
{
	const struct config_gateway *config;
	const sip_contact_t *m;
	struct place *from;

	if (!redirect_uri(call)) {
		config = config_of(call);
		if (!config || config->redirects != REDIRECTS_FOLLOW)
			return;
		if (!call->redirect)
			call->redirect = redirect_new();
		if (!call->redirect)
			return;
		call->redirect->config = config;
	}
	from = place_at(call);
	if (!from || from->hops == HOPS_MAX)
		return;
	from->history.status = response->sip_status->st_status;
	for (m = response->sip_contact; m; m = m->m_next)
		learn_one(call, from, m);
}

/* Not tried yet: what the latest redirection named, and of that what it
 * prefers. */
static struct place *best(struct redirect *redirect)
{
	struct place *best = NULL;

	for (size_t i = 0; i < redirect->count; i++) {
		struct place *place = &redirect->places[i];

		if (!place->history.tried &&
		    (!best || place->hops > best->hops ||
		     (place->hops == best->hops && place->q > best->q)))
			best = place;
	}
	return best;
}

/* Our INVITE was refused, or (`response` NULL) had no answer. True: a
 * redirection named somewhere else to try. */
bool redirect_refused(struct call *call, const sip_t *response, int status)
{
	struct redirect *redirect;

	if (response && status / 100 == 3 && !call->aimed)
		learn(call, response);
	redirect = call->redirect;
	if (!redirect)
		return false;
	if (redirect->at) {
		redirect->at->history.status = status;
		if (response && status >= 400 &&
		    !config_fails_over(call->route, status))
			redirect->conclusive = true;
	}
	/* RFC 3261 16.7 (5): a 6xx speaks for every place. */
	if (status >= 600 || !best(redirect))
		return false;
	redirect->followed = true;
	return true;
}

/* Where to try next, the caller's to unref; NULL: nowhere. */
struct target *redirect_next(struct call *call)
{
	struct redirect *redirect = call->redirect;
	struct target *target = NULL;

	if (!redirect)
		return NULL;
	while (!target && (redirect->at = best(redirect))) {
		redirect->at->history.tried = ++redirect->tried;
		target = target_for(call, redirect->at->uri);
	}
	if (!target)
		return NULL;
	metric_add(METRIC_REDIRECTS, 1);
	if (log_wants(LOG_LEVEL_INFO)) {
		char uri[URI_MAX + 2], quoted[URI_MAX + 8];

		url_e(uri, sizeof(uri), redirect->at->uri);
		log_info("call=%s event=redirected gateway=%s to=%s",
			 call->call_id, call->target->gateway->name,
			 log_quote(quoted, sizeof(quoted), uri));
	}
	return target;
}

/* The gateways go on from here. */
void redirect_over(struct call *call)
{
	if (call->redirect)
		call->redirect->at = NULL;
}

/* The Request-URI of where a redirection sent us; NULL at a gateway. */
const url_t *redirect_uri(const struct call *call)
{
	return call->redirect && call->redirect->at ? call->redirect->at->uri
						    : NULL;
}

/* Was a redirection followed? Then the caller hears of none. */
bool redirect_followed(const struct call *call)
{
	return call->redirect && call->redirect->followed;
}

/* Did a place it led to say what becomes of the call? */
bool redirect_conclusive(const struct call *call)
{
	return call->redirect && call->redirect->conclusive;
}

/* What has become of the call's URI, for the INVITE about to be sent. */
int redirect_history(const struct call *call, msg_t *msg)
{
	const struct history_entry *entries[PLACES_MAX] = {NULL};
	const struct redirect *redirect = call->redirect;
	unsigned count = 0;

	if (!redirect || !redirect->at)
		return 0;
	for (unsigned n = 1; n <= redirect->tried; n++)
		for (size_t i = 0; i < redirect->count; i++)
			if (redirect->places[i].history.tried == n)
				entries[count++] = &redirect->places[i].history;
	return history_add(msg, sip_object(call->invite), entries, count);
}
