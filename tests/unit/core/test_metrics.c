#include "callsieve/core/metrics.h"

#include <errno.h>
#include <pthread.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/buf.h"

#include "suites.h"

static const struct {
	const char *subject, *type, *name, *labels, *help;
} rows[] = {
#define METRIC(id, type, name, labels, help) {NULL, #type, name, labels, help},
#include "callsieve/core/metrics.def"
#undef METRIC
#define METRIC_OF(id, subject, type, name, labels, help)                       \
	{#subject, #type, name, labels, help},
#include "callsieve/core/metrics_of.def"
#undef METRIC_OF
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

START_TEST(counters_count_and_gauges_are_set)
{
	metric_add(METRIC_INVITES, 3);
	metric_add(METRIC_INVITES, 4);
	metric_set(METRIC_CALLS_CURRENT, 9);
	metric_set(METRIC_CALLS_CURRENT, -2);
	ck_assert_int_eq(metric_get(METRIC_INVITES), 7);
	ck_assert_int_eq(metric_get(METRIC_CALLS_CURRENT), -2);
	ck_assert_int_eq(metric_get(METRIC_CALLS_BRIDGED), 0);
}
END_TEST

#define COUNTS 300000

/* Both at the same time. */
static void *count(void *arg)
{
	pthread_barrier_wait(arg);
	for (int i = 0; i < COUNTS; i++)
		metric_add(METRIC_INVITES, 1);
	return NULL;
}

START_TEST(no_count_of_two_threads_is_lost)
{
	pthread_barrier_t barrier;
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	ck_assert_int_eq(pthread_create(&thread, NULL, count, &barrier), 0);
	count(&barrier);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&barrier);
	ck_assert_int_eq(metric_get(METRIC_INVITES), 2 * COUNTS);
}
END_TEST

/* What stands between the metric before and the metric after. */
static const struct {
	const char *after, *text;
} pieces[] = {
	{"callsieve_log_dropped_total 0\n",
	 "# HELP callsieve_invites_total INVITEs that began a call, "
	 "retransmissions not counted\n"
	 "# TYPE callsieve_invites_total counter\n"
	 "callsieve_invites_total 1234567890123\n"
	 "# HELP callsieve_calls_total Calls by what was done with them\n"
	 "# TYPE callsieve_calls_total counter\n"
	 "callsieve_calls_total{action=\"bridge\"} 0\n"
	 "callsieve_calls_total{action=\"reject\"} 5\n"},
	{"callsieve_stray_total{what=\"response\"} 0\n",
	 "# HELP callsieve_calls Call objects alive now\n"
	 "# TYPE callsieve_calls gauge\n"
	 "callsieve_calls -1\n"},
};

START_TEST(text_is_what_prometheus_reads)
{
	struct buf text;
	const char *at;

	metric_add(METRIC_INVITES, 1234567890123);
	metric_add(METRIC_CALLS_REJECTED, 5);
	metric_set(METRIC_CALLS_CURRENT, -1);
	buf_init(&text, 100000);
	ck_assert_int_eq(metrics_print(&text), 0);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		at = strstr(text.data, pieces[i].after);
		ck_assert_ptr_nonnull(at);
		at += strlen(pieces[i].after);
		ck_assert_msg(
			!strncmp(at, pieces[i].text, strlen(pieces[i].text)),
			"%s", at);
	}
	buf_fini(&text);
}
END_TEST

static unsigned occurrences(const char *text, const char *what)
{
	unsigned n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

START_TEST(each_name_is_described_once_and_each_row_shown_once)
{
	char line[300];
	struct buf text;

	buf_init(&text, 100000);
	ck_assert_int_eq(metrics_print(&text), 0);
	for (size_t i = 0; i < ROWS; i++) {
		snprintf(line, sizeof(line), "# HELP %s ", rows[i].name);
		ck_assert_uint_eq(occurrences(text.data, line), 1);
		snprintf(line, sizeof(line), "# TYPE %s %s\n", rows[i].name,
			 rows[i].type);
		ck_assert_uint_eq(occurrences(text.data, line), 1);
		if (rows[i].subject)
			continue;
		snprintf(line, sizeof(line),
			 rows[i].labels[0] ? "\n%s{%s} " : "\n%s%s ",
			 rows[i].name, rows[i].labels);
		ck_assert_uint_eq(occurrences(text.data, line), 1);
	}
	buf_fini(&text);
}
END_TEST

START_TEST(rows_of_one_name_are_neighbours_and_agree)
{
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t j = i + 2; j < ROWS; j++)
			ck_assert_msg(
				strcmp(rows[i].name, rows[j].name) ||
					!strcmp(rows[j - 1].name, rows[j].name),
				"%s stands in two places", rows[i].name);
		if (i && !strcmp(rows[i - 1].name, rows[i].name)) {
			ck_assert_str_eq(rows[i - 1].type, rows[i].type);
			ck_assert_str_ne(rows[i].labels, "");
			ck_assert_str_eq(rows[i].help, "");
			ck_assert(!rows[i].subject == !rows[i - 1].subject);
		} else {
			ck_assert_msg(rows[i].help[0], "%s: what is it?",
				      rows[i].name);
		}
	}
}
END_TEST

static bool matches(const char *text, const char *pattern)
{
	regex_t regex;
	bool found;

	ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	found = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	return found;
}

START_TEST(names_keep_prometheus_customs)
{
	const char *name = rows[_i].name;
	bool total = matches(name, "_total$");

	ck_assert_msg(matches(name, "^callsieve_[a-z][a-z_]*$"), "%s", name);
	ck_assert_msg(matches(rows[_i].labels,
			      "^([a-z_]+=\"[^\"\\\n]*\"(,[a-z_]+=\"[^\"\\\n]"
			      "*\")*)?$"),
		      "%s{%s}", name, rows[_i].labels);
	ck_assert_msg(!strpbrk(rows[_i].help, "\\\n"), "%s", rows[_i].help);
	ck_assert_msg(!strcmp(rows[_i].type, total ? "counter" : "gauge"),
		      "%s is a %s", name, rows[_i].type);
}
END_TEST

START_TEST(subjects_have_their_own)
{
	struct metric_subject *a = metric_subject("trunk", "a");
	struct metric_subject *b = metric_subject("trunk", "b");
	struct buf text;

	ck_assert_ptr_eq(metric_subject("trunk", "a"), a);
	ck_assert_ptr_null(metric_subject("nothing", "a"));
	metric_of_set(a, METRIC_OF_TRUNK_CALLS, 5);
	metric_of_add(b, METRIC_OF_SHED_LAG, 3);
	metric_of_add(b, METRIC_OF_SHED_LAG, 4);
	metric_of_add(NULL, METRIC_OF_SHED_LAG, 1);
	metric_of_set(NULL, METRIC_OF_TRUNK_CALLS, 1);
	buf_init(&text, 100000);
	ck_assert_int_eq(metrics_print(&text), 0);
	ck_assert_ptr_nonnull(strstr(text.data,
				     "\n# TYPE callsieve_trunk_calls gauge\n"
				     "callsieve_trunk_calls{trunk=\"b\"} 0\n"
				     "callsieve_trunk_calls{trunk=\"a\"} 5\n"));
	ck_assert_ptr_nonnull(strstr(text.data,
				     "\ncallsieve_shed_total{trunk=\"b\","
				     "reason=\"lag\"} 7\n"));
	buf_fini(&text);
}
END_TEST

START_TEST(buffer_too_small_is_told)
{
	struct buf text;

	buf_init(&text, 200);
	ck_assert_int_eq(metrics_print(&text), -EMSGSIZE);
	buf_fini(&text);
}
END_TEST

Suite *metrics_suite(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tc = tcase_create("metrics");

	tcase_add_test(tc, counters_count_and_gauges_are_set);
	tcase_add_test(tc, no_count_of_two_threads_is_lost);
	tcase_add_test(tc, text_is_what_prometheus_reads);
	tcase_add_test(tc, each_name_is_described_once_and_each_row_shown_once);
	tcase_add_test(tc, rows_of_one_name_are_neighbours_and_agree);
	tcase_add_loop_test(tc, names_keep_prometheus_customs, 0, (int)ROWS);
	tcase_add_test(tc, subjects_have_their_own);
	tcase_add_test(tc, buffer_too_small_is_told);
	suite_add_tcase(suite, tc);
	return suite;
}
