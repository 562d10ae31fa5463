#include "sip/internal.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "suites.h"

static struct netaddr loopback;

static int open_socket(uint16_t *portp)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ck_assert_int_eq(netaddr_parse(&loopback, "127.0.0.1"), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&in, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	*portp = ntohs(in.sin_port);
	return fd;
}

START_TEST(socket_is_found_by_its_address)
{
	uint16_t port;
	int udp = open_socket(&port);
	struct netaddr other;

	ck_assert_int_eq(netaddr_parse(&other, "127.0.0.2"), 0);
	ck_assert_int_eq(backlog_socket(&loopback, port), udp);
	ck_assert_int_eq(backlog_socket(&other, port), -1);
	close(udp);
	ck_assert_int_eq(backlog_socket(&loopback, port), -1);
}
END_TEST

START_TEST(what_is_unread_is_seen)
{
	char message[1000] = "";
	uint16_t port;
	int fd = open_socket(&port);
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				 .sin_port = htons(port)};
	int from = socket(AF_INET, SOCK_DGRAM, 0);

	ck_assert(!backlog_is_long(-1));
	ck_assert(!backlog_is_long(fd));
	for (int i = 0; i < 5; i++)
		sendto(from, message, sizeof(message), 0,
		       (struct sockaddr *)&to, sizeof(to));
	ck_assert(!backlog_is_long(fd));
	for (int i = 0; i < 100; i++)
		sendto(from, message, sizeof(message), 0,
		       (struct sockaddr *)&to, sizeof(to));
	ck_assert(backlog_is_long(fd));
	while (recv(fd, message, sizeof(message), MSG_DONTWAIT) > 0)
		;
	ck_assert(!backlog_is_long(fd));
	close(from);
	close(fd);
}
END_TEST

Suite *backlog_suite(void)
{
	Suite *suite = suite_create("backlog");
	TCase *tests = tcase_create("backlog");

	tcase_add_test(tests, socket_is_found_by_its_address);
	tcase_add_test(tests, what_is_unread_is_seen);
	suite_add_tcase(suite, tests);
	return suite;
}
