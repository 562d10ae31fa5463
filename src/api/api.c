/* The API as a whole: starts and stops its threads and says which of them
 * answers a request. In order:
 *
 *   http    one thread: connections, headers, bodies, replies (http.c)
 *   router  which resource (router.c)
 *   auth    whose token, how often (auth.c, rate.c)
 *   lanes   a thread and a database connection each for readers and writers
 *           (lane.c)
 *
 * Nothing here knows what a resource does. */
#include "callsieve/api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"

#include "auth.h"
#include "http.h"
#include "lane.h"
#include "rate.h"
#include "router.h"
#include "settings.h"

struct api {
	struct api_settings settings;
	struct rates *rates;
	struct lane *reader, *writer;
	struct http *http;
};

static bool is_json(const char *type)
{
	const char *json = "application/json";
	size_t len = strlen(json);

	return type && !strncasecmp(type, json, len) &&
	       strchr("; \t", type[len]);
}

/* What can be refused before a body is read is refused then. */
static void check_body(struct request *request, unsigned max_body)
{
	const char *length = http_header(request, "Content-Length");
	const char *encoding = http_header(request, "Content-Encoding");

	if (length && strtoull(length, NULL, 10) > max_body)
		reply_problem(&request->reply, 413,
			      "A body may have at most %u bytes.", max_body);
	else if (!is_json(http_header(request, "Content-Type")))
		reply_problem(&request->reply, 415,
			      "The body must be JSON, and its Content-Type "
			      "application/json.");
	else if (encoding && strcasecmp(encoding, "identity"))
		reply_problem(&request->reply, 415,
			      "The body must not be compressed.");
}

static void admit(struct request *request, const char *method, const char *path,
		  void *arg)
{
	struct api *api = arg;

	metric_add(METRIC_API_REQUESTS, 1);
	router_find(request, method, path);
	if (!request->reply.status && request->route->token)
		auth_read(request, api->rates,
			  http_header(request, "Authorization"));
	if (!request->reply.status && !strcmp(request->route->method, "POST"))
		check_body(request, api->settings.api.max_body);
}

static bool serve(struct request *request, void *arg)
{
	struct lane *lane = NULL;
	struct api *api = arg;

	switch (request->route->lane) {
	case LANE_HTTP:
		request->route->h(request, &api->settings, NULL);
		return true;
	case LANE_READER:
		lane = api->reader;
		break;
	case LANE_WRITER:
		lane = api->writer;
		break;
	}
	/* Before it is handed over: the answer may be there at once. */
	http_suspend(request);
	if (lane_push(lane, request))
		return false;
	reply_problem(&request->reply, 503,
		      "callsieve is shutting down. Please try again.");
	request->reply.retry_after_s = 1;
	http_resume(request);
	return false;
}

static int start_lanes(struct api *api)
{
	struct lane_params params = {
		.settings = &api->settings,
		.rates = api->rates,
		.doneh = http_resume,
	};
	int err;

	err = lane_start(&api->reader, &params);
	if (!err)
		err = lane_start(&api->writer, &params);
	return err;
}

static int start_http(struct api *api, const char *address)
{
	struct http_params params = {
		.address = address,
		.port = api->settings.api.port,
		.max_body = api->settings.api.max_body,
		.max_connections = api->settings.api.max_connections,
		.admith = admit,
		.serveh = serve,
		.arg = api,
	};

	return http_start(&api->http, &params);
}

int api_start(struct api **apip, const struct config *config)
{
	struct api *api;
	int err;

	api = calloc(1, sizeof(*api));
	if (!api)
		return -ENOMEM;
	err = settings_init(&api->settings, config);
	if (!err)
		err = rates_new(&api->rates, config->api.requests_per_minute);
	if (!err)
		err = start_lanes(api);
	if (!err)
		err = start_http(api, config->api.address);
	if (err) {
		api_stop(api);
	} else {
		log_info("event=api-started address=%s port=%u",
			 config->api.address, api_port(api));
		*apip = api;
	}
	return err;
}

uint16_t api_port(const struct api *api)
{
	return http_port(api->http);
}

void api_stop(struct api *api)
{
	if (!api)
		return;
	/* The lanes first: what they still answer must find HTTP running. */
	if (api->http)
		http_quiesce(api->http);
	lane_stop(api->writer);
	lane_stop(api->reader);
	http_stop(api->http);
	rates_free(api->rates);
	settings_fini(&api->settings);
	free(api);
}
