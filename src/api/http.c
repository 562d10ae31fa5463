/* HTTP by libmicrohttpd, polled from a thread of ours rather than from one of
 * its own: between two polls all connections stand still, so those that take
 * too long can be closed without a lock (peer.c). */
#include "http.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"

#include "listen.h"
#include "peer.h"
#include "request.h"
#include "thread.h"

#define REQUEST_MS	 10000 /* for a client to bring a whole request */
#define SILENCE_S	 10    /* for a client to take its answer */
#define STOP_MS		 2000  /* for answers to leave when we end */
#define POLL_MS		 1000
#define CONNECTION_BYTES (16 * 1024) /* headers larger than that: 431 */

struct http {
	struct http_params params;
	struct MHD_Daemon *daemon;
	pthread_t thread;
	struct peer *peers;
	unsigned requests; /* under way */
	uint16_t port;
	int listener, wakeup;
	atomic_bool quiescing, stopping;
};

static void on_connection(void *arg, struct MHD_Connection *connection,
			  void **peerp,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *http = arg;

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*peerp = peer_new(&http->peers, connection);
	else
		peer_free(*peerp);
}

static struct request *request_new(struct http *http,
				   struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info;
	struct request *request = calloc(1, sizeof(*request));

	if (!request)
		return NULL;
	request->http = http;
	request->connection = connection;
	buf_init(&request->body, http->params.max_body);
	info = MHD_get_connection_info(connection,
				       MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info && info->client_addr)
		netaddr_from_sockaddr(&request->client, info->client_addr);
	http->requests++;
	return request;
}

static void on_completed(void *arg, struct MHD_Connection *connection,
			 void **requestp, enum MHD_RequestTerminationCode code)
{
	struct request *request = *requestp;
	struct http *http = arg;

	(void)code;
	if (!request)
		return;
	peer_awaits_request(connection);
	reply_fini(&request->reply);
	buf_fini(&request->body);
	free(request);
	*requestp = NULL;
	http->requests--;
}

static void add_headers(struct MHD_Response *response,
			const struct reply *reply)
{
	char seconds[16];

	/* What is known of a number changes, and is for the asker alone. */
	MHD_add_response_header(response, "Cache-Control", "no-store");
	if (reply->type && reply->len)
		MHD_add_response_header(response, "Content-Type", reply->type);
	if (reply->challenge)
		MHD_add_response_header(response, "WWW-Authenticate",
					reply->challenge);
	if (reply->allow[0])
		MHD_add_response_header(response, "Allow", reply->allow);
	if (reply->retry_after_s) {
		snprintf(seconds, sizeof(seconds), "%u", reply->retry_after_s);
		MHD_add_response_header(response, "Retry-After", seconds);
	}
}

static enum MHD_Result send_reply(struct request *request)
{
	struct reply *reply = &request->reply;
	struct MHD_Response *response;
	enum MHD_Result result;

	response = MHD_create_response_from_buffer(reply->len, reply->body,
						   MHD_RESPMEM_MUST_FREE);
	if (!response)
		return MHD_NO;
	reply->body = NULL;
	add_headers(response, reply);
	result = MHD_queue_response(request->connection,
				    (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result begin(struct http *http,
			     struct MHD_Connection *connection,
			     const char *method, const char *path,
			     void **requestp)
{
	struct request *request = request_new(http, connection);

	if (!request)
		return MHD_NO;
	*requestp = request;
	http->params.admith(request, method, path, http->params.arg);
	return request->reply.status ? send_reply(request) : MHD_YES;
}

/* An answer can only be given once the body ends, so one that is too large is
 * read on and forgotten; REQUEST_MS bounds that. */
static void receive(struct request *request, const char *data, size_t len)
{
	if (!request->too_large && buf_add(&request->body, data, len))
		request->too_large = true;
}

static enum MHD_Result finish(struct http *http, struct request *request)
{
	peer_has_request(request->connection);
	if (!request->reply.status && request->too_large)
		reply_problem(&request->reply, 413,
			      "A body may have at most %u bytes.",
			      http->params.max_body);
	if (request->reply.status)
		return send_reply(request);

	if (http->params.serveh(request, http->params.arg))
		return send_reply(request);
	return MHD_YES;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection,
				  const char *path, const char *method,
				  const char *version, const char *data,
				  size_t *len, void **requestp)
{
	struct http *http = arg;

	(void)version;
	if (!*requestp)
		return begin(http, connection, method, path, requestp);
	if (!*len)
		return finish(http, *requestp);
	receive(*requestp, data, *len);
	*len = 0;
	return MHD_YES;
}

static void wait_for_work(struct http *http)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[] = {
		{info->epoll_fd, POLLIN, 0},
		{http->wakeup, POLLIN, 0},
	};
	MHD_UNSIGNED_LONG_LONG timeout;
	eventfd_t count;

	if (MHD_get_timeout(http->daemon, &timeout) != MHD_YES ||
	    timeout > POLL_MS)
		timeout = POLL_MS;
	poll(fds, 2, (int)timeout);
	eventfd_read(http->wakeup, &count);
}

static void stop_listening(struct http *http)
{
	MHD_socket listener;

	if (http->listener < 0)
		return;
	listener = MHD_quiesce_daemon(http->daemon);
	if (listener >= 0)
		close(listener);
	http->listener = -1;
}

static void *run(void *arg)
{
	uint64_t stop_at_ms = 0;
	struct http *http = arg;

	for (;;) {
		wait_for_work(http);
		MHD_run(http->daemon);
		peers_close_slow(http->peers, REQUEST_MS);
		if (http->quiescing)
			stop_listening(http);
		if (!http->stopping)
			continue;
		if (!stop_at_ms)
			stop_at_ms = now_mono_ms() + STOP_MS;
		if (!http->requests || now_mono_ms() >= stop_at_ms)
			break;
	}
	MHD_stop_daemon(http->daemon);
	return NULL;
}

static int daemon_start(struct http *http)
{
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
		on_request, http, MHD_OPTION_LISTEN_SOCKET, http->listener,
		MHD_OPTION_CONNECTION_LIMIT, http->params.max_connections,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION,
		on_connection, http, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
		http, MHD_OPTION_END);
	if (http->daemon)
		return 0;
	log_error(
		"event=api-failed reason=\"the HTTP server would not start\"");
	return -EIO;
}

int http_start(struct http **httpp, const struct http_params *params)
{
	struct http *http;
	int err;

	http = calloc(1, sizeof(*http));
	if (!http)
		return -ENOMEM;
	http->params = *params;
	http->listener = -1;
	http->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = http->wakeup < 0 ? -errno : 0;
	if (!err)
		err = listen_open(&http->listener, &http->port, params->address,
				  params->port);
	if (!err)
		err = daemon_start(http);
	if (!err) {
		err = thread_start(&http->thread, run, http);
		if (err)
			MHD_stop_daemon(http->daemon);
	}
	if (err) {
		if (http->listener >= 0 && !http->daemon)
			close(http->listener);
		if (http->wakeup >= 0)
			close(http->wakeup);
		free(http);
	} else {
		*httpp = http;
	}
	return err;
}

uint16_t http_port(const struct http *http)
{
	return http->port;
}

void http_suspend(struct request *request)
{
	MHD_suspend_connection(request->connection);
}

void http_resume(struct request *request)
{
	/* The HTTP thread may free the request as soon as it is resumed. */
	int wakeup = request->http->wakeup;

	MHD_resume_connection(request->connection);
	eventfd_write(wakeup, 1);
}

void http_quiesce(struct http *http)
{
	http->quiescing = true;
	eventfd_write(http->wakeup, 1);
}

void http_stop(struct http *http)
{
	if (!http)
		return;
	http->stopping = true;
	eventfd_write(http->wakeup, 1);
	pthread_join(http->thread, NULL);
	close(http->wakeup);
	free(http);
}

const char *http_header(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND,
					   name);
}
