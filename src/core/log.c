/* A ring of whole lines between whoever logs and the one thread that writes
 * them out. Lines are cut at LINE_MAX_BYTES. */
#include "callsieve/core/log.h"

#include <errno.h>
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

#define LINE_MAX_BYTES 4096
#define RING_BYTES     (1 << 20)

static atomic_int level = LOG_LEVEL_INFO;
static atomic_int format = LOG_FORMAT_TEXT;

static struct {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	pthread_t thread;
	bool running, stopping;
	char *fill, *drain; /* swapped by the writer */
	size_t len;
} ring = {.lock = PTHREAD_MUTEX_INITIALIZER,
	  .filled = PTHREAD_COND_INITIALIZER};

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static void write_all(const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(STDERR_FILENO, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		data += n;
		len -= (size_t)n;
	}
}

static void *writer(void *arg)
{
	bool done = false;

	(void)arg;
	while (!done) {
		size_t len;
		char *data;

		pthread_mutex_lock(&ring.lock);
		while (!ring.len && !ring.stopping)
			pthread_cond_wait(&ring.filled, &ring.lock);
		data = ring.fill;
		len = ring.len;
		ring.fill = ring.drain;
		ring.drain = data;
		ring.len = 0;
		done = ring.stopping;
		pthread_mutex_unlock(&ring.lock);
		write_all(data, len);
	}
	return NULL;
}

int log_init(enum log_level new_level, enum log_format new_format)
{
	int err;

	log_set(new_level, new_format);
	ring.fill = malloc(RING_BYTES);
	ring.drain = malloc(RING_BYTES);
	ring.stopping = false;
	err = ring.fill && ring.drain ? 0 : -ENOMEM;
	if (!err)
		err = -pthread_create(&ring.thread, NULL, writer, NULL);
	if (err) {
		free(ring.fill);
		free(ring.drain);
		return err;
	}
	ring.running = true;
	return 0;
}

void log_fini(void)
{
	if (!ring.running)
		return;
	pthread_mutex_lock(&ring.lock);
	ring.stopping = true;
	pthread_cond_signal(&ring.filled);
	pthread_mutex_unlock(&ring.lock);
	pthread_join(ring.thread, NULL);
	ring.running = false;
	free(ring.fill);
	free(ring.drain);
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
	bool fits;

	if (!ring.running) {
		write_all(line, len);
		return;
	}
	pthread_mutex_lock(&ring.lock);
	fits = ring.len + len <= RING_BYTES;
	if (fits) {
		memcpy(ring.fill + ring.len, line, len);
		ring.len += len;
		if (ring.len == len)
			pthread_cond_signal(&ring.filled);
	}
	pthread_mutex_unlock(&ring.lock);
	if (!fits)
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
	char text[LINE_MAX_BYTES / 2], line[LINE_MAX_BYTES], when[40];
	size_t len;

	if (!log_wants(at))
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	timestamp(when, sizeof(when));
	if (atomic_load(&format) == LOG_FORMAT_JSON) {
		len = (size_t)snprintf(line, sizeof(line),
				       "{\"time\":\"%s\",\"level\":\"%s\","
				       "\"message\":\"",
				       when, level_names[at]);
		len += escape(line + len, sizeof(line) - len - 3, text);
		len += (size_t)snprintf(line + len, 4, "\"}\n");
	} else {
		/* Text off the wire must not start a line of its own. */
		for (char *c = text; *c; c++)
			if (*c == '\n' || *c == '\r')
				*c = ' ';
		len = (size_t)snprintf(line, sizeof(line), "%s %s %s\n", when,
				       level_names[at], text);
	}
	enqueue(line, len);
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
