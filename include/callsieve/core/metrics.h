/* Counters and gauges, shown by /metrics in Prometheus' text format. Each is
 * one row of metrics.def, or of metrics_of.def where each trunk, say, has its
 * own. Relaxed atomics: any thread may write and read. */
#ifndef CALLSIEVE_CORE_METRICS_H
#define CALLSIEVE_CORE_METRICS_H

#include <stdint.h>

struct buf;

enum metric {
#define METRIC(id, type, name, labels, help) METRIC_##id,
#include "callsieve/core/metrics.def"
#undef METRIC
	METRIC_COUNT
};

void metric_add(enum metric metric, int64_t n);
void metric_set(enum metric metric, int64_t value);
int64_t metric_get(enum metric metric);

enum metric_of {
#define METRIC_OF(id, subject, type, name, labels, help) METRIC_OF_##id,
#include "callsieve/core/metrics_of.def"
#undef METRIC_OF
	METRIC_OF_COUNT
};

/* A trunk, say. Once made it stays: counters go on across reloads. */
struct metric_subject;

/* Found or made; `name` needs no escaping within quotes. One thread for each
 * kind. NULL without memory, which the others take. */
struct metric_subject *metric_subject(const char *kind, const char *name);
void metric_of_add(struct metric_subject *subject, enum metric_of metric,
		   int64_t n);
void metric_of_set(struct metric_subject *subject, enum metric_of metric,
		   int64_t value);
int64_t metric_of_get(const struct metric_subject *subject,
		      enum metric_of metric);

/* Appends all of them in Prometheus' text format 0.0.4. */
int metrics_print(struct buf *buf);

#endif
