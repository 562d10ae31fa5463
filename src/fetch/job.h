/* One request and the client it belongs to, as curl sees them. */
#ifndef FETCH_JOB_H
#define FETCH_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

#include "callsieve/core/buf.h"
#include "callsieve/fetch.h"

struct fetch {
	struct loop *loop;
	CURLM *multi;
	int sockets; /* the epoll set */
	struct loop_watch *watch;
	struct loop_timer *timer;  /* curl's */
	struct loop_timer *wakeup; /* something ended within fetch_start() */
	int running;		   /* jobs curl has not given back */
	struct fetch_job *idle;
	unsigned idle_count;
	const char *ca_file; /* of the system, as curl was built; static */
};

struct fetch_job {
	struct fetch *fetch;
	CURL *easy;
	struct loop_timer *deadline;
	struct curl_slist *headers;
	struct buf body;
	size_t head_len;
	int err; /* why one of our callbacks stopped the transfer */
	bool running;
	fetch_h *h;
	void *arg;
	struct fetch_job *next; /* while idle */
};

/* A job not yet running, from the idle ones if there are any. */
int job_new(struct fetch_job **jobp, struct fetch *fetch);

/* For good; fetch_job_free() keeps some for reuse. */
void job_destroy(struct fetch_job *job);

/* What differs from request to request. */
int job_address(struct fetch_job *job, const struct fetch_request *request);

/* Takes it from curl, calls the handler and forgets the job. */
void job_finish(struct fetch_job *job, int err);

/* Our error for curl's; logs it. */
int job_error(const struct fetch_job *job, CURLcode code);

#endif
