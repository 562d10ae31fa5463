/* Standard error is a pipe; what comes out of it is looked at. */
#include "callsieve/core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"

#include "suites.h"

#define OUTPUT_MAX (8 << 20)

static int saved_stderr, sink[2];
static char *output;
static size_t output_len;

static void setup(void)
{
	output = malloc(OUTPUT_MAX);
	ck_assert_ptr_nonnull(output);
	output_len = 0;
	ck_assert_int_eq(pipe(sink), 0);
	fcntl(sink[1], F_SETPIPE_SZ, 1 << 20);
	saved_stderr = dup(STDERR_FILENO);
	ck_assert_int_eq(dup2(sink[1], STDERR_FILENO), STDERR_FILENO);
	close(sink[1]);
	now_fake(1700000000007);
	log_set(LOG_LEVEL_DEBUG, LOG_FORMAT_TEXT);
}

static void teardown(void)
{
	now_real();
	close(sink[0]);
	free(output);
}

static void *drain(void *arg)
{
	ssize_t n;

	(void)arg;
	while ((n = read(sink[0], output + output_len,
			 OUTPUT_MAX - 1 - output_len)) > 0)
		output_len += (size_t)n;
	output[output_len] = '\0';
	return NULL;
}

/* Gives standard error back: the pipe has no writer any more. */
static void close_sink(void)
{
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
}

/* All that was logged. */
static const char *logged(void)
{
	close_sink();
	drain(NULL);
	return output;
}

static size_t lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

START_TEST(line_has_time_level_and_text)
{
	log_info("event=%s n=%d", "test", 5);
	log_error("event=other");
	ck_assert_str_eq(logged(),
			 "2023-11-14T22:13:20.007Z info event=test n=5\n"
			 "2023-11-14T22:13:20.007Z error event=other\n");
}
END_TEST

START_TEST(json_line_has_the_same)
{
	log_set(LOG_LEVEL_DEBUG, LOG_FORMAT_JSON);
	log_warn("event=%s", "test");
	ck_assert_str_eq(logged(), "{\"time\":\"2023-11-14T22:13:20.007Z\","
				   "\"level\":\"warn\","
				   "\"message\":\"event=test\"}\n");
}
END_TEST

static const struct {
	enum log_level level;
	const char *text;
} levels[] = {
	{LOG_LEVEL_ERROR, "error"},
	{LOG_LEVEL_WARN, "error warn"},
	{LOG_LEVEL_INFO, "error warn info"},
	{LOG_LEVEL_DEBUG, "error warn info debug"},
};

START_TEST(level_decides_what_is_logged)
{
	char text[100] = "", level[10];
	const char *at;

	log_set(levels[_i].level, LOG_FORMAT_TEXT);
	log_error("x");
	log_warn("x");
	log_info("x");
	log_debug("x");
	for (at = logged(); *at; at = strchr(at, '\n') + 1) {
		ck_assert_int_eq(sscanf(at, "%*s %9s x", level), 1);
		strcat(text, *text ? " " : "");
		strcat(text, level);
	}
	ck_assert_str_eq(text, levels[_i].text);
	for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++)
		ck_assert_int_eq(log_wants((enum log_level)i),
				 i <= (int)levels[_i].level);
}
END_TEST

static const struct {
	const char *text, *logged;
} texts[] = {
	{"plain", "plain"},
	{"", ""},
	{"\"quoted\" and back\\slash", "\"quoted\" and back\\slash"},
	{"two\nlines\r\n", "two?lines??"},
	{"\t\x01\x1b[31mred\x7f", "???[31mred?"},
	{"J\xc3\xbcrgen \xe2\x82\xac \xf0\x9f\x93\x9e",
	 "J\xc3\xbcrgen \xe2\x82\xac \xf0\x9f\x93\x9e"},
	{"latin J\xfcrgen", "latin J?rgen"},
	{"cut off \xe2\x82", "cut off ??"},
	{"overlong \xc0\xaf \xe0\x80\xaf", "overlong ?? ???"},
	{"surrogate \xed\xa0\x80", "surrogate ???"},
	{"too high \xf4\x90\x80\x80 \xff", "too high ???? ?"},
	{"C1 control \xc2\x9b", "C1 control ??"},
};

START_TEST(text_line_stays_one_line)
{
	char expected[200];

	log_info("%s", texts[_i].text);
	snprintf(expected, sizeof(expected),
		 "2023-11-14T22:13:20.007Z info %s\n", texts[_i].logged);
	ck_assert_str_eq(logged(), expected);
}
END_TEST

/* The message of the one line there is. */
static json_t *logged_json(void)
{
	const char *text = logged();
	json_error_t error;
	json_t *json;

	ck_assert_uint_eq(lines(text), 1);
	json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(json, "%s: %s", error.text, text);
	return json;
}

START_TEST(json_line_is_json)
{
	json_t *json;

	log_set(LOG_LEVEL_DEBUG, LOG_FORMAT_JSON);
	log_info("%s", texts[_i].text);
	json = logged_json();
	ck_assert_str_eq(json_string_value(json_object_get(json, "message")),
			 texts[_i].logged);
	ck_assert_str_eq(json_string_value(json_object_get(json, "level")),
			 "info");
	json_decref(json);
}
END_TEST

/* Of what a text of 1,999 bytes could become the longest, and characters of
 * two and three bytes at every place where it is cut. */
static const char *const fillings[] = {
	"x", "\"", "\\", "\n", "\x01", "\xc3\xbc", "x\xc3\xbc", "\xe2\x82\xac"};

START_TEST(long_line_is_cut)
{
	static const size_t sizes[] = {1990, 1997, 1998, 1999,
				       2000, 2001, 2002, 100000};
	const char *filling = fillings[_i % 8], *message;
	size_t size = sizes[_i / 8], n = strlen(filling), len;
	json_t *json;
	char *text;

	text = calloc(1, size + n);
	ck_assert_ptr_nonnull(text);
	for (len = 0; len < size; len += n)
		memcpy(text + len, filling, n);
	log_set(LOG_LEVEL_DEBUG, LOG_FORMAT_JSON);
	log_info("%s", text);
	json = logged_json();
	message = json_string_value(json_object_get(json, "message"));
	len = strlen(message);
	ck_assert_uint_le(len, 1999);
	if (strlen(text) > 1999)
		ck_assert_str_eq(message + len - 3, "...");
	else
		ck_assert_uint_eq(len, strlen(text));
	json_decref(json);
	free(text);
}
END_TEST

static const struct {
	const char *text;
	size_t size;
	const char *quoted;
} quotes[] = {
	{"plain", 20, "\"plain\""},
	{"", 20, "\"\""},
	{NULL, 20, "\"\""},
	{"a \"b\" \\c", 20, "\"a \\\"b\\\" \\\\c\""},
	{"a\nb\x7f", 40, "\"a\\u000ab\\u007f\""},
	{"12345678901234567890", 20, "\"12345678901\""},
	{"12345678901\n", 20, "\"12345678901\""},
	{"1234567890\n", 20, "\"1234567890\\u000a\""},
};

START_TEST(quoted_value_fits_and_ends)
{
	char buf[64];

	memset(buf, '#', sizeof(buf));
	ck_assert_ptr_eq(log_quote(buf, quotes[_i].size, quotes[_i].text), buf);
	ck_assert_str_eq(buf, quotes[_i].quoted);
	ck_assert_uint_lt(strlen(buf), quotes[_i].size);
	ck_assert_int_eq(buf[quotes[_i].size], '#');
	close_sink();
}
END_TEST

#define LINES 1000

START_TEST(log_fini_writes_out_what_is_queued)
{
	char line[100];
	const char *at;
	int i;

	ck_assert_int_eq(log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT), 0);
	for (i = 0; i < LINES; i++)
		log_info("n=%d", i);
	log_fini();
	log_fini();
	log_info("n=%d", LINES);
	for (at = logged(), i = 0; i <= LINES; i++) {
		snprintf(line, sizeof(line),
			 "2023-11-14T22:13:20.007Z info n=%d\n", i);
		ck_assert_msg(!strncmp(at, line, strlen(line)), "%.60s", at);
		at += strlen(line);
	}
	ck_assert_str_eq(at, "");
	ck_assert_int_eq(metric_get(METRIC_LOG_DROPPED), 0);
}
END_TEST

START_TEST(log_begins_again_after_its_end)
{
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT), 0);
		log_info("n=%d", i);
		log_fini();
	}
	ck_assert_uint_eq(lines(logged()), 3);
}
END_TEST

#define FLOOD 40000

static void flood(void)
{
	for (int i = 0; i < FLOOD; i++)
		log_info("n=%05d %060d", i, i);
}

/* Returning at all is the claim. Then somebody reads on, and every line has
 * come or been counted. */
START_TEST(pipe_that_nobody_drains_holds_up_no_caller)
{
	pthread_t reader;
	int64_t dropped;

	ck_assert_int_eq(log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT), 0);
	flood();
	dropped = metric_get(METRIC_LOG_DROPPED);
	ck_assert_int_gt(dropped, 0);
	ck_assert_int_lt(dropped, FLOOD);
	ck_assert_int_eq(pthread_create(&reader, NULL, drain, NULL), 0);
	log_fini();
	close_sink();
	pthread_join(reader, NULL);
	ck_assert_int_eq(metric_get(METRIC_LOG_DROPPED), dropped);
	ck_assert_uint_eq(lines(output) + (size_t)dropped, FLOOD);
}
END_TEST

START_TEST(log_fini_gives_up_on_a_pipe_that_nobody_drains)
{
	ck_assert_int_eq(log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT), 0);
	flood();
	log_fini();
	ck_assert_uint_eq(lines(logged()) +
				  (size_t)metric_get(METRIC_LOG_DROPPED),
			  FLOOD);
}
END_TEST

/* As a parent may have left it. */
START_TEST(sink_that_does_not_block_loses_nothing)
{
	pthread_t reader;

	fcntl(STDERR_FILENO, F_SETFL, O_WRONLY | O_NONBLOCK);
	ck_assert_int_eq(log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT), 0);
	for (int i = 0; i < FLOOD / 4; i++)
		log_info("n=%05d %060d", i, i);
	ck_assert_int_eq(pthread_create(&reader, NULL, drain, NULL), 0);
	log_fini();
	close_sink();
	pthread_join(reader, NULL);
	ck_assert_int_eq(metric_get(METRIC_LOG_DROPPED), 0);
	ck_assert_uint_eq(lines(output), FLOOD / 4);
}
END_TEST

/* 0: nothing there; 1: a pipe without a reader. */
START_TEST(sink_that_is_gone_costs_only_the_lines)
{
	signal(SIGPIPE, SIG_IGN);
	if (_i) {
		close(sink[0]);
		sink[0] = -1;
	} else {
		close(STDERR_FILENO);
	}
	log_info("direct");
	ck_assert_int_eq(metric_get(METRIC_LOG_DROPPED), 1);
	ck_assert_int_eq(log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT), 0);
	log_info("queued");
	log_info("queued");
	log_fini();
	ck_assert_int_eq(metric_get(METRIC_LOG_DROPPED), 3);
	close_sink();
}
END_TEST

START_TEST(logging_leaves_errno_alone)
{
	int before;

	close(STDERR_FILENO);
	errno = ENOTTY;
	log_info("x %d", 1);
	before = errno;
	close_sink();
	ck_assert_int_eq(before, ENOTTY);
}
END_TEST

static void *log_many(void *arg)
{
	for (int i = 0; i < LINES; i++)
		log_info("thread=%s n=%d", (const char *)arg, i);
	return NULL;
}

START_TEST(lines_of_several_threads_stay_whole_and_in_order)
{
	static const char *const names[] = {"a", "b", "c"};
	int next[3] = {0}, n;
	pthread_t threads[3];
	const char *at;
	char name;

	ck_assert_int_eq(log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, log_many,
						(void *)(uintptr_t)names[i]),
				 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	log_fini();
	for (at = logged(); *at; at = strchr(at, '\n') + 1) {
		ck_assert_int_eq(sscanf(at,
					"2023-11-14T22:13:20.007Z info "
					"thread=%c n=%d\n",
					&name, &n),
				 2);
		ck_assert_int_eq(n, next[name - 'a']++);
	}
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(next[i], LINES);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

Suite *log_suite(void)
{
	Suite *suite = suite_create("log");
	TCase *tc = tcase_create("log");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, line_has_time_level_and_text);
	tcase_add_test(tc, json_line_has_the_same);
	tcase_add_loop_test(tc, level_decides_what_is_logged, 0, COUNT(levels));
	tcase_add_loop_test(tc, text_line_stays_one_line, 0, COUNT(texts));
	tcase_add_loop_test(tc, json_line_is_json, 0, COUNT(texts));
	tcase_add_loop_test(tc, long_line_is_cut, 0, 64);
	tcase_add_loop_test(tc, quoted_value_fits_and_ends, 0, COUNT(quotes));
	tcase_add_test(tc, log_fini_writes_out_what_is_queued);
	tcase_add_test(tc, log_begins_again_after_its_end);
	tcase_add_test(tc, pipe_that_nobody_drains_holds_up_no_caller);
	tcase_add_test(tc, log_fini_gives_up_on_a_pipe_that_nobody_drains);
	tcase_add_test(tc, sink_that_does_not_block_loses_nothing);
	tcase_add_loop_test(tc, sink_that_is_gone_costs_only_the_lines, 0, 2);
	tcase_add_test(tc, logging_leaves_errno_alone);
	tcase_add_test(tc, lines_of_several_threads_stay_whole_and_in_order);
	suite_add_tcase(suite, tc);
	return suite;
}
