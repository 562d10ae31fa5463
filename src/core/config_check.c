/* Rules across options: what is named exists, nothing is there twice, and
 * each gateway can be reached. */
#include "config_reader.h"

#include <stdlib.h>
#include <string.h>

static const struct config_section *find_section(
	const struct config_reader *reader, size_t items, size_t index)
{
	size_t i;

	for (i = 0; i < reader->sections_count; i++) {
		const struct config_section *section = &reader->sections[i];

		if (section->type->titled && section->type->items == items &&
		    section->index == index)
			return section;
	}
	return NULL;
}

static int line_given(const struct config_section *section, const char *option)
{
	const struct config_section_type *type = section->type;

	for (size_t i = 0; i < type->options_count; i++)
		if (!strcmp(type->options[i].name, option))
			return section->lines[i];
	return 0;
}

int config_line_of(const struct config_reader *reader, size_t items,
		   size_t index, const char *option)
{
	const struct config_section *section =
		find_section(reader, items, index);
	int line = section ? line_given(section, option) : 0;

	return line ? line : section ? section->line : 1;
}

bool config_is_given(const struct config_reader *reader, size_t items,
		     size_t index, const char *option)
{
	const struct config_section *section =
		find_section(reader, items, index);

	return section && line_given(section, option);
}

int config_line_in(const struct config_reader *reader, const char *type,
		   const char *option)
{
	for (size_t i = 0; i < reader->sections_count; i++)
		if (!strcmp(reader->sections[i].type->name, type))
			return line_given(&reader->sections[i], option);
	return 0;
}

#define LINE_OF(reader, array, index, option)                                  \
	config_line_of(reader, offsetof(struct config, array), index, option)

static void check_any(struct config_reader *reader)
{
	if (!reader->config->listens_count)
		config_error(reader, 1,
			     "there is no listen section: nothing could be "
			     "received");
	if (!reader->config->trunks_count)
		config_error(reader, 1,
			     "there is no trunk section: nobody could call");
}

/* Via and Contact carry the address, so it must be one that peers can answer
 * to. */
static bool is_wildcard(const struct config_listen *listen)
{
	static const uint8_t zero[16];
	struct netaddr addr;

	return listen->address && !netaddr_parse(&addr, listen->address) &&
	       !memcmp(addr.bytes, zero, addr.len);
}

static bool streams_at(const struct config_listen *listen, uint16_t port)
{
	return (listen->transports[TRANSPORT_TCP] && listen->port == port) ||
	       (listen->transports[TRANSPORT_TLS] && listen->tls_port == port);
}

/* tls and tcp both take a TCP port. */
static bool ports_clash(const struct config_listen *a,
			const struct config_listen *b)
{
	if (!a->address || !b->address || strcmp(a->address, b->address) != 0)
		return false;
	return (a->transports[TRANSPORT_UDP] && b->transports[TRANSPORT_UDP] &&
		a->port == b->port) ||
	       (a->transports[TRANSPORT_TCP] && streams_at(b, a->port)) ||
	       (a->transports[TRANSPORT_TLS] && streams_at(b, a->tls_port));
}

static void check_tls(struct config_reader *reader, size_t i)
{
	const struct config_listen *listen = &reader->config->listens[i];
	bool asks = listen->client_certificate != CLIENT_CERTIFICATE_NONE;

	if (!listen->transports[TRANSPORT_TLS]) {
		if (listen->certificate || listen->key || asks)
			config_error(reader,
				     LINE_OF(reader, listens, i, "transports"),
				     "listen \"%s\" has options of tls, which "
				     "is none of its transports",
				     listen->name);
		return;
	}
	if (!listen->certificate)
		config_error(reader, LINE_OF(reader, listens, i, "transports"),
			     "listen \"%s\" needs a certificate for tls",
			     listen->name);
	if (asks != !!listen->client_ca)
		config_error(
			reader,
			LINE_OF(reader, listens, i, "client_certificate"),
			"listen \"%s\": client_certificate and client_ca go "
			"together",
			listen->name);
	if (listen->transports[TRANSPORT_TCP] &&
	    listen->tls_port == listen->port)
		config_error(reader, LINE_OF(reader, listens, i, "tls_port"),
			     "listen \"%s\": port and tls_port must differ",
			     listen->name);
}

static void check_listens(struct config_reader *reader)
{
	const struct config *config = reader->config;
	size_t i, k;

	for (i = 0; i < config->listens_count; i++) {
		const struct config_listen *listen = &config->listens[i];

		if (is_wildcard(listen))
			config_error(reader,
				     LINE_OF(reader, listens, i, "address"),
				     "listen \"%s\" needs an address of this "
				     "machine, not \"%s\": peers are told to "
				     "answer there",
				     listen->name, listen->address);
		for (k = 0; k < i; k++) {
			if (ports_clash(listen, &config->listens[k]))
				config_error(
					reader,
					LINE_OF(reader, listens, i, "address"),
					"listen \"%s\" has the address "
					"and port of listen \"%s\"",
					listen->name, config->listens[k].name);
		}
		check_tls(reader, i);
		if (config->api.address && listen->address &&
		    !strcmp(config->api.address, listen->address) &&
		    streams_at(listen, config->api.port))
			config_error(
				reader, LINE_OF(reader, listens, i, "port"),
				"listen \"%s\" has the address and port of "
				"the API",
				listen->name);
	}
}

static bool same_range(const struct cidr *a, const struct cidr *b)
{
	return a->bits == b->bits && a->addr.len == b->addr.len &&
	       !memcmp(a->addr.bytes, b->addr.bytes, a->addr.len);
}

static bool has_source(const struct config_trunk *trunk, size_t count,
		       const struct cidr *source)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (same_range(&trunk->sources[i], source))
			return true;
	}
	return false;
}

/* Whose call it is must not depend on the order in the file. */
static void check_source(struct config_reader *reader, size_t trunk,
			 size_t source)
{
	const struct config_trunk *trunks = reader->config->trunks;
	const struct cidr *cidr = &trunks[trunk].sources[source];
	char text[NETADDR_TEXT];
	size_t i;

	for (i = 0; i <= trunk; i++) {
		size_t count = i < trunk ? trunks[i].sources_count : source;

		if (!has_source(&trunks[i], count, cidr))
			continue;
		config_error(reader, LINE_OF(reader, trunks, trunk, "sources"),
			     "trunk \"%s\": source %s/%u is one of trunk "
			     "\"%s\" already",
			     trunks[trunk].name,
			     netaddr_print(text, &cidr->addr), cidr->bits,
			     trunks[i].name);
		return;
	}
}

static void check_subjects(struct config_reader *reader, size_t index)
{
	const struct config *config = reader->config;
	size_t i;

	for (i = 0; i < config->listens_count; i++)
		if (config->listens[i].client_certificate !=
		    CLIENT_CERTIFICATE_NONE)
			return;
	config_error(reader, LINE_OF(reader, trunks, index, "tls_subjects"),
		     "trunk \"%s\": no listen asks for the certificates that "
		     "tls_subjects needs",
		     config->trunks[index].name);
}

static void report_no_route(struct config_reader *reader, size_t i)
{
	const struct config *config = reader->config;
	const struct config_trunk *trunk = &config->trunks[i];
	char meant[MEANT_MAX];

	config_error(reader, LINE_OF(reader, trunks, i, "route"),
		     "trunk \"%s\": there is no route \"%s\"%s", trunk->name,
		     trunk->route,
		     config_meant(meant, sizeof(meant), config->routes,
				  config->routes_count, sizeof(*config->routes),
				  trunk->route));
}

static void check_trunks(struct config_reader *reader)
{
	const struct config *config = reader->config;
	size_t i, k;

	for (i = 0; i < config->trunks_count; i++) {
		const struct config_trunk *trunk = &config->trunks[i];

		for (k = 0; k < trunk->sources_count; k++)
			check_source(reader, i, k);
		if (trunk->tls_subjects_count)
			check_subjects(reader, i);
		if (trunk->route && !config_route_find(config, trunk->route))
			report_no_route(reader, i);
		if (trunk->redirect_allow != REDIRECT_ALLOW_302 &&
		    trunk->mode != MODE_REDIRECT)
			config_error(
				reader,
				LINE_OF(reader, trunks, i, "redirect_allow"),
				"trunk \"%s\": redirect_allow takes mode = "
				"\"redirect\"",
				trunk->name);
	}
}

static bool suits(const struct config_listen *listen,
		  const struct config_gateway *gateway)
{
	struct netaddr addr;

	if (!listen->address || netaddr_parse(&addr, listen->address))
		return false;
	if (gateway->domain)
		return gateway->any_transport ||
		       listen->transports[gateway->transport];
	return addr.len == gateway->host.len &&
	       listen->transports[gateway->transport];
}

static const char *family(const struct config_gateway *gateway)
{
	if (gateway->domain)
		return "";
	return gateway->host.len == 4 ? "IPv4 and " : "IPv6 and ";
}

static bool any_suits(const struct config *config,
		      const struct config_gateway *gateway)
{
	size_t i;

	for (i = 0; i < config->listens_count; i++) {
		if (suits(&config->listens[i], gateway))
			return true;
	}
	return false;
}

static void check_gateway(struct config_reader *reader, size_t index)
{
	const struct config *config = reader->config;
	const struct config_gateway *gateway = &config->gateways[index];
	const struct config_listen *listen = NULL;
	size_t i;

	for (i = 0; gateway->listen && i < config->listens_count; i++) {
		if (!strcmp(config->listens[i].name, gateway->listen))
			listen = &config->listens[i];
	}
	if (gateway->listen && !listen)
		config_error(reader, LINE_OF(reader, gateways, index, "listen"),
			     "gateway \"%s\": there is no listen \"%s\"",
			     gateway->name, gateway->listen);
	else if (!gateway->host.len && !gateway->domain)
		return; /* its URI is wrong, which was said */
	else if (listen && !suits(listen, gateway))
		config_error(reader, LINE_OF(reader, gateways, index, "listen"),
			     "gateway \"%s\": it takes %s%s, which "
			     "listen \"%s\" has not",
			     gateway->name, family(gateway),
			     config_transport_names[gateway->transport],
			     listen->name);
	else if ((gateway->tls_ca || gateway->tls_name) &&
		 gateway->transport != TRANSPORT_TLS && !gateway->any_transport)
		config_error(reader, LINE_OF(reader, gateways, index, "uri"),
			     "gateway \"%s\" has options of tls, which is not "
			     "its transport",
			     gateway->name);
	else if (!listen && !any_suits(config, gateway))
		config_error(reader, LINE_OF(reader, gateways, index, "uri"),
			     "gateway \"%s\": it takes %s%s, which no "
			     "listen has",
			     gateway->name, family(gateway),
			     config_transport_names[gateway->transport]);
}

static void check_redirects(struct config_reader *reader, size_t index)
{
	const struct config_gateway *gateway = &reader->config->gateways[index];

	if (gateway->redirect_hosts_count &&
	    gateway->redirects != REDIRECTS_FOLLOW)
		config_error(reader,
			     LINE_OF(reader, gateways, index, "redirect_hosts"),
			     "gateway \"%s\": redirect_hosts takes redirects = "
			     "\"follow\"",
			     gateway->name);
}

static bool find_gateway(const struct config *config, const char *name,
			 size_t *indexp)
{
	size_t i;

	for (i = 0; i < config->gateways_count; i++) {
		if (!strcmp(config->gateways[i].name, name)) {
			*indexp = i;
			return true;
		}
	}
	return false;
}

static void resolve(struct config_reader *reader,
		    const struct config_reference *reference)
{
	struct config_route *route = &reader->config->routes[reference->route];
	const struct config *config = reader->config;
	struct config_hop *added, hop = reference->hop;
	char meant[MEANT_MAX];
	size_t i;

	if (!find_gateway(config, reference->name, &hop.gateway)) {
		config_error(reader, reference->line,
			     "route \"%s\": there is no gateway \"%s\"%s",
			     route->name, reference->name,
			     config_meant(meant, sizeof(meant),
					  config->gateways,
					  config->gateways_count,
					  sizeof(*config->gateways),
					  reference->name));
		return;
	}
	for (i = 0; i < route->hops_count; i++) {
		if (route->hops[i].gateway != hop.gateway)
			continue;
		config_error(reader, reference->line,
			     "route \"%s\" has gateway \"%s\" twice",
			     route->name, reference->name);
		return;
	}
	if (route->hops_count == CONFIG_HOPS_MAX) {
		config_error(reader, reference->line,
			     "route \"%s\" has more than %d gateways",
			     route->name, CONFIG_HOPS_MAX);
		return;
	}
	added = config_grow(reader, &route->hops, &route->hops_count,
			    sizeof(*added));
	if (added)
		*added = hop;
}

static void check_dns(struct config_reader *reader)
{
	const struct config_dns *dns = &reader->config->dns;
	size_t i;

	if (dns->ttl_min_s <= dns->ttl_max_s)
		return;
	for (i = 0; i < reader->sections_count; i++) {
		if (!strcmp(reader->sections[i].type->name, "dns"))
			config_error(reader, reader->sections[i].line,
				     "ttl_min_s must not be more than "
				     "ttl_max_s");
	}
}

void config_check(struct config_reader *reader)
{
	size_t i;

	check_any(reader);
	check_listens(reader);
	check_trunks(reader);
	for (i = 0; reader->config->listens_count &&
		    i < reader->config->gateways_count;
	     i++)
		check_gateway(reader, i);
	for (i = 0; i < reader->config->gateways_count; i++)
		check_redirects(reader, i);
	for (i = 0; i < reader->references_count; i++)
		resolve(reader, &reader->references[i]);
	if (!reader->peeking)
		config_check_reputations(reader);
	config_check_profiles(reader);
	config_check_treatment(reader);
	check_dns(reader);
}
