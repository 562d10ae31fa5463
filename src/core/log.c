/* Whole lines wait in one of two buffers for the one thread that writes them
 * out; it swaps them, and the lock is never held while it writes. It hands
 * over no more at once than a pipe that has room takes without blocking, so
 * that it can give up on a sink that takes nothing. */
#include "callsieve/core/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"
#include "callsieve/core/utf8.h"

#define QUEUE_BYTES (1 << 20)
#define TEXT_BYTES  2000
#define LINE_BYTES  (2 * TEXT_BYTES + 96) /* were every character escaped */

/* How long log_fini() leaves a sink that takes nothing. */
#define PATIENCE_MS 500

static atomic_int level = LOG_LEVEL_INFO;
static atomic_int format = LOG_FORMAT_TEXT;

static struct {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	pthread_t thread;
	bool running;
	atomic_bool stopping;
	char *fill, *drain; /* swapped by the writer */
	size_t len;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER,
	   .filled = PTHREAD_COND_INITIALIZER};

static const char *const level_names[] = {"error", "warn", "info", "debug"};

/* False when the log is about to end and the sink takes nothing. */
static bool sink_ready(void)
{
	struct pollfd sink = {.fd = STDERR_FILENO, .events = POLLOUT};

	while (poll(&sink, 1, PATIENCE_MS) <= 0)
		if (atomic_load(&queue.stopping))
			return false;
	return true;
}

static void write_out(const char *data, size_t len)
{
	ssize_t n;

	while (len && sink_ready()) {
		n = write(STDERR_FILENO, data, len < PIPE_BUF ? len : PIPE_BUF);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			break;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	for (; len; len--)
		if (*data++ == '\n')
			metric_add(METRIC_LOG_DROPPED, 1);
}

static void *writer(void *arg)
{
	bool done = false;

	(void)arg;
	while (!done) {
		size_t len;
		char *data;

		pthread_mutex_lock(&queue.lock);
		while (!queue.len && !queue.stopping)
			pthread_cond_wait(&queue.filled, &queue.lock);
		data = queue.fill;
		len = queue.len;
		queue.fill = queue.drain;
		queue.drain = data;
		queue.len = 0;
		done = queue.stopping;
		pthread_mutex_unlock(&queue.lock);
		write_out(data, len);
	}
	return NULL;
}

static void buffers_free(void)
{
	free(queue.fill);
	free(queue.drain);
	queue.fill = queue.drain = NULL;
}

int log_init(enum log_level new_level, enum log_format new_format)
{
	int err;

	log_set(new_level, new_format);
	queue.fill = malloc(QUEUE_BYTES);
	queue.drain = malloc(QUEUE_BYTES);
	queue.stopping = false;
	err = queue.fill && queue.drain ? 0 : -ENOMEM;
	if (!err)
		err = -pthread_create(&queue.thread, NULL, writer, NULL);
	if (err) {
		buffers_free();
		return err;
	}
	pthread_mutex_lock(&queue.lock);
	queue.running = true;
	pthread_mutex_unlock(&queue.lock);
	return 0;
}

void log_fini(void)
{
	if (!queue.running)
		return;
	pthread_mutex_lock(&queue.lock);
	queue.stopping = true;
	pthread_cond_signal(&queue.filled);
	pthread_mutex_unlock(&queue.lock);
	pthread_join(queue.thread, NULL);

	pthread_mutex_lock(&queue.lock);
	queue.running = false;
	pthread_mutex_unlock(&queue.lock);
	/* What came after the writer's last look. */
	write_out(queue.fill, queue.len);
	queue.len = 0;
	queue.stopping = false;
	buffers_free();
}

void log_set(enum log_level new_level, enum log_format new_format)
{
	atomic_store(&level, (int)new_level);
	atomic_store(&format, (int)new_format);
}

bool log_wants(enum log_level wanted)
{
	return (int)wanted <=
	       atomic_load_explicit(&level, memory_order_relaxed);
}

static void enqueue(const char *line, size_t len)
{
	bool running, fits;

	pthread_mutex_lock(&queue.lock);
	running = queue.running;
	fits = running && queue.len + len <= QUEUE_BYTES;
	if (fits) {
		memcpy(queue.fill + queue.len, line, len);
		queue.len += len;
		if (queue.len == len)
			pthread_cond_signal(&queue.filled);
	}
	pthread_mutex_unlock(&queue.lock);
	if (!running)
		write_out(line, len);
	else if (!fits)
		metric_add(METRIC_LOG_DROPPED, 1);
}

static size_t escape(char *to, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text && n + 7 < size; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\') {
			to[n++] = '\\';
			to[n++] = (char)c;
		} else if (c < 0x20 || c == 0x7f) {
			n += (size_t)snprintf(to + n, 7, "\\u%04x", c);
		} else {
			to[n++] = (char)c;
		}
	}
	to[n] = '\0';
	return n;
}

const char *log_quote(char *buf, size_t size, const char *text)
{
	size_t n;

	buf[0] = '"';
	n = 1 + escape(buf + 1, size - 2, text ? text : "");
	buf[n] = '"';
	buf[n + 1] = '\0';
	return buf;
}

/* Text off the wire must not start a line of its own, steer a terminal or
 * spoil the JSON. */
static void clean(char *text)
{
	size_t n;

	for (; *text; text += n ? n : 1) {
		n = utf8_char(text);
		if (!n)
			*text = '?';
	}
}

static void print_text(char *text, size_t size, const char *fmt, va_list ap)
{
	int len = vsnprintf(text, size, fmt, ap);

	if (len < 0)
		snprintf(text, size, "unprintable: %s", fmt);
	else if ((size_t)len >= size)
		memcpy(text + size - sizeof("..."), "...", sizeof("..."));
	clean(text);
}

static void timestamp(char *buf, size_t size)
{
	int64_t ms = now_wall_ms();
	time_t s = (time_t)(ms / 1000);
	struct tm tm;
	size_t n;

	gmtime_r(&s, &tm);
	n = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, size - n, ".%03dZ", (int)(ms % 1000));
}

static void emit(enum log_level at, const char *fmt, va_list ap)
{
	char text[TEXT_BYTES], line[LINE_BYTES], when[40];
	int saved = errno;
	size_t len;

	if (!log_wants(at))
		return;
	print_text(text, sizeof(text), fmt, ap);
	timestamp(when, sizeof(when));
	if (atomic_load(&format) == LOG_FORMAT_JSON) {
		len = (size_t)snprintf(line, sizeof(line),
				       "{\"time\":\"%s\",\"level\":\"%s\","
				       "\"message\":\"",
				       when, level_names[at]);
		len += escape(line + len, sizeof(line) - len - 3, text);
		len += (size_t)snprintf(line + len, 4, "\"}\n");
	} else {
		len = (size_t)snprintf(line, sizeof(line), "%s %s %s\n", when,
				       level_names[at], text);
	}
	enqueue(line, len);
	errno = saved;
}

#define LOG_FUNCTION(name, at)                                                 \
	void name(const char *fmt, ...)                                        \
	{                                                                      \
		va_list ap;                                                    \
                                                                               \
		va_start(ap, fmt);                                             \
		emit(at, fmt, ap);                                             \
		va_end(ap);                                                    \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
