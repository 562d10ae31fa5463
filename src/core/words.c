#include "callsieve/core/words.h"

#include <ctype.h>
#include <stdbool.h>

static bool is_part(unsigned char c)
{
	return c >= 0x80 || isalnum(c);
}

void words_fold(char *buf, size_t size, const char *text)
{
	size_t len = 0;

	buf[len++] = ' ';
	for (; *text && len + 2 < size; text++) {
		unsigned char c = (unsigned char)*text;

		if (is_part(c))
			buf[len++] = (char)tolower(c);
		else if (buf[len - 1] != ' ')
			buf[len++] = ' ';
	}
	if (buf[len - 1] != ' ')
		buf[len++] = ' ';
	buf[len] = '\0';
}
