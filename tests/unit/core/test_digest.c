#include "callsieve/core/digest.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

/* From NIST's examples for FIPS 180. */
static const struct {
	const char *text;
	unsigned times;
	const char *hex;
} vectors[] = {
	{"", 1,
	 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", 1,
	 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{"a", 1000000,
	 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

START_TEST(sha256_is_that_of_the_standard)
{
	size_t len = strlen(vectors[_i].text), total = len * vectors[_i].times;
	char *data = malloc(total + 1), hex[DIGEST_HEX_SIZE];

	ck_assert_ptr_nonnull(data);
	for (size_t i = 0; i < total; i++)
		data[i] = vectors[_i].text[i % len];
	digest_sha256_hex(hex, data, total);
	ck_assert_str_eq(hex, vectors[_i].hex);
	free(data);
}
END_TEST

START_TEST(tokens_have_their_length_and_alphabet)
{
	static const size_t lengths[] = {0, 1, 2, 16, 40, 63, 64, 65, 5000};
	char text[5002];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memset(text, '!', sizeof(text));
		random_token(text, lengths[i]);
		ck_assert_uint_eq(strlen(text), lengths[i]);
		ck_assert_uint_eq(
			strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"),
			lengths[i]);
		ck_assert_int_eq(text[lengths[i] + 1], '!');
	}
}
END_TEST

/* Of 360,000 each digit is expected 10,000 times; seven standard deviations
 * are 690. Taking bytes modulo 36 as they come would favour four of them by
 * 1,250. */
START_TEST(every_digit_is_as_likely)
{
	unsigned counts[128] = {0};
	char text[37];

	for (int i = 0; i < 10000; i++) {
		random_token(text, 36);
		for (const char *c = text; *c; c++)
			counts[(unsigned char)*c]++;
	}
	for (const char *c = "0123456789abcdefghijklmnopqrstuvwxyz"; *c; c++) {
		ck_assert_uint_gt(counts[(unsigned char)*c], 10000 - 690);
		ck_assert_uint_lt(counts[(unsigned char)*c], 10000 + 690);
	}
}
END_TEST

#define TOKENS	    4000
#define TOKEN_CHARS 16

static char tokens[2 * TOKENS][TOKEN_CHARS + 1];

static void *draw(void *arg)
{
	char(*mine)[TOKEN_CHARS + 1] = arg;

	for (int i = 0; i < TOKENS; i++)
		random_token(mine[i], TOKEN_CHARS);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

START_TEST(no_token_comes_twice_on_any_thread)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, draw, tokens), 0);
	draw(tokens + TOKENS);
	pthread_join(thread, NULL);
	qsort(tokens, 2 * TOKENS, sizeof(tokens[0]), compare);
	for (int i = 1; i < 2 * TOKENS; i++)
		ck_assert_str_ne(tokens[i - 1], tokens[i]);
}
END_TEST

/* In 100 draws every byte is once not 0, and nothing beyond is touched. */
START_TEST(random_bytes_fill_what_they_are_given)
{
	static const size_t lengths[] = {0, 1, 8, 255, 256, 257, 4000};
	unsigned char data[4001], seen[4001];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t len = lengths[i];

		memset(seen, 0, sizeof(seen));
		for (int draws = 0; draws < 100; draws++) {
			memset(data, 0, sizeof(data));
			random_bytes(data, len);
			ck_assert_uint_eq(data[len], 0);
			for (size_t at = 0; at < len; at++)
				seen[at] |= data[at];
		}
		ck_assert_ptr_eq(memchr(seen, 0, sizeof(seen)), seen + len);
	}
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

Suite *digest_suite(void)
{
	Suite *suite = suite_create("digest");
	TCase *tc = tcase_create("digest");

	tcase_add_loop_test(tc, sha256_is_that_of_the_standard, 0,
			    COUNT(vectors));
	tcase_add_test(tc, tokens_have_their_length_and_alphabet);
	tcase_add_test(tc, every_digit_is_as_likely);
	tcase_add_test(tc, no_token_comes_twice_on_any_thread);
	tcase_add_test(tc, random_bytes_fill_what_they_are_given);
	suite_add_tcase(suite, tc);
	return suite;
}
