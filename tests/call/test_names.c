/* Gateways that are names: found by DNS, which no call ever waits for. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"
#include "fake/dns.h"

/* The gateway "named" is the domain core.example; "core" has the address of
 * the scene's callee, and "other" is one more peer. */
struct names {
	struct scene scene;
	struct peer other;
	struct fake_dns *dns;
	char section[800];
};

#define RECORD(names, name, type, ...)                                         \
	do {                                                                   \
		char data[128];                                                \
		snprintf(data, sizeof(data), __VA_ARGS__);                     \
		fake_dns_add((names)->dns, name, 1, type, data);               \
	} while (0)

static void prepare(struct names *names)
{
	struct scene *scene = &names->scene;
	char address[32];

	scene_init(scene, NULL);
	peer_open(&names->other, "other", "udp",
		  daemon_address(address, &scene->daemon, 4), 0);
	claim(fake_dns_start(&names->dns,
			     daemon_address(address, &scene->daemon, 5)) == 0,
	      "no DNS");
	RECORD(names, "a.example", "A", "%s", scene->callee.address);
	RECORD(names, "b.example", "A", "%s", names->other.address);
}

/* The SRV of "core.example". */
static void serve(struct names *names, unsigned priority, unsigned weight,
		  unsigned port, const char *host)
{
	RECORD(names, "_sip._udp.core.example", "SRV", "%u %u %u %s", priority,
	       weight, port, host);
}

static void start(struct names *names, const char *uri, const char *gateways,
		  const char *lines)
{
	char address[32];

	snprintf(names->section, sizeof(names->section),
		 "gateway named {\n"
		 "\turi = \"%s\"\n"
		 "%s"
		 "}\n"
		 "dns {\n"
		 "\tservers = {\"%s:%u\"}\n"
		 "\tttl_min_s = 1\n"
		 "}\n",
		 uri, lines, daemon_address(address, &names->scene.daemon, 5),
		 fake_dns_port(names->dns));
	scene_configure(&names->scene, SCENE(.gateways = gateways,
					     .sections = names->section));
	daemon_start(&names->scene.daemon);
}

#define NAMED	  "\"named\""
#define QUIET	  "\toptions_interval_s = 0\n"
#define UP	  "callsieve_gateway_up{gateway=\"named\"}"
#define ADDRESSES "callsieve_gateway_addresses{gateway=\"named\"}"

static void await(struct names *names, const char *metric, long value)
{
	daemon_await_metric_equal(&names->scene.daemon, metric, value, 10000);
}

static void finish(struct names *names)
{
	peer_close(&names->other);
	scene_close(&names->scene);
	fake_dns_stop(names->dns);
}

static void expect_at(struct names *names, struct peer *peer)
{
	struct call call;

	call_begin(&call, &names->scene, CALLER, CALLEE, NULL);
	call_reaches(&call, peer);
	call_answer(&call);
	call_hang_up(&call);
}

START_TEST(name_is_found_by_srv_and_stays_in_the_request)
{
	struct names names;
	struct call call;

	prepare(&names);
	RECORD(&names, "core.example", "NAPTR",
	       "1 1 s SIP+D2U _sip._udp.core.example");
	serve(&names, 1, 1, names.scene.callee.port, "a.example");
	start(&names, "sip:core.example", NAMED, QUIET);
	await(&names, UP, 1);
	call_place(&call, &names.scene, NULL);
	claim_text(call.invite->uri, "sip:" CALLEE "@core.example");
	claim(strstr(message_header(call.invite, "To", 0), "@core.example>"),
	      "not for whom it is");
	call_answer(&call);
	call_hang_up(&call);
	finish(&names);
}
END_TEST

START_TEST(name_with_a_port_is_an_address)
{
	struct names names;
	char uri[64];

	prepare(&names);
	serve(&names, 1, 1, names.other.port, "b.example");
	RECORD(&names, "core.example", "A", "%s", names.scene.callee.address);
	snprintf(uri, sizeof(uri), "sip:core.example:%u",
		 names.scene.callee.port);
	start(&names, uri, NAMED, QUIET);
	await(&names, UP, 1);
	expect_at(&names, &names.scene.callee);
	finish(&names);
}
END_TEST

/* By the gateway's name only, of its own kind, and to no other name. */
START_TEST(redirection_to_a_gateway_may_use_its_name)
{
	struct names names;
	struct call call;
	const struct message *first;
	char contact[200];

	prepare(&names);
	RECORD(&names, "core.example", "A", "%s", names.other.address);
	snprintf(contact, sizeof(contact), "sip:core.example:%u",
		 names.other.port);
	start(&names, contact, "\"core\"", QUIET);
	scene_configure(&names.scene,
			SCENE(.gateway = QUIET "\tredirects = \"follow\"\n",
			      .sections = names.section));
	daemon_reload(&names.scene.daemon);
	await(&names, UP, 1);
	call_begin(&call, &names.scene, CALLER, CALLEE, NULL);
	first = peer_expect(&names.scene.callee, 0, "INVITE", NULL);
	snprintf(contact, sizeof(contact),
		 "Contact: <sip:x@a.example>, <sip:x@core.example:1>, "
		 "<sip:x@core.example;transport=tcp>, "
		 "<sip:x@Core.Example;p>\r\n");
	peer_reply(&names.scene.callee, first, 302, PARTS(.headers = contact));
	peer_expect(&names.scene.callee, 0, "ACK", NULL);
	call_reaches(&call, &names.other);
	claim_text(call.invite->uri, "sip:x@Core.Example;p");
	call_answer(&call);
	call_hang_up(&call);
	finish(&names);
}
END_TEST

START_TEST(no_call_waits_for_dns)
{
	struct names names;

	prepare(&names);
	fake_dns_set(names.dns, DNS_SILENT);
	start(&names, "sip:core.example", "\"named\", \"core\"", QUIET);
	expect_at(&names, &names.scene.callee);
	claim_number(daemon_metric(&names.scene.daemon, UP), 0);
	claim_number(daemon_metric(&names.scene.daemon, ADDRESSES), 0);
	finish(&names);
}
END_TEST

START_TEST(call_that_has_only_an_unknown_name_gets_500)
{
	struct names names;
	struct call call;

	prepare(&names);
	start(&names, "sip:core.example", NAMED, QUIET);
	daemon_await_logged(&names.scene.daemon, "reason=no-such-name");
	call_begin(&call, &names.scene, CALLER, CALLEE, NULL);
	dialog_expect_failure(&call.caller, 500);

	/* It is asked again. */
	serve(&names, 1, 1, names.scene.callee.port, "a.example");
	await(&names, UP, 1);
	expect_at(&names, &names.scene.callee);
	finish(&names);
}
END_TEST

START_TEST(new_answer_replaces_the_old_one)
{
	struct names names;
	struct call call;

	prepare(&names);
	serve(&names, 1, 1, names.scene.callee.port, "a.example");
	start(&names, "sip:core.example", NAMED, QUIET);
	await(&names, UP, 1);
	call_establish(&call, &names.scene);
	fake_dns_clear(names.dns);
	RECORD(&names, "b.example", "A", "%s", names.other.address);
	serve(&names, 1, 1, names.other.port, "b.example");
	serve(&names, 2, 1, names.other.port + 1, "b.example");
	await(&names, ADDRESSES, 2);
	expect_at(&names, &names.other);

	/* Its address is no longer the gateway's, but the call's. */
	call_hang_up(&call);
	finish(&names);
}
END_TEST

/* 0: DNS fails; 1: it says that there is no such name. */
START_TEST(last_answer_stays_in_use_while_dns_fails)
{
	struct names names;

	prepare(&names);
	serve(&names, 1, 1, names.scene.callee.port, "a.example");
	start(&names, "sip:core.example", NAMED, QUIET);
	await(&names, UP, 1);
	if (_i)
		fake_dns_clear(names.dns);
	else
		fake_dns_set(names.dns, DNS_SERVFAIL);
	daemon_await_metric(&names.scene.daemon, "callsieve_dns_failures_total",
			    2, 10000);
	claim_number(daemon_metric(&names.scene.daemon, ADDRESSES), 1);
	expect_at(&names, &names.scene.callee);
	finish(&names);
}
END_TEST

START_TEST(target_of_lower_priority_takes_what_the_first_cannot)
{
	struct names names;

	prepare(&names);
	serve(&names, 1, 1, free_port(names.scene.callee.address), "a.example");
	serve(&names, 2, 1, names.scene.callee.port, "a.example");
	start(&names, "sip:core.example", NAMED, QUIET);
	await(&names, ADDRESSES, 2);
	expect_at(&names, &names.scene.callee);
	claim_number(
		daemon_metric(&names.scene.daemon, "callsieve_failovers_total"),
		1);
	finish(&names);
}
END_TEST

START_TEST(targets_of_one_priority_share_calls_by_weight)
{
	struct names names;
	struct peer *peers[] = {&names.scene.callee, &names.other};
	int counts[2] = {0};

	prepare(&names);
	serve(&names, 1, 3, names.scene.callee.port, "a.example");
	serve(&names, 1, 1, names.other.port, "b.example");
	start(&names, "sip:core.example", NAMED, QUIET);
	await(&names, ADDRESSES, 2);
	for (int i = 0; i < 100; i++) {
		struct call call;
		int at = 0;

		call_begin(&call, &names.scene, CALLER, CALLEE, NULL);
		while (!(call.invite =
				 peer_poll(peers[at], 0, "INVITE", NULL, 2)))
			at = !at;
		dialog_accept(&call.callee, peers[at], call.invite);
		call_refuse(&call, 486);
		counts[at]++;
	}
	claim(counts[0] > 55 && counts[0] < 95, "%d of 100", counts[0]);
	finish(&names);
}
END_TEST

START_TEST(each_address_has_a_health_of_its_own)
{
	struct names names;

	prepare(&names);
	serve(&names, 1, 1, free_port(names.scene.callee.address), "a.example");
	serve(&names, 2, 1, names.scene.callee.port, "a.example");
	names.scene.callee.ignores = "OPTIONS";
	start(&names, "sip:core.example", NAMED,
	      "\tdown_after = 1\n\tanswer_ms = 30000\n");
	daemon_await_logged(&names.scene.daemon, "gateway=named event=down");
	claim_number(daemon_metric(&names.scene.daemon, UP), 1);
	expect_at(&names, &names.scene.callee);
	claim_number(
		daemon_metric(&names.scene.daemon, "callsieve_failovers_total"),
		0);
	peer_reply(&names.scene.callee,
		   peer_expect(&names.scene.callee, 0, "OPTIONS", NULL), 503,
		   NULL);
	await(&names, UP, 0);
	finish(&names);
}
END_TEST

/* Its address may ask whether we are there, like that of any gateway. */
START_TEST(address_of_a_name_is_known)
{
	struct names names;
	struct dialog ping;

	prepare(&names);
	serve(&names, 1, 1, names.other.port, "b.example");
	start(&names, "sip:core.example", NAMED, QUIET);
	await(&names, UP, 1);
	peer_set_target(&names.other, names.scene.daemon.host,
			names.scene.daemon.port);
	dialog_init(&ping, &names.other, CALLEE, CALLER);
	dialog_send(&ping, "OPTIONS", NULL);
	dialog_expect(&ping, 200, "OPTIONS");
	finish(&names);
}
END_TEST

/* The resolver has a thread of its own, and calls do not wait for it. */
static void await_questions(struct names *names, unsigned at_least)
{
	long end = trace_clock_ms() + DAEMON_PATIENCE_MS;

	while (fake_dns_questions(names->dns, NULL) < at_least) {
		claim(trace_clock_ms() < end, "not asked");
		poll(NULL, 0, 10);
	}
}

START_TEST(reload_asks_again_and_may_change_the_name)
{
	struct names names;
	unsigned before;

	prepare(&names);
	serve(&names, 1, 1, names.scene.callee.port, "a.example");
	start(&names, "sip:core.example", NAMED, QUIET);
	await(&names, UP, 1);
	before = fake_dns_questions(names.dns, NULL);
	daemon_reload(&names.scene.daemon);
	expect_at(&names, &names.scene.callee);
	await(&names, UP, 1);
	await_questions(&names, before + 1);
	scene_configure(&names.scene, NULL);
	daemon_reload(&names.scene.daemon);
	expect_at(&names, &names.scene.callee);
	claim_number(daemon_metric(&names.scene.daemon, UP), 0);
	finish(&names);
}
END_TEST

Suite *names_suite(void)
{
	Suite *suite = suite_create("names");
	TCase *tests = scene_tcase(suite, "names");

	tcase_add_test(tests, name_is_found_by_srv_and_stays_in_the_request);
	tcase_add_test(tests, name_with_a_port_is_an_address);
	tcase_add_test(tests, redirection_to_a_gateway_may_use_its_name);
	tcase_add_test(tests, no_call_waits_for_dns);
	tcase_add_test(tests, call_that_has_only_an_unknown_name_gets_500);
	tcase_add_test(tests, new_answer_replaces_the_old_one);
	tcase_add_loop_test(tests, last_answer_stays_in_use_while_dns_fails, 0,
			    2);
	tcase_add_test(tests,
		       target_of_lower_priority_takes_what_the_first_cannot);
	tcase_add_test(tests, targets_of_one_priority_share_calls_by_weight);
	tcase_add_test(tests, each_address_has_a_health_of_its_own);
	tcase_add_test(tests, address_of_a_name_is_known);
	tcase_add_test(tests, reload_asks_again_and_may_change_the_name);
	return suite;
}
