/* The event loop, on Sofia's su_root so that the SIP stack and everything
 * else take turns on one thread. The one file outside src/sip that sees
 * Sofia. */
#include "callsieve/core/loop.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <sofia-sip/su.h>
#include <sofia-sip/su_wait.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"

#define TICK_MS 50

struct loop {
	su_root_t *root;
	struct loop_timer *tick;
	uint64_t tick_due_us;
	atomic_uint lag_ms;
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

struct post {
	loop_h *h;
	void *arg;
};

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

int loop_new(struct loop **loopp)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int err = -ENOMEM;

	if (!loop)
		return -ENOMEM;
	if (su_init() < 0)
		goto out;
	loop->root = su_root_create(NULL);
	if (!loop->root)
		goto out;
	err = loop_timer_new(&loop->tick, loop, tick, loop);
	if (err)
		goto out;
	loop->tick_due_us = now_mono_us();
	tick(loop);
out:
	if (err)
		loop_free(loop);
	else
		*loopp = loop;
	return err;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	loop_timer_free(loop->tick);
	if (loop->root)
		su_root_destroy(loop->root);
	su_deinit();
	free(loop);
}

void loop_run(struct loop *loop)
{
	su_root_run(loop->root);
}

void loop_stop(struct loop *loop)
{
	su_root_break(loop->root);
}

void loop_step(struct loop *loop, unsigned ms)
{
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

static void run_post(su_root_magic_t *magic, su_msg_r msg, su_msg_arg_t *arg)
{
	struct post *post = (struct post *)arg;

	(void)magic;
	(void)msg;
	post->h(post->arg);
}

int loop_post(struct loop *loop, loop_h *h, void *arg)
{
	su_msg_r msg = SU_MSG_R_INIT;
	struct post *post;

	if (su_msg_create(msg, su_root_task(loop->root), su_task_null, run_post,
			  sizeof(*post)) < 0)
		return -ENOMEM;
	post = (struct post *)su_msg_data(msg);
	post->h = h;
	post->arg = arg;
	return su_msg_send(msg) < 0 ? -EIO : 0;
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
		free(watch);
		return -ENOMEM;
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
