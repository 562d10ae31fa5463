/* Redirect mode: a caller whose call may pass is not taken to the callee but
 * told the way: 302 with the gateways of the route as Contacts, or a status
 * on which its SBC takes the next of its own routes. */
#include "internal.h"

#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/core/digest.h"

/* The caller's user part and parameters at a gateway; NULL: there is no such
 * URI, or it is the one that was called. */
static const char *uri_for(su_home_t *home, const sip_request_t *rq,
			   const struct config_gateway *gateway)
{
	const url_t *called = rq->rq_url;
	bool secure = called->url_type == url_sips;
	const char *params;
	url_t *place, at;

	/* A service (RFC 5031) is no user of a gateway. */
	if (su_casematch(called->url_scheme, "urn"))
		return NULL;
	/* RFC 3261 16.7 (4): whoever asked for sips goes nowhere else. */
	if (secure && gateway->transport != TRANSPORT_TLS)
		return NULL;
	place = url_make(home, gateway->uri);
	if (!place)
		return NULL;
	params = place->url_params;
	at = address_at(home, rq, place);
	if (secure) {
		at.url_type = url_sips;
		at.url_scheme = url_scheme(url_sips);
	} else if (params &&
		   (gateway->domain || gateway->transport != TRANSPORT_UDP)) {
		/* UDP is what an address without it means. */
		at.url_params = at.url_params
					? su_sprintf(home, "%s;%s",
						     at.url_params, params)
					: params;
	}
	/* RFC 3261 8.3 */
	return uri_equal(address_read(home, &at), called)
		       ? NULL
		       : url_as_string(home, &at);
}

/* One that the answer may name. */
struct way {
	struct gateway *gateway;
	const char *uri;
	unsigned priority, weight;
};

static size_t find_ways(struct way ways[CONFIG_HOPS_MAX], struct sip *sip,
			const struct config *config,
			const struct config_route *route, su_home_t *home,
			const sip_request_t *rq, bool up)
{
	size_t count = 0;

	for (size_t i = 0; i < route->hops_count; i++) {
		const struct config_hop *hop = &route->hops[i];
		struct gateway *gateway =
			gateway_find(sip, &config->gateways[hop->gateway]);
		const char *uri;

		if (!gateway || (up && !gateway_is_up(gateway)))
			continue;
		uri = uri_for(home, rq, &config->gateways[hop->gateway]);
		if (uri)
			ways[count++] = (struct way){
				gateway, uri, hop->priority, hop->weight};
	}
	return count;
}

/* Moves the one to try first to the front: of the lowest priority, by
 * weight. */
static void choose_first(struct way *ways, size_t count)
{
	unsigned weights[CONFIG_HOPS_MAX];
	struct way first;
	uint64_t random;
	size_t same = 0, at;

	while (same < count && ways[same].priority == ways[0].priority) {
		weights[same] = ways[same].weight;
		same++;
	}
	random_bytes(&random, sizeof(random));
	at = same > 1 ? choose_weighted(weights, same, random) : 0;
	first = ways[at];
	memmove(ways + 1, ways, at * sizeof(*ways));
	ways[0] = first;
}

/* The way an allowed call is to take. Text is in `home`. */
void moved_read(struct moved *moved, struct sip *sip,
		const struct config *config, const struct config_trunk *trunk,
		su_home_t *home, const sip_request_t *rq)
{
	const struct config_route *route =
		config_route_find(config, trunk->route);
	struct way ways[CONFIG_HOPS_MAX];
	const char *contacts = NULL;
	size_t count = 0;

	/* The SBC takes its next route: the answer too where there is no
	 * Contact to give. */
	*moved = (struct moved){0};
	moved->answer.status = 503;
	moved->answer.phrase = sip_503_Service_unavailable;
	if (trunk->redirect_allow == REDIRECT_ALLOW_404) {
		moved->answer.status = 404;
		moved->answer.phrase = sip_404_Not_found;
	}
	if (trunk->redirect_allow == REDIRECT_ALLOW_302 && route) {
		count = find_ways(ways, sip, config, route, home, rq, true);
		if (!count)
			count = find_ways(ways, sip, config, route, home, rq,
					  false);
	}
	for (size_t i = 0; i < count && i < route->max_attempts; i++) {
		choose_first(ways + i, count - i);
		contacts =
			su_sprintf(home, "%s%s<%s>;q=%s%zu", i ? contacts : "",
				   i ? ", " : "", ways[i].uri, i ? "0." : "",
				   i ? 10 - i : (size_t)1);
		if (!contacts)
			return;
	}
	if (!count)
		return;
	moved->answer = (struct sip_answer){
		.status = 302,
		.phrase = sip_302_Moved_temporarily,
		.contacts = contacts,
	};
	moved->gateway = ways[0].gateway;
	moved->uri = ways[0].uri;
}
