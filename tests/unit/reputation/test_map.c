#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/reputation.h"
#include "reputation/pointer.h"
#include "suites.h"

#define UNKNOWN	  -1
#define MALFORMED -2

#define DUPLICATE "{\"score\": 1, \"score\": 2}"

/* The risk, or one of the above. */
static const struct {
	const char *pointer;
	double min, max;
	const char *body;
	int risk;
} cases[] = {
	/* numbers, and text that is a number */
	{"/score", 0, 100, "{\"score\": 95}", 95},
	{"/score", 0, 100, "{\"score\": 95.4}", 95},
	{"/score", 0, 100, "{\"score\": 95.5}", 96},
	{"/score", 0, 100, "{\"score\": \"95\"}", 95},
	{"/score", 0, 100, "{\"score\": \"9.5e1\"}", 95},
	{"/score", 0, 100, "{\"score\": \"-3\"}", 0},
	{"/score", 0, 100, "{\"score\": \"\"}", MALFORMED},
	{"/score", 0, 100, "{\"score\": \" 95\"}", MALFORMED},
	{"/score", 0, 100, "{\"score\": \"95%\"}", MALFORMED},
	{"/score", 0, 100, "{\"score\": \"0x5f\"}", MALFORMED},
	{"/score", 0, 100, "{\"score\": \"nan\"}", MALFORMED},
	{"/score", 0, 100, "{\"score\": \"inf\"}", MALFORMED},
	{"/score", 0, 100, "{\"score\": \"1e999\"}", MALFORMED},
	{"/score", 0, 100, "{\"score\": \"95 spam\"}", MALFORMED},
	{"/score", 0, 100, "{\"score\": \"-\"}", MALFORMED},
	/* from Windows */
	{"/score", 0, 100, "\xef\xbb\xbf{\"score\": 95}\r\n", 95},
	/* what is no number */
	{"/score", 0, 100, "{\"score\": true}", MALFORMED},
	{"/score", 0, 100, "{\"score\": [95]}", MALFORMED},
	{"/score", 0, 100, "{\"score\": {}}", MALFORMED},
	{"/score", 0, 100, "{\"score\": NaN}", MALFORMED},
	{"/score", 0, 100, "{\"score\": 1e999}", MALFORMED},
	{"/score", 0, 100, "{\"score\": 99999999999999999999}", 100},
	/* nothing known is not the same as nothing said */
	{"/score", 0, 100, "{\"score\": null}", UNKNOWN},
	{"/data/score", 0, 100, "{\"data\": null}", UNKNOWN},
	{"/score", 0, 100, "null", UNKNOWN},
	{"/score", 0, 100, "{}", MALFORMED},
	{"/score", 0, 100, "{\"Score\": 95}", MALFORMED},
	{"/data/score", 0, 100, "{\"data\": 95}", MALFORMED},
	{"/data/score", 0, 100, "{\"data\": []}", MALFORMED},
	/* scales: clamped, shifted, upside down */
	{"/score", 0, 100, "{\"score\": 101}", 100},
	{"/score", 0, 100, "{\"score\": -1}", 0},
	{"/score", 0, 1, "{\"score\": 0.5}", 50},
	{"/score", -10, 10, "{\"score\": 0}", 50},
	{"/score", 100, 0, "{\"score\": 5}", 95},
	{"/score", 5, 1, "{\"score\": 5}", 0},
	{"/score", 5, 1, "{\"score\": 1}", 100},
	{"/score", 5, 1, "{\"score\": 7}", 0},
	{"/score", 5, 5, "{\"score\": 5}", MALFORMED},
	{"/score", -1.7e308, 1.7e308, "{\"score\": 1.7e308}", MALFORMED},
	/* pointers */
	{"", 0, 100, "95", 95},
	{"", 0, 100, "{\"score\": 95}", MALFORMED},
	{"/", 0, 100, "{\"\": 95}", 95},
	{"/a/b/c", 0, 100, "{\"a\": {\"b\": {\"c\": 95}}}", 95},
	{"/a/1", 0, 100, "{\"a\": [1, 95]}", 95},
	{"/a/0/s", 0, 100, "{\"a\": [{\"s\": 95}]}", 95},
	{"/a/2", 0, 100, "{\"a\": [1, 95]}", MALFORMED},
	{"/a/01", 0, 100, "{\"a\": [1, 95]}", MALFORMED},
	{"/a/-", 0, 100, "{\"a\": [1, 95]}", MALFORMED},
	{"/a/-1", 0, 100, "{\"a\": [1, 95]}", MALFORMED},
	{"/a/99999999999", 0, 100, "{\"a\": [1, 95]}", MALFORMED},
	{"/0", 0, 100, "{\"0\": 95}", 95},
	{"/a~1b~0c", 0, 100, "{\"a/b~c\": 95}", 95},
	{"/~01", 0, 100, "{\"~1\": 95}", 95},
	{"/caf\xc3\xa9", 0, 100, "{\"caf\\u00e9\": 95}", 95},
	/* what is no JSON, or is too clever */
	{"/score", 0, 100, "", MALFORMED},
	{"/score", 0, 100, "spam", MALFORMED},
	{"/score", 0, 100, "{\"score\": 95", MALFORMED},
	{"/score", 0, 100, "{\"score\": 95} x", MALFORMED},
	{"/score", 0, 100, "{'score': 95}", MALFORMED},
	{"/score", 0, 100, "<html>95</html>", MALFORMED},
	{"/score", 0, 100, "\xef\xbb\xbf", MALFORMED},
	{"/score", 0, 100, "{\"score\": \"\xff\"}", MALFORMED},
	{"/score", 0, 100, DUPLICATE, MALFORMED},
};

static int map(const char *pointer, double min, double max, const char *body,
	       size_t len)
{
	struct config_reputation config = {
		.score = (char *)pointer, .score_min = min, .score_max = max};
	struct rep_answer answer;

	rep_map(&config, body, len, &answer);
	ck_assert(!answer.cached);
	if (answer.status == REP_KNOWN)
		return answer.risk;
	if (answer.status == REP_UNKNOWN)
		return UNKNOWN;
	ck_assert_str_eq(answer.why, "malformed");
	return MALFORMED;
}

START_TEST(body_maps_to_risk)
{
	int risk = map(cases[_i].pointer, cases[_i].min, cases[_i].max,
		       cases[_i].body, strlen(cases[_i].body));

	ck_assert_msg(risk == cases[_i].risk, "%s of %s is %d, not %d",
		      cases[_i].pointer, cases[_i].body, risk, cases[_i].risk);
}
END_TEST

START_TEST(nul_within_is_malformed)
{
	ck_assert_int_eq(map("/score", 0, 100, "{\"score\": 95}\0", 14),
			 MALFORMED);
	ck_assert_int_eq(map("/s", 0, 100, "{\"s\": \"95\\u0000\"}", 17),
			 MALFORMED);
}
END_TEST

/* Nesting as deep as a body can hold does not reach the end of the stack. */
START_TEST(depth_is_harmless)
{
	size_t len = 1 << 20;
	char *body = malloc(len);

	ck_assert_ptr_nonnull(body);
	memset(body, '[', len);
	ck_assert_int_eq(map("/0", 0, 100, body, len), MALFORMED);
	ck_assert_int_eq(map("/0", 0, 100, body, 2048), MALFORMED);
	memset(body + 2000, ']', 2000);
	ck_assert_int_eq(map("/0", 0, 100, body, 4000), MALFORMED);
	free(body);
}
END_TEST

/* [0,0,...,0]: so many values that parsing would hold up the loop. */
START_TEST(crowd_of_values_is_malformed)
{
	size_t len = 1 << 20;
	char *body = malloc(len);

	ck_assert_ptr_nonnull(body);
	body[0] = '[';
	for (size_t i = 1; i < len; i++)
		body[i] = i % 2 ? '0' : ',';
	body[4000] = ']';
	ck_assert_int_eq(map("/0", 0, 100, body, 4001), 0);
	body[4000] = ',';
	body[len - 2] = ']';
	ck_assert_int_eq(map("/0", 0, 100, body, len - 1), MALFORMED);
	free(body);
}
END_TEST

START_TEST(pointers_are_checked)
{
	static const char *const good[] = {"",	   "/",	    "/a",
					   "/a/0", "/~0~1", "//"};
	static const char *const bad[] = {"a",	 "score", "/~",
					  "/~2", "/a~/b", "#/a"};
	char longest[POINTER_TOKEN + 2] = "/";

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_msg(pointer_valid(good[i]), "\"%s\"", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!pointer_valid(bad[i]), "\"%s\"", bad[i]);
	memset(longest + 1, 'x', POINTER_TOKEN - 1);
	ck_assert(pointer_valid(longest));
	longest[POINTER_TOKEN] = 'x';
	ck_assert(!pointer_valid(longest));
}
END_TEST

Suite *map_suite(void)
{
	Suite *suite = suite_create("map");
	TCase *tc = tcase_create("map");

	tcase_add_loop_test(tc, body_maps_to_risk, 0,
			    (int)(sizeof(cases) / sizeof(*cases)));
	tcase_add_test(tc, nul_within_is_malformed);
	tcase_add_test(tc, depth_is_harmless);
	tcase_add_test(tc, crowd_of_values_is_malformed);
	tcase_add_test(tc, pointers_are_checked);
	suite_add_tcase(suite, tc);
	return suite;
}
