/* Gateways, and the targets of each. Both outlive reloads, because calls and
 * timers know them. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/metrics.h"
#include "callsieve/resolve.h"

/* For want of an option: there is nowhere else to go after that. */
#define BACK_ANSWER_MS 4000

/* Its calls keep it until they end. */
void gateway_drop(struct target *target)
{
	LIST_REMOVE(target, link);
	health_fini(target);
	target_unref(target);
}

static void gateway_free(struct gateway *gateway)
{
	while (!LIST_EMPTY(&gateway->targets))
		gateway_drop(LIST_FIRST(&gateway->targets));
	target_unref(gateway->bulk);
	lookup_fini(gateway);
	su_free(NULL, gateway->url);
	free(gateway->name);
	free(gateway->uri);
	free(gateway);
}

/* A name, as it stands in Request-URIs (RFC 3263 5 changes where they are
 * sent, not what they say). */
static url_t *url_of(const struct config_gateway *config)
{
	url_t url[1];
	char port[8];

	url_init(url, url_sip);
	url->url_host = config->domain;
	if (config->port) {
		snprintf(port, sizeof(port), "%u", config->port);
		url->url_port = port;
	}
	return url_hdup(NULL, url);
}

/* The one target of a gateway that is an address, or what is needed to find
 * those of a name. */
static int set_out(struct gateway *gateway, const struct config_gateway *config)
{
	struct target *target;

	if (config->domain) {
		gateway->url = url_of(config);
		return gateway->url ? lookup_init(gateway) : -ENOMEM;
	}
	target = target_new(gateway, &config->host, config->port,
			    config->transport, config->listen);
	if (!target)
		return -ENOMEM;
	LIST_INSERT_HEAD(&gateway->targets, target, link);
	/* Only where the transport is left open, and we can: RFC 3261 18.1.1.
	 * NULL is fine. */
	if (!strstr(config->uri, ";transport="))
		gateway->bulk = target_new(gateway, &config->host, config->port,
					   TRANSPORT_TCP, config->listen);
	return health_init(target);
}

static struct gateway *gateway_new(struct sip *sip,
				   const struct config_gateway *config)
{
	struct gateway *gateway = calloc(1, sizeof(*gateway));

	if (!gateway)
		return NULL;
	LIST_INIT(&gateway->targets);
	gateway->sip = sip;
	gateway->name = strdup(config->name);
	gateway->uri = strdup(config->uri);
	gateway->metrics = metric_subject("gateway", config->name);
	if (!gateway->name || !gateway->uri || set_out(gateway, config) != 0) {
		gateway_free(gateway);
		return NULL;
	}
	SLIST_INSERT_HEAD(&sip->gateways, gateway, link);
	return gateway;
}

struct gateway *gateway_find(struct sip *sip,
			     const struct config_gateway *config)
{
	struct gateway *gateway;

	SLIST_FOREACH (gateway, &sip->gateways, link)
		if (strcmp(gateway->name, config->name) == 0 &&
		    strcmp(gateway->uri, config->uri) == 0)
			return gateway;
	return NULL;
}

/* What stands for a trunk where a call leads back to it: has no targets of its
 * own, and its config is NULL. */
struct gateway *gateway_of_trunk(struct sip *sip,
				 const struct config_trunk *trunk)
{
	struct gateway *gateway;

	SLIST_FOREACH (gateway, &sip->gateways, link)
		if (!*gateway->uri && strcmp(gateway->name, trunk->name) == 0)
			break;
	if (!gateway) {
		gateway = calloc(1, sizeof(*gateway));
		if (!gateway)
			return NULL;
		LIST_INIT(&gateway->targets);
		gateway->sip = sip;
		gateway->name = strdup(trunk->name);
		gateway->uri = strdup("");
		gateway->answer_ms = BACK_ANSWER_MS;
		if (!gateway->name || !gateway->uri) {
			gateway_free(gateway);
			return NULL;
		}
		SLIST_INSERT_HEAD(&sip->gateways, gateway, link);
	}
	gateway->trusted = trunk->identity == IDENTITY_PAI;
	gateway->refer = trunk->refer;
	return gateway;
}

/* Does it take calls, if only one on trial? */
bool gateway_is_up(const struct gateway *gateway)
{
	const struct target *target;

	LIST_FOREACH (target, &gateway->targets, link)
		if (health_good(target))
			return true;
	return false;
}

unsigned gateway_count(const struct gateway *gateway)
{
	const struct target *target;
	unsigned count = 0;

	LIST_FOREACH (target, &gateway->targets, link)
		count++;
	return count;
}

/* Is one that is in use at this address? */
bool gateways_at(const struct sip *sip, const struct netaddr *addr)
{
	const struct gateway *gateway;
	const struct target *target;

	SLIST_FOREACH (gateway, &sip->gateways, link)
		LIST_FOREACH (target, &gateway->targets, link)
			if (gateway->config &&
			    memcmp(&target->addr, addr, sizeof(*addr)) == 0)
				return true;
	return false;
}

/* Brings the metrics in line with what is known of it. One that is gone leaves
 * them alone: another may have its name now. */
void gateway_show(struct gateway *gateway)
{
	const struct target *target;
	bool up = false;

	if (!gateway->config)
		return;
	LIST_FOREACH (target, &gateway->targets, link)
		up |= !target->down && !target->suspect;
	metric_of_set(gateway->metrics, METRIC_OF_GATEWAY_UP, up);
	metric_of_set(gateway->metrics, METRIC_OF_GATEWAY_ADDRESSES,
		      gateway_count(gateway));
}

static void configure(struct gateway *gateway)
{
	const struct config_gateway *config = gateway->config;
	struct target *target;

	if (config) {
		gateway->answer_ms = config->answer_ms;
		gateway->trusted = config->trusted;
		gateway->call_id_header = config->call_id_header;
		gateway->refer = config->refer;
	}
	LIST_FOREACH (target, &gateway->targets, link) {
		if (config)
			target_listen(target, config->listen);
		health_configure(target);
	}
	if (config && gateway->bulk)
		target_listen(gateway->bulk, config->listen);
	lookup_start(gateway);
	gateway_show(gateway);
}

/* Brings the gateways in line with a configuration. */
int gateways_configure(struct sip *sip, struct config *config)
{
	struct resolver *resolver;
	struct gateway *gateway;
	int err;

	for (size_t i = 0; i < config->gateways_count; i++)
		if (!gateway_find(sip, &config->gateways[i]) &&
		    !gateway_new(sip, &config->gateways[i]))
			return -ENOMEM;
	err = lookup_resolver(&resolver, sip, config);
	if (err)
		return err;
	SLIST_FOREACH (gateway, &sip->gateways, link) {
		lookup_stop(gateway);
		metric_of_set(gateway->metrics, METRIC_OF_GATEWAY_UP, 0);
		metric_of_set(gateway->metrics, METRIC_OF_GATEWAY_ADDRESSES, 0);
		gateway->config = NULL;
	}
	resolver_free(sip->resolver);
	sip->resolver = resolver;
	for (size_t i = 0; i < config->gateways_count; i++) {
		gateway = gateway_find(sip, &config->gateways[i]);
		gateway->config = &config->gateways[i];
	}
	SLIST_FOREACH (gateway, &sip->gateways, link)
		configure(gateway);
	return 0;
}

void gateways_free(struct sip *sip)
{
	struct gateway *gateway;

	while ((gateway = SLIST_FIRST(&sip->gateways))) {
		SLIST_REMOVE_HEAD(&sip->gateways, link);
		gateway_free(gateway);
	}
	resolver_free(sip->resolver);
	sip->resolver = NULL;
}
