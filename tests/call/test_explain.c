/* callsieve explain NUMBER, asked of the running daemon. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "call/scene.h"
#include "call/suites.h"

#define SPAMMER "+12125550166"

#define LIVE	"by the running callsieved"
#define OFFLINE "no callsieved runs here"

static char out[16384];

static int explain(const struct scene *scene, const char *arguments)
{
	return daemon_run(out, sizeof(out), "callsieve", "-c '%s' explain %s",
			  scene->daemon.config, arguments);
}

static void says(const char *words)
{
	claim(strstr(out, words) != NULL, "no \"%s\" in %s", words, out);
}

static void says_not(const char *words)
{
	claim(strstr(out, words) == NULL, "\"%s\" in %s", words, out);
}

/* By the memory of the daemon, in which asking leaves nothing. */
START_TEST(explain_knows_what_the_daemon_remembers)
{
	struct scene scene;

	scene_open(&scene, SCENE(.screening = "\tvelocity_from = 0.5\n"
					      "\tvelocity_full = 2\n"));
	for (int i = 0; i < 12; i++) {
		claim_number(explain(&scene, CALLER " --to " CALLEE), 0);
		says(LIVE);
		says_not("velocity");
	}
	expect_bridged(&scene, CALLER);
	claim_number(explain(&scene, CALLER " --to " CALLEE), 0);
	says("velocity");
	daemon_await_metric(&scene.daemon, "callsieve_records_written_total", 1,
			    DAEMON_PATIENCE_MS);
	claim_number(
		daemon_sql_int(&scene.daemon, "SELECT count(*) FROM calls"), 1);
	scene_close(&scene);
}
END_TEST

/* The answer a call gets, the row that says so, and a bypass. */
START_TEST(explain_foresees_the_answer)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_block(&scene, SPAMMER, 1000);
	claim_number(explain(&scene, SPAMMER " --trunk carrier"), 0);
	says("if " SPAMMER " called by trunk carrier now");
	says("rejected with 607 Unwanted");
	says("DELETE FROM blocklist");
	says("by profile generic, for a reason of class \"list\"");
	expect_rejected(&scene, SPAMMER, 607);
	claim_number(explain(&scene, SPAMMER " --json"), 0);
	says("\"id\":null");
	says("\"treatment\":\"reject\"");
	claim_number(explain(&scene, SPAMMER " --trunk nobody"), 1);
	says("There is no trunk \"nobody\", but: carrier");
	claim_number(explain(&scene, "frobnicate --to " CALLEE), 1);
	says("\"frobnicate\" is no telephone number");
	claim_number(explain(&scene, "frobnicate"), 1);
	says("Nor is that a number");
	claim_number(daemon_run(out, sizeof(out), "callsieve",
				"-d '%s' bypass on --for 1h",
				scene.daemon.database),
		     0);
	daemon_await_logged(&scene.daemon, "event=bypass-on");
	claim_number(explain(&scene, SPAMMER), 0);
	says("let through");
	says("bypass");
	claim(!strstr(out, "by profile"), "explain said %s", out);
	scene_close(&scene);
}
END_TEST

static const char *control_path(const struct scene *scene)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s-control", scene->daemon.database);
	return path;
}

/* Lent until the next one. */
static const struct sockaddr *address_of(const struct scene *scene)
{
	static struct sockaddr_un address;
	const char *path = control_path(scene);

	claim(strlen(path) < sizeof(address.sun_path), "%s is too long", path);
	address.sun_family = AF_UNIX;
	strcpy(address.sun_path, path);
	return (struct sockaddr *)&address;
}

/* What is left of a daemon that was killed is in nobody's way. */
START_TEST(explain_without_a_daemon)
{
	struct scene scene;
	int fd;

	scene_open(&scene, NULL);
	daemon_stop(&scene.daemon);
	claim_number(access(control_path(&scene), F_OK), -1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	claim_number(bind(fd, address_of(&scene), sizeof(struct sockaddr_un)),
		     0);
	close(fd);
	claim_number(access(control_path(&scene), F_OK), 0);
	claim_number(explain(&scene, SPAMMER), 0);
	says(OFFLINE);
	daemon_start(&scene.daemon);
	claim_number(explain(&scene, SPAMMER), 0);
	says(LIVE);
	scene_close(&scene);
}
END_TEST

/* Whoever is there first stays; calls go on without it. */
START_TEST(explain_socket_of_somebody_else)
{
	struct scene scene;
	int fd;

	scene_open(&scene, NULL);
	daemon_stop(&scene.daemon);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	claim_number(bind(fd, address_of(&scene), sizeof(struct sockaddr_un)),
		     0);
	claim_number(listen(fd, 1), 0);
	daemon_start(&scene.daemon);
	daemon_await_logged(&scene.daemon, "event=control-unavailable");
	expect_bridged(&scene, CALLER);
	daemon_stop(&scene.daemon);
	claim_number(access(control_path(&scene), F_OK), 0);
	close(fd);
	daemon_start(&scene.daemon);
	claim_number(explain(&scene, SPAMMER), 0);
	says(LIVE);
	scene_close(&scene);
}
END_TEST

/* As soon as the daemon counts them. */
START_TEST(explain_knows_reports)
{
	struct scene scene;

	scene_open(&scene, SCENE(.screening = "\treport_min = 3\n"));
	claim_number(explain(&scene, SPAMMER " --to " CALLEE), 0);
	says_not("  reports");
	daemon_sql(&scene.daemon, "INSERT INTO subscribers(name) VALUES('a'), "
				  "('b'), ('c'), ('d'), ('e')");
	daemon_sql(&scene.daemon, "INSERT INTO reports(subscriber, number) "
				  "SELECT id, '" SPAMMER "' FROM subscribers");
	daemon_await_metric_equal(&scene.daemon, "callsieve_reported_numbers",
				  1, DAEMON_PATIENCE_MS);
	claim_number(explain(&scene, SPAMMER " --to " CALLEE), 0);
	says(LIVE);
	says("  reports");
	scene_close(&scene);
}
END_TEST

static int connected(const struct scene *scene)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	claim_number(connect(fd, address_of(scene), sizeof(struct sockaddr_un)),
		     0);
	return fd;
}

/* Until the daemon closes. */
static size_t answer_to(int fd, const char *question, size_t len)
{
	size_t got = 0;
	ssize_t n;

	claim(send(fd, question, len, MSG_NOSIGNAL) >= 0, "cannot ask");
	while ((n = recv(fd, out + got, sizeof(out) - 1 - got, 0)) > 0)
		got += (size_t)n;
	out[got] = '\0';
	return got;
}

START_TEST(explain_socket_and_who_does_not_know_how_to_ask)
{
	static char long_one[8192];
	struct scene scene;
	int idle[40], fd;

	scene_open(&scene, NULL);
	fd = connected(&scene);
	answer_to(fd, "GET / HTTP/1.1\r\n", 16);
	says("A question is one JSON object");
	close(fd);
	fd = connected(&scene);
	answer_to(fd, "{}\n", 3);
	says("Who calls is missing");
	close(fd);
	memset(long_one, ' ', sizeof(long_one));
	fd = connected(&scene);
	claim_number((long)answer_to(fd, long_one, sizeof(long_one)), 0);
	close(fd);
	for (int i = 0; i < 40; i++)
		idle[i] = connected(&scene);
	claim_number(explain(&scene, SPAMMER), 0);
	says(LIVE);
	for (int i = 0; i < 40; i++)
		close(idle[i]);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

Suite *explain_suite(void)
{
	Suite *suite = suite_create("explain");
	TCase *tc = tcase_create("explain");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, explain_knows_what_the_daemon_remembers);
	tcase_add_test(tc, explain_foresees_the_answer);
	tcase_add_test(tc, explain_without_a_daemon);
	tcase_add_test(tc, explain_socket_of_somebody_else);
	tcase_add_test(tc, explain_knows_reports);
	tcase_add_test(tc, explain_socket_and_who_does_not_know_how_to_ask);
	suite_add_tcase(suite, tc);
	return suite;
}
