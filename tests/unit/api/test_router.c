#include "api/router.h"

#include <string.h>

#include "suites.h"

#define LONG_SEGMENT "+12345678901234567890123456789012345678901234567890"

static const struct {
	const char *method, *path;
	int status;	  /* 0: found */
	const char *more; /* the parameter, or Allow */
} cases[] = {
	{"GET", "/healthz", 0, ""},
	{"HEAD", "/healthz", 0, ""},
	{"POST", "/v1/reports", 0, ""},
	{"GET", "/v1/reputation/+12025550123", 0, "+12025550123"},
	{"GET", "/v1/reputation/(202) 555-0123", 0, "(202) 555-0123"},
	{"GET", "/", 404, ""},
	{"GET", "", 404, ""},
	{"GET", "healthz", 404, ""},
	{"GET", "/healthz/", 404, ""},
	{"GET", "//healthz", 404, ""},
	{"GET", "/healthzz", 404, ""},
	{"GET", "/health", 404, ""},
	{"GET", "/v1/reputation", 404, ""},
	{"GET", "/v1/reputation/", 404, ""},
	{"GET", "/v1/reputation/+1202/x", 404, ""},
	{"GET", "/v1/reputation/" LONG_SEGMENT, 404, ""},
	{"GET", "/V1/reports", 404, ""},
	{"GET", "/v1/reports", 405, "POST"},
	{"HEAD", "/v1/reports", 405, "POST"},
	{"DELETE", "/healthz", 405, "GET, HEAD"},
	{"get", "/healthz", 405, "GET, HEAD"},
	{"OPTIONS", "/metrics", 405, "GET, HEAD"},
};

START_TEST(routes)
{
	struct request request = {0};

	router_find(&request, cases[_i].method, cases[_i].path);
	ck_assert_msg(request.reply.status == cases[_i].status, "%s %s: %d",
		      cases[_i].method, cases[_i].path, request.reply.status);
	ck_assert_int_eq(request.route != NULL, !cases[_i].status);
	if (cases[_i].status)
		ck_assert_str_eq(request.reply.allow, cases[_i].more);
	else
		ck_assert_str_eq(request.param, cases[_i].more);
	reply_fini(&request.reply);
}
END_TEST

Suite *router_suite(void)
{
	Suite *suite = suite_create("router");
	TCase *tests = tcase_create("router");

	tcase_add_loop_test(tests, routes, 0, sizeof(cases) / sizeof(*cases));
	suite_add_tcase(suite, tests);
	return suite;
}
