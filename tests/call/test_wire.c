/* What rejected callers get, whole: each line of it, in order, for each
 * reason under each profile. What is theirs is echoed; made for the call are
 * the tag and the redress id. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define LIVE_MS 15000 /* a second, on a machine that has the time */

#define URL	"https://callsieve.example/redress"
#define REDRESS "redress {\n\turl = \"" URL "\"\n}\n"

/* Who is rejected why: see open_scene(). */
#define OWN_BLOCKED "+12126660141"
#define LISTED	    "+12126660142"
#define DNO	    "+12126660143"
#define NEIGHBOUR   "+13035550144" /* the callee's */
#define TOO_LONG    "+12120550100123456"
#define HIDDEN	    "+12126660145"
#define FORGED	    "+12126660146"
#define PRIVATE	    "Privacy: id\r\n"
#define FAILED                                                                 \
	"P-Asserted-Identity: <tel:" FORGED ";verstat=TN-Validation-Failed>"   \
	"\r\n"

/* {id} is the redress id. */
#define UNWANTED  "607 Unwanted", ""
#define FORBIDDEN "403 Forbidden", ""
#define ANONYMITY "433 Anonymity Disallowed", ""
#define IDENTITY  "438 Invalid Identity Header", ""
#define BLOCKED                                                                \
	"603 Network Blocked", "Reason: SIP;cause=603;text=\"v=analytics1;"    \
			       "url=" URL ";id={id}\";location=RLN\r\n"
#define REJECTED                                                               \
	"608 Rejected", "Call-Info: <" URL "/{id}.jws>;purpose=jwscard\r\n"

static const struct profile {
	const char *name;
	const char *headers; /* of each INVITE */
	struct {
		const char *from, *headers; /* of this one */
		const char *status, *line;
	} reasons[7];
} profiles[] = {
	{"generic",
	 "Feature-Caps: *;+sip.608\r\n",
	 {{OWN_BLOCKED, "", UNWANTED},
	  {LISTED, "", UNWANTED},
	  {DNO, "", UNWANTED},
	  {NEIGHBOUR, "", UNWANTED},
	  {TOO_LONG, "", UNWANTED},
	  {HIDDEN, PRIVATE, ANONYMITY},
	  {FORGED, FAILED, UNWANTED}}},
	{"us-fcc",
	 "Feature-Caps: *;+sip.608\r\n",
	 {{OWN_BLOCKED, "", UNWANTED},
	  {LISTED, "", BLOCKED},
	  {DNO, "", FORBIDDEN},
	  {NEIGHBOUR, "", BLOCKED},
	  {TOO_LONG, "", FORBIDDEN},
	  {HIDDEN, PRIVATE, ANONYMITY},
	  {FORGED, FAILED, BLOCKED}}},
	{"ietf",
	 "Feature-Caps: *;+sip.608\r\n",
	 {{OWN_BLOCKED, "", UNWANTED},
	  {LISTED, "", REJECTED},
	  {DNO, "", FORBIDDEN},
	  {NEIGHBOUR, "", REJECTED},
	  {TOO_LONG, "", FORBIDDEN},
	  {HIDDEN, PRIVATE, ANONYMITY},
	  {FORGED, FAILED, IDENTITY}}},
	{"ietf",
	 "",
	 {{OWN_BLOCKED, "", UNWANTED},
	  {LISTED, "", UNWANTED},
	  {DNO, "", FORBIDDEN},
	  {NEIGHBOUR, "", UNWANTED},
	  {TOO_LONG, "", FORBIDDEN},
	  {HIDDEN, PRIVATE, ANONYMITY},
	  {FORGED, FAILED, IDENTITY}}},
};

/* In one, so that all are in force when one is. */
#define EDITS                                                                  \
	"BEGIN;"                                                               \
	"INSERT INTO subscribers(id, name) VALUES(7, 'callee');"               \
	"INSERT INTO subscriber_numbers(number, subscriber) "                  \
	"VALUES('" CALLEE "', 7);"                                             \
	"INSERT INTO subscriber_rules(subscriber, number, action) "            \
	"VALUES(7, '" OWN_BLOCKED "', 'block');"                               \
	"INSERT INTO dno(number) VALUES('" DNO "');"                           \
	"INSERT INTO blocklist(number) VALUES('" LISTED "');"                  \
	"COMMIT"

static void open_scene(struct scene *scene, const struct profile *profile)
{
	char trunk[80];

	snprintf(trunk, sizeof(trunk),
		 "\tprofile = \"%s\"\n\tidentity = \"pai\"\n", profile->name);
	scene_open(scene, SCENE(.trunk = trunk, .sections = REDRESS,
				.screening = "\thints_max_points = 200\n"
					     "\tneighbour_points = 100\n"
					     "\tmalformed_points = 100\n"
					     "\tanonymous_points = 100\n"
					     "\tstir_failed_points = 100\n"));
	daemon_sql(&scene->daemon, EDITS);
	daemon_await_metric(&scene->daemon, "callsieve_list_entries", 1,
			    LIVE_MS);
	scene_ping(scene);
}

/* The value of a header in the raw text, up to `end`. */
static void cut(char *to, size_t size, const char *raw, const char *after,
		const char *end)
{
	const char *at = strstr(raw, after);

	claim(at != NULL, "there is no %s", after);
	at += strlen(after);
	snprintf(to, size, "%.*s", (int)strcspn(at, end), at);
}

/* `line` with the id of this very answer in the place of {id}. */
static void fill_in(char *to, size_t size, const char *line, const char *raw)
{
	const char *id = strstr(line, "{id}");
	char found[80] = "", before[120];

	if (id) {
		snprintf(before, sizeof(before), "%.*s", (int)(id - line),
			 line);
		cut(found, sizeof(found), raw, before, ".\"\r");
		claim(strlen(found) > 16 && strlen(found) <= 64 &&
			      !found[strspn(found, "abcdefghijklmnopqrstuvwxyz"
						   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
						   "0123456789-_")],
		      "the id is %s", found);
		snprintf(to, size, "%.*s%s%s", (int)(id - line), line, found,
			 id + strlen("{id}"));
	} else {
		snprintf(to, size, "%s", line);
	}
}

static void expect_whole(struct scene *scene, const char *from,
			 const char *headers, const char *status,
			 const char *line)
{
	const struct message *answer;
	struct call call;
	char filled[400], tag[80], expected[4000];

	call_begin(&call, scene, from, CALLEE, PARTS(.headers = headers));
	answer = dialog_expect_failure(&call.caller, atoi(status));
	fill_in(filled, sizeof(filled), line, answer->raw);
	value_param(tag, sizeof(tag), message_header(answer, "To", 0), "tag");
	claim(tag[0] != '\0', "To has no tag");
	snprintf(expected, sizeof(expected),
		 "SIP/2.0 %s\r\n"
		 "Via: SIP/2.0/UDP %s:%u;branch=%s\r\n"
		 "From: %s\r\n"
		 "To: %s;tag=%s\r\n"
		 "Call-ID: %s\r\n"
		 "CSeq: %u INVITE\r\n"
		 "Content-Length: 0\r\n"
		 "%s"
		 "\r\n",
		 status, scene->caller.host, scene->caller.port,
		 call.caller.invite_branch, call.caller.local,
		 call.caller.invite_to, tag, call.caller.call_id,
		 call.caller.invite_cseq, filled);
	claim_text(answer->raw, expected);
}

START_TEST(answers_to_the_byte)
{
	const struct profile *profile = &profiles[_i];
	struct scene scene;
	char headers[300];

	open_scene(&scene, profile);
	for (size_t i = 0; i < 7; i++) {
		snprintf(headers, sizeof(headers), "%s%s", profile->headers,
			 profile->reasons[i].headers);
		expect_whole(&scene, profile->reasons[i].from, headers,
			     profile->reasons[i].status,
			     profile->reasons[i].line);
	}
	scene_close(&scene);
}
END_TEST

/* From further on: passed on as they are, whatever we should have written. */
static const struct {
	int status;
	const char *phrase, *lines, *type, *body;
} downstream[] = {
	{603, "Network Blocked",
	 "Reason: SIP;cause=603;text=\"v=analytics1;url=https://example.net/"
	 "redress;tel=+18005550100;email=desk@example.net\";location=TN\r\n",
	 NULL, NULL},
	{603, "Network Blocked",
	 "Reason: Q.850;cause=21;text=\"v=analytics1;tel=+18005550100\""
	 ";location=LN\r\n",
	 NULL, NULL},
	{603, "NETWORK blocked",
	 "Reason: SIP ; cause=603 ;text=\"v=analytics1;x=\\\"y\\\"\"; "
	 "location=RLN;later=1\r\n"
	 "Reason: Q.850;cause=21;location=1\r\n",
	 NULL, NULL},
	{607, "Go Away",
	 "Reason: SIP;cause=607;text=\"Unwanted\"\r\n"
	 "Retry-After: 86400\r\n",
	 "text/plain", "Do not call again.\r\n"},
	{608, "Rejected",
	 "Call-Info: <https://block.example.net/a.jws>;purpose=jwscard\r\n"
	 "Reason: SIP;cause=608\r\n",
	 NULL, NULL},
	{608, "Rejected",
	 "Call-Info: <cid:card@example.net> ;purpose=jwscard , "
	 "<https://example.net/i.png>;purpose=icon\r\n",
	 "application/jose", "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"},
};

static int count(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void expect_passed(const struct message *answer, const char *lines,
			  const char *body)
{
	char line[300];
	size_t len;

	for (; *lines; lines += len) {
		len = strcspn(lines, "\n") + 1;
		snprintf(line, sizeof(line), "\r\n%.*s", (int)len, lines);
		claim(strstr(answer->raw, line), "%s is not in %s", line,
		      answer->raw);
	}
	claim_text(answer->body, body);
}

START_TEST(what_others_answer_passes_to_the_byte)
{
	struct scene scene;
	struct call call;
	const struct message *answer;
	const char *body = downstream[_i].body ? downstream[_i].body : "";

	scene_open(&scene, SCENE(.trunk = "\tprofile = \"us-fcc\"\n",
				 .sections = REDRESS));
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, downstream[_i].status,
		     PARTS(.phrase = downstream[_i].phrase,
			   .headers = downstream[_i].lines,
			   .type = downstream[_i].type,
			   .body = downstream[_i].body));
	answer = dialog_expect_failure(&call.caller, downstream[_i].status);
	dialog_expect_request(&call.callee, "ACK");
	claim_text(answer->phrase, downstream[_i].phrase);
	expect_passed(answer, downstream[_i].lines, body);
	/* No Reason of ours beside it (RFC 9366 3). */
	claim_number(message_count(answer, "Reason"),
		     count(downstream[_i].lines, "Reason:"));
	scene_close(&scene);
}
END_TEST

Suite *wire_suite(void)
{
	Suite *suite = suite_create("wire");
	TCase *tests = scene_tcase(suite, "wire");

	tcase_add_loop_test(tests, answers_to_the_byte, 0,
			    sizeof(profiles) / sizeof(*profiles));
	tcase_add_loop_test(tests, what_others_answer_passes_to_the_byte, 0,
			    sizeof(downstream) / sizeof(*downstream));
	return suite;
}
