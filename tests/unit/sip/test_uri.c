#include "sip/internal.h"

#include "suites.h"

static const struct {
	const char *a, *b;
	bool equal;
} pairs[] = {
	/* The examples of RFC 3261 19.1.4. */
	{"sip:%61lice@atlanta.com;transport=TCP",
	 "sip:alice@AtlanTa.CoM;Transport=tcp", true},
	{"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
	{"sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true},
	{"sip:alice@atlanta.com;newparam=5",
	 "sip:alice@atlanta.com;security=on", true},
	{"SIP:ALICE@AtLanTa.CoM;Transport=udp",
	 "sip:alice@AtLanTa.CoM;Transport=UDP", false},
	{"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
	{"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
	{"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
	{"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},

	{"sip:bob@h", "sips:bob@h", false},
	{"sip:bob@h", "sip:h", false},
	{"sip:bob@h", "sip:bob:pw@h", false},
	{"sip:bob@h:05060", "sip:bob@h:5060", true},
	{"sip:bob@[2001:db8::1]", "sip:bob@[2001:DB8:0::1]", true},
	{"sip:bob@[2001:db8::1]", "sip:bob@[2001:db8::2]", false},
	{"sip:bob@h;user=phone", "sip:bob@h", false},
	{"sip:bob@h;ttl=1", "sip:bob@h", false},
	{"sip:bob@h;maddr=h", "sip:bob@h", false},
	{"sip:bob@h;method=INVITE", "sip:bob@h", false},
	{"sip:bob@h;a=1;b=2", "sip:bob@h;b=2;a=1", true},
	{"sip:bob@h;a=1;b=2", "sip:bob@h;b=2;a=2", false},
	{"sip:bob@h;a=1", "sip:bob@h;aa=2", true},
	{"sip:bob@h;lr", "sip:bob@h;LR", true},
	{"sip:bob@h;lr", "sip:bob@h;lr=on", false},
	{"tel:+12125550100", "sip:+12125550100@h", false},
	{"urn:service:sos", "urn:service:sos", true},
	{"urn:service:sos", "urn:service:sos.fire", false},
};

START_TEST(uris_are_equal_as_rfc_3261_has_it)
{
	su_home_t home[1] = {SU_HOME_INIT(home)};
	url_t *a = url_make(home, pairs[_i].a),
	      *b = url_make(home, pairs[_i].b);

	ck_assert(a && b);
	ck_assert_msg(uri_equal(a, b) == pairs[_i].equal, "%s, %s", pairs[_i].a,
		      pairs[_i].b);
	ck_assert_msg(uri_equal(b, a) == pairs[_i].equal, "%s, %s", pairs[_i].b,
		      pairs[_i].a);
	su_home_deinit(home);
}
END_TEST

Suite *uri_suite(void)
{
	Suite *suite = suite_create("uri");
	TCase *tests = tcase_create("uri");

	suite_add_tcase(suite, tests);
	tcase_add_loop_test(tests, uris_are_equal_as_rfc_3261_has_it, 0,
			    sizeof(pairs) / sizeof(*pairs));
	return suite;
}
