/* Numbers come from anyone's SIP message and anyone's paste: whatever the
 * bytes, the result must be a number in stored form or none. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/model/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_number(const struct number *number)
{
	number_key key = number_key_exact(number), again = 0;
	char text[NUMBER_TEXT + 1];

	require(memchr(number->text, '\0', NUMBER_TEXT) != NULL);
	if (number->kind != NUMBER_E164) {
		require(key == 0);
		return;
	}
	require(!number_pattern_key(&again, number->text) && again == key);
	require(!strcmp(number_key_print(text, key), number->text));
	number_key_prefix(number, number_digits(number));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const countries[] = {"1", "39", "44", "7", "999"};
	struct numbering plan;
	struct number number;
	size_t i;

	for (i = 0; i < sizeof(countries) / sizeof(countries[0]); i++) {
		numbering_for_country(&plan, countries[i]);
		number_parse(&number, (const char *)data, size, &plan);
		check_number(&number);
		number_from_uri(&number, (const char *)data, size, &plan);
		check_number(&number);
	}
	return 0;
}
