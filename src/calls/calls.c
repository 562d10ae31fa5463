/* The queue of records between the loop and the database. The loop only ever
 * moves pointers under the mutex; encoding and writing are the store
 * thread's. */
#include "callsieve/calls.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"
#include "callsieve/store.h"
#include "record.h"

#define BATCH 1000

/* A batch is deleted in a few milliseconds; a day of calls is not. */
#define PRUNE_BATCH	  500
#define PRUNE_INTERVAL_MS 60000
#define DAY_MS		  86400000ll

#define DROPS_LOGGED_EVERY_MS 10000

struct waiting {
	struct call_record *record;
	struct waiting *next;
};

struct queue {
	struct waiting *head, **tail;
};

struct calls {
	unsigned limit, keep_days;
	atomic_uint count;   /* in both queues */
	atomic_uint dropped; /* since last logged */

	pthread_mutex_t mutex;
	struct queue fresh; /* guarded by it */

	/* The store thread's. */
	struct queue taken;
	uint64_t prune_ms, drops_ms; /* when next */
};

int calls_new(struct calls **callsp, unsigned limit, unsigned keep_days)
{
	struct calls *calls = calloc(1, sizeof(*calls));

	if (!calls)
		return -ENOMEM;
	calls->limit = limit;
	calls->keep_days = keep_days;
	calls->fresh.tail = &calls->fresh.head;
	calls->taken.tail = &calls->taken.head;
	pthread_mutex_init(&calls->mutex, NULL);
	*callsp = calls;
	return 0;
}

static struct waiting *pop(struct queue *queue)
{
	struct waiting *first = queue->head;

	queue->head = first->next;
	if (!queue->head)
		queue->tail = &queue->head;
	return first;
}

static void waiting_free(struct waiting *waiting)
{
	call_record_free(waiting->record);
	free(waiting);
}

static void queue_empty(struct queue *queue)
{
	while (queue->head)
		waiting_free(pop(queue));
}

void calls_free(struct calls *calls)
{
	unsigned lost;

	if (!calls)
		return;
	lost = atomic_load(&calls->count);
	if (lost)
		log_warn("event=call-records-lost count=%u", lost);
	metric_add(METRIC_RECORDS_QUEUED, -(int64_t)lost);
	metric_add(METRIC_RECORDS_DROPPED, lost);
	queue_empty(&calls->fresh);
	queue_empty(&calls->taken);
	pthread_mutex_destroy(&calls->mutex);
	free(calls);
}

static void drop(struct calls *calls, struct call_record *record)
{
	call_record_free(record);
	atomic_fetch_add(&calls->dropped, 1);
	metric_add(METRIC_RECORDS_DROPPED, 1);
}

/* The newest goes: of what happened when trouble began we want to know. */
void calls_put(struct calls *calls, struct call_record *record)
{
	struct waiting *waiting;

	if (atomic_fetch_add(&calls->count, 1) >= calls->limit) {
		atomic_fetch_sub(&calls->count, 1);
		drop(calls, record);
		return;
	}
	waiting = malloc(sizeof(*waiting));
	if (!waiting) {
		atomic_fetch_sub(&calls->count, 1);
		drop(calls, record);
		return;
	}
	*waiting = (struct waiting){record, NULL};
	pthread_mutex_lock(&calls->mutex);
	*calls->fresh.tail = waiting;
	calls->fresh.tail = &waiting->next;
	pthread_mutex_unlock(&calls->mutex);
	metric_add(METRIC_RECORDS_QUEUED, 1);
}

/* What could not be written last time stays in front. */
static void take_fresh(struct calls *calls)
{
	pthread_mutex_lock(&calls->mutex);
	if (calls->fresh.head) {
		*calls->taken.tail = calls->fresh.head;
		calls->taken.tail = calls->fresh.tail;
		calls->fresh.head = NULL;
		calls->fresh.tail = &calls->fresh.head;
	}
	pthread_mutex_unlock(&calls->mutex);
}

/* How many were written, or an error, and then none was. */
static int write_batch(struct calls *calls, struct store *store)
{
	struct waiting *waiting;
	int n = 0, err = store_begin(store);

	if (err)
		return err;
	for (waiting = calls->taken.head; waiting && n < BATCH;
	     waiting = waiting->next, n++) {
		err = record_insert(store, waiting->record);
		if (err) {
			store_rollback(store);
			return err;
		}
	}
	err = store_commit(store);
	return err ? err : n;
}

static void forget(struct calls *calls, int n)
{
	int i;

	for (i = 0; i < n; i++)
		waiting_free(pop(&calls->taken));
	atomic_fetch_sub(&calls->count, (unsigned)n);
	metric_add(METRIC_RECORDS_QUEUED, -n);
	metric_add(METRIC_RECORDS_WRITTEN, n);
}

static int write_all(struct calls *calls, struct store *store)
{
	int n;

	take_fresh(calls);
	while (calls->taken.head) {
		n = write_batch(calls, store);
		if (n < 0)
			return n;
		forget(calls, n);
	}
	return 0;
}

static int prune(struct calls *calls, struct store *store)
{
	int64_t before_ms = now_wall_ms() - calls->keep_days * DAY_MS;
	uint64_t now = now_mono_ms();
	int n;

	if (!calls->keep_days || now < calls->prune_ms)
		return 0;
	n = records_prune(store, before_ms, PRUNE_BATCH);
	/* While batches are full there is more to do, round by round. */
	if (n >= 0 && n < PRUNE_BATCH)
		calls->prune_ms = now + PRUNE_INTERVAL_MS;
	return n < 0 ? n : 0;
}

static void log_drops(struct calls *calls)
{
	uint64_t now = now_mono_ms();
	unsigned dropped;

	if (now < calls->drops_ms)
		return;
	dropped = atomic_exchange(&calls->dropped, 0);
	if (!dropped)
		return;
	calls->drops_ms = now + DROPS_LOGGED_EVERY_MS;
	log_warn("event=call-records-dropped count=%u limit=%u", dropped,
		 calls->limit);
}

int calls_flush(struct store *store, void *arg)
{
	struct calls *calls = arg;
	int err;

	log_drops(calls);
	err = write_all(calls, store);
	return err ? err : prune(calls, store);
}
