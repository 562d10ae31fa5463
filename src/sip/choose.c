/* Which target an attempt goes to: of the route's gateways one of the lowest
 * priority, by weight, and of its targets likewise. What is down is passed
 * over; when all is, health is no longer a reason, as any may have come back
 * since it was asked. A call to a sips URI goes by TLS or not at all (RFC 3261
 * 26.2.2). */
#include "internal.h"

#include "callsieve/core/clock.h"
#include "callsieve/core/digest.h"

/* RFC 2782: each has a chance in proportion to its weight, those of weight 0
 * a very small one together, unless there are no others. */
size_t choose_weighted(const unsigned *weights, size_t count, uint64_t random)
{
	uint64_t sum = 0, at, running = 0;
	size_t zeros = 0, i;

	for (i = 0; i < count; i++) {
		sum += weights[i];
		zeros += !weights[i];
	}
	at = random % (sum + 1);
	if (zeros && at == 0) {
		size_t skip = (size_t)(random / (sum + 1) % zeros);

		for (i = 0; weights[i] || skip--; i++)
			;
		return i;
	}
	for (i = 0; i < count - 1; i++) {
		running += weights[i];
		if (weights[i] && running >= at)
			break;
	}
	return i;
}

static size_t choose(const unsigned *weights, size_t count)
{
	uint64_t random;

	if (count == 1)
		return 0;
	random_bytes(&random, sizeof(random));
	return choose_weighted(weights, count, random);
}

static bool was_tried(const struct call *call, const struct target *target)
{
	for (unsigned i = 0; i < call->tried_count; i++)
		if (call->tried[i] == target->id)
			return true;
	return false;
}

/* Is it one to send this call to? Not an emergency call on trial. */
static bool is_good(const struct call *call, const struct target *target)
{
	return health_good(target) && !(call->exempt && target->suspect);
}

/* For a large INVITE, the way it may take: RFC 3261 18.1.1. Where there is
 * none, or it was refused, UDP is what remains. */
static struct target *bulk_of(const struct call *call,
			      const struct gateway *gateway)
{
	struct target *target, *bulk = gateway->bulk;

	if (!call->large)
		return NULL;
	if (bulk && !was_tried(call, bulk) && now_mono_ms() > bulk->shunned_ms)
		return bulk;
	LIST_FOREACH (target, &gateway->targets, link)
		if (target->transport != TRANSPORT_UDP &&
		    !was_tried(call, target) && is_good(call, target))
			return target;
	return NULL;
}

/* `up`: only what is. */
static struct target *of_gateway(const struct call *call,
				 const struct gateway *gateway, bool up)
{
	struct target *target, *targets[TARGETS_MAX];
	unsigned weights[TARGETS_MAX];
	size_t count = 0;

	target = call->secure ? NULL : bulk_of(call, gateway);
	if (target)
		return target;
	LIST_FOREACH (target, &gateway->targets, link) {
		if (was_tried(call, target) || (up && !is_good(call, target)) ||
		    (call->secure && target->transport != TRANSPORT_TLS))
			continue;
		if (count && target->priority > targets[0]->priority)
			continue;
		if (count && target->priority < targets[0]->priority)
			count = 0;
		targets[count] = target;
		weights[count++] = target->weight;
	}
	return count ? targets[choose(weights, count)] : NULL;
}

static struct gateway *gateway_of(const struct call *call,
				  const struct config_hop *hop)
{
	return gateway_find(call->sip, &call->config->gateways[hop->gateway]);
}

static bool any_up(const struct call *call)
{
	const struct config_route *route = call->route;

	for (size_t i = 0; i < route->hops_count; i++) {
		const struct gateway *gateway =
			gateway_of(call, &route->hops[i]);

		if (gateway && gateway_is_up(gateway))
			return true;
	}
	return false;
}

static struct target *choose_of(const struct call *call, bool up)
{
	const struct config_route *route = call->route;
	const struct config_hop *hop = route->hops;
	const struct config_hop *end = hop + route->hops_count;

	while (hop < end) {
		struct target *targets[CONFIG_HOPS_MAX];
		unsigned weights[CONFIG_HOPS_MAX], priority = hop->priority;
		size_t count = 0;

		for (; hop < end && hop->priority == priority; hop++) {
			const struct gateway *gateway = gateway_of(call, hop);

			targets[count] =
				gateway ? of_gateway(call, gateway, up) : NULL;
			weights[count] = hop->weight;
			count += targets[count] != NULL;
		}
		if (count)
			return targets[choose(weights, count)];
	}
	return NULL;
}

/* NULL: there is none left that this call has not tried. An emergency call
 * tries all, in the end. */
struct target *choose_target(const struct call *call)
{
	bool up = any_up(call);
	struct target *target = choose_of(call, up);

	return target || !up || !call->exempt ? target : choose_of(call, false);
}
