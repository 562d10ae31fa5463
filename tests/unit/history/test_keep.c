/* What is remembered outlives the process, and a damaged file harms nobody. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "callsieve/core/loop.h"
#include "callsieve/history.h"
#include "unit/scratch.h"

#include "suites.h"

#define NOW    INT64_C(1800000000)
#define CALLS  3000
#define CALLEE "+12025550199"

static struct scratch scratch;
static struct history *history, *later;
static char *path;

static void setup(void)
{
	scratch_make(&scratch);
	path = scratch.path;
	later = NULL;
	ck_assert_int_eq(history_new(&history, 16384, 16384), 0);
}

static void teardown(void)
{
	history_free(history);
	history_free(later);
	unlink(path);
	scratch_remove(&scratch);
}

static struct facts call_number(int i)
{
	struct facts facts = {.caller.kind = NUMBER_E164,
			      .callee.kind = NUMBER_E164,
			      .stir = STIR_PASSED,
			      .attest = 'A',
			      .origid = "one"};

	snprintf(facts.caller.text, NUMBER_TEXT, "+1212%07d", 2000000 + i);
	strcpy(facts.callee.text, CALLEE);
	return facts;
}

static void make_calls(void)
{
	const struct call_outcome outcome = {true, 5, 100, false};
	struct history_mark mark;

	for (int i = 0; i < CALLS; i++) {
		struct facts facts = call_number(i);

		history_call(history, &facts, true, NOW, &mark);
		history_ended(history, &mark, &outcome, NOW);
		history_dialled(history, &facts.callee, &facts.caller, i == 7,
				NOW);
	}
}

static void load_into(size_t pairs)
{
	ck_assert_int_eq(history_new(&later, 16384, pairs), 0);
	ck_assert_int_eq(history_load(later, path), 0);
}

/* How many of the calls are known, as all of them were. */
static int known(const struct history *which)
{
	struct past now, then;
	int count = 0;

	for (int i = 0; i < CALLS; i++) {
		struct facts facts = call_number(i);

		memset(&now, 0, sizeof(now));
		memset(&then, 0, sizeof(then));
		history_look(history, &facts, NOW, &then);
		history_look(which, &facts, NOW, &now);
		ck_assert(now.with.talked_at == 0 || now.with.talked_s == 100);
		count += memcmp(&now, &then, sizeof(now)) == 0;
	}
	return count;
}

START_TEST(what_is_saved_is_loaded)
{
	struct number callee = call_number(0).callee;
	struct stat stat_buf;

	make_calls();
	ck_assert_int_eq(history_save(history, path), 0);
	load_into(16384);
	ck_assert_int_eq(known(later), CALLS);
	ck_assert_int_eq(history_emergency_at(later, &callee), NOW);
	ck_assert_int_eq(stat(path, &stat_buf), 0);
	ck_assert_int_eq(stat_buf.st_mode & 0777, 0600);
}
END_TEST

START_TEST(time_passes_meanwhile)
{
	struct facts facts = call_number(1);
	struct past past;

	make_calls();
	ck_assert_int_eq(history_save(history, path), 0);
	load_into(16384);
	history_look(later, &facts, NOW + HISTORY_HALF_LIFE_S, &past);
	ck_assert_double_eq_tol(past.caller.calls, .5, .01);
}
END_TEST

static const size_t sizes[] = {2048, 8192, 16384, 32768, 131072};

START_TEST(table_may_have_another_size)
{
	make_calls();
	ck_assert_int_eq(history_save(history, path), 0);
	load_into(sizes[_i]);
	if (sizes[_i] < 16384) /* room for some */
		ck_assert_int_gt(known(later), 100);
	else
		ck_assert_int_ge(known(later), CALLS * 99 / 100);
}
END_TEST

START_TEST(news_is_not_overwritten_by_what_was)
{
	struct facts facts = call_number(1);
	struct history_mark mark;
	struct past past;

	make_calls();
	ck_assert_int_eq(history_save(history, path), 0);
	history_call(history, &facts, true, NOW + 1, &mark);
	ck_assert_int_eq(history_load(history, path), 0);
	history_look(history, &facts, NOW + 1, &past);
	ck_assert_double_eq_tol(past.caller.calls, 2, .01);
}
END_TEST

START_TEST(no_file_is_no_fault)
{
	ck_assert_int_eq(history_load(history, "/nonexistent/file"), -ENOENT);
}
END_TEST

/* Where the file is cut off, in percent of its length, or a bit of it turned
 * over. */
static const struct {
	int cut, flip;
} damages[] = {
	{.cut = 1},	   {.cut = 30},	      {.cut = 60},
	{.cut = 99},	   {100, .flip = 1},  {100, .flip = 30},
	{100, .flip = 60}, {100, .flip = 99},
};

START_TEST(damaged_file_is_ignored)
{
	struct stat before;
	FILE *file;
	long at;
	int c;

	make_calls();
	ck_assert_int_eq(history_save(history, path), 0);
	ck_assert_int_eq(stat(path, &before), 0);
	ck_assert_int_eq(truncate(path, before.st_size * damages[_i].cut / 100),
			 0);
	if (damages[_i].flip) {
		file = fopen(path, "r+");
		at = before.st_size * damages[_i].flip / 100;
		fseek(file, at, SEEK_SET);
		c = fgetc(file);
		fseek(file, at, SEEK_SET);
		fputc(c ^ 16, file);
		fclose(file);
	}
	ck_assert_int_eq(history_new(&later, 16384, 16384), 0);
	ck_assert_int_eq(history_load(later, path), -EBADMSG);
	ck_assert_int_eq(known(later), 0);
}
END_TEST

START_TEST(what_cannot_be_written_leaves_what_was)
{
	char name[96];

	make_calls();
	ck_assert_int_eq(history_save(history, path), 0);
	snprintf(name, sizeof(name), "%s.new", path);
	ck_assert_int_eq(mkdir(name, 0700), 0);
	ck_assert_int_lt(history_save(history, path), 0);
	rmdir(name);
	load_into(16384);
	ck_assert_int_eq(known(later), CALLS);
}
END_TEST

/* By the loop and a thread, block by block. */
START_TEST(keeper_saves_while_the_loop_runs)
{
	struct history_keeper *keeper;
	struct loop *loop;

	make_calls();
	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(history_keeper_new(&keeper, loop, history, path, 1),
			 0);
	while (access(path, F_OK))
		loop_step(loop, 20);
	load_into(16384);
	ck_assert_int_eq(known(later), CALLS);

	unlink(path);
	history_keeper_free(keeper);
	ck_assert_int_eq(access(path, F_OK), 0);
	ck_assert_int_eq(history_keeper_new(&keeper, loop, history, path, 60),
			 0);
	history_keeper_free(keeper);
	loop_free(loop);
}
END_TEST

Suite *keep_suite(void)
{
	Suite *suite = suite_create("keep");
	TCase *tests = tcase_create("keep");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, what_is_saved_is_loaded);
	tcase_add_test(tests, time_passes_meanwhile);
	tcase_add_loop_test(tests, table_may_have_another_size, 0,
			    sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_test(tests, news_is_not_overwritten_by_what_was);
	tcase_add_test(tests, no_file_is_no_fault);
	tcase_add_loop_test(tests, damaged_file_is_ignored, 0,
			    sizeof(damages) / sizeof(damages[0]));
	tcase_add_test(tests, what_cannot_be_written_leaves_what_was);
	tcase_add_test(tests, keeper_saves_while_the_loop_runs);
	suite_add_tcase(suite, tests);
	return suite;
}
