#include "callsieve/core/netaddr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MAPPED_BITS 96

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static void set_bytes(struct netaddr *addr, const void *bytes, uint8_t len)
{
	memset(addr, 0, sizeof(*addr));
	if (len == 16 && !memcmp(bytes, mapped, sizeof(mapped))) {
		bytes = (const uint8_t *)bytes + sizeof(mapped);
		len = 4;
	}
	memcpy(addr->bytes, bytes, len);
	addr->len = len;
}

/* 4 or 16, or 0 when it is no address. */
static uint8_t parse_bytes(uint8_t bytes[16], const char *text)
{
	char inner[NETADDR_TEXT];
	size_t len = strlen(text);

	if (text[0] == '[') {
		if (text[len - 1] != ']' || len - 2 >= sizeof(inner))
			return 0;
		memcpy(inner, text + 1, len - 2);
		inner[len - 2] = '\0';
		return inet_pton(AF_INET6, inner, bytes) == 1 ? 16 : 0;
	}
	if (inet_pton(AF_INET, text, bytes) == 1)
		return 4;
	return inet_pton(AF_INET6, text, bytes) == 1 ? 16 : 0;
}

int netaddr_parse(struct netaddr *addr, const char *text)
{
	uint8_t bytes[16];
	uint8_t len = parse_bytes(bytes, text);

	if (!len)
		return -EINVAL;
	set_bytes(addr, bytes, len);
	return 0;
}

void netaddr_from_sockaddr(struct netaddr *addr, const struct sockaddr *sa)
{
	const struct sockaddr_in *in = (const void *)sa;
	const struct sockaddr_in6 *in6 = (const void *)sa;

	memset(addr, 0, sizeof(*addr));
	if (sa->sa_family == AF_INET)
		set_bytes(addr, &in->sin_addr, 4);
	else if (sa->sa_family == AF_INET6)
		set_bytes(addr, &in6->sin6_addr, 16);
}

const char *netaddr_print(char buf[NETADDR_TEXT], const struct netaddr *addr)
{
	int family = addr->len == 4 ? AF_INET : AF_INET6;

	if (!addr->len || !inet_ntop(family, addr->bytes, buf, NETADDR_TEXT))
		snprintf(buf, NETADDR_TEXT, "none");
	return buf;
}

/* Whether all bits from `from` on are clear. */
static bool is_clear(const uint8_t *bytes, unsigned len, unsigned from)
{
	unsigned i;

	for (i = from; i < len * 8; i++) {
		if (bytes[i / 8] & 0x80 >> i % 8)
			return false;
	}
	return true;
}

/* Decimal and nothing else, unlike what strtoul() takes. */
static int parse_bits(unsigned *bitsp, const char *text)
{
	size_t len = strspn(text, "0123456789");

	if (!len || len > 3 || text[len] || (text[0] == '0' && len > 1))
		return -EINVAL;
	*bitsp = (unsigned)strtoul(text, NULL, 10);
	return 0;
}

int cidr_parse(struct cidr *cidr, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	char address[NETADDR_TEXT + 2];
	uint8_t bytes[16], written;
	unsigned bits;

	if (len >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, len);
	address[len] = '\0';
	written = parse_bytes(bytes, address);
	bits = written * 8u;
	if (!written || (slash && parse_bits(&bits, slash + 1)))
		return -EINVAL;
	if (bits > written * 8u || !is_clear(bytes, written, bits))
		return -EINVAL;

	set_bytes(&cidr->addr, bytes, written);
	if (cidr->addr.len != written) {
		/* ::ffff:0:0/95 would be IPv4 and something else. */
		if (bits < MAPPED_BITS)
			return -EINVAL;
		bits -= MAPPED_BITS;
	}
	cidr->bits = (uint8_t)bits;
	return 0;
}

bool cidr_contains(const struct cidr *cidr, const struct netaddr *addr)
{
	unsigned whole = cidr->bits / 8, rest = cidr->bits % 8;

	if (cidr->addr.len != addr->len || !addr->len)
		return false;
	if (memcmp(cidr->addr.bytes, addr->bytes, whole))
		return false;
	return !rest ||
	       (cidr->addr.bytes[whole] ^ addr->bytes[whole]) >> (8 - rest) ==
		       0;
}
