/* Text off the wire may be anything; what SQLite, JSON and terminals can take
 * is UTF-8 without control characters. */
#ifndef CALLSIEVE_CORE_UTF8_H
#define CALLSIEVE_CORE_UTF8_H

#include <stddef.h>

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* The bytes of the character that `text` begins with; 0 where it is no UTF-8,
 * a control character or the end. */
size_t utf8_char(const char *text);

/* A copy, to free(): what is no UTF-8 and control characters become U+FFFD.
 * NULL for NULL, or without memory. */
char *utf8_clean(const char *text);

#endif
