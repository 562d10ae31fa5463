/* Outgoing HTTP on the loop, bounded in time and size. */
#ifndef CALLSIEVE_FETCH_H
#define CALLSIEVE_FETCH_H

#include <stdbool.h>
#include <stddef.h>

struct fetch;	  /* the client: one per daemon */
struct fetch_job; /* one request under way: owned by whoever asked */
struct loop;

struct fetch_request {
	const char *url; /* http or https */
	const char *const *headers; /* "Name: value", or NULL */
	size_t headers_count;
	bool post;	  /* not GET */
	const char *body; /* with post, or NULL; lent until fetch_start() */
	unsigned deadline_ms; /* from fetch_start() to the handler */
	size_t max_body;
	const char *ca_file; /* PEM; NULL: the authorities of the system */
};

struct fetch_result {
	int err;    /* 0, -ETIMEDOUT, -EMSGSIZE (body), -ECONNREFUSED,
		     * -ENOENT (no address), -EKEYREJECTED (certificate), -EIO */
	int status; /* HTTP status when err is 0 */
	const char *body; /* NUL-terminated; lent until the handler returns */
	size_t len;
	long fresh_s; /* how long it may be kept (RFC 9111 4.2.1), from
		       * Cache-Control and Age; -1: it does not say */
	long retry_s; /* Retry-After; 0: it does not say */
};

typedef void fetch_h(const struct fetch_result *result, void *arg);

int fetch_new(struct fetch **fetchp, struct loop *loop);

/* All jobs must be freed before. */
void fetch_free(struct fetch *fetch);

/* On 0, `h` runs exactly once, from the loop, never before this returns, at
 * the deadline at the latest. */
int fetch_start(struct fetch_job **jobp, struct fetch *fetch,
		const struct fetch_request *request, fetch_h *h, void *arg);

/* Cancels it if still under way; required once for each job, also from
 * within its handler. NULL is fine. */
void fetch_job_free(struct fetch_job *job);

#endif
