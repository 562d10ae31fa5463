#include <string.h>

#include "callsieve/core/words.h"

#include "suites.h"

static const struct {
	const char *text, *words;
} folded[] = {
	{"", " "},
	{"...", " "},
	{"Bank", " bank "},
	{"  FRAUD-Dept. ", " fraud dept "},
	{"\"First  National\tBank\"", " first national bank "},
	{"Crédit 24", " crédit 24 "},
};

START_TEST(text_becomes_words)
{
	char words[64];

	words_fold(words, sizeof(words), folded[_i].text);
	ck_assert_str_eq(words, folded[_i].words);
}
END_TEST

START_TEST(what_does_not_fit_is_cut)
{
	static const char text[] = "fraud dept";
	char words[16];

	for (size_t size = 2; size <= sizeof(words); size++) {
		memset(words, 'x', sizeof(words));
		words_fold(words, size, text);
		ck_assert_uint_lt(strnlen(words, size), size);
		ck_assert_int_eq(words[strlen(words) - 1], ' ');
	}
}
END_TEST

Suite *words_suite(void)
{
	Suite *suite = suite_create("words");
	TCase *tc = tcase_create("words");

	tcase_add_loop_test(tc, text_becomes_words, 0,
			    sizeof(folded) / sizeof(folded[0]));
	tcase_add_test(tc, what_does_not_fit_is_cut);
	suite_add_tcase(suite, tc);
	return suite;
}
