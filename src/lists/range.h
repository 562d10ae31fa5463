/* A range of numbers, +12025550100-+12025550199, as the fewest prefixes and
 * numbers that make it up. */
#ifndef LISTS_RANGE_H
#define LISTS_RANGE_H

#include <stdbool.h>
#include <stdint.h>

struct range {
	uint64_t next, last;
	int digits;
};

/* False: the text is no range. */
bool range_read(struct range *range, const char *text);

/* The next piece, as +1202555* or +12025550100. False: there is none left. */
#define RANGE_PIECE 20
bool range_next(struct range *range, char piece[RANGE_PIECE]);

#endif
