/* What has arrived on a UDP socket and was not read yet. The loop looks at its
 * timers between any two datagrams, so that it may be seconds behind its peers
 * and on time for itself; only the kernel knows. The stack keeps its sockets
 * to itself: ours is found among all descriptors, once, by its address. */
#include "internal.h"

#include <string.h>

#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "callsieve/core/clock.h"

#define DESCRIPTORS	 4096 /* more are not open yet when we bind */
#define BACKLOG_STALE_MS 100  /* since the last look: it may have been read */
#define BACKLOG_MAX                                                            \
	(64 << 10) /* bytes, of which a datagram takes 1 to 3 KB               \
		    */

static bool is_it(int fd, const struct netaddr *addr, uint16_t port)
{
	su_sockaddr_t su;
	socklen_t len = sizeof(su), type_len = sizeof(int);
	struct netaddr at = {0};
	int type;

	if (getsockname(fd, &su.su_sa, &len) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) < 0 ||
	    type != SOCK_DGRAM)
		return false;
	netaddr_from_sockaddr(&at, &su.su_sa);
	return memcmp(&at, addr, sizeof(at)) == 0 && ntohs(su.su_port) == port;
}

/* The socket of a UDP listener; -1: there is none. */
int backlog_socket(const struct netaddr *addr, uint16_t port)
{
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		if (is_it(fd, addr, port))
			return fd;
	return -1;
}

static bool is_over(int fd, unsigned part)
{
	uint32_t info[SK_MEMINFO_VARS] = {0}, most = BACKLOG_MAX;
	socklen_t len = sizeof(info);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) < 0)
		return false;
	if (part && info[SK_MEMINFO_RCVBUF] / part > most)
		most = info[SK_MEMINFO_RCVBUF] / part;
	return info[SK_MEMINFO_RMEM_ALLOC] > most;
}

/* Is what arrived of late still to be read? */
bool backlog_is_long(int fd)
{
	return is_over(fd, 0);
}

/* For how long no look found any less than a quarter of the buffers in use, in
 * milliseconds. A burst is read in no time; what stands for long is more than
 * we can do, and will be lost next. */
uint64_t backlog_standing_ms(struct sip *sip)
{
	uint64_t now = now_mono_ms();
	bool over = false;

	for (size_t i = 0; !over && i < sip->listeners_count; i++)
		over = is_over(sip->listeners[i].udp_socket, 4);
	if (!over || now > sip->backlog_seen_ms + BACKLOG_STALE_MS)
		sip->backlog_since_ms = now;
	sip->backlog_seen_ms = now;
	return now - sip->backlog_since_ms;
}
