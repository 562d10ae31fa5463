/* Doubtful calls reach the callee, who is told. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define DOUBTFUL "+12125550144"
#define PREFIX	 "label {\n\tdisplay_prefix = \"[SPAM?] \"\n}\n"

static const struct message *place(struct call *call, struct scene *scene,
				   const struct parts *parts)
{
	call_begin(call, scene, DOUBTFUL, CALLEE, parts);
	call_reaches(call, &scene->callee);
	return call->invite;
}

START_TEST(doubtful_call_carries_its_score)
{
	struct scene scene;
	struct call call;
	const char *value;

	scene_open(&scene, NULL);
	scene_block(&scene, DOUBTFUL, 60);
	value = message_header(place(&call, &scene, NULL), "X-Spam-Score", 0);
	claim(value &&
		      strncmp(value, "60; signals=\"blocklist\"; id=", 28) == 0,
	      "the header is %s", value ? value : "missing");
	call_answer(&call);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(call_below_the_threshold_is_not_labelled)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	scene_block(&scene, DOUBTFUL, 49);
	claim(!message_header(place(&call, &scene, NULL), "X-Spam-Score", 0),
	      "labelled");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* Checks 64, and that nobody else speaks in our name. */
START_TEST(label_of_somebody_else_is_removed)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	call_place(&call, &scene,
		   PARTS(.headers = "x-spam-score: 0; signals=\"\"\r\n"));
	claim(!message_header(call.invite, "X-Spam-Score", 0), "it passed");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(display_name_gets_the_prefix)
{
	struct scene scene;
	struct call call;
	const char *from;

	scene_open(&scene, SCENE(.sections = PREFIX));
	scene_block(&scene, DOUBTFUL, 60);
	from = message_header(place(&call, &scene, NULL), "From", 0);
	claim(strncmp(from, "\"[SPAM?] " DOUBTFUL "\" <sip:", 28) == 0,
	      "From is %s", from);
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* What many show rather than From's. */
START_TEST(asserted_name_gets_it_too)
{
	struct scene scene;
	struct call call;
	const char *passed;

	scene_open(&scene, SCENE(.sections = PREFIX));
	scene_block(&scene, DOUBTFUL, 60);
	place(&call, &scene,
	      PARTS(.headers = "P-Asserted-Identity: \"A, B\" "
			       "<sip:" DOUBTFUL
			       "@a.example>, <tel:" DOUBTFUL ">\r\n"));
	passed = message_header(call.invite, "P-Asserted-Identity", 0);
	claim(passed && strcmp(passed, "\"[SPAM?] A, B\" <sip:" DOUBTFUL
				       "@a.example>, <tel:" DOUBTFUL ">") == 0,
	      "it is %s", passed ? passed : "missing");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

/* As DOUBTFUL, by the name of a bank. */
static const struct message *place_named(struct call *call, struct scene *scene,
					 const char *param)
{
	dialog_init(&call->caller, &scene->caller, DOUBTFUL, CALLEE);
	snprintf(call->caller.local, sizeof(call->caller.local),
		 "\"Our-BANK\" <sip:" DOUBTFUL "%s@%s:%u>;tag=bank", param,
		 scene->caller.host, scene->caller.port);
	dialog_send(&call->caller, "INVITE", PARTS(.body = OFFER));
	call_reaches(call, &scene->callee);
	return call->invite;
}

START_TEST(name_of_a_bank_that_nobody_vouches_for_is_labelled)
{
	struct scene scene;
	struct call call;
	const char *label;

	scene_open(&scene, SCENE(.trunk = "\tlabel_at = 40\n"));
	label = message_header(place_named(&call, &scene, ""), "X-Spam-Score",
			       0);
	claim(label && strncmp(label, "40; signals=\"display_brand\"", 27) == 0,
	      "the label is %s", label ? label : "missing");
	call_refuse(&call, 486);
	place_named(&call, &scene, ";verstat=TN-Validation-Passed-A");
	claim(!message_header(call.invite, "X-Spam-Score", 0), "labelled");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

#define VERSTAT "label {\n\tverstat = \"No-TN-Validation\"\n}\n"

static const struct {
	const char *claim, *sections, *gateway;
	int points;
	const char *asserted, *passes; /* P-Asserted-Identity */
} verstats[] = {
	{"in a tel URI", VERSTAT, NULL, 60,
	 "<tel:" DOUBTFUL ";verstat=TN-Validation-Passed;cpc=ordinary>",
	 "<tel:" DOUBTFUL ";cpc=ordinary;verstat=No-TN-Validation>"},
	{"in a SIP URI, which has a name", VERSTAT, NULL, 60,
	 "\"A, \\\"B\" <sip:" DOUBTFUL "@a.example;user=phone>",
	 "\"A, \\\"B\" <sip:" DOUBTFUL
	 ";verstat=No-TN-Validation@a.example;user=phone>"},
	{"in both", VERSTAT, NULL, 60,
	 "<sip:" DOUBTFUL
	 "@a.example;verstat=TN-Validation-Passed>, <tel:" DOUBTFUL ">",
	 "<sip:" DOUBTFUL ";verstat=No-TN-Validation@a.example>, <tel:" DOUBTFUL
	 ";verstat=No-TN-Validation>"},
	{"not without a label", VERSTAT, NULL, 40,
	 "<tel:" DOUBTFUL ";verstat=TN-Validation-Passed>",
	 "<tel:" DOUBTFUL ";verstat=TN-Validation-Passed>"},
	{"not to strangers", VERSTAT,
	 "\toptions_interval_s = 0\n\ttrusted = no\n", 60, "<tel:" DOUBTFUL ">",
	 "<tel:" DOUBTFUL ">"},
	{"not unless asked for", NULL, NULL, 60,
	 "<tel:" DOUBTFUL ";verstat=TN-Validation-Passed>",
	 "<tel:" DOUBTFUL ";verstat=TN-Validation-Passed>"},
};

START_TEST(label_says_that_nobody_checked_the_number)
{
	struct scene scene;
	struct call call;
	char header[200];
	const char *passed;
	bool marks = strstr(verstats[_i].passes, "No-TN");

	snprintf(header, sizeof(header), "P-Asserted-Identity: %s\r\n",
		 verstats[_i].asserted);
	scene_open(&scene, SCENE(.sections = verstats[_i].sections,
				 .gateway = verstats[_i].gateway));
	scene_block(&scene, DOUBTFUL, verstats[_i].points);
	place(&call, &scene, PARTS(.body = OFFER, .headers = header));
	passed = message_header(call.invite, "P-Asserted-Identity", 0);
	claim(passed && strcmp(passed, verstats[_i].passes) == 0, "%s: got %s",
	      verstats[_i].claim, passed ? passed : "none");
	claim(!strstr(message_header(call.invite, "From", 0),
		      "sip:" DOUBTFUL ";verstat=No-TN-Validation@") == !marks,
	      "%s: From is %s", verstats[_i].claim,
	      message_header(call.invite, "From", 0));
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

START_TEST(call_info_leads_to_the_call)
{
	struct scene scene;
	struct call call;
	const char *info, *theirs;

	scene_open(&scene,
		   SCENE(.sections = "label {\n\tcall_info = \"<https://c.example"
				     "/{id}?s={score}>;purpose=info\"\n}\n"));
	scene_block(&scene, DOUBTFUL, 60);
	place(&call, &scene,
	      PARTS(.headers = "Call-Info: <sip:theirs@a.example>\r\n"));
	theirs = message_header(call.invite, "Call-Info", 0);
	info = message_header(call.invite, "Call-Info", 1);
	claim(theirs && strcmp(theirs, "<sip:theirs@a.example>") == 0,
	      "theirs is %s", theirs ? theirs : "missing");
	claim(info && strncmp(info, "<https://c.example/", 19) == 0 &&
		      strcmp(info + 19 + 16, "?s=60>;purpose=info") == 0,
	      "Call-Info is %s", info ? info : "missing");
	call_refuse(&call, 486);
	scene_close(&scene);
}
END_TEST

Suite *label_suite(void)
{
	Suite *suite = suite_create("label");
	TCase *tests = scene_tcase(suite, "label");

	tcase_add_test(tests, doubtful_call_carries_its_score);
	tcase_add_test(tests, call_below_the_threshold_is_not_labelled);
	tcase_add_test(tests, label_of_somebody_else_is_removed);
	tcase_add_test(tests, display_name_gets_the_prefix);
	tcase_add_test(tests, asserted_name_gets_it_too);
	tcase_add_test(tests, name_of_a_bank_that_nobody_vouches_for_is_labelled);
	tcase_add_loop_test(tests, label_says_that_nobody_checked_the_number, 0,
			    sizeof(verstats) / sizeof(verstats[0]));
	tcase_add_test(tests, call_info_leads_to_the_call);
	return suite;
}
