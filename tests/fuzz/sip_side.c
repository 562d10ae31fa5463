#include "sip_side.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRIES 100

/* Strangers' addresses are in what is mutated: nothing leaves this machine. */
static bool is_near(const struct sockaddr *to)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)to;

	if (!to || (to->sa_family == AF_INET &&
		    ntohl(sin->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET))
		return true;
	errno = ENETUNREACH;
	return false;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return is_near(msg->msg_name) ? syscall(SYS_sendmsg, fd, msg, flags)
				      : -1;
}

int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t len)
{
	return is_near(to.__sockaddr__)
		       ? (int)syscall(SYS_connect, fd, to.__sockaddr__, len)
		       : -1;
}

static int open_socket(int type, struct sockaddr_in *local)
{
	socklen_t len = sizeof(*local);
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)local, len) ||
	    getsockname(fd, (struct sockaddr *)local, &len)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool try_open(struct side *side, unsigned port)
{
	struct sockaddr_in local = {.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	/* TCP first: of its ports more are in use. */
	side->stream = -1;
	side->listening = open_socket(SOCK_STREAM, &local);
	if (side->listening < 0)
		return false;
	side->fd = open_socket(SOCK_DGRAM, &local);
	side->port = ntohs(local.sin_port);
	if (side->fd >= 0 && listen(side->listening, 4) == 0)
		return true;
	side_close(side);
	return false;
}

/* What is free for TCP another process may have for UDP. */
bool side_open(struct side *side, unsigned port)
{
	for (int tries = 0; tries < (port ? 1 : TRIES); tries++)
		if (try_open(side, port))
			return true;
	return false;
}

void side_hang_up(struct side *side)
{
	static const struct linger at_once = {.l_onoff = 1};

	if (side->stream < 0)
		return;
	/* No TIME_WAIT: there is a stream for each script. */
	setsockopt(side->stream, SOL_SOCKET, SO_LINGER, &at_once,
		   sizeof(at_once));
	close(side->stream);
	side->stream = -1;
}

void side_close(struct side *side)
{
	side_hang_up(side);
	close(side->listening);
	if (side->fd >= 0)
		close(side->fd);
}

static void keep(struct side *side, const char *text, size_t len)
{
	bool response = strncmp(text, "SIP/2.0 ", 8) == 0;
	char *to = response ? side->response : side->request;

	memcpy(to, text, len);
	to[len] = '\0';
}

/* What our stack sends is well-formed: each begins where the last ends. */
static void keep_all(struct side *side, const char *text)
{
	const char *end, *length;

	while ((end = strstr(text, "\r\n\r\n"))) {
		length = strstr(text, "\nContent-Length: ");
		end += 4;
		if (length && length < end)
			end += strnlen(end, strtoul(length + 17, NULL, 10));
		keep(side, text, (size_t)(end - text));
		text = end;
	}
}

void side_receive(struct side *side)
{
	static char text[SIDE_MESSAGE];
	ssize_t len;
	int fd;

	while ((len = recv(side->fd, text, sizeof(text) - 1, 0)) >= 0)
		keep(side, text, (size_t)len);
	fd = accept4(side->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) {
		side_hang_up(side);
		side->stream = fd;
	}
	if (side->stream < 0)
		return;
	len = recv(side->stream, text, sizeof(text) - 1, 0);
	if (len > 0) {
		text[len] = '\0';
		keep_all(side, text);
	} else if (len == 0 || errno != EAGAIN) {
		side_hang_up(side);
	}
}

bool side_send(struct side *side, bool by_stream,
	       const struct sockaddr_in *target, const char *data, size_t len)
{
	struct sockaddr_in local = {.sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	if (!by_stream)
		return sendto(side->fd, data, len, 0,
			      (const struct sockaddr *)target,
			      sizeof(*target)) >= 0;
	if (side->stream < 0) {
		side->stream = open_socket(SOCK_STREAM, &local);
		connect(side->stream, (const struct sockaddr *)target,
			sizeof(*target));
	}
	return send(side->stream, data, len, MSG_NOSIGNAL) > 0;
}

/* The value of that header, or with `name` "Via" each as a line. */
static void put_header(struct buf *out, const char *message, const char *name)
{
	bool lines = strcmp(name, "\nVia: ") == 0;
	size_t len = strlen(name);

	for (const char *at = message; (at = strstr(at, name)); at += len) {
		if (lines)
			buf_printf(out, "Via: ");
		buf_add(out, at + len, strcspn(at + len, "\r\n"));
		if (!lines)
			return;
		buf_printf(out, "\r\n");
	}
}

/* The tag alone of that header. */
static void put_tag(struct buf *out, const char *message, const char *name)
{
	const char *at = strstr(message, name), *tag;

	if (!at)
		return;
	tag = memmem(at, strcspn(at + 1, "\r\n") + 1, ";tag=", 5);
	if (tag)
		buf_add(out, tag + 5, strcspn(tag + 5, ";\r\n"));
}

void side_put(struct buf *out, const struct side *side, char mark)
{
	static const struct {
		char mark;
		const char *name;
	} marks[] = {
		{'v', "\nVia: "},     {'f', "\nFrom: "}, {'t', "\nTo: "},
		{'i', "\nCall-ID: "}, {'c', "\nCSeq: "},
	};

	if (mark == 'T')
		put_header(out, side->response, "\nTo: ");
	else if (mark == 'x')
		put_tag(out, side->response, "\nTo: ");
	else if (mark == 'y')
		put_tag(out, side->request, "\nFrom: ");
	else if (mark == 'z')
		put_header(out, side->response, "\nRSeq: ");
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (mark == marks[i].mark)
			put_header(out, side->request, marks[i].name);
}
