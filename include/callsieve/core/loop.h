/* The event loop: one thread that owns all SIP, screening and reputation
 * state. Nothing run from it may block. Everything here except loop_post()
 * and loop_lag_ms() is for that thread alone. */
#ifndef CALLSIEVE_CORE_LOOP_H
#define CALLSIEVE_CORE_LOOP_H

struct loop;
struct loop_timer;
struct loop_watch;

enum loop_events { LOOP_READ = 1, LOOP_WRITE = 2 };

typedef void loop_h(void *arg);
typedef void loop_fd_h(int fd, unsigned events, void *arg);

int loop_new(struct loop **loopp);

/* Timers and watches must be freed before it. */
void loop_free(struct loop *loop);

/* Runs until loop_stop(). */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Handles what is due and waits at most `ms` for more; for tests. */
void loop_step(struct loop *loop, unsigned ms);

/* The su_root_t, for src/sip. */
void *loop_sofia_root(struct loop *loop);

/* Runs `h(arg)` on the loop thread, in the order posted. From any thread.
 * What was posted but not yet run when the loop is freed never runs. */
int loop_post(struct loop *loop, loop_h *h, void *arg);

/* How late the loop last was for its own 50 ms tick. From any thread. */
unsigned loop_lag_ms(const struct loop *loop);

/* A one-shot timer, not yet set. Setting it again moves it. `h` may set or
 * free its own timer. */
int loop_timer_new(struct loop_timer **timerp, struct loop *loop, loop_h *h,
		   void *arg);
void loop_timer_set(struct loop_timer *timer, unsigned ms);
void loop_timer_stop(struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer);

/* Calls `h` while `fd` is readable or writable (enum loop_events). The fd
 * stays the caller's and must outlive the watch. One watch an fd. */
int loop_watch_new(struct loop_watch **watchp, struct loop *loop, int fd,
		   unsigned events, loop_fd_h *h, void *arg);
void loop_watch_free(struct loop_watch *watch);

#endif
