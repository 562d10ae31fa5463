/* Opening the listening socket: see listen.h. */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "callsieve/core/log.h"
#include "callsieve/core/netaddr.h"

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t address_fill(union address *to, const struct netaddr *from,
			      uint16_t port)
{
	memset(to, 0, sizeof(*to));
	if (from->len == 4) {
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = htons(port);
		memcpy(&to->v4.sin_addr, from->bytes, 4);
		return sizeof(to->v4);
	}
	to->v6.sin6_family = AF_INET6;
	to->v6.sin6_port = htons(port);
	memcpy(&to->v6.sin6_addr, from->bytes, 16);
	return sizeof(to->v6);
}

static int bind_and_listen(int fd, union address *address, socklen_t len,
			   uint16_t *portp)
{
	int on = 1;

	/* A restart must not wait for the connections of the last run. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &address->any, len) || listen(fd, SOMAXCONN) ||
	    getsockname(fd, &address->any, &len))
		return -errno;
	*portp = ntohs(address->any.sa_family == AF_INET
			       ? address->v4.sin_port
			       : address->v6.sin6_port);
	return 0;
}

int listen_open(int *fdp, uint16_t *portp, const char *address, uint16_t port)
{
	union address to;
	struct netaddr from;
	socklen_t len;
	int fd, err;

	err = netaddr_parse(&from, address);
	if (err)
		return err;
	len = address_fill(&to, &from, port);
	fd = socket(to.any.sa_family,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	err = fd < 0 ? -errno : bind_and_listen(fd, &to, len, portp);
	if (err) {
		log_error("event=api-listen-failed address=%s port=%u "
			  "reason=\"%s\"",
			  address, port, strerror(-err));
		if (fd >= 0)
			close(fd);
	} else {
		*fdp = fd;
	}
	return err;
}
