/* The real callsieved under test: in a directory of its own, on loopback
 * addresses of its own, so that tests can run side by side. Everything here
 * fails the test when it does not go as it should. */
#ifndef TESTS_FAKE_DAEMON_H
#define TESTS_FAKE_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Start, reload and stop, with sanitizers, on a machine that is busy. */
#define DAEMON_PATIENCE_MS 60000

struct daemon {
	char dir[128];
	char config[160]; /* paths */
	char database[160];
	char log[160];
	char host[32]; /* where it listens */
	unsigned port;
	unsigned api_port;
	const char *database_lines; /* more in that section, or NULL */
	unsigned descriptors;	    /* the most it may have open; 0: as usual */
	pid_t pid;
	int pidfd;
	int notify_fd; /* it tells us its state there, as it does systemd */
};

/* Makes the directory and picks addresses and ports: host 127.X.Y.1, and
 * daemon_address() gives 127.X.Y.2 to .254 for its peers. */
void daemon_init(struct daemon *daemon);
const char *daemon_address(char buf[32], const struct daemon *daemon,
			   unsigned last);

/* Writes the file: `text` follows what makes up a listener on UDP and TCP, an
 * API, and a database. May be done again, for a reload. */
void daemon_configure(const struct daemon *daemon, const char *text);

/* Returns once it is ready for calls. */
void daemon_start(struct daemon *daemon);

/* SIGHUP; returns once that has been dealt with. */
void daemon_reload(struct daemon *daemon);
void daemon_signal(struct daemon *daemon, int signal);

/* Waits for such a line ("STOPPING=1") of sd_notify(3). */
void daemon_await_state(struct daemon *daemon, const char *state);

/* The exit status, of a program that ends by itself or was told to. Also
 * checks the log for what sanitizers say. */
int daemon_await_exit(struct daemon *daemon);

/* SIGTERM, and it must end well. */
void daemon_stop(struct daemon *daemon);

/* Removes the directory. */
void daemon_fini(struct daemon *daemon);

/* Waits until its log contains this: a thread of its own writes it. */
void daemon_await_logged(const struct daemon *daemon, const char *text);

/* Runs a program of the build with arguments, as the shell reads them; its
 * output, both streams, goes to buf. Returns its exit status. */
int daemon_run(char *buf, size_t size, const char *program, const char *format,
	       ...) __attribute__((format(printf, 4, 5)));

/* SQL by a connection of our own, as an admin with the sqlite3 shell. */
void daemon_sql(const struct daemon *daemon, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* First column of the first row, "" if there is none; lent until the next. */
const char *daemon_sql_text(const struct daemon *daemon, const char *format,
			    ...) __attribute__((format(printf, 2, 3)));
long daemon_sql_int(const struct daemon *daemon, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

struct http_answer {
	int status;
	const char *head;
	const char *body;
};

/* `headers`: lines with CR LF, or NULL; `body` NULL: none. The answer is lent
 * until the next one. */
const struct http_answer *daemon_http(const struct daemon *daemon,
				      const char *method, const char *path,
				      const char *headers, const char *body);

/* The value of a metric, named with its labels; -1: no such line. */
long daemon_metric(const struct daemon *daemon, const char *name);

/* Until it is `at_least` (or exactly `equal`). For that long at most, or for
 * as long as a busy machine may need. */
void daemon_await_metric(const struct daemon *daemon, const char *name,
			 long at_least, int ms);
void daemon_await_metric_equal(const struct daemon *daemon, const char *name,
			       long equal, int ms);

#endif
