/* What the callee's side says no with reaches the caller as it was said. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

static const struct refusal {
	int status;
	const char *phrase;
	const char *name, *value; /* a header that must come with it */
} refusals[] = {
	{302, "Moved Temporarily", "Contact",
	 "<sip:+12125550197@192.0.2.77:5070;transport=tcp>;q=0.7"},
	{300, "Multiple Choices", "Contact",
	 "\"A, B\" <sip:a@192.0.2.77?Subject=x>;q=0.7;expires=60"},
	{301, "Moved Permanently", "m",
	 "<sip:%2B1%61@b.example?Subject=%78> ;q=0.7 , \"C\"\r\n <tel:+1-2;x>,"
	 "sip:d@b.example;expires=1"},
	{305, "Use Proxy", "Contact", "<sip:unclosed"},
	{404, "No Such Thing", NULL, NULL},
	{404, "Not Found", "Reason", "Q.850;cause=1"},
	{410, "Gone", "Error-Info", "<sip:announcement10@example.com>"},
	{415, "Unsupported Media Type", "Accept", "application/sdp"},
	{422, "Session Interval Too Small", "Min-SE", "90"},
	{433, "Anonymity Disallowed", NULL, NULL},
	{480, "Temporarily Unavailable", "Retry-After", "120"},
	{484, "Address Incomplete", NULL, NULL},
	{486, "Busy Here", "Reason", "Q.850;cause=17;text=\"User busy\""},
	{488, "Not Acceptable Here", "Warning",
	 "370 192.0.2.20 \"Insufficient Bandwidth\""},
	{499, "From a Far Country", "X-Why", "because"},
	{500, "Server Internal Error", "Retry-After", "3"},
	{600, "Busy Everywhere", "Retry-After", "18000"},
	{603, "Network Blocked", "Reason",
	 "SIP;cause=603;text=\"v=analytics1;url=https://example.net/redress\""
	 ";location=RLN"},
	{603, "Decline", NULL, NULL},
	{607, "Unwanted", NULL, NULL},
	{608, "Rejected", "Call-Info",
	 "<https://block.example.net/redress/8f3c.jws>;purpose=jwscard"},
};

#define REFUSALS (sizeof(refusals) / sizeof(*refusals))

static void refuse(struct scene *scene, const struct refusal *refusal)
{
	struct call call;
	const struct message *answer;
	char line[256] = "";

	if (refusal->name)
		snprintf(line, sizeof(line), "%s: %s\r\n", refusal->name,
			 refusal->value);
	call_place(&call, scene, NULL);
	dialog_reply(&call.callee, call.invite, refusal->status,
		     PARTS(.phrase = refusal->phrase, .headers = line));
	answer = dialog_expect_failure(&call.caller, refusal->status);
	dialog_expect_request(&call.callee, "ACK");
	claim_text(answer->phrase, refusal->phrase);
	if (refusal->name) {
		claim_text(message_header(answer, refusal->name, 0),
			   refusal->value);
		claim_number(message_count(answer, refusal->name), 1);
	}
	claim(!message_contains(answer, scene->callee.address),
	      "the callee's address shows");
}

/* check 15, check 47, check 56, check 58, check 59 */
START_TEST(refusals_pass_with_phrase_and_headers)
{
	struct scene scene;

	scene_open(&scene, NULL);
	for (size_t i = 0; i < REFUSALS; i++)
		refuse(&scene, &refusals[i]);
	scene_close(&scene);
}
END_TEST

/* check 18 */
START_TEST(refusal_after_ringing_passes)
{
	struct scene scene;
	struct call call;
	const struct message *ringing, *answer;
	char a[64], b[64];

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	ringing = dialog_expect(&call.caller, 180, "INVITE");
	dialog_reply(&call.callee, call.invite, 486, NULL);
	answer = dialog_expect_failure(&call.caller, 486);
	dialog_expect_request(&call.callee, "ACK");
	value_param(a, sizeof(a), message_header(ringing, "To", 0), "tag");
	value_param(b, sizeof(b), message_header(answer, "To", 0), "tag");
	claim_text(b, a);
	scene_close(&scene);
}
END_TEST

/* check 19 */
START_TEST(refusal_is_repeated_until_it_is_acked)
{
	struct scene scene;
	struct call call;

	scene_open(&scene, NULL);
	scene.caller.shows_retransmissions = true;
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 486, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_expect(&call.caller, 486, "INVITE");
	dialog_expect_failure(&call.caller, 486);
	scene_close(&scene);
}
END_TEST

/* check 2 */
START_TEST(repeated_invite_gets_its_answer_again)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	int status = _i ? 200 : 486;

	scene_open(&scene, NULL);
	scene.caller.shows_retransmissions = true;
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, status,
		     PARTS(.body = _i ? ANSWER : NULL));
	answer = dialog_expect(&call.caller, status, "INVITE");
	dialog_resend(&call.caller, PARTS(.body = OFFER));
	claim(peer_poll(&scene.caller, status, "INVITE", NULL, 450),
	      "it does not come again at once");
	if (_i)
		dialog_ack(&call.caller, NULL);
	else
		dialog_ack_failure(&call.caller, answer);
	dialog_expect_request(&call.callee, "ACK");
	if (_i)
		call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

/* check 60: one for each protocol, and none added */
START_TEST(several_reasons_and_warnings_pass_in_order)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	static const char *const values[] = {
		"SIP;cause=603;text=\"v=analytics1;tel=+18005550100\"",
		"Q.850;cause=21;text=\"Call rejected\"",
	};
	char lines[256];

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	snprintf(lines, sizeof(lines), "Reason: %s\r\nReason: %s\r\n",
		 values[0], values[1]);
	dialog_reply(&call.callee, call.invite, 603, PARTS(.headers = lines));
	answer = dialog_expect_failure(&call.caller, 603);
	dialog_expect_request(&call.callee, "ACK");
	snprintf(lines, sizeof(lines), "%s, %s", values[0], values[1]);
	if (message_count(answer, "Reason") == 1) {
		claim_text(message_header(answer, "Reason", 0), lines);
	} else {
		claim_text(message_header(answer, "Reason", 0), values[0]);
		claim_text(message_header(answer, "Reason", 1), values[1]);
		claim_number(message_count(answer, "Reason"), 2);
	}
	scene_close(&scene);
}
END_TEST

/* check 47 */
START_TEST(challenge_passes)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	const char *challenge =
		"Digest realm=\"callee.example\", qop=\"auth\", "
		"nonce=\"f84f1cec41e6cbe5aea9c8e88d359\"";
	char line[256];

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	snprintf(line, sizeof(line), "Proxy-Authenticate: %s\r\n", challenge);
	dialog_reply(&call.callee, call.invite, 407, PARTS(.headers = line));
	answer = dialog_expect_failure(&call.caller, 407);
	dialog_expect_request(&call.callee, "ACK");
	claim(message_header(answer, "Proxy-Authenticate", 0) &&
		      strstr(message_header(answer, "Proxy-Authenticate", 0),
			     "f84f1cec41e6cbe5aea9c8e88d359"),
	      "the challenge is gone");
	scene_close(&scene);
}
END_TEST

/* check 47: it comes again in the same dialog to be, with CSeq one up. */
START_TEST(challenged_caller_comes_again_with_its_credentials)
{
	static const struct {
		int status;
		const char *asks, *answers;
	} cases[] = {
		{401, "WWW-Authenticate", "Authorization"},
		{407, "Proxy-Authenticate", "Proxy-Authorization"},
	};
	static const char digest[] =
		"Digest username=\"a\",realm=\"callee.example\", "
		"nonce=\"f84f\" ,"
		"uri=\"sip:b@callee.example\",response=\"00\"";
	struct scene scene;
	struct call call;
	char line[300];

	scene_open(&scene, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		call_place(&call, &scene, NULL);
		snprintf(line, sizeof(line),
			 "%s: Digest "
			 "realm=\"callee.example\",nonce=\"f84f\"\r\n",
			 cases[i].asks);
		dialog_reply(&call.callee, call.invite, cases[i].status,
			     PARTS(.headers = line));
		dialog_expect_failure(&call.caller, cases[i].status);
		dialog_expect_request(&call.callee, "ACK");
		snprintf(line, sizeof(line), "%s: %s\r\n", cases[i].answers,
			 digest);
		dialog_send(&call.caller, "INVITE",
			    PARTS(.body = OFFER, .headers = line));
		call_reaches(&call, &scene.callee);
		claim_text(message_header(call.invite, cases[i].answers, 0),
			   digest);
		call_answer(&call);
		call_hang_up(&call);
	}
	scene_close(&scene);
}
END_TEST

Suite *answers_suite(void)
{
	Suite *suite = suite_create("answers");
	TCase *tests = scene_tcase(suite, "answers");

	tcase_add_test(tests, refusals_pass_with_phrase_and_headers);
	tcase_add_test(tests, refusal_after_ringing_passes);
	tcase_add_test(tests, refusal_is_repeated_until_it_is_acked);
	tcase_add_loop_test(tests, repeated_invite_gets_its_answer_again, 0, 2);
	tcase_add_test(tests, several_reasons_and_warnings_pass_in_order);
	tcase_add_test(tests, challenge_passes);
	tcase_add_test(tests,
		       challenged_caller_comes_again_with_its_credentials);
	return suite;
}
