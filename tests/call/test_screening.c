/* Who gets 607 for what the lists say, and who never does. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* check 18, check 49 */
START_TEST(blocked_caller_gets_607)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	char tag[64];
	long rejected;

	scene_open(&scene, NULL);
	scene_edit(&scene,
		   "INSERT INTO blocklist(number) VALUES('" CALLER "')");
	rejected = daemon_metric(&scene.daemon,
				 "callsieve_calls_total{action=\"reject\"}");
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	answer = dialog_expect_failure(&call.caller, 607);
	claim_text(answer->phrase, "Unwanted");
	claim(*value_param(tag, sizeof(tag), message_header(answer, "To", 0),
			   "tag"),
	      "no tag");
	claim_number(daemon_metric(&scene.daemon,
				   "callsieve_calls_total{action=\"reject\"}"),
		     rejected + 1);
	claim_number(daemon_metric(&scene.daemon, "callsieve_calls"), 0);
	scene_close(&scene);
}
END_TEST

/* check 2 */
START_TEST(repeated_invite_of_a_blocked_caller_counts_once)
{
	struct scene scene;
	struct call call;
	const struct message *first, *second;

	scene_open(&scene, NULL);
	scene_block(&scene, CALLER, 100);
	scene.caller.shows_retransmissions = true;
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	first = dialog_expect(&call.caller, 607, "INVITE");

	/* Its answer was lost, say. */
	dialog_resend(&call.caller, PARTS(.body = OFFER));
	second = dialog_expect(&call.caller, 607, "INVITE");
	claim_text(message_header(second, "To", 0),
		   message_header(first, "To", 0));
	dialog_ack_failure(&call.caller, second);
	expect_bridged(&scene, "+12125550101");
	claim_number(daemon_metric(&scene.daemon, "callsieve_invites_total"),
		     2);
	daemon_await_metric(&scene.daemon, "callsieve_records_written_total", 2,
			    3000);
	claim_number(daemon_sql_int(&scene.daemon,
				    "SELECT count(*) FROM calls WHERE "
				    "status = 607"),
		     1);
	scene_close(&scene);
}
END_TEST

#define ROWS                                                                   \
	"INSERT INTO blocklist(number, points, expires_at) VALUES"             \
	"('+12125550111', 100, NULL),"                                         \
	"('+1900*', 100, NULL),"                                               \
	"('+19005*', 100, NULL),"                                              \
	"('+44207*', 100, NULL),"                                              \
	"('+442079460000', 30, NULL),"                                         \
	"('+12125550112', 74, NULL),"                                          \
	"('+12125550113', 100, datetime('now', '-1 minute')),"                 \
	"('+12125550114', 100, datetime('now', '+1 hour')),"                   \
	"('(212) 555-0115', 100, NULL),"                                       \
	"('+12125550116', 100, NULL)"
#define ALLOWED                                                                \
	"INSERT INTO allowlist(number) VALUES"                                 \
	"('+190055*'), ('+12125550116'), ('+4420*')"

static const struct judged {
	const char *from, *asserted; /* user of From; PAI value or NULL */
	bool blocked;
} judged[] = {
	{"+12125550111", NULL, true},
	{"12125550111", NULL, true},
	{"2125550111", NULL, true},
	{"+1-212-555-0111", NULL, true},
	{"+1(212)555.0111", NULL, true},
	{"%2B12125550111", NULL, true},
	{"+12125550111;npdi;rn=+12125559999", NULL, true},
	{"0112125550111", NULL, false}, /* abroad: +212 5550111 */
	{"+121255501110", NULL, false},
	{"+1212555011", NULL, false},
	{"+19001234567", NULL, true},	/* prefix */
	{"+19005012345", NULL, true},	/* two prefixes */
	{"+19005501234", NULL, false},	/* longer allow prefix */
	{"+12125550112", NULL, false},	/* a point too few */
	{"+12125550113", NULL, false},	/* expired */
	{"+12125550114", NULL, true},	/* not yet */
	{"+12125550115", NULL, true},	/* normalised by the trigger */
	{"+12125550116", NULL, false},	/* on both: allowed */
	{"+442071234567", NULL, true},	/* longer block prefix */
	{"+442011234567", NULL, false}, /* allow prefix */
	{"+442079460000", NULL, false}, /* the longest match has few points */
	{"anonymous", NULL, false},
	{"unavailable", NULL, false},
	{"alice", NULL, false},
	{"+12125550100", "<sip:+12125550111@a.example;user=phone>", true},
	{"+12125550100", "<tel:+12125550111>", true},
	{"+12125550100", "<tel:+1-212-555-0111;cpc=ordinary>", true},
	{"anonymous", "\"X\" <sip:+12125550111@a.example>", true},
	{"+12125550111", "<tel:+12125550100>", false},
	{"+12125550100", "<sip:alice@a.example>, <tel:+12125550111>", true},
};

#define JUDGED (sizeof(judged) / sizeof(*judged))

static void judge(struct scene *scene, const struct judged *one)
{
	struct call call;
	char line[256] = "";

	trace_note("from %s, asserted %s", one->from,
		   one->asserted ? one->asserted : "nobody");
	if (one->asserted)
		snprintf(line, sizeof(line), "P-Asserted-Identity: %s\r\n",
			 one->asserted);
	call_begin(&call, scene, one->from, CALLEE,
		   PARTS(.body = OFFER, .headers = line));
	if (one->blocked) {
		dialog_expect_failure(&call.caller, 607);
		return;
	}
	call_reaches(&call, &scene->callee);
	call_refuse(&call, 486);
}

START_TEST(lists_decide_by_the_longest_match)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_edit(&scene, ROWS);
	scene_edit(&scene, ALLOWED);
	for (size_t i = 0; i < JUDGED; i++)
		judge(&scene, &judged[i]);
	scene_close(&scene);
}
END_TEST

START_TEST(trunk_that_goes_by_from_ignores_the_asserted_identity)
{
	struct scene scene;
	static const struct judged ones[] = {
		{"+12125550111", "<tel:+12125550100>", true},
		{"+12125550100", "<tel:+12125550111>", false},
	};

	scene_open(&scene, SCENE(.trunk = "\tidentity = from\n"));
	scene_edit(&scene,
		   "INSERT INTO blocklist(number) VALUES('+12125550111')");
	judge(&scene, &ones[0]);
	judge(&scene, &ones[1]);
	scene_close(&scene);
}
END_TEST

START_TEST(national_numbers_are_read_as_the_trunks_country_dials)
{
	struct scene scene;
	static const struct judged ones[] = {
		{"02079460000", NULL, true},
		{"00442079460000", NULL, true},
		{"+442079460000", NULL, true},
		{"2125550111", NULL, false},
	};

	scene_open(&scene, SCENE(.country = "44"));
	scene_edit(&scene,
		   "INSERT INTO blocklist(number) VALUES('+442079460000'), "
		   "('+12125550111')");
	for (int i = 0; i < 4; i++)
		judge(&scene, &ones[i]);
	scene_close(&scene);
}
END_TEST

START_TEST(edits_are_obeyed_by_the_next_call)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	for (int i = 0; i < 3; i++) {
		scene_edit(&scene,
			   "INSERT INTO blocklist(number) VALUES('" CALLER
			   "')");
		expect_rejected(&scene, CALLER, 607);
		scene_edit(&scene, "DELETE FROM blocklist");
		expect_bridged(&scene, CALLER);
	}
	scene_edit(&scene,
		   "INSERT INTO blocklist(number) VALUES('" CALLER "')");
	scene_edit(&scene, "UPDATE blocklist SET number = '+12125550111' "
			   "WHERE number = '" CALLER "'");
	expect_bridged(&scene, CALLER);
	expect_rejected(&scene, "+12125550111", 607);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 44 */
START_TEST(call_in_progress_is_never_judged_again)
{
	static const char *const methods[] = {"UPDATE", "INFO", "INVITE"};
	struct scene scene;
	struct call call;
	const struct message *message;
	long invites;

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	scene_edit(&scene,
		   "INSERT INTO blocklist(number) VALUES('" CALLER "')");
	invites = daemon_metric(&scene.daemon, "callsieve_invites_total");
	for (int i = 0; i < 6; i++) {
		struct way on = way(&call, i % 2);

		dialog_send(on.from, methods[i / 2], PARTS(.body = OFFER));
		message = dialog_expect_request(on.to, methods[i / 2]);
		dialog_reply(on.to, message, 200, PARTS(.body = ANSWER));
		dialog_expect(on.from, 200, methods[i / 2]);
		if (strcmp(methods[i / 2], "INVITE"))
			continue;
		dialog_ack(on.from, NULL);
		dialog_expect_request(on.to, "ACK");
	}
	call_hang_up(&call);
	claim_number(daemon_metric(&scene.daemon, "callsieve_invites_total"),
		     invites);
	expect_rejected(&scene, CALLER, 607);
	scene_close(&scene);
}
END_TEST

START_TEST(row_expires_by_itself)
{
	struct scene scene;
	long end;

	scene_open(&scene, NULL);
	scene_edit(&scene,
		   "INSERT INTO blocklist(number, expires_at) VALUES('" CALLER
		   "', datetime('now', '+5 seconds'))");
	expect_rejected(&scene, CALLER, 607);
	end = trace_clock_ms() + 20000;
	while (!call_passes(&scene, CALLER))
		claim(trace_clock_ms() < end, "it never expires");
	scene_close(&scene);
}
END_TEST

START_TEST(unscreened_trunk_is_bridged_unjudged)
{
	struct scene scene;

	scene_open(&scene, SCENE(.trunk = "\tscreen = no\n"));
	scene_block(&scene, CALLER, 100);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

START_TEST(threshold_is_the_trunks)
{
	struct scene scene;

	scene_open(&scene, SCENE(.trunk = "\treject_at = 250\n"));
	scene_block(&scene, "+12125550111", 224);
	scene_block(&scene, "+12125550112", 250);
	expect_bridged(&scene, "+12125550111");
	expect_rejected(&scene, "+12125550112", 607);
	scene_close(&scene);
}
END_TEST

/* Bridged though the caller is blocked; the gateway gets what was asked for,
 * byte for byte: RFC 5031. */
static void expect_emergency(struct scene *scene, const char *uri,
			     const char *user)
{
	struct call call;

	dialog_init(&call.caller, &scene->caller, CALLER, user);
	if (uri)
		snprintf(call.caller.target, sizeof(call.caller.target), "%s",
			 uri);
	dialog_send(&call.caller, "INVITE",
		    PARTS(.body = OFFER,
			  .headers = "Geolocation: <cid:here@a.example>\r\n"));
	call_reaches(&call, &scene->callee);
	claim_text(message_header(call.invite, "Geolocation", 0),
		   "<cid:here@a.example>");
	if (uri)
		claim_text(call.invite->uri, uri);
	call_answer(&call);
	call_hang_up(&call);
}

START_TEST(emergency_is_bridged_whoever_calls)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_edit(&scene,
		   "INSERT INTO blocklist(number) VALUES('" CALLER "')");
	expect_emergency(&scene, "urn:service:sos", CALLEE);
	expect_emergency(&scene, "urn:service:sos.fire", CALLEE);
	expect_emergency(&scene, NULL, "911");
	expect_emergency(&scene, NULL, "112");
	expect_rejected(&scene, CALLER, 607);
	scene_close(&scene);
}
END_TEST

START_TEST(blocked_callee_is_no_blocked_caller)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_edit(&scene,
		   "INSERT INTO blocklist(number) VALUES('" CALLEE "')");
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

START_TEST(lists_are_in_force_before_the_first_call)
{
	struct scene scene;

	scene_open(&scene, NULL);
	scene_edit(&scene,
		   "INSERT INTO blocklist(number) VALUES('" CALLER "')");
	daemon_stop(&scene.daemon);
	daemon_start(&scene.daemon);
	expect_rejected(&scene, CALLER, 607);
	scene_close(&scene);
}
END_TEST

Suite *screening_suite(void)
{
	Suite *suite = suite_create("screening");
	TCase *tests = scene_tcase(suite, "screening");

	tcase_add_test(tests, blocked_caller_gets_607);
	tcase_add_test(tests, repeated_invite_of_a_blocked_caller_counts_once);
	tcase_add_test(tests, lists_decide_by_the_longest_match);
	tcase_add_test(tests,
		       trunk_that_goes_by_from_ignores_the_asserted_identity);
	tcase_add_test(tests,
		       national_numbers_are_read_as_the_trunks_country_dials);
	tcase_add_test(tests, edits_are_obeyed_by_the_next_call);
	tcase_add_test(tests, call_in_progress_is_never_judged_again);
	tcase_add_test(tests, row_expires_by_itself);
	tcase_add_test(tests, unscreened_trunk_is_bridged_unjudged);
	tcase_add_test(tests, threshold_is_the_trunks);
	tcase_add_test(tests, emergency_is_bridged_whoever_calls);
	tcase_add_test(tests, blocked_callee_is_no_blocked_caller);
	tcase_add_test(tests, lists_are_in_force_before_the_first_call);
	return suite;
}
