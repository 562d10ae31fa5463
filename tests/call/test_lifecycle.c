/* Start, reload, drain and end. */
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call/scene.h"
#include "call/suites.h"

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
}

START_TEST(reload_changes_where_the_next_call_goes)
{
	struct scene scene;
	struct peer other;
	struct call old, call;
	char section[200], address[32];

	scene_open(&scene, NULL);
	call_establish(&old, &scene);
	peer_open(&other, "other", "udp",
		  daemon_address(address, &scene.daemon, 4), 0);
	snprintf(section, sizeof(section),
		 "gateway other {\n\turi = \"sip:%s:%u\"\n"
		 "\toptions_interval_s = 0\n}\n",
		 other.host, other.port);
	scene_configure(&scene,
			SCENE(.gateways = "\"other\"", .sections = section));
	daemon_reload(&scene.daemon);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	call_reaches(&call, &other);
	call_answer(&call);
	call_hang_up(&call);

	/* The call from before goes on where it was. */
	dialog_send(&old.caller, "INFO", NULL);
	dialog_reply(&old.callee, dialog_expect_request(&old.callee, "INFO"),
		     200, NULL);
	dialog_expect(&old.caller, 200, "INFO");
	call_hang_up(&old);
	peer_close(&other);
	scene_close(&scene);
}
END_TEST

START_TEST(reload_in_the_middle_of_a_call_setup_drops_nothing)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	for (int i = 0; i < 3; i++)
		daemon_reload(&scene.daemon);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	daemon_reload(&scene.daemon);
	call_answer(&call);
	daemon_reload(&scene.daemon);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(failed_reload_changes_nothing_and_says_where)
{
	static const char *const mistakes[] = {
		"nonsense {\n}\n",
		"sip {\n\ttimer_c_s = -1\n}\n",
		"gateway lost {\n}\n",
		"trunk \"unclosed",
	};
	struct scene scene;
	char line[200];

	scene_open(&scene, SCENE(.trunk = "\treject_at = 77\n"));
	scene_block(&scene, CALLER, 77);
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		scene_configure(&scene, SCENE(.trunk = "\treject_at = 200\n",
					      .sections = mistakes[i]));
		daemon_reload(&scene.daemon);
		expect_rejected(&scene, CALLER, 607);
		expect_bridged(&scene, "+12125550101");
	}
	snprintf(line, sizeof(line), "%s:", scene.daemon.config);
	daemon_await_logged(&scene.daemon, line);
	scene_configure(&scene, SCENE(.trunk = "\treject_at = 200\n"));
	daemon_reload(&scene.daemon);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

static void close_ended(struct scene *scene)
{
	peer_close(&scene->caller);
	peer_close(&scene->callee);
	daemon_fini(&scene->daemon);
}

static int reload_by_command(struct scene *scene, char text[4096])
{
	return daemon_run(text, 4096, "callsieve", "-c '%s' reload",
			  scene->daemon.config);
}

/* What fails must show in the exit status, and why on the terminal. */
START_TEST(reload_by_command_says_what_is_wrong)
{
	static const struct {
		const char *sections, *why;
	} mistakes[] = {
		{"gateway lost {\n}\n", "gateway \"lost\""},
		{"trunk \"unclosed", "carrier"}, /* a quote, without end */
		{"history {\n\tpairs = 4096\n}\n",
		 "\"history\" cannot change while running"},
	};
	struct scene scene;
	char text[4096];

	scene_open(&scene, SCENE(.trunk = "\treject_at = 77\n"));
	scene_block(&scene, CALLER, 77);
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		scene_configure(&scene,
				SCENE(.trunk = "\treject_at = 200\n",
				      .sections = mistakes[i].sections));
		claim_number(reload_by_command(&scene, text), 1);
		claim(strstr(text, mistakes[i].why) || i == 1, "it said %s",
		      text);
		claim(strstr(text, "goes on with the configuration it had"),
		      "it said %s", text);
		expect_rejected(&scene, CALLER, 607);
	}
	daemon_await_logged(&scene.daemon, "event=reload-error");
	scene_configure(&scene, SCENE(.trunk = "\treject_at = 200\n"));
	claim_number(reload_by_command(&scene, text), 0);
	claim_text(text, "The configuration was read and is in force.\n");
	expect_bridged(&scene, CALLER);
	daemon_stop(&scene.daemon);
	claim_number(reload_by_command(&scene, text), 1);
	claim(strstr(text, "No callsieved runs"), "it said %s", text);
	close_ended(&scene);
}
END_TEST

static int status(struct scene *scene, char text[4096])
{
	return daemon_run(text, 4096, "callsieve", "-c '%s' status",
			  scene->daemon.config);
}

START_TEST(status_tells_what_is_wrong)
{
	struct scene scene;
	char text[4096], away[200];

	scene_open(&scene, SCENE(.trunk = "\tenforce = \"no\"\n"));
	claim_number(status(&scene, text), 0);
	claim(strstr(text, "in shadow mode"), "it said %s", text);
	claim(!strstr(text, "PROBLEM"), "it said %s", text);

	/* The file that names the database is broken, and that is gone too. */
	snprintf(away, sizeof(away), "%s.away", scene.daemon.database);
	claim(!rename(scene.daemon.database, away), "rename");
	daemon_await_metric_equal(&scene.daemon, "callsieve_database_ok", 0,
				  20000);
	scene_configure(&scene, SCENE(.sections = "trunk \"unclosed"));
	claim_number(status(&scene, text), 1);
	claim(strstr(text, "PROBLEM: the file was deleted"), "it said %s",
	      text);
	claim(!rename(away, scene.daemon.database), "rename back");
	daemon_await_metric_equal(&scene.daemon, "callsieve_database_ok", 1,
				  20000);
	claim_number(status(&scene, text), 0);
	daemon_signal(&scene.daemon, SIGKILL);
	waitpid(scene.daemon.pid, NULL, 0);
	claim_number(status(&scene, text), 1);
	claim(strstr(text, "does not run here"), "it said %s", text);
	scene.daemon.pid = 0;
	close_ended(&scene);
}
END_TEST

START_TEST(missing_file_at_reload_changes_nothing)
{
	struct scene scene;

	scene_open(&scene, NULL);
	claim(!remove(scene.daemon.config), "remove");
	daemon_reload(&scene.daemon);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

static void expect_503(struct scene *scene, const char *method)
{
	struct dialog dialog;
	const struct message *answer;

	dialog_init(&dialog, &scene->caller, CALLER, CALLEE);
	dialog_send(&dialog, method, NULL);
	answer = dialog_expect(&dialog, 503, method);
	claim(message_header(answer, "Retry-After", 0), "no Retry-After");
	if (!strcmp(method, "INVITE"))
		dialog_ack_failure(&dialog, answer);
}

START_TEST(drain_refuses_new_calls_and_lets_old_ones_end)
{
	struct scene scene;
	struct call up, ringing;
	const struct message *message;

	scene_open(&scene, NULL);
	call_establish(&up, &scene);
	call_place(&ringing, &scene, NULL);
	daemon_signal(&scene.daemon, SIGTERM);
	daemon_await_state(&scene.daemon, "STOPPING=1");
	expect_503(&scene, "OPTIONS");
	expect_503(&scene, "INVITE");

	/* Both go on: one is answered, one is changed. */
	call_answer(&ringing);
	dialog_send(&up.callee, "INVITE", PARTS(.body = OFFER));
	message = dialog_expect_request(&up.caller, "INVITE");
	dialog_reply(&up.caller, message, 200, PARTS(.body = ANSWER));
	dialog_expect(&up.callee, 200, "INVITE");
	dialog_ack(&up.callee, NULL);
	dialog_expect_request(&up.caller, "ACK");
	call_hang_up(&ringing);
	expect_503(&scene, "OPTIONS");
	call_hang_up(&up);
	claim_number(daemon_await_exit(&scene.daemon), 0);
	claim_number(daemon_sql_int(&scene.daemon,
				    "SELECT count(*) FROM calls WHERE "
				    "status = 200"),
		     2);
	close_ended(&scene);
}
END_TEST

START_TEST(drain_is_bounded)
{
	struct scene scene;
	struct call up, ringing;

	scene_open(&scene, SCENE(.sections = "sip {\n\tdrain_s = 1\n}\n"));
	call_establish(&up, &scene);
	call_place(&ringing, &scene, NULL);
	dialog_reply(&ringing.callee, ringing.invite, 180, NULL);
	dialog_expect(&ringing.caller, 180, "INVITE");
	daemon_signal(&scene.daemon, SIGTERM);
	dialog_reply(&up.caller, dialog_expect_request(&up.caller, "BYE"), 200,
		     NULL);
	dialog_reply(&up.callee, dialog_expect_request(&up.callee, "BYE"), 200,
		     NULL);
	dialog_reply(&ringing.callee,
		     dialog_expect_request(&ringing.callee, "CANCEL"), 200,
		     NULL);
	dialog_reply(&ringing.callee, ringing.invite, 487, NULL);
	dialog_expect_request(&ringing.callee, "ACK");
	claim(peer_poll(&scene.caller, 503, "INVITE", NULL, PEER_PATIENCE_MS) ||
		      peer_poll(&scene.caller, 487, "INVITE", NULL, 0) ||
		      peer_poll(&scene.caller, 480, "INVITE", NULL, 0),
	      "the ringing call gets no sensible final answer");
	claim_number(daemon_await_exit(&scene.daemon), 0);
	close_ended(&scene);
}
END_TEST

START_TEST(second_signal_ends_the_drain)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	daemon_signal(&scene.daemon, SIGTERM);
	daemon_await_state(&scene.daemon, "STOPPING=1");
	daemon_signal(&scene.daemon, SIGTERM);
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	dialog_reply(&call.callee, dialog_expect_request(&call.callee, "BYE"),
		     200, NULL);
	claim_number(daemon_await_exit(&scene.daemon), 0);
	close_ended(&scene);
}
END_TEST

START_TEST(emergency_is_bridged_while_draining)
{
	struct scene scene;
	struct call up, call;

	scene_open(&scene, NULL);
	call_establish(&up, &scene);
	daemon_signal(&scene.daemon, SIGTERM);
	daemon_await_state(&scene.daemon, "STOPPING=1");
	call_begin(&call, &scene, CALLER, "911", NULL);
	call_reaches(&call, &scene.callee);
	call_answer(&call);
	call_hang_up(&call);
	call_hang_up(&up);
	claim_number(daemon_await_exit(&scene.daemon), 0);
	close_ended(&scene);
}
END_TEST

START_TEST(configuration_can_be_checked)
{
	struct scene scene;
	char text[4096], where[200];

	scene_init(&scene, NULL);
	scene_configure(&scene, NULL);
	claim_number(daemon_run(text, sizeof(text), "callsieved", "-t -c %s",
				scene.daemon.config),
		     0);
	write_text(scene.daemon.config, "listen main {\n"
					"\taddress = \"127.0.0.1\"\n"
					"\tport = 99999\n"
					"}\n"
					"gateway g {\n"
					"\turi = \"http://x\"\n"
					"}\n");
	claim(daemon_run(text, sizeof(text), "callsieved", "-t -c %s",
			 scene.daemon.config) != 0,
	      "it is accepted");
	snprintf(where, sizeof(where), "%s:3: ", scene.daemon.config);
	claim(strstr(text, where), "no %s in: %s", where, text);
	snprintf(where, sizeof(where), "%s:6: ", scene.daemon.config);
	claim(strstr(text, where), "no %s in: %s", where, text);
	claim(daemon_run(text, sizeof(text), "callsieved", "-t -c %s/none",
			 scene.daemon.dir) != 0,
	      "a missing file is accepted");
	close_ended(&scene);
}
END_TEST

/* A process that holds the database for so long. */
static pid_t hold_database(const struct scene *scene, int ms)
{
	int ready[2];
	char byte;
	pid_t pid;
	sqlite3 *db;

	claim(!pipe(ready), "pipe");
	pid = fork();
	claim(pid >= 0, "fork");
	if (pid == 0) {
		sqlite3_open(scene->daemon.database, &db);
		sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
		if (write(ready[1], "", 1) == 1)
			poll(NULL, 0, ms);
		_exit(0);
	}
	claim(read(ready[0], &byte, 1) == 1, "read");
	close(ready[0]);
	close(ready[1]);
	return pid;
}

START_TEST(slow_start_sheds_no_call)
{
	struct scene scene;
	pid_t holder;

	scene_open(&scene, SCENE(.lag_ms = 200));
	daemon_stop(&scene.daemon);
	holder = hold_database(&scene, 600);
	daemon_start(&scene.daemon);
	expect_bridged(&scene, CALLER);
	waitpid(holder, NULL, 0);
	scene_close(&scene);
}
END_TEST

START_TEST(address_in_use_is_said_and_ends_the_start)
{
	struct scene scene;
	struct peer squatter;
	char text[4096];

	scene_init(&scene, NULL);
	scene_configure(&scene, NULL);
	peer_open(&squatter, "squatter", "udp", scene.daemon.host,
		  scene.daemon.port);
	claim(daemon_run(text, sizeof(text), "callsieved", "-c %s",
			 scene.daemon.config) != 0,
	      "it runs");
	claim(strstr(text, scene.daemon.host), "it does not say where: %s",
	      text);
	peer_close(&squatter);
	close_ended(&scene);
}
END_TEST

Suite *lifecycle_suite(void)
{
	Suite *suite = suite_create("lifecycle");
	TCase *tests = scene_tcase(suite, "lifecycle");

	tcase_add_test(tests, reload_changes_where_the_next_call_goes);
	tcase_add_test(tests,
		       reload_in_the_middle_of_a_call_setup_drops_nothing);
	tcase_add_test(tests, failed_reload_changes_nothing_and_says_where);
	tcase_add_test(tests, reload_by_command_says_what_is_wrong);
	tcase_add_test(tests, status_tells_what_is_wrong);
	tcase_add_test(tests, missing_file_at_reload_changes_nothing);
	tcase_add_test(tests, drain_refuses_new_calls_and_lets_old_ones_end);
	tcase_add_test(tests, drain_is_bounded);
	tcase_add_test(tests, second_signal_ends_the_drain);
	tcase_add_test(tests, emergency_is_bridged_while_draining);
	tcase_add_test(tests, configuration_can_be_checked);
	tcase_add_test(tests, slow_start_sheds_no_call);
	tcase_add_test(tests, address_in_use_is_said_and_ends_the_start);
	return suite;
}
