/* The store thread. It looks for edits ten times a second, runs the tasks,
 * and outlives whatever happens to the file: nothing here is fatal. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"
#include "holder.h"
#include "store.h"

#define POLL_MS	      100
#define POLLS_A_ROUND 10 /* the tasks run at least once a second */

/* Long enough for another program's ordinary commit. Who holds the lock
 * longer is waited for a round at a time. */
#define BUSY_MS 250

struct store_worker {
	pthread_t thread;
	pthread_mutex_t mutex; /* of woken and stopping */
	pthread_cond_t cond;
	bool woken, stopping;
	struct store *store;
	const struct store_task *tasks;
	size_t tasks_count;
	int64_t data_version;
	unsigned polls; /* since the tasks ran */
	bool opened;	/* ever */
	atomic_int problem; /* 0: none */
	_Atomic int64_t problem_since_s;
	struct holder holder; /* of the lock, when it was last in the way */
	bool again;	      /* a task wants to run with the next poll */
};

static void show_holder(const struct holder *holder, long pid)
{
	if (holder->pid)
		metric_of_set(metric_subject("program", holder->program),
			      METRIC_OF_DB_LOCK_HOLDER, pid);
}

/* A forgotten BEGIN is found by who forgot it. */
static void name_holder(struct store_worker *worker)
{
	struct holder holder;
	char command[2 * sizeof(holder.command)];

	if (!holder_find(&holder, worker->store) ||
	    holder.pid == worker->holder.pid)
		return;
	show_holder(&worker->holder, 0);
	worker->holder = holder;
	show_holder(&holder, holder.pid);
	log_error("event=database-locked pid=%ld program=%s command=%s",
		  holder.pid, holder.program,
		  log_quote(command, sizeof(command), holder.command));
}

static void settle(struct store_worker *worker, int err)
{
	if (err == -EBUSY) {
		name_holder(worker);
	} else {
		show_holder(&worker->holder, 0);
		worker->holder.pid = 0;
	}
	metric_set(METRIC_DB_OK, !err);
	if (err)
		metric_add(METRIC_DB_ERRORS, 1);
	else
		store_healthy(worker->store);
	if (err && !atomic_load(&worker->problem))
		atomic_store(&worker->problem_since_s, now_wall_s());
	atomic_store(&worker->problem, err);
}

int store_worker_problem(const struct store_worker *worker, int64_t *since_sp)
{
	*since_sp = atomic_load(&worker->problem_since_s);
	return atomic_load(&worker->problem);
}

static int run_tasks(struct store_worker *worker)
{
	const struct store_task *task;
	int err, first = 0;
	size_t i;

	for (i = 0; i < worker->tasks_count; i++) {
		task = &worker->tasks[i];
		err = task->h(worker->store, task->arg);
		/* A task that forgot must not hold others up, or a reader's
		 * old view of the file. */
		store_rollback(worker->store);
		if (err == -EAGAIN) {
			worker->again = true;
			continue;
		}
		if (err)
			store_report(worker->store, err, task->name);
		if (err && !first)
			first = err;
		/* One wait a round is enough. */
		if (err == -EBUSY)
			store_patience(worker->store, 0);
	}
	store_patience(worker->store, BUSY_MS);
	return first;
}

static int data_version(struct store_worker *worker)
{
	int64_t version = worker->data_version;
	int err = store_ask(worker->store, "PRAGMA data_version", &version);

	if (err || version == worker->data_version)
		return err;
	worker->data_version = version;
	return 1;
}

static void round_of_tasks(struct store_worker *worker)
{
	int err;

	worker->again = false;
	/* Before the tasks: what is edited while they run counts next time. */
	err = data_version(worker);
	if (err >= 0)
		err = run_tasks(worker);
	/* A page cache full of damage would outlive the repair of the file,
	 * and a checkpoint on closing might undo that. */
	if (err == -EUCLEAN && worker->store->db) {
		sqlite3_db_config(worker->store->db,
				  SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		store_disconnect(worker->store);
	}
	settle(worker, err);
}

/* Once it was open, a missing file is never made anew. */
static int open_or_follow(struct store_worker *worker)
{
	int err = worker->opened ? store_current(worker->store)
				 : store_connect(worker->store, STORE_CREATE);

	if (!err)
		worker->opened = true;
	return err;
}

static void poll_file(struct store_worker *worker, bool now)
{
	bool due = ++worker->polls >= POLLS_A_ROUND || now || worker->again;
	int64_t identity = worker->store->identity;
	int err;

	if (worker->store->db || due) {
		err = open_or_follow(worker);
		if (err && due)
			settle(worker, err);
		if (!err && worker->store->identity != identity)
			due = true;
		if (!err && !due && !atomic_load(&worker->problem))
			due = data_version(worker) == 1;
		if (!err && due)
			round_of_tasks(worker);
	}
	if (due)
		worker->polls = 0;
}

/* The system's own clock, which now_fake() does not move: this thread really
 * waits. */
static void wait_for_poll(struct store_worker *worker)
{
	struct timespec until;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += POLL_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	while (!rc && !worker->woken && !worker->stopping)
		rc = pthread_cond_timedwait(&worker->cond, &worker->mutex,
					    &until);
}

static void *run(void *arg)
{
	struct store_worker *worker = arg;
	bool woken, stopping;

	do {
		pthread_mutex_lock(&worker->mutex);
		wait_for_poll(worker);
		stopping = worker->stopping;
		woken = worker->woken;
		worker->woken = false;
		pthread_mutex_unlock(&worker->mutex);
		poll_file(worker, woken || stopping);
	} while (!stopping);
	return NULL;
}

static int init_cond(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	int err = pthread_condattr_init(&attr);

	if (err)
		return -err;
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	err = pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
	return -err;
}

/* Signals are the loop's business. */
static int start_thread(struct store_worker *worker)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&worker->thread, NULL, run, worker);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -err;
}

static int worker_new(struct store_worker **workerp, const char *path,
		      const struct store_task *tasks, size_t count)
{
	struct store_worker *worker = calloc(1, sizeof(*worker));
	int err;

	if (!worker)
		return -ENOMEM;
	worker->tasks = tasks;
	worker->tasks_count = count;
	err = init_cond(&worker->cond);
	if (err) {
		free(worker);
		return err;
	}
	pthread_mutex_init(&worker->mutex, NULL);
	err = store_new(&worker->store, path, BUSY_MS);
	*workerp = worker;
	return err;
}

static void worker_free(struct store_worker *worker)
{
	store_close(worker->store);
	pthread_mutex_destroy(&worker->mutex);
	pthread_cond_destroy(&worker->cond);
	free(worker);
}

int store_worker_start(struct store_worker **workerp, const char *path,
		       const struct store_task *tasks, size_t count)
{
	struct store_worker *worker = NULL;
	int err = worker_new(&worker, path, tasks, count);

	if (err)
		goto out;
	worker->store->quiet = true;
	/* Call records are worth a write, not a wait for the disk. */
	worker->store->relaxed = true;
	poll_file(worker, true);
	err = start_thread(worker);
out:
	if (!err)
		*workerp = worker;
	else if (worker)
		worker_free(worker);
	return err;
}

void store_worker_wake(struct store_worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	worker->woken = true;
	pthread_cond_signal(&worker->cond);
	pthread_mutex_unlock(&worker->mutex);
}

void store_worker_stop(struct store_worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->mutex);
	worker->stopping = true;
	pthread_cond_signal(&worker->cond);
	pthread_mutex_unlock(&worker->mutex);
	pthread_join(worker->thread, NULL);
	worker_free(worker);
}
