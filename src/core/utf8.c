#include "callsieve/core/utf8.h"

#include <stdlib.h>
#include <string.h>

/* Unicode's table 3-7, which knows neither overlong forms nor surrogates. */
static const struct {
	unsigned char first, last; /* of the first byte */
	unsigned char low, high;   /* of the second */
	size_t len;
} forms[] = {
	{0xc2, 0xc2, 0xa0, 0xbf, 2}, /* U+0080 to U+009F are controls */
	{0xc3, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
	{0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
	{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

size_t utf8_char(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i, n;

	if (*s < 0x80)
		return *s >= 0x20 && *s != 0x7f;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (*s < forms[i].first || *s > forms[i].last)
			continue;
		if (s[1] < forms[i].low || s[1] > forms[i].high)
			return 0;
		for (n = 2; n < forms[i].len; n++)
			if ((s[n] & 0xc0) != 0x80)
				return 0;
		return forms[i].len;
	}
	return 0;
}

char *utf8_clean(const char *text)
{
	const char *s = text;
	char *clean, *to;
	size_t n;

	if (!text)
		return NULL;
	clean = malloc(strlen(text) * strlen(UTF8_REPLACEMENT) + 1);
	if (!clean)
		return NULL;
	for (to = clean; *s; s += n ? n : 1) {
		n = utf8_char(s);
		if (n) {
			memcpy(to, s, n);
			to += n;
		} else {
			memcpy(to, UTF8_REPLACEMENT, strlen(UTF8_REPLACEMENT));
			to += strlen(UTF8_REPLACEMENT);
		}
	}
	*to = '\0';
	return clean;
}
