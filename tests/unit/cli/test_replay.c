/* Events in, answers out. A folder of tests/data/replay is a case: `events`,
 * in `expected` what is written to standard output, in `complaints` what is to
 * standard error (none: nothing), and in `lists.sql` what stands in the
 * database, if one is to be given. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake/http.h"
#include "run.h"
#include "suites.h"

#define CASES "tests/data/replay"

static char cases[PATH_MAX];

static void setup(void)
{
	run_setup();
	ck_assert_ptr_nonnull(realpath(CASES, cases));
}

static char *read_file(const char *name, const char *file)
{
	char path[PATH_MAX + 300];
	char *text = NULL;
	size_t size = 0;
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s/%s", cases, name, file);
	in = fopen(path, "r");
	if (!in)
		return NULL;
	if (getdelim(&text, &size, '\0', in) < 0)
		text[0] = '\0';
	fclose(in);
	return text;
}

/* Paths in events are relative to where they are. */
static void replay(bool database)
{
	char line[2 * PATH_MAX];

	snprintf(line, sizeof(line),
		 "-c %s/callsieve.conf %s%s replay --events events", cases,
		 database ? "-d " : "", database ? "test.db" : "");
	callsieve(line);
}

static void bring_files(const char *name)
{
	char line[2 * PATH_MAX];

	snprintf(line, sizeof(line), "cp %s/%s/* %s", cases, name, run.folder);
	ck_assert_int_eq(system(line), 0);
}

static void check_case(const char *name)
{
	char *expected = read_file(name, "expected");
	char *complaints = read_file(name, "complaints");
	char *lists = read_file(name, "lists.sql");

	bring_files(name);
	if (lists)
		execute(lists);
	replay(lists != NULL);
	ck_assert_msg(expected && !strcmp(run.out, expected),
		      "%s/%s answers:\n%s%s", CASES, name, run.out, run.err);
	ck_assert_msg(!strcmp(run.err, complaints ? complaints : ""),
		      "%s/%s says:\n%s", CASES, name, run.err);
	/* Twice the same, and nothing is left of the first. */
	replay(lists != NULL);
	ck_assert_str_eq(run.out, expected);
	free(expected);
	free(complaints);
	free(lists);
	run_teardown();
	run_setup();
}

START_TEST(cases_are_answered_as_expected)
{
	DIR *folder = opendir(cases);
	struct dirent *entry;

	ck_assert_ptr_nonnull(folder);
	while ((entry = readdir(folder)))
		if (!strchr(entry->d_name, '.'))
			check_case(entry->d_name);
	closedir(folder);
}
END_TEST

/* What was written is there before the next event is. */
START_TEST(is_driven_over_a_pipe)
{
	char line[2 * PATH_MAX], answer[1000];
	FILE *to, *from;

	snprintf(line, sizeof(line), "%s/answers", run.folder);
	ck_assert_int_eq(mkfifo(line, 0600), 0);
	snprintf(line, sizeof(line),
		 "exec %s -c %s/callsieve.conf replay --events - >%s/answers",
		 run_program(), cases, run.folder);
	to = popen(line, "w");
	ck_assert_ptr_nonnull(to);
	snprintf(line, sizeof(line), "%s/answers", run.folder);
	from = fopen(line, "r");
	ck_assert_ptr_nonnull(from);
	for (int i = 0; i < 3; i++) {
		fprintf(to,
			"{\"t\":%d,\"event\":\"call\",\"id\":\"c%d\","
			"\"from\":\"+12025550123\",\"to\":\"+12125550100\"}\n",
			1790000000 + i, i);
		fflush(to);
		ck_assert_ptr_nonnull(fgets(answer, sizeof(answer), from));
		snprintf(line, sizeof(line), "{\"id\":\"c%d\",\"action\":", i);
		ck_assert_msg(!strncmp(answer, line, strlen(line)), "%s",
			      answer);
	}
	ck_assert_int_eq(pclose(to), 0);
	fclose(from);
}
END_TEST

/* The admin's database is read and left as it is. */
START_TEST(the_database_given_is_not_changed)
{
	bring_files("import");
	execute("INSERT INTO blocklist(number) VALUES('+12025550142')");
	replay(true);
	ck_assert_int_eq(run.status, 0);
	check_answer("SELECT count(*) FROM observations", "0");
	check_answer("SELECT count(*) FROM calls", "0");
	check_answer("SELECT list_generation IS NULL OR list_generation = 0 "
		     "FROM engine_status",
		     "1");
}
END_TEST

/* What would become of a call: the answer, and words that it has. */
static const struct {
	const char *arguments;
	int status;
	const char *words[5];
} asked[] = {
	{"+19005550123 --to +12125550100 --trunk stranger",
	 0,
	 {"if +19005550123 called +12125550100 by trunk stranger now",
	  "rejected with 607 Unwanted", "+100  blocklist",
	  "DELETE FROM blocklist WHERE id = 1;", "no callsieved runs here"}},
	{"+19005550123", 0, {"let through", "in shadow mode"}},
	{"'(202) 555-0123'", 0, {"+12025550123", "nothing speaks against"}},
	{"anonymous", 0, {"if anonymous called", "withheld"}},
	{"tel:+1-202-555-0123", 0, {"if +12025550123 called"}},
	{"anonymous --to 911", 0, {"emergency calls always pass"}},
	{"+12025550123 --trunk stranger --stir failed --to +12125550100",
	 0,
	 {"+25  stir_failed"}},
	{"+12025550123 --json",
	 0,
	 {"\"id\":null", "\"caller\":\"+12025550123"}},
	{"+12025550123 --trunk nobody",
	 1,
	 {"There is no trunk \"nobody\"", "stranger"}},
	{"frobnicate --to +12125550100", 1, {"is no telephone number"}},
	{"+12025550123 --stir X", 2, {"It is: callsieve explain"}},
};

START_TEST(what_if_is_answered)
{
	char line[2 * PATH_MAX];

	execute("INSERT INTO blocklist(number) VALUES('+1900*')");
	snprintf(line, sizeof(line),
		 "-c %s/callsieve.conf -d test.db explain %s", cases,
		 asked[_i].arguments);
	callsieve(line);
	ck_assert_msg(run.status == asked[_i].status, "%s: %d %s",
		      asked[_i].arguments, run.status, run.err);
	for (size_t i = 0; i < 5 && asked[_i].words[i]; i++)
		ck_assert_msg(strstr(run.out, asked[_i].words[i]) ||
				      strstr(run.err, asked[_i].words[i]),
			      "%s: no \"%s\" in\n%s%s", asked[_i].arguments,
			      asked[_i].words[i], run.out, run.err);
}
END_TEST

/* A recorded call some seconds ago, let through then, from a caller with such a
 * block list row, and a service's word of that many points. */
static void record_call(const char *id, const char *caller, int ago, int talked,
			int reputation)
{
	char sql[2048];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO calls(id, started_at, answered_at, ended_at, "
		 "trunk, from_uri, to_uri, caller, callee, action, treatment, "
		 "score, status, explanation) SELECT '%s', t, "
		 "iif(%d, t + 4000, NULL), t + 4000 + %d * 1000, 'stranger', "
		 "'sip:%s@a.example', 'sip:+12125550100@b.example', '%s', "
		 "'+12125550100', 'allow', 'allow', 0, 200, json_object("
		 "'facts', json_object('stir', 'none', 'withheld', "
		 "json('false')), 'signals', json_array(json_object('name', "
		 "'reputation', 'outcome', 'fired', 'points', %d, 'detail', "
		 "'risk 60 of 100'))) FROM (SELECT (strftime('%%s', 'now') - "
		 "%d) * 1000 AS t)",
		 id, talked, talked, caller, caller, reputation, ago);
	execute(sql);
}

/* The configuration of the cases, more for the trunk "stranger", and a service
 * that nobody asks. */
static void write_config(const char *name, const char *more)
{
	char *text = read_file("", "callsieve.conf");
	char *trunk = strstr(text, "trunk stranger {\n");
	char config[8192];

	ck_assert_ptr_nonnull(trunk);
	trunk += strlen("trunk stranger {\n");
	snprintf(config, sizeof(config),
		 "%.*s%s%sreputation {\n\turl = \"http://127.0.0.1:1/{e164}\"\n"
		 "\tscore = \"/score\"\n}\n",
		 (int)(trunk - text), text, more, trunk);
	write_file(name, config);
	free(text);
}

static void replay_anew(const char *arguments)
{
	char line[200];

	execute("INSERT INTO blocklist(number, points) "
		"VALUES('+12025550142', 70)");
	record_call("listed0000000000", "+12025550142", 3600, 90, 0);
	record_call("doubtful00000000", "+12025550143", 1800, 0, 65);
	record_call("harmless00000000", "+12025550144", 900, 30, 0);
	record_call("tooold0000000000", "+12025550142", 9 * 86400, 30, 0);
	execute("INSERT INTO subscribers(name) VALUES('ann')");
	execute("INSERT INTO reports(subscriber, number) "
		"VALUES(1, '+12025550143')");
	write_config("now.conf", "");
	write_config("stricter.conf", "\treject_at = 60\n");
	snprintf(line, sizeof(line), "-c now.conf -d test.db replay %s",
		 arguments);
	callsieve(line);
}

/* What was known of the calls then and later is held against both. */
START_TEST(recorded_calls_are_judged_anew)
{
	replay_anew("--config stricter.conf --since 7d");
	ck_assert_msg(run.status == 0, "%d %s", run.status, run.err);
	ck_assert_str_eq(run.err, "");
	ck_assert_ptr_nonnull(strstr(run.out, "listed0000000000  "
					      "+12025550142      label at 70 "
					      "-> reject at 70, answered, "
					      "90 s\n"));
	ck_assert_ptr_nonnull(strstr(run.out, "label at 65 -> reject at 65, "
					      "reported since\n"));
	ck_assert_ptr_nonnull(strstr(run.out, "  label     -> reject"
					      "            2         1"
					      "         1         1\n"));
	ck_assert_ptr_nonnull(
		strstr(run.out, "  the same by both               1\n"));
	ck_assert_ptr_null(strstr(run.out, "tooold"));
	check_answer("SELECT count(*) FROM calls", "4");
}
END_TEST

START_TEST(recorded_calls_as_json)
{
	replay_anew("--config stricter.conf --since 2400s --json");
	ck_assert_int_eq(run.status, 0);
	ck_assert_ptr_nonnull(strstr(run.out, "{\"id\":\"doubtful00000000\""));
	ck_assert_ptr_nonnull(strstr(run.out, "\"reported\":true}\n"));
	ck_assert_ptr_null(strstr(run.out, "listed"));
}
END_TEST

START_TEST(recorded_calls_need_both)
{
	replay_anew("--config stricter.conf --since soon");
	ck_assert_int_eq(run.status, 2);
	ck_assert_ptr_nonnull(strstr(run.err, "--since takes a time"));
	callsieve("-d test.db replay --config stricter.conf");
	ck_assert_int_eq(run.status, 2);
	callsieve("-d test.db replay --since 7d");
	ck_assert_int_eq(run.status, 2);
	callsieve("-d test.db -c stricter.conf replay --config none.conf "
		  "--since 7d");
	ck_assert_int_eq(run.status, 1);
	ck_assert_ptr_nonnull(strstr(run.err, "none.conf cannot be used"));
}
END_TEST

#define CALLS	 50
#define APART_S	 6
#define BEGAN_S	 1700000000
#define BROKEN_S (BEGAN_S + 10 * APART_S)
#define MENDED_S (BEGAN_S + 30 * APART_S)

/* The time is the last part of the path. */
static void answer_by_time(const char *target, const char *head,
			   struct fake_http_reply *reply, void *arg)
{
	long time = strtol(strrchr(target, '/') + 1, NULL, 10);

	(void)head;
	(void)arg;
	reply->delay_ms = 20;
	if (time >= BROKEN_S && time < MENDED_S)
		reply->status = 500;
	else
		strcpy(reply->body, "{\"score\": 60}");
}

static void write_calls(void)
{
	char text[CALLS * 128] = "";
	size_t len = 0;

	for (int i = 0; i < CALLS; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len,
			"{\"t\":%d,\"event\":\"call\",\"id\":%d,"
			"\"trunk\":\"carrier\",\"from\":"
			"\"sip:+120255501%02d@a\",\"to\":"
			"\"sip:+12125550199@b\"}\n",
			BEGAN_S + i * APART_S, i, i);
	write_file("events", text);
}

/* Five failures, then nobody asks but to see whether it is mended. */
static const char *said_at(int i)
{
	if (i < 10 || i >= 40)
		return "risk 60 of 100";
	if (i < 15)
		return "status 500";
	return i < 30 ? "as it keeps failing" : "";
}

START_TEST(service_fails_and_recovers_by_the_clock_of_the_events)
{
	char config[8192], *text = read_file("", "callsieve.conf");
	struct fake_http *server;
	char *line, *rest;
	int i = 0;

	ck_assert_int_eq(fake_http_start(&server, 0, answer_by_time, NULL), 0);
	snprintf(config, sizeof(config),
		 "%sreputation x {\n\turl = "
		 "\"http://127.0.0.1:%u/{e164}/{time}\"\n"
		 "\tdeadline_ms = 10000\n}\n",
		 text, fake_http_port(server));
	free(text);
	write_file("x.conf", config);
	write_calls();
	callsieve("replay --config x.conf --events events");
	ck_assert_msg(!run.status, "%s", run.err);
	for (line = strtok_r(run.out, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest), i++)
		ck_assert_msg(strstr(line, said_at(i)), "%d: %s", i, line);
	ck_assert_int_eq(i, CALLS);
	fake_http_stop(server);
}
END_TEST

Suite *replay_suite(void)
{
	Suite *suite = suite_create("replay");
	TCase *tc = tcase_create("replay");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, run_teardown);
	tcase_add_test(tc, cases_are_answered_as_expected);
	tcase_add_test(tc, is_driven_over_a_pipe);
	tcase_add_test(tc, the_database_given_is_not_changed);
	tcase_add_test(tc, recorded_calls_are_judged_anew);
	tcase_add_test(tc, recorded_calls_as_json);
	tcase_add_test(tc, recorded_calls_need_both);
	tcase_add_test(tc,
		       service_fails_and_recovers_by_the_clock_of_the_events);
	tcase_add_loop_test(tc, what_if_is_answered, 0,
			    sizeof(asked) / sizeof(*asked));
	suite_add_tcase(suite, tc);
	return suite;
}
