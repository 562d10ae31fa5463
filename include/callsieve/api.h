/* The HTTP API, on threads of its own, with its own database connections. It
 * edits the database exactly as the sqlite3 shell does and shares nothing
 * else with the loop but the metrics' atomics. */
#ifndef CALLSIEVE_API_H
#define CALLSIEVE_API_H

#include <stdint.h>

struct api;
struct config;

/* `config` is copied from, not kept. -EADDRINUSE and the like. The database
 * is opened with the first request that needs it, and never created. */
int api_start(struct api **apip, const struct config *config);

/* Where it listens; tells what port 0 became. */
uint16_t api_port(const struct api *api);

/* Answers what is under way, then ends. NULL is fine. */
void api_stop(struct api *api);

#endif
