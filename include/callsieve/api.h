/* The HTTP API, on threads of its own, with its own database connections. It
 * edits the database exactly as the sqlite3 shell does and shares nothing
 * else with the loop but the metrics' atomics. */
#ifndef CALLSIEVE_API_H
#define CALLSIEVE_API_H

struct api;
struct config;

/* `config` is copied from, not kept. -EADDRINUSE and the like. */
int api_start(struct api **apip, const struct config *config);

/* Answers what is under way, then ends. NULL is fine. */
void api_stop(struct api *api);

#endif
