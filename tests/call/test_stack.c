/* Where the stack would abort, or block, if what a stranger sends got that
 * far: its asserts stay compiled in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

/* The caller's INVITE, or its ACK, with `tail` at the end of its Via. */
static void send_with_via(struct scene *scene, const char *method,
			  const char *sent_by, const char *tail)
{
	struct peer *peer = &scene->caller;

	peer_printf(peer,
		    "%s sip:" CALLEE "@%s SIP/2.0\r\n"
		    "Via: SIP/2.0/UDP %s;branch=z9hG4bK-unsendable%s\r\n"
		    "From: <sip:" CALLER "@example.net>;tag=t\r\n"
		    "To: <sip:" CALLEE "@example.net>\r\n"
		    "Call-ID: unsendable\r\nCSeq: 1 %s\r\n"
		    "Contact: <sip:c@%s:%u>\r\nMax-Forwards: 70\r\n"
		    "Content-Length: 0\r\n\r\n",
		    method, peer->target_uri, sent_by, tail, method, peer->host,
		    peer->port);
}

/* Vias that an answer cannot follow. */
static const struct {
	const char *sent_by, *tail;
} unsendable[] = {
	{"192.0.2.1", ";maddr"},
	{"192.0.2.1", ";maddr=nowhere.invalid"},
	{"192.0.2.1", ";maddr=255.255.255.255"},
	{"192.0.2.1", ";maddr=[2001:db8::1]"},
	{"192.0.2.1:0", ""},
};

/* nta.c, incoming_ack(): assert(queue == inv_confirmed || terminated). */
START_TEST(ack_of_an_answer_that_could_not_be_sent)
{
	struct scene scene;
	const struct message *invite;

	scene_open(&scene, NULL);
	send_with_via(&scene, "INVITE", unsendable[_i].sent_by,
		      unsendable[_i].tail);
	invite = peer_expect(&scene.callee, 0, "INVITE", NULL);
	peer_reply(&scene.callee, invite, 486, NULL);
	peer_expect(&scene.callee, 0, "ACK", NULL);
	send_with_via(&scene, "ACK", unsendable[_i].sent_by,
		      unsendable[_i].tail);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

/* Likewise, as the answer does not fit into a datagram. */
START_TEST(ack_of_an_answer_too_large_to_be_sent)
{
	struct scene scene;
	struct peer *callee = &scene.callee;
	static char via[60001], extra[8001], tail[60100], headers[8100];
	const struct message *invite;

	memset(via, 'v', sizeof(via) - 1);
	memset(extra, 'x', sizeof(extra) - 1);
	snprintf(tail, sizeof(tail), ";rport;long=%s", via);
	snprintf(headers, sizeof(headers), "X-Long: %s\r\n", extra);
	scene_open(&scene, NULL);
	send_with_via(&scene, "INVITE", scene.caller.address, tail);
	invite = peer_expect(callee, 0, "INVITE", NULL);
	peer_reply(callee, invite, 486, PARTS(.headers = headers));
	peer_expect(callee, 0, "ACK", NULL);
	send_with_via(&scene, "ACK", scene.caller.address, tail);
	expect_bridged(&scene, CALLER);
	scene_close(&scene);
}
END_TEST

Suite *stack_suite(void)
{
	Suite *suite = suite_create("stack");
	TCase *tcase = scene_tcase(suite, "stack");

	tcase_add_loop_test(tcase, ack_of_an_answer_that_could_not_be_sent, 0,
			    sizeof(unsendable) / sizeof(*unsendable));
	tcase_add_test(tcase, ack_of_an_answer_too_large_to_be_sent);
	return suite;
}
