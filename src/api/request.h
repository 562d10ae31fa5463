/* One HTTP request, from its headers to its answer. Belongs to the HTTP
 * thread, except while it is with a database thread. */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/netaddr.h"

#include "reply.h"

struct api_settings;
struct http;
struct request;
struct store;

#define PARAM_SIZE	48
#define TOKEN_SHOWN_MAX 128 /* longer ones are no tokens of ours */

/* Answers the request. `store` is NULL for routes that need none. May run
 * again for the same request when the database file was replaced meanwhile,
 * so it changes nothing in the request but the reply. */
typedef void handler_h(struct request *request,
		       const struct api_settings *settings,
		       struct store *store);

/* Which thread answers. What waits for a lock must not keep readers waiting,
 * so readers and writers have a thread each. */
enum route_lane { LANE_HTTP, LANE_READER, LANE_WRITER };

struct route {
	const char *method;
	const char *path; /* a segment "{...}" matches any one segment */
	enum route_lane lane;
	bool token; /* a subscriber's bearer token is required */
	handler_h *h;
};

struct request {
	const struct route *route;
	char param[PARAM_SIZE]; /* what {...} stood for, decoded */
	char token[TOKEN_SHOWN_MAX];
	struct netaddr client;
	struct buf body;
	bool too_large;
	int64_t subscriber; /* whom the token belongs to */
	struct reply reply;

	struct http *http;
	void *connection; /* the HTTP library's */
	uint64_t queued_ms;
	struct request *next; /* in a lane's queue */
};

#endif
