/* One address of a gateway: where it is, which of our addresses faces it. */
#include "internal.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static bool can_reach(const struct listener *listener,
		      const struct target *target)
{
	return listener->addr.len == target->addr.len &&
	       listener->contacts[target->transport];
}

/* The listen to send from: the one named; else, of those that can, the one at
 * the address the kernel would take, or the first. */
static const struct listener *listener_towards(const struct target *target,
					       const char *name)
{
	const struct sip *sip = target->gateway->sip;
	const struct listener *first = NULL;
	struct netaddr source;

	if (name) {
		first = listener_find(sip, name);
		return first && can_reach(first, target) ? first : NULL;
	}
	source_towards(&source, &target->addr);
	for (size_t i = 0; i < sip->listeners_count; i++) {
		const struct listener *listener = &sip->listeners[i];

		if (!can_reach(listener, target))
			continue;
		if (memcmp(&listener->addr, &source, sizeof(source)) == 0)
			return listener;
		if (!first)
			first = listener;
	}
	return first;
}

/* Chooses the listen anew. False: none can reach it. */
bool target_listen(struct target *target, const char *name)
{
	const struct listener *listener = listener_towards(target, name);

	if (listener)
		target->listener = listener;
	return listener != NULL;
}

static url_t *url_of(const struct target *target)
{
	char host[NETADDR_TEXT], text[96];
	bool v6 = target->addr.len == 16;

	snprintf(text, sizeof(text), "sip:%s%s%s:%u;transport=%s",
		 v6 ? "[" : "", netaddr_print(host, &target->addr),
		 v6 ? "]" : "", target->port,
		 config_transport_names[target->transport]);
	return url_make(NULL, text);
}

/* Its first reference is the caller's. NULL without memory, or when no listen
 * can reach it; `listen` names the one to use, or is NULL. */
struct target *target_new(struct gateway *gateway, const struct netaddr *addr,
			  uint16_t port, enum config_transport transport,
			  const char *listen)
{
	struct target *target = calloc(1, sizeof(*target));

	if (!target)
		return NULL;
	target->refs = 1;
	target->id = ++gateway->sip->targets_made;
	target->weight = 1;
	target->gateway = gateway;
	target->addr = *addr;
	target->port = port;
	target->transport = transport;
	target->at = target->url = url_of(target);
	if (!target->url || !target_listen(target, listen)) {
		target_unref(target);
		return NULL;
	}
	return target;
}

/* The place a caller's INVITE came from. */
struct target *target_back(struct gateway *gateway, const struct leg *caller)
{
	struct target *target = calloc(1, sizeof(*target));

	if (!target)
		return NULL;
	target->refs = 1;
	target->id = ++gateway->sip->targets_made;
	target->gateway = gateway;
	target->transport = caller->transport;
	target->listener = caller->listener;
	target->at = target->url =
		url_make(NULL, caller->dialog->call->source_uri);
	if (!target->url ||
	    netaddr_parse(&target->addr, target->url->url_host) != 0) {
		target_unref(target);
		return NULL;
	}
	target->port = (uint16_t)strtoul(url_port(target->url), NULL, 10);
	return target;
}

struct target *target_ref(struct target *target)
{
	target->refs++;
	return target;
}

void target_unref(struct target *target)
{
	if (!target || --target->refs)
		return;
	health_fini(target);
	su_free(NULL, target->url);
	free(target);
}
