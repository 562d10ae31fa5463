/* Reading the members of a JSON object, strictly: what a client sends is
 * either understood as it meant it or refused with a sentence. */
#ifndef API_FIELDS_H
#define API_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct reply;

/* A member that is a string: one line of text without control characters. */
struct field {
	const char *name;
	bool required;	    /* else absent or null are fine */
	size_t max;	    /* bytes */
	const char **textp; /* lent by the object; NULL when absent */
};

/* The body as an object with these members and no others; NULL with a reply
 * 400 (no JSON) or 422 (not as agreed). Free it with json_decref(). */
json_t *fields_read(struct reply *reply, const struct buf *body,
		    const struct field *fields, size_t count);

#endif
