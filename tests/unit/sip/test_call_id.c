#include "sip/internal.h"

#include <string.h>

#include "suites.h"

static struct sip one = {.secret = "secretsecretsec1"};
static struct sip other = {.secret = "secretsecretsec2"};

static bool loops(const char *id, const char *trunk, const char *uri)
{
	su_home_t home[1] = {SU_HOME_INIT(home)};
	bool yes;

	su_home_init(home);
	yes = call_id_loops(&one, id, trunk, url_hdup(home, (url_t *)uri));
	su_home_deinit(home);
	return yes;
}

static const char *made(char id[CALL_ID_CHARS + 1], const char *uri)
{
	su_home_t home[1] = {SU_HOME_INIT(home)};

	su_home_init(home);
	call_id_make(&one, id, "carrier", url_hdup(home, (url_t *)uri));
	su_home_deinit(home);
	return id;
}

START_TEST(ours_are_known_to_us_alone)
{
	char id[CALL_ID_CHARS + 1], again[CALL_ID_CHARS + 1];

	made(id, "sip:+12125550199@192.0.2.1:5060");
	ck_assert_uint_eq(strlen(id), CALL_ID_CHARS);
	ck_assert(call_id_ours(&one, id));
	ck_assert(!call_id_ours(&other, id));
	ck_assert_str_ne(made(again, "sip:+12125550199@192.0.2.1:5060"), id);
	ck_assert(!call_id_ours(&one, ""));
	ck_assert(!call_id_ours(&one, "0123456789012345678901234567890"));
	ck_assert(!call_id_ours(&one, "01234567890123456789012345678901"));
	ck_assert(!call_id_ours(&one, "012345678901234567890123456789012"));
	for (size_t i = 0; i < CALL_ID_CHARS - 8; i++) {
		memcpy(again, id, sizeof(again));
		again[i] = again[i] == 'x' ? 'y' : 'x';
		ck_assert(!call_id_ours(&one, again));
	}
}
END_TEST

START_TEST(what_comes_back_unchanged_loops)
{
	char id[CALL_ID_CHARS + 1];

	made(id, "sip:+12125550199;npdi@192.0.2.1:5060;user=phone");

	/* The host and how it is reached are of the hop. */
	ck_assert(loops(id, "carrier",
			"sip:+12125550199;npdi@198.51.100.9;user=phone"));
	ck_assert(loops(id, "carrier",
			"sips:+12125550199;npdi@[2001:db8::1]:5070;"
			"transport=tcp;user=phone;maddr=192.0.2.9"));

	ck_assert(!loops(id, "core", "sip:+12125550199;npdi@h;user=phone"));
	ck_assert(!loops(id, "carrier", "sip:+12125550199@h;user=phone"));
	ck_assert(!loops(id, "carrier", "sip:+12125550177;npdi@h;user=phone"));
	ck_assert(!loops(id, "carrier", "sip:+12125550199;npdi@h"));
	ck_assert(!loops(id, "carrier", "sip:h;user=phone"));
	ck_assert(!loops(id, "carrier", "tel:+12125550199;npdi"));
}
END_TEST

START_TEST(service_urns_loop_too)
{
	char id[CALL_ID_CHARS + 1];

	made(id, "urn:service:sos.fire");
	ck_assert(loops(id, "carrier", "urn:service:sos.fire"));
	ck_assert(!loops(id, "carrier", "urn:service:sos"));
}
END_TEST

Suite *call_id_suite(void)
{
	Suite *suite = suite_create("call_id");
	TCase *tests = tcase_create("call_id");

	tcase_add_test(tests, ours_are_known_to_us_alone);
	tcase_add_test(tests, what_comes_back_unchanged_loops);
	tcase_add_test(tests, service_urns_loop_too);
	suite_add_tcase(suite, tests);
	return suite;
}
