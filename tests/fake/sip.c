/* Sockets and the inbox of a scripted SIP peer. */
#include "fake/sip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake/tls.h"
#include "fake/trace.h"

static unsigned arrivals;
static struct peer *peers; /* those open */

static void receive(struct peer *peer, int ms);

static void address_set(struct sockaddr_storage *to, const char *address,
			unsigned port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)to;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, address, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		return;
	}
	claim(inet_pton(AF_INET6, address, &in6->sin6_addr) == 1,
	      "not an address: %s", address);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)port);
}

static socklen_t address_len(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					      : sizeof(struct sockaddr_in);
}

static unsigned address_port(const struct sockaddr_storage *address)
{
	return ntohs(address->ss_family == AF_INET6
			     ? ((struct sockaddr_in6 *)address)->sin6_port
			     : ((struct sockaddr_in *)address)->sin_port);
}

static const char *address_text(const struct sockaddr_storage *address)
{
	static char text[80];
	char host[INET6_ADDRSTRLEN];
	bool six = address->ss_family == AF_INET6;

	inet_ntop(address->ss_family,
		  six ? (void *)&((struct sockaddr_in6 *)address)->sin6_addr
		      : (void *)&((struct sockaddr_in *)address)->sin_addr,
		  host, sizeof(host));
	snprintf(text, sizeof(text), six ? "[%s]:%u" : "%s:%u", host,
		 address_port(address));
	return text;
}

/* "sip:user@HOST:PORT;params", HOST numeric. */
static void address_from_uri(struct sockaddr_storage *to, const char *uri)
{
	const char *host = strchr(uri, '@');
	char text[64];
	size_t len;

	host = host ? host + 1 : strchr(uri, ':') + 1;
	if (*host == '[') {
		len = strcspn(++host, "]");
		snprintf(text, sizeof(text), "%.*s", (int)len, host);
		len++;
	} else {
		len = strcspn(host, ":;?>");
		snprintf(text, sizeof(text), "%.*s", (int)len, host);
	}
	address_set(to, text,
		    host[len] == ':' ? (unsigned)atoi(host + len + 1) : 5060);
}

static int try_bind(int type, const char *address, unsigned port)
{
	struct sockaddr_storage local;
	int fd, on = 1;

	address_set(&local, address, port);
	fd = socket(local.ss_family, type | SOCK_CLOEXEC, 0);
	claim(fd >= 0, "socket: %s", strerror(errno));
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&local, address_len(&local))) {
		close(fd);
		return -1;
	}
	return fd;
}

static unsigned bound_port(int fd)
{
	struct sockaddr_storage local;
	socklen_t len = sizeof(local);

	getsockname(fd, (struct sockaddr *)&local, &len);
	return address_port(&local);
}

unsigned free_port(const char *address)
{
	for (int tries = 0; tries < 100; tries++) {
		int udp = try_bind(SOCK_DGRAM, address, 0);
		unsigned port = bound_port(udp);
		int tcp = try_bind(SOCK_STREAM, address, port);

		close(udp);
		if (tcp < 0)
			continue;
		close(tcp);
		return port;
	}
	claim(false, "no free port on %s", address);
	return 0;
}

void peer_open(struct peer *peer, const char *name, const char *transport,
	       const char *address, unsigned port)
{
	memset(peer, 0, sizeof(*peer));
	peer->next = peers;
	peers = peer;
	peer->name = name;
	snprintf(peer->transport, sizeof(peer->transport), "%s", transport);
	peer->tcp = strcmp(transport, "udp") != 0;
	peer->fd =
		try_bind(peer->tcp ? SOCK_STREAM : SOCK_DGRAM, address, port);
	claim(peer->fd >= 0, "%s: bind: %s", name, strerror(errno));
	peer->port = bound_port(peer->fd);
	if (peer->tcp)
		claim(!listen(peer->fd, PEER_STREAMS), "listen");
	fcntl(peer->fd, F_SETFL, O_NONBLOCK);
	snprintf(peer->address, sizeof(peer->address), "%s", address);
	snprintf(peer->host, sizeof(peer->host),
		 strchr(address, ':') ? "[%s]" : "%s", address);
}

void peer_set_target(struct peer *peer, const char *address, unsigned port)
{
	address_set(&peer->target, address, port);
	snprintf(peer->target_uri, sizeof(peer->target_uri), "%s",
		 address_text(&peer->target));
}

void peer_set_tls(struct peer *peer, const char *certificate, const char *ca,
		  bool asks)
{
	fake_tls_free(peer->tls);
	peer->tls = fake_tls_new(certificate, ca, asks);
}

static void stream_close(struct stream *stream)
{
	fake_tls_close(stream->tls);
	stream->tls = NULL;
	if (stream->fd >= 0)
		close(stream->fd);
	free(stream->data);
	stream->fd = -1;
	stream->data = NULL;
	stream->len = 0;
}

void peer_hang_up(struct peer *peer)
{
	for (size_t i = 0; i < peer->streams_count; i++)
		stream_close(&peer->streams[i]);
}

static void await_end(int fd)
{
	struct pollfd at = {fd, POLLIN, 0};
	char rest[4096];

	do
		claim(poll(&at, 1, PEER_PATIENCE_MS) == 1,
		      "the other side does not close its end");
	while (recv(fd, rest, sizeof(rest), 0) > 0);
}

void peer_part(struct peer *peer)
{
	for (size_t i = 0; i < peer->streams_count; i++) {
		struct stream *stream = &peer->streams[i];

		if (stream->fd < 0)
			continue;
		fake_tls_close(stream->tls);
		stream->tls = NULL;
		shutdown(stream->fd, SHUT_WR);
		await_end(stream->fd);
		stream_close(stream);
	}
}

void peer_reset(struct peer *peer)
{
	const struct linger at_once = {.l_onoff = 1};

	for (size_t i = 0; i < peer->streams_count; i++)
		if (peer->streams[i].fd >= 0)
			setsockopt(peer->streams[i].fd, SOL_SOCKET, SO_LINGER,
				   &at_once, sizeof(at_once));
	peer_hang_up(peer);
}

/* NULL: TLS failed. */
static struct stream *stream_add(struct peer *peer, int fd, bool server)
{
	struct stream *stream = peer->streams;
	struct fake_tls_stream *tls = NULL;
	socklen_t len = sizeof(stream->remote);

	if (!strcmp(peer->transport, "tls")) {
		claim(peer->tls, "%s has no TLS", peer->name);
		tls = fake_tls_handshake(peer->tls, fd, server);
		if (!tls) {
			close(fd);
			return NULL;
		}
	}
	while (stream < peer->streams + peer->streams_count && stream->fd >= 0)
		stream++;
	if (stream == peer->streams + peer->streams_count)
		peer->streams_count++;
	claim(peer->streams_count <= PEER_STREAMS, "too many connections");
	stream->fd = fd;
	stream->tls = tls;
	stream->data = calloc(1, PEER_MESSAGE_BYTES + 1);
	stream->len = 0;
	getpeername(fd, (struct sockaddr *)&stream->remote, &len);
	return stream;
}

static struct stream *stream_of(struct peer *peer, int fd)
{
	for (size_t i = 0; i < peer->streams_count; i++)
		if (peer->streams[i].fd == fd)
			return &peer->streams[i];
	claim(false, "%s: the connection is closed", peer->name);
	return NULL;
}

/* NULL: TLS failed. */
static struct stream *stream_to(struct peer *peer,
				const struct sockaddr_storage *to)
{
	int fd;

	for (size_t i = 0; i < peer->streams_count; i++)
		if (peer->streams[i].fd >= 0 &&
		    !memcmp(&peer->streams[i].remote, to, address_len(to)))
			return &peer->streams[i];
	/* From the peer's own address: that is what trunks are told by. */
	fd = try_bind(SOCK_STREAM, peer->address, 0);
	claim(!connect(fd, (const struct sockaddr *)to, address_len(to)),
	      "%s: connect to %s: %s", peer->name, address_text(to),
	      strerror(errno));
	return stream_add(peer, fd, false);
}

bool peer_connect(struct peer *peer)
{
	return stream_to(peer, &peer->target) != NULL;
}

bool peer_connected(struct peer *peer)
{
	receive(peer, 0);
	for (size_t i = 0; i < peer->streams_count; i++)
		if (peer->streams[i].fd >= 0)
			return true;
	return false;
}

static void stream_send(struct peer *peer, const struct stream *stream,
			const char *data, size_t len)
{
	ssize_t sent;

	claim(stream, "%s: no TLS connection", peer->name);
	sent = stream->tls ? fake_tls_send(stream->tls, data, len)
			   : send(stream->fd, data, len, MSG_NOSIGNAL);

	claim(sent == (ssize_t)len || (stream->tls && peer->tolerant),
	      "%s: send: %s", peer->name, strerror(errno));
}

static void send_to(struct peer *peer, const struct sockaddr_storage *to,
		    const char *data, size_t len)
{
	ssize_t sent;

	trace_bytes(peer->name, "->", address_text(to), data, len);
	if (peer->tcp) {
		stream_send(peer, stream_to(peer, to), data, len);
		return;
	}
	sent = sendto(peer->fd, data, len, 0, (const struct sockaddr *)to,
		      address_len(to));
	claim(sent == (ssize_t)len, "%s: sendto %s: %s", peer->name,
	      address_text(to), strerror(errno));
}

void peer_send(struct peer *peer, const char *data, size_t len)
{
	send_to(peer, &peer->target, data, len);
}

void peer_printf(struct peer *peer, const char *format, ...)
{
	char *text;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	peer_send(peer, text, (size_t)len);
	free(text);
}

void peer_send_uri(struct peer *peer, const char *uri, const char *data,
		   size_t len)
{
	struct sockaddr_storage to;

	address_from_uri(&to, uri);
	send_to(peer, &to, data, len);
}

void peer_send_back(struct peer *peer, const struct message *message,
		    const char *data, size_t len)
{
	if (message->stream < 0) {
		send_to(peer, &message->source, data, len);
		return;
	}
	trace_bytes(peer->name, "->", address_text(&message->source), data,
		    len);
	stream_send(peer, stream_of(peer, message->stream), data, len);
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* The same request or final response again (RFC 3261 17): what a real stack
 * would absorb. */
static bool is_repeat(const struct message *a, const struct message *b)
{
	return a->status == b->status && same(a->method, b->method) &&
	       (a->status == 0 || a->status >= 200) &&
	       same(message_header(a, "Call-ID", 0),
		    message_header(b, "Call-ID", 0)) &&
	       same(message_header(a, "CSeq", 0),
		    message_header(b, "CSeq", 0)) &&
	       same(message_header(a, "Via", 0), message_header(b, "Via", 0)) &&
	       same(message_header(a, "To", 0), message_header(b, "To", 0));
}

static void take_in(struct peer *peer, const char *data, size_t len,
		    const struct sockaddr_storage *source, int stream)
{
	struct message *message = message_parse(data, len);
	const char *fault;

	trace_bytes(peer->name, "<-", address_text(source), data, len);
	claim(message, "%s: got something that is no message", peer->name);
	fault = peer->tolerant ? NULL : message_fault(message);
	claim(!fault, "%s: got a bad message: %s", peer->name, fault);
	message->source = *source;
	message->stream = stream;
	message->number = ++arrivals;
	for (size_t i = 0; i < peer->messages_count; i++) {
		if (!is_repeat(peer->messages[i], message))
			continue;
		peer->retransmissions++;
		if (peer->shows_retransmissions)
			break;
		message_free(message);
		return;
	}
	claim(peer->messages_count < PEER_MESSAGES, "too many messages");
	peer->messages[peer->messages_count++] = message;
}

static void read_datagrams(struct peer *peer)
{
	static char data[65536];
	struct sockaddr_storage from;
	socklen_t from_len = sizeof(from);
	ssize_t len;

	while ((len = recvfrom(peer->fd, data, sizeof(data), 0,
			       (struct sockaddr *)&from, &from_len)) >= 0) {
		take_in(peer, data, (size_t)len, &from, -1);
		from_len = sizeof(from);
	}
}

static void read_stream(struct peer *peer, struct stream *stream)
{
	char *end = stream->data + stream->len;
	size_t room = PEER_MESSAGE_BYTES - stream->len, frame;
	ssize_t len = stream->tls ? fake_tls_recv(stream->tls, end, room)
				  : recv(stream->fd, end, room, 0);

	if (len <= 0) {
		trace_note("%s: %s closed the connection", peer->name,
			   address_text(&stream->remote));
		stream_close(stream);
		return;
	}
	stream->len += (size_t)len;
	stream->data[stream->len] = '\0';
	/* Empty lines before a message mean nothing (RFC 3261 7.5). */
	while ((frame = strspn(stream->data, "\r\n")) ||
	       (frame = message_frame(stream->data, stream->len))) {
		if (!strchr("\r\n", *stream->data))
			take_in(peer, stream->data, frame, &stream->remote,
				stream->fd);
		stream->len -= frame;
		memmove(stream->data, stream->data + frame, stream->len + 1);
	}
}

/* Takes in what has arrived, or waits at most `ms` for something to. */
static void receive(struct peer *peer, int ms)
{
	struct pollfd fds[PEER_STREAMS + 1];
	size_t count = peer->streams_count;
	int fd;

	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){peer->streams[i].fd, POLLIN, 0};
	fds[count] = (struct pollfd){peer->fd, POLLIN, 0};
	if (poll(fds, count + 1, ms) <= 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct stream *stream = &peer->streams[i];

		if (!fds[i].revents)
			continue;
		do
			read_stream(peer, stream);
		while (stream->tls && fake_tls_pending(stream->tls));
	}
	if (!fds[count].revents)
		return;
	if (!peer->tcp)
		read_datagrams(peer);
	else if ((fd = accept4(peer->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		stream_add(peer, fd, true);
}

static const struct message *find(struct peer *peer, int status,
				  const char *method, const char *call_id)
{
	for (size_t i = 0; i < peer->messages_count; i++) {
		struct message *message = peer->messages[i];

		if (message->taken || message->status != status)
			continue;
		if (method && strcmp(message->method, method))
			continue;
		if (call_id &&
		    !same(message_header(message, "Call-ID", 0), call_id))
			continue;
		message->taken = true;
		return message;
	}
	return NULL;
}

const struct message *peer_poll(struct peer *peer, int status,
				const char *method, const char *call_id, int ms)
{
	long end = trace_clock_ms() + ms, left = ms;
	const struct message *message;

	while (!(message = find(peer, status, method, call_id)) && left >= 0) {
		receive(peer, (int)left);
		left = end - trace_clock_ms();
	}
	return message;
}

const struct message *peer_expect(struct peer *peer, int status,
				  const char *method, const char *call_id)
{
	const struct message *message =
		peer_poll(peer, status, method, call_id, PEER_PATIENCE_MS);
	char code[16] = "request";
	struct peer *other;

	if (status)
		snprintf(code, sizeof(code), "%d to", status);
	/* What others got meanwhile tells why. */
	for (other = message ? NULL : peers; other; other = other->next)
		receive(other, 0);
	claim(message, "%s: no %s %s", peer->name, code,
	      method ? method : "whatever method");
	return message;
}

/* What the test should have asked for. */
static const struct message *left_over(const struct peer *peer)
{
	for (size_t i = 0; i < peer->messages_count; i++) {
		const struct message *message = peer->messages[i];

		if (!message->taken && message->status != 100 &&
		    (message->status || !same(message->method, peer->ignores)))
			return message;
	}
	return NULL;
}

void peer_expect_nothing(struct peer *peer, int ms)
{
	long end = trace_clock_ms() + ms, left = ms;

	while (left >= 0) {
		receive(peer, (int)left);
		left = end - trace_clock_ms();
	}
	claim(!left_over(peer), "%s: was to get nothing", peer->name);
}

void peer_close(struct peer *peer)
{
	struct peer **at = &peers;
	const struct message *left;

	receive(peer, 0);
	left = left_over(peer);
	claim(!left, "%s: got what it did not ask for: %s %d %s", peer->name,
	      left->method, left->status, left->uri ? left->uri : left->phrase);
	for (size_t i = 0; i < peer->messages_count; i++)
		message_free(peer->messages[i]);
	peer_hang_up(peer);
	fake_tls_free(peer->tls);
	close(peer->fd);
	while (*at != peer)
		at = &(*at)->next;
	*at = peer->next;
}
