/* Numbers and prefixes in 64 bits. The digits as one decimal number take 50
 * bits; since no number begins with 0 this also says how many there are. One
 * more bit tells a prefix from the number of the same digits. */
#include "callsieve/model/number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

#define PREFIX ((number_key)1 << 51)

_Static_assert(PREFIX >> (64 - NUMBER_KEY_SPARE) == 0, "spare bits are in use");

static number_key pack(const char *digits, size_t len)
{
	number_key key = 0;
	size_t i;

	for (i = 0; i < len; i++)
		key = key * 10 + (number_key)(digits[i] - '0');
	return key;
}

unsigned number_digits(const struct number *number)
{
	if (number->kind != NUMBER_E164)
		return 0;
	return (unsigned)strlen(number->text + 1);
}

number_key number_key_exact(const struct number *number)
{
	return pack(number->text + 1, number_digits(number));
}

number_key number_key_prefix(const struct number *number, unsigned digits)
{
	if (!digits || digits > number_digits(number))
		return 0;
	return PREFIX | pack(number->text + 1, digits);
}

number_key number_keys(const struct number *number,
		       number_key prefixes[NUMBER_TEXT - 1], unsigned *digitsp)
{
	number_key key = 0;
	unsigned n = 0;

	if (number->kind != NUMBER_E164)
		return 0;
	while (number->text[n + 1] && n < NUMBER_DIGITS_MAX) {
		key = key * 10 + (number_key)(number->text[n + 1] - '0');
		prefixes[++n] = PREFIX | key;
	}
	*digitsp = n;
	return key;
}

int number_pattern_key(number_key *keyp, const char *pattern)
{
	size_t len;

	if (pattern[0] != '+' || pattern[1] == '0')
		return -EINVAL;
	len = strspn(++pattern, "0123456789");
	if (!len || len > NUMBER_DIGITS_MAX)
		return -EINVAL;
	if (!strcmp(pattern + len, "*"))
		*keyp = PREFIX | pack(pattern, len);
	else if (number_is_plausible(pattern))
		*keyp = pack(pattern, len);
	else
		return -EINVAL;
	return 0;
}

bool number_key_is_prefix(number_key key)
{
	return key & PREFIX;
}

const char *number_key_print(char buf[NUMBER_TEXT + 1], number_key key)
{
	/* What is no key of ours must not overflow the buffer either. */
	uint64_t digits = (key & (PREFIX - 1)) % 1000000000000000;

	snprintf(buf, NUMBER_TEXT + 1, "+%" PRIu64 "%s", digits,
		 number_key_is_prefix(key) ? "*" : "");
	return buf;
}
