/* RFC 9111 4.2.1 for a cache of our own: max-age, no-store and no-cache, less
 * Age. Expires is not looked at: it needs the server's clock to be right. */
#include "freshness.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANK " \t"

/* Of that name, without or with a value in quotes or not (RFC 9111 5.2);
 * NULL: another. */
static const char *value_of(const char *directive, size_t len, const char *name)
{
	size_t n = strlen(name);

	if (len < n || strncasecmp(directive, name, n) != 0)
		return NULL;
	directive += n;
	if (len == n || strchr(BLANK, *directive))
		return "";
	if (*directive != '=')
		return NULL;
	return directive[1] == '"' ? directive + 2 : directive + 1;
}

/* At most a week; -1: no number. */
static long seconds(const char *text)
{
	long value;

	if (*text < '0' || *text > '9')
		return -1;
	value = strtol(text, NULL, 10);
	return value > FRESH_MAX_S ? FRESH_MAX_S : value;
}

/* Up to the next comma that is not within quotes. */
static size_t length_of(const char *directive)
{
	size_t len = 0;

	for (bool quoted = false; directive[len]; len++)
		if (directive[len] == '"')
			quoted = !quoted;
		else if (directive[len] == ',' && !quoted)
			break;
	return len;
}

long fresh_of_directives(const char *text)
{
	const char *value;
	long fresh = -1;
	size_t len;

	for (;; text += len) {
		text += strspn(text, BLANK ",");
		if (!*text)
			return fresh;
		len = length_of(text);
		if (value_of(text, len, "no-store") ||
		    value_of(text, len, "no-cache"))
			return 0;
		value = value_of(text, len, "max-age");
		if (value)
			fresh = seconds(value);
	}
}

long retry_s(CURL *easy)
{
	curl_off_t value = 0;

	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &value);
	return value < 0 ? 0 : value > FRESH_MAX_S ? FRESH_MAX_S : (long)value;
}

long fresh_s(CURL *easy)
{
	struct curl_header *header;
	long fresh = -1, field, age;

	for (size_t i = 0; !curl_easy_header(easy, "Cache-Control", i,
					     CURLH_HEADER, -1, &header);
	     i++) {
		field = fresh_of_directives(header->value);
		if (field >= 0 && (fresh < 0 || field < fresh))
			fresh = field;
	}
	if (fresh > 0 &&
	    !curl_easy_header(easy, "Age", 0, CURLH_HEADER, -1, &header)) {
		age = seconds(header->value);
		fresh = age > fresh ? 0 : age > 0 ? fresh - age : fresh;
	}
	return fresh;
}
