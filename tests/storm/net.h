/* The sockets of the storm, and its weather: datagrams are lost, doubled and
 * overtaken, connections break. */
#ifndef STORM_NET_H
#define STORM_NET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fake/message.h"

#define PLACE_LINES 128

/* Where a message came from, and where its answer goes. */
struct origin {
	struct sockaddr_in address;
	int fd; /* of the connection, or -1 */
};

struct line {
	int fd; /* -1: closed */
	struct sockaddr_in remote;
	char *data;
	size_t len;
};

struct place {
	const char *name;
	bool tcp;
	int fd;
	char host[32];
	unsigned port;
	struct line lines[PLACE_LINES];
	size_t lines_count;
	long broken, broken_before; /* when, the last two times; 0: never */
};

struct weather {
	unsigned lost, doubled, late; /* percent of the datagrams */
};

typedef void net_h(struct place *place, const struct origin *from,
		   struct message *message);

/* A connection that is gone is replaced by one to `home`. */
void net_start(unsigned seed, net_h *h, const struct sockaddr_in *home);
void net_weather(const struct weather *weather);
bool net_calm(void);

/* A socket at `host`, on a port that is free for UDP and TCP. */
void place_open(struct place *place, const char *name, bool tcp,
		const char *host);
void place_close(struct place *place);

/* Breaks the connections of a TCP place; it still listens. */
void place_break(struct place *place);

void net_send(struct place *place, const struct origin *to, const char *data,
	      size_t len);

/* Hands over what comes and sounds the alarms, for that long at most. */
void net_run(int ms);

#endif
