/* Detail lines: see detail.h. Knows how a list row is described; the signals
 * with nothing but numbers to say print their own line. */
#include "detail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/lists.h"

#define SOURCE_SHOWN 24 /* bytes, so that a long source leaves room */

/* The bytes of the well-formed UTF-8 character at `text` (RFC 3629 4), or 0. */
static size_t character_length(const unsigned char *text)
{
	static const struct {
		unsigned char low, high, second_low, second_high;
		size_t length;
	} forms[] = {
		{0x20, 0x7e, 0, 0, 1},	     {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};
	size_t i, at;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (text[0] >= forms[i].low && text[0] <= forms[i].high)
			break;
	if (i == sizeof(forms) / sizeof(forms[0]))
		return 0;
	if (forms[i].length > 1 &&
	    (text[1] < forms[i].second_low || text[1] > forms[i].second_high))
		return 0;
	for (at = 2; at < forms[i].length; at++)
		if ((text[at] & 0xc0) != 0x80)
			return 0;
	return forms[i].length;
}

/* U+0080 to U+009F: control characters a terminal may obey. */
static bool is_c1(const unsigned char *text)
{
	return text[0] == 0xc2 && text[1] < 0xa0;
}

size_t detail_clean(char *buf, size_t size, const char *text)
{
	const unsigned char *from = (const unsigned char *)text;
	size_t len = 0, mark = 0, n;

	while (*from) {
		n = character_length(from);
		if (len + (n ? n : 1) >= size) {
			memcpy(buf + mark, "...", 3);
			len = mark + 3;
			break;
		}
		if (!n || is_c1(from))
			buf[len++] = '?';
		else if (*from == '"')
			buf[len++] = '\'';
		else
			memcpy(buf + len, from, n), len += n;
		/* The last place where "..." still fits. */
		if (len + 3 < size)
			mark = len;
		from += n ? n : 1;
	}
	buf[len] = '\0';
	return len;
}

struct line {
	char *text;
	size_t len, size;
};

static void __attribute__((format(printf, 2, 3)))
line_add(struct line *line, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->text + line->len, line->size - line->len, format,
		      args);
	va_end(args);
	if (n > 0)
		line->len += (size_t)n;
	if (line->len >= line->size)
		line->len = line->size - 1;
}

static void line_add_clean(struct line *line, const char *text, size_t room)
{
	if (room > line->size - line->len)
		room = line->size - line->len;
	line->len += detail_clean(line->text + line->len, room, text);
}

void detail_list_match(char detail[SIGNAL_DETAIL],
		       const struct list_match *match)
{
	struct line line = {detail, 0, SIGNAL_DETAIL};
	const char *source = match->source ? match->source : "";
	const char *reason = match->reason ? match->reason : "";
	char pattern[NUMBER_TEXT + 1], tail[40];
	int tail_len;

	/* The row must show however long the reason is, so it is printed
	 * first and the reason gets what remains. */
	tail_len = snprintf(tail, sizeof(tail), "%s, row %" PRId64,
			    *source || *reason ? ")" : "", match->row);

	line_add(&line, "matches \"%s\"",
		 number_key_print(pattern, match->pattern));
	if (*source || *reason)
		line_add(&line, " (");
	if (*source) {
		line_add(&line, "source ");
		line_add_clean(&line, source, SOURCE_SHOWN);
	}
	if (*reason) {
		line_add(&line, *source ? ": \"" : "\"");
		line_add_clean(&line, reason,
			       SIGNAL_DETAIL - line.len - (size_t)tail_len - 1);
		line_add(&line, "\"");
	}
	line_add(&line, "%s", tail);
}
