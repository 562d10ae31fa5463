/* The guard: what the stack must not do. */
#include <stdbool.h>

#include <sofia-sip/su_addrinfo.h>
#include <sofia-sip/url.h>

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

START_TEST(parameters_are_found_by_their_whole_name)
{
	static const struct {
		const char *params, *name;
		isize_t found; /* with the end of the string */
		const char *value;
	} cases[] = {
		{"lr", "lr", 1, ""},
		{"lrx", "lr", 0, "-"},
		{"lrx;lr", "lr", 1, ""},
		{"LR", "lr", 1, ""},
		{"lr=on", "lr", 3, "on"},
		{"a;lr=;b", "lr", 1, ""},
		{"a;b=1", "b=", 2, "1"},
		{"user=phone", "user=phone", 1, ""},
		{"user=phones", "user=phone", 0, "-"},
		{"ttl=1;maddr=192.0.2.1", "maddr", 10, "192.0.2.1"},
		{"x=0123456789", "x", 11, "-"}, /* no room */
		{";;", "lr", 0, "-"},
		{"", "lr", 0, "-"},
		{NULL, "lr", 0, "-"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char value[10] = "-";

		ck_assert_uint_eq(url_param(cases[i].params, cases[i].name,
					    value, sizeof(value)),
				  cases[i].found);
		ck_assert_str_eq(value, cases[i].value);
	}
}
END_TEST

Suite *guard_suite(void)
{
	Suite *suite = suite_create("guard");
	TCase *tcase = tcase_create("guard");

	tcase_add_test(tcase, names_are_not_looked_up);
	tcase_add_test(tcase, parameters_are_found_by_their_whole_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
