/* One number asked of the service: what its answer means for those who wait,
 * for the cache and for the breaker. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/fetch.h"

#include "cache.h"
#include "message.h"
#include "rep.h"
#include "settings.h"

/* A request runs on for this many deadlines, though nobody waits longer than
 * one: a service that is a little too slow is of use to the next call, and one
 * who joins a request begun by another has the whole of its own deadline. But
 * a service that failed has to show that it is in time again. */
#define RUN_ON 5

#define PAUSE_MAX_S 3600 /* whatever Retry-After says */

static struct request_list *head_of(struct rep *rep, number_key key)
{
	return &rep->requests[key % REQUEST_HEADS];
}

struct request *request_find(struct rep *rep, number_key key)
{
	struct request *request;

	LIST_FOREACH (request, head_of(rep, key), link)
		if (request->key == key &&
		    settings_agree(request->settings, rep->settings))
			return request;
	return NULL;
}

static void tell_open(struct rep *rep, const struct rep_answer *answer)
{
	const struct config_reputation *config = &rep->settings->config;
	uint64_t now = now_mono_ms(), until = rep->breaker.retry_ms;

	rep_metric(rep, METRIC_OF_REP_BREAKER_OPEN, 1);
	log_warn("event=reputation-breaker-open provider=%s in_a_row=%u "
		 "last=%s cause=%d retry_s=%u",
		 config->name, rep->breaker.row, answer->why, answer->cause,
		 until > now ? (unsigned)((until - now) / 1000) : 0);
}

static void tell_failure(struct rep *rep, const struct rep_answer *answer,
			 long retry_s)
{
	struct breaker_limits limits = rep_breaker_limits(rep);
	uint64_t now = now_mono_ms();
	bool opens;

	log_debug("reputation-failed provider=%s why=%s cause=%d",
		  rep->settings->config.name, answer->why, answer->cause);
	opens = breaker_failure(&rep->breaker, &limits, now);
	if (retry_s > 0)
		opens |= breaker_pause(&rep->breaker, now,
				       (uint64_t)retry_s * 1000);
	if (opens)
		tell_open(rep, answer);
}

static void tell_success(struct rep *rep)
{
	struct breaker_limits limits = rep_breaker_limits(rep);

	if (!breaker_success(&rep->breaker, &limits, now_mono_ms()))
		return;
	rep_metric(rep, METRIC_OF_REP_BREAKER_OPEN, -1);
	log_info("event=reputation-breaker-closed provider=%s",
		 rep->settings->config.name);
}

/* These are about the number: a caller must not be able to open the breaker
 * by showing numbers the service does not like. */
static bool is_about_number(int status)
{
	return status == 400 || status == 404 || status == 410 ||
	       status == 422 || status == 451;
}

static bool is_answer(const struct config_reputation *config, int status)
{
	return (status >= 200 && status < 300) ||
	       (config->format == FORMAT_STATUS && is_about_number(status));
}

static bool is_miss(const struct config_reputation *config, int status)
{
	for (size_t i = 0; i < config->miss_status_count; i++)
		if (atoi(config->miss_status[i]) == status)
			return true;
	return false;
}

static void map(const struct config_reputation *config,
		const struct fetch_result *result, struct rep_answer *answer)
{
	char status[16];

	if (config->format != FORMAT_STATUS) {
		rep_map(config, result->body, result->len, answer);
		return;
	}
	snprintf(status, sizeof(status), "%d", result->status);
	rep_map(config, status, strlen(status), answer);
}

static const char *why_of(int err)
{
	if (err == -ETIMEDOUT)
		return "deadline";
	return err == -EMSGSIZE ? "oversized" : "error";
}

/* What a response means; true when the service did its part. */
static bool interpret(const struct request *request,
		      const struct fetch_result *result,
		      struct rep_answer *answer)
{
	const struct config_reputation *config = &request->settings->config;

	*answer = (struct rep_answer){.status = REP_UNAVAILABLE};
	if (result->err) {
		answer->why = why_of(result->err);
		answer->cause = result->err;
		return false;
	}
	if (is_miss(config, result->status)) {
		answer->status = REP_UNKNOWN;
		return true;
	}
	if (is_answer(config, result->status)) {
		map(config, result, answer);
		return answer->status != REP_UNAVAILABLE;
	}
	answer->why = "error";
	answer->cause = result->status;
	return is_about_number(result->status);
}

static unsigned lifetime_of(const struct config_reputation *config,
			    const struct rep_answer *answer, long fresh_s)
{
	if (answer->status == REP_UNAVAILABLE)
		return config->cache_error_s;
	if (config->cache_by_header && fresh_s >= 0)
		return (unsigned)fresh_s;
	return answer->status == REP_KNOWN ? config->cache_hit_s
					   : config->cache_miss_s;
}

static void remember(struct rep *rep, number_key key,
		     const struct rep_answer *answer, long fresh_s)
{
	const struct config_reputation *config = &rep->settings->config;
	unsigned lifetime = lifetime_of(config, answer, fresh_s);
	struct rep_answer old;

	/* What is stale is better than nothing. */
	if (answer->status == REP_UNAVAILABLE &&
	    cache_get_stale(rep->cache, key, now_mono_ms(),
			    config->stale_s * UINT64_C(1000), &old))
		return;

	if (lifetime)
		cache_put(rep->cache, key,
			  now_mono_ms() + lifetime * UINT64_C(1000), answer);
}

/* How long it wants to be left alone (RFC 6585 4, RFC 9110 15.6.4). */
static long pause_of(const struct fetch_result *result)
{
	if (result->err || (result->status != 429 && result->status != 503))
		return 0;
	return result->retry_s > PAUSE_MAX_S ? PAUSE_MAX_S : result->retry_s;
}

static void learn(struct request *request, const struct rep_answer *answer,
		  bool success, const struct fetch_result *result)
{
	struct rep *rep = request->rep;

	/* Another service, or another meaning, by now. */
	if (!settings_agree(request->settings, rep->settings))
		return;
	remember(rep, request->key, answer, result->fresh_s);
	if (request->missed) {
		if (success)
			rep_metric(rep, METRIC_OF_REP_LATE, 1);
	} else if (success) {
		tell_success(rep);
	} else {
		tell_failure(rep, answer, pause_of(result));
	}
}

/* Ends it for the service; those who wait still do. */
static void end(struct request *request)
{
	if (!request->job)
		return;
	LIST_REMOVE(request, link);
	request->rep->in_flight--;
	request->rep->unawaited -= request->unawaited;
	rep_metric(request->rep, METRIC_OF_REP_IN_FLIGHT, -1);
	fetch_job_free(request->job);
	request->job = NULL;
}

static void on_result(const struct fetch_result *result, void *arg)
{
	struct request *request = arg;
	struct rep_query *query;
	struct rep_answer answer;
	bool success;

	success = interpret(request, result, &answer);
	learn(request, &answer, success, result);

	/* Those who are answered may do anything, such as to ask the same
	 * again or to let go of the others: by then it is nobody's request. */
	end(request);
	while ((query = LIST_FIRST(&request->askers)))
		query_answer(query, &answer);
	request_free(request);
}

void request_miss(struct request *request)
{
	static const struct rep_answer late = {.status = REP_UNAVAILABLE,
					       .why = "deadline"};

	if (request->missed)
		return;
	request->missed = true;
	if (settings_agree(request->settings, request->rep->settings))
		tell_failure(request->rep, &late, 0);
}

void request_free(struct request *request)
{
	if (!request)
		return;
	end(request);
	settings_unref(request->settings);
	free(request);
}

static int begin(struct request *request, const struct rep_question *question)
{
	struct fetch_request fetch;
	unsigned deadline_ms = request->settings->config.deadline_ms;
	struct message message;
	int err = message_print(&message, &request->settings->config, question);

	if (!request->rep->breaker.open)
		deadline_ms *= RUN_ON;
	if (!err) {
		fetch = (struct fetch_request){
			.url = message.url,
			.headers = message.headers,
			.headers_count = message.headers_count,
			.post = request->settings->config.post,
			.body = message.body,
			.deadline_ms = deadline_ms,
			.max_body = request->settings->config.max_body,
			.ca_file = request->settings->config.tls_ca,
		};
		err = fetch_start(&request->job, request->rep->fetch, &fetch,
				  on_result, request);
	}
	message_fini(&message);
	return err;
}

int request_start(struct request **requestp, struct rep *rep,
		  const struct rep_question *question, bool unawaited)
{
	struct request *request = calloc(1, sizeof(*request));
	int err;

	if (!request)
		return -ENOMEM;
	request->rep = rep;
	request->settings = settings_ref(rep->settings);
	request->key = settings_key(rep->settings, question);
	request->unawaited = unawaited;
	LIST_INIT(&request->askers);

	err = begin(request, question);
	if (err) {
		request_free(request);
		return err;
	}
	LIST_INSERT_HEAD(head_of(rep, request->key), request, link);
	rep->in_flight++;
	rep->unawaited += unawaited;
	rep_metric(rep, METRIC_OF_REP_IN_FLIGHT, 1);
	rep_metric(rep, METRIC_OF_REP_REQUESTS, 1);
	breaker_begin(&rep->breaker);
	*requestp = request;
	return 0;
}
