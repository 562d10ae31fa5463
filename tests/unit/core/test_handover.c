/* What is given on one thread is current on the loop, and comes back. */
#include "callsieve/core/handover.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "callsieve/core/loop.h"

#include "suites.h"

#define OBJECTS 300

static atomic_int freed;

static void free_object(void *object)
{
	free(object);
	atomic_fetch_add(&freed, 1);
}

static int *make(int value)
{
	int *object = malloc(sizeof(*object));

	ck_assert_ptr_nonnull(object);
	*object = value;
	return object;
}

START_TEST(without_a_loop_it_is_current_at_once)
{
	struct handover *handover;

	ck_assert_int_eq(handover_new(&handover, NULL, free_object), 0);
	ck_assert_ptr_null(handover_current(handover));
	ck_assert_int_eq(handover_give(handover, make(1)), 0);
	ck_assert_int_eq(handover_give(handover, make(2)), 0);
	ck_assert_int_eq(*(int *)handover_current(handover), 2);
	ck_assert_uint_eq(handover_generation(handover), 2);
	ck_assert_int_eq(freed, 0);
	handover_reclaim(handover);
	ck_assert_int_eq(freed, 1);
	handover_free(handover);
	ck_assert_int_eq(freed, 2);
}
END_TEST

START_TEST(it_changes_only_when_the_loop_runs)
{
	struct handover *handover;
	struct loop *loop;

	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(handover_new(&handover, loop, free_object), 0);
	ck_assert_int_eq(handover_give(handover, make(1)), 0);
	ck_assert_ptr_null(handover_current(handover));
	/* Overtaken: never current, and freed at once. */
	ck_assert_int_eq(handover_give(handover, make(2)), 0);
	ck_assert_int_eq(freed, 1);
	loop_step(loop, 0);
	ck_assert_int_eq(*(int *)handover_current(handover), 2);
	ck_assert_uint_eq(handover_generation(handover), 1);
	handover_free(handover);
	ck_assert_int_eq(freed, 2);
	loop_free(loop);
}
END_TEST

static atomic_bool done;

static void *build(void *arg)
{
	int i;

	for (i = 1; i <= OBJECTS; i++) {
		if (handover_give(arg, make(i)) < 0)
			break;
		handover_reclaim(arg);
	}
	atomic_store(&done, true);
	return NULL;
}

START_TEST(two_threads_agree)
{
	struct handover *handover;
	struct loop *loop;
	pthread_t thread;
	int *now, last = 0;

	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(handover_new(&handover, loop, free_object), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, build, handover), 0);
	while (!atomic_load(&done) || last < OBJECTS) {
		loop_step(loop, 1);
		now = handover_current(handover);
		ck_assert(!now || *now >= last);
		last = now ? *now : 0;
	}
	pthread_join(thread, NULL);
	handover_free(handover);
	ck_assert_int_eq(freed, OBJECTS);
	loop_free(loop);
}
END_TEST

Suite *handover_suite(void)
{
	Suite *suite = suite_create("handover");
	TCase *tc = tcase_create("handover");

	tcase_add_test(tc, without_a_loop_it_is_current_at_once);
	tcase_add_test(tc, it_changes_only_when_the_loop_runs);
	tcase_add_test(tc, two_threads_agree);
	suite_add_tcase(suite, tc);
	return suite;
}
