/* Connections without end: what they may not take from calls. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call/scene.h"
#include "call/suites.h"

#define CROWD 400

#define OPEN	    "callsieve_connections"
#define REFUSED(by) "callsieve_connections_refused_total{reason=\"" by "\"}"

/* From `address`; open as far as we know. */
static int connect_from(const struct scene *scene, const char *address)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, address, &at.sin_addr);
	claim(!bind(fd, (struct sockaddr *)&at, sizeof(at)), "bind: %s",
	      strerror(errno));
	inet_pton(AF_INET, scene->daemon.host, &at.sin_addr);
	at.sin_port = htons((uint16_t)scene->daemon.port);
	/* It may be closed before this returns. */
	claim(!connect(fd, (struct sockaddr *)&at, sizeof(at)) ||
		      errno == ECONNRESET,
	      "connect: %s", strerror(errno));
	return fd;
}

static bool is_closed(int fd, int ms)
{
	struct pollfd at = {fd, POLLIN, 0};
	char byte;

	return poll(&at, 1, ms) == 1 && recv(fd, &byte, 1, MSG_DONTWAIT) <= 0;
}

/* Of the daemon, in milliseconds of its processor time. */
static long processor_ms(const struct scene *scene)
{
	unsigned long user, system;
	char path[64];
	FILE *file;
	int got;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)scene->daemon.pid);
	file = fopen(path, "r");
	claim(file, "%s", path);
	got = fscanf(file,
		     "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u "
		     "%*u %lu %lu",
		     &user, &system);
	fclose(file);
	claim(got == 2, "cannot read %s", path);
	return (long)(user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

/* For the test's own ends. */
static void allow_descriptors(rlim_t count)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = count;
	claim(!setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

/* More connections than it has descriptors. */
START_TEST(running_out_of_descriptors_costs_no_call)
{
	struct scene scene;
	int fds[CROWD];
	long before, spent;

	allow_descriptors(CROWD + 200);
	scene_init(&scene, NULL);
	scene_configure(&scene, NULL);
	scene.daemon.descriptors = 160;
	daemon_start(&scene.daemon);
	for (int i = 0; i < CROWD; i++)
		fds[i] = connect_from(&scene, scene.caller.address);
	daemon_await_metric(&scene.daemon, REFUSED("descriptors"), 100,
			    DAEMON_PATIENCE_MS);
	expect_bridged(&scene, CALLER);
	before = processor_ms(&scene);
	poll(NULL, 0, 1000);
	spent = processor_ms(&scene) - before;
	trace_note("spent %ld ms", spent);
	claim(spent < 500, "%ld ms of processor in a second", spent);
	expect_bridged(&scene, CALLER);
	for (int i = 0; i < CROWD; i++)
		close(fds[i]);
	daemon_await_metric_equal(&scene.daemon, OPEN, 0, DAEMON_PATIENCE_MS);
	fds[0] = connect_from(&scene, scene.caller.address);
	claim(!is_closed(fds[0], 100), "still refused");
	close(fds[0]);
	scene_close(&scene);
}
END_TEST

START_TEST(connections_are_limited_in_all_and_by_trunk)
{
	bool trunk = _i;
	struct scene scene;
	int fds[12];

	scene_open(&scene, trunk ? SCENE(.trunk = "\tmax_connections = 10\n")
				 : SCENE(.limits = "\tmax_connections = 10\n"));
	for (int i = 0; i < 10; i++)
		fds[i] = connect_from(&scene, scene.caller.address);
	daemon_await_metric_equal(&scene.daemon, OPEN, 10, DAEMON_PATIENCE_MS);
	for (int i = 10; i < 12; i++) {
		fds[i] = connect_from(&scene, scene.caller.address);
		claim(is_closed(fds[i], 2000), "one too many stays open");
		close(fds[i]);
	}
	claim_number(daemon_metric(&scene.daemon,
				   trunk ? REFUSED("trunk") : REFUSED("total")),
		     2);
	/* Another's do not count for the trunk, but do in all. */
	fds[10] = connect_from(&scene, scene.callee.address);
	claim_number(is_closed(fds[10], 200), !trunk);
	close(fds[10]);

	close(fds[3]);
	poll(NULL, 0, 150);
	fds[3] = connect_from(&scene, scene.caller.address);
	claim(!is_closed(fds[3], 200), "refused though one was closed");
	for (int i = 0; i < 10; i++)
		close(fds[i]);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

START_TEST(strangers_connect_only_where_they_get_an_answer)
{
	bool silent = _i;
	struct scene scene;
	char address[32];
	int fd;

	scene_open(&scene,
		   SCENE(.sections = silent ? "sip {\n\tunknown_source = "
					      "\"silent\"\n}\n"
					    : NULL));
	daemon_address(address, &scene.daemon, 77);
	fd = connect_from(&scene, address);
	claim_number(is_closed(fd, silent ? DAEMON_PATIENCE_MS : 300), silent);
	claim_number(daemon_metric(&scene.daemon, REFUSED("unknown")), silent);
	close(fd);
	scene_close(&scene);
}
END_TEST

START_TEST(strangers_together_get_few_connections)
{
	struct scene scene;
	char address[32];
	int fds[40], open = 0;

	scene_open(&scene, NULL);
	for (int i = 0; i < 40; i++)
		fds[i] = connect_from(&scene,
				      daemon_address(address, &scene.daemon,
						     (unsigned)(100 + i)));
	daemon_await_metric_equal(&scene.daemon, REFUSED("unknown"), 24,
				  DAEMON_PATIENCE_MS);
	for (int i = 0; i < 40; i++) {
		open += !is_closed(fds[i], 0);
		close(fds[i]);
	}
	claim_number(open, 16);
	scene_close(&scene);
}
END_TEST

START_TEST(who_says_nothing_is_sent_away)
{
	struct scene scene;
	int silent, polite;

	scene_open(&scene,
		   SCENE(.sections = "sip {\n\thandshake_ms = 1500\n}\n"));
	silent = connect_from(&scene, scene.caller.address);
	polite = connect_from(&scene, scene.caller.address);
	claim(send(polite, "\r\n", 2, 0) == 2, "send");
	claim(!is_closed(silent, 200), "closed at once");
	claim(is_closed(silent, DAEMON_PATIENCE_MS), "stays for nothing");
	claim(!is_closed(polite, 200), "closed though it spoke");
	close(silent);
	close(polite);
	scene_close(&scene);
}
END_TEST

/* One that has carried a request: upstream's 1.13 lets those be that never
 * did. */
START_TEST(idle_connection_is_closed)
{
	static const char options[] =
		"OPTIONS sip:callsieve SIP/2.0\r\n"
		"Via: SIP/2.0/TCP idle.example;branch=z9hG4bKidle\r\n"
		"From: <sip:idle@idle.example>;tag=1\r\n"
		"To: <sip:callsieve>\r\n"
		"Call-ID: idle\r\nCSeq: 1 OPTIONS\r\n"
		"Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
	char answer[2048];
	struct scene scene;
	int fd;

	scene_open(&scene,
		   SCENE(.sections = "sip {\n\tconnection_idle_s = 2\n}\n"));
	fd = connect_from(&scene, scene.caller.address);
	claim(!is_closed(fd, 300), "closed at once");
	claim(send(fd, options, sizeof(options) - 1, 0) > 0, "send");
	claim(recv(fd, answer, sizeof(answer), 0) > 0, "no answer");
	claim(!is_closed(fd, 500), "closed too early");
	claim(is_closed(fd, DAEMON_PATIENCE_MS), "stays open");
	close(fd);
	daemon_await_metric_equal(&scene.daemon, OPEN, 0, DAEMON_PATIENCE_MS);
	scene_close(&scene);
}
END_TEST

/* By UDP nothing comes of it: RFC 5626 has it for streams alone. */
START_TEST(empty_lines_are_answered_on_a_stream)
{
	struct scene scene;
	char answer[8] = "";
	int fd;

	scene_open(&scene, NULL);
	fd = connect_from(&scene, scene.caller.address);
	claim(send(fd, "\r\n\r\n", 4, 0) == 4, "send");
	claim(recv(fd, answer, sizeof(answer), 0) == 2, "no pong");
	claim_text(answer, "\r\n");
	claim(send(fd, "\r\n", 2, 0) == 2, "send");
	claim(recv(fd, answer, sizeof(answer), MSG_DONTWAIT) < 0, "not a ping");
	close(fd);
	peer_send(&scene.caller, "\r\n\r\n", 4);
	peer_send(&scene.caller, "\r\n", 2);
	peer_send(&scene.caller, "", 0);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

Suite *connections_suite(void)
{
	Suite *suite = suite_create("connections");
	TCase *tests = scene_tcase(suite, "connections");

	tcase_add_test(tests, running_out_of_descriptors_costs_no_call);
	tcase_add_loop_test(tests, connections_are_limited_in_all_and_by_trunk,
			    0, 2);
	tcase_add_loop_test(
		tests, strangers_connect_only_where_they_get_an_answer, 0, 2);
	tcase_add_test(tests, strangers_together_get_few_connections);
	tcase_add_test(tests, who_says_nothing_is_sent_away);
	tcase_add_test(tests, idle_connection_is_closed);
	tcase_add_test(tests, empty_lines_are_answered_on_a_stream);
	return suite;
}
