/* Each call leaves a row that says why; a database in trouble stops neither
 * calls nor screening, and the rows come later. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call/scene.h"
#include "call/suites.h"

#define WRITTEN_MS 3000

static void await_written(struct scene *scene, long count)
{
	daemon_await_metric(&scene->daemon, "callsieve_records_written_total",
			    count, WRITTEN_MS);
}

#define BLOCKED "+12125550111"

START_TEST(bridged_call_leaves_its_row)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	call_hang_up(&call);
	await_written(&scene, 1);
	claim_text(daemon_sql_text(
			   &scene.daemon,
			   "SELECT trunk || ' ' || gateway || ' ' || caller || "
			   "' ' || callee || ' ' || status || ' ' || phrase || "
			   "' ' || ended_by FROM calls"),
		   "carrier core " CALLER " " CALLEE " 200 OK caller");
	claim_text(daemon_sql_text(&scene.daemon, "SELECT call_id FROM calls"),
		   call.caller.call_id);
	claim_text(
		daemon_sql_text(&scene.daemon, "SELECT call_id_out FROM calls"),
		call.callee.call_id);
	claim_number(daemon_sql_int(
			     &scene.daemon,
			     "SELECT answered_at >= started_at AND "
			     "ended_at >= answered_at AND started_at > "
			     "(strftime('%%s', 'now') - 60) * 1000 FROM calls"),
		     1);
	claim_number(
		daemon_sql_int(&scene.daemon,
			       "SELECT json_valid(explanation) FROM calls"),
		1);
	scene_close(&scene);
}
END_TEST

START_TEST(rejected_call_leaves_its_reason)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_block(&scene, BLOCKED, 100);
	expect_rejected(&scene, BLOCKED, 607);
	await_written(&scene, 1);
	claim_text(daemon_sql_text(&scene.daemon,
				   "SELECT action || ' ' || score || ' ' || "
				   "status || ' ' || phrase FROM calls"),
		   "reject 100 607 Unwanted");
	claim_text(daemon_sql_text(
			   &scene.daemon,
			   "SELECT json_extract(explanation, "
			   "'$.signals[0].name') || ' ' || "
			   "(json_extract(explanation, '$.signals[0].row') = "
			   "(SELECT id FROM blocklist)) FROM calls"),
		   "blocklist 1");
	scene_close(&scene);
}
END_TEST

static const char *last_status(struct scene *scene)
{
	return daemon_sql_text(&scene->daemon,
			       "SELECT status || ' ' || phrase || ' ' || "
			       "ended_by FROM calls ORDER BY rowid DESC");
}

START_TEST(calls_that_fail_leave_their_rows)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 486,
		     PARTS(.phrase = "Very Busy"));
	dialog_expect_failure(&call.caller, 486);
	dialog_expect_request(&call.callee, "ACK");
	await_written(&scene, 1);
	claim_text(last_status(&scene), "486 Very Busy callee");

	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_expect_failure(&call.caller, 487);
	dialog_reply(&call.callee,
		     dialog_expect_request(&call.callee, "CANCEL"), 200, NULL);
	dialog_reply(&call.callee, call.invite, 487, NULL);
	dialog_expect_request(&call.callee, "ACK");
	await_written(&scene, 2);
	claim(!strncmp(last_status(&scene), "487 ", 4), "not 487");
	claim(strstr(last_status(&scene), " caller"), "not by the caller");
	scene_close(&scene);
}
END_TEST

START_TEST(text_from_the_wire_is_stored_as_it_came)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	dialog_init(&call.caller, &scene.caller, CALLER, CALLEE);
	snprintf(call.caller.call_id, sizeof(call.caller.call_id),
		 "it's';DROP-TABLE-calls;--\"%%s");
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	call_reaches(&call, &scene.callee);
	call_refuse(&call, 486);
	await_written(&scene, 1);
	claim_text(daemon_sql_text(&scene.daemon, "SELECT call_id FROM calls"),
		   call.caller.call_id);
	scene_close(&scene);
}
END_TEST

static sqlite3 *lock(struct scene *scene)
{
	sqlite3 *db;

	claim(!sqlite3_open(scene->daemon.database, &db), "no database");
	sqlite3_busy_timeout(db, 5000);
	claim(!sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), "%s",
	      sqlite3_errmsg(db));
	return db;
}

/* The process that holds the lock is this one. */
#define HOLDER "callsieve_database_lock_holder_pid{program=\"call.test\"}"

START_TEST(locked_database_stops_no_call_and_gets_its_rows_later)
{
	struct scene scene;
	char named[80];
	sqlite3 *db;

	scene_open(&scene, NULL);
	scene_block(&scene, BLOCKED, 100);
	db = lock(&scene);
	snprintf(named, sizeof(named), "event=database-locked pid=%d program=",
		 (int)getpid());
	for (int i = 0; i < 5; i++) {
		claim(call_passes(&scene, CALLER), "not bridged");
		claim(!call_passes(&scene, BLOCKED), "not rejected");
	}
	claim_number(
		daemon_metric(&scene.daemon, "callsieve_records_written_total"),
		0);
	daemon_await_logged(&scene.daemon, named);
	claim_number(daemon_metric(&scene.daemon, HOLDER), (long)getpid());
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
	await_written(&scene, 10);
	daemon_await_metric_equal(&scene.daemon, HOLDER, 0, WRITTEN_MS);
	claim_number(
		daemon_sql_int(&scene.daemon, "SELECT count(*) FROM calls"),
		10);
	scene_close(&scene);
}
END_TEST

START_TEST(records_that_find_no_room_are_counted)
{
	struct scene scene;
	sqlite3 *db;
	long dropped;

	scene_open(&scene, SCENE(.database = "\trecord_queue = 10\n"));
	scene_block(&scene, BLOCKED, 100);
	db = lock(&scene);
	for (int i = 0; i < 40; i++)
		expect_rejected(&scene, BLOCKED, 607);
	dropped =
		daemon_metric(&scene.daemon, "callsieve_records_dropped_total");
	claim(dropped > 0, "none was dropped");
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
	await_written(&scene, 40 - dropped);
	claim_number(
		daemon_sql_int(&scene.daemon, "SELECT count(*) FROM calls"),
		40 - dropped);
	scene_close(&scene);
}
END_TEST

static void remove_database(struct scene *scene)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char path[200];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", scene->daemon.database,
			 ends[i]);
		unlink(path);
	}
}

static void await_trouble(struct scene *scene)
{
	daemon_await_metric_equal(&scene->daemon, "callsieve_database_ok", 0,
				  WRITTEN_MS);
}

START_TEST(deleted_database_stops_no_call_and_its_successor_gets_the_rows)
{
	struct scene scene;
	char copy[200];

	scene_open(&scene, NULL);
	scene_block(&scene, BLOCKED, 100);
	snprintf(copy, sizeof(copy), "%s/copy.db", scene.daemon.dir);
	daemon_sql(&scene.daemon, "VACUUM INTO '%s'", copy);
	remove_database(&scene);
	await_trouble(&scene);
	claim(call_passes(&scene, CALLER), "not bridged");
	claim(!call_passes(&scene, BLOCKED), "not rejected");
	claim(access(scene.daemon.database, F_OK) != 0,
	      "an empty database was made in its place");

	claim(!rename(copy, scene.daemon.database), "rename");
	await_written(&scene, 2);
	claim_number(
		daemon_sql_int(&scene.daemon, "SELECT count(*) FROM calls"), 2);
	claim(!call_passes(&scene, BLOCKED), "not rejected");
	daemon_sql(&scene.daemon, "DELETE FROM blocklist");
	daemon_await_metric_equal(&scene.daemon, "callsieve_list_entries", 0,
				  1000);
	scene_ping(&scene);
	claim(call_passes(&scene, BLOCKED), "not bridged");
	scene_close(&scene);
}
END_TEST

static void write_garbage(const char *path)
{
	FILE *file = fopen(path, "w");

	for (int i = 0; i < 100; i++)
		fputs("this is no database. ", file);
	fclose(file);
}

START_TEST(corrupt_database_stops_no_call_and_its_successor_gets_the_rows)
{
	struct scene scene;
	char copy[200], garbage[200];

	scene_open(&scene, NULL);
	scene_block(&scene, BLOCKED, 100);
	snprintf(copy, sizeof(copy), "%s/copy.db", scene.daemon.dir);
	snprintf(garbage, sizeof(garbage), "%s/garbage", scene.daemon.dir);
	daemon_sql(&scene.daemon, "VACUUM INTO '%s'", copy);
	remove_database(&scene);
	write_garbage(garbage);
	claim(!rename(garbage, scene.daemon.database), "rename");
	await_trouble(&scene);
	claim(call_passes(&scene, CALLER), "not bridged");
	claim(!call_passes(&scene, BLOCKED), "not rejected");
	claim(!rename(copy, scene.daemon.database), "rename");
	await_written(&scene, 2);
	claim_number(
		daemon_sql_int(&scene.daemon, "SELECT count(*) FROM calls"), 2);
	scene_close(&scene);
}
END_TEST

START_TEST(database_that_cannot_be_opened_stops_no_call)
{
	struct scene scene;

	scene_init(&scene, NULL);
	scene_configure(&scene, NULL);
	write_garbage(scene.daemon.database);
	daemon_start(&scene.daemon);
	expect_bridged(&scene, CALLER);
	claim_number(daemon_metric(&scene.daemon, "callsieve_database_ok"), 0);
	scene_close(&scene);
}
END_TEST

START_TEST(rows_of_the_last_calls_are_written_before_it_ends)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_block(&scene, BLOCKED, 100);
	for (int i = 0; i < 20; i++)
		expect_rejected(&scene, BLOCKED, 607);
	daemon_stop(&scene.daemon);
	claim_number(
		daemon_sql_int(&scene.daemon, "SELECT count(*) FROM calls"),
		20);
	daemon_start(&scene.daemon);
	scene_close(&scene);
}
END_TEST

Suite *records_suite(void)
{
	Suite *suite = suite_create("records");
	TCase *tests = scene_tcase(suite, "records");

	tcase_add_test(tests, bridged_call_leaves_its_row);
	tcase_add_test(tests, rejected_call_leaves_its_reason);
	tcase_add_test(tests, calls_that_fail_leave_their_rows);
	tcase_add_test(tests, text_from_the_wire_is_stored_as_it_came);
	tcase_add_test(tests,
		       locked_database_stops_no_call_and_gets_its_rows_later);
	tcase_add_test(tests, records_that_find_no_room_are_counted);
	tcase_add_test(
		tests,
		deleted_database_stops_no_call_and_its_successor_gets_the_rows);
	tcase_add_test(
		tests,
		corrupt_database_stops_no_call_and_its_successor_gets_the_rows);
	tcase_add_test(tests, database_that_cannot_be_opened_stops_no_call);
	tcase_add_test(tests,
		       rows_of_the_last_calls_are_written_before_it_ends);
	return suite;
}
