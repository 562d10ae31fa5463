/* Counters and gauges, shown by /metrics in Prometheus' text format. Each is
 * one row of metrics.def. Relaxed atomics: any thread may write and read. */
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

/* Appends all of them in Prometheus' text format 0.0.4. */
int metrics_print(struct buf *buf);

#endif
