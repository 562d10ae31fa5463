/* A gateway's redirections: handed to the caller, or followed for it. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define QUIET "\toptions_interval_s = 0\n"
#define FAST  QUIET "\tanswer_ms = 200\n"

/* The scene's callee is the gateway; it redirects to `near` and `far`. */
struct places {
	struct scene scene;
	struct peer near, far;
	const char *transport; /* of `near` */
	const char *gateways;  /* `far` is "spare" among them */
};

static void open_places(struct places *places, const char *gateway)
{
	struct scene *scene = &places->scene;
	char text[400], spare[200], near[32], far[32];

	scene_init(scene, NULL);
	peer_open(&places->near, "near",
		  places->transport ? places->transport : "udp",
		  daemon_address(near, &scene->daemon, 4), 0);
	peer_open(&places->far, "far", "udp",
		  daemon_address(far, &scene->daemon, 5), 0);
	snprintf(text, sizeof(text),
		 "%s"
		 "\tredirects = \"follow\"\n"
		 "\tredirect_hosts = {\"%s\", \"%s\", \"%s\"}\n",
		 gateway, near, far, scene->daemon.host);
	snprintf(spare, sizeof(spare),
		 "gateway spare {\n"
		 "\turi = \"sip:%s:%u\"\n" QUIET "}\n",
		 places->far.host, places->far.port);
	scene_configure(scene,
			SCENE(.gateway = text, .gateways = places->gateways,
			      .sections = spare));
	daemon_start(&scene->daemon);
}

static void close_places(struct places *places)
{
	peer_close(&places->near);
	peer_close(&places->far);
	scene_close(&places->scene);
}

/* Answers an INVITE with a redirection to this. */
static void redirect(struct peer *peer, const struct message *invite,
		     int status, const char *contact)
{
	char headers[4096];

	snprintf(headers, sizeof(headers), "Contact: %s\r\n", contact);
	peer_reply(peer, invite, status, PARTS(.headers = headers));
	peer_expect(peer, 0, "ACK", NULL);
}

static const char *contact_at(char buf[200], const struct peer *peer,
			      const char *user, const char *rest)
{
	snprintf(buf, 200, "<sip:%s@%s:%u>%s", user, peer->host, peer->port,
		 rest);
	return buf;
}

static void refuse(struct peer *peer, int status)
{
	peer_reply(peer, peer_expect(peer, 0, "INVITE", NULL), status, NULL);
	peer_expect(peer, 0, "ACK", NULL);
}

/* CALLER's call, redirected by the gateway. */
static void begin(struct call *call, struct places *places,
		  const struct parts *parts, const char *contact)
{
	struct scene *scene = &places->scene;

	call_begin(call, scene, CALLER, CALLEE, parts);
	redirect(&scene->callee, peer_expect(&scene->callee, 0, "INVITE", NULL),
		 302, contact);
}

/* check 70 */
START_TEST(redirection_is_the_callers_unless_it_is_to_be_followed)
{
	static const char contact[] =
		"Contact: <sip:x@192.0.2.99?X-Note=a>;q=0.5, <tel:+1>\r\n";
	struct scene scene;
	struct call call;
	const struct message *answer;

	scene_open(&scene, NULL);
	call_place(&call, &scene, NULL);
	dialog_reply(&call.callee, call.invite, 302, PARTS(.headers = contact));
	answer = dialog_expect_failure(&call.caller, 302);
	claim(message_contains(answer, contact), "not as it was");
	dialog_expect_request(&call.callee, "ACK");
	scene_close(&scene);
}
END_TEST

static const int redirections[] = {300, 301, 302, 305, 380};

/* check 70 */
START_TEST(redirection_is_followed)
{
	struct places places = {0};
	struct scene *scene = &places.scene;
	struct call call;
	const struct message *first;
	char contact[200];

	open_places(&places, QUIET);
	call_begin(&call, scene, CALLER, CALLEE, NULL);
	first = peer_expect(&scene->callee, 0, "INVITE", NULL);
	redirect(&scene->callee, first, redirections[_i],
		 contact_at(contact, &places.near, "moved", ""));
	call_reaches(&call, &places.near);
	contact[strlen(contact) - 1] = '\0';
	claim_text(call.invite->uri, contact + 1);
	claim_text(call.invite->body, OFFER);
	claim(strcmp(message_header(first, "Via", 0),
		     message_header(call.invite, "Via", 0)) != 0,
	      "the same branch again");
	claim(strcmp(message_header(first, "Call-ID", 0),
		     message_header(call.invite, "Call-ID", 0)) != 0,
	      "the same call again");
	call_answer(&call);
	dialog_send(&call.callee, "BYE", NULL);
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	dialog_expect(&call.callee, 200, "BYE");
	claim_number(daemon_metric(&scene->daemon,
				   "callsieve_redirects_followed_total"),
		     1);
	close_places(&places);
}
END_TEST

START_TEST(redirection_holds_for_its_call_alone)
{
	struct places places = {0};
	struct call call;
	char contact[200];

	open_places(&places, QUIET);
	begin(&call, &places, NULL,
	      contact_at(contact, &places.near, "moved", ";expires=3600"));
	call_reaches(&call, &places.near);
	call_answer(&call);
	call_hang_up(&call);
	call_place(&call, &places.scene, NULL);
	call_refuse(&call, 486);
	close_places(&places);
}
END_TEST

/* check 70 */
START_TEST(method_and_headers_of_a_contact_do_not_count)
{
	struct places places = {0};
	struct call call;
	char contact[300];

	open_places(&places, QUIET);
	snprintf(contact, sizeof(contact),
		 "\"Not I\" <sip:moved:pw@%s:%u;x=%%41b;method=REFER;user=phone"
		 "?Replaces=1%%3Bto-tag%%3Da%%3Bfrom-tag%%3Db&X-Evil=yes"
		 "&Route=%%3Csip:192.0.2.9%%3Blr%%3E>;audio;q=1.0",
		 places.near.host, places.near.port);
	begin(&call, &places, NULL, contact);
	call_reaches(&call, &places.near);
	snprintf(contact, sizeof(contact),
		 "sip:moved:pw@%s:%u;x=%%41b;user=phone", places.near.host,
		 places.near.port);
	claim_text(call.invite->uri, contact);
	claim(!message_header(call.invite, "Replaces", 0) &&
		      !message_header(call.invite, "X-Evil", 0) &&
		      !message_header(call.invite, "Route", 0),
	      "a header out of the Contact");
	call_answer(&call);
	call_hang_up(&call);
	close_places(&places);
}
END_TEST

START_TEST(contacts_are_tried_in_order_of_q)
{
	struct places places = {0};
	struct call call;
	char contacts[900], a[200], b[200], c[200];

	open_places(&places, QUIET);
	snprintf(contacts, sizeof(contacts), "%s, %s\r\nContact: %s",
		 contact_at(a, &places.near, "third", ";q=0.25"),
		 contact_at(b, &places.far, "second", ";q=0.9"),
		 contact_at(c, &places.near, "first", ""));
	begin(&call, &places, NULL, contacts);
	call_reaches(&call, &places.near);
	claim(strstr(call.invite->uri, "sip:first@"), "not the first");
	dialog_reply(&call.callee, call.invite, 404, NULL);
	dialog_expect_request(&call.callee, "ACK");
	refuse(&places.far, 480);
	call_reaches(&call, &places.near);
	claim(strstr(call.invite->uri, "sip:third@"), "not the third");
	call_answer(&call);
	call_hang_up(&call);
	close_places(&places);
}
END_TEST

static const int failures[] = {400, 404, 408, 480, 486, 500, 503, 504};

START_TEST(next_contact_is_tried_when_one_refuses)
{
	struct places places = {0};
	struct call call;
	char contacts[900], a[200], b[200];

	open_places(&places, QUIET);
	snprintf(contacts, sizeof(contacts), "%s, %s",
		 contact_at(a, &places.near, "a", ""),
		 contact_at(b, &places.far, "b", ""));
	begin(&call, &places, NULL, contacts);
	refuse(&places.near, failures[_i]);
	call_reaches(&call, &places.far);
	call_answer(&call);
	call_hang_up(&call);
	close_places(&places);
}
END_TEST

/* 0: silence; 1: nobody is there. */
START_TEST(next_contact_is_tried_when_one_is_dead)
{
	struct places places = {0};
	struct call call;
	struct dialog late;
	const struct message *first;
	char contacts[900], a[200], b[200];

	open_places(&places, FAST);
	contact_at(a, &places.near, "a", "");
	if (_i)
		snprintf(a, sizeof(a), "<sip:a@%s:%u>", places.near.host,
			 free_port(places.near.host));
	snprintf(contacts, sizeof(contacts), "%s, %s", a,
		 contact_at(b, &places.far, "b", ""));
	begin(&call, &places, NULL, contacts);
	if (!_i) {
		first = peer_expect(&places.near, 0, "INVITE", NULL);
		dialog_accept(&late, &places.near, first);
	}
	call_reaches(&call, &places.far);
	call_answer(&call);
	if (!_i) {
		dialog_reply(&late, first, 200, PARTS(.body = ANSWER));
		dialog_expect_request(&late, "ACK");
		dialog_reply(&late, dialog_expect_request(&late, "BYE"), 200,
			     NULL);
	}
	call_hang_up(&call);
	close_places(&places);
}
END_TEST

START_TEST(refusal_by_the_last_contact_is_the_callers)
{
	struct places places = {0};
	struct call call;
	char contacts[900], a[200];

	open_places(&places, QUIET);
	snprintf(contacts, sizeof(contacts), "%s, <sip:x@192.0.2.99>",
		 contact_at(a, &places.near, "a", ""));
	begin(&call, &places, NULL, contacts);
	call_reaches(&call, &places.near);
	call_refuse(&call, 486);
	close_places(&places);
}
END_TEST

/* check 66 */
START_TEST(no_further_contact_after_a_6xx)
{
	struct places places = {0};
	struct call call;
	char contacts[900], a[200], b[200];

	open_places(&places, QUIET);
	snprintf(contacts, sizeof(contacts), "%s, %s",
		 contact_at(a, &places.near, "a", ""),
		 contact_at(b, &places.far, "b", ""));
	begin(&call, &places, NULL, contacts);
	call_reaches(&call, &places.near);
	call_refuse(&call, 603);
	peer_expect_nothing(&places.far, 100);
	close_places(&places);
}
END_TEST

/* check 71 */
START_TEST(redirections_in_a_circle_end)
{
	struct places places = {0};
	struct scene *scene = &places.scene;
	struct call call;
	const struct message *first;
	char contact[200], back[200];

	open_places(&places, QUIET);
	call_begin(&call, scene, CALLER, CALLEE, NULL);
	first = peer_expect(&scene->callee, 0, "INVITE", NULL);
	/* The same URI in other words (RFC 3261 19.1.4). */
	snprintf(back, sizeof(back), "<SIP:+%%31%s;x=y>",
		 strchr(first->uri, '+') + 2);
	redirect(&scene->callee, first, 302,
		 contact_at(contact, &places.near, "a", ""));
	redirect(&places.near, peer_expect(&places.near, 0, "INVITE", NULL),
		 302, back);
	dialog_expect_failure(&call.caller, 480);
	peer_expect_nothing(&scene->callee, 100);
	close_places(&places);
}
END_TEST

START_TEST(redirections_of_redirections_end)
{
	struct places places = {0};
	struct call call;
	char contact[200], user[16];
	int hops;

	open_places(&places, QUIET);
	begin(&call, &places, NULL,
	      contact_at(contact, &places.near, "a0", ""));
	for (hops = 1; hops <= 5; hops++) {
		snprintf(user, sizeof(user), "a%d", hops);
		redirect(&places.near,
			 peer_expect(&places.near, 0, "INVITE", NULL), 302,
			 contact_at(contact, &places.near, user, ""));
	}
	dialog_expect_failure(&call.caller, 480);
	close_places(&places);
}
END_TEST

START_TEST(many_contacts_are_not_all_tried)
{
	struct places places = {0};
	struct call call;
	char contacts[4000] = "", contact[200], user[16];

	open_places(&places, QUIET);
	for (int i = 0; i < 30; i++) {
		snprintf(user, sizeof(user), "a%d", i);
		strcat(contacts, i ? ", " : "");
		strcat(contacts, contact_at(contact, &places.near, user, ""));
	}
	begin(&call, &places, NULL, contacts);
	for (int i = 0; i < 10; i++)
		refuse(&places.near, 404);
	dialog_expect_failure(&call.caller, 404);
	close_places(&places);
}
END_TEST

/* %s is `near`, %u its port. Without a name to look up and without a place
 * that was allowed there is nothing we may follow. */
static const char *const elsewhere[] = {
	"<sip:x@192.0.2.99>",
	"<sip:x@callee.example>",
	"<sip:x@localhost:%2$u>",
	"<sip:x@[::1]:%2$u>",
	"<tel:+12125550111>",
	"<mailto:x@example.org>",
	"<http://%1$s:%2$u/>",
	"<sips:x@%1$s:%2$u>",
	"<sip:x@%1$s:%2$u;maddr=%1$s>",
	"<sip:x@%1$s:%2$u;transport=sctp>",
	"<sip:x@%1$s:%2$u;transport=quiteunheardof>",
	"<sip:x@%1$s:0>",
	"<sip:x@%1$s:65536>",
	"<sip:x@%1$s:99999999999999999999>",
	"*",
};

#define ELSEWHERE (sizeof(elsewhere) / sizeof(*elsewhere))

START_TEST(nothing_is_sent_elsewhere)
{
	struct places places = {0};
	struct call call;
	char contact[200];

	open_places(&places, QUIET);
	for (size_t i = 0; i < ELSEWHERE; i++) {
		/* Every directive takes its argument by number. */
		snprintf(contact, sizeof(contact), elsewhere[i],
			 places.near.host, places.near.port);
		begin(&call, &places, NULL, contact);
		dialog_expect_failure(&call.caller, 302);
	}
	snprintf(contact, sizeof(contact), "<sip:%s@%s:%u;y>", CALLEE,
		 places.scene.daemon.host, places.scene.daemon.port);
	begin(&call, &places, NULL, contact);
	dialog_expect_failure(&call.caller, 302);
	claim_number(daemon_metric(&places.scene.daemon,
				   "callsieve_redirects_followed_total"),
		     0);
	close_places(&places);
}
END_TEST

START_TEST(redirection_without_contact_is_the_callers)
{
	struct places places = {0};
	struct call call;

	open_places(&places, QUIET);
	call_place(&call, &places.scene, NULL);
	call_refuse(&call, 302);
	close_places(&places);
}
END_TEST

START_TEST(gateways_are_allowed_without_being_listed)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	char section[256], address[32], contact[200];

	scene_init(&scene, NULL);
	peer_open(&spare, "spare", "udp",
		  daemon_address(address, &scene.daemon, 4), 0);
	snprintf(section, sizeof(section),
		 "gateway spare {\n"
		 "\turi = \"sip:%s:%u\"\n" QUIET "}\n",
		 spare.host, spare.port);
	scene_configure(&scene,
			SCENE(.gateway = QUIET "\tredirects = \"follow\"\n",
			      .sections = section));
	daemon_start(&scene.daemon);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	redirect(&scene.callee, peer_expect(&scene.callee, 0, "INVITE", NULL),
		 302, contact_at(contact, &spare, "x", ""));
	call_reaches(&call, &spare);
	call_answer(&call);
	call_hang_up(&call);
	peer_close(&spare);
	scene_close(&scene);
}
END_TEST

START_TEST(redirection_may_lead_to_tcp)
{
	struct places places = {.transport = "tcp"};
	struct call call;
	char contact[200];

	open_places(&places, QUIET);
	snprintf(contact, sizeof(contact), "<sip:x@%s:%u;transport=TCP>",
		 places.near.host, places.near.port);
	begin(&call, &places, NULL, contact);
	call_reaches(&call, &places.near);
	call_answer(&call);
	call_hang_up(&call);
	close_places(&places);
}
END_TEST

/* RFC 3261 16.7 (4), 8.1.3.4 */
START_TEST(cancel_ends_a_call_that_was_redirected)
{
	struct places places = {0};
	struct call call;
	char contacts[900], a[200], b[200];

	open_places(&places, QUIET);
	snprintf(contacts, sizeof(contacts), "%s, %s",
		 contact_at(a, &places.near, "a", ""),
		 contact_at(b, &places.far, "b", ""));
	begin(&call, &places, NULL, contacts);
	call_reaches(&call, &places.near);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_expect_failure(&call.caller, 487);
	dialog_reply(&call.callee,
		     dialog_expect_request(&call.callee, "CANCEL"), 200, NULL);
	dialog_reply(&call.callee, call.invite, 487, NULL);
	dialog_expect_request(&call.callee, "ACK");
	peer_expect_nothing(&places.far, 100);
	close_places(&places);
}
END_TEST

START_TEST(no_redirection_is_followed_after_a_cancel)
{
	struct places places = {0};
	struct scene *scene = &places.scene;
	struct call call;
	char contact[200];

	open_places(&places, QUIET);
	call_place(&call, scene, NULL);
	dialog_cancel(&call.caller, NULL);
	dialog_expect(&call.caller, 200, "CANCEL");
	dialog_expect_failure(&call.caller, 487);
	redirect(&scene->callee, call.invite, 302,
		 contact_at(contact, &places.near, "a", ""));
	peer_expect_nothing(&places.near, 100);
	close_places(&places);
}
END_TEST

/* Forwarded on no answer: the caller has heard it ring. */
START_TEST(ringing_before_and_after_is_of_two_dialogs)
{
	struct places places = {0};
	struct scene *scene = &places.scene;
	struct call call;
	const struct message *ringing;
	char contact[200], first[64], second[64];

	open_places(&places, QUIET);
	call_place(&call, scene, NULL);
	dialog_reply(&call.callee, call.invite, 183, PARTS(.body = ANSWER));
	ringing = dialog_expect(&call.caller, 183, "INVITE");
	value_param(first, sizeof(first), message_header(ringing, "To", 0),
		    "tag");
	redirect(&scene->callee, call.invite, 302,
		 contact_at(contact, &places.near, "a", ""));
	call_reaches(&call, &places.near);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	ringing = dialog_expect(&call.caller, 180, "INVITE");
	value_param(second, sizeof(second), message_header(ringing, "To", 0),
		    "tag");
	claim(strcmp(first, second) != 0, "one dialog with two callees");
	call_answer(&call);
	call_hang_up(&call);
	close_places(&places);
}
END_TEST

static const struct message *reliable(struct call *call, unsigned rseq)
{
	char headers[80];

	snprintf(headers, sizeof(headers), "Require: 100rel\r\nRSeq: %u\r\n",
		 rseq);
	dialog_reply(&call->callee, call->invite, 183,
		     PARTS(.headers = headers, .body = ANSWER));
	return dialog_expect(&call->caller, 183, "INVITE");
}

/* To the dialog that the answer is of. */
static void send_prack(struct call *call, const struct message *answer)
{
	char headers[80];

	snprintf(headers, sizeof(headers), "RAck: %s 1 INVITE\r\n",
		 message_header(answer, "RSeq", 0));
	snprintf(call->caller.remote, sizeof(call->caller.remote), "%s",
		 message_header(answer, "To", 0));
	dialog_send(&call->caller, "PRACK", PARTS(.headers = headers));
}

/* 0: the caller's PRACK came before the redirection, 1: only after it. */
START_TEST(reliable_responses_of_both_places_are_told_apart)
{
	struct places places = {0};
	struct scene *scene = &places.scene;
	struct call call;
	const struct message *answer, *request;
	char contact[200];

	open_places(&places, QUIET);
	call_begin(&call, scene, CALLER, CALLEE,
		   PARTS(.headers = "Supported: 100rel\r\n", .body = OFFER));
	call_reaches(&call, &scene->callee);
	answer = reliable(&call, 7);
	if (!_i) {
		send_prack(&call, answer);
		request = dialog_expect_request(&call.callee, "PRACK");
		dialog_reply(&call.callee, request, 200, NULL);
		dialog_expect(&call.caller, 200, "PRACK");
	}
	redirect(&scene->callee, call.invite, 302,
		 contact_at(contact, &places.near, "a", ""));
	call_reaches(&call, &places.near);
	if (_i) {
		send_prack(&call, answer);
		dialog_expect(&call.caller, 481, "PRACK");
	}
	answer = reliable(&call, 7000);
	send_prack(&call, answer);
	request = dialog_expect_request(&call.callee, "PRACK");
	claim_text(message_header(request, "RAck", 0), "7000 1 INVITE");
	dialog_reply(&call.callee, request, 200, NULL);
	dialog_expect(&call.caller, 200, "PRACK");
	call_answer(&call);
	call_hang_up(&call);
	close_places(&places);
}
END_TEST

START_TEST(record_of_a_redirected_call_says_where_it_went)
{
	struct places places = {0};
	struct call call;
	char contact[200];

	open_places(&places, QUIET);
	begin(&call, &places, NULL,
	      contact_at(contact, &places.near, "moved", ""));
	call_reaches(&call, &places.near);
	call_answer(&call);
	call_hang_up(&call);
	daemon_await_metric(&places.scene.daemon,
			    "callsieve_records_written_total", 1, 5000);
	contact[strlen(contact) - 1] = '\0';
	claim_text(daemon_sql_text(&places.scene.daemon,
				   "SELECT json_extract(explanation, "
				   "'$.redirected_to') FROM calls WHERE "
				   "status = 200 AND gateway = 'core'"),
		   contact + 1);
	close_places(&places);
}
END_TEST

/* Rung once, the phone must not ring again by another gateway. */
START_TEST(no_gateway_is_tried_after_a_place_that_rang)
{
	struct places places = {0};
	struct call call;
	char contact[200];

	open_places(&places, QUIET);
	begin(&call, &places, NULL, contact_at(contact, &places.near, "a", ""));
	call_reaches(&call, &places.near);
	dialog_reply(&call.callee, call.invite, 180, NULL);
	dialog_expect(&call.caller, 180, "INVITE");
	dialog_reply(&call.callee, call.invite, 503, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_expect_failure(&call.caller, 500);
	close_places(&places);
}
END_TEST

START_TEST(next_gateway_is_tried_when_no_place_could_take_the_call)
{
	struct scene scene;
	struct peer spare;
	struct call call;
	char section[256], address[32], contact[200];

	scene_init(&scene, NULL);
	peer_open(&spare, "spare", "udp",
		  daemon_address(address, &scene.daemon, 4), 0);
	snprintf(section, sizeof(section),
		 "gateway spare {\n"
		 "\turi = \"sip:%s:%u\"\n" QUIET "}\n",
		 spare.host, spare.port);
	scene_configure(&scene,
			SCENE(.gateway = QUIET "\tredirects = \"follow\"\n",
			      .gateways = "\"core\", \"spare\"",
			      .sections = section));
	daemon_start(&scene.daemon);
	call_begin(&call, &scene, CALLER, CALLEE, NULL);
	redirect(&scene.callee, peer_expect(&scene.callee, 0, "INVITE", NULL),
		 302, contact_at(contact, &spare, "elsewhere", ""));
	refuse(&spare, 503);
	call_reaches(&call, &spare);
	claim(strstr(call.invite->uri, "sip:" CALLEE "@"),
	      "not the URI it was called by");
	call_answer(&call);
	call_hang_up(&call);
	peer_close(&spare);
	scene_close(&scene);
}
END_TEST

/* RFC 3261 16.7: whoever spoke for the callee has decided. */
START_TEST(no_gateway_is_tried_after_a_place_that_refused)
{
	struct places places = {.gateways = "\"core\", \"spare\""};
	struct call call;
	char contacts[900], a[200], b[200];

	open_places(&places, QUIET);
	snprintf(contacts, sizeof(contacts), "%s, %s",
		 contact_at(a, &places.near, "a", ""),
		 contact_at(b, &places.far, "b", ""));
	begin(&call, &places, NULL, contacts);
	refuse(&places.near, 486);
	refuse(&places.far, 503);
	dialog_expect_failure(&call.caller, 486);
	peer_expect_nothing(&places.far, 100);
	close_places(&places);
}
END_TEST

/* What was heard of a redirected call's way, and of whom it reached. */
static void expect_history(const struct message *invite,
			   const char *const *expected, size_t count)
{
	claim_number(message_count(invite, "History-Info"), count);
	for (size_t i = 0; i < count; i++)
		claim_text(message_header(invite, "History-Info", i),
			   expected[i]);
}

START_TEST(history_of_a_redirected_call_is_kept)
{
	struct places places = {0};
	struct scene *scene = &places.scene;
	struct call call;
	char headers[600], contacts[600], a[200], b[200], entries[5][256];
	const char *expected[5];

	open_places(&places, QUIET);
	for (int i = 0; i < 5; i++)
		expected[i] = entries[i];
	snprintf(entries[0], 256, "<sip:first@192.0.2.1>;index=1");
	snprintf(entries[1], 256, "<sip:%s@%s>;index=1.1;mp=1", CALLEE,
		 scene->caller.target_uri);
	snprintf(entries[2], 256,
		 "<sip:%s@%s:%u?Reason=SIP%%3Bcause%%3D302>"
		 ";index=1.1.1;rc=1.1",
		 CALLEE, scene->callee.host, scene->callee.port);
	snprintf(entries[3], 256,
		 "<sip:a@%s:%u?Reason=SIP%%3Bcause%%3D486>"
		 ";index=1.1.2;mp=1.1.1",
		 places.near.host, places.near.port);
	snprintf(entries[4], 256, "<sip:%s@%s:%u>;index=1.1.3;rc=1.1.1", CALLEE,
		 places.far.host, places.far.port);
	snprintf(headers, sizeof(headers),
		 "History-Info: %s\r\n"
		 "History-Info: %s\r\n",
		 entries[0], entries[1]);
	snprintf(contacts, sizeof(contacts), "%s, %s",
		 contact_at(a, &places.near, "a", ""),
		 contact_at(b, &places.far, CALLEE, ""));
	begin(&call, &places, PARTS(.body = OFFER, .headers = headers),
	      contacts);
	call_reaches(&call, &places.near);
	claim_number(message_count(call.invite, "History-Info"), 4);
	dialog_reply(&call.callee, call.invite, 486, NULL);
	dialog_expect_request(&call.callee, "ACK");
	call_reaches(&call, &places.far);
	expect_history(call.invite, expected, 5);
	call_refuse(&call, 486);
	close_places(&places);
}
END_TEST

/* What comes as History-Info, in how far it can be added to: the base of our
 * indexes, or NULL. %s is the Request-URI. */
static const struct {
	const char *headers, *base;
	size_t came;
} histories[] = {
	{"Supported: histinfo\r\n", "1", 0},
	{"Supported: timer\r\n", NULL, 0},
	{"History-Info: <sip:a@b>;index=1, \"x, y\" <sip:c@d?R=a,b>;index=2.1"
	 "\r\n",
	 "2.1.0.1", 1},
	{"History-Info: <sip:a@b>;index=nine\r\n", NULL, 1},
	{"History-Info: junk\r\n", NULL, 1},
	{"History-Info: <sip:a@b\r\n", NULL, 1},
};

START_TEST(history_is_added_to_where_it_can_be)
{
	struct places places = {0};
	struct call call;
	const struct message *invite;
	char contact[200], index[64];
	size_t ours = histories[_i].base ? 3 : 0;

	open_places(&places, QUIET);
	begin(&call, &places,
	      PARTS(.body = OFFER, .headers = histories[_i].headers),
	      contact_at(contact, &places.near, "a", ";rc=7"));
	call_reaches(&call, &places.near);
	invite = call.invite;
	claim_number(message_count(invite, "History-Info"),
		     histories[_i].came + ours);
	if (ours) {
		snprintf(index, sizeof(index), ";index=%s.2;rc=%s.1",
			 histories[_i].base, histories[_i].base);
		claim(strstr(message_header(invite, "History-Info",
					    histories[_i].came + 2),
			     index),
		      "no %s", index);
	}
	call_refuse(&call, 486);
	close_places(&places);
}
END_TEST

Suite *redirect_suite(void)
{
	Suite *suite = suite_create("redirect");
	TCase *tests = scene_tcase(suite, "redirect");

	tcase_add_test(tests,
		       redirection_is_the_callers_unless_it_is_to_be_followed);
	tcase_add_loop_test(tests, redirection_is_followed, 0, 5);
	tcase_add_test(tests, redirection_holds_for_its_call_alone);
	tcase_add_test(tests, method_and_headers_of_a_contact_do_not_count);
	tcase_add_test(tests, contacts_are_tried_in_order_of_q);
	tcase_add_loop_test(tests, next_contact_is_tried_when_one_refuses, 0,
			    sizeof(failures) / sizeof(*failures));
	tcase_add_loop_test(tests, next_contact_is_tried_when_one_is_dead, 0,
			    2);
	tcase_add_test(tests, refusal_by_the_last_contact_is_the_callers);
	tcase_add_test(tests, no_further_contact_after_a_6xx);
	tcase_add_test(tests, redirections_in_a_circle_end);
	tcase_add_test(tests, redirections_of_redirections_end);
	tcase_add_test(tests, many_contacts_are_not_all_tried);
	tcase_add_test(tests, nothing_is_sent_elsewhere);
	tcase_add_test(tests, redirection_without_contact_is_the_callers);
	tcase_add_test(tests, gateways_are_allowed_without_being_listed);
	tcase_add_test(tests, redirection_may_lead_to_tcp);
	tcase_add_test(tests, cancel_ends_a_call_that_was_redirected);
	tcase_add_test(tests, no_redirection_is_followed_after_a_cancel);
	tcase_add_test(tests, ringing_before_and_after_is_of_two_dialogs);
	tcase_add_loop_test(
		tests, reliable_responses_of_both_places_are_told_apart, 0, 2);
	tcase_add_test(tests, record_of_a_redirected_call_says_where_it_went);
	tcase_add_test(tests, no_gateway_is_tried_after_a_place_that_rang);
	tcase_add_test(tests,
		       next_gateway_is_tried_when_no_place_could_take_the_call);
	tcase_add_test(tests, no_gateway_is_tried_after_a_place_that_refused);
	tcase_add_test(tests, history_of_a_redirected_call_is_kept);
	tcase_add_loop_test(tests, history_is_added_to_where_it_can_be, 0,
			    sizeof(histories) / sizeof(*histories));
	return suite;
}
