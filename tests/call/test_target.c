/* Where requests within a call go: to the newest Contact (RFC 3261 12.2), by
 * the route set of the beginning. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define ELSEWHERE "sip:moved@192.0.2.200:5099"

/* A proxy before each end, which is the end itself: so what reaches it went by
 * the route, as the Contacts lead nowhere. */
static void establish_by_proxies(struct call *call, struct scene *scene)
{
	char lines[160];

	snprintf(lines, sizeof(lines),
		 "Record-Route: <sip:%s:%u;lr;of=caller>, <sip:192.0.2.7;lr>"
		 "\r\n",
		 scene->caller.host, scene->caller.port);
	call_place(call, scene,
		   PARTS(.body = OFFER, .headers = lines,
			 .contact = "Contact: <sip:caller@192.0.2.10>\r\n"));
	snprintf(lines, sizeof(lines),
		 "Record-Route: <sip:192.0.2.9;lr>, <sip:%s:%u;lr;of=callee>"
		 "\r\n",
		 scene->callee.host, scene->callee.port);
	dialog_reply(&call->callee, call->invite, 200,
		     PARTS(.body = ANSWER, .headers = lines,
			   .contact = "Contact: <sip:callee@192.0.2.20>\r\n"));
	dialog_expect(&call->caller, 200, "INVITE");
	/* We add none, so the ends have none towards us. */
	*call->caller.routes = *call->callee.routes = '\0';
	dialog_ack(&call->caller, NULL);
	dialog_expect_request(&call->callee, "ACK");
}

/* The next request to that end is for this URI and goes by its proxy. */
static void claim_goes(struct way on, const char *uri, const char *proxy)
{
	const struct message *message;

	dialog_send(on.from, "INFO", NULL);
	message = dialog_expect_request(on.to, "INFO");
	claim_text(message->uri, uri);
	claim(strstr(message_header(message, "Route", 0), proxy),
	      "not by the proxy");
	claim(message_contains(message, "<sip:192.0.2.") &&
		      !message_contains(message, "Record-Route"),
	      "not the route set");
	dialog_reply(on.to, message, 200, NULL);
	dialog_expect(on.from, 200, "INFO");
}

struct refresh {
	const char *method;
	const char *lines;
	const char *body;
	int status; /* that it gets */
	bool moves; /* the one who asked; and, with `answers`, who answered */
	bool answers;
};

static const struct refresh refreshes[] = {
	{"INVITE", NULL, OFFER, 200, true, true},
	{"UPDATE", NULL, OFFER, 200, true, true},
	{"UPDATE", NULL, NULL, 200, true, false},
	{"INVITE", NULL, OFFER, 488, false, false},
	{"UPDATE", NULL, OFFER, 491, false, false},
	{"SUBSCRIBE", "Event: dialog\r\nExpires: 9\r\n", NULL, 202, true, true},
	{"NOTIFY", "Event: dialog\r\nSubscription-State: active\r\n", NULL, 200,
	 true, false},
	{"REFER", "Refer-To: <tel:+12125550144>\r\n", NULL, 202, true, false},
	{"INFO", NULL, NULL, 200, false, false},
	{"OPTIONS", NULL, NULL, 200, false, false},
	{"MESSAGE", NULL, NULL, 200, false, false},
};

#define REFRESHES (sizeof(refreshes) / sizeof(*refreshes))

static void pass(struct way on, const struct refresh *refresh)
{
	const struct message *message;

	dialog_send(on.from, refresh->method,
		    PARTS(.headers = refresh->lines, .body = refresh->body,
			  .contact = "Contact: <" ELSEWHERE ">\r\n"));
	message = peer_expect(on.to->peer, 0, refresh->method, on.to->call_id);
	dialog_reply(on.to, message, refresh->status,
		     PARTS(.body = refresh->body ? ANSWER : NULL,
			   .contact = refresh->answers
					      ? "Contact: <sip:b@192.0.2.201>"
						"\r\n"
					      : NULL));
	if (strcmp(refresh->method, "INVITE")) {
		peer_expect(on.from->peer, refresh->status, refresh->method,
			    on.from->call_id);
	} else if (refresh->status >= 300) {
		dialog_expect_failure(on.from, refresh->status);
		dialog_expect_request(on.to, "ACK");
	} else {
		dialog_expect(on.from, refresh->status, "INVITE");
		dialog_ack(on.from, NULL);
		message = dialog_expect_request(on.to, "ACK");
		claim_text(message->uri, "sip:b@192.0.2.201");
	}
}

START_TEST(target_follows_the_newest_contact_and_the_route_stays)
{
	static const char *const uris[] = {"sip:caller@192.0.2.10",
					   "sip:callee@192.0.2.20"};
	static const char *const proxies[] = {";of=caller>", ";of=callee>"};
	struct scene scene;
	struct call call;
	bool back = _i & 1;
	const struct refresh *refresh = &refreshes[_i >> 1];

	scene_open(&scene, NULL);
	establish_by_proxies(&call, &scene);
	claim_goes(way(&call, false), uris[1], proxies[1]);
	claim_goes(way(&call, true), uris[0], proxies[0]);
	pass(way(&call, back), refresh);
	claim_goes(way(&call, !back), refresh->moves ? ELSEWHERE : uris[back],
		   proxies[back]);
	if (refresh->moves && refresh->answers)
		claim_goes(way(&call, back), "sip:b@192.0.2.201",
			   proxies[!back]);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

Suite *target_suite(void)
{
	Suite *suite = suite_create("target");
	TCase *tests = scene_tcase(suite, "target");

	tcase_add_loop_test(
		tests, target_follows_the_newest_contact_and_the_route_stays, 0,
		2 * REFRESHES);
	return suite;
}
