/* JSON pointers (RFC 6901): a value's place in a document. */
#ifndef REPUTATION_POINTER_H
#define REPUTATION_POINTER_H

#include <stdbool.h>

#include <jansson.h>

#define POINTER_TOKEN 256

bool pointer_valid(const char *pointer);

/* Lent; NULL when nothing is there. A null on the way is where it ends: what
 * holds nothing has nothing within it. */
json_t *pointer_find(json_t *document, const char *pointer);

#endif
