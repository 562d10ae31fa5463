/* Screening with all it asks: lists and reports from a real database in a
 * temporary folder, a reputation client on a real loop. */
#ifndef SCREEN_TEST_WORLD_H
#define SCREEN_TEST_WORLD_H

#include "callsieve/core/config.h"
#include "callsieve/core/loop.h"
#include "callsieve/fetch.h"
#include "callsieve/lists.h"
#include "callsieve/reports.h"
#include "callsieve/reputation.h"
#include "callsieve/screen.h"
#include "callsieve/store.h"

#define CALLER "+12025550123"

struct world {
	char folder[32], path[48], url[64];
	struct config config;
	struct config_reputation reputation; /* the service of it */
	struct store *store;
	struct loop *loop;
	struct fetch *fetch;
	struct lists *lists;
	struct reports *reports;
	struct providers *providers;
	struct screen *screen;
};

extern struct world world;

/* Without a reputation service; reject at 100; 30 points a report, from two
 * on, at most 80. */
void world_setup(void);
void world_teardown(void);

/* Signals by the points they have from the beginning; 40 points a report, at
 * most 120. */
void world_points(void);

/* Edits the database and lets lists and reports see it. */
void world_sql(const char *sql);
void world_reports(const char *number, unsigned reporters);

/* A service on that port of 127.0.0.1: 100 points, floor 20, deadline 300 ms,
 * score at /risk. Sets the configuration. */
void world_reputation(unsigned port);

/* A screened call with threshold 100. */
struct facts facts_from(const char *caller);

/* The hit of that name, or NULL. */
const struct signal_hit *hit_find(const struct verdict *verdict,
				  const char *name);

#endif
