#include "callsieve/core/metrics.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "callsieve/core/buf.h"

static _Atomic int64_t values[METRIC_COUNT];

static const struct {
	const char *type, *name, *labels, *help;
} table[METRIC_COUNT] = {
#define METRIC(id, type, name, labels, help) {#type, name, labels, help},
#include "callsieve/core/metrics.def"
#undef METRIC
};

void metric_add(enum metric metric, int64_t n)
{
	atomic_fetch_add_explicit(&values[metric], n, memory_order_relaxed);
}

void metric_set(enum metric metric, int64_t value)
{
	atomic_store_explicit(&values[metric], value, memory_order_relaxed);
}

int64_t metric_get(enum metric metric)
{
	return atomic_load_explicit(&values[metric], memory_order_relaxed);
}

static int print_one(struct buf *buf, size_t i)
{
	bool first = i == 0 || strcmp(table[i].name, table[i - 1].name) != 0;
	bool labels = table[i].labels[0] != '\0';
	int err = 0;

	if (first)
		err = buf_printf(buf, "# HELP %s %s\n# TYPE %s %s\n",
				 table[i].name, table[i].help, table[i].name,
				 table[i].type);
	if (err)
		return err;
	return buf_printf(buf, "%s%s%s%s %lld\n", table[i].name,
			  labels ? "{" : "", table[i].labels, labels ? "}" : "",
			  (long long)metric_get((enum metric)i));
}

int metrics_print(struct buf *buf)
{
	int err = 0;

	for (size_t i = 0; !err && i < METRIC_COUNT; i++)
		err = print_one(buf, i);
	return err;
}
