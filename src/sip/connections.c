/* The connections that peers open: from whom, and how many.
 *
 * The stack takes every connection there is, for as long as there are file
 * descriptors; then accept() fails, at once and for ever, and its loop goes
 * round it. It offers no way to step in, but it calls accept() by its name: the
 * one below takes the place of the C library's for the whole program, and
 * refuses what must not come in. (glibc leaves the name to programs that want
 * it; nothing else in this one calls it.)
 *
 * When the stack closes a connection nobody is told either. Each is known by
 * its descriptor and the inode of its socket, so it is seen to be gone when
 * its descriptor comes again, or when a look in passing finds another socket
 * there, or none. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* netinet/tcp.h knows an older struct tcp_info. */
#include <linux/tcp.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/core/log_limit.h"
#include "callsieve/core/loop.h"
#include "callsieve/core/metrics.h"

/* Descriptors kept for all else: the database, the API, gateways, the log. */
#define RESERVE	      64
#define RESERVE_SMALL 24 /* where there are few at all */

/* Strangers that are to get their 403: no more than this at a time. */
#define UNKNOWN_MAX 16

#define LOOK_MS	   250 /* between two looks in passing */
#define LOOK_LEAST 64  /* connections looked at each time */
#define SWEEP_MS   100 /* between two looks at all */

/* Of the kernel: a peer that is gone without a word is noticed. */
#define KEEPALIVE_IDLE_S     60
#define KEEPALIVE_INTERVAL_S 20
#define KEEPALIVE_COUNT	     3

struct connection {
	bool open;
	bool unknown; /* from a stranger */
	bool ours;    /* to a gateway: not counted */
	bool tls;
	bool settled;
	struct ssl_st *ssl; /* not freed yet */
	ino_t inode;
	uint64_t since_ms;
	struct trunk_load *load; /* its trunk's, or NULL */
};

struct connections {
	struct sip *sip;
	struct connection *by_fd;
	size_t size;
	size_t next; /* to be looked at */
	unsigned count, unknown;
	int most; /* descriptors beyond this are for others */
	int spare;
	uint64_t swept_ms;
	struct loop_timer *timer;
	struct log_limit log;
};

/* accept() has no argument to find it by. */
static struct connections *current;

static bool is_there(const struct connection *connection, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_ino == connection->inode;
}

static void forget(struct connections *all, struct connection *connection)
{
	connection->open = false;
	if (connection->ssl)
		secure_release(connection->ssl);
	connection->ssl = NULL;
	if (connection->ours)
		return;
	all->count--;
	if (connection->unknown)
		all->unknown--;
	if (connection->load)
		connection->load->load.connections--;
	metric_set(METRIC_CONNECTIONS, all->count);
}

static bool has_received(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	       info.tcpi_bytes_received > 0;
}

/* Who connects and says nothing is sent away: the stack does not mind him. It
 * sees the end of the stream, and closes. */
static void look_at(struct connections *all, int fd, uint64_t now)
{
	struct connection *connection = &all->by_fd[fd];

	if (!connection->open)
		return;
	if (!is_there(connection, fd)) {
		forget(all, connection);
		return;
	}
	if (connection->settled ||
	    now < connection->since_ms + all->sip->config->handshake_ms)
		return;
	connection->settled = true;
	if (connection->tls || !has_received(fd))
		shutdown(fd, SHUT_RDWR);
}

static void on_timer(void *arg)
{
	struct connections *all = arg;
	uint64_t now = now_mono_ms();
	size_t looks = all->size / 4 + LOOK_LEAST;

	for (size_t i = 0; i < looks && i < all->size; i++) {
		all->next = (all->next + 1) % all->size;
		look_at(all, (int)all->next, now);
	}
	/* Upstream's 1.13 forgets the idle limit of a listener with each
	 * connection it makes. */
	listeners_configure(all->sip, all->sip->config);
	loop_timer_set(all->timer, LOOK_MS);
}

/* All at once, where room is needed. */
static void sweep(struct connections *all)
{
	uint64_t now = now_mono_ms();

	if (now < all->swept_ms + SWEEP_MS)
		return;
	all->swept_ms = now;
	for (size_t fd = 0; fd < all->size; fd++)
		look_at(all, (int)fd, now);
}

static bool is_listener(const struct sip *sip, int fd, bool *tlsp)
{
	su_sockaddr_t su;
	socklen_t len = sizeof(su);
	struct netaddr addr = {0};
	const struct config_listen *listens = sip->config->listens;

	if (getsockname(fd, &su.su_sa, &len) < 0)
		return false;
	netaddr_from_sockaddr(&addr, &su.su_sa);
	for (size_t i = 0; i < sip->listeners_count; i++) {
		if (memcmp(&sip->listeners[i].addr, &addr, sizeof(addr)) != 0)
			continue;
		*tlsp = listens[i].transports[TRANSPORT_TLS] &&
			listens[i].tls_port == ntohs(su.su_port);
		if (*tlsp || (listens[i].transports[TRANSPORT_TCP] &&
			      listens[i].port == ntohs(su.su_port)))
			return true;
	}
	return false;
}

static bool at(unsigned count, unsigned limit)
{
	return limit && count >= limit;
}

/* Why a connection may not come in, or NULL. */
static const char *refusal(const struct connections *all,
			   const struct config_trunk *trunk,
			   const struct connection *connection, int fd,
			   enum metric *metricp)
{
	const struct config *config = all->sip->config;

	*metricp = METRIC_CONNECTIONS_REFUSED_UNKNOWN;
	if (connection->unknown &&
	    (config->silent_unknown || all->unknown >= UNKNOWN_MAX))
		return "unknown source";
	*metricp = METRIC_CONNECTIONS_REFUSED_TRUNK;
	if (connection->load && at(connection->load->load.connections,
				   trunk->limits.max_connections))
		return "too many of the trunk";
	*metricp = METRIC_CONNECTIONS_REFUSED_TOTAL;
	if (at(all->count, config->limits.max_connections))
		return "too many";
	*metricp = METRIC_CONNECTIONS_REFUSED_DESCRIPTORS;
	return fd > all->most ? "too few file descriptors" : NULL;
}

/* What is over the limits may be so only because we have not looked. */
static const char *judge(struct connections *all,
			 const struct config_trunk *trunk,
			 const struct connection *connection, int fd,
			 enum metric *metricp)
{
	if (!refusal(all, trunk, connection, fd, metricp))
		return NULL;
	sweep(all);
	return refusal(all, trunk, connection, fd, metricp);
}

static bool make_room(struct connections *all, int fd)
{
	size_t size = all->size ? all->size : 64;
	struct connection *grown;

	while (size <= (size_t)fd)
		size *= 2;
	if (size == all->size)
		return true;
	grown = realloc(all->by_fd, size * sizeof(*grown));
	if (!grown)
		return false;
	memset(grown + all->size, 0, (size - all->size) * sizeof(*grown));
	all->by_fd = grown;
	all->size = size;
	return true;
}

static void keep_alive(int fd)
{
	static const int on = 1, idle = KEEPALIVE_IDLE_S,
			 interval = KEEPALIVE_INTERVAL_S,
			 count = KEEPALIVE_COUNT;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
}

static void remember(struct connections *all, int fd,
		     const struct connection *connection)
{
	struct stat st;

	all->by_fd[fd] = *connection;
	all->by_fd[fd].open = true;
	all->by_fd[fd].since_ms = now_mono_ms();
	all->by_fd[fd].inode = fstat(fd, &st) == 0 ? st.st_ino : 0;
	if (connection->ours)
		return;
	all->count++;
	if (connection->unknown)
		all->unknown++;
	if (connection->load)
		connection->load->load.connections++;
	metric_set(METRIC_CONNECTIONS, all->count);
	keep_alive(fd);
}

static void log_refusal(struct connections *all, const struct netaddr *addr,
			const char *why)
{
	char text[NETADDR_TEXT];
	unsigned long left_out;

	if (log_limit_pass(&all->log, now_mono_us(), &left_out))
		log_warn("peer=%s event=connection-refused reason=\"%s\" "
			 "left_out=%lu",
			 netaddr_print(text, addr), why, left_out);
}

/* With a reset: nothing of it stays behind. */
static void turn_away(int fd)
{
	static const struct linger none = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(fd);
}

static bool admit(struct connections *all, int fd, const struct sockaddr *from,
		  bool tls)
{
	struct connection connection = {.tls = tls};
	const struct config_trunk *trunk;
	struct netaddr addr = {0};
	enum metric metric = METRIC_CONNECTIONS_REFUSED_TOTAL;
	const char *why = "out of memory";

	netaddr_from_sockaddr(&addr, from);
	trunk = config_trunk_for(all->sip->config, &addr);
	if (trunk)
		connection.load = trunk_load_of(all->sip, trunk);
	connection.unknown = !trunk && !gateways_at(all->sip, &addr);
	if (make_room(all, fd)) {
		if (all->by_fd[fd].open)
			forget(all, &all->by_fd[fd]);
		why = judge(all, trunk, &connection, fd, &metric);
	}
	if (!why) {
		remember(all, fd, &connection);
		return true;
	}
	metric_add(metric, 1);
	log_refusal(all, &addr, why);
	return false;
}

/* Not one descriptor left, whoever has them: with the spare one the waiting
 * connection can at least be taken and closed. */
static void turn_away_unseen(struct connections *all, int listening)
{
	static const struct netaddr nobody;
	int fd;

	if (all->spare < 0)
		return;
	close(all->spare);
	fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		turn_away(fd);
	all->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	metric_add(METRIC_CONNECTIONS_REFUSED_DESCRIPTORS, 1);
	log_refusal(all, &nobody, "no file descriptors");
}

/* In place of the C library's; see the top of the file. With errno 0 the stack
 * lets it be. */
int accept(int listening, __SOCKADDR_ARG addr, socklen_t *restrict len)
{
	struct connections *all = current;
	su_sockaddr_t from = {0};
	socklen_t from_len = sizeof(from);
	bool tls;
	int fd;

	if (!all || !is_listener(all->sip, listening, &tls))
		return accept4(listening, addr, len, 0);
	fd = accept4(listening, &from.su_sa, &from_len, SOCK_CLOEXEC);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		turn_away_unseen(all, listening);
	if (fd >= 0 && !admit(all, fd, &from.su_sa, tls)) {
		turn_away(fd);
		fd = -1;
	}
	if (fd >= 0 && len) {
		memcpy(addr.__sockaddr__, &from,
		       from_len < *len ? from_len : *len);
		*len = from_len;
	}
	if (fd < 0)
		errno = 0;
	return fd;
}

/* The TLS handshake is done. */
void connection_settled(int fd)
{
	if (current && fd >= 0 && (size_t)fd < current->size)
		current->by_fd[fd].settled = true;
}

/* It has TLS, or, with NULL, its TLS was freed. */
void connection_secured(int fd, struct ssl_st *ssl)
{
	static const struct connection ours = {.ours = true, .tls = true};
	struct connection *connection;

	if (!current || fd < 0 || !make_room(current, fd))
		return;
	connection = &current->by_fd[fd];
	if (ssl && connection->open &&
	    (connection->ssl || !is_there(connection, fd)))
		forget(current, connection);
	if (ssl && !connection->open)
		remember(current, fd, &ours);
	connection->ssl = ssl;
}

/* Where there are few descriptors, half are for others. */
static int most_descriptors(void)
{
	struct rlimit limit;
	int total = 1024, reserve = RESERVE;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		total = limit.rlim_cur > INT_MAX ? INT_MAX
						 : (int)limit.rlim_cur;
	if (total < 4 * RESERVE)
		reserve = RESERVE_SMALL;
	return total - reserve;
}

int connections_new(struct sip *sip)
{
	struct connections *all = calloc(1, sizeof(*all));
	unsigned limit = sip->config->limits.max_connections;
	int err;

	if (!all)
		return -ENOMEM;
	all->sip = sip;
	all->most = most_descriptors();
	all->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	err = loop_timer_new(&all->timer, sip->loop, on_timer, all);
	if (err) {
		free(all);
		return err;
	}
	if (limit > (unsigned)all->most)
		log_warn("event=few-descriptors max_connections=%u have=%d",
			 limit, all->most);
	loop_timer_set(all->timer, LOOK_MS);
	sip->connections = all;
	current = all;
	return 0;
}

void connections_free(struct sip *sip)
{
	struct connections *all = sip->connections;

	if (!all)
		return;
	if (current == all)
		current = NULL;
	loop_timer_free(all->timer);
	if (all->spare >= 0)
		close(all->spare);
	for (size_t fd = 0; fd < all->size; fd++)
		if (all->by_fd[fd].open)
			forget(all, &all->by_fd[fd]);
	free(all->by_fd);
	free(all);
}
