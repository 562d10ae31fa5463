/* Gateways, and the targets of each. Both outlive reloads, because calls and
 * timers know them. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* For want of an option: there is nowhere else to go after that. */
#define BACK_ANSWER_MS 4000

static void gateway_free(struct gateway *gateway)
{
	struct target *target;

	while ((target = LIST_FIRST(&gateway->targets))) {
		LIST_REMOVE(target, link);
		health_fini(target);
		target_unref(target);
	}
	free(gateway->name);
	free(gateway->uri);
	free(gateway);
}

static struct gateway *gateway_new(struct sip *sip,
				   const struct config_gateway *config)
{
	struct gateway *gateway = calloc(1, sizeof(*gateway));
	struct target *target;

	if (!gateway)
		return NULL;
	LIST_INIT(&gateway->targets);
	gateway->sip = sip;
	gateway->name = strdup(config->name);
	gateway->uri = strdup(config->uri);
	target = target_new(gateway, &config->host, config->port,
			    config->transport, config->listen);
	if (target)
		LIST_INSERT_HEAD(&gateway->targets, target, link);
	if (!gateway->name || !gateway->uri || !target ||
	    health_init(target) != 0) {
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

bool gateway_is_up(const struct gateway *gateway)
{
	const struct target *target;

	LIST_FOREACH (target, &gateway->targets, link)
		if (health_good(target))
			return true;
	return false;
}

static void configure(struct gateway *gateway)
{
	const struct config_gateway *config = gateway->config;
	struct target *target;

	if (config) {
		gateway->answer_ms = config->answer_ms;
		gateway->trusted = config->trusted;
		gateway->refer = config->refer;
	}
	LIST_FOREACH (target, &gateway->targets, link) {
		if (config)
			target_listen(target, config->listen);
		health_configure(target);
	}
}

/* Brings the gateways in line with a configuration. */
int gateways_configure(struct sip *sip, struct config *config)
{
	struct gateway *gateway;

	for (size_t i = 0; i < config->gateways_count; i++)
		if (!gateway_find(sip, &config->gateways[i]) &&
		    !gateway_new(sip, &config->gateways[i]))
			return -ENOMEM;
	SLIST_FOREACH (gateway, &sip->gateways, link)
		gateway->config = NULL;
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
}
