/* What one asks of the running daemon: its database, its API, its metrics. */
#include "fake/daemon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake/trace.h"

#define SQL_BUSY_MS 5000
#define HTTP_MAX    262144
#define PACE_MS	    5 /* between two looks at what is to change */

/* Runs the first statement; SQLITE_OK when more come. */
static int run_statement(sqlite3 *db, const char **sqlp, char *value,
			 size_t size)
{
	sqlite3_stmt *stmt = NULL;
	const char *text;
	int err = sqlite3_prepare_v2(db, *sqlp, -1, &stmt, sqlp);

	*value = '\0';
	if (!err && (err = sqlite3_step(stmt)) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(stmt, 0);
		snprintf(value, size, "%s", text ? text : "");
	}
	sqlite3_finalize(stmt);
	return err == SQLITE_DONE && **sqlp ? SQLITE_OK : err;
}

static const char *run_sql(const struct daemon *daemon, const char *format,
			   va_list args)
{
	static char value[65536];
	sqlite3 *db = NULL;
	const char *rest;
	char *sql;
	int err;

	claim(vasprintf(&sql, format, args) >= 0, "no memory");
	trace_note("SQL: %s", sql);
	err = sqlite3_open_v2(daemon->database, &db, SQLITE_OPEN_READWRITE,
			      NULL);
	sqlite3_busy_timeout(db, SQL_BUSY_MS);
	for (rest = sql; !err && *rest;)
		err = run_statement(db, &rest, value, sizeof(value));
	claim(err == SQLITE_ROW || err == SQLITE_DONE, "%s: %s", sql,
	      sqlite3_errmsg(db));
	sqlite3_close(db);
	free(sql);
	return value;
}

void daemon_sql(const struct daemon *daemon, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	run_sql(daemon, format, args);
	va_end(args);
}

const char *daemon_sql_text(const struct daemon *daemon, const char *format,
			    ...)
{
	const char *value;
	va_list args;

	va_start(args, format);
	value = run_sql(daemon, format, args);
	va_end(args);
	trace_note("is '%s'", value);
	return value;
}

long daemon_sql_int(const struct daemon *daemon, const char *format, ...)
{
	const char *value;
	va_list args;

	va_start(args, format);
	value = run_sql(daemon, format, args);
	va_end(args);
	trace_note("is '%s'", value);
	return strtol(value, NULL, 10);
}

static int http_connect(const struct daemon *daemon)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)daemon->api_port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, daemon->host, &to.sin_addr);
	claim(!connect(fd, (struct sockaddr *)&to, sizeof(to)),
	      "no connection to the API: %s", strerror(errno));
	return fd;
}

static void http_send(const struct daemon *daemon, int fd, const char *method,
		      const char *path, const char *headers, const char *body)
{
	char *text;
	int len;

	len = asprintf(&text,
		       "%s %s HTTP/1.1\r\nHost: %s:%u\r\n"
		       "Connection: close\r\n%s%sContent-Length: %zu\r\n\r\n%s",
		       method, path, daemon->host, daemon->api_port,
		       headers ? headers : "",
		       body ? "Content-Type: application/json\r\n" : "",
		       body ? strlen(body) : 0, body ? body : "");
	claim(send(fd, text, (size_t)len, MSG_NOSIGNAL) == len, "send: %s",
	      strerror(errno));
	free(text);
}

static void http_receive(int fd, char *text, size_t size)
{
	long end = trace_clock_ms() + DAEMON_PATIENCE_MS;
	struct pollfd ready = {fd, POLLIN, 0};
	size_t len = 0;
	ssize_t got;

	do {
		claim(poll(&ready, 1, (int)(end - trace_clock_ms())) == 1,
		      "no answer from the API");
		got = recv(fd, text + len, size - 1 - len, 0);
		len += got > 0 ? (size_t)got : 0;
	} while (got > 0 && len < size - 1);
	text[len] = '\0';
}

static const struct http_answer *http_ask(const struct daemon *daemon,
					  const char *method, const char *path,
					  const char *headers, const char *body)
{
	static char text[HTTP_MAX];
	static struct http_answer answer;
	int fd = http_connect(daemon);
	char *end;

	http_send(daemon, fd, method, path, headers, body);
	http_receive(fd, text, sizeof(text));
	close(fd);
	end = strstr(text, "\r\n\r\n");
	claim(end && !strncmp(text, "HTTP/1.1 ", 9), "%s %s: not HTTP: %s",
	      method, path, text);
	*end = '\0';
	answer.status = atoi(text + 9);
	answer.head = text;
	answer.body = end + 4;
	return &answer;
}

const struct http_answer *daemon_http(const struct daemon *daemon,
				      const char *method, const char *path,
				      const char *headers, const char *body)
{
	const struct http_answer *answer =
		http_ask(daemon, method, path, headers, body);

	trace_note("%s %s %s\n%s\n\n%s", method, path, body ? body : "",
		   answer->head, answer->body);
	return answer;
}

/* Not in the trace: looked at too often. */
long daemon_metric(const struct daemon *daemon, const char *name)
{
	const struct http_answer *answer =
		http_ask(daemon, "GET", "/metrics", NULL, NULL);
	const char *line = answer->body;
	size_t len = strlen(name);

	claim(answer->status == 200, "/metrics: %d", answer->status);
	while (line) {
		if (!strncmp(line, name, len) && line[len] == ' ')
			return strtol(line + len, NULL, 10);
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return -1;
}

static void await_metric(const struct daemon *daemon, const char *name,
			 long wanted, bool exactly, int ms)
{
	long end = trace_clock_ms() + MAX(ms, DAEMON_PATIENCE_MS);
	long value;

	while ((value = daemon_metric(daemon, name)),
	       exactly ? value != wanted : value < wanted) {
		claim(trace_clock_ms() < end, "%s is %ld, not %ld", name, value,
		      wanted);
		poll(NULL, 0, PACE_MS);
	}
}

void daemon_await_metric(const struct daemon *daemon, const char *name,
			 long at_least, int ms)
{
	await_metric(daemon, name, at_least, false, ms);
}

void daemon_await_metric_equal(const struct daemon *daemon, const char *name,
			       long equal, int ms)
{
	await_metric(daemon, name, equal, true, ms);
}
