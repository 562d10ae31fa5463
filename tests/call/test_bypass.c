/* Calls that nothing may stop, and marks that would make a call one of them if
 * anybody could write them. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "call/scene.h"
#include "call/suites.h"

#define BLOCKED "+12125550166"
#define PSAP	"+12125550911"
#define PSAPS	"\tpsaps = {\"" PSAP "\"}\n"
#define FULL	"\tmax_calls = 1\n\tmax_setup = 1\n\tmax_unacked = 1\n"
#define FROM	"\tidentity = \"from\"\n"

/* From `from` to the user part, or the whole URI. */
static void begin(struct call *call, struct scene *scene, const char *from,
		  const char *to, const char *headers)
{
	dialog_init(&call->caller, &scene->caller, from, to);
	if (strchr(to, ':'))
		snprintf(call->caller.target, sizeof(call->caller.target), "%s",
			 to);
	dialog_send(&call->caller, "INVITE",
		    PARTS(.body = OFFER, .headers = headers));
}

static void expect_put_through(struct scene *scene, const char *from,
			       const char *to, const char *headers)
{
	struct call call;

	begin(&call, scene, from, to, headers);
	call_reaches(&call, &scene->callee);
	if (headers)
		claim(message_contains(call.invite, headers), "not intact: %s",
		      headers);
	call_answer(&call);
	call_hang_up(&call);
}

static void expect_refused(struct scene *scene, const char *from,
			   const char *headers, int status)
{
	struct call call;

	begin(&call, scene, from, CALLEE, headers);
	dialog_expect_failure(&call.caller, status);
}

/* It reaches the callee, without that header. */
static void expect_without(struct scene *scene, const char *from,
			   const char *headers, const char *name)
{
	struct call call;

	begin(&call, scene, from, CALLEE, headers);
	call_reaches(&call, &scene->callee);
	claim(!message_header(call.invite, name, 0), "%s was not removed",
	      name);
	call_refuse(&call, 486);
}

static void expect_basis(struct scene *scene, const char *basis)
{
	daemon_await_metric(&scene->daemon, "callsieve_records_written_total",
			    1, 3000);
	claim_text(daemon_sql_text(&scene->daemon,
				   "SELECT json_extract(explanation, '$.basis')"
				   " FROM calls ORDER BY id DESC LIMIT 1"),
		   basis);
}

static void lose_database(struct scene *scene)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char path[200];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", scene->daemon.database,
			 ends[i]);
		unlink(path);
	}
	daemon_await_metric_equal(&scene->daemon, "callsieve_database_ok", 0,
				  3000);
}

/* checks 74, 99 */
START_TEST(emergency_passes_while_nothing_else_works)
{
	static const char *const dialled[] = {
		"911",
		"112",
		"urn:service:sos",
		"urn:service:sos.ambulance",
		"URN:SERVICE:SOS",
		"tel:911;phone-context=+1",
		"sip:+12125550100@127.0.0.1;sos",
		"sip:+12125550100;phone-context=x@127.0.0.1;user=phone;SOS",
	};
	struct scene scene;
	struct call full;
	char sections[200];

	snprintf(sections, sizeof(sections),
		 "reputation {\n\turl = \"http://127.0.0.1:%u/{e164}\"\n}\n",
		 free_port("127.0.0.1"));
	scene_open(&scene, SCENE(.limits = FULL, .sections = sections));
	scene_block(&scene, BLOCKED, 100);
	call_place(&full, &scene, NULL);
	lose_database(&scene);
	expect_refused(&scene, BLOCKED, NULL, 503);
	for (size_t i = 0; i < sizeof(dialled) / sizeof(*dialled); i++)
		expect_put_through(&scene, BLOCKED, dialled[i],
				   "Geolocation: <cid:here@a.example>\r\n");
	/* The one that is in the way, which was asked about. */
	claim_number(daemon_metric(&scene.daemon,
				   "callsieve_reputation_requests_total"
				   "{provider=\"reputation\"}"),
		     1);
	call_refuse(&full, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(emergency_passes_while_we_drain)
{
	struct scene scene;
	struct call held, call;

	scene_open(&scene, NULL);
	call_establish(&held, &scene);
	daemon_signal(&scene.daemon, SIGTERM);
	daemon_await_state(&scene.daemon, "STOPPING=1");
	expect_refused(&scene, CALLER, NULL, 503);
	begin(&call, &scene, CALLER, "911", NULL);
	call_reaches(&call, &scene.callee);
	call_answer(&call);
	call_hang_up(&held);
	call_hang_up(&call);
	claim_number(daemon_await_exit(&scene.daemon), 0);
	daemon_fini(&scene.daemon);
	peer_close(&scene.caller);
	peer_close(&scene.callee);
}
END_TEST

START_TEST(emergency_is_tried_though_every_gateway_is_down)
{
	struct scene scene;

	scene_open(&scene, SCENE(.gateway = "\toptions_interval_s = 1\n"));
	for (int i = 0; i < 2; i++)
		peer_reply(&scene.callee,
			   peer_expect(&scene.callee, 0, "OPTIONS", NULL), 503,
			   NULL);
	daemon_await_logged(&scene.daemon, "event=down");
	scene.callee.ignores = "OPTIONS";
	expect_put_through(&scene, CALLER, "911", NULL);
	scene_close(&scene);
}
END_TEST

/* Another call is given up when what is up has failed. */
START_TEST(emergency_tries_what_is_down_before_it_fails)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	char section[200], address[32];

	scene_init(&scene, NULL);
	peer_open(&spare, "spare", "udp",
		  daemon_address(address, &scene.daemon, 6), 0);
	snprintf(section, sizeof(section),
		 "gateway spare {\n\turi = \"sip:%s:%u\"\n"
		 "\toptions_interval_s = 60\n\tdown_after = 1\n}\n",
		 spare.host, spare.port);
	scene_configure(&scene, SCENE(.gateways = "\"core\", \"spare\"",
				      .sections = section));
	daemon_start(&scene.daemon);
	peer_reply(&spare, peer_expect(&spare, 0, "OPTIONS", NULL), 503, NULL);
	daemon_await_logged(&scene.daemon, "gateway=spare event=down");
	spare.ignores = "OPTIONS";

	begin(&call, &scene, CALLER, CALLEE, NULL);
	call_reaches(&call, &scene.callee);
	dialog_reply(&call.callee, call.invite, 503, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_expect_failure(&call.caller, 500);

	begin(&call, &scene, CALLER, "911", NULL);
	call_reaches(&call, &scene.callee);
	dialog_reply(&call.callee, call.invite, 503, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_reaches(&call, &spare);
	call_answer(&call);
	call_hang_up(&call);
	peer_close(&spare);
	scene_close(&scene);
}
END_TEST

START_TEST(emergency_is_recorded_as_such)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_block(&scene, BLOCKED, 100);
	expect_put_through(&scene, BLOCKED, "911", NULL);
	expect_basis(&scene, "emergency");
	scene_close(&scene);
}
END_TEST

START_TEST(emergency_number_is_known_in_all_its_forms)
{
	static const char *const dialled[] = {"8005550911", "18005550911",
					      "+18005550911", "01118005550911",
					      "+1-800-555-0911"};
	struct scene scene;

	scene_open(&scene, SCENE(.screening = "\temergency = {\"911\", "
					      "\"8005550911\"}\n"));
	scene_block(&scene, BLOCKED, 100);
	for (size_t i = 0; i < sizeof(dialled) / sizeof(*dialled); i++)
		expect_put_through(&scene, BLOCKED, dialled[i], NULL);
	expect_refused(&scene, BLOCKED, NULL, 607);
	scene_close(&scene);
}
END_TEST

/* It can stand in anybody's number. */
START_TEST(sos_parameter_counts_from_trusted_trunks_alone)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, SCENE(.trunk = FROM));
	scene_block(&scene, BLOCKED, 100);
	begin(&call, &scene, BLOCKED, "sip:+12125550100@127.0.0.1;sos", NULL);
	dialog_expect_failure(&call.caller, 607);
	expect_put_through(&scene, BLOCKED, "911", NULL);
	scene_close(&scene);
}
END_TEST

/* check 101 */
START_TEST(precedence_of_a_trusted_trunk_passes_everything)
{
	static const char *const headers[] = {
		"Resource-Priority: ets.0\r\n",
		"Resource-Priority: WPS.3\r\n",
		"Resource-Priority: dsn.flash, ets.4\r\n",
		"Resource-Priority: dsn.flash\r\nResource-Priority: wps.0\r\n",
		"Require: resource-priority\r\nResource-Priority: ets.1\r\n",
	};
	struct scene scene;
	struct call full, call;

	scene_open(&scene, SCENE(.limits = FULL));
	scene_block(&scene, BLOCKED, 100);
	call_place(&full, &scene, NULL);
	expect_refused(&scene, CALLER, NULL, 503);
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		begin(&call, &scene, BLOCKED, CALLEE, headers[i]);
		call_reaches(&call, &scene.callee);
		claim(message_contains(call.invite,
				       strstr(headers[i], "Resource")),
		      "not intact: %s", headers[i]);
		call_answer(&call);
		call_hang_up(&call);
	}
	expect_basis(&scene, "priority");
	call_refuse(&full, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(unknown_precedence_is_ignored_and_passes)
{
	static const char *const headers[] = {
		"Resource-Priority: dsn.flash\r\n",
		"Resource-Priority: ets.9\r\n",
		"Resource-Priority: ets\r\n",
		"Resource-Priority: ets.\r\n",
		"Resource-Priority: xets.0\r\n",
		"Resource-Priority: ets.0.1\r\n",
		"Resource-Priority: ,;=\"\r\n",
	};
	struct scene scene;

	scene_open(&scene, NULL);
	scene_block(&scene, BLOCKED, 100);
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		expect_refused(&scene, BLOCKED, headers[i], 607);
		expect_put_through(&scene, CALLER, CALLEE, headers[i]);
	}
	scene_close(&scene);
}
END_TEST

START_TEST(unknown_precedence_gets_417_where_it_is_required)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, SCENE(.trunk = "\tpriority_namespaces = "
					  "{\"ets\", \"dsn\"}\n"));
	begin(&call, &scene, CALLER, CALLEE,
	      "Require: resource-priority\r\nResource-Priority: wps.0\r\n");
	answer = dialog_expect_failure(&call.caller, 417);
	claim_text(message_header(answer, "Accept-Resource-Priority", 0),
		   "dsn.routine, dsn.priority, dsn.immediate, dsn.flash, "
		   "dsn.flash-override, ets.0, ets.1, ets.2, ets.3, ets.4");
	/* There is no time for that. */
	begin(&call, &scene, CALLER, "911",
	      "Require: resource-priority\r\nResource-Priority: wps.0\r\n");
	call_reaches(&call, &scene.callee);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(precedence_of_an_untrusted_trunk_is_removed)
{
	struct scene scene;
	struct call call;
	const struct message *info;

	scene_open(&scene, SCENE(.trunk = FROM));
	scene_block(&scene, BLOCKED, 100);
	expect_refused(&scene, BLOCKED, "Resource-Priority: ets.0\r\n", 607);
	expect_without(&scene, CALLER,
		       "Resource-Priority: ets.0\r\n"
		       "resource-priority: dsn.flash\r\n",
		       "Resource-Priority");
	expect_refused(&scene, CALLER,
		       "Require: resource-priority\r\n"
		       "Resource-Priority: ets.0\r\n",
		       417);
	call_establish(&call, &scene);
	dialog_send(&call.caller, "INFO",
		    PARTS(.headers = "Resource-Priority: ets.0\r\n"));
	info = dialog_expect_request(&call.callee, "INFO");
	claim(!message_header(info, "Resource-Priority", 0), "not removed");
	dialog_reply(&call.callee, info, 200, NULL);
	dialog_expect(&call.caller, 200, "INFO");
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 100 */
START_TEST(psap_that_calls_back_passes_everything)
{
	struct scene scene;
	struct call full, call;

	scene_open(&scene, SCENE(.limits = FULL, .screening = PSAPS));
	scene_block(&scene, PSAP, 100);
	call_place(&full, &scene, NULL);
	expect_refused(&scene, PSAP, NULL, 503);
	expect_put_through(&scene, PSAP, CALLEE, "Priority: psap-callback\r\n");
	expect_basis(&scene, "psap");
	begin(&call, &scene, CALLER, CALLEE,
	      "P-Asserted-Identity: <tel:" PSAP ">\r\n"
	      "Priority: PSAP-Callback\r\n");
	call_reaches(&call, &scene.callee);
	claim_text(message_header(call.invite, "Priority", 0), "PSAP-Callback");
	call_refuse(&call, 486);
	call_refuse(&full, 486);
	/* It is the mark that counts, not the number alone. */
	expect_refused(&scene, PSAP, NULL, 607);
	expect_refused(&scene, PSAP, "Priority: emergency\r\n", 607);
	scene_close(&scene);
}
END_TEST

/* check 100 */
START_TEST(callback_of_anyone_else_is_unmarked_and_judged)
{
	static const char callback[] = "Priority: psap-callback\r\n";
	struct scene scene;

	scene_open(&scene, SCENE(.screening = PSAPS));
	scene_block(&scene, BLOCKED, 100);
	expect_refused(&scene, BLOCKED, callback, 607);
	expect_without(&scene, CALLER, callback, "Priority");
	expect_without(&scene, CALLER, "priority:  Psap-Callback \r\n",
		       "Priority");
	expect_without(&scene, CALLER,
		       "Priority: psap-callback\r\n"
		       "Subject: in between\r\n"
		       "Priority: psap-callback\r\n",
		       "Priority");
	/* Who it is says the asserted identity, not From. */
	expect_without(&scene, PSAP,
		       "Priority: psap-callback\r\n"
		       "P-Asserted-Identity: <tel:" CALLER ">\r\n",
		       "Priority");
	expect_put_through(&scene, CALLER, CALLEE, "Priority: urgent\r\n");
	scene_close(&scene);
}
END_TEST

/* check 100 */
START_TEST(callback_of_an_untrusted_trunk_is_unmarked_and_judged)
{
	struct scene scene;

	scene_open(&scene, SCENE(.trunk = FROM, .screening = PSAPS));
	scene_block(&scene, PSAP, 100);
	expect_refused(&scene, PSAP, "Priority: psap-callback\r\n", 607);
	expect_without(&scene, CALLER, "Priority: psap-callback\r\n",
		       "Priority");
	scene_close(&scene);
}
END_TEST

Suite *bypass_suite(void)
{
	Suite *suite = suite_create("bypass");
	TCase *tests = scene_tcase(suite, "bypass");

	tcase_add_test(tests, emergency_passes_while_nothing_else_works);
	tcase_add_test(tests, emergency_passes_while_we_drain);
	tcase_add_test(tests, emergency_is_tried_though_every_gateway_is_down);
	tcase_add_test(tests, emergency_tries_what_is_down_before_it_fails);
	tcase_add_test(tests, emergency_is_recorded_as_such);
	tcase_add_test(tests, emergency_number_is_known_in_all_its_forms);
	tcase_add_test(tests, sos_parameter_counts_from_trusted_trunks_alone);
	tcase_add_test(tests, precedence_of_a_trusted_trunk_passes_everything);
	tcase_add_test(tests, unknown_precedence_is_ignored_and_passes);
	tcase_add_test(tests, unknown_precedence_gets_417_where_it_is_required);
	tcase_add_test(tests, precedence_of_an_untrusted_trunk_is_removed);
	tcase_add_test(tests, psap_that_calls_back_passes_everything);
	tcase_add_test(tests, callback_of_anyone_else_is_unmarked_and_judged);
	tcase_add_test(tests,
		       callback_of_an_untrusted_trunk_is_unmarked_and_judged);
	return suite;
}
