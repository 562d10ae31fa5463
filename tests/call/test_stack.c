/* Where the stack would abort, or block, if what a stranger sends got that
 * far: its asserts stay compiled in. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call/scene.h"
#include "call/suites.h"

#define SLOW_FULL 4

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

/* A socket at the caller's address that takes one more connection than there
 * are in `full`, and that one late. */
struct slow_socket {
	int fd, full[SLOW_FULL];
	unsigned port;
};

static void slow_open(struct slow_socket *slow, const char *address)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	inet_pton(AF_INET, address, &at.sin_addr);
	slow->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	claim(!bind(slow->fd, (struct sockaddr *)&at, len) &&
		      !listen(slow->fd, 0) &&
		      !getsockname(slow->fd, (struct sockaddr *)&at, &len),
	      "listen");
	slow->port = ntohs(at.sin_port);
	for (unsigned i = 0; i < SLOW_FULL; i++) {
		slow->full[i] = socket(
			AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		connect(slow->full[i], (struct sockaddr *)&at, len);
	}
}

/* What the late one says. */
static void slow_read(struct slow_socket *slow, char *buf, size_t size)
{
	ssize_t len = 0;

	for (unsigned i = 0; i < SLOW_FULL; i++)
		close(slow->full[i]);
	while (len <= 0) {
		int fd = accept(slow->fd, NULL, NULL);

		len = recv(fd, buf, size - 1, 0);
		close(fd);
	}
	buf[len] = '\0';
	close(slow->fd);
}

static void send_info(struct dialog *dialog, unsigned port)
{
	peer_printf(dialog->peer,
		    "INFO %s SIP/2.0\r\n"
		    "Via: SIP/2.0/TCP %s:%u;branch=z9hG4bK-slow\r\n"
		    "From: %s\r\nTo: %s\r\nCall-ID: %s\r\n"
		    "CSeq: %u INFO\r\nMax-Forwards: 70\r\n"
		    "Content-Length: 0\r\n\r\n",
		    dialog->target, dialog->peer->address, port, dialog->local,
		    dialog->remote, dialog->call_id, ++dialog->cseq);
}

/* The answer waits in the queue of a connection that is being made, longer
 * than the request lasts whose parts it was made of. */
START_TEST(answer_may_wait_longer_than_its_request_lasts)
{
	struct scene scene;
	struct slow_socket slow;
	struct call call;
	const struct message *info;
	char answer[2048], call_id[256];

	scene_open(&scene, SCENE(.caller = "tcp", .callee = "tcp"));
	slow_open(&slow, scene.caller.address);
	call_establish(&call, &scene);
	send_info(&call.caller, slow.port);
	info = dialog_expect_request(&call.callee, "INFO");
	peer_hang_up(&scene.caller);
	scene_ping(&scene); /* by another one: the first is seen to be gone */
	dialog_reply(&call.callee, info, 200, NULL);
	/* Once this has passed, so has what was before it. */
	dialog_send(&call.callee, "INFO", NULL);
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "INFO"),
		     200, NULL);
	dialog_expect(&call.callee, 200, "INFO");
	call_hang_up(&call);
	slow_read(&slow, answer, sizeof(answer));
	snprintf(call_id, sizeof(call_id), "\r\nCall-ID: %s\r\n",
		 call.caller.call_id);
	claim(strncmp(answer, "SIP/2.0 200 ", 12) == 0 &&
		      strstr(answer, call_id),
	      "%s", answer);
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
	tcase_add_test(tcase, answer_may_wait_longer_than_its_request_lasts);
	return suite;
}
