#include "pointer.h"

#include <stdlib.h>
#include <string.h>

/* Unescapes the token after the "/" at `pointer` and returns what follows it,
 * NULL when it is malformed or too long. */
static const char *next_token(char token[POINTER_TOKEN], const char *pointer)
{
	size_t len = 0;

	for (pointer++; *pointer && *pointer != '/'; pointer++) {
		char c = *pointer;

		if (c == '~') {
			c = *++pointer;
			if (c != '0' && c != '1')
				return NULL;
			c = c == '0' ? '~' : '/';
		}
		if (len + 1 >= POINTER_TOKEN)
			return NULL;
		token[len++] = c;
	}
	token[len] = '\0';
	return pointer;
}

bool pointer_valid(const char *pointer)
{
	char token[POINTER_TOKEN];

	while (pointer && *pointer == '/')
		pointer = next_token(token, pointer);
	return pointer && !*pointer;
}

/* Digits without a leading zero (RFC 6901 4). */
static json_t *element(json_t *array, const char *token)
{
	size_t len = strspn(token, "0123456789");

	if (!len || token[len] || len > 9 || (token[0] == '0' && len > 1))
		return NULL;
	return json_array_get(array, strtoul(token, NULL, 10));
}

json_t *pointer_find(json_t *document, const char *pointer)
{
	json_t *at = document;
	char token[POINTER_TOKEN];

	while (at && !json_is_null(at) && *pointer == '/') {
		pointer = next_token(token, pointer);
		if (!pointer)
			return NULL;
		at = json_is_array(at) ? element(at, token)
				       : json_object_get(at, token);
	}
	return at;
}
