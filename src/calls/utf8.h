/* Text off the wire as text that SQLite, JSON and terminals can take. */
#ifndef CALLS_UTF8_H
#define CALLS_UTF8_H

/* A copy, to free(): bytes that are no UTF-8 and control characters become
 * U+FFFD. NULL for NULL, or without memory. */
char *utf8_clean(const char *text);

#endif
