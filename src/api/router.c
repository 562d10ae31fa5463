/* The table of everything the API offers, and the search in it. */
#include "router.h"

#include <stdio.h>
#include <string.h>

#include "resources.h"

static const struct route routes[] = {
	{"POST", "/v1/reports", LANE_WRITER, true, reports_post},
	{"GET", "/v1/reputation/{number}", LANE_READER, true, reputation_get},
	{"GET", "/redress/certificate.pem", LANE_HTTP, false, certificate_get},
	{"GET", "/redress/{id}", LANE_READER, false, redress_get},
	{"GET", "/healthz", LANE_HTTP, false, healthz_get},
	{"GET", "/readyz", LANE_READER, false, readyz_get},
	{"GET", "/metrics", LANE_HTTP, false, metrics_get},
};

static bool segment_matches(const char *pattern, size_t pattern_len,
			    const char *path, size_t len,
			    char param[PARAM_SIZE])
{
	if (*pattern != '{')
		return len == pattern_len && !memcmp(pattern, path, len);
	if (!len || len >= PARAM_SIZE)
		return false;
	memcpy(param, path, len);
	param[len] = '\0';
	return true;
}

static bool path_matches(const char *pattern, const char *path,
			 char param[PARAM_SIZE])
{
	size_t pattern_len, len;

	while (*pattern == '/' && *path == '/') {
		pattern_len = strcspn(++pattern, "/");
		len = strcspn(++path, "/");
		if (!segment_matches(pattern, pattern_len, path, len, param))
			return false;
		pattern += pattern_len;
		path += len;
	}
	return !*pattern && !*path;
}

static bool method_matches(const struct route *route, const char *method)
{
	return !strcmp(route->method, method) ||
	       (!strcmp(route->method, "GET") && !strcmp(method, "HEAD"));
}

static void allow_add(char *allow, size_t size, const struct route *route)
{
	size_t len = strlen(allow);

	snprintf(allow + len, size - len, "%s%s%s", len ? ", " : "",
		 route->method, strcmp(route->method, "GET") ? "" : ", HEAD");
}

void router_find(struct request *request, const char *method, const char *path)
{
	char allow[sizeof(request->reply.allow)] = "";
	size_t i;

	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!path_matches(routes[i].path, path, request->param))
			continue;
		if (method_matches(&routes[i], method)) {
			request->route = &routes[i];
			return;
		}
		allow_add(allow, sizeof(allow), &routes[i]);
	}
	if (!*allow) {
		reply_problem(&request->reply, 404,
			      "There is nothing at this address.");
		return;
	}
	reply_problem(&request->reply, 405, "This address answers to %s only.",
		      allow);
	memcpy(request->reply.allow, allow, sizeof(allow));
}
