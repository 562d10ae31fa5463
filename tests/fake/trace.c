/* The story of one test, for whoever has to find out why it failed. It is
 * kept in memory and costs nothing when the test passes. */
#include "fake/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SHOWN_MAX 1500 /* bytes of one message */
#define FILES_MAX 4

static char *story;
static size_t story_len;
static FILE *stream;
static const char *files[FILES_MAX];
static size_t files_count;
static long started_ms;

long trace_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static FILE *trace_stream(void)
{
	if (!stream) {
		stream = open_memstream(&story, &story_len);
		started_ms = trace_clock_ms();
	}
	return stream;
}

void trace_bytes(const char *who, const char *arrow, const char *where,
		 const char *data, size_t len)
{
	FILE *out = trace_stream();
	size_t shown = len < SHOWN_MAX ? len : SHOWN_MAX;

	fprintf(out, "\n--- %ld ms: %s %s %s\n", trace_clock_ms() - started_ms,
		who, arrow, where);
	for (size_t i = 0; i < shown; i++)
		if (data[i] != '\r')
			fputc(data[i], out);
	if (shown < len)
		fprintf(out, "... (%zu bytes in all)\n", len);
}

void trace_note(const char *format, ...)
{
	FILE *out = trace_stream();
	va_list args;

	fprintf(out, "\n--- %ld ms: ", trace_clock_ms() - started_ms);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
}

void trace_file(const char *path)
{
	if (files_count < FILES_MAX)
		files[files_count++] = path;
}

static void show_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[1024];

	fprintf(stderr, "\n=== %s\n", path);
	while (file && fgets(line, sizeof(line), file))
		fputs(line, stderr);
	if (file)
		fclose(file);
}

void trace_show(void)
{
	fflush(trace_stream());
	fprintf(stderr, "\n=== what happened\n%.*s", (int)story_len, story);
	for (size_t i = 0; i < files_count; i++)
		show_file(files[i]);
	fputs("=== end\n\n", stderr);
}
