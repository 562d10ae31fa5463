/* Readers of network addresses and SIP URIs. */
#include "config_reader.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SIP_PORT 5060
#define TLS_PORT 5061
#define DNS_PORT 53
#define PORT_MAX 65535

#define DOMAIN_MAX 253 /* RFC 1035 2.3.4, as text */

const char *const config_transport_names[TRANSPORTS] = {
	[TRANSPORT_UDP] = "udp",
	[TRANSPORT_TCP] = "tcp",
	[TRANSPORT_TLS] = "tls",
};

/* Without the brackets of an IPv6 address, whose readers add their own. */
void config_read_address(const struct config_place *place, const char *text)
{
	char printed[NETADDR_TEXT];
	struct netaddr addr;

	if (netaddr_parse(&addr, text))
		config_value_error(place, text,
				   "a numeric IPv4 or IPv6 address");
	else
		config_set_string(place, netaddr_print(printed, &addr));
}

void config_read_transport(const struct config_place *place, const char *text)
{
	struct config_listen *listen = place->base;

	for (size_t i = 0; i < TRANSPORTS; i++) {
		if (!strcasecmp(text, config_transport_names[i])) {
			listen->transports[i] = true;
			return;
		}
	}
	config_value_error(place, text, "udp, tcp or tls");
}

static void read_range(const struct config_place *place, const char *text,
		       struct cidr **rangesp, size_t *countp)
{
	struct cidr cidr, *range;

	if (cidr_parse(&cidr, text)) {
		config_value_error(place, text,
				   "addresses or ranges such as 192.0.2.0/24, "
				   "with no bits set beyond the prefix");
		return;
	}
	range = config_grow(place->reader, rangesp, countp, sizeof(*range));
	if (range)
		*range = cidr;
}

void config_read_source(const struct config_place *place, const char *text)
{
	struct config_trunk *trunk = place->base;

	read_range(place, text, &trunk->sources, &trunk->sources_count);
}

void config_read_redirect_host(const struct config_place *place,
			       const char *text)
{
	struct config_gateway *gateway = place->base;

	read_range(place, text, &gateway->redirect_hosts,
		   &gateway->redirect_hosts_count);
}

static bool parse_port(uint16_t *portp, const char *text, size_t len)
{
	unsigned long port = 0;
	size_t i;

	for (i = 0; i < len && port <= PORT_MAX; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		port = port * 10 + (unsigned long)(text[i] - '0');
	}
	*portp = (uint16_t)port;
	return len && port && port <= PORT_MAX;
}

/* The length of the host at the start of `text`. An IPv6 address has its
 * brackets here (RFC 3261 25.1). */
static size_t host_len(const char *text)
{
	size_t len = strcspn(text, text[0] == '[' ? "];" : ":;");

	return text[len] == ']' ? len + 1 : len;
}

/* A name of DNS, as far as RFC 3261 25.1 lets one be told from an address: the
 * last label begins with a letter. */
static bool is_domain(const char *host)
{
	const char *last = strrchr(host, '.');
	size_t len = strspn(host, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789-_.");

	return len && !host[len] && host[0] != '.' && !strstr(host, "..") &&
	       isalpha((unsigned char)(last ? last[1] : host[0]));
}

/* An address into `host`, a name into `domain`. */
static const char *parse_host(struct config_gateway *gateway, const char *text)
{
	size_t len = host_len(text);
	char host[DOMAIN_MAX + 1];

	if (len >= sizeof(host))
		return NULL;
	memcpy(host, text, len);
	host[len] = '\0';
	if (netaddr_parse(&gateway->host, host) != 0) {
		gateway->host.len = 0;
		if (!is_domain(host))
			return NULL;
		gateway->domain = strdup(host);
	}
	return text + len;
}

static bool parse_hostport(struct config_gateway *gateway, const char **textp)
{
	const char *text = parse_host(gateway, *textp);
	size_t len;

	gateway->port = 0;
	if (!text)
		return false;
	if (*text == ':') {
		len = strcspn(++text, ";");
		if (!parse_port(&gateway->port, text, len))
			return false;
		text += len;
	}
	*textp = text;
	return true;
}

static bool parse_transport(struct config_gateway *gateway, const char *text)
{
	static const char parameter[] = ";transport=";

	gateway->transport = TRANSPORT_UDP;
	if (!*text)
		return true;
	if (strncasecmp(text, parameter, sizeof(parameter) - 1))
		return false;
	text += sizeof(parameter) - 1;
	for (enum config_transport i = 0; i < TRANSPORTS; i++) {
		if (!strcasecmp(text, config_transport_names[i])) {
			gateway->transport = i;
			return true;
		}
	}
	return false;
}

static bool parse_uri(struct config_gateway *gateway, const char *text)
{
	if (strncasecmp(text, "sip:", 4))
		return false;
	text += 4;
	if (!parse_hostport(gateway, &text) || !parse_transport(gateway, text))
		return false;
	gateway->any_transport = gateway->domain && !*text;
	/* RFC 3263 4.2: a name without a port has those DNS says. */
	if (!gateway->port && !gateway->domain)
		gateway->port = gateway->transport == TRANSPORT_TLS ? TLS_PORT
								    : SIP_PORT;
	return true;
}

void config_read_uri(const struct config_place *place, const char *text)
{
	struct config_gateway *gateway = place->base;

	free(gateway->domain);
	gateway->domain = NULL;
	if (parse_uri(gateway, text)) {
		config_set_string(place, text);
		return;
	}
	gateway->host.len = 0;
	config_value_error(place, text,
			   "sip:HOST[:PORT][;transport=udp|tcp|tls], where "
			   "HOST is an address or a name");
}

/* Kept with its port, in the form c-ares takes. */
void config_read_dns_server(const struct config_place *place, const char *text)
{
	struct config *config = place->base;
	size_t len = host_len(text);
	char host[NETADDR_TEXT + 2] = "", server[NETADDR_TEXT + 12];
	struct netaddr addr;
	uint16_t port = DNS_PORT;
	char **item;

	if (len < sizeof(host))
		memcpy(host, text, len);
	if (netaddr_parse(&addr, host) ||
	    (text[len] && (text[len] != ':' ||
			   !parse_port(&port, text + len + 1,
				       strlen(text + len + 1))))) {
		config_value_error(place, text,
				   "ADDRESS[:PORT] with a numeric address, "
				   "IPv6 in brackets");
		return;
	}
	netaddr_print(host, &addr);
	snprintf(server, sizeof(server), addr.len == 16 ? "[%s]:%u" : "%s:%u",
		 host, port);
	item = config_grow(place->reader, &config->dns.servers,
			   &config->dns.servers_count, sizeof(*item));
	if (item)
		*item = config_strdup(place->reader, server);
}
