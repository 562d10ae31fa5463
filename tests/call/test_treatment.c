/* What becomes of calls that are neither clean nor to be rejected: refused
 * once, challenged, or let through because nobody enforces it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "call/scene.h"
#include "call/suites.h"

#define DOUBTFUL "+12125550144"
#define OTHER	 "+12125550155"
#define IVR	 "sip:" CALLEE "@192.0.2.30;callsieve-token="

#define CHALLENGE                                                              \
	"challenge {\n"                                                        \
	"\turi = \"sip:{callee}@192.0.2.30;callsieve-token={token}\"\n"

/* `token` NULL: there is none in the Request-URI. */
static void begin(struct call *call, struct scene *scene, const char *from,
		  const char *to, const char *token)
{
	char *target = call->caller.target;
	size_t len;

	dialog_init(&call->caller, &scene->caller, from, to);
	len = strlen(target);
	if (token)
		snprintf(target + len, sizeof(call->caller.target) - len,
			 ";callsieve-token=%s", token);
	dialog_send(&call->caller, "INVITE", PARTS(.body = OFFER));
}

/* The answer to a call that reaches nobody. */
static const struct message *refused_with(struct scene *scene, const char *from,
					  const char *token, int status)
{
	struct call call;

	begin(&call, scene, from, CALLEE, token);
	return dialog_expect_failure(&call.caller, status);
}

static const struct message *refused(struct scene *scene, const char *from,
				     int status)
{
	return refused_with(scene, from, NULL, status);
}

/* Reaches the callee, who sees that it is labelled or not. */
static void reaches_with(struct scene *scene, const char *from,
			 const char *token, bool labelled)
{
	struct call call;

	begin(&call, scene, from, CALLEE, token);
	call_reaches(&call, &scene->callee);
	claim_number(message_count(call.invite, "X-Spam-Score"), labelled);
	call_refuse(&call, 486);
}

static void reaches(struct scene *scene, const char *from, bool labelled)
{
	reaches_with(scene, from, NULL, labelled);
}

static void open_greylist(struct scene *scene, unsigned after_s)
{
	char section[80];

	snprintf(section, sizeof(section), "greylist {\n\tafter_s = %u\n}\n",
		 after_s);
	scene_open(scene,
		   SCENE(.trunk = "\tgreylist_at = 60\n", .sections = section));
	scene_block(scene, DOUBTFUL, 70);
}

START_TEST(who_tries_again_after_a_while_passes)
{
	struct scene scene;
	struct call call;
	const struct message *answer;

	open_greylist(&scene, 1);
	answer = refused(&scene, DOUBTFUL, 480);
	claim_text(answer->phrase, "Temporarily Unavailable");
	claim_text(message_header(answer, "Retry-After", 0), "1");
	usleep(2100 * 1000);
	/* That counts for this callee alone. */
	call_begin(&call, &scene, DOUBTFUL, "+13035550188", NULL);
	dialog_expect_failure(&call.caller, 480);
	reaches(&scene, DOUBTFUL, true);
	/* And from now on at once. */
	reaches(&scene, DOUBTFUL, true);
	claim_number(
		daemon_metric(&scene.daemon, "callsieve_greylist_passed_total"),
		2);
	claim_number(
		daemon_metric(&scene.daemon,
			      "callsieve_calls_total{action=\"greylist\"}"),
		2);
	scene_close(&scene);
}
END_TEST

START_TEST(who_tries_again_at_once_does_not)
{
	struct scene scene;

	open_greylist(&scene, 600);
	for (int i = 0; i < 6; i++)
		refused(&scene, DOUBTFUL, 480);
	scene_close(&scene);
}
END_TEST

static void open_challenge(struct scene *scene, const char *more)
{
	char sections[300];

	snprintf(sections, sizeof(sections), CHALLENGE "%s}\n", more);
	scene_open(scene, SCENE(.trunk = "\tchallenge_at = 60\n",
				.sections = sections));
	scene_block(scene, DOUBTFUL, 70);
	scene_block(scene, OTHER, 70);
}

/* Until the next call. */
static const char *challenged(struct scene *scene, const char *from)
{
	static char token[80];
	const struct message *answer = refused(scene, from, 302);
	const char *contact = message_header(answer, "Contact", 0);
	size_t len = strlen("<" IVR);

	claim_text(answer->phrase, "Moved Temporarily");
	claim_number(message_count(answer, "Contact"), 1);
	claim(strncmp(contact, "<" IVR, len) == 0 &&
		      strlen(contact) < sizeof(token) + len,
	      "Contact is %s", contact);
	snprintf(token, sizeof(token), "%.*s",
		 (int)strcspn(contact + len, ">;"), contact + len);
	return token;
}

/* check 61 */
START_TEST(token_lets_the_call_pass_once)
{
	struct scene scene;
	char token[80];

	open_challenge(&scene, "\tagain = \"reject\"\n");
	strcpy(token, challenged(&scene, DOUBTFUL));
	reaches_with(&scene, DOUBTFUL, token, true);
	refused_with(&scene, DOUBTFUL, token, 607);
	claim_number(
		daemon_metric(&scene.daemon,
			      "callsieve_challenge_total{result=\"passed\"}"),
		1);
	claim_number(daemon_metric(
			     &scene.daemon,
			     "callsieve_challenge_total{result=\"bad-token\"}"),
		     1);
	scene_close(&scene);
}
END_TEST

/* It is between whoever was challenged and us. */
START_TEST(token_goes_no_further)
{
	struct scene scene;
	struct call call;
	char token[80];

	open_challenge(&scene, "");
	strcpy(token, challenged(&scene, DOUBTFUL));
	dialog_init(&call.caller, &scene.caller, DOUBTFUL, CALLEE);
	snprintf(call.caller.target + strlen(call.caller.target),
		 sizeof(call.caller.target) - strlen(call.caller.target),
		 ";x=1;callsieve-token=%s;y=2", token);
	dialog_send(&call.caller, "INVITE",
		    PARTS(.body = OFFER, .headers = "Supported: histinfo\r\n"));
	call_reaches(&call, &scene.callee);
	claim(!strstr(call.invite->raw, token), "it passed");
	claim(strstr(call.invite->uri, ";x=1;y=2"), "Request-URI is %s",
	      call.invite->uri);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(token_of_somebody_else_is_none)
{
	struct scene scene;
	char token[80], forged[80];

	open_challenge(&scene, "\tagain = \"reject\"\n");
	strcpy(token, challenged(&scene, DOUBTFUL));
	/* It is as if there were none: OTHER was not challenged yet. */
	refused_with(&scene, OTHER, token, 302);
	strcpy(forged, token);
	forged[strlen(forged) - 1] ^= 1;
	refused_with(&scene, DOUBTFUL, forged, 607);
	strcpy(forged, token);
	forged[0] = 'f'; /* it would be valid for ages */
	refused_with(&scene, DOUBTFUL, forged, 607);
	refused_with(&scene, DOUBTFUL, "", 607);
	reaches_with(&scene, DOUBTFUL, token, true);
	scene_close(&scene);
}
END_TEST

/* Though both are under way at once, and whichever way they come. */
START_TEST(token_is_for_one_call_to_one_callee)
{
	struct scene scene;
	struct call first, second;
	char token[80];

	open_challenge(&scene, "\tagain = \"reject\"\n");
	strcpy(token, challenged(&scene, DOUBTFUL));
	begin(&second, &scene, DOUBTFUL, "+13035550188", token);
	dialog_expect_failure(&second.caller, 302);

	begin(&first, &scene, DOUBTFUL, CALLEE, token);
	begin(&second, &scene, DOUBTFUL, CALLEE, token);
	call_reaches(&first, &scene.callee);
	dialog_expect_failure(&second.caller, 607);
	call_refuse(&first, 486);
	claim_number(
		daemon_metric(&scene.daemon,
			      "callsieve_challenge_total{result=\"passed\"}"),
		1);
	scene_close(&scene);
}
END_TEST

/* What could be read as two tokens, or goes on where one ends. */
START_TEST(token_is_not_to_be_tampered_with)
{
	static const char *const forms[] = {
		"%sx", "%.50s", "x;callsieve-token=%s", "%%00%s", "%s,%s",
	};
	struct scene scene;
	char token[80], forged[200];

	open_challenge(&scene, "\tagain = \"reject\"\n");
	strcpy(token, challenged(&scene, DOUBTFUL));
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		snprintf(forged, sizeof(forged), forms[i], token, token);
		refused_with(&scene, DOUBTFUL, forged, 607);
	}
	reaches_with(&scene, DOUBTFUL, token, true);
	scene_close(&scene);
}
END_TEST

START_TEST(nobody_is_challenged_twice_in_a_row)
{
	struct scene scene;

	open_challenge(&scene, "");
	challenged(&scene, DOUBTFUL);
	reaches(&scene, DOUBTFUL, true);
	challenged(&scene, OTHER);
	scene_close(&scene);
}
END_TEST

/* RFC 3261 8.3: parameters that only one URI has make no other one of it. */
START_TEST(challenge_never_leads_back_here)
{
	struct scene scene;
	char sections[200];
	struct scene_options options = {.trunk = "\tchallenge_at = 60\n",
					.sections = sections};

	scene_init(&scene, &options);
	snprintf(sections, sizeof(sections),
		 "challenge {\n\turi = \"sip:{callee}@%s:%u;"
		 "callsieve-token={token}\"\n}\n",
		 scene.daemon.host, scene.daemon.port);
	scene_configure(&scene, &options);
	daemon_start(&scene.daemon);
	scene_block(&scene, DOUBTFUL, 70);
	reaches(&scene, DOUBTFUL, true);
	scene_close(&scene);
}
END_TEST

static const struct {
	const char *enforce;
	bool labelled;
} shadows[] = {{"no", false}, {"label", true}};

START_TEST(shadow_lets_all_through_and_records_it)
{
	struct scene scene;
	char trunk[80];

	snprintf(trunk, sizeof(trunk), "\tenforce = \"%s\"\n",
		 shadows[_i].enforce);
	scene_open(&scene, SCENE(.trunk = trunk));
	scene_block(&scene, DOUBTFUL, 170);
	reaches(&scene, DOUBTFUL, shadows[_i].labelled);
	claim_number(daemon_metric(&scene.daemon,
				   "callsieve_not_enforced_total{"
				   "trunk=\"carrier\",action=\"reject\"}"),
		     1);
	claim_number(daemon_metric(&scene.daemon,
				   "callsieve_calls_total{action=\"reject\"}"),
		     0);
	daemon_await_metric(&scene.daemon, "callsieve_records_written_total", 1,
			    5000);
	claim_text(daemon_sql_text(&scene.daemon,
				   "SELECT action || ' ' || "
				   "(explanation ->> 'treatment') FROM calls"),
		   shadows[_i].labelled ? "reject label" : "reject allow");
	scene_close(&scene);
}
END_TEST

START_TEST(signal_in_shadow_adds_nothing)
{
	struct scene scene;

	scene_open(&scene, SCENE(.screening = "\tshadow = {\"blocklist\"}\n"));
	scene_block(&scene, DOUBTFUL, 100);
	reaches(&scene, DOUBTFUL, false);
	daemon_await_metric(&scene.daemon, "callsieve_records_written_total", 1,
			    5000);
	claim_text(daemon_sql_text(
			   &scene.daemon,
			   "SELECT score || ' ' || "
			   "(explanation ->> '$.signals[0].outcome') || ' ' || "
			   "(explanation ->> '$.signals[0].points') "
			   "FROM calls"),
		   "0 shadow 100");
	scene_close(&scene);
}
END_TEST

Suite *treatment_suite(void)
{
	Suite *suite = suite_create("treatment");
	TCase *tests = scene_tcase(suite, "treatment");

	tcase_add_test(tests, who_tries_again_after_a_while_passes);
	tcase_add_test(tests, who_tries_again_at_once_does_not);
	tcase_add_test(tests, token_lets_the_call_pass_once);
	tcase_add_test(tests, token_goes_no_further);
	tcase_add_test(tests, token_of_somebody_else_is_none);
	tcase_add_test(tests, token_is_for_one_call_to_one_callee);
	tcase_add_test(tests, token_is_not_to_be_tampered_with);
	tcase_add_test(tests, nobody_is_challenged_twice_in_a_row);
	tcase_add_test(tests, challenge_never_leads_back_here);
	tcase_add_loop_test(tests, shadow_lets_all_through_and_records_it, 0,
			    sizeof(shadows) / sizeof(shadows[0]));
	tcase_add_test(tests, signal_in_shadow_adds_nothing);
	return suite;
}
