/* The URIs that telephone numbers come in: which part of one is the number.
 * What the number is, number.c tells. */
#include "callsieve/model/number.h"

#include <string.h>

#include "number.h"
#include "span.h"

/* Of a URI only its user part is looked at, and no number needs more. */
#define USER_MAX 256

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3261 19.1.4: an escaped character is the character. A bad escape stays
 * as it is, and no number contains one. */
static bool unescape(char *buf, size_t size, struct span *span)
{
	size_t in, out = 0;

	for (in = 0; in < span->len && out < size; in++, out++) {
		int high = -1, low = -1;

		if (span->text[in] == '%' && span->len - in > 2) {
			high = hex_value(span->text[in + 1]);
			low = hex_value(span->text[in + 2]);
		}
		buf[out] = span->text[in];
		if (high >= 0 && low >= 0) {
			buf[out] = (char)(high << 4 | low);
			in += 2;
		}
	}
	if (in < span->len)
		return false;
	*span = (struct span){buf, out};
	return true;
}

static bool has_letter(struct span span)
{
	size_t i;

	for (i = 0; i < span.len; i++) {
		char lower = span.text[i] | 0x20;

		if (lower >= 'a' && lower <= 'z')
			return true;
	}
	return false;
}

static void parse_user(struct number *number, struct span user,
		       struct span uri_params, const struct numbering *plan)
{
	struct span name = user, word;

	span_cut(&name, ';');
	word = number_trim(name);
	if (number_from_word(number, word))
		return;
	if (has_letter(word)) {
		number_set_kind(number, NUMBER_NONE);
		return;
	}
	/* RFC 4967: keys to be pressed, which need not be a number. */
	if (span_is(span_param(uri_params, "user"), "dialstring"))
		plan = NULL;
	number_from_subscriber(number, user, plan);
}

static void parse_sip(struct number *number, struct span uri,
		      const struct numbering *plan)
{
	struct span user = uri, host, params;
	char buf[USER_MAX];

	host = span_cut(&user, '@');
	if (user.len == uri.len) { /* no user at all */
		host = uri;
		user.len = 0;
	}
	span_cut(&host, '?');
	params = span_cut(&host, ';');
	span_cut(&host, ':');
	span_cut(&user, ':');			/* a password */
	if (span_is(host, "anonymous.invalid")) /* RFC 3323 4.1.1.3 */
		number_set_kind(number, NUMBER_ANONYMOUS);
	else if (!unescape(buf, sizeof(buf), &user))
		number_set_kind(number, NUMBER_MALFORMED);
	else
		parse_user(number, user, params, plan);
}

static void parse_tel(struct number *number, struct span uri,
		      const struct numbering *plan)
{
	char buf[USER_MAX];

	if (unescape(buf, sizeof(buf), &uri))
		number_from_subscriber(number, uri, plan);
	else
		number_set_kind(number, NUMBER_MALFORMED);
}

bool number_from_known_uri(struct number *number, struct span uri,
			   const struct numbering *plan)
{
	struct span scheme = uri;
	struct span rest = span_cut(&scheme, ':');

	if (scheme.len == uri.len)
		return false;
	if (span_is(scheme, "tel"))
		parse_tel(number, rest, plan);
	else if (span_is(scheme, "sip") || span_is(scheme, "sips"))
		parse_sip(number, rest, plan);
	else
		return false;
	return true;
}

void number_from_uri(struct number *number, const char *uri, size_t len,
		     const struct numbering *plan)
{
	if (!number_from_known_uri(number, (struct span){uri, len}, plan))
		number_set_kind(number, NUMBER_NONE);
}
