#include "callsieve/core/netaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "suites.h"

static const struct {
	const char *input;
	const char *printed; /* NULL: refused */
} addresses[] = {
	{"192.0.2.1", "192.0.2.1"},
	{"2001:db8::1", "2001:db8::1"},
	{"[2001:DB8:0::1]", "2001:db8::1"},
	{"::ffff:192.0.2.1", "192.0.2.1"},
	{"[::ffff:192.0.2.1]", "192.0.2.1"},
	{"::", "::"},
	{"0.0.0.0", "0.0.0.0"},
	{"", NULL},
	{"[", NULL},
	{"[]", NULL},
	{"[::1", NULL},
	{"::1]", NULL},
	{"[192.0.2.1]", NULL},
	{"192.0.2", NULL},
	{"192.0.2.256", NULL},
	{"192.0.2.01x", NULL},
	{"192.0.2.1:5060", NULL},
	{" 192.0.2.1", NULL},
	{"fe80::1%eth0", NULL},
	{"localhost", NULL},
	{"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]", NULL},
};

START_TEST(reads_numeric_addresses)
{
	const char *printed = addresses[_i].printed;
	char buf[NETADDR_TEXT];
	struct netaddr addr;
	int err = netaddr_parse(&addr, addresses[_i].input);

	ck_assert_msg((err != 0) == (printed == NULL), "%s",
		      addresses[_i].input);
	if (!err)
		ck_assert_str_eq(netaddr_print(buf, &addr), printed);
}
END_TEST

START_TEST(mapped_socket_address_is_ipv4)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr other = {.sa_family = AF_UNIX};
	struct netaddr addr;
	char buf[NETADDR_TEXT];

	inet_pton(AF_INET6, "::ffff:192.0.2.9", &in6.sin6_addr);
	netaddr_from_sockaddr(&addr, (struct sockaddr *)&in6);
	ck_assert_uint_eq(addr.len, 4);
	ck_assert_str_eq(netaddr_print(buf, &addr), "192.0.2.9");

	inet_pton(AF_INET6, "2001:db8::9", &in6.sin6_addr);
	netaddr_from_sockaddr(&addr, (struct sockaddr *)&in6);
	ck_assert_str_eq(netaddr_print(buf, &addr), "2001:db8::9");

	inet_pton(AF_INET, "192.0.2.7", &in.sin_addr);
	netaddr_from_sockaddr(&addr, (struct sockaddr *)&in);
	ck_assert_str_eq(netaddr_print(buf, &addr), "192.0.2.7");

	netaddr_from_sockaddr(&addr, &other);
	ck_assert_uint_eq(addr.len, 0);
	ck_assert_str_eq(netaddr_print(buf, &addr), "none");
}
END_TEST

static const struct {
	const char *range, *address;
	bool contains;
} ranges[] = {
	{"192.0.2.0/24", "192.0.2.255", true},
	{"192.0.2.0/24", "192.0.3.0", false},
	{"192.0.2.1", "192.0.2.1", true},
	{"192.0.2.1", "192.0.2.0", false},
	{"192.0.2.1/32", "192.0.2.1", true},
	{"0.0.0.0/0", "203.0.113.9", true},
	{"0.0.0.0/0", "2001:db8::1", false},
	{"::/0", "2001:db8::1", true},
	{"::/0", "192.0.2.1", false},
	{"192.0.2.128/25", "192.0.2.128", true},
	{"192.0.2.128/25", "192.0.2.127", false},
	{"10.0.0.0/7", "11.255.0.1", true},
	{"10.0.0.0/7", "12.0.0.1", false},
	{"2001:db8::/33", "2001:db8:7fff::1", true},
	{"2001:db8::/33", "2001:db8:8000::1", false},
	{"[2001:db8::]/32", "2001:db8:1::", true},
	{"::ffff:192.0.2.0/120", "192.0.2.77", true},
	{"::ffff:0:0/96", "192.0.2.77", true},
	{"192.0.2.0/24", "::ffff:192.0.2.4", true},
};

START_TEST(range_contains_its_addresses)
{
	struct netaddr addr;
	struct cidr cidr;

	ck_assert_int_eq(cidr_parse(&cidr, ranges[_i].range), 0);
	ck_assert_int_eq(netaddr_parse(&addr, ranges[_i].address), 0);
	ck_assert_msg(cidr_contains(&cidr, &addr) == ranges[_i].contains,
		      "%s in %s", ranges[_i].address, ranges[_i].range);
}
END_TEST

START_TEST(no_address_is_in_no_range)
{
	struct netaddr none = {.len = 0};
	struct cidr cidr;

	ck_assert_int_eq(cidr_parse(&cidr, "0.0.0.0/0"), 0);
	ck_assert(!cidr_contains(&cidr, &none));
}
END_TEST

static const char *const no_ranges[] = {
	"",
	"/24",
	"192.0.2.0/",
	"192.0.2.0/33",
	"192.0.2.0/024",
	"192.0.2.0/-1",
	"192.0.2.0/+24",
	"192.0.2.0/24 ",
	"192.0.2.0/24/24",
	"192.0.2.1/24",
	"2001:db8::/129",
	"2001:db8::1/64",
	"::ffff:0:0/95",
	"192.0.2.0/255.255.255.0",
	"192.0.2.0/4294967320",
	"2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/32",
};

START_TEST(bad_ranges_are_refused)
{
	struct cidr cidr;

	ck_assert_msg(cidr_parse(&cidr, no_ranges[_i]) < 0, "%s",
		      no_ranges[_i]);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

Suite *netaddr_suite(void)
{
	Suite *suite = suite_create("netaddr");
	TCase *tc = tcase_create("netaddr");

	tcase_add_loop_test(tc, reads_numeric_addresses, 0, COUNT(addresses));
	tcase_add_test(tc, mapped_socket_address_is_ipv4);
	tcase_add_loop_test(tc, range_contains_its_addresses, 0, COUNT(ranges));
	tcase_add_test(tc, no_address_is_in_no_range);
	tcase_add_loop_test(tc, bad_ranges_are_refused, 0, COUNT(no_ranges));
	suite_add_tcase(suite, tc);
	return suite;
}
