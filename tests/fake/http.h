/* A small real HTTP/1.1 server on loopback, on a thread of its own, that can
 * answer well or misbehave as told. Knows nothing of callsieve and
 * uses none of its code: what it tests must not be what it is made of. */
#ifndef FAKE_HTTP_H
#define FAKE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fake_http;

enum fake_http_way {
	HTTP_ANSWER,  /* after delay_ms */
	HTTP_HANG,    /* accept, read, never say a word */
	HTTP_HALF,    /* half of the answer, then silence */
	HTTP_TRICKLE, /* the answer, a byte every delay_ms */
	HTTP_ENDLESS, /* a body without length that never ends */
	HTTP_HEADERS, /* header lines that never end */
	HTTP_CLOSE,   /* close without a word */
	HTTP_GARBAGE, /* the body alone: no status line */
};

#define FAKE_HTTP_BODY 8192

struct fake_http_reply {
	enum fake_http_way way;
	int status; /* 0: 200 */
	unsigned delay_ms;
	bool close;	    /* no keep-alive */
	char location[128]; /* a Location header unless empty */
	char headers[128];  /* lines besides, each ending in \r\n */
	char body[FAKE_HTTP_BODY];
};

/* `head` is the request up to the empty line, or all of it if it has a body. Runs in the server's thread;
 * `reply` comes in as last set by fake_http_set(). */
typedef void fake_http_h(const char *target, const char *head,
			 struct fake_http_reply *reply, void *arg);

/* On 127.0.0.1; port 0 picks a free one. `h` may be NULL. -errno. */
int fake_http_start(struct fake_http **serverp, uint16_t port, fake_http_h *h,
		    void *arg);
void fake_http_stop(struct fake_http *server);
uint16_t fake_http_port(const struct fake_http *server);

/* How requests are answered from now on. */
void fake_http_set(struct fake_http *server, enum fake_http_way way, int status,
		   const char *body);
void fake_http_set_reply(struct fake_http *server,
			 const struct fake_http_reply *reply);

/* Counted when the request was read, before it is answered. */
unsigned fake_http_requests(struct fake_http *server);
unsigned fake_http_connections(struct fake_http *server);

/* The last request, likewise. Returns buf. */
const char *fake_http_last(struct fake_http *server, char *buf, size_t size);

/* A port that answers not even a SYN: its queue of connections is full. */
struct fake_deaf {
	uint16_t port;
	int fds[4];
};
int fake_deaf_start(struct fake_deaf *deaf);
void fake_deaf_stop(struct fake_deaf *deaf);

#endif
