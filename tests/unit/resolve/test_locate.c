#include "callsieve/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/loop.h"
#include "fake/dns.h"

#include "suites.h"

#define PATIENCE_MS 5000

static struct loop *loop;
static struct fake_dns *dns;
static struct resolver *resolver;

/* What came: each target as a line "address:port transport priority weight",
 * in alphabetical order. */
static struct buf found;
static int found_err;
static unsigned found_ttl_s, answers;

static void setup(void)
{
	char servers[32];

	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(fake_dns_start(&dns, "127.0.0.1"), 0);
	snprintf(servers, sizeof(servers), "127.0.0.1:%u", fake_dns_port(dns));
	ck_assert_int_eq(resolver_new(&resolver, loop, servers), 0);
	buf_init(&found, 4096);
	answers = 0;
}

static void teardown(void)
{
	resolver_free(resolver);
	fake_dns_stop(dns);
	loop_free(loop);
	buf_fini(&found);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void on_answer(const struct resolve_answer *answer, void *arg)
{
	char lines[RESOLVE_TARGETS_MAX][96], host[NETADDR_TEXT];

	(void)arg;
	answers++;
	found_err = answer->err;
	found_ttl_s = answer->ttl_s;
	for (size_t i = 0; i < answer->count; i++) {
		const struct resolve_target *target = &answer->targets[i];

		snprintf(lines[i], sizeof(lines[i]), "%s:%u %s %u %u\n",
			 netaddr_print(host, &target->addr), target->port,
			 config_transport_names[target->transport],
			 target->priority, target->weight);
	}
	qsort(lines, answer->count, sizeof(lines[0]), by_text);
	buf_fini(&found);
	buf_init(&found, 4096);
	for (size_t i = 0; i < answer->count; i++)
		ck_assert_int_eq(buf_printf(&found, "%s", lines[i]), 0);
}

static void await(unsigned wanted)
{
	uint64_t end = now_mono_ms() + PATIENCE_MS;

	while (answers < wanted && now_mono_ms() < end)
		loop_step(loop, 10);
	ck_assert_uint_eq(answers, wanted);
}

static const char *targets(void)
{
	return found.len ? found.data : "";
}

static void resolve(const struct resolve_question *question)
{
	struct resolve *open = NULL;
	unsigned before = answers;

	ck_assert_int_eq(
		resolve_start(&open, resolver, question, on_answer, NULL), 0);
	ck_assert_uint_eq(answers, before);
	await(before + 1);
	resolve_free(open);
}

#define ALL                                                                    \
	.transports = {true, true, true}, .any_transport = true, .v4 = true,   \
	.v6 = true
#define QUESTION(...) (&(const struct resolve_question){__VA_ARGS__})

/* RFC 3263 4.1: the order of NAPTR is the domain's choice. */
START_TEST(naptr_leads_to_srv_and_that_to_addresses)
{
	fake_dns_add(dns, "example", 300, "NAPTR",
		     "20 1 s SIP+D2U _sip._udp.example");
	fake_dns_add(dns, "example", 300, "NAPTR",
		     "10 2 s SIP+D2T _b._tcp.example");
	fake_dns_add(dns, "example", 300, "NAPTR",
		     "10 1 s sip+d2t _sip._tcp.example");
	fake_dns_add(dns, "_sip._tcp.example", 60, "SRV",
		     "1 10 5070 a.example");
	fake_dns_add(dns, "_sip._tcp.example", 60, "SRV", "2 0 5071 b.example");
	fake_dns_add(dns, "a.example", 120, "A", "192.0.2.1");
	fake_dns_add(dns, "b.example", 120, "AAAA", "2001:db8::2");
	resolve(QUESTION(.host = "example", ALL));
	ck_assert_int_eq(found_err, 0);
	ck_assert_str_eq(targets(), "192.0.2.1:5070 tcp 1 640\n"
				    "2001:db8::2:5071 tcp 2 0\n");
	ck_assert_uint_eq(found_ttl_s, 60);
	ck_assert_uint_eq(fake_dns_questions(dns, "SRV"), 1);
}
END_TEST

START_TEST(naptr_we_cannot_use_is_passed_over)
{
	fake_dns_add(dns, "example", 300, "NAPTR",
		     "1 1 s SIPS+D2T _sips._tcp.example");
	fake_dns_add(dns, "example", 300, "NAPTR", "2 1 u E2U+sip example");
	fake_dns_add(dns, "example", 300, "NAPTR", "3 1 a SIP+D2U a.example");
	fake_dns_add(dns, "example", 300, "NAPTR",
		     "4 1 s SIP+D2U _x._udp.example");
	fake_dns_add(dns, "_x._udp.example", 60, "SRV", "1 1 5070 a.example");
	fake_dns_add(dns, "a.example", 60, "A", "192.0.2.1");
	resolve(QUESTION(.host = "example", .transports = {true, true},
			 .any_transport = true, .v4 = true));
	ck_assert_str_eq(targets(), "192.0.2.1:5070 udp 1 64\n");
	ck_assert_uint_eq(fake_dns_questions(dns, "AAAA"), 0);
}
END_TEST

START_TEST(without_naptr_the_usual_services_are_asked)
{
	fake_dns_add(dns, "_sip._tcp.example", 60, "SRV", "1 1 5070 a.example");
	fake_dns_add(dns, "a.example", 60, "A", "192.0.2.1");
	resolve(QUESTION(.host = "example", ALL));
	ck_assert_str_eq(targets(), "192.0.2.1:5070 tcp 1 64\n");
	ck_assert_uint_eq(fake_dns_questions(dns, "NAPTR"), 1);
}
END_TEST

START_TEST(without_srv_the_domain_is_the_host)
{
	fake_dns_add(dns, "example", 60, "A", "192.0.2.1");
	fake_dns_add(dns, "example", 60, "A", "192.0.2.2");
	resolve(QUESTION(.host = "example", ALL));
	ck_assert_str_eq(targets(), "192.0.2.1:5060 udp 0 32\n"
				    "192.0.2.2:5060 udp 0 32\n");
}
END_TEST

START_TEST(transport_given_asks_for_its_service_alone)
{
	fake_dns_add(dns, "example", 60, "NAPTR",
		     "1 1 s SIP+D2U _sip._udp.example");
	fake_dns_add(dns, "_sips._tcp.example", 60, "SRV",
		     "1 1 5070 a.example");
	fake_dns_add(dns, "a.example", 60, "A", "192.0.2.1");
	resolve(QUESTION(.host = "example", .v4 = true,
			 .transports = {[TRANSPORT_TLS] = true}));
	ck_assert_str_eq(targets(), "192.0.2.1:5070 tls 1 64\n");
	ck_assert_uint_eq(fake_dns_questions(dns, "NAPTR"), 0);
	ck_assert_uint_eq(fake_dns_questions(dns, "SRV"), 1);

	fake_dns_clear(dns);
	fake_dns_add(dns, "example", 60, "A", "192.0.2.9");
	resolve(QUESTION(.host = "example", .v4 = true,
			 .transports = {[TRANSPORT_TLS] = true}));
	ck_assert_str_eq(targets(), "192.0.2.9:5061 tls 0 64\n");
}
END_TEST

/* RFC 3263 4.2 */
START_TEST(port_given_asks_for_addresses_alone)
{
	fake_dns_add(dns, "_sip._udp.example", 60, "SRV", "1 1 5070 a.example");
	fake_dns_add(dns, "example", 60, "A", "192.0.2.1");
	resolve(QUESTION(.host = "example", .port = 5080, ALL));
	ck_assert_str_eq(targets(), "192.0.2.1:5080 udp 0 64\n");
	ck_assert_uint_eq(fake_dns_questions(dns, NULL), 2);
}
END_TEST

START_TEST(addresses_of_a_host_share_its_weight)
{
	fake_dns_add(dns, "_sip._udp.example", 60, "SRV", "1 3 5060 a.example");
	fake_dns_add(dns, "_sip._udp.example", 60, "SRV", "1 1 5060 b.example");
	fake_dns_add(dns, "a.example", 60, "A", "192.0.2.1");
	fake_dns_add(dns, "a.example", 60, "AAAA", "2001:db8::1");
	fake_dns_add(dns, "b.example", 60, "A", "192.0.2.2");
	resolve(QUESTION(.host = "example", ALL));
	ck_assert_str_eq(targets(), "192.0.2.1:5060 udp 1 96\n"
				    "192.0.2.2:5060 udp 1 64\n"
				    "2001:db8::1:5060 udp 1 96\n");
}
END_TEST

START_TEST(aliases_are_followed)
{
	fake_dns_add(dns, "example", 60, "CNAME", "real.example");
	fake_dns_add(dns, "real.example", 30, "A", "192.0.2.1");
	resolve(QUESTION(.host = "example", .port = 5060, ALL));
	ck_assert_str_eq(targets(), "192.0.2.1:5060 udp 0 64\n");
	ck_assert_uint_eq(found_ttl_s, 30);
}
END_TEST

/* RFC 2782 */
START_TEST(root_as_target_means_no_service)
{
	fake_dns_add(dns, "_sip._udp.example", 60, "SRV", "0 0 0 .");
	fake_dns_add(dns, "example", 60, "A", "192.0.2.1");
	resolve(QUESTION(.host = "example", ALL));
	ck_assert_int_eq(found_err, -ENOENT);
	ck_assert_str_eq(targets(), "");
}
END_TEST

START_TEST(unknown_name_is_told_from_failure)
{
	resolve(QUESTION(.host = "example", ALL));
	ck_assert_int_eq(found_err, -ENOENT);
	fake_dns_set(dns, DNS_SERVFAIL);
	resolve(QUESTION(.host = "example", ALL));
	ck_assert_int_eq(found_err, -EIO);
	resolve(QUESTION(.host = "example", .port = 5060, ALL));
	ck_assert_int_eq(found_err, -EIO);
}
END_TEST

START_TEST(broken_answer_is_a_failure)
{
	fake_dns_add(dns, "example", 60, "A", "192.0.2.1");
	fake_dns_set(dns, DNS_GARBAGE);
	resolve(QUESTION(.host = "example", .port = 5060, ALL));
	ck_assert_int_eq(found_err, -EIO);
	ck_assert_str_eq(targets(), "");
}
END_TEST

START_TEST(names_that_are_none_fail)
{
	char name[300];

	memset(name, 'a', sizeof(name));
	name[255] = '\0';
	resolve(QUESTION(.host = name, .port = 5060, ALL));
	ck_assert_int_eq(found_err, -EIO);
	resolve(QUESTION(.host = "a..example", ALL));
	ck_assert_int_eq(found_err, -EIO);
}
END_TEST

START_TEST(more_addresses_than_fit_are_left_out)
{
	for (int i = 0; i < 40; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%d", i);
		fake_dns_add(dns, "example", 60, "A", text);
	}
	fake_dns_set(dns, DNS_ANSWER);
	resolve(QUESTION(.host = "example", .port = 5060, ALL));
	ck_assert_int_eq(found_err, 0);
	ck_assert_ptr_nonnull(strstr(targets(), "192.0.2.9:5060 udp 0 2\n"));
}
END_TEST

START_TEST(question_given_up_gets_no_answer)
{
	struct resolve *open[3];

	fake_dns_add(dns, "example", 60, "A", "192.0.2.1");
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(resolve_start(&open[i], resolver,
					       QUESTION(.host = "example", ALL),
					       on_answer, NULL),
				 0);
	resolve_free(open[0]);
	resolve_free(open[2]);
	await(1);
	resolve_free(open[1]);
	for (int i = 0; i < 20; i++)
		loop_step(loop, 1);
	ck_assert_uint_eq(answers, 1);
}
END_TEST

START_TEST(resolver_may_end_while_dns_is_silent)
{
	struct resolve *open;

	fake_dns_set(dns, DNS_SILENT);
	ck_assert_int_eq(resolve_start(&open, resolver,
				       QUESTION(.host = "example", ALL),
				       on_answer, NULL),
			 0);
	loop_step(loop, 10);
	resolve_free(open);
	resolver_free(resolver);
	resolver = NULL;
	ck_assert_uint_eq(answers, 0);
}
END_TEST

Suite *locate_suite(void)
{
	Suite *suite = suite_create("locate");
	TCase *tests = tcase_create("locate");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, naptr_leads_to_srv_and_that_to_addresses);
	tcase_add_test(tests, naptr_we_cannot_use_is_passed_over);
	tcase_add_test(tests, without_naptr_the_usual_services_are_asked);
	tcase_add_test(tests, without_srv_the_domain_is_the_host);
	tcase_add_test(tests, transport_given_asks_for_its_service_alone);
	tcase_add_test(tests, port_given_asks_for_addresses_alone);
	tcase_add_test(tests, addresses_of_a_host_share_its_weight);
	tcase_add_test(tests, aliases_are_followed);
	tcase_add_test(tests, root_as_target_means_no_service);
	tcase_add_test(tests, unknown_name_is_told_from_failure);
	tcase_add_test(tests, broken_answer_is_a_failure);
	tcase_add_test(tests, names_that_are_none_fail);
	tcase_add_test(tests, more_addresses_than_fit_are_left_out);
	tcase_add_test(tests, question_given_up_gets_no_answer);
	tcase_add_test(tests, resolver_may_end_while_dns_is_silent);
	suite_add_tcase(suite, tests);
	return suite;
}
