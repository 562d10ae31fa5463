/* The log: one line an event, `word key=value ...`, to standard error as
 * text or JSON. Lines go through a bounded queue to a thread of their own,
 * because a pipe nobody drains must not stop the loop; what does not fit, and
 * what a broken sink refuses, is counted in the metric
 * callsieve_log_dropped_total. Control characters and what is no UTF-8 become
 * '?', long lines are cut. Thread-safe; errno is left alone. */
#ifndef CALLSIEVE_CORE_LOG_H
#define CALLSIEVE_CORE_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* In the order of RFC 5424 severities. */
enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/* Before it, and after log_fini(), lines go straight to standard error. */
int log_init(enum log_level level, enum log_format format);

/* Writes out what is queued, unless the sink takes nothing for half a
 * second. */
void log_fini(void);
void log_set(enum log_level level, enum log_format format);
bool log_wants(enum log_level level);

#define LOG_PRINTF __attribute__((format(printf, 1, 2)))

/* A value that may hold blanks or quotes is to be printed with %s of
 * log_quote(). */
void log_error(const char *format, ...) LOG_PRINTF;
void log_warn(const char *format, ...) LOG_PRINTF;
void log_info(const char *format, ...) LOG_PRINTF;
void log_debug(const char *format, ...) LOG_PRINTF;

/* `text` quoted, with quotes, backslashes and control characters escaped,
 * cut to what fits `size`. Returns buf. */
const char *log_quote(char *buf, size_t size, const char *text);

#endif
