#include "callsieve/model/number.h"

#include <string.h>

#include "suites.h"

struct number_case {
	const char *country;
	const char *input;
	enum number_kind kind;
	const char *text;
};

#define E164  NUMBER_E164
#define LOCAL NUMBER_LOCAL
#define NONE  NUMBER_NONE
#define ANON  NUMBER_ANONYMOUS
#define BAD   NUMBER_MALFORMED

static const struct number_case written[] = {
	/* North America */
	{"1", "+12155550123", E164, "+12155550123"},
	{"1", "12155550123", E164, "+12155550123"},
	{"1", "2155550123", E164, "+12155550123"},
	{"1", "(212) 555-0100", E164, "+12125550100"},
	{"1", "+1 212 555 0100", E164, "+12125550100"},
	{"1", "1.212.555.0100", E164, "+12125550100"},
	{"1", "212/555-0100", E164, "+12125550100"},
	{"1", "  212 555 0100\r\n", E164, "+12125550100"},
	{"1", "011 44 20 7946 0000", E164, "+442079460000"},
	{"1", "0044 20 7946 0000", E164, "+442079460000"},
	{"1", "+44 (0)20 7946 0000", E164, "+442079460000"},
	{"1", "tel:+1-215-555-0123", E164, "+12155550123"},
	{"1", "TEL:2155550123", E164, "+12155550123"},
	{"1", "sip:+12155550123@example.com", E164, "+12155550123"},
	{"1", "+12155550123;npdi;rn=+12155550000", E164, "+12155550123"},
	{"1", "5550123", LOCAL, "5550123"},
	{"1", "442079460000", LOCAL, "442079460000"},
	{"1", "1155550123", BAD, ""},
	{"1", "0155550123", BAD, ""},
	{"1", "+1 055 555 0123", BAD, ""},
	{"1", "+10", BAD, ""},

	/* what address books and documents put in between */
	{"1",
	 "+1\xc2\xa0"
	 "212\xc2\xa0"
	 "555\xc2\xa0"
	 "0100",
	 E164, "+12125550100"}, /* NBSP */
	{"1",
	 "212\xe2\x80\x91"
	 "555\xe2\x80\x93"
	 "0100",
	 E164, "+12125550100"}, /* dashes */
	{"1",
	 "212\xe2\x88\x92"
	 "5550100",
	 E164, "+12125550100"}, /* minus */
	{"1", "\xe2\x80\xaa+12125550100\xe2\x80\xac", E164, "+12125550100"},
	{"1", "\xef\xbb\xbf+12125550100", E164, "+12125550100"},
	{"1", "212\xc2", BAD, ""},
	{"1", "212\xe2\x80", BAD, ""},
	{"1",
	 "\xef\xbc\x8b"
	 "12125550100",
	 BAD, ""}, /* full width plus */

	/* elsewhere */
	{"44", "02079460000", E164, "+442079460000"},
	{"44", "442079460000", E164, "+442079460000"},
	{"44", "2079460000", E164, "+442079460000"},
	{"44", "00 1 212 555 0100", E164, "+12125550100"},
	{"44", "020 7946", LOCAL, "0207946"},
	{"49", "030 123456", E164, "+4930123456"},
	{"49", "4930123456", E164, "+4930123456"},
	{"49", "1234567", LOCAL, "1234567"},
	{"33", "01 99 00 12 34", E164, "+33199001234"},
	{"39", "06 1234 5678", E164, "+390612345678"},
	{"39", "+39 06 1234 5678", E164, "+390612345678"},
	{"39", "+39 (0)6 1234 5678", E164, "+390612345678"},
	{"39", "0038564", LOCAL, "0038564"}, /* cut short, not Italian */
	{"39", "390612345678", E164, "+390612345678"},
	{"39", "3912345678", E164, "+393912345678"},
	{"39", "393912345678", E164, "+393912345678"},
	{"34", "912345678", E164, "+34912345678"},
	{"34", "34912345678", E164, "+34912345678"},
	{"61", "0412 345 678", E164, "+61412345678"},
	{"61", "0011 44 20 7946 0000", E164, "+442079460000"},
	{"61", "041234567", LOCAL, "041234567"},
	{"91", "098765 43210", E164, "+919876543210"},
	{"91", "9123456789", E164, "+919123456789"},
	{"91", "919123456789", E164, "+919123456789"},
	{"7", "8 (495) 123-45-67", E164, "+74951234567"},
	{"7", "8 800 555 35 35", E164, "+78005553535"},
	{"7", "74951234567", E164, "+74951234567"},
	{"7", "810 44 20 7946 0000", E164, "+442079460000"},
	{"81", "03-1234-5678", E164, "+81312345678"},
	{"81", "010 1 212 555 0100", E164, "+12125550100"},
	{"36", "06 1 234 5678", E164, "+3612345678"},
	{"598", "02 123 4567", E164, "+59821234567"}, /* no row: default */
	{"598", "00 1 212 555 0100", E164, "+12125550100"},

	/* E.164's limits */
	{"1", "+123456789012345", E164, "+123456789012345"},
	{"1", "+823456789012345", E164, "+823456789012345"},
	{"1", "+8234567890123456", BAD, ""},
	{"1", "011 82345678901234567", BAD, ""},
	{"1", "+4412345", E164, "+4412345"},
	{"1", "+441234", BAD, ""},
	{"1", "+0441234567", BAD, ""},
	{"1", "+00441234567", BAD, ""},
	{"1", "000441234567", BAD, ""},
	{"1", "+", BAD, ""},
	{"1", "++12125550100", BAD, ""},
	{"1", "1+2125550100", BAD, ""},
	{"1", "+1212555o100", BAD, ""},
	{"1", "+1*2125550100", BAD, ""},
	{"1", "2125550100 ext. 5", BAD, ""},

	/* short and service codes */
	{"1", "911", LOCAL, "911"},
	{"1", "411", LOCAL, "411"},
	{"1", "112", LOCAL, "112"},
	{"61", "000", LOCAL, "000"},
	{"1", "23456", LOCAL, "23456"},
	{"1", "223456", LOCAL, "223456"},
	{"43", "012345", LOCAL, "012345"},
	{"1", "*67", LOCAL, "*67"},
	{"1", "*67 212 555 0100", LOCAL, "*672125550100"},
	{"1", "#31#", LOCAL, "#31#"},
	{"1", "123456789012345", LOCAL, "123456789012345"},
	{"1", "1234567890123456", BAD, ""},
	{"1", "2234567890123456789012345678901234567890", BAD, ""},

	/* no number */
	{"1", "", NONE, ""},
	{"1", " \t ", NONE, ""},
	{"1", "0", NONE, ""},
	{"1", "Unavailable", NONE, ""},
	{"1", "unknown", NONE, ""},
	{"1", "RESTRICTED", NONE, ""},
	{"1", "private", NONE, ""},
	{"1", "anonymous", ANON, ""},
	{"1", "Anonymous", ANON, ""},
	{"1", "hello", BAD, ""},
};

static const struct number_case uris[] = {
	/* conformance check 77: one caller */
	{"1", "tel:+1-215-555-0123", E164, "+12155550123"},
	{"1", "sip:+12155550123;npdi@h;user=phone", E164, "+12155550123"},
	{"1", "sip:%2B12155550123@h", E164, "+12155550123"},
	{"1", "sip:%2b1215555%30123@h", E164, "+12155550123"},
	{"1", "SIPS:+1(215)555.0123@[::1]:5061", E164, "+12155550123"},
	{"1", "sip:2155550123:secret@h", E164, "+12155550123"},
	{"1", "sip:+12155550123;rn=+12155550000;cic=+1234@h", E164,
	 "+12155550123"},
	{"1", "tel:+12155550123;verstat=TN-Validation-Passed", E164,
	 "+12155550123"},
	{"1", "sip:+12155550123@h?Subject=x@y", E164, "+12155550123"},

	/* check 78 and RFC 3966 5.1.5: a context is no prefix */
	{"1", "tel:911;phone-context=+1", LOCAL, "911"},
	{"1", "sip:911;phone-context=+1@h;user=phone", LOCAL, "911"},
	{"1", "tel:2155550123;phone-context=+1", E164, "+12155550123"},
	{"1", "tel:2155550123;phone-context=+44", LOCAL, "2155550123"},
	{"1", "tel:2155550123;Phone-Context=example.com", LOCAL, "2155550123"},
	{"1", "tel:+12155550123;phone-context=+44", E164, "+12155550123"},
	{"1", "sip:2155550123@h;user=dialstring", LOCAL, "2155550123"},

	/* withheld, or not there */
	{"1", "sip:anonymous@anonymous.invalid", ANON, ""},
	{"1", "sip:anonymous@example.com", ANON, ""},
	{"1", "sip:anonymous.invalid", ANON, ""},
	{"1", "sip:c8oqz84zk7z@Anonymous.Invalid:5060;lr", ANON, ""},
	{"1", "sip:+12155550123@anonymous.invalid", ANON, ""},
	{"1", "sip:unavailable@unknown.invalid", NONE, ""},
	{"1", "sip:Restricted@h", NONE, ""},
	{"1", "sip:private@h", NONE, ""},
	{"1", "sip:unknown@h", NONE, ""},
	{"1", "sip:0@h", NONE, ""},
	{"1", "sip:@h", NONE, ""},
	{"1", "sip:h", NONE, ""},
	{"1", "sip:192.0.2.1:5060", NONE, ""},
	{"1", "tel:", NONE, ""},
	{"1", "", NONE, ""},

	/* names, and other schemes, are not broken numbers */
	{"1", "sip:alice@example.com", NONE, ""},
	{"1", "sip:agent2155550123@example.com", NONE, ""},
	{"1", "urn:service:sos", NONE, ""},
	{"1", "mailto:+12155550123@example.com", NONE, ""},
	{"1", "+12155550123", NONE, ""},

	{"1", "tel:alice", BAD, ""},
	{"1", "sip:%@h", BAD, ""},
	{"1", "sip:1%2@h", BAD, ""},
	{"1", "sip:+1215555%00123@h", BAD, ""},
	{"1", "sip:+1215%0d%0a5550123@h", E164, "+12155550123"},
	{"1", "sip:+0123456789@h", BAD, ""},
	{"1", "sip:9999999999999999@h", BAD, ""},
};

typedef void parse_h(struct number *number, const char *text, size_t len,
		     const struct numbering *plan);

static void check_case(const struct number_case *c, parse_h *parse)
{
	struct numbering plan;
	struct number number;

	memset(&number, 0xff, sizeof(number));
	ck_assert_int_eq(numbering_for_country(&plan, c->country), 0);
	parse(&number, c->input, strlen(c->input), &plan);
	ck_assert_msg(number.kind == c->kind && !strcmp(number.text, c->text),
		      "\"%s\" at home in %s: %s \"%s\", not %s \"%s\"",
		      c->input, c->country, number_kind_name(number.kind),
		      number.text, number_kind_name(c->kind), c->text);
}

START_TEST(reads_what_people_write)
{
	check_case(&written[_i], number_parse);
}
END_TEST

START_TEST(reads_uris)
{
	check_case(&uris[_i], number_from_uri);
}
END_TEST

START_TEST(reads_no_further_than_told)
{
	struct numbering plan;
	struct number number;

	numbering_for_country(&plan, "1");
	number_parse(&number, "2125550100xyz", 10, &plan);
	ck_assert_str_eq(number.text, "+12125550100");
	number_parse(&number, NULL, 0, &plan);
	ck_assert_int_eq(number.kind, NUMBER_NONE);
}
END_TEST

START_TEST(user_part_of_any_length_is_safe)
{
	char uri[1024] = "sip:+1212555";
	struct numbering plan;
	struct number number;

	numbering_for_country(&plan, "1");
	memset(uri + strlen(uri), '-', 900);
	strcat(uri, "0100@h");
	number_from_uri(&number, uri, strlen(uri), &plan);
	ck_assert_int_eq(number.kind, NUMBER_MALFORMED);
}
END_TEST

START_TEST(country_code_is_checked)
{
	static const char *const bad[] = {"", "0", "01", "1234", "+1", "1a"};
	struct numbering plan;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_lt(numbering_for_country(&plan, bad[i]), 0);
	ck_assert_int_eq(numbering_for_country(&plan, "999"), 0);
	ck_assert_str_eq(plan.country, "999");
}
END_TEST

START_TEST(masking_hides_the_last_four_digits)
{
	struct number number = {NUMBER_E164, "+12125550123"};
	struct number shortcode = {NUMBER_LOCAL, "911"};
	struct number withheld = {NUMBER_ANONYMOUS, ""};
	char buf[NUMBER_TEXT];

	ck_assert_str_eq(number_log(buf, &number), "+12125550123");
	number_set_masking(true);
	ck_assert_str_eq(number_log(buf, &number), "+1212555xxxx");
	ck_assert_str_eq(number_log(buf, &shortcode), "xxx");
	ck_assert_str_eq(number_log(buf, &withheld), "anonymous");
	number_set_masking(false);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

Suite *number_suite(void)
{
	Suite *suite = suite_create("number");
	TCase *tc = tcase_create("number");

	tcase_add_loop_test(tc, reads_what_people_write, 0, COUNT(written));
	tcase_add_loop_test(tc, reads_uris, 0, COUNT(uris));
	tcase_add_test(tc, reads_no_further_than_told);
	tcase_add_test(tc, user_part_of_any_length_is_safe);
	tcase_add_test(tc, country_code_is_checked);
	tcase_add_test(tc, masking_hides_the_last_four_digits);
	suite_add_tcase(suite, tc);
	return suite;
}
