/* Detail lines: see detail.h. Knows how a list row is described; the signals
 * with nothing but numbers to say print their own line. */
#include "detail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/utf8.h"
#include "callsieve/lists.h"

#define SOURCE_SHOWN 24 /* bytes, so that a long source leaves room */

size_t detail_clean(char *buf, size_t size, const char *text)
{
	const char *from = text;
	size_t len = 0, mark = 0, n;

	while (*from) {
		n = utf8_char(from);
		if (len + (n ? n : 1) >= size) {
			memcpy(buf + mark, "...", 3);
			len = mark + 3;
			break;
		}
		if (!n)
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
