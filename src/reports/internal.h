/* Shared by counts.c, heard.c and trace.c. */
#ifndef REPORTS_INTERNAL_H
#define REPORTS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "callsieve/reports.h"

struct handover;
struct heard;
struct loop;
struct store;

struct reports {
	struct handover *counts; /* of struct u64map: number_key -> counts */
	struct heard *heard;
	struct loop *loop; /* NULL in tests */
	report_h *h;
	void *arg;

	/* The store thread's: what the newest counts were made from. */
	int64_t revision, identity;
	uint64_t not_before_ms, stale_ms;
};

/* What was heard waits here for the store thread. */
int heard_new(struct heard **heardp);
void heard_free(struct heard *heard);

/* Makes rows of it; how many, or an error, and then it still waits. */
int heard_save(struct heard *heard, struct store *store);

/* Looks for the calls of reports that are new; how many were settled. */
int trace_new(struct reports *reports, struct store *store);

#endif
