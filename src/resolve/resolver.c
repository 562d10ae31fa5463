/* DNS queries by c-ares, driven by the loop. Its sockets live in an epoll set
 * of their own, which the kernel tidies on close, and the loop watches only
 * that set: see fetch.c. */
#include "resolver.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include <ares.h>
#include <arpa/nameser.h>

#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"
#include "callsieve/resolve.h"

#define EVENTS_PER_TURN 32
#define TRY_MS		1500 /* for the first try; c-ares doubles it */
#define TRIES		3
#define UDP_MAX		1232 /* what passes everywhere; beyond it TCP */

struct resolver {
	struct loop *loop;
	ares_channel channel;
	int sockets; /* the epoll set */
	struct loop_watch *watch;
	struct loop_timer *timer;
};

struct query {
	resolver_h *h;
	void *arg;
};

/* When c-ares wants to be called next. */
static void arm(struct resolver *resolver)
{
	struct timeval tv, *next = ares_timeout(resolver->channel, NULL, &tv);

	if (next)
		loop_timer_set(resolver->timer,
			       (unsigned)(next->tv_sec * 1000 +
					  (next->tv_usec + 999) / 1000));
	else
		loop_timer_stop(resolver->timer);
}

static void on_sockets(int fd, unsigned events, void *arg)
{
	struct epoll_event ready[EVENTS_PER_TURN];
	struct resolver *resolver = arg;
	int n = epoll_wait(fd, ready, EVENTS_PER_TURN, 0);

	(void)events;
	for (int i = 0; i < n; i++) {
		bool in = ready[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP);
		bool out = ready[i].events & EPOLLOUT;

		ares_process_fd(resolver->channel,
				in ? ready[i].data.fd : ARES_SOCKET_BAD,
				out ? ready[i].data.fd : ARES_SOCKET_BAD);
	}
	arm(resolver);
}

static void on_timer(void *arg)
{
	struct resolver *resolver = arg;

	ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(resolver);
}

static void watch_socket(void *arg, ares_socket_t fd, int in, int out)
{
	struct resolver *resolver = arg;
	struct epoll_event event = {
		.events = (in ? EPOLLIN : 0u) | (out ? EPOLLOUT : 0u),
		.data.fd = fd,
	};

	/* No error counts when it is to be removed: it may be closed. */
	if (!in && !out)
		epoll_ctl(resolver->sockets, EPOLL_CTL_DEL, fd, &event);
	else if (epoll_ctl(resolver->sockets, EPOLL_CTL_ADD, fd, &event) < 0)
		epoll_ctl(resolver->sockets, EPOLL_CTL_MOD, fd, &event);
}

static void on_answer(void *arg, int status, int timeouts, unsigned char *data,
		      int len)
{
	struct query *query = arg;
	int err = -EIO;

	(void)timeouts;
	if (status == ARES_SUCCESS)
		err = 0;
	else if (status == ARES_ENODATA || status == ARES_ENOTFOUND)
		err = -ENOENT;
	else if (status != ARES_EDESTRUCTION)
		log_debug("dns-failed error=\"%s\"", ares_strerror(status));
	query->h(err, data, err ? 0 : (size_t)len, query->arg);
	free(query);
}

void resolver_query(struct resolver *resolver, const char *name, int type,
		    resolver_h *h, void *arg)
{
	struct query *query = malloc(sizeof(*query));

	if (!query) {
		h(-EIO, NULL, 0, arg);
		return;
	}
	*query = (struct query){h, arg};
	ares_query(resolver->channel, name, ns_c_in, type, on_answer, query);
	arm(resolver);
}

struct loop *resolver_loop(const struct resolver *resolver)
{
	return resolver->loop;
}

static int channel_new(struct resolver *resolver, const char *servers)
{
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES |
			 ARES_FLAG_EDNS,
		.ednspsz = UDP_MAX,
		.timeout = TRY_MS,
		.tries = TRIES,
		.sock_state_cb = watch_socket,
		.sock_state_cb_data = resolver,
	};
	int status;

	status = ares_init_options(&resolver->channel, &options,
				   ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS |
					   ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
					   ARES_OPT_SOCK_STATE_CB);
	if (status == ARES_SUCCESS && servers)
		status = ares_set_servers_ports_csv(resolver->channel, servers);
	if (status == ARES_SUCCESS)
		return 0;
	log_error("event=dns-unusable error=\"%s\"", ares_strerror(status));
	return status == ARES_ENOMEM ? -ENOMEM : -EIO;
}

int resolver_new(struct resolver **resolverp, struct loop *loop,
		 const char *servers)
{
	struct resolver *resolver;
	int err;

	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
		return -ENOMEM;
	resolver = calloc(1, sizeof(*resolver));
	if (!resolver) {
		ares_library_cleanup();
		return -ENOMEM;
	}
	resolver->loop = loop;
	resolver->sockets = epoll_create1(EPOLL_CLOEXEC);
	if (resolver->sockets < 0) {
		err = -errno;
		goto out;
	}
	err = loop_timer_new(&resolver->timer, loop, on_timer, resolver);
	if (err)
		goto out;
	err = loop_watch_new(&resolver->watch, loop, resolver->sockets,
			     LOOP_READ, on_sockets, resolver);
	if (err)
		goto out;
	err = channel_new(resolver, servers);
out:
	if (err)
		resolver_free(resolver);
	else
		*resolverp = resolver;
	return err;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	/* Queries under way end here, and their sockets. */
	if (resolver->channel)
		ares_destroy(resolver->channel);
	loop_watch_free(resolver->watch);
	loop_timer_free(resolver->timer);
	if (resolver->sockets >= 0)
		close(resolver->sockets);
	free(resolver);
	ares_library_cleanup();
}
