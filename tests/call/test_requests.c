/* Requests that belong to no call, and those that never become one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* check 45 */
START_TEST(options_get_200_with_what_we_can)
{
	struct scene scene;
	struct dialog dialog;
	const struct message *answer;

	scene_open(&scene, NULL);
	dialog_init(&dialog, &scene.caller, "ping", "ping");
	dialog_send(&dialog, "OPTIONS", NULL);
	answer = dialog_expect(&dialog, 200, "OPTIONS");
	claim(message_header(answer, "Allow", 0) &&
		      strstr(message_header(answer, "Allow", 0), "INVITE"),
	      "no Allow with INVITE");
	claim(message_header(answer, "Accept", 0), "no Accept");
	claim(message_header(answer, "Supported", 0), "no Supported");
	scene_close(&scene);
}
END_TEST

/* check 17 */
START_TEST(unknown_dialog_gets_481)
{
	static const char *const methods[] = {"BYE",	 "INFO",  "UPDATE",
					      "INVITE",	 "REFER", "NOTIFY",
					      "MESSAGE", "PRACK"};
	struct scene scene;

	scene_open(&scene, NULL);
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		struct dialog dialog;
		const struct message *answer;

		dialog_init(&dialog, &scene.caller, CALLER, CALLEE);
		snprintf(dialog.remote, sizeof(dialog.remote),
			 "<%s>;tag=nobodys", dialog.target);
		dialog_send(&dialog, methods[i],
			    PARTS(.headers = "RAck: 1 1 INVITE\r\n"
					     "Event: x\r\n"));
		answer = dialog_expect(&dialog, 481, methods[i]);
		if (!strcmp(methods[i], "INVITE"))
			dialog_ack_failure(&dialog, answer);
	}
	scene_close(&scene);
}
END_TEST

/* check 17 */
START_TEST(stray_ack_gets_nothing)
{
	struct scene scene;
	struct dialog dialog;

	scene_open(&scene, NULL);
	dialog_init(&dialog, &scene.caller, CALLER, CALLEE);
	snprintf(dialog.remote, sizeof(dialog.remote), "<%s>;tag=nobodys",
		 dialog.target);
	dialog_ack(&dialog, NULL);
	scene_ping(&scene);
	scene_close(&scene);
}
END_TEST

START_TEST(stray_answer_gets_nothing)
{
	struct scene scene;

	scene_open(&scene, NULL);
	peer_printf(&scene.caller,
		    "SIP/2.0 200 OK\r\n"
		    "Via: SIP/2.0/UDP %s:%u;branch=z9hG4bK-stray\r\n"
		    "From: <sip:a@example.com>;tag=a\r\n"
		    "To: <sip:b@example.com>;tag=b\r\n"
		    "Call-ID: stray\r\nCSeq: 1 INVITE\r\n"
		    "Contact: <sip:b@%s:%u>\r\nContent-Length: 0\r\n\r\n",
		    scene.daemon.host, scene.daemon.port, scene.caller.host,
		    scene.caller.port);
	scene_ping(&scene);
	scene_close(&scene);
}
END_TEST

/* check 12 */
START_TEST(unknown_method_gets_405_and_allow)
{
	static const char *const methods[] = {"FOO", "REGISTER", "PUBLISH",
					      "SUBSCRIBE", "MESSAGE"};
	struct scene scene;

	scene_open(&scene, NULL);
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		struct dialog dialog;
		const struct message *answer;

		dialog_init(&dialog, &scene.caller, CALLER, CALLEE);
		dialog_send(&dialog, methods[i],
			    PARTS(.headers = "Event: presence\r\n"));
		answer = dialog_expect(&dialog, 405, methods[i]);
		claim(message_header(answer, "Allow", 0) &&
			      strstr(message_header(answer, "Allow", 0),
				     "INVITE"),
		      "no Allow with INVITE");
	}
	scene_close(&scene);
}
END_TEST

/* check 10 */
START_TEST(unknown_requirement_gets_420_naming_it)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	const char *unsupported;

	scene_open(&scene, NULL);
	call_begin(&call, &scene, CALLER, CALLEE,
		   PARTS(.body = OFFER,
			 .headers = "Require: martian, venusian\r\n"));
	answer = dialog_expect_failure(&call.caller, 420);
	unsupported = message_header(answer, "Unsupported", 0);
	claim(unsupported && strstr(unsupported, "martian") &&
		      strstr(unsupported, "venusian"),
	      "Unsupported: %s", unsupported ? unsupported : "(none)");
	scene_close(&scene);
}
END_TEST

START_TEST(unknown_proxy_requirement_gets_420_naming_it)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	const char *unsupported;

	scene_open(&scene, NULL);
	call_begin(
		&call, &scene, CALLER, CALLEE,
		PARTS(.body = OFFER, .headers = "Proxy-Require: martian\r\n"));
	answer = dialog_expect_failure(&call.caller, 420);
	unsupported = message_header(answer, "Unsupported", 0);
	claim(unsupported && strstr(unsupported, "martian"), "Unsupported: %s",
	      unsupported ? unsupported : "(none)");
	scene_close(&scene);
}
END_TEST

/* check 6 */
START_TEST(max_forwards_of_0_gets_483)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_begin(&call, &scene, CALLER, CALLEE,
		   PARTS(.body = OFFER, .max_forwards = "0"));
	dialog_expect_failure(&call.caller, 483);
	call_place(&call, &scene, PARTS(.body = OFFER, .max_forwards = "1"));
	claim_text(message_header(call.invite, "Max-Forwards", 0), "0");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* check 6 */
START_TEST(options_with_max_forwards_of_0_get_200)
{
	struct scene scene;
	struct dialog dialog;

	scene_open(&scene, NULL);
	dialog_init(&dialog, &scene.caller, "ping", "ping");
	dialog_send(&dialog, "OPTIONS", PARTS(.max_forwards = "0"));
	dialog_expect(&dialog, 200, "OPTIONS");
	scene_close(&scene);
}
END_TEST

/* check 14 */
START_TEST(strange_request_uri_gets_416)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, NULL);
	dialog_init(&call.caller, &scene.caller, CALLER, CALLEE);
	snprintf(call.caller.target, sizeof(call.caller.target),
		 "nobodyKnowsThisScheme:totallyopaquecontent");
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	answer = dialog_expect(&call.caller, 416, "INVITE");
	dialog_ack_failure(&call.caller, answer);
	scene_close(&scene);
}
END_TEST

/* check 24 */
START_TEST(rport_is_honoured)
{
	struct scene scene;
	const struct message *answer;
	char text[64];

	/* The Via names a port nobody has: only ;rport leads back. */
	scene_open(&scene, NULL);
	peer_printf(&scene.caller,
		    "OPTIONS sip:%s:%u SIP/2.0\r\n"
		    "Via: SIP/2.0/UDP 192.0.2.44:9;branch=z9hG4bK-rp;rport\r\n"
		    "Max-Forwards: 70\r\nFrom: <sip:a@192.0.2.44>;tag=a\r\n"
		    "To: <sip:b@192.0.2.44>\r\nCall-ID: rport\r\n"
		    "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
		    scene.daemon.host, scene.daemon.port);
	answer = peer_expect(&scene.caller, 200, "OPTIONS", "rport");
	claim_text(value_param(text, sizeof(text),
			       message_header(answer, "Via", 0), "received"),
		   scene.caller.address);
	claim_number(
		atoi(value_param(text, sizeof(text),
				 message_header(answer, "Via", 0), "rport")),
		scene.caller.port);
	scene_close(&scene);
}
END_TEST

/* Opens a stranger: an address of no trunk. */
static void open_stranger(struct peer *stranger, struct scene *scene)
{
	char address[32];

	peer_open(stranger, "stranger", "udp",
		  daemon_address(address, &scene->daemon, 9), 0);
	peer_set_target(stranger, scene->daemon.host, scene->daemon.port);
}

/* check 26 */
START_TEST(unknown_source_gets_403)
{
	struct scene scene;
	struct peer stranger;
	struct dialog dialog;

	scene_open(&scene, NULL);
	open_stranger(&stranger, &scene);
	dialog_init(&dialog, &stranger, CALLER, CALLEE);
	dialog_send(&dialog, "INVITE", PARTS(.body = OFFER));
	dialog_expect_failure(&dialog, 403);
	dialog_init(&dialog, &stranger, CALLER, CALLEE);
	dialog_send(&dialog, "FOO", NULL);
	dialog_expect(&dialog, 403, "FOO");
	scene_ping(&scene);
	peer_close(&stranger);
	scene_close(&scene);
}
END_TEST

/* check 26 */
START_TEST(unknown_source_gets_silence_if_so_configured)
{
	struct scene scene;
	struct peer stranger;
	struct dialog dialog;
	static const char *const methods[] = {"INVITE", "OPTIONS", "FOO",
					      "BYE"};

	scene_open(&scene,
		   SCENE(.sections = "sip {\n\tunknown_source = silent\n}\n"));
	open_stranger(&stranger, &scene);
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		dialog_init(&dialog, &stranger, CALLER, CALLEE);
		dialog_send(&dialog, methods[i], NULL);
	}

	/* Answered after the stranger's: they have been seen. */
	scene_ping(&scene);
	expect_bridged(&scene, CALLER);
	peer_expect_nothing(&stranger, 50);
	peer_close(&stranger);
	scene_close(&scene);
}
END_TEST

START_TEST(stranger_cannot_end_a_call)
{
	struct scene scene;
	struct peer stranger;
	struct call call;
	struct dialog stolen;

	scene_open(&scene, NULL);
	open_stranger(&stranger, &scene);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");

	/* A CANCEL that does not match by its Via's sent-by. */
	stolen = call.caller;
	stolen.peer = &stranger;
	dialog_cancel(&stolen, NULL);
	claim(peer_poll(&stranger, 403, "CANCEL", NULL, PEER_PATIENCE_MS) ||
		      peer_poll(&stranger, 481, "CANCEL", NULL, 1),
	      "the CANCEL is not refused");
	call_answer(&call);
	call_hang_up(&call);
	peer_close(&stranger);
	scene_close(&scene);
}
END_TEST

Suite *requests_suite(void)
{
	Suite *suite = suite_create("requests");
	TCase *tests = scene_tcase(suite, "requests");

	tcase_add_test(tests, options_get_200_with_what_we_can);
	tcase_add_test(tests, unknown_dialog_gets_481);
	tcase_add_test(tests, stray_ack_gets_nothing);
	tcase_add_test(tests, stray_answer_gets_nothing);
	tcase_add_test(tests, unknown_method_gets_405_and_allow);
	tcase_add_test(tests, unknown_requirement_gets_420_naming_it);
	tcase_add_test(tests, unknown_proxy_requirement_gets_420_naming_it);
	tcase_add_test(tests, max_forwards_of_0_gets_483);
	tcase_add_test(tests, options_with_max_forwards_of_0_get_200);
	tcase_add_test(tests, strange_request_uri_gets_416);
	tcase_add_test(tests, rport_is_honoured);
	tcase_add_test(tests, unknown_source_gets_403);
	tcase_add_test(tests, unknown_source_gets_silence_if_so_configured);
	tcase_add_test(tests, stranger_cannot_end_a_call);
	return suite;
}
