/* Printing what came from outside: no control character reaches a terminal. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <stddef.h>
#include <stdint.h>

/* `text`, "-" when empty, cut to `width` columns and padded to them; width 0:
 * as long as it is. */
void print_text(const char *text, size_t width);

/* "2026-11-22 19:34:39" in local time; "-" for 0. Returns buf. */
#define TIME_TEXT 32
const char *print_time(char buf[TIME_TEXT], int64_t epoch_ms);

/* "3 s ago", "2 h ago". Returns buf. */
const char *print_age(char buf[TIME_TEXT], int64_t epoch_ms);

#endif
