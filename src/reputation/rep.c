/* Questions: answered from the cache if they can be, else by sharing one
 * request for the number, and each by its own deadline. */
#include "rep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/loop.h"

#include "cache.h"
#include "settings.h"

#define DAY_S 86400

static enum metric_of metric_of(const struct rep_answer *answer)
{
	if (answer->cached)
		return METRIC_OF_REP_HIT;
	if (answer->status == REP_KNOWN)
		return METRIC_OF_REP_KNOWN;
	if (answer->status == REP_UNKNOWN)
		return METRIC_OF_REP_UNKNOWN;
	if (!strcmp(answer->why, "deadline"))
		return METRIC_OF_REP_DEADLINE;
	if (!strcmp(answer->why, "breaker"))
		return METRIC_OF_REP_BREAKER;
	if (!strcmp(answer->why, "limit") || !strcmp(answer->why, "quota"))
		return METRIC_OF_REP_LIMIT;
	return METRIC_OF_REP_ERROR;
}

void rep_metric(const struct rep *rep, enum metric_of metric, int64_t n)
{
	metric_of_add(rep->metrics, metric, n);
}

struct breaker_limits rep_breaker_limits(const struct rep *rep)
{
	const struct config_reputation *config = &rep->settings->config;

	return (struct breaker_limits){
		.failures = config->breaker_failures,
		.percent = config->breaker_percent,
		.probe_percent = config->breaker_probe_percent,
		.window_ms = config->breaker_window_s * UINT64_C(1000),
		.open_ms = config->breaker_open_s * UINT64_C(1000),
	};
}

static bool has_service(const struct rep *rep, const struct number *number)
{
	return rep->settings->config.url && number->kind == NUMBER_E164;
}

/* Why no request may be made now, or NULL. */
static const char *obstacle(const struct rep *rep, uint64_t now)
{
	const struct config_reputation *config = &rep->settings->config;
	struct breaker_limits limits = rep_breaker_limits(rep);
	struct rate rate;

	if (!breaker_allows(&rep->breaker, &limits, now))
		return "breaker";
	if (rep->in_flight >= config->max_in_flight)
		return "limit";
	if (config->max_per_day && rep->day == now_wall_s() / DAY_S &&
	    rep->day_requests >= config->max_per_day)
		return "quota";
	if (!config->max_per_s)
		return NULL;
	rate = rate_of(config->max_per_s, 1000000, config->max_per_s);
	return bucket_has(&rep->bucket, &rate, now * 1000) ? NULL : "limit";
}

/* A request that obstacle() did not forbid. */
static int start(struct request **requestp, struct rep *rep,
		 const struct rep_question *question, bool unawaited)
{
	unsigned per_s = rep->settings->config.max_per_s;
	int64_t day = now_wall_s() / DAY_S;
	struct rate rate;
	int err = request_start(requestp, rep, question, unawaited);

	if (err)
		return err;
	if (rep->day != day)
		rep->day_requests = 0;
	rep->day = day;
	rep->day_requests++;
	if (per_s) {
		rate = rate_of(per_s, 1000000, per_s);
		bucket_take(&rep->bucket, &rate, now_mono_ms() * 1000);
	}
	return 0;
}

/* Answered by what was true a moment ago, while it is asked for anew. */
static bool known_stale(struct rep *rep, const struct rep_question *question,
			uint64_t key, struct rep_answer *answer)
{
	uint64_t now = now_mono_ms();
	uint64_t grace = rep->settings->config.stale_s * UINT64_C(1000);
	struct request *request;

	if (!cache_get_stale(rep->cache, key, now, grace, answer))
		return false;
	if (!request_find(rep, key) && !obstacle(rep, now))
		start(&request, rep, question, true);
	return true;
}

static bool known(struct rep *rep, const struct rep_question *question,
		  struct rep_answer *answer)
{
	uint64_t key = settings_key(rep->settings, question);
	uint64_t now = now_mono_ms();

	*answer = (struct rep_answer){.status = REP_UNKNOWN};
	if (!has_service(rep, question->caller))
		return true;
	if (cache_get(rep->cache, key, now, answer) ||
	    known_stale(rep, question, key, answer))
		return true;
	if (request_find(rep, key))
		return false;
	answer->status = REP_UNAVAILABLE;
	answer->why = obstacle(rep, now);
	if (answer->why && rep->breaker.open)
		breaker_refused(&rep->breaker);
	return answer->why;
}

const char *rep_name(const struct rep *rep)
{
	return rep->settings->config.name;
}

bool rep_knows(struct rep *rep, const struct rep_question *question,
	       struct rep_answer *answer)
{
	if (!known(rep, question, answer))
		return false;
	settings_weigh(rep->settings, answer);
	return true;
}

void rep_count(const struct rep *rep, const struct rep_answer *answer)
{
	if (rep->settings->config.url)
		rep_metric(rep, metric_of(answer), 1);
}

void rep_refuse(const struct rep *rep, struct rep_answer *answer)
{
	*answer =
		(struct rep_answer){.status = REP_UNAVAILABLE, .why = "error"};
	settings_weigh(rep->settings, answer);
}

bool rep_peek(struct rep *rep, const struct rep_question *question,
	      struct rep_answer *answer)
{
	if (!rep_knows(rep, question, answer))
		return false;
	if (has_service(rep, question->caller))
		rep_count(rep, answer);
	return true;
}

void query_answer(struct rep_query *query, const struct rep_answer *answer)
{
	struct rep_answer weighed = *answer;

	if (query->request)
		LIST_REMOVE(query, link);
	query->request = NULL;
	loop_timer_stop(query->timer);
	rep_metric(query->rep, metric_of(answer), 1);
	settings_weigh(query->settings, &weighed);
	query->h(&weighed, query->arg);
}

static void on_timer(void *arg)
{
	struct rep_query *query = arg;
	struct rep_answer answer = query->answer; /* outlives the query */

	if (query->request)
		request_miss(query->request);
	query_answer(query, &answer);
}

/* The answer is known, or will be at the deadline at the latest. While the
 * breaker is open questions are but an occasion to try the service: it failed
 * those before, so that nobody waits for it. */
static int query_begin(struct rep_query *query,
		       const struct rep_question *question)
{
	unsigned deadline_ms = query->settings->config.deadline_ms;
	struct rep *rep = query->rep;
	struct request *request;
	int err;

	if (known(rep, question, &query->answer)) {
		loop_timer_set(query->timer, 0);
		return 0;
	}
	request = request_find(rep, settings_key(rep->settings, question));
	if (!request) {
		err = start(&request, rep, question, rep->breaker.open);
		if (err)
			return err;
	}
	query->answer = (struct rep_answer){
		.status = REP_UNAVAILABLE,
		.why = rep->breaker.open ? "breaker" : "deadline"};
	if (rep->breaker.open) {
		loop_timer_set(query->timer, 0);
		return 0;
	}
	query->request = request;
	LIST_INSERT_HEAD(&request->askers, query, link);
	if (question->deadline_ms && question->deadline_ms < deadline_ms)
		deadline_ms = question->deadline_ms;
	loop_timer_set(query->timer, deadline_ms);
	return 0;
}

int rep_ask(struct rep_query **queryp, struct rep *rep,
	    const struct rep_question *question, rep_answer_h *answerh,
	    void *arg)
{
	struct rep_query *query = calloc(1, sizeof(*query));
	int err;

	if (!query)
		return -ENOMEM;
	rep->queries++;
	query->rep = rep;
	query->settings = settings_ref(rep->settings);
	query->h = answerh;
	query->arg = arg;

	err = loop_timer_new(&query->timer, rep->loop, on_timer, query);
	if (err)
		goto out;
	err = query_begin(query, question);
out:
	if (err)
		rep_query_free(query);
	else
		*queryp = query;
	return err;
}

static void destroy(struct rep *rep)
{
	struct request *request;

	for (size_t i = 0; i < REQUEST_HEADS; i++)
		while ((request = LIST_FIRST(&rep->requests[i])))
			request_free(request);
	if (rep->breaker.open)
		rep_metric(rep, METRIC_OF_REP_BREAKER_OPEN, -1);
	cache_free(rep->cache);
	settings_unref(rep->settings);
	free(rep);
}

void rep_query_free(struct rep_query *query)
{
	struct rep *rep;

	if (!query)
		return;
	rep = query->rep;
	if (query->request)
		LIST_REMOVE(query, link);
	loop_timer_free(query->timer);
	settings_unref(query->settings);
	free(query);
	rep->queries--;
	if (rep->gone && !rep->queries)
		destroy(rep);
}

/* The cache of the new settings: the one there is, unless its size changes. */
static int fit_cache(struct rep *rep, const struct settings *from,
		     const struct settings *to)
{
	unsigned entries = to->config.url ? to->config.cache_entries : 0;
	bool keep = from && settings_agree(from, to);
	struct cache *cache;
	int err;

	if (rep->cache && cache_limit(rep->cache) == entries) {
		if (!keep)
			cache_clear(rep->cache);
		return 0;
	}
	err = cache_new(&cache, entries);
	if (err)
		return err;
	if (keep)
		cache_copy(cache, rep->cache);
	cache_free(rep->cache);
	rep->cache = cache;
	return 0;
}

int rep_configure(struct rep *rep, const struct config_reputation *config)
{
	struct settings *settings;
	int err;

	err = settings_new(&settings, config);
	if (err)
		return err;
	err = fit_cache(rep, rep->settings, settings);
	if (err) {
		settings_unref(settings);
		return err;
	}
	/* A new service, or a repaired mapping, starts with a clean record. */
	if (!rep->settings || !settings_agree(rep->settings, settings)) {
		if (rep->breaker.open)
			rep_metric(rep, METRIC_OF_REP_BREAKER_OPEN, -1);
		rep->breaker = (struct breaker){0};
	}
	settings_unref(rep->settings);
	rep->settings = settings;
	return 0;
}

int rep_new(struct rep **repp, struct loop *loop, struct fetch *fetch,
	    const struct config_reputation *config)
{
	struct rep *rep = calloc(1, sizeof(*rep));
	int err;

	if (!rep)
		return -ENOMEM;
	rep->loop = loop;
	rep->fetch = fetch;
	rep->metrics = metric_subject("provider", config->name && *config->name
							  ? config->name
							  : "reputation");
	err = rep_configure(rep, config);
	if (err)
		rep_free(rep);
	else
		*repp = rep;
	return err;
}

void rep_free(struct rep *rep)
{
	if (!rep)
		return;
	rep->gone = true;
	if (!rep->queries)
		destroy(rep);
}
