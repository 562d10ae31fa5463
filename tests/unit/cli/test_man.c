/* The man pages say what the programs do: every option with its default,
 * every subcommand. Read from the project's root, where make runs tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/config.h"

#include "run.h"
#include "suites.h"

#define PAGE_MAX (1 << 16)

static char *read_page(const char *path)
{
	char *text = calloc(1, PAGE_MAX);
	FILE *file = fopen(path, "r");

	ck_assert_msg(file, "%s is missing", path);
	ck_assert_uint_lt(fread(text, 1, PAGE_MAX - 1, file), PAGE_MAX - 1);
	fclose(file);
	return text;
}

/* `port = 5060` as the page writes it: `.B port \fR= 5060`. */
static void write_entry(char *entry, size_t size, const char *name,
			const char *value)
{
	size_t len = (size_t)snprintf(entry, size, "\n.B %s \\fR= ", name);

	for (; *value && len < size; value++) {
		char plain[2] = {*value, '\0'};

		len += (size_t)snprintf(entry + len, size - len, "%s",
					*value == '"' ? "\\(dq" : plain);
	}
	ck_assert_uint_lt(len + 1, size);
	strcat(entry, "\n");
}

static void check_option(const char *page, const char *line)
{
	char name[64], value[256], entry[512];

	if (sscanf(line, " # %63[a-z0-9_] = %255[^\n]", name, value) == 2)
		snprintf(entry, sizeof(entry), "\n.B %s\n", name);
	else if (sscanf(line, " %63[a-z0-9_] = %255[^\n]", name, value) == 2)
		write_entry(entry, sizeof(entry), name, value);
	else
		return;
	ck_assert_msg(strstr(page, entry), "callsieved.8 lacks:%s", entry);
}

START_TEST(every_option_is_in_callsieved_8)
{
	char *page = read_page("etc/man/callsieved.8"), *line, *rest;
	struct buf options;

	buf_init(&options, PAGE_MAX);
	ck_assert_int_eq(config_print_options(&options), 0);
	ck_assert_ptr_nonnull(strstr(options.data, " = "));
	for (line = strtok_r(options.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		check_option(page, line);
	buf_fini(&options);
	free(page);
}
END_TEST

static const char *const metrics[] = {
#define METRIC(id, type, name, labels, help)		 name,
#define METRIC_OF(id, subject, type, name, labels, help) name,
#include "callsieve/core/metrics.def"
#include "callsieve/core/metrics_of.def"
#undef METRIC
#undef METRIC_OF
};

#define METRICS (sizeof(metrics) / sizeof(metrics[0]))

START_TEST(every_metric_is_in_callsieved_8)
{
	char *page = read_page("etc/man/callsieved.8"), entry[100];

	for (size_t i = 0; i < METRICS; i++) {
		snprintf(entry, sizeof(entry), "\n.BR %s", metrics[i]);
		ck_assert_msg(strstr(page, entry), "callsieved.8 lacks %s",
			      metrics[i]);
	}
	free(page);
}
END_TEST

static bool is_metric(const char *name, size_t len)
{
	for (size_t i = 0; i < METRICS; i++)
		if (strlen(metrics[i]) == len &&
		    memcmp(metrics[i], name, len) == 0)
			return true;
	return false;
}

/* An alert on a metric of another name would never go off. */
START_TEST(alerts_know_the_metrics)
{
	char *page = read_page("etc/alerts.yml"), *at = page;
	int found = 0;

	while ((at = strstr(at, "callsieve_"))) {
		size_t len =
			strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789");

		ck_assert_msg(is_metric(at, len), "%.*s", (int)len, at);
		at += len;
		found++;
	}
	ck_assert_int_gt(found, 10);
	free(page);
}
END_TEST

START_TEST(every_command_is_in_callsieve_1)
{
	char *page = read_page("etc/man/callsieve.1"), *line, *rest;
	char name[32];
	int commands = 0;

	callsieve("help");
	for (line = strtok_r(run.out, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "  ", 2) ||
		    sscanf(line + 2, "%31[a-z]", name) != 1)
			continue;
		ck_assert_msg(strstr(page, name), "callsieve.1 lacks %s", name);
		commands++;
	}
	ck_assert_int_ge(commands, 5);
	free(page);
}
END_TEST

START_TEST(every_signal_is_in_the_readme)
{
	static const char *const names[] = {
		"blocklist",
		"reports",
		"reputation",
#define SIGNAL(id, name, points, sentence)		name,
#define MEASURE(id, name, points, from, full, sentence) name,
#include "callsieve/core/signals.def"
#undef SIGNAL
#undef MEASURE
	};
	char *page = read_page("README.md"), row[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(row, sizeof(row), "\n| `%s` | ", names[i]);
		ck_assert_msg(strstr(page, row), "README lacks %s", names[i]);
	}
	free(page);
}
END_TEST

/* The lines of a README section that are indented, without the four blanks,
 * from one that begins with `from` to the end of that block. */
static char *read_block(const char *section, const char *from)
{
	char *page = read_page("README.md"), *block = calloc(1, PAGE_MAX);
	char *line = strstr(strstr(page, section), from), *end;

	ck_assert_ptr_nonnull(line);
	line = strchr(line, '\n') + 1;
	for (; *line == '\n' || !strncmp(line, "    ", 4); line = end) {
		end = strchr(line, '\n') + 1;
		if (*line != '\n')
			strncat(block, line + 4, (size_t)(end - line) - 4);
	}
	free(page);
	return block;
}

START_TEST(sql_of_the_readme_runs)
{
	char *sql = read_block("## The lists, with sqlite3", "    $ sqlite3 ");
	char line[200];

	store_close(open_store());
	write_file("numbers.csv", "number,reason,source,expires_at,points\n"
				  "(202) 555-0177,a,b,,7\nnonsense,,,,\n");
	write_file("readme.sql", sql);
	snprintf(line, sizeof(line),
		 "cd '%s' && sqlite3 -bail test.db <readme.sql >sql.out 2>&1",
		 run.folder);
	ck_assert_msg(system(line) == 0, "see the SQL in README.md");
	check_answer("SELECT number FROM blocklist WHERE points = 7",
		     "+12025550177");
	check_answer("SELECT count(*) FROM import_rejects", "1");
	free(sql);
}
END_TEST

Suite *man_suite(void)
{
	Suite *suite = suite_create("man");
	TCase *tests = tcase_create("man");

	tcase_add_checked_fixture(tests, run_setup, run_teardown);
	tcase_add_test(tests, every_option_is_in_callsieved_8);
	tcase_add_test(tests, every_metric_is_in_callsieved_8);
	tcase_add_test(tests, alerts_know_the_metrics);
	tcase_add_test(tests, every_command_is_in_callsieve_1);
	tcase_add_test(tests, sql_of_the_readme_runs);
	tcase_add_test(tests, every_signal_is_in_the_readme);
	suite_add_tcase(suite, tests);
	return suite;
}
