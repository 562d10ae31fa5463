#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alarm.h"
#include "fake/sip.h"
#include "fake/trace.h"

#define PLACES	 16
#define DATAGRAM 65536
#define LATE_MS	 60 /* a datagram is late by that much at most */

struct parcel {
	struct place *place;
	struct origin to;
	size_t len;
	char data[];
};

static struct place *places[PLACES];
static size_t places_count;
static struct weather weather;
static unsigned dice;
static net_h *handler;
static struct sockaddr_in home;

void net_start(unsigned seed, net_h *h, const struct sockaddr_in *at)
{
	home = *at;
	dice = seed;
	handler = h;
	places_count = 0;
}

void net_weather(const struct weather *now)
{
	weather = *now;
}

bool net_calm(void)
{
	return !weather.lost && !weather.doubled && !weather.late;
}

static bool happens(unsigned percent)
{
	return percent && (unsigned)rand_r(&dice) % 100 < percent;
}

void place_open(struct place *place, const char *name, bool tcp,
		const char *host)
{
	struct sockaddr_in local = {.sin_family = AF_INET};
	int on = 1;

	memset(place, 0, sizeof(*place));
	place->name = name;
	place->tcp = tcp;
	snprintf(place->host, sizeof(place->host), "%s", host);
	place->port = free_port(host);
	local.sin_port = htons((uint16_t)place->port);
	inet_pton(AF_INET, host, &local.sin_addr);
	place->fd = socket(AF_INET,
			   (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
	setsockopt(place->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	claim(!bind(place->fd, (struct sockaddr *)&local, sizeof(local)) &&
		      (!tcp || !listen(place->fd, 64)),
	      "bind %s: %s", host, strerror(errno));
	places[places_count++] = place;
}

static void line_close(struct line *line)
{
	if (line->fd >= 0)
		close(line->fd);
	free(line->data);
	line->fd = -1;
	line->data = NULL;
	line->len = 0;
}

void place_break(struct place *place)
{
	place->broken_before = place->broken;
	place->broken = trace_clock_ms();
	for (size_t i = 0; i < place->lines_count; i++)
		line_close(&place->lines[i]);
}

void place_close(struct place *place)
{
	place_break(place);
	close(place->fd);
}

static struct line *line_add(struct place *place, int fd,
			     const struct sockaddr_in *remote)
{
	struct line *line = place->lines;
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while (line < place->lines + place->lines_count && line->fd >= 0)
		line++;
	claim(line < place->lines + PLACE_LINES, "too many connections at %s",
	      place->name);
	if (line == place->lines + place->lines_count)
		place->lines_count++;
	*line = (struct line){.fd = fd, .remote = *remote};
	return line;
}

static struct line *line_to(struct place *place, const struct origin *to)
{
	struct sockaddr_in local = {.sin_family = AF_INET};
	struct line *line;
	int fd;

	for (line = place->lines; line < place->lines + place->lines_count;
	     line++)
		if (line->fd >= 0 && line->fd == to->fd)
			return line;
	for (line = place->lines; line < place->lines + place->lines_count;
	     line++)
		if (line->fd >= 0 &&
		    !memcmp(&line->remote, &home, sizeof(home)))
			return line;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	inet_pton(AF_INET, place->host, &local.sin_addr);
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)) ||
	    connect(fd, (struct sockaddr *)&home, sizeof(home))) {
		close(fd);
		return NULL;
	}
	return line_add(place, fd, &home);
}

static void line_send(struct place *place, const struct origin *to,
		      const char *data, size_t len)
{
	struct line *line = line_to(place, to);
	size_t first = happens(weather.late) ? len / 3 : 0;

	/* A stream knows no messages: now and then one comes in two. */
	if (line && (send(line->fd, data, first, MSG_NOSIGNAL) < 0 ||
		     send(line->fd, data + first, len - first, MSG_NOSIGNAL) !=
			     (ssize_t)(len - first)))
		line_close(line);
}

static void deliver(void *arg)
{
	struct parcel *parcel = arg;

	sendto(parcel->place->fd, parcel->data, parcel->len, 0,
	       (struct sockaddr *)&parcel->to.address,
	       sizeof(parcel->to.address));
	free(parcel);
}

void net_send(struct place *place, const struct origin *to, const char *data,
	      size_t len)
{
	struct parcel *parcel;

	if (place->tcp) {
		line_send(place, to, data, len);
		return;
	}
	for (bool again = true; again; again = happens(weather.doubled)) {
		if (happens(weather.lost))
			continue;
		parcel = malloc(sizeof(*parcel) + len);
		parcel->place = place;
		parcel->to = *to;
		parcel->len = len;
		memcpy(parcel->data, data, len);
		if (happens(weather.late))
			alarm_in((unsigned)rand_r(&dice) % LATE_MS, deliver,
				 parcel);
		else
			deliver(parcel);
	}
}

static void hand_over(struct place *place, const struct origin *from,
		      const char *data, size_t len)
{
	struct message *message = message_parse(data, len);

	claim(message, "%s: no message: %.*s", place->name, (int)len, data);
	handler(place, from, message);
	message_free(message);
}

static void recv_datagram(struct place *place)
{
	static char data[DATAGRAM];
	struct origin from = {.fd = -1};
	socklen_t size = sizeof(from.address);
	ssize_t len = recvfrom(place->fd, data, sizeof(data), 0,
			       (struct sockaddr *)&from.address, &size);

	if (len > 4 && !happens(weather.lost))
		hand_over(place, &from, data, (size_t)len);
}

static void recv_line(struct place *place, struct line *line)
{
	struct origin from = {.address = line->remote, .fd = line->fd};
	char data[16384];
	ssize_t got = recv(line->fd, data, sizeof(data), 0);
	size_t len;

	if (got <= 0) {
		line_close(line);
		return;
	}
	line->data = realloc(line->data, line->len + (size_t)got + 1);
	memcpy(line->data + line->len, data, (size_t)got);
	line->len += (size_t)got;
	line->data[line->len] = '\0';
	/* Empty lines are pings, or their answers (RFC 5626 3.5.1). */
	while (line->len && ((len = strspn(line->data, "\r\n")) ||
			     (len = message_frame(line->data, line->len)))) {
		char *one = strndup(line->data, len);

		line->len -= len;
		memmove(line->data, line->data + len, line->len + 1);
		if (!strchr("\r\n", *one))
			hand_over(place, &from, one, len);
		free(one);
	}
}

static void accept_line(struct place *place)
{
	struct sockaddr_in remote;
	socklen_t size = sizeof(remote);
	int fd = accept4(place->fd, (struct sockaddr *)&remote, &size,
			 SOCK_CLOEXEC);

	if (fd >= 0)
		line_add(place, fd, &remote);
}

static void run_once(int ms)
{
	static struct pollfd fds[PLACES * (PLACE_LINES + 1)];
	static struct place *at[PLACES * (PLACE_LINES + 1)];
	static struct line *on[PLACES * (PLACE_LINES + 1)];
	nfds_t n = 0;

	for (size_t i = 0; i < places_count; i++) {
		struct place *place = places[i];

		at[n] = place;
		on[n] = NULL;
		fds[n++] = (struct pollfd){place->fd, POLLIN, 0};
		for (size_t k = 0; k < place->lines_count; k++) {
			if (place->lines[k].fd < 0)
				continue;
			at[n] = place;
			on[n] = &place->lines[k];
			fds[n++] =
				(struct pollfd){place->lines[k].fd, POLLIN, 0};
		}
	}
	if (poll(fds, n, ms) <= 0)
		return;
	for (nfds_t i = 0; i < n; i++) {
		if (!fds[i].revents)
			continue;
		if (!on[i] && at[i]->tcp)
			accept_line(at[i]);
		else if (!on[i])
			recv_datagram(at[i]);
		else if (on[i]->fd == fds[i].fd)
			recv_line(at[i], on[i]);
	}
}

void net_run(int ms)
{
	long end = trace_clock_ms() + ms, left;

	while ((left = end - trace_clock_ms()) > 0)
		run_once(alarm_run((int)left));
}
