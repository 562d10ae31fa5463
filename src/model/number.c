/* Reading a telephone number: from text to digits, from digits to a kind and
 * the stored form. URIs are taken apart in number_uri.c, how a country dials
 * stands in numbering.c, the packed form in number_key.c. */
#include "callsieve/model/number.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "span.h"

/* Room for an international prefix before the longest number. */
#define DIGITS_MAX 24

struct digits {
	char text[DIGITS_MAX + 1];
	size_t len;
	bool plus; /* not part of text */
	bool code; /* has * or # */
};

static const struct {
	const char *text;
	enum number_kind kind;
} words[] = {
	{"anonymous", NUMBER_ANONYMOUS}, /* RFC 3323 4.1.1.3 */
	{"unavailable", NUMBER_NONE},
	{"unknown", NUMBER_NONE},
	{"restricted", NUMBER_NONE},
	{"private", NUMBER_NONE},
	{"none", NUMBER_NONE},
	{"0", NUMBER_NONE},
	{"", NUMBER_NONE},
};

static atomic_bool masking;

void number_set_kind(struct number *number, enum number_kind kind)
{
	memset(number, 0, sizeof(*number));
	number->kind = kind;
}

static void set_e164(struct number *number, const char *country,
		     const char *rest)
{
	char digits[sizeof(((struct numbering *)0)->country) + DIGITS_MAX];

	snprintf(digits, sizeof(digits), "%s%s", country, rest);
	if (!number_is_plausible(digits)) {
		number_set_kind(number, NUMBER_MALFORMED);
		return;
	}
	number_set_kind(number, NUMBER_E164);
	number->text[0] = '+';
	memcpy(number->text + 1, digits, strlen(digits));
}

/* E.164 6.2.1: at most 15 digits, no country code begins with 0; and no area
 * code of North America begins with 0 or 1. */
bool number_is_plausible(const char *digits)
{
	size_t len = strlen(digits);

	if (len < NUMBER_DIGITS_MIN || len > NUMBER_DIGITS_MAX)
		return false;
	if (digits[0] == '0')
		return false;
	return digits[0] != '1' || (digits[1] != '0' && digits[1] != '1');
}

static bool is_between(const unsigned char *s, unsigned char low,
		       unsigned char high)
{
	return s[2] >= low && s[2] <= high;
}

/* The bytes of the visual separator that starts here, or 0. Beside those of
 * RFC 3966 5.1.1 it knows what documents and address books put in numbers:
 * blanks, hyphens and dashes of Unicode, its marks of writing direction. */
static size_t separator(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	if (s[0] && strchr("-.()/ \t\r\n", s[0]))
		return 1;
	if (len >= 2 && s[0] == 0xc2 && (s[1] == 0xa0 || s[1] == 0xad))
		return 2;
	if (len < 3)
		return 0;
	if (s[0] == 0xe2 && s[1] == 0x80 &&
	    (is_between(s, 0x80, 0x95) || is_between(s, 0xaa, 0xaf)))
		return 3;
	if (s[0] == 0xe2 && s[1] == 0x81 && is_between(s, 0xa6, 0xa9))
		return 3;
	if (!memcmp(s, "\xe2\x88\x92", 3) || !memcmp(s, "\xef\xbb\xbf", 3))
		return 3;
	return 0;
}

/* People write "+44 (0)20 7946 0000" for a zero to be dialled only at home.
 * Italy's is dialled from everywhere. */
static bool is_optional_zero(const struct digits *digits, const char *text,
			     size_t len)
{
	if (len < 3 || memcmp(text, "(0)", 3) || !digits->len)
		return false;
	return digits->len < 2 ||
	       memcmp(digits->text + digits->len - 2, "39", 2);
}

static bool add_digit(struct digits *digits, char c)
{
	if (c == '+' && !digits->len && !digits->plus && !digits->code) {
		digits->plus = true;
		return true;
	}
	if (c == '*' || c == '#')
		digits->code = true;
	else if (c < '0' || c > '9')
		return false;
	if (digits->len == DIGITS_MAX)
		return false;
	digits->text[digits->len++] = c;
	return true;
}

static bool read_digits(struct digits *digits, struct span span)
{
	size_t i = 0, skip;

	memset(digits, 0, sizeof(*digits));
	while (i < span.len) {
		const char *at = span.text + i;

		if (is_optional_zero(digits, at, span.len - i))
			skip = 3;
		else
			skip = separator(at, span.len - i);
		if (!skip && !add_digit(digits, *at))
			return false;
		i += skip ? skip : 1;
	}
	return true;
}

static const char *after_prefix(const char *digits, const char *prefix)
{
	size_t len = strlen(prefix);

	return len && !strncmp(digits, prefix, len) ? digits + len : NULL;
}

/* NULL, or what follows the international prefix. Whatever the country's own,
 * people also write the "00" of most: it begins no national number. */
static const char *after_international(const char *digits,
				       const struct numbering *plan)
{
	const char *rest = after_prefix(digits, plan->international);

	if (!rest)
		rest = after_prefix(digits, "00");
	return rest && strlen(rest) >= NUMBER_DIGITS_MIN ? rest : NULL;
}

static bool is_national(const char *digits, const struct numbering *plan)
{
	size_t len = strlen(digits);

	if (len < plan->nsn_min || len > plan->nsn_max)
		return false;
	if (!strncmp(digits, "00", 2))
		return false;
	return digits[0] != '0' || plan->national[0] != '0';
}

/* Whether a number is also told from others without the national prefix. Where
 * lengths differ widely, bare digits may as well be a subscriber's number
 * without its area code. */
static bool stands_bare(const struct numbering *plan)
{
	return !plan->national[0] || plan->nsn_max - plan->nsn_min <= 2;
}

/* NULL, or the national number that these digits mean. */
static const char *find_national(const char *digits,
				 const struct numbering *plan)
{
	const char *rest = after_prefix(digits, plan->national);

	if (rest && is_national(rest, plan))
		return rest;
	/* Without a national prefix the bare number is how all dial, so it
	 * goes before a country code that lost its "+". */
	if (!plan->national[0] && is_national(digits, plan))
		return digits;
	rest = after_prefix(digits, plan->country);
	if (rest && is_national(rest, plan))
		return rest;
	if (stands_bare(plan) && is_national(digits, plan))
		return digits;
	return NULL;
}

static void set_local(struct number *number, const struct digits *digits)
{
	if (!digits->len || digits->len > NUMBER_DIGITS_MAX) {
		number_set_kind(number, NUMBER_MALFORMED);
		return;
	}
	number_set_kind(number, NUMBER_LOCAL);
	memcpy(number->text, digits->text, digits->len);
}

/* RFC 8224 8.3, except that the stored form keeps the "+". Without a plan the
 * digits are of a context unknown here. */
static void classify(struct number *number, const struct digits *digits,
		     const struct numbering *plan)
{
	const char *rest;

	if (digits->plus) {
		if (digits->code)
			number_set_kind(number, NUMBER_MALFORMED);
		else
			set_e164(number, "", digits->text);
		return;
	}
	if (!plan || digits->code || digits->len < NUMBER_DIGITS_MIN) {
		set_local(number, digits);
		return;
	}
	rest = after_international(digits->text, plan);
	if (rest) {
		set_e164(number, "", rest);
		return;
	}
	rest = find_national(digits->text, plan);
	if (rest)
		set_e164(number, plan->country, rest);
	else
		set_local(number, digits);
}

struct span number_trim(struct span span)
{
	size_t n;

	while (span.len && (n = separator(span.text, span.len))) {
		span.text += n;
		span.len -= n;
	}
	while (span.len && strchr(" \t\r\n", span.text[span.len - 1]))
		span.len--;
	return span;
}

/* A phone-context says where the digits have a meaning; it is no prefix to
 * put before them: "911;phone-context=+1" is not +1911 (RFC 3966 5.1.5). In
 * the trunk's own country they mean what its plan says, elsewhere nothing. */
static bool is_foreign(struct span params, const struct numbering *plan)
{
	struct span context = span_param(params, "phone-context");

	if (!context.text)
		return false;
	if (!context.len || context.text[0] != '+')
		return true;
	context.text++;
	context.len--;
	return !span_is(context, plan->country);
}

bool number_from_word(struct number *number, struct span span)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (span_is(span, words[i].text)) {
			number_set_kind(number, words[i].kind);
			return true;
		}
	}
	return false;
}

/* Routing numbers and the like are not the caller (RFC 4694), so of the
 * parameters only phone-context counts. */
void number_from_subscriber(struct number *number, struct span span,
			    const struct numbering *plan)
{
	struct span params = span_cut(&span, ';');
	struct digits digits;

	span = number_trim(span);
	if (number_from_word(number, span))
		return;
	if (read_digits(&digits, span))
		classify(number, &digits,
			 plan && is_foreign(params, plan) ? NULL : plan);
	else
		number_set_kind(number, NUMBER_MALFORMED);
}

void number_parse(struct number *number, const char *text, size_t len,
		  const struct numbering *plan)
{
	struct span span = number_trim((struct span){text, len});

	if (!number_from_known_uri(number, span, plan))
		number_from_subscriber(number, span, plan);
}

const char *number_kind_name(enum number_kind kind)
{
	static const char *const names[] = {
		[NUMBER_NONE] = "none",
		[NUMBER_ANONYMOUS] = "anonymous",
		[NUMBER_E164] = "e164",
		[NUMBER_LOCAL] = "local",
		[NUMBER_MALFORMED] = "malformed",
	};

	return names[kind];
}

void number_set_masking(bool on)
{
	atomic_store_explicit(&masking, on, memory_order_relaxed);
}

const char *number_log(char buf[NUMBER_TEXT], const struct number *number)
{
	size_t i, len = strlen(number->text);

	if (!len) {
		snprintf(buf, NUMBER_TEXT, "%s",
			 number_kind_name(number->kind));
		return buf;
	}
	memcpy(buf, number->text, len + 1);
	if (!atomic_load_explicit(&masking, memory_order_relaxed))
		return buf;
	for (i = len > 4 ? len - 4 : 0; i < len; i++)
		buf[i] = 'x';
	return buf;
}
