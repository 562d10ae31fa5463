/* The scripted peer against itself: what the other tests rely on. */
#include <stdio.h>
#include <string.h>

#include "call/suites.h"
#include "fake/dialog.h"
#include "fake/trace.h"

static void open_pair(struct peer *a, struct peer *b, const char *transport,
		      const char *address)
{
	peer_open(a, "a", transport, address, 0);
	peer_open(b, "b", transport, address, 0);
	peer_set_target(a, b->address, b->port);
	peer_set_target(b, a->address, a->port);
}

static void close_pair(struct peer *a, struct peer *b)
{
	peer_close(a);
	peer_close(b);
}

static const struct pair {
	const char *transport, *address;
} pairs[] = {
	{"udp", "127.0.0.1"},
	{"tcp", "127.0.0.1"},
	{"udp", "::1"},
	{"tcp", "::1"},
};

#define PAIRS (int)(sizeof(pairs) / sizeof(*pairs))

START_TEST(peers_call_each_other)
{
	struct peer a, b;
	struct dialog from, to;
	const struct message *message;

	open_pair(&a, &b, pairs[_i].transport, pairs[_i].address);
	dialog_init(&from, &a, "alice", "bob");
	dialog_send(&from, "INVITE", PARTS(.body = "offer"));
	message = peer_expect(&b, 0, "INVITE", from.call_id);
	claim_text(message->body, "offer");
	dialog_accept(&to, &b, message);
	dialog_reply(&to, message, 180, NULL);
	dialog_reply(&to, message, 200, PARTS(.body = "answer"));
	dialog_expect(&from, 180, "INVITE");
	message = dialog_expect(&from, 200, "INVITE");
	claim_text(message->body, "answer");
	dialog_ack(&from, NULL);
	dialog_expect_request(&to, "ACK");
	dialog_send(&to, "BYE", NULL);
	message = dialog_expect_request(&from, "BYE");
	dialog_reply(&from, message, 200, NULL);
	dialog_expect(&to, 200, "BYE");
	close_pair(&a, &b);
}
END_TEST

START_TEST(a_cancelled_call_ends_with_487_and_its_ack)
{
	struct peer a, b;
	struct dialog from, to;
	const struct message *invite;

	open_pair(&a, &b, "udp", "127.0.0.1");
	dialog_init(&from, &a, "alice", "bob");
	dialog_send(&from, "INVITE", NULL);
	invite = peer_expect(&b, 0, "INVITE", NULL);
	dialog_accept(&to, &b, invite);
	dialog_cancel(&from, NULL);
	dialog_reply(&to, dialog_expect_request(&to, "CANCEL"), 200, NULL);
	dialog_reply(&to, invite, 487, NULL);
	dialog_expect(&from, 200, "CANCEL");
	dialog_expect_failure(&from, 487);
	dialog_expect_request(&to, "ACK");
	close_pair(&a, &b);
}
END_TEST

START_TEST(what_comes_again_is_dropped_and_counted)
{
	struct peer a, b;
	struct dialog from;

	open_pair(&a, &b, "udp", "127.0.0.1");
	dialog_init(&from, &a, "alice", "bob");
	dialog_send(&from, "INVITE", NULL);
	dialog_resend(&from, NULL);
	dialog_resend(&from, NULL);
	peer_expect(&b, 0, "INVITE", NULL);
	peer_expect_nothing(&b, 0);
	claim_number(b.retransmissions, 2);
	close_pair(&a, &b);
}
END_TEST

START_TEST(a_stream_is_cut_into_messages)
{
	struct peer a, b;
	const char text[] =
		"INFO sip:b SIP/2.0\r\nVia: SIP/2.0/TCP "
		"x;branch=z9hG4bK1\r\nMax-Forwards: 1\r\n"
		"From: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: 1\r\n"
		"CSeq: 1 INFO\r\nX-Folded: one\r\n two\r\n"
		"Content-Length: 4\r\n\r\nab\r\n";
	const struct message *message;
	char twice[1024];

	open_pair(&a, &b, "tcp", "127.0.0.1");
	b.shows_retransmissions = true;
	snprintf(twice, sizeof(twice), "%s%s", text, text);
	peer_send(&a, twice, strlen(text) + 100);
	message = peer_expect(&b, 0, "INFO", "1");
	claim_text(message->body, "ab\r\n");
	claim_text(message_header(message, "x-folded", 0), "one\r\n two");
	peer_send(&a, twice + strlen(text) + 100, strlen(text) - 100);
	peer_expect(&b, 0, "INFO", "1");
	close_pair(&a, &b);
}
END_TEST

START_TEST(faults_of_a_message_are_found)
{
	static const struct {
		const char *text, *fault;
	} cases[] = {
		{"BYE sip:b SIP/2.0\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\n"
		 "Call-ID: 1\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\n\r\n",
		 "Via"},
		{"BYE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=1\r\n"
		 "From: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: 1\r\n"
		 "CSeq: 1 BYE\r\nMax-Forwards: 70\r\n\r\n",
		 "branch"},
		{"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\n"
		 "From: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: 1\r\n"
		 "CSeq: 1 BYE\r\n\r\n",
		 "To"},
		{"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\n"
		 "From: <sip:a>;tag=1\r\nTo: <sip:b>;tag=2\r\nCall-ID: 1\r\n"
		 "CSeq: 1 INVITE\r\n\r\n",
		 "Contact"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct message *message =
			message_parse(cases[i].text, strlen(cases[i].text));
		const char *fault = message_fault(message);

		ck_assert_msg(fault && strstr(fault, cases[i].fault),
			      "case %zu: %s", i, fault ? fault : "none");
		message_free(message);
	}
}
END_TEST

Suite *peer_suite(void)
{
	Suite *suite = suite_create("peer");
	TCase *tests = tcase_create("peer");

	tcase_add_loop_test(tests, peers_call_each_other, 0, PAIRS);
	tcase_add_test(tests, a_cancelled_call_ends_with_487_and_its_ack);
	tcase_add_test(tests, what_comes_again_is_dropped_and_counted);
	tcase_add_test(tests, a_stream_is_cut_into_messages);
	tcase_add_test(tests, faults_of_a_message_are_found);
	suite_add_tcase(suite, tests);
	return suite;
}
