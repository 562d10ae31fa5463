/* What happened in this test, on every wire, kept to be shown if it fails.
 * One trace a process: check runs each test in a process of its own. */
#ifndef TESTS_FAKE_TRACE_H
#define TESTS_FAKE_TRACE_H

#include <check.h>
#include <stddef.h>
#include <string.h>

/* `who` sent to (arrow "->") or got from ("<-") `where` these bytes. */
void trace_bytes(const char *who, const char *arrow, const char *where,
		 const char *data, size_t len);
void trace_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The text file `path` is shown as well. */
void trace_file(const char *path);

/* Prints all of it to standard error. */
void trace_show(void);

/* Milliseconds since something, for deadlines. */
long trace_clock_ms(void);

/* Fails the test, with the trace, unless `holds`. */
#define claim(holds, ...)                                                      \
	do {                                                                   \
		if (!(holds)) {                                                \
			trace_show();                                          \
			ck_abort_msg(__VA_ARGS__);                             \
		}                                                              \
	} while (0)

/* The same, for what is to equal something. NULL equals only NULL. */
#define claim_text(actual, expected)                                           \
	do {                                                                   \
		const char *claimed = (actual), *wanted = (expected);          \
		claim(claimed == wanted ||                                     \
			      (claimed && wanted && !strcmp(claimed, wanted)), \
		      "%s is '%s', not '%s'", #actual,                         \
		      claimed ? claimed : "(none)",                            \
		      wanted ? wanted : "(none)");                             \
	} while (0)

#define claim_number(actual, expected)                                         \
	do {                                                                   \
		long claimed = (long)(actual), wanted = (long)(expected);      \
		claim(claimed == wanted, "%s is %ld, not %ld", #actual,        \
		      claimed, wanted);                                        \
	} while (0)

#endif
