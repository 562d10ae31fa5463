/* Gateways and their health, asked by OPTIONS. Any answer but 503 shows life;
 * a gateway is down after DOWN_AFTER failures in a row and up with the first
 * answer. Objects outlive reloads, because calls and timers know them. */
#include "internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "callsieve/core/digest.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"

#define DOWN_AFTER 2
#define PROBE_MS   5000 /* an OPTIONS unanswered for so long has failed */

static void probe_result(struct gateway *gateway, bool alive)
{
	bool was_down = gateway->down;

	gateway->failures = alive ? 0 : gateway->failures + 1;
	gateway->down = gateway->failures >= DOWN_AFTER;
	if (gateway->down && !was_down)
		log_warn("gateway=%s event=down", gateway->name);
	if (!gateway->down && was_down)
		log_warn("gateway=%s event=up", gateway->name);
}

/* A call got no response at all. Where health is asked, that is as good as an
 * OPTIONS unanswered: the next calls need not wait to find out again. */
void gateway_silent(struct gateway *gateway)
{
	if (gateway->interval_s)
		probe_result(gateway, false);
}

static void probe_end(struct gateway *gateway, bool alive)
{
	nta_outgoing_destroy(gateway->probe);
	gateway->probe = NULL;
	probe_result(gateway, alive);
	if (gateway->used && gateway->interval_s)
		loop_timer_set(gateway->timer, gateway->interval_s * 1000);
}

static int on_options(void *magic, nta_outgoing_t *orq, const sip_t *sip)
{
	int status = nta_outgoing_status(orq);

	if (status >= 200)
		probe_end(magic,
			  sip && !nta_sip_is_internal(sip) && status != 503);
	return 0;
}

static void probe_start(struct gateway *gateway)
{
	const struct listener *listener = gateway->listener;
	msg_t *msg = nta_msg_create(gateway->sip->agent, 0);
	sip_t *sip = sip_object(msg);
	su_home_t *home = msg_home(msg);
	char tag[TAG_CHARS + 1], self[80];
	sip_from_t *from;

	if (!msg)
		return;
	snprintf(self, sizeof(self), "sip:callsieve@%s", listener->host);
	random_token(tag, TAG_CHARS);
	from = sip_from_create(home, (url_string_t *)self);
	if (from && sip_from_tag(home, from, tag) == 0 &&
	    sip_add_tl(
		    msg, sip,
		    SIPTAG_REQUEST(sip_request_create(
			    home, SIP_METHOD_OPTIONS,
			    (url_string_t *)gateway->uri, NULL)),
		    SIPTAG_FROM(from),
		    SIPTAG_TO(
			    sip_to_create(home, (url_string_t *)gateway->url)),
		    SIPTAG_CALL_ID(sip_call_id_create(home, NULL)),
		    SIPTAG_CSEQ(sip_cseq_create(home, 1, SIP_METHOD_OPTIONS)),
		    SIPTAG_MAX_FORWARDS_STR("70"),
		    SIPTAG_CONTACT(listener->contacts[gateway->transport]),
		    TAG_END()) >= 0)
		gateway->probe = nta_outgoing_mcreate(
			gateway->sip->agent, on_options, gateway,
			(url_string_t *)gateway->url, msg,
			TPTAG_IDENT(listener->name), TAG_END());
	if (gateway->probe)
		loop_timer_set(gateway->timer, PROBE_MS);
	else
		msg_destroy(msg);
}

static void on_timer(void *arg)
{
	struct gateway *gateway = arg;

	if (gateway->probe)
		probe_end(gateway, false);
	else
		probe_start(gateway);
}

static void gateway_free(struct gateway *gateway)
{
	nta_outgoing_destroy(gateway->probe);
	loop_timer_free(gateway->timer);
	free(gateway->name);
	free(gateway->uri);
	free(gateway);
}

/* Our address on the way to `to`, by the kernel's routes. Sends nothing. */
static void source_towards(struct netaddr *source, const struct netaddr *to)
{
	struct sockaddr_storage ss = {0};
	struct sockaddr_in *in = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;
	bool v6 = to->len == 16;
	socklen_t len = v6 ? sizeof(*in6) : sizeof(*in);
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*source = (struct netaddr){0};
	if (fd < 0)
		return;
	ss.ss_family = v6 ? AF_INET6 : AF_INET;
	memcpy(v6 ? (void *)&in6->sin6_addr : (void *)&in->sin_addr, to->bytes,
	       to->len);
	in->sin_port = in6->sin6_port = htons(9);
	if (connect(fd, (struct sockaddr *)&ss, len) == 0 &&
	    getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
		netaddr_from_sockaddr(source, (struct sockaddr *)&ss);
	close(fd);
}

/* The listen to send from: the one named; else, of those that can, the one at
 * the address the kernel would take, or the first. */
static const struct listener *listener_towards(
	const struct sip *sip, const struct config_gateway *config)
{
	const struct listener *first = NULL;
	struct netaddr source;

	if (config->listen)
		return listener_find(sip, config->listen);
	source_towards(&source, &config->host);
	for (size_t i = 0; i < sip->listeners_count; i++) {
		const struct listener *listener = &sip->listeners[i];

		if (listener->addr.len != config->host.len ||
		    !listener->contacts[config->transport])
			continue;
		if (memcmp(&listener->addr, &source, sizeof(source)) == 0)
			return listener;
		if (!first)
			first = listener;
	}
	return first;
}

static struct gateway *gateway_new(struct sip *sip,
				   const struct config_gateway *config)
{
	struct gateway *gateway = calloc(1, sizeof(*gateway));
	char host[NETADDR_TEXT];
	bool v6 = config->host.len == 16;

	if (!gateway)
		return NULL;
	gateway->sip = sip;
	gateway->name = strdup(config->name);
	gateway->uri = strdup(config->uri);
	gateway->transport = config->transport;
	gateway->listener = listener_towards(sip, config);
	gateway->url = url_format(
		sip->home, "sip:%s%s%s:%u;transport=%s", v6 ? "[" : "",
		netaddr_print(host, &config->host), v6 ? "]" : "", config->port,
		config_transport_names[gateway->transport]);
	if (!gateway->name || !gateway->uri || !gateway->url ||
	    !gateway->listener ||
	    loop_timer_new(&gateway->timer, sip->loop, on_timer, gateway)) {
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

	SLIST_FOREACH(gateway, &sip->gateways, link)
	if (strcmp(gateway->name, config->name) == 0 &&
	    strcmp(gateway->uri, config->uri) == 0)
		return gateway;
	return NULL;
}

/* Brings the gateways in line with a configuration. */
int gateways_configure(struct sip *sip, struct config *config)
{
	struct gateway *gateway;

	for (size_t i = 0; i < config->gateways_count; i++)
		if (!gateway_find(sip, &config->gateways[i]) &&
		    !gateway_new(sip, &config->gateways[i]))
			return -ENOMEM;
	SLIST_FOREACH(gateway, &sip->gateways, link)
	gateway->used = false;
	for (size_t i = 0; i < config->gateways_count; i++) {
		gateway = gateway_find(sip, &config->gateways[i]);
		gateway->used = true;
		gateway->interval_s = config->gateways[i].options_interval_s;
		gateway->listener = listener_towards(sip, &config->gateways[i]);
		if (!gateway->interval_s) {
			gateway->failures = 0;
			gateway->down = false;
		} else if (!gateway->probe) {
			loop_timer_set(gateway->timer, 1);
		}
	}
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
