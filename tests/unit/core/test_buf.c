#include "callsieve/core/buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

static struct buf buf;

static void teardown(void)
{
	buf_fini(&buf);
}

START_TEST(empty_buffer_has_no_data)
{
	buf_init(&buf, 100);
	ck_assert_ptr_null(buf.data);
	ck_assert_uint_eq(buf.len, 0);
	ck_assert_ptr_null(buf_take(&buf));
	buf_fini(&buf);
	buf_fini(&buf);
}
END_TEST

START_TEST(what_is_added_follows_what_is_there)
{
	buf_init(&buf, 100);
	ck_assert_int_eq(buf_add(&buf, "one", 3), 0);
	ck_assert_int_eq(buf_add(&buf, NULL, 0), 0);
	ck_assert_int_eq(buf_printf(&buf, " %d %s", 2, "three"), 0);
	ck_assert_int_eq(buf_printf(&buf, "%s", ""), 0);
	ck_assert_uint_eq(buf.len, 11);
	ck_assert_str_eq(buf.data, "one 2 three");
	ck_assert_int_eq(buf_add(&buf, "\0x", 2), 0);
	ck_assert_mem_eq(buf.data, "one 2 three\0x", 14);
}
END_TEST

/* Bytes at a time; after each one the data is whole and ends in a NUL. */
START_TEST(grows_to_its_maximum_and_no_further)
{
	size_t i;

	buf_init(&buf, 1000);
	for (i = 0; i < 1000; i++) {
		char byte = (char)('a' + i % 26);

		ck_assert_int_eq(_i ? buf_printf(&buf, "%c", byte)
				    : buf_add(&buf, &byte, 1),
				 0);
		ck_assert_uint_eq(strlen(buf.data), i + 1);
	}
	ck_assert_int_eq(buf_add(&buf, "x", 1), -EMSGSIZE);
	ck_assert_int_eq(buf_printf(&buf, "%d", 7), -EMSGSIZE);
	ck_assert_int_eq(buf_add(&buf, "", 0), 0);
	ck_assert_uint_eq(buf.len, 1000);
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(buf.data[i], (char)('a' + i % 26));
}
END_TEST

static const struct {
	size_t max, first, second;
	int err;
} sizes[] = {
	{0, 0, 1, -EMSGSIZE},
	{63, 60, 3, 0},
	{63, 60, 4, -EMSGSIZE},
	{64, 63, 1, 0},
	{64, 64, 1, -EMSGSIZE},
	{65, 64, 1, 0},
	{128, 0, 128, 0},
	{128, 0, 129, -EMSGSIZE},
	{100000, 1, 99999, 0},
	{100000, 1, (size_t)-1, -EMSGSIZE},
	{100000, 0, (size_t)-1, -EMSGSIZE},
};

START_TEST(too_much_adds_nothing)
{
	char *data = calloc(1, 100000);

	ck_assert_ptr_nonnull(data);
	buf_init(&buf, sizes[_i].max);
	ck_assert_int_eq(buf_add(&buf, data, sizes[_i].first), 0);
	ck_assert_int_eq(buf_add(&buf, data, sizes[_i].second), sizes[_i].err);
	ck_assert_uint_eq(buf.len,
			  sizes[_i].first +
				  (sizes[_i].err ? 0 : sizes[_i].second));
	free(data);
}
END_TEST

START_TEST(long_text_that_does_not_fit_adds_nothing)
{
	buf_init(&buf, 5);
	ck_assert_int_eq(buf_printf(&buf, "%s", "abc"), 0);
	ck_assert_int_eq(buf_printf(&buf, "%1000d", 1), -EMSGSIZE);
	ck_assert_str_eq(buf.data, "abc");
	ck_assert_int_eq(buf_printf(&buf, "%s", "de"), 0);
	ck_assert_str_eq(buf.data, "abcde");
}
END_TEST

START_TEST(taken_data_is_the_caller_s_and_the_buffer_usable)
{
	char *first, *second;

	buf_init(&buf, 5);
	ck_assert_int_eq(buf_add(&buf, "first", 5), 0);
	first = buf_take(&buf);
	ck_assert_uint_eq(buf.len, 0);
	ck_assert_ptr_null(buf.data);
	ck_assert_int_eq(buf_add(&buf, "again", 5), 0);
	ck_assert_int_eq(buf_add(&buf, "x", 1), -EMSGSIZE);
	second = buf_take(&buf);
	ck_assert_str_eq(first, "first");
	ck_assert_str_eq(second, "again");
	free(first);
	free(second);
}
END_TEST

START_TEST(after_fini_it_is_empty_with_the_same_maximum)
{
	buf_init(&buf, 4);
	ck_assert_int_eq(buf_add(&buf, "abcd", 4), 0);
	buf_fini(&buf);
	ck_assert_uint_eq(buf.len, 0);
	ck_assert_int_eq(buf_add(&buf, "abcde", 5), -EMSGSIZE);
	ck_assert_int_eq(buf_add(&buf, "efgh", 4), 0);
	ck_assert_str_eq(buf.data, "efgh");
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

Suite *buf_suite(void)
{
	Suite *suite = suite_create("buf");
	TCase *tc = tcase_create("buf");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, empty_buffer_has_no_data);
	tcase_add_test(tc, what_is_added_follows_what_is_there);
	tcase_add_loop_test(tc, grows_to_its_maximum_and_no_further, 0, 2);
	tcase_add_loop_test(tc, too_much_adds_nothing, 0, COUNT(sizes));
	tcase_add_test(tc, long_text_that_does_not_fit_adds_nothing);
	tcase_add_test(tc, taken_data_is_the_caller_s_and_the_buffer_usable);
	tcase_add_test(tc, after_fini_it_is_empty_with_the_same_maximum);
	suite_add_tcase(suite, tc);
	return suite;
}
