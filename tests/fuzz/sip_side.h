/* The caller's or the gateway's sockets, and what came by them last. */
#ifndef FUZZ_SIP_SIDE_H
#define FUZZ_SIP_SIDE_H

#include <netinet/in.h>
#include <stdbool.h>

#include "callsieve/core/buf.h"

#define SIDE_MESSAGE 65536

struct side {
	int fd;
	int listening, stream; /* TCP, on the same port; -1: none */
	unsigned port;
	char request[SIDE_MESSAGE]; /* the last ones that came */
	char response[SIDE_MESSAGE];
};

/* On this port, 0: any. False: it is in use. */
bool side_open(struct side *side, unsigned port);
void side_close(struct side *side);

/* Takes what has come. */
void side_receive(struct side *side);

/* By a datagram, or by a stream, which is opened if there is none. */
bool side_send(struct side *side, bool by_stream,
	       const struct sockaddr_in *target, const char *data, size_t len);

/* Breaks the stream off. */
void side_hang_up(struct side *side);

/* What ^MARK stands for at this side. */
void side_put(struct buf *out, const struct side *side, char mark);

#endif
