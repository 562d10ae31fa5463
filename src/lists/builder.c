#include "builder.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/store.h"

#define BUSY_MS 1000

/* What was edited meanwhile is added here, but not without end. */
#define ROUNDS_MAX 50

struct builder {
	pthread_t thread;
	char *path;
	struct view view;
	int err;
	atomic_bool stop, done;
};

static int catch_up(struct builder *builder, struct store *store)
{
	int err = 1, i;

	for (i = 0; err == 1 && i < ROUNDS_MAX; i++)
		err = atomic_load(&builder->stop)
			      ? -ECANCELED
			      : view_advance(&builder->view, store);
	if (err < 0)
		view_fini(&builder->view);
	return err < 0 ? err : 0;
}

static void *run(void *arg)
{
	struct builder *builder = arg;
	struct store *store;
	int err = store_open(&store, builder->path, STORE_EXISTING, BUSY_MS);

	if (!err) {
		err = view_load(&builder->view, store, &builder->stop);
		if (!err)
			err = catch_up(builder, store);
		store_close(store);
	}
	builder->err = err;
	atomic_store(&builder->done, true);
	return NULL;
}

/* Signals are the loop's business. */
static int start_thread(struct builder *builder)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&builder->thread, NULL, run, builder);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -err;
}

static void dispose(struct builder *builder)
{
	free(builder->path);
	free(builder);
}

int builder_start(struct builder **builderp, const char *path)
{
	struct builder *builder = calloc(1, sizeof(*builder));
	int err = -ENOMEM;

	if (!builder)
		return -ENOMEM;
	builder->path = strdup(path);
	if (builder->path)
		err = start_thread(builder);
	if (err)
		dispose(builder);
	else
		*builderp = builder;
	return err;
}

bool builder_done(const struct builder *builder)
{
	return atomic_load(&builder->done);
}

int builder_take(struct builder *builder, struct view *view)
{
	int err;

	pthread_join(builder->thread, NULL);
	err = builder->err;
	*view = builder->view;
	dispose(builder);
	return err;
}

void builder_free(struct builder *builder)
{
	struct view view;

	if (!builder)
		return;
	atomic_store(&builder->stop, true);
	if (builder_take(builder, &view) == 0)
		view_fini(&view);
}
