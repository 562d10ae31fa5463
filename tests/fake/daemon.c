/* Starts, watches and ends the daemon. What one asks of it while it runs is
 * in daemon_ask.c. */
#include "fake/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake/sip.h"
#include "fake/trace.h"

#define PACE_MS 5 /* between two looks at the log */

/* The test program stands in BUILD/tests/call/, the others in BUILD/. */
static const char *program_path(char *buf, size_t size, const char *name)
{
	char self[512] = "";
	char *at;

	claim(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0,
	      "readlink: %s", strerror(errno));
	at = strstr(self, "/tests/");
	claim(at, "not in a build directory: %s", self);
	*at = '\0';
	snprintf(buf, size, "%s/%s", self, name);
	return buf;
}

const char *daemon_address(char buf[32], const struct daemon *daemon,
			   unsigned last)
{
	snprintf(buf, 32, "%.*s.%u",
		 (int)(strrchr(daemon->host, '.') - daemon->host), daemon->host,
		 last);
	return buf;
}

static void open_notify(struct daemon *daemon)
{
	struct sockaddr_un local = {.sun_family = AF_UNIX};

	snprintf(local.sun_path, sizeof(local.sun_path), "%.90s/notify",
		 daemon->dir);
	daemon->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	claim(!bind(daemon->notify_fd, (struct sockaddr *)&local,
		    sizeof(local)),
	      "bind %s: %s", local.sun_path, strerror(errno));
}

void daemon_init(struct daemon *daemon)
{
	const char *tmp = getenv("TMPDIR");
	unsigned net = (unsigned)getpid() % 65000 + 256;

	memset(daemon, 0, sizeof(*daemon));
	snprintf(daemon->dir, sizeof(daemon->dir), "%.80s/callsieve-XXXXXX",
		 tmp ? tmp : "/tmp");
	claim(mkdtemp(daemon->dir), "mkdtemp: %s", strerror(errno));
	snprintf(daemon->config, sizeof(daemon->config), "%s/callsieve.conf",
		 daemon->dir);
	snprintf(daemon->database, sizeof(daemon->database), "%s/callsieve.db",
		 daemon->dir);
	snprintf(daemon->log, sizeof(daemon->log), "%s/log", daemon->dir);
	snprintf(daemon->host, sizeof(daemon->host), "127.%u.%u.1",
		 net / 256 % 256, net % 256);
	daemon->port = free_port(daemon->host);
	do
		daemon->api_port = free_port(daemon->host);
	while (daemon->api_port == daemon->port);
	daemon->pidfd = -1;
	open_notify(daemon);
	trace_file(daemon->config);
	trace_file(daemon->log);
}

void daemon_configure(const struct daemon *daemon, const char *text)
{
	FILE *file = fopen(daemon->config, "w");

	claim(file, "%s: %s", daemon->config, strerror(errno));
	fprintf(file,
		"listen main {\n"
		"\taddress = \"%s\"\n"
		"\tport = %u\n"
		"}\n"
		"api {\n"
		"\taddress = \"%s\"\n"
		"\tport = %u\n"
		"\trequests_per_minute = 1000000\n"
		"}\n"
		"database {\n"
		"\tpath = \"%s\"\n"
		"%s"
		"}\n"
		"%s",
		daemon->host, daemon->port, daemon->host, daemon->api_port,
		daemon->database,
		daemon->database_lines ? daemon->database_lines : "", text);
	fclose(file);
}

static void limit_descriptors(unsigned count)
{
	struct rlimit limit = {count, count};

	if (count)
		setrlimit(RLIMIT_NOFILE, &limit);
}

static void exec_daemon(const struct daemon *daemon)
{
	char path[600], notify[160];
	int fd = open(daemon->log, O_CREAT | O_WRONLY | O_APPEND, 0600);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit_descriptors(daemon->descriptors);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	snprintf(notify, sizeof(notify), "%s/notify", daemon->dir);
	setenv("NOTIFY_SOCKET", notify, 1);
	program_path(path, sizeof(path), "callsieved");
	execl(path, path, "-c", daemon->config, (char *)NULL);
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	_exit(127);
}

void daemon_start(struct daemon *daemon)
{
	daemon->pid = fork();
	claim(daemon->pid >= 0, "fork: %s", strerror(errno));
	if (daemon->pid == 0)
		exec_daemon(daemon);
	daemon->pidfd = pidfd_open(daemon->pid, 0);
	claim(daemon->pidfd >= 0, "pidfd_open: %s", strerror(errno));
	daemon_await_state(daemon, "READY=1");
}

void daemon_signal(struct daemon *daemon, int signal)
{
	trace_note("signal %d to the daemon", signal);
	kill(daemon->pid, signal);
}

void daemon_reload(struct daemon *daemon)
{
	daemon_signal(daemon, SIGHUP);
	daemon_await_state(daemon, "READY=1");
}

static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	while (text && (strncmp(text, line, len) ||
			(text[len] != '\n' && text[len] != '\0'))) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text != NULL;
}

void daemon_await_state(struct daemon *daemon, const char *state)
{
	long end = trace_clock_ms() + DAEMON_PATIENCE_MS;
	char text[1024];
	ssize_t len;

	for (;;) {
		struct pollfd fds[] = {{daemon->notify_fd, POLLIN, 0},
				       {daemon->pidfd, POLLIN, 0}};
		long left = end - trace_clock_ms();

		claim(left > 0 && poll(fds, 2, (int)left) > 0,
		      "the daemon never said %s", state);
		claim(fds[0].revents, "the daemon ended, not saying %s", state);
		len = recv(daemon->notify_fd, text, sizeof(text) - 1, 0);
		text[len > 0 ? len : 0] = '\0';
		if (has_line(text, state))
			return;
	}
}

static bool logged(const struct daemon *daemon, const char *text)
{
	FILE *file = fopen(daemon->log, "r");
	char line[4096];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, text) != NULL;
	if (file)
		fclose(file);
	return found;
}

void daemon_await_logged(const struct daemon *daemon, const char *text)
{
	long end = trace_clock_ms() + DAEMON_PATIENCE_MS;

	while (!logged(daemon, text)) {
		claim(trace_clock_ms() < end, "not in the log: %s", text);
		poll(NULL, 0, PACE_MS);
	}
}

static void check_sanitizers(const struct daemon *daemon)
{
	static const char *const words[] = {"Sanitizer", "runtime error:"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		claim(!logged(daemon, words[i]),
		      "the sanitizers complain: see the log");
}

int daemon_await_exit(struct daemon *daemon)
{
	struct pollfd ended = {daemon->pidfd, POLLIN, 0};
	int status;

	claim(poll(&ended, 1, DAEMON_PATIENCE_MS) == 1,
	      "the daemon does not end");
	waitpid(daemon->pid, &status, 0);
	close(daemon->pidfd);
	daemon->pidfd = -1;
	daemon->pid = 0;
	check_sanitizers(daemon);
	claim(WIFEXITED(status), "the daemon was killed by signal %d",
	      WTERMSIG(status));
	return WEXITSTATUS(status);
}

void daemon_stop(struct daemon *daemon)
{
	int status;

	daemon_signal(daemon, SIGTERM);
	status = daemon_await_exit(daemon);
	claim(status == 0, "the daemon ended with %d", status);
}

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void daemon_fini(struct daemon *daemon)
{
	close(daemon->notify_fd);
	nftw(daemon->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

int daemon_run(char *buf, size_t size, const char *program, const char *format,
	       ...)
{
	char path[600], args[400], command[1100];
	va_list ap;
	size_t len;
	FILE *pipe;

	va_start(ap, format);
	vsnprintf(args, sizeof(args), format, ap);
	va_end(ap);
	program_path(path, sizeof(path), program);
	snprintf(command, sizeof(command), "%s %s 2>&1", path, args);
	trace_note("%s", command);
	pipe = popen(command, "r");
	len = pipe ? fread(buf, 1, size - 1, pipe) : 0;
	buf[len] = '\0';
	return pipe ? WEXITSTATUS(pclose(pipe)) : -1;
}
