/* What rejected callers are answered, by why and by the trunk's profile. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define SPAMMER "+12125550166"
#define REDRESS "redress {\n\turl = \"https://callsieve.example/redress\"\n}\n"
#define REASON                                                                 \
	"SIP;cause=603;text=\"v=analytics1;"                                   \
	"url=https://callsieve.example/redress;id="
#define ID_CHARS 37

static const struct message *rejected(struct scene *scene, const char *from,
				      const struct parts *parts, int status,
				      const char *phrase)
{
	const struct message *answer;
	struct call call;

	call_begin(&call, scene, from, CALLEE, parts);
	answer = dialog_expect_failure(&call.caller, status);
	claim_text(answer->phrase, phrase);
	return answer;
}

static void block_under(struct scene *scene, const char *profile)
{
	char trunk[80];

	snprintf(trunk, sizeof(trunk), "\tprofile = \"%s\"\n", profile);
	scene_open(scene, SCENE(.trunk = trunk, .sections = REDRESS));
	scene_block(scene, SPAMMER, 100);
}

/* check 49 */
START_TEST(generic_says_607_and_nothing_more)
{
	struct scene scene;
	const struct message *answer;

	block_under(&scene, "generic");
	answer = rejected(&scene, SPAMMER, NULL, 607, "Unwanted");
	claim_number(message_count(answer, "Reason"), 0);
	claim_number(message_count(answer, "Call-Info"), 0);
	scene_close(&scene);
}
END_TEST

static const char *reason_id(const struct message *answer)
{
	static char id[ID_CHARS + 1];
	const char *reason = message_header(answer, "Reason", 0);
	size_t len = strlen(REASON);

	claim_number(message_count(answer, "Reason"), 1);
	claim(strncmp(reason, REASON, len) == 0 &&
		      strlen(reason) > len + ID_CHARS &&
		      strcmp(reason + len + ID_CHARS, "\";location=RLN") == 0,
	      "Reason is %s", reason);
	snprintf(id, sizeof(id), "%.*s", ID_CHARS, reason + len);
	return id;
}

/* check 57, check 60: and a repeated INVITE gets the very same. */
START_TEST(us_fcc_says_603_network_blocked)
{
	struct scene scene;
	struct call call;
	char id[ID_CHARS + 1];
	const struct message *answer;

	block_under(&scene, "us-fcc");
	scene.caller.shows_retransmissions = true;
	call_begin(&call, &scene, SPAMMER, CALLEE, NULL);
	answer = dialog_expect(&call.caller, 603, "INVITE");
	claim_text(answer->phrase, "Network Blocked");
	strcpy(id, reason_id(answer));
	/* With the same bytes. */
	dialog_resend(&call.caller, PARTS(.body = OFFER));
	answer = dialog_expect(&call.caller, 603, "INVITE");
	claim_text(answer->phrase, "Network Blocked");
	claim_text(reason_id(answer), id);
	dialog_ack_failure(&call.caller, answer);
	scene_close(&scene);
}
END_TEST

/* Found by whoever was given the id, not by who changes a letter of it. */
START_TEST(redress_id_names_the_call)
{
	struct scene scene;
	char id[ID_CHARS + 1], out[4096];
	const char *database;

	block_under(&scene, "us-fcc");
	strcpy(id, reason_id(rejected(&scene, SPAMMER, NULL, 603,
				      "Network Blocked")));
	database = scene.daemon.database;
	daemon_await_metric(&scene.daemon, "callsieve_records_written_total", 1,
			    5000);
	claim_number(daemon_run(out, sizeof(out), "callsieve",
				"-d '%s' explain %s", database, id),
		     0);
	claim(strstr(out, SPAMMER) != NULL, "explain said %s", out);
	/* To a digit, as an id may have: anything else is no id at all, and of
	 * letters capitals are the same. */
	id[ID_CHARS / 2] = id[ID_CHARS / 2] == '1' ? '2' : '1';
	claim_number(daemon_run(out, sizeof(out), "callsieve",
				"-d '%s' explain %s", database, id),
		     1);
	scene_close(&scene);
}
END_TEST

/* check 50, check 54 */
START_TEST(ietf_says_608_to_who_takes_it)
{
	static const char url[] = "<https://callsieve.example/redress/";
	struct scene scene;
	const struct message *answer;
	const char *info;

	block_under(&scene, "ietf");
	answer = rejected(&scene, SPAMMER,
			  PARTS(.headers = "Feature-Caps: *;+sip.6\r\n"
					   "Feature-Caps: *;+sip.608\r\n"),
			  608, "Rejected");
	info = message_header(answer, "Call-Info", 0);
	claim(info && strncmp(info, url, strlen(url)) == 0 &&
		      strcmp(info + strlen(url) + ID_CHARS,
			     ".jws>;purpose=jwscard") == 0,
	      "Call-Info is %s", info ? info : "missing");
	answer = rejected(&scene, SPAMMER,
			  PARTS(.headers = "Feature-Caps: *;+sip.6080\r\n"),
			  607, "Unwanted");
	claim_number(message_count(answer, "Call-Info"), 0);
	scene_close(&scene);
}
END_TEST

/* check 62: withheld by choice, and rejected for that alone. */
START_TEST(anonymity_gets_433)
{
	struct scene scene;

	scene_open(&scene, SCENE(.screening = "\tanonymous_points = 100\n"
					      "\thints_max_points = 100\n"));
	rejected(&scene, CALLER, PARTS(.headers = "Privacy: id\r\n"), 433,
		 "Anonymity Disallowed");
	scene_block(&scene, SPAMMER, 120);
	rejected(&scene, SPAMMER, PARTS(.headers = "Privacy: id\r\n"), 607,
		 "Unwanted");
	scene_close(&scene);
}
END_TEST

/* check 63 */
START_TEST(profile_of_ones_own)
{
	struct scene scene;
	const struct message *answer;

	scene_open(&scene,
		   SCENE(.trunk = "\tprofile = \"mine\"\n",
			 .sections =
				 "profile mine {\n\tlist = {\"404 No Such "
				 "Number\", 'X-Why: \"list\" {redress_id}', "
				 "\"Retry-After: 9\"}\n}\n"));
	scene_block(&scene, SPAMMER, 100);
	answer = rejected(&scene, SPAMMER, NULL, 404, "No Such Number");
	claim_text(message_header(answer, "Retry-After", 0), "9");
	claim_number((long)strlen(message_header(answer, "X-Why", 0)),
		     7 + ID_CHARS);
	scene_close(&scene);
}
END_TEST

#define STIR_CALLER	 "+12125550142"
#define ANALYTICS_CALLER "+13035550143" /* the callee's neighbour */
#define DNO_CALLER	 "+12125550144"
#define IMPOSSIBLE	 "+12120550100123456" /* E.164 ends at 15 digits */

static const struct {
	const char *profile;
	struct {
		int status;
		const char *phrase;
	} list, dno, analytics, number, anonymous, stir;
} answers[] = {
	{"generic",
	 {607, "Unwanted"},
	 {607, "Unwanted"},
	 {607, "Unwanted"},
	 {607, "Unwanted"},
	 {433, "Anonymity Disallowed"},
	 {607, "Unwanted"}},
	{"us-fcc",
	 {603, "Network Blocked"},
	 {403, "Forbidden"},
	 {603, "Network Blocked"},
	 {403, "Forbidden"},
	 {433, "Anonymity Disallowed"},
	 {603, "Network Blocked"}},
	{"ietf",
	 {608, "Rejected"},
	 {403, "Forbidden"},
	 {608, "Rejected"},
	 {403, "Forbidden"},
	 {433, "Anonymity Disallowed"},
	 {438, "Invalid Identity Header"}},
};

#define TAKES_608	 "Feature-Caps: *;+sip.608\r\n"
#define ANSWERED(reason) answers[_i].reason.status, answers[_i].reason.phrase

/* Each profile has an answer of its own for each reason; redress, as 603 and
 * 608 need it, is in those and in no other. */
START_TEST(each_reason_has_the_answer_of_the_profile)
{
	struct scene scene;
	const struct message *answer;
	char trunk[80];
	int status;

	snprintf(trunk, sizeof(trunk),
		 "\tprofile = \"%s\"\n\tidentity = \"pai\"\n",
		 answers[_i].profile);
	scene_open(&scene, SCENE(.trunk = trunk, .sections = REDRESS,
				 .screening = "\thints_max_points = 200\n"
					      "\tneighbour_points = 100\n"
					      "\tmalformed_points = 100\n"
					      "\tanonymous_points = 100\n"
					      "\tstir_failed_points = 100\n"));
	scene_edit(&scene, "INSERT INTO dno(number) VALUES('" DNO_CALLER "')");
	scene_block(&scene, SPAMMER, 100);

	rejected(&scene, DNO_CALLER, PARTS(.headers = TAKES_608),
		 ANSWERED(dno));
	rejected(&scene, IMPOSSIBLE, PARTS(.headers = TAKES_608),
		 ANSWERED(number));
	rejected(&scene, CALLER, PARTS(.headers = TAKES_608 "Privacy: id\r\n"),
		 ANSWERED(anonymous));
	rejected(&scene, STIR_CALLER,
		 PARTS(.headers = TAKES_608
		       "P-Asserted-Identity: <tel:" STIR_CALLER
		       ";verstat=TN-Validation-Failed>\r\n"),
		 ANSWERED(stir));
	answer = rejected(&scene, ANALYTICS_CALLER, PARTS(.headers = TAKES_608),
			  ANSWERED(analytics));
	status = answers[_i].analytics.status;
	claim_number(message_count(answer, "Reason"), status == 603);
	claim_number(message_count(answer, "Call-Info"), status == 608);
	answer = rejected(&scene, SPAMMER, PARTS(.headers = TAKES_608),
			  ANSWERED(list));
	claim_number(message_count(answer, "Reason"), status == 603);
	scene_close(&scene);
}
END_TEST

Suite *profiles_suite(void)
{
	Suite *suite = suite_create("profiles");
	TCase *tests = scene_tcase(suite, "profiles");

	tcase_add_test(tests, generic_says_607_and_nothing_more);
	tcase_add_test(tests, us_fcc_says_603_network_blocked);
	tcase_add_test(tests, redress_id_names_the_call);
	tcase_add_test(tests, ietf_says_608_to_who_takes_it);
	tcase_add_test(tests, anonymity_gets_433);
	tcase_add_test(tests, profile_of_ones_own);
	tcase_add_loop_test(tests, each_reason_has_the_answer_of_the_profile, 0,
			    (int)(sizeof(answers) / sizeof(*answers)));
	return suite;
}
