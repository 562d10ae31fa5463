/* A file, because it is for the day on which something is wrong with us: it
 * can be written while the database is locked, damaged or gone, while there is
 * no API and while we do not run, and it outlives a restart. A thread of its
 * own looks at it, because the store's may be busy with just what is wrong. */
#include "killswitch.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"
#include "callsieve/core/switches.h"
#include "callsieve/store.h"

#define POLL_MS	 200
#define TEXT_MAX 8000

struct killswitch {
	char *path;
	pthread_t thread;
	bool started;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t cond;
	bool stopping;
	struct switches on;
	unsigned version; /* of `on` */

	/* The thread's. */
	struct stat seen;

	/* The store thread's. */
	unsigned told;
	int64_t told_identity;
};

static bool changed(struct killswitch *killswitch)
{
	struct stat now, *seen = &killswitch->seen;
	bool differs;

	if (stat(killswitch->path, &now))
		memset(&now, 0, sizeof(now));
	differs = now.st_ino != seen->st_ino || now.st_size != seen->st_size ||
		  now.st_mtim.tv_sec != seen->st_mtim.tv_sec ||
		  now.st_mtim.tv_nsec != seen->st_mtim.tv_nsec;
	*seen = now;
	return differs;
}

static void log_changes(const struct switches *old, const struct switches *new)
{
	const struct a_switch *at, *before;

	for (at = new->at; at < new->at + new->count; at++) {
		before = switches_find(old, at->name);
		if (!before || before->until_s != at->until_s)
			log_warn("event=bypass-on trunk=%s seconds=%" PRId64
				 " by=%s",
				 at->name, at->until_s - now_wall_s(), at->by);
	}
	for (at = old->at; at < old->at + old->count; at++)
		if (!switches_find(new, at->name))
			log_warn("event=bypass-off trunk=%s expired=%s",
				 at->name,
				 at->until_s <= now_wall_s() ? "yes" : "no");
}

static void look(struct killswitch *killswitch)
{
	/* Only this thread writes it. */
	struct switches new = killswitch->on;
	int err =
		changed(killswitch) ? switches_read(&new, killswitch->path) : 0;

	if (err)
		log_error("event=bypass-unreadable file=%s error=\"%s\"",
			  killswitch->path, strerror(-err));
	switches_expire(&new, now_wall_s());
	if (new.count == killswitch->on.count &&
	    !memcmp(new.at, killswitch->on.at, new.count * sizeof(new.at[0])))
		return;
	log_changes(&killswitch->on, &new);
	metric_set(METRIC_BYPASSES, new.count);
	pthread_mutex_lock(&killswitch->mutex);
	killswitch->on = new;
	killswitch->version++;
	pthread_mutex_unlock(&killswitch->mutex);
}

/* The system's own clock, which now_fake() does not move. */
static bool pause_is_over(struct killswitch *killswitch)
{
	struct timespec until;
	bool stopping;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += POLL_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	pthread_mutex_lock(&killswitch->mutex);
	while (!rc && !killswitch->stopping)
		rc = pthread_cond_timedwait(&killswitch->cond,
					    &killswitch->mutex, &until);
	stopping = killswitch->stopping;
	pthread_mutex_unlock(&killswitch->mutex);
	return !stopping;
}

static void *run(void *arg)
{
	struct killswitch *killswitch = arg;

	while (pause_is_over(killswitch))
		look(killswitch);
	return NULL;
}

/* Signals are the loop's business. */
static int start(struct killswitch *killswitch)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&killswitch->thread, NULL, run, killswitch);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	killswitch->started = !err;
	return -err;
}

int killswitch_new(struct killswitch **killswitchp, const char *database)
{
	struct killswitch *killswitch = calloc(1, sizeof(*killswitch));
	int err = 0;

	if (!killswitch)
		return -ENOMEM;
	pthread_mutex_init(&killswitch->mutex, NULL);
	pthread_cond_init(&killswitch->cond, NULL);
	if (asprintf(&killswitch->path, "%s" SWITCHES_SUFFIX, database) < 0) {
		killswitch->path = NULL;
		err = -ENOMEM;
	}
	if (!err) {
		err = switches_reserve(killswitch->path);
		if (err)
			log_warn("event=bypass-not-reserved file=%s error=%s",
				 killswitch->path, strerror(-err));
		look(killswitch);
		err = start(killswitch);
	}
	if (err)
		killswitch_free(killswitch);
	else
		*killswitchp = killswitch;
	return err;
}

void killswitch_free(struct killswitch *killswitch)
{
	if (!killswitch)
		return;
	pthread_mutex_lock(&killswitch->mutex);
	killswitch->stopping = true;
	pthread_cond_signal(&killswitch->cond);
	pthread_mutex_unlock(&killswitch->mutex);
	if (killswitch->started)
		pthread_join(killswitch->thread, NULL);
	pthread_cond_destroy(&killswitch->cond);
	pthread_mutex_destroy(&killswitch->mutex);
	free(killswitch->path);
	free(killswitch);
}

static bool is_on(const struct switches *on, const char *name, int64_t now)
{
	const struct a_switch *found = switches_find(on, name);

	return found && found->until_s > now;
}

bool killswitch_is_on(struct killswitch *killswitch, const char *trunk)
{
	int64_t now = now_wall_s();
	bool on;

	pthread_mutex_lock(&killswitch->mutex);
	on = killswitch->on.count && (is_on(&killswitch->on, SWITCH_ALL, now) ||
				      is_on(&killswitch->on, trunk, now));
	pthread_mutex_unlock(&killswitch->mutex);
	return on;
}

/* NULL without memory; "" when there is none. */
static char *describe(const struct switches *on)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	for (unsigned i = 0; i < on->count; i++) {
		char when[32];
		time_t until = (time_t)on->at[i].until_s;
		struct tm tm;

		gmtime_r(&until, &tm);
		strftime(when, sizeof(when), "%F %T", &tm);
		buf_printf(&text, "%s%s until %s by %s", i ? ", " : "",
			   on->at[i].name, when, on->at[i].by);
	}
	return text.len ? text.data : strdup("");
}

int killswitch_tell(struct store *store, void *arg)
{
	struct killswitch *killswitch = arg;
	struct store_stmt *stmt;
	struct switches on;
	unsigned version;
	char *text;
	int err;

	pthread_mutex_lock(&killswitch->mutex);
	on = killswitch->on;
	version = killswitch->version + 1;
	pthread_mutex_unlock(&killswitch->mutex);
	if (killswitch->told == version &&
	    killswitch->told_identity == store_identity(store))
		return 0;
	err = store_prepare(&stmt, store,
			    "UPDATE engine_status SET bypass = "
			    "nullif(?, '')");
	if (err)
		return err;
	text = describe(&on);
	stmt_bind_text(stmt, 1, text);
	free(text);
	err = stmt_step(stmt);
	if (err)
		return err;
	killswitch->told = version;
	killswitch->told_identity = store_identity(store);
	return 0;
}
