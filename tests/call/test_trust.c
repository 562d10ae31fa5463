/* What passes between those we trust and those we do not: a trunk with
 * identity = "pai" is trusted, one with "from" is not, a gateway unless it
 * says trusted = no. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define ASSERTED "\"A\" <sip:+12125550111@carrier.example>"

/* `passes`: from trusted to untrusted, where the sender asks for no privacy. */
static const struct line {
	const char *name, *value;
	enum { ALWAYS, BETWEEN_TRUSTED, TO_UNTRUSTED, NEVER } passes;
} lines[] = {
	{"P-Asserted-Identity", ASSERTED, TO_UNTRUSTED},
	{"p-asserted-IDENTITY", "<tel:+12125550111>", TO_UNTRUSTED},
	{"Remote-Party-ID", ASSERTED ";party=calling", TO_UNTRUSTED},
	{"P-Charging-Vector", "icid-value=1;\r\n orig-ioi=a", BETWEEN_TRUSTED},
	{"P-CHARGING-Function-Addresses", "ccf=192.0.2.1", BETWEEN_TRUSTED},
	{"P-Access-Network-Info", "IEEE-802.11", BETWEEN_TRUSTED},
	{"P-Visited-Network-ID", "\"other\"", BETWEEN_TRUSTED},
	{"P-Served-User", "<sip:x@a.example>", BETWEEN_TRUSTED},
	{"P-Asserted-Service", "urn:urn-7:3gpp-service.ims.icsi.mmtel",
	 BETWEEN_TRUSTED},
	{"P-Early-Media", "supported", BETWEEN_TRUSTED},
	{"Attestation-Info", "A", BETWEEN_TRUSTED},
	{"Origination-Id", "123e4567-e89b-12d3-a456-426655440000",
	 BETWEEN_TRUSTED},
	{"P-Preferred-Identity", ASSERTED, NEVER},
	{"P-Preferred-Service", "urn:urn-7:3gpp-service.ims.icsi.mmtel", NEVER},
	{"X-Callsieve-Score", "0", NEVER},
	{"x-callsieve-Anything", "forged", NEVER},
	{"Identity", "a.b.c;info=<https://a.example/c>;alg=ES256", ALWAYS},
	{"Date", "Sat, 13 Nov 2010 23:29:00 GMT", ALWAYS},
	{"P-Called-Party-ID", "<sip:x@a.example>", ALWAYS},
	{"X-Callsign", "W1AW", ALWAYS},
};

#define LINES (sizeof(lines) / sizeof(*lines))

static const char *text_of_lines(void)
{
	static char text[4096];
	size_t len = 0;

	for (size_t i = 0; i < LINES; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%s %s\r\n", lines[i].name,
					i % 2 ? ":" : " :", lines[i].value);
	return text;
}

/* In which of the four cases: see `combinations`. */
static void claim_lines(const struct message *message, bool from_trusted,
			bool to_trusted)
{
	for (size_t i = 0; i < LINES; i++) {
		bool passes = lines[i].passes == ALWAYS;
		size_t index = 0;

		if (lines[i].passes == TO_UNTRUSTED)
			passes = from_trusted;
		if (lines[i].passes == BETWEEN_TRUSTED)
			passes = from_trusted && to_trusted;
		for (size_t j = 0; j < i; j++)
			index += !strcasecmp(lines[j].name, lines[i].name);
		claim_text(message_header(message, lines[i].name, index),
			   passes ? lines[i].value : NULL);
	}
}

/* By bits: trunk, gateway trusted. */
static void open_with_trust(struct scene *scene, int trust)
{
	scene_open(scene,
		   SCENE(.trunk = trust & 1 ? "\tidentity = \"pai\"\n"
					    : "\tidentity = \"from\"\n",
			 .gateway = trust & 2 ? "\toptions_interval_s = 0\n"
						"\ttrusted = yes\n"
					      : "\toptions_interval_s = 0\n"
						"\ttrusted = no\n"));
}

/* check 38, check 75, check 98 */
START_TEST(headers_pass_by_trust)
{
	bool trunk = _i & 1, gateway = _i & 2;
	const struct parts *parts =
		PARTS(.body = OFFER, .headers = text_of_lines());
	struct scene scene;
	struct call call;
	const struct message *message;

	open_with_trust(&scene, _i);
	call_place(&call, &scene, parts);
	claim_lines(call.invite, trunk, gateway);
	dialog_reply(&call.callee, call.invite, 183, parts);
	claim_lines(dialog_expect(&call.caller, 183, "INVITE"), gateway, trunk);
	dialog_reply(&call.callee, call.invite, 200, parts);
	claim_lines(dialog_expect(&call.caller, 200, "INVITE"), gateway, trunk);
	dialog_ack(&call.caller, parts);
	claim_lines(dialog_expect_request(&call.callee, "ACK"), trunk, gateway);
	for (int back = 0; back < 2; back++) {
		struct way w = way(&call, back);
		bool from = back ? gateway : trunk, to = back ? trunk : gateway;

		dialog_send(w.from, "INFO", parts);
		message = dialog_expect_request(w.to, "INFO");
		claim_lines(message, from, to);
		dialog_reply(w.to, message, 200, parts);
		claim_lines(dialog_expect(w.from, 200, "INFO"), to, from);
	}
	call_hang_up(&call);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 486, parts);
	claim_lines(dialog_expect_failure(&call.caller, 486), gateway, trunk);
	dialog_expect_request(&call.callee, "ACK");
	scene_close(&scene);
}
END_TEST

/* check 76 */
START_TEST(asserted_identity_obeys_privacy)
{
	static const struct {
		const char *privacy;
		bool hides;
	} cases[] = {
		{"id", true},
		{"ID", true},
		{"none", false},
		{"history", false},
		{"header;id", true},
		{"session ; id;critical", true},
		{"user", true},
		{"header", true},
		{"session", false},
		{"id, critical", true},
		{"\r\n id", true},
		{"identity", false},
		{"\"un;readable", true},
	};
	struct scene scene;
	struct call call;

	open_with_trust(&scene, _i);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bool passes = _i & 1 && (_i & 2 || !cases[i].hides);
		char text[400];

		snprintf(text, sizeof(text),
			 "P-Asserted-Identity: %s\r\nPrivacy: %s\r\n"
			 "Remote-Party-ID: %s;party=calling\r\n",
			 ASSERTED, cases[i].privacy, ASSERTED);
		call_place(&call, &scene,
			   PARTS(.body = OFFER, .headers = text));
		claim_number(message_count(call.invite, "P-Asserted-Identity"),
			     passes);
		claim_number(message_count(call.invite, "Remote-Party-ID"),
			     passes);
		claim_number(message_count(call.invite, "Privacy"), 1);
		call_refuse(&call, 486);
	}
	scene_close(&scene);
}
END_TEST

/* Who was called before, and who calls by the older header. */
START_TEST(history_obeys_privacy)
{
	static const struct {
		const char *name, *value, *privacy;
		bool hides;
	} cases[] = {
		{"History-Info", "<sip:a@a.example>;index=1", NULL, false},
		{"History-Info", "<sip:a@a.example>;index=1", "history", true},
		{"History-Info", "<sip:a@a.example>;index=1", "session", true},
		{"History-Info", "<sip:a@a.example>;index=1", "id", false},
		{"History-Info",
		 "<sip:a@a.example?Reason=SIP%3Bcause%3D302&Privacy=history>"
		 ";index=1, <sip:b@a.example>;index=1.1",
		 NULL, true},
		{"History-Info", "<sip:a@a.example?Privacy=none>;index=1", NULL,
		 false},
		{"Diversion", "<sip:a@a.example>;reason=unknown", NULL, false},
		{"Diversion", "<sip:a@a.example>;privacy=off", NULL, false},
		{"Diversion", "<sip:a@a.example>;Privacy=Full;counter=1", NULL,
		 true},
		{"Diversion",
		 "<sip:a@a.example>;privacy=off,"
		 "<sip:b@a.example>;privacy=name",
		 NULL, true},
		{"Remote-Party-ID", ASSERTED ";privacy=full", NULL, true},
		{"Remote-Party-ID", ASSERTED ";privacy=off", NULL, false},
	};
	struct scene scene;
	struct call call;

	open_with_trust(&scene, _i);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bool passes = _i & 2 || !cases[i].hides;
		char text[400];

		snprintf(text, sizeof(text), "%s: %s\r\n%s%s%s", cases[i].name,
			 cases[i].value, cases[i].privacy ? "Privacy: " : "",
			 cases[i].privacy ? cases[i].privacy : "",
			 cases[i].privacy ? "\r\n" : "");
		call_place(&call, &scene,
			   PARTS(.body = OFFER, .headers = text));
		claim_text(message_header(call.invite, cases[i].name, 0),
			   passes ? cases[i].value : NULL);
		call_refuse(&call, 486);
	}
	scene_close(&scene);
}
END_TEST

/* Whoever reads it believes it. */
START_TEST(verstat_of_strangers_is_removed)
{
	static const struct {
		const char *from, *passes;
	} cases[] = {
		{"<sip:+12125550100;verstat=TN-Validation-Passed@a.example>",
		 "<sip:+12125550100@a.example>"},
		{"\"N\" <sip:+12125550100;npdi;VERSTAT=x;cpc=ordinary@a.example"
		 ";user=phone>",
		 "\"N\" <sip:+12125550100;npdi;cpc=ordinary@a.example"
		 ";user=phone>"},
		{"<tel:+12125550100;verstat=TN-Validation-Passed;cpc=payphone>",
		 "<tel:+12125550100;cpc=payphone>"},
		{"<sip:+12125550100@a.example;verstat=TN-Validation-Passed>",
		 "<sip:+12125550100@a.example>"},
		{"<sip:+12125550100@a.example>;verstat=TN-Validation-Passed",
		 "<sip:+12125550100@a.example>"},
		{"<sip:+12125550100;verstats=1@a.example;xverstat=2>",
		 "<sip:+12125550100;verstats=1@a.example;xverstat=2>"},
	};
	struct scene scene;

	open_with_trust(&scene, _i);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *expected = _i & 1 ? cases[i].from : cases[i].passes;
		struct call call;
		const char *from;

		dialog_init(&call.caller, &scene.caller, CALLER, CALLEE);
		snprintf(call.caller.local, sizeof(call.caller.local),
			 "%s;tag=v%zu", cases[i].from, i);
		dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
		call_reaches(&call, &scene.callee);
		from = message_header(call.invite, "From", 0);
		claim(!strncmp(from, expected, strlen(expected)),
		      "From is '%s', not '%s'", from, expected);
		claim_text(strstr(from, "tag=") ? "tagged" : from, "tagged");
		call_refuse(&call, 486);
	}
	scene_close(&scene);
}
END_TEST

Suite *trust_suite(void)
{
	Suite *suite = suite_create("trust");
	TCase *tests = scene_tcase(suite, "trust");

	tcase_add_loop_test(tests, headers_pass_by_trust, 0, 4);
	tcase_add_loop_test(tests, asserted_identity_obeys_privacy, 0, 4);
	for (int i = 1; i < 4; i += 2)
		tcase_add_loop_test(tests, history_obeys_privacy, i, i + 1);
	tcase_add_loop_test(tests, verstat_of_strangers_is_removed, 0, 2);
	return suite;
}
