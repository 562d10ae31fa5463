/* HTTP requests by libcurl's multi interface, driven by the loop. Answers for
 * that no request takes longer, grows larger or goes elsewhere than asked,
 * and that nothing here ever blocks. What an answer means is not its matter.
 *
 * curl may close a socket before it says so, and the number may then belong
 * to a stranger. So its sockets live in an epoll set of their own, which the
 * kernel tidies on close; the loop watches only that set.
 *
 * Names are resolved by curl on a thread a request. Without QUICK_EXIT curl
 * would wait for that thread when a request is given up (curl issue 8515),
 * and so stop the loop for as long as DNS does not answer. */
#include "callsieve/fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <curl/curl.h>

#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"

#include "job.h"

#define EVENTS_PER_TURN	 32
#define IDLE_CONNECTIONS 64L

static void finish_done(struct fetch *fetch)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(fetch->multi, &left))) {
		CURLcode code = msg->data.result;
		struct fetch_job *job = NULL;

		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &job);
		job_finish(job, job_error(job, code));
	}
}

static void on_sockets(int fd, unsigned events, void *arg)
{
	struct epoll_event ready[EVENTS_PER_TURN];
	struct fetch *fetch = arg;
	int n, still;

	(void)events;
	n = epoll_wait(fd, ready, EVENTS_PER_TURN, 0);
	for (int i = 0; i < n; i++) {
		int mask = 0;

		if (ready[i].events & EPOLLIN)
			mask |= CURL_CSELECT_IN;
		if (ready[i].events & EPOLLOUT)
			mask |= CURL_CSELECT_OUT;
		if (ready[i].events & (EPOLLERR | EPOLLHUP))
			mask |= CURL_CSELECT_ERR;
		curl_multi_socket_action(fetch->multi, ready[i].data.fd, mask,
					 &still);
	}
	finish_done(fetch);
}

static void on_timer(void *arg)
{
	struct fetch *fetch = arg;
	int still;

	curl_multi_socket_action(fetch->multi, CURL_SOCKET_TIMEOUT, 0, &still);
	finish_done(fetch);
}

static void on_wakeup(void *arg)
{
	finish_done(arg);
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct fetch *fetch = arg;

	(void)multi;
	if (ms < 0)
		loop_timer_stop(fetch->timer);
	else
		loop_timer_set(fetch->timer, (unsigned)ms);
	return 0;
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
			void *unused)
{
	struct fetch *fetch = arg;
	struct epoll_event event = {.data.fd = fd};

	(void)easy;
	(void)unused;
	if (what & CURL_POLL_IN)
		event.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		event.events |= EPOLLOUT;

	/* No error counts when it is to be removed: it may be closed. */
	if (what == CURL_POLL_REMOVE)
		epoll_ctl(fetch->sockets, EPOLL_CTL_DEL, fd, &event);
	else if (epoll_ctl(fetch->sockets, EPOLL_CTL_ADD, fd, &event) < 0 &&
		 epoll_ctl(fetch->sockets, EPOLL_CTL_MOD, fd, &event) < 0)
		return -1;
	return 0;
}

/* Lets curl begin at once rather than when its timer fires. What fails right
 * here is told from the loop: handlers never run within fetch_start(). */
static void kick(struct fetch *fetch)
{
	int still = 0;

	curl_multi_socket_action(fetch->multi, CURL_SOCKET_TIMEOUT, 0, &still);
	if (still < fetch->running)
		loop_timer_set(fetch->wakeup, 0);
}

int fetch_start(struct fetch_job **jobp, struct fetch *fetch,
		const struct fetch_request *request, fetch_h *h, void *arg)
{
	struct fetch_job *job;
	int err;

	err = job_new(&job, fetch);
	if (err)
		return err;
	buf_init(&job->body, request->max_body);
	job->head_len = 0;
	job->err = 0;
	job->h = h;
	job->arg = arg;

	err = job_address(job, request);
	if (err)
		goto out;
	if (curl_multi_add_handle(fetch->multi, job->easy)) {
		err = -EIO;
		goto out;
	}
	job->running = true;
	fetch->running++;
	loop_timer_set(job->deadline, request->deadline_ms);
	*jobp = job;
	kick(fetch);
out:
	if (err)
		fetch_job_free(job);
	return err;
}

static int multi_new(struct fetch *fetch)
{
	int bad = 0;

	fetch->multi = curl_multi_init();
	if (!fetch->multi)
		return -ENOMEM;
	bad |= curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETFUNCTION,
				 watch_socket);
	bad |= curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETDATA, fetch);
	bad |= curl_multi_setopt(fetch->multi, CURLMOPT_TIMERFUNCTION,
				 set_timer);
	bad |= curl_multi_setopt(fetch->multi, CURLMOPT_TIMERDATA, fetch);
	bad |= curl_multi_setopt(fetch->multi, CURLMOPT_MAXCONNECTS,
				 IDLE_CONNECTIONS);
	return bad ? -ENOMEM : 0;
}

/* A curl that resolves names within its calls would stop the loop. */
static int check_resolver(void)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

	if (info->features & CURL_VERSION_ASYNCHDNS)
		return 0;
	log_error("event=fetch-unusable reason=\"libcurl %s resolves names without "
		  "a thread\"",
		  info->version);
	return -ENOTSUP;
}

int fetch_new(struct fetch **fetchp, struct loop *loop)
{
	struct fetch *fetch;
	int err;

	err = check_resolver();
	if (err)
		return err;
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return -ENOMEM;
	fetch = calloc(1, sizeof(*fetch));
	if (!fetch) {
		curl_global_cleanup();
		return -ENOMEM;
	}
	fetch->loop = loop;
	fetch->ca_file = curl_version_info(CURLVERSION_NOW)->cainfo;
	fetch->sockets = epoll_create1(EPOLL_CLOEXEC);
	if (fetch->sockets < 0) {
		err = -errno;
		goto out;
	}
	err = loop_timer_new(&fetch->timer, loop, on_timer, fetch);
	if (err)
		goto out;
	err = loop_timer_new(&fetch->wakeup, loop, on_wakeup, fetch);
	if (err)
		goto out;
	err = loop_watch_new(&fetch->watch, loop, fetch->sockets, LOOP_READ,
			     on_sockets, fetch);
	if (err)
		goto out;
	err = multi_new(fetch);
out:
	if (err)
		fetch_free(fetch);
	else
		*fetchp = fetch;
	return err;
}

void fetch_free(struct fetch *fetch)
{
	struct fetch_job *job;

	if (!fetch)
		return;
	while ((job = fetch->idle)) {
		fetch->idle = job->next;
		job_destroy(job);
	}
	/* Closing its connections, curl still calls watch_socket(). */
	if (fetch->multi)
		curl_multi_cleanup(fetch->multi);
	loop_watch_free(fetch->watch);
	loop_timer_free(fetch->timer);
	loop_timer_free(fetch->wakeup);
	if (fetch->sockets >= 0)
		close(fetch->sockets);
	free(fetch);
	curl_global_cleanup();
}
