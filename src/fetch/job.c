/* One request: how curl is to treat it, its limits in time and size, and what
 * became of it. Its curl handle is reused, as making one costs more than the
 * request. */
#include "job.h"

#include <errno.h>
#include <stdlib.h>

#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"

#include "freshness.h"

#define IDLE_JOBS_MAX	  64
#define RESPONSE_HEAD_MAX (32 * 1024)
#define HAPPY_EYEBALLS_MS 50L /* IPv6 is dead: leave time to try IPv4 */

static void job_stop(struct fetch_job *job)
{
	if (!job->running)
		return;
	job->running = false;
	job->fetch->running--;
	curl_multi_remove_handle(job->fetch->multi, job->easy);
	loop_timer_stop(job->deadline);
}

void job_finish(struct fetch_job *job, int err)
{
	struct fetch_result result = {.err = err, .body = "", .fresh_s = -1};
	long status = 0;
	char *body;

	if (!err) {
		curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
		result.status = (int)status;
		result.fresh_s = fresh_s(job->easy);
		result.retry_s = retry_s(job->easy);
	}
	job_stop(job);

	/* The handler may free the job, yet the body is lent to its end. */
	result.len = job->body.len;
	body = buf_take(&job->body);
	if (body)
		result.body = body;
	job->h(&result, job->arg);
	free(body);
}

static void on_deadline(void *arg)
{
	job_finish(arg, -ETIMEDOUT);
}

int job_error(const struct fetch_job *job, CURLcode code)
{
	if (code == CURLE_OK)
		return 0;
	log_debug("fetch-failed error=\"%s\"", curl_easy_strerror(code));
	if (job->err)
		return job->err;
	switch (code) {
	case CURLE_FILESIZE_EXCEEDED:
		return -EMSGSIZE;
	case CURLE_COULDNT_CONNECT:
		return -ECONNREFUSED;
	case CURLE_COULDNT_RESOLVE_HOST:
		return -ENOENT;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return -EKEYREJECTED;
	case CURLE_OPERATION_TIMEDOUT:
		return -ETIMEDOUT;
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
	struct fetch_job *job = arg;

	job->err = buf_add(&job->body, data, size * n);
	return job->err ? 0 : size * n;
}

/* Bounds what comes before the body, 1xx responses and trailers included. */
static size_t on_head(char *data, size_t size, size_t n, void *arg)
{
	struct fetch_job *job = arg;

	(void)data;
	job->head_len += size * n;
	if (job->head_len <= RESPONSE_HEAD_MAX)
		return size * n;
	job->err = -EMSGSIZE;
	return 0;
}

/* What is the same for all requests. */
static int set_up(struct fetch_job *job)
{
	CURL *easy = job->easy;
	CURLcode code = CURLE_OK;

	/* Any that fails leaves its bits: they need not be told apart. */
	code |= curl_easy_setopt(easy, CURLOPT_PRIVATE, job);
	code |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	code |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	code |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	code |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
				 CURL_HTTP_VERSION_1_1);
	code |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	code |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
	code |= curl_easy_setopt(easy, CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS,
				 HAPPY_EYEBALLS_MS);
	code |= curl_easy_setopt(easy, CURLOPT_USERAGENT,
				 "callsieve/" CALLSIEVE_VERSION);
	/* Answers are small, so that none is asked to be compressed; one that
	 * is all the same is understood, and its size limited as it unfolds. */
	code |= curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "identity");
	code |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	code |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, job);
	code |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
	code |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, job);

	/* With a directory of certificates set, as Debian's curl has it, curl
	 * would read the whole bundle, some 40 ms, for each connection. Now it
	 * does with the first to https, and again after a day. */
	code |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	return code ? -ENOMEM : 0;
}

void job_destroy(struct fetch_job *job)
{
	if (job->easy)
		curl_easy_cleanup(job->easy);
	loop_timer_free(job->deadline);
	free(job);
}

int job_new(struct fetch_job **jobp, struct fetch *fetch)
{
	struct fetch_job *job = fetch->idle;
	int err = -ENOMEM;

	if (job) {
		fetch->idle = job->next;
		fetch->idle_count--;
		*jobp = job;
		return 0;
	}
	job = calloc(1, sizeof(*job));
	if (!job)
		return -ENOMEM;
	job->fetch = fetch;
	job->easy = curl_easy_init();
	if (!job->easy)
		goto out;
	err = set_up(job);
	if (err)
		goto out;
	err = loop_timer_new(&job->deadline, fetch->loop, on_deadline, job);
out:
	if (err)
		job_destroy(job);
	else
		*jobp = job;
	return err;
}

void fetch_job_free(struct fetch_job *job)
{
	struct fetch *fetch;

	if (!job)
		return;
	fetch = job->fetch;
	job_stop(job);
	curl_slist_free_all(job->headers);
	job->headers = NULL;
	buf_fini(&job->body);
	if (fetch->idle_count >= IDLE_JOBS_MAX) {
		job_destroy(job);
		return;
	}
	job->next = fetch->idle;
	fetch->idle = job;
	fetch->idle_count++;
}

int job_address(struct fetch_job *job, const struct fetch_request *request)
{
	CURLcode code;

	for (size_t i = 0; i < request->headers_count; i++) {
		struct curl_slist *list =
			curl_slist_append(job->headers, request->headers[i]);

		if (!list)
			return -ENOMEM;
		job->headers = list;
	}
	/* In this order: each undoes what the one before it may have left. */
	code = curl_easy_setopt(job->easy, CURLOPT_HTTPGET, 1L);
	if (request->post) {
		code |= curl_easy_setopt(job->easy, CURLOPT_POSTFIELDSIZE, -1L);
		code |= curl_easy_setopt(job->easy, CURLOPT_COPYPOSTFIELDS,
					 request->body ? request->body : "");
		code |= curl_easy_setopt(job->easy, CURLOPT_POST, 1L);
	}
	code |= curl_easy_setopt(job->easy, CURLOPT_CAINFO,
				 request->ca_file ? request->ca_file
						  : job->fetch->ca_file);
	code |= curl_easy_setopt(job->easy, CURLOPT_URL, request->url);
	code |= curl_easy_setopt(job->easy, CURLOPT_HTTPHEADER, job->headers);
	code |= curl_easy_setopt(job->easy, CURLOPT_MAXFILESIZE_LARGE,
				 (curl_off_t)request->max_body);
	return code ? -ENOMEM : 0;
}
