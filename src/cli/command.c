/* How every command tells that something is wrong: in a sentence. */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int usage_error(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "callsieve: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " Try \"callsieve help\".\n");
	return EXIT_USAGE;
}

int failure(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "callsieve: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	return EXIT_FAILED;
}

unsigned read_count(const char *text, unsigned max)
{
	unsigned long count;
	char *end;

	if (*text < '0' || *text > '9')
		return 0;
	count = strtoul(text, &end, 10);
	return *end || count > max ? 0 : (unsigned)count;
}

long read_span(const char *text, long max)
{
	static const char units[] = "smhd";
	static const long seconds[] = {1, 60, 3600, 86400};
	const char *unit;
	char *end;
	long count;

	if (*text < '0' || *text > '9')
		return 0;
	errno = 0;
	count = strtol(text, &end, 10);
	unit = *end && !end[1] ? strchr(units, *end) : NULL;
	if (!unit || errno || count > max / seconds[unit - units])
		return 0;
	return count * seconds[unit - units];
}
