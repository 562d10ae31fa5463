/* What each of the lists does to a call, and in which order they count. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define SPAMMER "+12125550166"
#define REDRESS "redress {\n\turl = \"https://callsieve.example/redress\"\n}\n"

static void add_rule(struct scene *scene, const char *number,
		     const char *action)
{
	daemon_sql(&scene->daemon,
		   "INSERT INTO subscribers(id, name) VALUES(7, 'callee')");
	daemon_sql(&scene->daemon,
		   "INSERT INTO subscriber_numbers(number, subscriber) "
		   "VALUES('" CALLEE "', 7)");
	scene_edit(scene,
		   "INSERT INTO subscriber_rules(subscriber, number, action) "
		   "VALUES(7, '%s', '%s')",
		   number, action);
}

static void open_us(struct scene *scene)
{
	scene_open(scene, SCENE(.trunk = "\tprofile = \"us-fcc\"\n",
				.sections = REDRESS));
}

START_TEST(nothing_keeps_out_who_is_never_to_be_blocked)
{
	struct scene scene;

	open_us(&scene);
	scene_edit(&scene, "INSERT INTO blocklist(number) VALUES('+1212*')");
	add_rule(&scene, "+1212*", "block");
	expect_rejected(&scene, SPAMMER, 607);
	scene_edit(&scene,
		   "INSERT INTO neverblock(number) VALUES('" SPAMMER "')");
	expect_bridged(&scene, SPAMMER);
	expect_rejected(&scene, "+12125550167", 607);
	scene_close(&scene);
}
END_TEST

/* By analytics it would be 603. */
START_TEST(callees_own_block_is_607_under_us_fcc)
{
	struct scene scene;

	open_us(&scene);
	scene_block(&scene, SPAMMER, 100);
	expect_rejected(&scene, SPAMMER, 603);
	add_rule(&scene, SPAMMER, "block");
	expect_rejected(&scene, SPAMMER, 607);
	scene_edit(&scene, "UPDATE subscriber_rules SET action = 'allow'");
	expect_bridged(&scene, SPAMMER);
	scene_edit(&scene, "UPDATE subscriber_numbers SET number = "
			   "'+13035550100'");
	expect_rejected(&scene, SPAMMER, 603);
	scene_close(&scene);
}
END_TEST

START_TEST(number_that_nobody_calls_from_is_403_under_us_fcc)
{
	struct scene scene;

	open_us(&scene);
	scene_edit(&scene, "INSERT INTO dno(number) VALUES('" SPAMMER "')");
	expect_rejected(&scene, SPAMMER, 403);
	scene_edit(&scene,
		   "INSERT INTO allowlist(number) VALUES('" SPAMMER "')");
	expect_bridged(&scene, SPAMMER);
	scene_close(&scene);
}
END_TEST

START_TEST(own_number_from_outside_is_labelled)
{
	struct scene scene;
	struct call call;
	const char *label;

	scene_open(&scene, NULL);
	scene_edit(&scene, "INSERT INTO own_numbers(number) "
			   "VALUES('(212) 555-0160 - (212) 555-0169')");
	call_begin(&call, &scene, SPAMMER, CALLEE, NULL);
	call_reaches(&call, &scene.callee);
	label = message_header(call.invite, "X-Spam-Score", 0);
	claim(label && strstr(label, "own_number"), "the label is %s",
	      label ? label : "missing");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

static void expect_withheld_refused(struct scene *scene)
{
	struct call call;

	call_begin(&call, scene, CALLER, CALLEE,
		   PARTS(.body = OFFER, .headers = "Privacy: id\r\n"));
	claim_text(dialog_expect_failure(&call.caller, 433)->phrase,
		   "Anonymity Disallowed");
}

START_TEST(callee_is_as_strict_as_it_wants)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_block(&scene, SPAMMER, 70);
	add_rule(&scene, "+13035550100", "block");
	expect_bridged(&scene, SPAMMER);
	scene_edit(&scene, "INSERT INTO subscriber_settings(subscriber, "
			   "reject_at) VALUES(7, 70)");
	expect_rejected(&scene, SPAMMER, 607);
	scene_edit(&scene, "UPDATE subscriber_settings SET reject_at = 71, "
			   "anonymous = 'refuse'");
	expect_bridged(&scene, SPAMMER);
	expect_withheld_refused(&scene);
	scene_close(&scene);
}
END_TEST

/* check 62 */
START_TEST(trunk_may_refuse_withheld_numbers)
{
	struct scene scene;

	scene_open(&scene, SCENE(.trunk = "\tanonymous = \"refuse\"\n"));
	expect_withheld_refused(&scene);
	expect_bridged(&scene, CALLER);
	expect_bridged(&scene, "unavailable");
	scene_close(&scene);
}
END_TEST

START_TEST(named_list_counts_for_its_trunks)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_edit(&scene, "INSERT INTO blocklist(number, list) "
			   "VALUES('" SPAMMER "', 'night')");
	expect_rejected(&scene, SPAMMER, 607);
	scene_edit(&scene, "INSERT INTO list_trunks(list, trunk) "
			   "VALUES('night', 'another')");
	expect_bridged(&scene, SPAMMER);
	scene_edit(&scene, "INSERT INTO list_trunks(list, trunk) "
			   "VALUES('night', 'carrier')");
	expect_rejected(&scene, SPAMMER, 607);
	scene_close(&scene);
}
END_TEST

START_TEST(record_names_the_rule_as_written)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_edit(&scene,
		   "INSERT INTO blocklist(id, number, list, source, reason) "
		   "VALUES(17, '(212) 555-0160 - (212) 555-0169', 'night', "
		   "'noc', 'robocalls')");
	expect_rejected(&scene, SPAMMER, 607);
	daemon_stop(&scene.daemon);
	claim_number(
		daemon_sql_int(
			&scene.daemon,
			"SELECT count(*) FROM calls WHERE "
			"explanation ->> '$.signals[0].detail' = 'matches "
			"\"+12125550160-+12125550169\" (list night, source "
			"noc, added ' || date('now') || ': "
			"\"robocalls\"), row 17'"),
		1);
	daemon_start(&scene.daemon);
	scene_close(&scene);
}
END_TEST

Suite *lists_suite(void)
{
	Suite *suite = suite_create("lists");
	TCase *tests = scene_tcase(suite, "lists");

	tcase_add_test(tests, nothing_keeps_out_who_is_never_to_be_blocked);
	tcase_add_test(tests, callees_own_block_is_607_under_us_fcc);
	tcase_add_test(tests,
		       number_that_nobody_calls_from_is_403_under_us_fcc);
	tcase_add_test(tests, own_number_from_outside_is_labelled);
	tcase_add_test(tests, callee_is_as_strict_as_it_wants);
	tcase_add_test(tests, trunk_may_refuse_withheld_numbers);
	tcase_add_test(tests, named_list_counts_for_its_trunks);
	tcase_add_test(tests, record_names_the_rule_as_written);
	return suite;
}
