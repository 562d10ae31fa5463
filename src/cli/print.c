/* Columns, times and text from strangers: see print.h. */
#include "print.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <wchar.h>

#include "callsieve/core/clock.h"

/* One character of `text`, or '?' for one byte that is none or not printable.
 * Returns how many bytes it took; *widthp its columns. */
static size_t print_character(const char *text, size_t room, size_t *widthp)
{
	mbstate_t state = {0};
	wchar_t wide;
	size_t len = mbrtowc(&wide, text, MB_CUR_MAX, &state);
	bool whole = len != (size_t)-1 && len != (size_t)-2;
	int width = whole ? wcwidth(wide) : -1;

	*widthp = width < 0 ? 1 : (size_t)width;
	if (*widthp > room)
		return 0;
	if (width < 0)
		putchar('?');
	else
		fwrite(text, 1, len, stdout);
	return whole ? len : 1;
}

void print_text(const char *text, size_t width)
{
	size_t column = 0, len, columns;

	if (!*text)
		text = "-";
	while (*text) {
		len = print_character(text, width ? width - column : 2,
				      &columns);
		if (!len)
			break;
		text += len;
		column += columns;
	}
	for (; column < width; column++)
		putchar(' ');
}

const char *print_time(char buf[TIME_TEXT], int64_t epoch_ms)
{
	time_t seconds = (time_t)(epoch_ms / 1000);
	struct tm tm;

	if (!epoch_ms || !localtime_r(&seconds, &tm) ||
	    !strftime(buf, TIME_TEXT, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, TIME_TEXT, "-");
	return buf;
}

const char *print_age(char buf[TIME_TEXT], int64_t epoch_ms)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{86400, "days"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	int64_t age = now_wall_s() - epoch_ms / 1000;
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (age < 2 * units[i].seconds)
			continue;
		snprintf(buf, TIME_TEXT, "%" PRId64 " %s ago",
			 age / units[i].seconds, units[i].name);
		return buf;
	}
	snprintf(buf, TIME_TEXT, "just now");
	return buf;
}
