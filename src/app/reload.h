/* Another configuration, wholly or not at all. */
#ifndef CALLSIEVE_APP_RELOAD_H
#define CALLSIEVE_APP_RELOAD_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct config;
struct gate;
struct lists;
struct providers;
struct screen;
struct sip;
struct store_worker;

struct running {
	struct config *config; /* owned */
	struct providers *providers;
	struct screen *screen;
	struct gate *gate;
	struct sip *sip;
	struct store_worker *worker;
	const struct lists *lists;
	int64_t started_s; /* epoch */
	bool draining;
};

/* Reads running->config's file anew. What cannot change while running makes
 * it refuse the file; every refusal is logged, told in `why`, a line a mistake,
 * and changes nothing. */
int reload(struct running *running, struct buf *why);

#endif
