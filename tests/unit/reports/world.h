/* A database with subscribers, for the tests of reports. */
#ifndef UNIT_REPORTS_WORLD_H
#define UNIT_REPORTS_WORLD_H

#include <check.h>
#include <stdint.h>

#include "callsieve/reports.h"
#include "callsieve/store.h"
#include "unit/scratch.h"

#define WORLD_START 1800000000 /* the clock's first second */
#define NUMBER	    "+12025550123"

struct world {
	struct scratch scratch;
	struct store *store;
	int64_t alice, bob;
	char alices_token[TOKEN_SIZE];
};

extern struct world world;

void world_setup(void);
void world_teardown(void);

/* Saves a report; true when it was the first of this subscriber. */
bool world_report(int64_t subscriber, const char *number);

#endif
