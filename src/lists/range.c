#include "range.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 15

static bool is_end(const char *text, size_t digits)
{
	return text[0] == '+' && text[1] != '0' &&
	       strspn(text + 1, "0123456789") == digits;
}

bool range_read(struct range *range, const char *text)
{
	size_t first = strcspn(text, "-"), digits = first - 1;
	const char *last = text + first + 1;

	if (first < 2 || digits > DIGITS_MAX ||
	    strlen(text) != 2 * digits + 3 || !is_end(text, digits) ||
	    !is_end(last, digits))
		return false;
	range->next = strtoull(text + 1, NULL, 10);
	range->last = strtoull(last + 1, NULL, 10);
	range->digits = (int)digits;
	return range->next <= range->last;
}

bool range_next(struct range *range, char piece[RANGE_PIECE])
{
	uint64_t block = 1;
	int digits = range->digits;

	if (range->next > range->last)
		return false;
	/* The largest block that begins here and does not reach beyond. */
	while (digits > 1 && range->next % (block * 10) == 0 &&
	       range->last - range->next >= block * 10 - 1) {
		block *= 10;
		digits--;
	}
	snprintf(piece, RANGE_PIECE, "+%" PRIu64 "%s", range->next / block,
		 block > 1 ? "*" : "");
	range->next += block;
	return true;
}
