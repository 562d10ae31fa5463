/* Keeps the targets of a gateway that is a name in line with DNS. It is asked
 * at start, on reload, and when an answer has grown old; calls never wait for
 * it. While DNS fails, or says that there is no such name, the last answer
 * stays in use: a call lost over a mistake of somebody's zone file is worse
 * than one sent where the gateway was before. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"
#include "callsieve/core/metrics.h"
#include "callsieve/resolve.h"

#define SERVERS_MAX 4096

_Static_assert(TARGETS_MAX >= RESOLVE_TARGETS_MAX,
	       "an answer has room, whatever was known before");

static struct target *find(const struct gateway *gateway,
			   const struct resolve_target *named)
{
	struct target *target;

	LIST_FOREACH (target, &gateway->targets, link)
		if (target->port == named->port &&
		    target->transport == named->transport &&
		    memcmp(&target->addr, &named->addr, sizeof(named->addr)) ==
			    0)
			return target;
	return NULL;
}

/* Room for one more: at the cost of one that the answer has not named, of which
 * there may be many when it was a part of the truth each time. */
static bool make_room(struct gateway *gateway)
{
	struct target *target;

	if (gateway_count(gateway) < TARGETS_MAX)
		return true;
	LIST_FOREACH (target, &gateway->targets, link)
		if (!target->named) {
			gateway_drop(target);
			return true;
		}
	return false;
}

/* NULL: without memory, or no listen can reach it. */
static struct target *add(struct gateway *gateway,
			  const struct resolve_target *named)
{
	struct target *target;

	if (!make_room(gateway))
		return NULL;
	target = target_new(gateway, &named->addr, named->port,
			    named->transport, gateway->config->listen);
	if (!target)
		return NULL;
	if (health_init(target) != 0) {
		target_unref(target);
		return NULL;
	}
	target->at = gateway->url;
	LIST_INSERT_HEAD(&gateway->targets, target, link);
	health_configure(target);
	return target;
}

static void mark_named(struct gateway *gateway,
		       const struct resolve_answer *answer)
{
	struct target *target;

	LIST_FOREACH (target, &gateway->targets, link)
		target->named = false;
	for (size_t i = 0; i < answer->count; i++) {
		target = find(gateway, &answer->targets[i]);
		if (target)
			target->named = true;
	}
}

/* How many of the answer's targets the gateway has now. */
static unsigned take(struct gateway *gateway,
		     const struct resolve_answer *answer)
{
	unsigned count = 0;

	mark_named(gateway, answer);
	for (size_t i = 0; i < answer->count; i++) {
		const struct resolve_target *named = &answer->targets[i];
		struct target *target = find(gateway, named);

		if (!target)
			target = add(gateway, named);
		if (!target)
			continue;
		target->named = true;
		target->priority = named->priority;
		target->weight = named->weight;
		count++;
	}
	return count;
}

static void drop_others(struct gateway *gateway)
{
	struct target *target = LIST_FIRST(&gateway->targets);

	while (target) {
		struct target *next = LIST_NEXT(target, link);

		if (!target->named)
			gateway_drop(target);
		target = next;
	}
}

/* Once, not with each time it is asked again. */
static void failed(struct gateway *gateway, int err)
{
	const char *why = err == -ENOENT ? "no-such-name"
			  : err		 ? "dns-failed"
					 : "no-listen-reaches-it";

	metric_add(METRIC_DNS_FAILURES, 1);
	if (!gateway->lookup_failed)
		log_warn("gateway=%s event=lookup-failed reason=%s "
			 "addresses=%u",
			 gateway->name, why, gateway_count(gateway));
	gateway->lookup_failed = true;
}

static void succeeded(struct gateway *gateway, unsigned count)
{
	if (gateway->lookup_failed)
		log_info("gateway=%s event=looked-up addresses=%u",
			 gateway->name, count);
	gateway->lookup_failed = false;
	drop_others(gateway);
}

static void on_answer(const struct resolve_answer *answer, void *arg)
{
	struct gateway *gateway = arg;
	const struct config_dns *dns = &gateway->sip->config->dns;
	unsigned ttl_s = answer->ttl_s, count = take(gateway, answer);
	int err = answer->err;

	resolve_free(gateway->question);
	gateway->question = NULL;
	if (err || !count) {
		failed(gateway, err);
		ttl_s = dns->ttl_min_s;
	} else {
		succeeded(gateway, count);
	}
	if (ttl_s < dns->ttl_min_s)
		ttl_s = dns->ttl_min_s;
	if (ttl_s > dns->ttl_max_s)
		ttl_s = dns->ttl_max_s;
	loop_timer_set(gateway->lookup, ttl_s * 1000);
	gateway_show(gateway);
}

/* What a listen can send to. */
static void add_reach(struct resolve_question *question,
		      const struct listener *listener, bool any_transport)
{
	question->v4 |= listener->addr.len == 4;
	question->v6 |= listener->addr.len == 16;
	for (enum config_transport i = 0; any_transport && i < TRANSPORTS; i++)
		question->transports[i] |= listener->contacts[i] != NULL;
}

static void ask(void *arg)
{
	struct gateway *gateway = arg;
	const struct config_gateway *config = gateway->config;
	const struct sip *sip = gateway->sip;
	struct resolve_question question = {
		.host = config->domain,
		.port = config->port,
		.any_transport = config->any_transport,
	};

	question.transports[config->transport] = !config->any_transport;
	for (size_t i = 0; i < sip->listeners_count; i++)
		if (!config->listen ||
		    strcmp(config->listen, sip->listeners[i].name) == 0)
			add_reach(&question, &sip->listeners[i],
				  config->any_transport);
	if (resolve_start(&gateway->question, sip->resolver, &question,
			  on_answer, gateway) != 0)
		loop_timer_set(gateway->lookup,
			       sip->config->dns.ttl_min_s * 1000);
}

int lookup_init(struct gateway *gateway)
{
	return loop_timer_new(&gateway->lookup, gateway->sip->loop, ask,
			      gateway);
}

/* Gives up what is being asked: its resolver is about to go. */
void lookup_stop(struct gateway *gateway)
{
	if (!gateway->lookup)
		return;
	loop_timer_stop(gateway->lookup);
	resolve_free(gateway->question);
	gateway->question = NULL;
}

void lookup_start(struct gateway *gateway)
{
	if (gateway->lookup && gateway->config)
		loop_timer_set(gateway->lookup, 0);
}

void lookup_fini(struct gateway *gateway)
{
	lookup_stop(gateway);
	loop_timer_free(gateway->lookup);
	gateway->lookup = NULL;
}

static bool any_name(const struct config *config)
{
	for (size_t i = 0; i < config->gateways_count; i++)
		if (config->gateways[i].domain)
			return true;
	return false;
}

/* A resolver as this configuration wants it, NULL where nothing is a name. */
int lookup_resolver(struct resolver **resolverp, const struct sip *sip,
		    const struct config *config)
{
	const struct config_dns *dns = &config->dns;
	struct buf servers;
	int err = 0;

	*resolverp = NULL;
	if (!any_name(config))
		return 0;
	buf_init(&servers, SERVERS_MAX);
	for (size_t i = 0; !err && i < dns->servers_count; i++)
		err = buf_printf(&servers, "%s%s", i ? "," : "",
				 dns->servers[i]);
	if (!err)
		err = resolver_new(resolverp, sip->loop, servers.data);
	buf_fini(&servers);
	return err;
}
