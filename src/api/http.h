/* The HTTP side of the API: connections in, replies out. Alone, with
 * peer.c, sees libmicrohttpd. One thread, which never touches the database. */
#ifndef API_HTTP_H
#define API_HTTP_H

#include <stdbool.h>
#include <stdint.h>

struct http;
struct request;

/* Once the headers are read: set request->route, or reply. */
typedef void http_admit_h(struct request *request, const char *method,
			  const char *path, void *arg);

/* Once the body is there as well: true with a reply, false after
 * http_suspend(). */
typedef bool http_serve_h(struct request *request, void *arg);

struct http_params {
	const char *address;
	uint16_t port; /* 0: any */
	unsigned max_body, max_connections;
	http_admit_h *admith;
	http_serve_h *serveh;
	void *arg;
};

int http_start(struct http **httpp, const struct http_params *params);
uint16_t http_port(const struct http *http);

/* The reply comes later, from another thread. Before that thread is told. */
void http_suspend(struct request *request);

/* The reply is there; the request is no longer the caller's. Any thread. */
void http_resume(struct request *request);

/* Takes no new connections from here on. */
void http_quiesce(struct http *http);

/* All replies must have been given; sends them, then ends. NULL is fine. */
void http_stop(struct http *http);

/* Lent; NULL when there is no such header. */
const char *http_header(const struct request *request, const char *name);

#endif
