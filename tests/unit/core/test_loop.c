/* The loop driven step by step; where something is to come, the tests wait
 * for it, and a test that waits in vain is ended by check. */
#include "callsieve/core/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"
#include "suites.h"

#define POSTS 10000

static struct loop *loop;

static void setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
}

static void teardown(void)
{
	loop_free(loop);
}

/* What has been called so far, a letter each. */
static char calls[64];

static void note(char letter)
{
	size_t len = strlen(calls);

	ck_assert_uint_lt(len, sizeof(calls) - 1);
	calls[len] = letter;
}

static void on_timer(void *arg)
{
	note(*(const char *)arg);
}

static struct loop_timer *timer_new(loop_h *h, void *arg)
{
	struct loop_timer *timer;

	ck_assert_int_eq(loop_timer_new(&timer, loop, h, arg), 0);
	return timer;
}

static void step_until(const char *expected)
{
	while (strlen(calls) < strlen(expected))
		loop_step(loop, 1000);
	ck_assert_str_eq(calls, expected);
}

START_TEST(timers_fire_in_the_order_of_their_times)
{
	static const unsigned ms[] = {21, 3, 12, 30};
	struct loop_timer *timers[4];

	for (int i = 0; i < 4; i++) {
		timers[i] = timer_new(on_timer, &"abcd"[i]);
		loop_timer_set(timers[i], ms[i]);
	}
	step_until("bcad");
	for (int i = 0; i < 4; i++)
		loop_timer_free(timers[i]);
}
END_TEST

START_TEST(timer_is_not_set_when_new_and_fires_once)
{
	struct loop_timer *unset = timer_new(on_timer, "a");
	struct loop_timer *once = timer_new(on_timer, "b");
	struct loop_timer *last = timer_new(on_timer, "c");

	loop_timer_set(once, 1);
	loop_timer_set(last, 20);
	step_until("bc");
	loop_timer_free(unset);
	loop_timer_free(once);
	loop_timer_free(last);
}
END_TEST

START_TEST(setting_again_moves_it)
{
	struct loop_timer *later = timer_new(on_timer, "a");
	struct loop_timer *sooner = timer_new(on_timer, "b");
	struct loop_timer *other = timer_new(on_timer, "c");

	loop_timer_set(later, 2);
	loop_timer_set(sooner, 60000);
	loop_timer_set(other, 15);
	loop_timer_set(later, 30);
	loop_timer_set(sooner, 1);
	step_until("bca");
	loop_timer_free(later);
	loop_timer_free(sooner);
	loop_timer_free(other);
}
END_TEST

START_TEST(stopped_timer_does_not_fire_until_set_again)
{
	struct loop_timer *stopped = timer_new(on_timer, "a");
	struct loop_timer *other = timer_new(on_timer, "b");

	loop_timer_set(stopped, 1);
	loop_timer_stop(stopped);
	loop_timer_stop(stopped);
	loop_timer_set(other, 15);
	step_until("b");
	loop_timer_set(stopped, 1);
	step_until("ba");
	loop_timer_free(stopped);
	loop_timer_free(other);
}
END_TEST

static struct loop_timer *own, *other_timer;

static void set_again(void *arg)
{
	(void)arg;
	note('a');
	loop_timer_set(own, 0);
}

START_TEST(handler_may_set_its_own_timer)
{
	own = timer_new(set_again, NULL);
	loop_timer_set(own, 0);
	step_until("aaaa");
	loop_timer_free(own);
}
END_TEST

static void free_both(void *arg)
{
	(void)arg;
	note('a');
	loop_timer_free(own);
	loop_timer_free(other_timer);
}

/* Both are due in the same round; neither may be touched any more. */
START_TEST(handler_may_free_its_own_timer_and_others)
{
	struct loop_timer *last = timer_new(on_timer, "b");
	uint64_t due;

	own = timer_new(free_both, NULL);
	other_timer = timer_new(on_timer, "x");
	loop_timer_set(own, 1);
	loop_timer_set(other_timer, 3);
	loop_timer_set(last, 5);
	for (due = now_mono_ms() + 7; now_mono_ms() < due;)
		;
	step_until("ab");
	loop_timer_free(last);
}
END_TEST

START_TEST(freeing_nothing_is_fine)
{
	loop_timer_free(NULL);
	loop_watch_free(NULL);
	loop_free(NULL);
}
END_TEST

static long cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static unsigned rounds;

static void next_round(void *arg)
{
	(void)arg;
	rounds++;
	loop_timer_set(own, 2);
}

/* Fifty waits of 2 ms: polling for the last part of each would take 25 ms. */
START_TEST(waiting_for_timers_takes_no_cpu)
{
	long before;

	own = timer_new(next_round, NULL);
	loop_timer_set(own, 1);
	before = cpu_us();
	while (rounds < 50)
		loop_step(loop, 1000);
	ck_assert_int_lt(cpu_us() - before, 10000);
	loop_timer_free(own);
}
END_TEST

static int posted[POSTS], posts;

static void on_post(void *arg)
{
	ck_assert_int_lt(posts, POSTS);
	posted[posts++] = *(int *)arg;
}

static int numbers[POSTS];

static void *post_all(void *arg)
{
	(void)arg;
	for (int i = 0; i < POSTS; i++) {
		numbers[i] = i;
		if (loop_post(loop, on_post, &numbers[i]) != 0)
			break;
	}
	return NULL;
}

START_TEST(posts_of_another_thread_run_in_order)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, post_all, NULL), 0);
	while (posts < POSTS)
		loop_step(loop, 1000);
	pthread_join(thread, NULL);
	for (int i = 0; i < POSTS; i++)
		ck_assert_int_eq(posted[i], i);
}
END_TEST

static void post_more(void *arg)
{
	(void)arg;
	note('a');
	ck_assert_int_eq(loop_post(loop, on_timer, "c"), 0);
	note('b');
}

START_TEST(what_a_handler_posts_runs_after_it)
{
	ck_assert_int_eq(loop_post(loop, post_more, NULL), 0);
	ck_assert_str_eq(calls, "");
	step_until("abc");
}
END_TEST

START_TEST(posts_left_when_the_loop_is_freed_never_run)
{
	struct loop *left;

	ck_assert_int_eq(loop_new(&left), 0);
	ck_assert_int_eq(loop_post(left, on_timer, "x"), 0);
	ck_assert_int_eq(loop_post(left, on_timer, "y"), 0);
	loop_free(left);
	loop_step(loop, 0);
	ck_assert_str_eq(calls, "");
}
END_TEST

static void stop(void *arg)
{
	note(*(const char *)arg);
	loop_stop(loop);
}

static void *post_stop(void *arg)
{
	loop_post(loop, stop, arg);
	return NULL;
}

START_TEST(runs_until_stopped)
{
	struct loop_timer *timer = timer_new(stop, "a");
	pthread_t thread;

	loop_timer_set(timer, 1);
	loop_run(loop);
	ck_assert_str_eq(calls, "a");
	ck_assert_int_eq(pthread_create(&thread, NULL, post_stop, "b"), 0);
	loop_run(loop);
	pthread_join(thread, NULL);
	ck_assert_str_eq(calls, "ab");
	loop_timer_free(timer);
}
END_TEST

/* Two ends; what one writes the other can read. */
static int ends[2];
static struct loop_watch *watches[2];

static void ends_open(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
}

static void ends_close(void)
{
	close(ends[0]);
	close(ends[1]);
}

static void watch(int i, unsigned events, loop_fd_h *h, void *arg)
{
	ck_assert_int_eq(
		loop_watch_new(&watches[i], loop, ends[i], events, h, arg), 0);
}

static void on_events(int fd, unsigned events, void *arg)
{
	ck_assert_int_eq(fd, ends[0]);
	ck_assert_str_eq(arg, "argument");
	note((char)('0' + events));
}

START_TEST(watch_tells_what_can_be_read)
{
	char byte;

	ends_open();
	watch(0, LOOP_READ, on_events, "argument");
	loop_step(loop, 0);
	ck_assert_str_eq(calls, "");
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	/* For as long as it is there. */
	loop_step(loop, 0);
	loop_step(loop, 0);
	ck_assert_str_eq(calls, "11");
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	loop_step(loop, 0);
	ck_assert_str_eq(calls, "11");
	loop_watch_free(watches[0]);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	loop_step(loop, 0);
	ck_assert_str_eq(calls, "11");
	ends_close();
}
END_TEST

START_TEST(watch_tells_what_can_be_written)
{
	char bytes[4096] = "";

	ends_open();
	watch(0, LOOP_READ | LOOP_WRITE, on_events, "argument");
	loop_step(loop, 0);
	ck_assert_str_eq(calls, "2");
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	loop_step(loop, 0);
	ck_assert_str_eq(calls, "23");
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	while (write(ends[0], bytes, sizeof(bytes)) > 0)
		;
	loop_step(loop, 0);
	ck_assert_str_eq(calls, "231");
	loop_watch_free(watches[0]);
	ends_close();
}
END_TEST

START_TEST(end_of_a_pipe_can_be_read)
{
	ck_assert_int_eq(pipe(ends), 0);
	watch(0, LOOP_READ, on_events, "argument");
	close(ends[1]);
	loop_step(loop, 0);
	ck_assert_uint_eq(strlen(calls), 1);
	ck_assert_int_eq((calls[0] - '0') & LOOP_READ, LOOP_READ);
	loop_watch_free(watches[0]);
	close(ends[0]);
}
END_TEST

static void free_watches(int fd, unsigned events, void *arg)
{
	(void)fd;
	(void)events;
	(void)arg;
	note('a');
	loop_watch_free(watches[0]);
	loop_watch_free(watches[1]);
}

/* Both are ready; whichever comes first frees both. */
START_TEST(handler_may_free_its_own_watch_and_others)
{
	ends_open();
	watch(0, LOOP_WRITE, free_watches, NULL);
	watch(1, LOOP_WRITE, free_watches, NULL);
	loop_step(loop, 0);
	loop_step(loop, 0);
	ck_assert_str_eq(calls, "a");
	ends_close();
}
END_TEST

START_TEST(what_cannot_be_watched_is_refused)
{
	struct loop_watch *refused = NULL;
	int file = open("/proc/self/exe", O_RDONLY);

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(loop_watch_new(&refused, loop, file, LOOP_READ,
					on_events, NULL),
			 -EPERM);
	ends_open();
	watch(0, LOOP_READ, on_events, NULL);
	ck_assert_int_eq(loop_watch_new(&refused, loop, ends[0], LOOP_READ,
					on_events, NULL),
			 -EEXIST);
	ck_assert_ptr_null(refused);
	loop_watch_free(watches[0]);
	ends_close();
	close(file);
}
END_TEST

/* The clock is set so that the tick, due after 50 ms, finds 300 passed. */
START_TEST(lag_is_how_late_the_tick_was)
{
	struct loop *late;

	now_fake(1900000000000);
	ck_assert_int_eq(loop_new(&late), 0);
	ck_assert_uint_eq(loop_lag_ms(late), 0);
	now_fake_advance_ms(300);
	while (loop_lag_ms(late) == 0)
		loop_step(late, 1000);
	ck_assert_uint_eq(loop_lag_ms(late), 250);
	ck_assert_int_eq(metric_get(METRIC_LOOP_LAG_MS), 250);
	while (loop_lag_ms(late) != 0)
		loop_step(late, 1000);
	ck_assert_int_eq(metric_get(METRIC_LOOP_LAG_MS), 0);
	now_real();
	loop_free(late);
}
END_TEST

START_TEST(what_was_slow_before_it_runs_is_no_lag)
{
	struct loop_timer *timer;

	loop_free(loop);
	now_fake(1900000000000);
	ck_assert_int_eq(loop_new(&loop), 0);
	timer = timer_new(stop, "a");
	now_fake_advance_ms(300);
	while (loop_lag_ms(loop) == 0)
		loop_step(loop, 1000);
	now_fake_advance_ms(300);
	loop_timer_set(timer, 1);
	loop_run(loop);
	ck_assert_uint_eq(loop_lag_ms(loop), 0);
	loop_timer_free(timer);
	now_real();
}
END_TEST

Suite *loop_suite(void)
{
	Suite *suite = suite_create("loop");
	TCase *tc = tcase_create("loop");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, timers_fire_in_the_order_of_their_times);
	tcase_add_test(tc, timer_is_not_set_when_new_and_fires_once);
	tcase_add_test(tc, setting_again_moves_it);
	tcase_add_test(tc, stopped_timer_does_not_fire_until_set_again);
	tcase_add_test(tc, handler_may_set_its_own_timer);
	tcase_add_test(tc, handler_may_free_its_own_timer_and_others);
	tcase_add_test(tc, freeing_nothing_is_fine);
	tcase_add_test(tc, waiting_for_timers_takes_no_cpu);
	tcase_add_test(tc, posts_of_another_thread_run_in_order);
	tcase_add_test(tc, what_a_handler_posts_runs_after_it);
	tcase_add_test(tc, posts_left_when_the_loop_is_freed_never_run);
	tcase_add_test(tc, runs_until_stopped);
	tcase_add_test(tc, watch_tells_what_can_be_read);
	tcase_add_test(tc, watch_tells_what_can_be_written);
	tcase_add_test(tc, end_of_a_pipe_can_be_read);
	tcase_add_test(tc, handler_may_free_its_own_watch_and_others);
	tcase_add_test(tc, what_cannot_be_watched_is_refused);
	tcase_add_test(tc, lag_is_how_late_the_tick_was);
	tcase_add_test(tc, what_was_slow_before_it_runs_is_no_lag);
	suite_add_tcase(suite, tc);
	return suite;
}
