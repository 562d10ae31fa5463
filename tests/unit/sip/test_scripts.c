/* The scripts of tests/data/sip: calls as they should be and as they should
 * not. Each is run whole, and cut off after every step by the end of the stack,
 * by another configuration and by long silence: no call may be left, and none
 * end twice. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/sip_script.h"
#include "suites.h"

#define SCRIPTS	   "tests/data/sip"
#define SCRIPT_MAX 65536

static struct dirent **names;
static int names_count;

static int is_script(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static size_t load(char text[SCRIPT_MAX], int index)
{
	char path[512];
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), SCRIPTS "/%s", names[index]->d_name);
	file = fopen(path, "r");
	ck_assert_msg(file, "%s", path);
	len = fread(text, 1, SCRIPT_MAX, file);
	fclose(file);
	ck_assert_msg(len && len < SCRIPT_MAX, "%s", path);
	return len;
}

START_TEST(script_leaves_no_call)
{
	static char text[SCRIPT_MAX];
	size_t len = load(text, _i);

	sip_script_run(text, len);
	/* Once more: what is left of the first must not be in the way. */
	sip_script_run(text, len);
	sip_script_end();
}
END_TEST

/* Runs the script with `steps` put in wherever a step of it ends. */
static void run_cut(const char *text, size_t len, const char *steps)
{
	static char cut[SCRIPT_MAX + 16];
	const char *at = text;

	while ((at = memmem(at, len - (size_t)(at - text), "\n%", 2))) {
		size_t head = (size_t)(++at - text);
		int size = snprintf(cut, sizeof(cut), "%.*s%s%.*s", (int)head,
				    text, steps, (int)(len - head), at);

		sip_script_run(cut, (size_t)size);
	}
	sip_script_end();
}

START_TEST(script_may_be_cut_by_the_end_of_the_stack)
{
	static char text[SCRIPT_MAX];

	run_cut(text, load(text, _i), "%Q\n");
}
END_TEST

START_TEST(script_may_be_cut_by_another_configuration)
{
	static char text[SCRIPT_MAX];

	run_cut(text, load(text, _i), "%C\n");
}
END_TEST

START_TEST(script_may_be_cut_by_silence)
{
	static char text[SCRIPT_MAX];

	run_cut(text, load(text, _i), "%W9\n%W9\n%W9\n%W9\n%W9\n");
}
END_TEST

Suite *scripts_suite(void)
{
	Suite *suite = suite_create("scripts");
	TCase *tcase = tcase_create("scripts");

	names_count = scandir(SCRIPTS, &names, is_script, alphasort);
	if (names_count < 0)
		names_count = 0;
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, script_leaves_no_call, 0, names_count);
	tcase_add_loop_test(tcase, script_may_be_cut_by_the_end_of_the_stack, 0,
			    names_count);
	tcase_add_loop_test(tcase, script_may_be_cut_by_another_configuration,
			    0, names_count);
	tcase_add_loop_test(tcase, script_may_be_cut_by_silence, 0,
			    names_count);
	suite_add_tcase(suite, tcase);
	return suite;
}
