#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 512
#define HEAD_MAX	8192
#define OUT_MAX		(FAKE_HTTP_BODY + 1024)

enum state { READING, WAITING, SENDING, SILENT };

struct connection {
	int fd;
	enum state state;
	int64_t due_ms; /* WAITING, or the next byte of a trickle */
	char head[HEAD_MAX];
	size_t head_len;
	struct fake_http_reply reply;
	char out[OUT_MAX];
	size_t out_len, out_at;
};

struct fake_http {
	int listener;
	int stop; /* eventfd */
	uint16_t port;
	pthread_t thread;
	fake_http_h *h;
	void *arg;
	struct connection *connections[CONNECTIONS_MAX];
	size_t count;

	pthread_mutex_t lock; /* for what follows */
	struct fake_http_reply reply;
	unsigned requests, accepted;
	char last[HEAD_MAX];
};

/* The real clock: tests fake only ours. */
static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void connection_free(struct connection *c)
{
	close(c->fd);
	free(c);
}

/* The answer as it will stand on the wire. */
static void write_reply(struct connection *c)
{
	const struct fake_http_reply *reply = &c->reply;
	char location[160] = "";
	int len;

	if (reply->location[0])
		snprintf(location, sizeof(location), "Location: %s\r\n",
			 reply->location);
	if (reply->way == HTTP_GARBAGE)
		len = snprintf(c->out, sizeof(c->out), "%s", reply->body);
	else if (reply->way == HTTP_HEADERS || reply->way == HTTP_ENDLESS)
		len = snprintf(c->out, sizeof(c->out), "HTTP/1.1 200 OK\r\n%s",
			       reply->way == HTTP_ENDLESS ? "\r\n" : "");
	else
		len = snprintf(c->out, sizeof(c->out),
			       "HTTP/1.1 %d Fake\r\n"
			       "Content-Type: application/json\r\n"
			       "%s%s%sContent-Length: %zu\r\n\r\n%s",
			       reply->status ? reply->status : 200, location,
			       reply->close ? "Connection: close\r\n" : "",
			       reply->headers,
			       strlen(reply->body), reply->body);
	c->out_len = (size_t)len;
	c->out_at = 0;
	if (reply->way == HTTP_HALF)
		c->out_len /= 2;
}

/* What follows once everything was sent. False: close. */
static bool after_sending(struct connection *c)
{
	switch (c->reply.way) {
	case HTTP_HALF:
		c->state = SILENT;
		return true;
	case HTTP_ENDLESS:
	case HTTP_HEADERS:
		c->out_len = 0;
		while (c->out_len + 32 < sizeof(c->out))
			c->out_len += (size_t)sprintf(c->out + c->out_len,
						      "X-Fake: %s\r\n",
						      "0123456789abcdef");
		c->out_at = 0;
		return true;
	case HTTP_GARBAGE:
		return false;
	default:
		c->state = READING;
		return !c->reply.close;
	}
}

static bool send_some(struct connection *c)
{
	bool trickle = c->reply.way == HTTP_TRICKLE;
	ssize_t n;

	if (trickle && now_ms() < c->due_ms)
		return true;
	n = send(c->fd, c->out + c->out_at,
		 trickle ? 1 : c->out_len - c->out_at, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->out_at += (size_t)n;
	c->due_ms = now_ms() + c->reply.delay_ms;
	return c->out_at < c->out_len || after_sending(c);
}

static bool begin_reply(struct connection *c)
{
	switch (c->reply.way) {
	case HTTP_CLOSE:
		return false;
	case HTTP_HANG:
		c->state = SILENT;
		return true;
	default:
		write_reply(c);
		c->state = SENDING;
		return send_some(c);
	}
}

static bool on_request(struct fake_http *server, struct connection *c)
{
	char target[1024] = "";

	sscanf(c->head, "%*[A-Z] %1023s", target);
	pthread_mutex_lock(&server->lock);
	server->requests++;
	memcpy(server->last, c->head, strlen(c->head) + 1);
	c->reply = server->reply;
	pthread_mutex_unlock(&server->lock);

	if (server->h)
		server->h(target, c->head, &c->reply, server->arg);
	if (!c->reply.delay_ms || c->reply.way == HTTP_TRICKLE)
		return begin_reply(c);
	c->state = WAITING;
	c->due_ms = now_ms() + c->reply.delay_ms;
	return true;
}

static size_t body_len(const struct connection *c)
{
	const char *line = strcasestr(c->head, "\r\nContent-Length:");

	return line ? strtoul(line + 17, NULL, 10) : 0;
}

/* False: the connection is over. */
static bool read_some(struct fake_http *server, struct connection *c)
{
	ssize_t n = recv(c->fd, c->head + c->head_len,
			 sizeof(c->head) - 1 - c->head_len, 0);
	char *end;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0 || c->state != READING)
		return false; /* closed, or speaking out of turn */
	c->head_len += (size_t)n;
	c->head[c->head_len] = '\0';
	end = strstr(c->head, "\r\n\r\n");
	if (!end || c->head_len < (size_t)(end + 4 - c->head) + body_len(c))
		return c->head_len < sizeof(c->head) - 1;
	if (!body_len(c))
		end[2] = '\0';
	c->head_len = 0;
	return on_request(server, c);
}

static void accept_one(struct fake_http *server)
{
	int fd = accept4(server->listener, NULL, NULL,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct connection *c;

	if (fd < 0)
		return;
	c = server->count < CONNECTIONS_MAX ? calloc(1, sizeof(*c)) : NULL;
	if (!c) {
		close(fd);
		return;
	}
	c->fd = fd;
	server->connections[server->count++] = c;
	pthread_mutex_lock(&server->lock);
	server->accepted++;
	pthread_mutex_unlock(&server->lock);
}

static bool serve(struct fake_http *server, struct connection *c, short events)
{
	if ((events & (POLLIN | POLLHUP | POLLERR)) && !read_some(server, c))
		return false;
	if (c->state == WAITING && now_ms() >= c->due_ms)
		return begin_reply(c);
	if (c->state == SENDING)
		return send_some(c);
	return true;
}

/* How long poll() may wait for this connection's next turn; -1: no limit. */
static int wait_ms(const struct connection *c)
{
	int64_t left = c->due_ms - now_ms();

	if (c->state != WAITING &&
	    !(c->state == SENDING && c->reply.way == HTTP_TRICKLE))
		return -1;
	return left > 0 ? (int)left : 0;
}

static int fill_poll(struct fake_http *server, struct pollfd *fds)
{
	int timeout = -1;

	fds[0] = (struct pollfd){.fd = server->stop, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = server->listener, .events = POLLIN};
	for (size_t i = 0; i < server->count; i++) {
		struct connection *c = server->connections[i];
		int wait = wait_ms(c);
		bool out = c->state == SENDING && wait < 0;

		fds[i + 2] = (struct pollfd){
			.fd = c->fd, .events = out ? POLLIN | POLLOUT : POLLIN};
		if (wait >= 0 && (timeout < 0 || wait < timeout))
			timeout = wait;
	}
	return timeout;
}

static void *run(void *arg)
{
	static const short gone = -1;
	struct fake_http *server = arg;
	struct pollfd fds[CONNECTIONS_MAX + 2];

	for (;;) {
		int timeout = fill_poll(server, fds);
		size_t kept = 0, count = server->count;

		poll(fds, count + 2, timeout);
		if (fds[0].revents)
			return NULL;
		for (size_t i = 0; i < count; i++) {
			if (!serve(server, server->connections[i],
				   fds[i + 2].revents)) {
				connection_free(server->connections[i]);
				fds[i + 2].events = gone;
			}
		}
		for (size_t i = 0; i < count; i++)
			if (fds[i + 2].events != gone)
				server->connections[kept++] =
					server->connections[i];
		server->count = kept;
		if (fds[1].revents)
			accept_one(server);
	}
}

static int bound_socket(uint16_t *portp, int backlog)
{
	struct sockaddr_in sin = {.sin_family = AF_INET,
				  .sin_port = htons(*portp),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1, err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) ||
	    listen(fd, backlog) ||
	    getsockname(fd, (struct sockaddr *)&sin, &len)) {
		err = -errno;
		close(fd);
		return err;
	}
	*portp = ntohs(sin.sin_port);
	return fd;
}

int fake_http_start(struct fake_http **serverp, uint16_t port, fake_http_h *h,
		    void *arg)
{
	struct fake_http *server = calloc(1, sizeof(*server));
	int err;

	if (!server)
		return -ENOMEM;
	server->port = port;
	server->h = h;
	server->arg = arg;
	server->stop = -1;
	pthread_mutex_init(&server->lock, NULL);

	err = server->listener = bound_socket(&server->port, 128);
	if (err < 0)
		goto out;
	server->stop = eventfd(0, EFD_CLOEXEC);
	if (server->stop < 0) {
		err = -errno;
		goto out;
	}
	err = -pthread_create(&server->thread, NULL, run, server);
	if (err)
		goto out;
	*serverp = server;
	return 0;
out:
	if (server->stop >= 0)
		close(server->stop);
	if (server->listener >= 0)
		close(server->listener);
	free(server);
	return err;
}

void fake_http_stop(struct fake_http *server)
{
	if (!server)
		return;
	eventfd_write(server->stop, 1);
	pthread_join(server->thread, NULL);
	for (size_t i = 0; i < server->count; i++)
		connection_free(server->connections[i]);
	close(server->listener);
	close(server->stop);
	pthread_mutex_destroy(&server->lock);
	free(server);
}

uint16_t fake_http_port(const struct fake_http *server)
{
	return server->port;
}

void fake_http_set(struct fake_http *server, enum fake_http_way way, int status,
		   const char *body)
{
	struct fake_http_reply reply = {.way = way, .status = status};

	snprintf(reply.body, sizeof(reply.body), "%s", body);
	fake_http_set_reply(server, &reply);
}

void fake_http_set_reply(struct fake_http *server,
			 const struct fake_http_reply *reply)
{
	pthread_mutex_lock(&server->lock);
	server->reply = *reply;
	pthread_mutex_unlock(&server->lock);
}

unsigned fake_http_requests(struct fake_http *server)
{
	unsigned n;

	pthread_mutex_lock(&server->lock);
	n = server->requests;
	pthread_mutex_unlock(&server->lock);
	return n;
}

unsigned fake_http_connections(struct fake_http *server)
{
	unsigned n;

	pthread_mutex_lock(&server->lock);
	n = server->accepted;
	pthread_mutex_unlock(&server->lock);
	return n;
}

const char *fake_http_last(struct fake_http *server, char *buf, size_t size)
{
	pthread_mutex_lock(&server->lock);
	snprintf(buf, size, "%s", server->last);
	pthread_mutex_unlock(&server->lock);
	return buf;
}

int fake_deaf_start(struct fake_deaf *deaf)
{
	struct sockaddr_in sin = {.sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	size_t i;
	int fd;

	deaf->port = 0;
	for (i = 0; i < 4; i++)
		deaf->fds[i] = -1;
	fd = bound_socket(&deaf->port, 0);
	if (fd < 0)
		return fd;
	deaf->fds[0] = fd;
	sin.sin_port = htons(deaf->port);
	/* A backlog of 0 still holds one or two connections: fill them. */
	for (i = 1; i < 4; i++) {
		deaf->fds[i] = socket(
			AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(deaf->fds[i], (struct sockaddr *)&sin, sizeof(sin));
	}
	return 0;
}

void fake_deaf_stop(struct fake_deaf *deaf)
{
	for (size_t i = 0; i < 4; i++)
		if (deaf->fds[i] >= 0)
			close(deaf->fds[i]);
}
