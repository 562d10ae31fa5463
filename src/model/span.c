#include "span.h"

#include <string.h>
#include <strings.h>

bool span_is(struct span span, const char *text)
{
	if (span.len != strlen(text))
		return false;
	return !span.len || !strncasecmp(span.text, text, span.len);
}

struct span span_cut(struct span *span, char c)
{
	const char *at = span->len ? memchr(span->text, c, span->len) : NULL;
	struct span rest = {"", 0};

	if (at) {
		rest.text = at + 1;
		rest.len = span->len - (size_t)(rest.text - span->text);
		span->len = (size_t)(at - span->text);
	}
	return rest;
}

struct span span_param(struct span params, const char *name)
{
	while (params.len) {
		struct span param = params;
		struct span rest = span_cut(&param, ';');
		struct span value = span_cut(&param, '=');

		if (span_is(param, name))
			return value;
		params = rest;
	}
	return (struct span){NULL, 0};
}
