/* JSON written straight into a buffer, for what is written with every call.
 * Members keep the order they are given in. */
#ifndef CALLSIEVE_CORE_JSON_H
#define CALLSIEVE_CORE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/core/buf.h"

struct json_out {
	struct buf buf;
	bool more; /* a comma must come before what comes next */
	int err;   /* the first, and then nothing is written */
};

void json_begin(struct json_out *out, size_t max);

/* The text, to free(); NULL: it failed. */
char *json_end(struct json_out *out);

/* What follows has this name, in an object: a plain word. In an array, or as
 * the whole, it is NULL. */
void json_open(struct json_out *out, const char *name, char bracket);
void json_close(struct json_out *out, char bracket);

/* NULL is null; what no UTF-8 text should hold becomes U+FFFD. */
void json_put_text(struct json_out *out, const char *name, const char *text);
void json_put_int(struct json_out *out, const char *name, int64_t value);
void json_put_bool(struct json_out *out, const char *name, bool value);
void json_put_null(struct json_out *out, const char *name);

#endif
