/* However a call ends on one side, it ends on both. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* check 33 */
START_TEST(crossing_byes_are_both_answered)
{
	struct scene scene;
	struct call call;
	const struct message *bye = NULL;
	struct dialog *on;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "BYE", NULL);
	dialog_send(&call.callee, "BYE", NULL);
	dialog_expect(&call.caller, 200, "BYE");
	dialog_expect(&call.callee, 200, "BYE");
	/* Whoever was the second need not be told. */
	while (!bye) {
		bye = peer_poll(&scene.callee, 0, "BYE", NULL, 50);
		on = &call.callee;
		if (bye)
			break;
		bye = peer_poll(&scene.caller, 0, "BYE", NULL, 50);
		on = &call.caller;
	}
	dialog_reply(on, bye, 200, NULL);
	scene_close(&scene);
}
END_TEST

/* check 32 */
START_TEST(bye_before_the_ack_ends_both_sides)
{
	struct scene scene;
	struct call call;
	const struct message *bye;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_send(&call.caller, "BYE", NULL);
	dialog_expect(&call.caller, 200, "BYE");
	dialog_expect_request(&call.callee, "ACK");
	bye = dialog_expect_request(&call.callee, "BYE");
	dialog_reply(&call.callee, bye, 200, NULL);
	scene_close(&scene);
}
END_TEST

/* check 32 */
START_TEST(callee_that_hangs_up_before_the_ack_ends_both_sides)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 200, PARTS(.body = ANSWER));
	dialog_expect(&call.caller, 200, "INVITE");
	dialog_send(&call.callee, "BYE", NULL);
	dialog_expect(&call.callee, 200, "BYE");

	/* RFC 3261 15: towards the caller only after its ACK. */
	peer_expect_nothing(&scene.caller, 50);
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	scene_close(&scene);
}
END_TEST

/* RFC 3261 15: it may not, before it answers. */
START_TEST(callee_that_hangs_up_in_an_early_dialog_ends_nothing)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_send(&call.callee, "BYE", NULL);
	dialog_expect(&call.callee, 200, "BYE");
	peer_expect_nothing(&scene.caller, 50);
	if (_i) {
		call_refuse(&call, 480);
	} else {
		call_answer(&call);
		call_hang_up(&call);
	}
	scene_close(&scene);
}
END_TEST

START_TEST(bye_during_a_reinvite_ends_that_too)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *invite;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	dialog_send(on.from, "INVITE", PARTS(.body = OFFER));
	invite = dialog_expect_request(on.to, "INVITE");
	dialog_reply(on.to, invite, 180, NULL);
	dialog_expect(on.from, 180, "INVITE");
	dialog_send(on.from, "BYE", NULL);
	dialog_expect(on.from, 200, "BYE");
	dialog_expect_failure(on.from, 487);
	dialog_reply(on.to, dialog_expect_request(on.to, "CANCEL"), 200, NULL);
	dialog_reply(on.to, dialog_expect_request(on.to, "BYE"), 200, NULL);
	dialog_reply(on.to, invite, 487, NULL);
	dialog_expect_request(on.to, "ACK");
	scene_close(&scene);
}
END_TEST

/* A 2xx that crosses the BYE: 0, of the side that asked; 1, of the other. */
START_TEST(reinvite_answered_after_the_bye_is_acknowledged)
{
	struct scene scene;
	struct call call;
	const struct message *invite;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	invite = dialog_expect_request(&call.callee, "INVITE");
	if (_i) {
		dialog_send(&call.callee, "BYE", NULL);
		dialog_expect(&call.callee, 200, "BYE");
		dialog_expect_failure(&call.caller, 487);
		dialog_reply(&call.caller,
			     dialog_expect_request(&call.caller, "BYE"), 200,
			     NULL);
	} else {
		dialog_send(&call.caller, "BYE", NULL);
		dialog_expect(&call.caller, 200, "BYE");
		dialog_expect_failure(&call.caller, 487);
		dialog_reply(&call.callee,
			     dialog_expect_request(&call.callee, "BYE"), 200,
			     NULL);
	}
	dialog_reply(&call.callee, invite, 200, PARTS(.body = ANSWER));
	dialog_expect_request(&call.callee, "ACK");
	scene_close(&scene);
}
END_TEST

START_TEST(bye_is_answered_though_the_other_side_is_silent)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "BYE", NULL);
	dialog_expect(&call.caller, 200, "BYE");
	dialog_reply(&call.callee, dialog_expect_request(&call.callee, "BYE"),
		     200, NULL);
	scene_close(&scene);
}
END_TEST

START_TEST(call_unknown_to_one_side_is_ended_on_the_other)
{
	struct scene scene;
	struct call call;
	struct way on;
	const struct message *message;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	on = way(&call, _i);
	dialog_send(on.from, "INFO", NULL);
	message = dialog_expect_request(on.to, "INFO");
	dialog_reply(on.to, message, 481, NULL);
	dialog_expect(on.from, 481, "INFO");

	/* RFC 3261 12.2.1.2: a 481 ends the dialog. */
	message = dialog_expect_request(on.from, "BYE");
	dialog_reply(on.from, message, 200, NULL);
	message = peer_poll(on.to->peer, 0, "BYE", NULL, 200);
	if (message)
		dialog_reply(on.to, message, 481, NULL);
	scene_close(&scene);
}
END_TEST

START_TEST(wrong_tag_gets_481_and_harms_no_one)
{
	struct scene scene;
	struct call call;
	struct dialog wrong;
	char *tag;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	wrong = call.caller;
	tag = strstr(wrong.remote, ";tag=") + 5;
	*tag = *tag == 'x' ? 'y' : 'x';
	dialog_send(&wrong, "BYE", NULL);
	dialog_expect(&wrong, 481, "BYE");
	call.caller.cseq++;
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

Suite *ending_suite(void)
{
	Suite *suite = suite_create("ending");
	TCase *tests = scene_tcase(suite, "ending");

	tcase_add_test(tests, crossing_byes_are_both_answered);
	tcase_add_test(tests, bye_before_the_ack_ends_both_sides);
	tcase_add_test(tests,
		       callee_that_hangs_up_before_the_ack_ends_both_sides);
	tcase_add_loop_test(
		tests, callee_that_hangs_up_in_an_early_dialog_ends_nothing, 0,
		2);
	tcase_add_loop_test(tests, bye_during_a_reinvite_ends_that_too, 0, 2);
	tcase_add_loop_test(
		tests, reinvite_answered_after_the_bye_is_acknowledged, 0, 2);
	tcase_add_test(tests, bye_is_answered_though_the_other_side_is_silent);
	tcase_add_loop_test(
		tests, call_unknown_to_one_side_is_ended_on_the_other, 0, 2);
	tcase_add_test(tests, wrong_tag_gets_481_and_harms_no_one);
	return suite;
}
