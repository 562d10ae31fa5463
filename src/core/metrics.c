#include "callsieve/core/metrics.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"

struct row {
	const char *subject; /* its kind; NULL: a metric of everything */
	const char *type, *name, *labels, *help;
};

static const struct row rows[METRIC_COUNT] = {
#define METRIC(id, type, name, labels, help) {NULL, #type, name, labels, help},
#include "callsieve/core/metrics.def"
#undef METRIC
};

static const struct row rows_of[METRIC_OF_COUNT] = {
#define METRIC_OF(id, subject, type, name, labels, help)                       \
	{#subject, #type, name, labels, help},
#include "callsieve/core/metrics_of.def"
#undef METRIC_OF
};

static _Atomic int64_t values[METRIC_COUNT];

struct metric_subject {
	struct metric_subject *next;
	const char *kind;
	_Atomic int64_t values[METRIC_OF_COUNT];
	char name[];
};

/* Grows at its head and never shrinks, so whoever prints it needs no lock. */
static _Atomic(struct metric_subject *) subjects;

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

static bool is_of(const struct metric_subject *subject, const char *kind)
{
	return strcmp(subject->kind, kind) == 0;
}

/* One of the rows' own texts, which lasts. */
static const char *kind_kept(const char *kind)
{
	for (size_t i = 0; i < METRIC_OF_COUNT; i++)
		if (strcmp(rows_of[i].subject, kind) == 0)
			return rows_of[i].subject;
	return NULL;
}

struct metric_subject *metric_subject(const char *kind, const char *name)
{
	struct metric_subject *first = atomic_load(&subjects), *subject;
	size_t size = strlen(name) + 1;

	for (subject = first; subject; subject = subject->next)
		if (is_of(subject, kind) && strcmp(subject->name, name) == 0)
			return subject;
	kind = kind_kept(kind);
	subject = kind ? calloc(1, sizeof(*subject) + size) : NULL;
	if (!subject)
		return NULL;
	subject->kind = kind;
	memcpy(subject->name, name, size);
	subject->next = atomic_load(&subjects);
	while (!atomic_compare_exchange_weak(&subjects, &subject->next,
					     subject))
		;
	return subject;
}

void metric_of_add(struct metric_subject *subject, enum metric_of metric,
		   int64_t n)
{
	if (subject)
		atomic_fetch_add_explicit(&subject->values[metric], n,
					  memory_order_relaxed);
}

void metric_of_set(struct metric_subject *subject, enum metric_of metric,
		   int64_t value)
{
	if (subject)
		atomic_store_explicit(&subject->values[metric], value,
				      memory_order_relaxed);
}

int64_t metric_of_get(const struct metric_subject *subject,
		      enum metric_of metric)
{
	return subject ? atomic_load_explicit(&subject->values[metric],
					      memory_order_relaxed)
		       : 0;
}

static int print_head(struct buf *buf, const struct row *table, size_t i)
{
	if (i && strcmp(table[i].name, table[i - 1].name) == 0)
		return 0;
	return buf_printf(buf, "# HELP %s %s\n# TYPE %s %s\n", table[i].name,
			  table[i].help, table[i].name, table[i].type);
}

static int print_one(struct buf *buf, size_t i)
{
	bool labels = rows[i].labels[0] != '\0';
	int err = print_head(buf, rows, i);

	if (err)
		return err;
	return buf_printf(buf, "%s%s%s%s %lld\n", rows[i].name,
			  labels ? "{" : "", rows[i].labels, labels ? "}" : "",
			  (long long)metric_get((enum metric)i));
}

static int print_of(struct buf *buf, size_t i)
{
	const struct row *row = &rows_of[i];
	int err = print_head(buf, rows_of, i);
	struct metric_subject *subject;

	for (subject = atomic_load(&subjects); !err && subject;
	     subject = subject->next)
		if (is_of(subject, row->subject))
			err = buf_printf(buf, "%s{%s=\"%s\"%s%s} %lld\n",
					 row->name, row->subject, subject->name,
					 row->labels[0] ? "," : "", row->labels,
					 (long long)atomic_load_explicit(
						 &subject->values[i],
						 memory_order_relaxed));
	return err;
}

int metrics_print(struct buf *buf)
{
	int err = 0;

	for (size_t i = 0; !err && i < METRIC_COUNT; i++)
		err = print_one(buf, i);
	for (size_t i = 0; !err && i < METRIC_OF_COUNT; i++)
		err = print_of(buf, i);
	return err;
}
