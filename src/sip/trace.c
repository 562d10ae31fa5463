/* The stack's own log, which comes in pieces, made into lines of ours. With
 * trace on it holds every message. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#include <sofia-sip/su_log.h>

#include "callsieve/core/log.h"

extern su_log_t tport_log[];

static char line[1024];
static size_t used;

static void flush(void)
{
	line[used] = '\0';
	if (used)
		log_debug("stack %s", line);
	used = 0;
}

static void piece(void *stream, const char *format, va_list ap)
{
	char text[2048];

	(void)stream;
	vsnprintf(text, sizeof(text), format, ap);
	for (const char *c = text; *c; c++) {
		if (*c == '\n' || used == sizeof(line) - 1)
			flush();
		if (*c != '\n')
			line[used++] = *c;
	}
}

void trace_start(bool messages)
{
	su_log_redirect(NULL, piece, NULL);
	/* Level 3 is chatty and says nothing an operator could act on; our own
	 * log names every event that matters. */
	su_log_set_level(NULL, messages ? 5 : 1);
	su_log_set_level(tport_log, messages ? 9 : 1);
}

void trace_stop(void)
{
	su_log_redirect(NULL, NULL, NULL);
}
