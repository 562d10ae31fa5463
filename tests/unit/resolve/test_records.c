#include "resolve/records.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

/* An answer with an SRV record whose target is a pointer to the question, and
 * one of class CHAOS. */
static const unsigned char answer[] =
	"\0\1\x84\0\0\1\0\3\0\0\0\0"
	"\1a\7example\0\0\41\0\1"
	"\xc0\x0c\0\41\0\1\0\0\0\x3c\0\x08\0\1\0\2\x13\xc4\xc0\x0c"
	"\xc0\x0c\0\41\0\1\x80\0\0\1\0\x08\0\3\0\4\x13\xc5\xc0\x0e"
	"\xc0\x0c\0\41\0\3\0\0\0\1\0\x08\0\5\0\6\x13\xc6\xc0\x0c";

#define LEN (sizeof(answer) - 1)

static struct record last;
static char last_name[256];
static unsigned count;

static void note(const struct record *record, void *arg)
{
	(void)arg;
	last = *record;
	strcpy(last_name, record->name);
	count++;
}

static int read_part(size_t len)
{
	/* On its own, so that a sanitizer sees what is read beyond. */
	unsigned char *copy = malloc(len + !len);
	int err;

	memcpy(copy, answer, len);
	count = 0;
	err = records_read(copy, len, RECORD_SRV, note, NULL);
	free(copy);
	return err;
}

START_TEST(names_may_point_back)
{
	ck_assert_int_eq(read_part(LEN), 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(last.first, 3);
	ck_assert_uint_eq(last.second, 4);
	ck_assert_uint_eq(last.port, 5061);
	ck_assert_str_eq(last_name, "example");
}
END_TEST

/* RFC 2181 8 */
START_TEST(ttl_with_the_highest_bit_is_zero)
{
	ck_assert_int_eq(read_part(LEN), 0);
	ck_assert_uint_eq(last.ttl_s, 0);
}
END_TEST

START_TEST(answer_cut_anywhere_is_refused)
{
	for (size_t len = 0; len < LEN; len++)
		ck_assert_int_eq(read_part(len), -EBADMSG);
}
END_TEST

Suite *records_suite(void)
{
	Suite *suite = suite_create("records");
	TCase *tests = tcase_create("records");

	tcase_add_test(tests, names_may_point_back);
	tcase_add_test(tests, ttl_with_the_highest_bit_is_zero);
	tcase_add_test(tests, answer_cut_anywhere_is_refused);
	suite_add_tcase(suite, tests);
	return suite;
}
