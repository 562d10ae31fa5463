/* The usual scene, and whole calls in it. */
#include "call/scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEST_SECONDS	60
#define OBJECTS_GONE_MS 3000
#define LAG_MS		60000
/* An edit is to be obeyed within a second, on a machine that has the time. */
#define LIVE_MS		15000

static const struct scene_options usual;

void scene_init(struct scene *scene, const struct scene_options *options)
{
	char address[32];

	if (!options)
		options = &usual;
	daemon_init(&scene->daemon);
	peer_open(&scene->caller, "caller",
		  options->caller ? options->caller : "udp",
		  daemon_address(address, &scene->daemon, 2), 0);
	peer_open(&scene->callee, "callee",
		  options->callee ? options->callee : "udp",
		  daemon_address(address, &scene->daemon, 3), 0);
	peer_set_target(&scene->caller, scene->daemon.host, scene->daemon.port);
	peer_set_target(&scene->callee, scene->daemon.host, scene->daemon.port);
}

static const char *text_or(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

void scene_configure(struct scene *scene, const struct scene_options *options)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!options)
		options = &usual;
	scene->daemon.database_lines = options->database;
	fprintf(out,
		"trunk carrier {\n"
		"\tsources = {\"%s\"}\n"
		"\tcountry = \"%s\"\n"
		"\troute = \"out\"\n"
		"%s"
		"}\n",
		scene->caller.address, text_or(options->country, "1"),
		text_or(options->trunk, ""));
	fprintf(out,
		"gateway core {\n"
		"\turi = \"sip:%s:%u;transport=%s\"\n"
		"%s"
		"}\n",
		scene->callee.host, scene->callee.port, scene->callee.transport,
		text_or(options->gateway, "\toptions_interval_s = 0\n"));
	fprintf(out,
		"route out {\n"
		"\tgateways = {%s}\n"
		"%s"
		"}\n"
		"limits {\n"
		"\tmax_loop_lag_ms = %u\n"
		"%s"
		"}\n"
		"log {\n"
		"\tlevel = \"debug\"\n"
		"}\n"
		"screening {\n"
		"\tnew_caller_points = 0\n" /* all are new here */
		"%s"
		"}\n"
		"%s",
		text_or(options->gateways, "\"core\""),
		text_or(options->route, ""),
		options->lag_ms ? options->lag_ms : LAG_MS,
		text_or(options->limits, ""), text_or(options->screening, ""),
		text_or(options->sections, ""));
	fclose(out);
	daemon_configure(&scene->daemon, text);
	free(text);
}

void scene_open(struct scene *scene, const struct scene_options *options)
{
	scene_init(scene, options);
	scene_configure(scene, options);
	daemon_start(&scene->daemon);
}

void scene_close(struct scene *scene)
{
	daemon_await_metric_equal(&scene->daemon, "callsieve_calls", 0,
				  OBJECTS_GONE_MS);
	peer_close(&scene->caller);
	peer_close(&scene->callee);
	daemon_stop(&scene->daemon);
	daemon_fini(&scene->daemon);
}

void scene_ping(struct scene *scene)
{
	struct dialog dialog;

	dialog_init(&dialog, &scene->caller, CALLER, CALLEE);
	dialog_send(&dialog, "OPTIONS", NULL);
	dialog_expect(&dialog, 200, "OPTIONS");
}

/* The store thread counts the entries as it hands them to the loop, which
 * takes them before it reads the next message. */
void scene_block(struct scene *scene, const char *number, int points)
{
	long entries = daemon_metric(&scene->daemon, "callsieve_list_entries");

	daemon_sql(&scene->daemon,
		   "INSERT INTO blocklist(number, points) VALUES('%s', %d)",
		   number, points);
	daemon_await_metric(&scene->daemon, "callsieve_list_entries",
			    entries + 1, LIVE_MS);
	scene_ping(scene);
}

/* A new list shows by a row that comes after: a caller nobody knows. */
void scene_edit(struct scene *scene, const char *format, ...)
{
	static unsigned count;
	unsigned calls = 0;
	char sql[1024], caller[32];
	va_list args;
	long end;

	va_start(args, format);
	vsnprintf(sql, sizeof(sql), format, args);
	va_end(args);
	daemon_sql(&scene->daemon, "%s", sql);
	end = trace_clock_ms() + LIVE_MS;
	daemon_sql(&scene->daemon,
		   "INSERT INTO blocklist(number) VALUES('+4930%03u*')",
		   ++count);
	/* Each time another, from another block of numbers: none is refused
	 * for what the one before did. */
	do {
		claim(trace_clock_ms() < end, "not obeyed: %s", sql);
		snprintf(caller, sizeof(caller), "+4930%03u%02u0001", count,
			 calls++ % 100);
	} while (call_passes(scene, caller));
}

struct way way(struct call *call, bool back)
{
	struct way ways[] = {{&call->caller, &call->callee},
			     {&call->callee, &call->caller}};

	return ways[back];
}

void call_begin(struct call *call, struct scene *scene, const char *from,
		const char *to, const struct parts *parts)
{
	dialog_init(&call->caller, &scene->caller, from, to);
	dialog_send(&call->caller, "INVITE",
		    parts ? parts : PARTS(.body = OFFER));
}

void call_reaches(struct call *call, struct peer *callee)
{
	call->callee_peer = callee;
	call->invite = peer_expect(callee, 0, "INVITE", NULL);
	dialog_accept(&call->callee, callee, call->invite);
}

void call_place(struct call *call, struct scene *scene,
		const struct parts *parts)
{
	call_begin(call, scene, CALLER, CALLEE, parts);
	call_reaches(call, &scene->callee);
}

void call_answer(struct call *call)
{
	dialog_reply(&call->callee, call->invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call->caller, 200, "INVITE");
	dialog_ack(&call->caller, NULL);
	dialog_expect_request(&call->callee, "ACK");
}

void call_establish(struct call *call, struct scene *scene)
{
	call_place(call, scene, NULL);
	call_answer(call);
}

void call_hang_up(struct call *call)
{
	dialog_send(&call->caller, "BYE", NULL);
	dialog_reply(&call->callee, dialog_expect_request(&call->callee, "BYE"),
		     200, NULL);
	dialog_expect(&call->caller, 200, "BYE");
}

void call_refuse(struct call *call, int status)
{
	dialog_reply(&call->callee, call->invite, status, NULL);
	dialog_expect_failure(&call->caller, status);
	dialog_expect_request(&call->callee, "ACK");
}

bool call_passes(struct scene *scene, const char *from)
{
	long end = trace_clock_ms() + PEER_PATIENCE_MS;
	const struct message *answer = NULL;
	struct call call;

	call_begin(&call, scene, from, CALLEE, NULL);
	call.invite = NULL;
	while (!call.invite && !answer) {
		claim(trace_clock_ms() < end, "neither bridged nor rejected");
		answer = peer_poll(&scene->caller, 607, "INVITE", NULL, 5);
		if (!answer) /* by the profile us-fcc */
			answer = peer_poll(&scene->caller, 603, "INVITE", NULL,
					   0);
		call.invite = peer_poll(&scene->callee, 0, "INVITE", NULL, 5);
	}
	if (answer) {
		dialog_ack_failure(&call.caller, answer);
		return false;
	}
	dialog_accept(&call.callee, &scene->callee, call.invite);
	call_refuse(&call, 486);
	return true;
}

void expect_bridged(struct scene *scene, const char *from)
{
	struct call call;

	call_begin(&call, scene, from, CALLEE, NULL);
	call_reaches(&call, &scene->callee);
	call_answer(&call);
	call_hang_up(&call);
}

void expect_rejected(struct scene *scene, const char *from, int status)
{
	struct call call;

	call_begin(&call, scene, from, CALLEE, NULL);
	dialog_expect_failure(&call.caller, status);
}

TCase *scene_tcase(Suite *suite, const char *name)
{
	TCase *tests = tcase_create(name);

	tcase_set_timeout(tests, TEST_SECONDS);
	suite_add_tcase(suite, tests);
	return tests;
}
