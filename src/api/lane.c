/* Database threads: see lane.h. */
#include "lane.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "callsieve/core/clock.h"

#include "auth.h"
#include "db.h"
#include "request.h"
#include "settings.h"
#include "thread.h"

/* Who waited this long for their turn gets 503 instead of waiting on: while
 * the database is locked, each request before them takes as long again. */
#define PATIENCE_MS 2000

/* How often a file may be replaced under one request. */
#define TRIES 3

struct lane {
	struct lane_params params;
	struct db db;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct request *first, **lastp;
	bool stopping;
};

static void answer_once(struct lane *lane, struct request *request)
{
	int err = db_use(&lane->db);

	if (err) {
		reply_database(&request->reply, err);
		return;
	}
	if (request->route->token &&
	    !auth_check(request, lane->params.rates, lane->db.store))
		return;
	request->route->h(request, lane->params.settings, lane->db.store);
}

/* A report committed to a file that lost its name while we wrote is not
 * accepted: the whole request is answered again from the new file. */
static void answer(struct lane *lane, struct request *request)
{
	int tries = 0;

	if (now_mono_ms() - request->queued_ms > PATIENCE_MS) {
		reply_database(&request->reply, -EBUSY);
		return;
	}
	do {
		answer_once(lane, request);
		if (!lane->db.store || !db_was_replaced(&lane->db))
			break;
		reply_database(&request->reply, -EIO);
	} while (++tries < TRIES);

	/* A connection that failed may be broken for good. */
	if (request->reply.status == 503)
		db_close(&lane->db);
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
	db_close(&lane->db);
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
	db_init(&lane->db, params->settings->database);
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
