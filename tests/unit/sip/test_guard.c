/* The guard: what the stack must not do. */
#include <stdbool.h>

#include <sofia-sip/su_addrinfo.h>

#include "suites.h"

/* What the stack calls is ours, and never reads a file or asks a server. */
START_TEST(names_are_not_looked_up)
{
	static const struct {
		const char *node, *service;
		bool found;
	} cases[] = {
		{"127.0.0.1", "5060", true},  {"::1", "5060", true},
		{"127.0.0.1", NULL, true},    {"127.0.0.1", "", true},
		{"localhost", "5060", false}, {"127.0.0.1", "sip", false},
		{"", "5060", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const su_addrinfo_t hints = {.ai_socktype = SOCK_DGRAM};
		su_addrinfo_t *res = NULL;
		int err = su_getaddrinfo(cases[i].node, cases[i].service,
					 &hints, &res);

		ck_assert_msg(!err == cases[i].found, "%s %s: %d",
			      cases[i].node, cases[i].service, err);
		if (!err)
			su_freeaddrinfo(res);
	}
}
END_TEST

Suite *guard_suite(void)
{
	Suite *suite = suite_create("guard");
	TCase *tcase = tcase_create("guard");

	tcase_add_test(tcase, names_are_not_looked_up);
	suite_add_tcase(suite, tcase);
	return suite;
}
