/* A piece of text within a longer one, as the parsers of URIs and numbers cut
 * it. Nothing is copied. */
#ifndef MODEL_SPAN_H
#define MODEL_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
	const char *text;
	size_t len;
};

/* Without regard to case. */
bool span_is(struct span span, const char *text);

/* Cuts the span at the first `c`; returns what follows it, empty if there is
 * none. */
struct span span_cut(struct span *span, char c);

/* The value of one of the parameters "a=b;c"; its text is NULL when the
 * parameter is not there. */
struct span span_param(struct span params, const char *name);

#endif
