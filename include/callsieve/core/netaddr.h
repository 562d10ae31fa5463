/* Network addresses and CIDR ranges, IPv4 and IPv6. An IPv4-mapped IPv6
 * address counts as the IPv4 address. */
#ifndef CALLSIEVE_CORE_NETADDR_H
#define CALLSIEVE_CORE_NETADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

#define NETADDR_TEXT 46 /* as INET6_ADDRSTRLEN */

struct netaddr {
	uint8_t bytes[16];
	uint8_t len; /* 4 or 16; 0: none */
};

struct cidr {
	struct netaddr addr;
	uint8_t bits;
};

/* "192.0.2.1", "2001:db8::1" or "[2001:db8::1]". -EINVAL. */
int netaddr_parse(struct netaddr *addr, const char *text);
void netaddr_from_sockaddr(struct netaddr *addr, const struct sockaddr *sa);
const char *netaddr_print(char buf[NETADDR_TEXT], const struct netaddr *addr);

/* An address, or "192.0.2.0/24". -EINVAL for bad text, bits out of range, or
 * bits set beyond the prefix (a typing error more often than not). */
int cidr_parse(struct cidr *cidr, const char *text);
bool cidr_contains(const struct cidr *cidr, const struct netaddr *addr);

#endif
