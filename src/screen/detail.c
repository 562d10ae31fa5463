/* Detail lines: see detail.h. Knows how a list row is described; the signals
 * with nothing but numbers to say print their own line. */
#include "detail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/utf8.h"
#include "callsieve/lists.h"

#define NAME_SHOWN 24 /* bytes, so that long names leave room */
#define DAY_S	   86400

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

static const char *day_format(int age)
{
	if (age <= LISTS_DAYS_KNOWN)
		return "added %Y-%m-%d";
	return age <= LISTS_MONTHS_KNOWN ? "added in %Y-%m" : "added in %Y";
}

/* A date, since it may be read long after the call. */
static void line_add_day(struct line *line, int day, const char **gap)
{
	time_t at = (time_t)day * DAY_S;
	char added[24];
	struct tm tm;

	if (day <= 0 || !gmtime_r(&at, &tm))
		return;
	strftime(added, sizeof(added),
		 day_format((int)(now_wall_s() / DAY_S) - day), &tm);
	line_add(line, "%s%s", *gap, added);
	*gap = ", ";
}

static void line_add_name(struct line *line, const char *what, const char *name,
			  const char **gap)
{
	if (!name || !*name)
		return;
	line_add(line, "%s%s ", *gap, what);
	line_add_clean(line, name, NAME_SHOWN);
	*gap = ", ";
}

/* Which one goes without saying. */
static const char *list_name(const struct list_match *match)
{
	return match->list && strcmp(match->list, "default") ? match->list : "";
}

void detail_list_match(char detail[SIGNAL_DETAIL],
		       const struct list_match *match)
{
	struct line line = {detail, 0, SIGNAL_DETAIL};
	const char *reason = match->reason ? match->reason : "";
	const char *gap = " (";
	char pattern[NUMBER_TEXT + 1], tail[40];
	int tail_len;

	line_add(&line, "matches \"%s\"",
		 match->range && *match->range
			 ? match->range
			 : number_key_print(pattern, match->pattern));
	line_add_name(&line, "list", list_name(match), &gap);
	line_add_name(&line, "source", match->source, &gap);
	line_add_day(&line, match->added_day, &gap);

	/* The row must show however long the reason is, which gets what
	 * remains. */
	tail_len = snprintf(tail, sizeof(tail), "%s, row %" PRId64,
			    *gap == ' ' && !*reason ? "" : ")", match->row);
	if (*reason) {
		line_add(&line, "%s\"", *gap == ' ' ? gap : ": ");
		line_add_clean(&line, reason,
			       SIGNAL_DETAIL - line.len - (size_t)tail_len - 1);
		line_add(&line, "\"");
	}
	line_add(&line, "%s", tail);
}
