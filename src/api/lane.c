/* Database threads: see lane.h. */
#include "lane.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "callsieve/core/clock.h"
#include "callsieve/store.h"

#include "auth.h"
#include "request.h"
#include "settings.h"
#include "thread.h"

/* Who waited this long for their turn gets 503 instead of waiting on: while
 * the database is locked, each request before them takes as long again. */
#define PATIENCE_MS 2000

/* How long one statement waits for another program's lock. */
#define BUSY_MS 2000

/* How often a file may be replaced under one request. */
#define TRIES 3

struct lane {
	struct lane_params params;
	struct store *store; /* NULL: not opened yet, or broken */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct request *first, **lastp;
	bool stopping;
};

/* Never creates the file: should somebody have deleted it, an empty one would
 * take reports and forget them when the right one is put back. */
static int open_store(struct lane *lane)
{
	if (lane->store)
		return store_current(lane->store);
	return store_open(&lane->store, lane->params.settings->database,
			  STORE_EXISTING, BUSY_MS);
}

static void answer_once(struct lane *lane, struct request *request)
{
	if (!request->route->token ||
	    auth_check(request, lane->params.rates, lane->store))
		request->route->h(request, lane->params.settings, lane->store);
}

/* A connection that failed may be broken for good. */
static void drop_broken(struct lane *lane, int err)
{
	if (err != -EUCLEAN && err != -EIO)
		return;
	store_close(lane->store);
	lane->store = NULL;
}

static void answer(struct lane *lane, struct request *request)
{
	int tries = 0, err;

	if (now_mono_ms() - request->queued_ms > PATIENCE_MS) {
		reply_database(&request->reply, -EBUSY);
		return;
	}
	/* -ESTALE: the file lost its name before the commit, and the report
	 * went with it. All is asked again of the file that has it now. */
	do {
		err = open_store(lane);
		if (err) {
			reply_database(&request->reply, err);
			return;
		}
		answer_once(lane, request);
		err = request->reply.database_err;
	} while (err == -ESTALE && ++tries < TRIES);
	drop_broken(lane, err);
}

static struct request *take(struct lane *lane)
{
	struct request *request;

	pthread_mutex_lock(&lane->lock);
	while (!lane->first && !lane->stopping)
		pthread_cond_wait(&lane->filled, &lane->lock);
	request = lane->first;
	if (request) {
		lane->first = request->next;
		if (!lane->first)
			lane->lastp = &lane->first;
	}
	pthread_mutex_unlock(&lane->lock);
	return request;
}

static void *run(void *arg)
{
	struct lane *lane = arg;
	struct request *request;

	while ((request = take(lane))) {
		answer(lane, request);
		lane->params.doneh(request);
	}
	store_close(lane->store);
	return NULL;
}

bool lane_push(struct lane *lane, struct request *request)
{
	bool stopping;

	request->queued_ms = now_mono_ms();
	request->next = NULL;
	pthread_mutex_lock(&lane->lock);
	stopping = lane->stopping;
	if (!stopping) {
		*lane->lastp = request;
		lane->lastp = &request->next;
		pthread_cond_signal(&lane->filled);
	}
	pthread_mutex_unlock(&lane->lock);
	return !stopping;
}

int lane_start(struct lane **lanep, const struct lane_params *params)
{
	struct lane *lane;
	int err;

	lane = calloc(1, sizeof(*lane));
	if (!lane)
		return -ENOMEM;
	lane->params = *params;
	lane->lastp = &lane->first;
	pthread_mutex_init(&lane->lock, NULL);
	pthread_cond_init(&lane->filled, NULL);
	err = thread_start(&lane->thread, run, lane);
	if (err) {
		pthread_cond_destroy(&lane->filled);
		pthread_mutex_destroy(&lane->lock);
		free(lane);
	} else {
		*lanep = lane;
	}
	return err;
}

void lane_stop(struct lane *lane)
{
	if (!lane)
		return;
	pthread_mutex_lock(&lane->lock);
	lane->stopping = true;
	pthread_cond_signal(&lane->filled);
	pthread_mutex_unlock(&lane->lock);
	pthread_join(lane->thread, NULL);
	pthread_cond_destroy(&lane->filled);
	pthread_mutex_destroy(&lane->lock);
	free(lane);
}
