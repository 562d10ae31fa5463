/* The event loop, on Sofia's su_root so that the SIP stack and everything
 * else take turns on one thread. The one file outside src/sip that sees
 * Sofia. */
#include "callsieve/core/loop.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#include <sofia-sip/su.h>
#include <sofia-sip/su_wait.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"

#define TICK_MS 50

/* Sofia takes a time near zero for none. */
#define STACK_EPOCH_S 2208988800ul

/* Exported by the library for this, declared in none of its headers. */
extern void (*_su_time)(su_time_t *tv);

struct post {
	STAILQ_ENTRY(post) link;
	loop_h *h;
	void *arg;
};

STAILQ_HEAD(posts, post);

struct loop {
	su_root_t *root;
	struct loop_timer *tick;
	uint64_t tick_due_us;
	atomic_uint lag_ms;
	int wake; /* eventfd: there are posts */
	struct loop_watch *wake_watch;
	pthread_mutex_t lock; /* of posts */
	struct posts posts;
};

struct loop_timer {
	su_timer_t *timer;
	loop_h *h;
	void *arg;
};

struct loop_watch {
	struct loop *loop;
	su_wait_t wait;
	int index;
	int fd;
	loop_fd_h *h;
	void *arg;
};

/* The clock of Sofia's timers and so of ours. Its own would be the wall clock,
 * and whoever sets that would fire or stall them all. It counts in whole
 * milliseconds as the time to wait does, which Sofia rounds down: with any
 * finer clock it would poll for the rest of each. */
static void stack_time(su_time_t *tv)
{
	struct timespec now;

	if (!tv)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	tv->tv_sec = STACK_EPOCH_S + (unsigned long)now.tv_sec;
	tv->tv_usec = (unsigned long)(now.tv_nsec / 1000000 * 1000);
}

static void tick(void *arg)
{
	struct loop *loop = arg;
	uint64_t now = now_mono_us();
	uint64_t late = now > loop->tick_due_us ? now - loop->tick_due_us : 0;

	atomic_store(&loop->lag_ms, (unsigned)(late / 1000));
	metric_set(METRIC_LOOP_LAG_MS, (int64_t)(late / 1000));
	loop->tick_due_us = now + TICK_MS * 1000;
	loop_timer_set(loop->tick, TICK_MS);
}

static void tick_anew(struct loop *loop)
{
	loop->tick_due_us = now_mono_us();
	tick(loop);
}

/* Sofia's own messages would do, but those left unread at the end leak, and
 * the whole root with them. */
static void run_posts(struct loop *loop)
{
	struct posts posts = STAILQ_HEAD_INITIALIZER(posts);
	struct post *post;

	pthread_mutex_lock(&loop->lock);
	STAILQ_CONCAT(&posts, &loop->posts);
	pthread_mutex_unlock(&loop->lock);
	while ((post = STAILQ_FIRST(&posts))) {
		STAILQ_REMOVE_HEAD(&posts, link);
		post->h(post->arg);
		free(post);
	}
}

static void on_wake(int fd, unsigned events, void *arg)
{
	eventfd_t count;

	(void)events;
	eventfd_read(fd, &count);
	run_posts(arg);
}

int loop_post(struct loop *loop, loop_h *h, void *arg)
{
	struct post *post = malloc(sizeof(*post));
	bool first;

	if (!post)
		return -ENOMEM;
	post->h = h;
	post->arg = arg;
	pthread_mutex_lock(&loop->lock);
	first = STAILQ_EMPTY(&loop->posts);
	STAILQ_INSERT_TAIL(&loop->posts, post, link);
	pthread_mutex_unlock(&loop->lock);
	if (first)
		eventfd_write(loop->wake, 1);
	return 0;
}

static int start(struct loop *loop)
{
	int err;

	_su_time = stack_time;
	if (su_init() < 0)
		return -ENOMEM;
	loop->root = su_root_create(NULL);
	if (!loop->root)
		return -ENOMEM;
	loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (loop->wake < 0)
		return -errno;
	err = loop_watch_new(&loop->wake_watch, loop, loop->wake, LOOP_READ,
			     on_wake, loop);
	if (!err)
		err = loop_timer_new(&loop->tick, loop, tick, loop);
	if (!err)
		tick_anew(loop);
	return err;
}

int loop_new(struct loop **loopp)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int err;

	if (!loop)
		return -ENOMEM;
	loop->wake = -1;
	STAILQ_INIT(&loop->posts);
	pthread_mutex_init(&loop->lock, NULL);
	err = start(loop);
	if (err)
		loop_free(loop);
	else
		*loopp = loop;
	return err;
}

void loop_free(struct loop *loop)
{
	struct post *post;

	if (!loop)
		return;
	while ((post = STAILQ_FIRST(&loop->posts))) {
		STAILQ_REMOVE_HEAD(&loop->posts, link);
		free(post);
	}
	loop_timer_free(loop->tick);
	loop_watch_free(loop->wake_watch);
	if (loop->wake >= 0)
		close(loop->wake);
	if (loop->root)
		su_root_destroy(loop->root);
	su_deinit();
	pthread_mutex_destroy(&loop->lock);
	free(loop);
}

void loop_run(struct loop *loop)
{
	/* What was slow before is no lag: nothing waited for the loop. */
	tick_anew(loop);
	su_root_run(loop->root);
}

void loop_stop(struct loop *loop)
{
	su_root_break(loop->root);
}

void loop_step(struct loop *loop, unsigned ms)
{
	run_posts(loop);
	su_root_step(loop->root, ms);
}

void *loop_sofia_root(struct loop *loop)
{
	return loop->root;
}

unsigned loop_lag_ms(const struct loop *loop)
{
	return atomic_load(&loop->lag_ms);
}

static void run_timer(su_root_magic_t *magic, su_timer_t *t,
		      su_timer_arg_t *arg)
{
	struct loop_timer *timer = (struct loop_timer *)arg;

	(void)magic;
	(void)t;
	timer->h(timer->arg);
}

int loop_timer_new(struct loop_timer **timerp, struct loop *loop, loop_h *h,
		   void *arg)
{
	struct loop_timer *timer = calloc(1, sizeof(*timer));

	if (!timer)
		return -ENOMEM;
	timer->h = h;
	timer->arg = arg;
	timer->timer = su_timer_create(su_root_task(loop->root), 0);
	if (!timer->timer) {
		free(timer);
		return -ENOMEM;
	}
	*timerp = timer;
	return 0;
}

void loop_timer_set(struct loop_timer *timer, unsigned ms)
{
	/* An interval of 0 would mean "never" to Sofia. */
	su_timer_set_interval(timer->timer, run_timer, timer, ms ? ms : 1);
}

void loop_timer_stop(struct loop_timer *timer)
{
	su_timer_reset(timer->timer);
}

void loop_timer_free(struct loop_timer *timer)
{
	if (!timer)
		return;
	su_timer_destroy(timer->timer);
	free(timer);
}

static int run_watch(su_root_magic_t *magic, su_wait_t *wait,
		     su_wakeup_arg_t *arg)
{
	struct loop_watch *watch = (struct loop_watch *)arg;
	int got = su_wait_events(wait, watch->fd);
	unsigned events = 0;

	(void)magic;
	if (got & (SU_WAIT_IN | SU_WAIT_ERR | SU_WAIT_HUP))
		events |= LOOP_READ;
	if (got & (SU_WAIT_OUT | SU_WAIT_ERR | SU_WAIT_HUP))
		events |= LOOP_WRITE;
	watch->h(watch->fd, events, watch->arg);
	return 0;
}

int loop_watch_new(struct loop_watch **watchp, struct loop *loop, int fd,
		   unsigned events, loop_fd_h *h, void *arg)
{
	struct loop_watch *watch = calloc(1, sizeof(*watch));
	int mask = ((events & LOOP_READ) ? SU_WAIT_IN : 0) |
		   ((events & LOOP_WRITE) ? SU_WAIT_OUT : 0);

	if (!watch)
		return -ENOMEM;
	watch->loop = loop;
	watch->fd = fd;
	watch->h = h;
	watch->arg = arg;
	su_wait_create(&watch->wait, fd, mask);
	watch->index = su_root_register(loop->root, &watch->wait, run_watch,
					(su_wakeup_arg_t *)watch, 0);
	if (watch->index < 0) {
		int err = errno ? -errno : -ENOMEM;

		free(watch);
		return err;
	}
	*watchp = watch;
	return 0;
}

void loop_watch_free(struct loop_watch *watch)
{
	if (!watch)
		return;
	su_root_deregister(watch->loop->root, watch->index);
	free(watch);
}
