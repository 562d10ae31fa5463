#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/control.h"

#define PATIENCE_S 10
#define ANSWER_MAX (1 << 20)

static int connect_to(const char *database)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	struct sockaddr_un address;
	int fd, err;

	/* The daemon has none there either. */
	if (control_address(&address, database))
		return -ENOENT;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int put_line(int fd, const char *line)
{
	size_t len = strlen(line);

	if (send(fd, line, len, MSG_NOSIGNAL) != (ssize_t)len ||
	    send(fd, "\n", 1, MSG_NOSIGNAL) != 1)
		return errno == EAGAIN ? -ETIMEDOUT : -EIO;
	return 0;
}

/* Until the daemon closes. */
static int take_all(int fd, struct buf *to)
{
	char some[4096];
	ssize_t n;
	int err;

	while ((n = recv(fd, some, sizeof(some), 0)) > 0)
		if ((err = buf_add(to, some, (size_t)n)))
			return err;
	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return to->len ? 0 : -EIO;
}

int control_ask(char **answerp, const char *database, const char *question)
{
	int fd = connect_to(database), err;
	struct buf answer;

	if (fd < 0)
		return fd;
	buf_init(&answer, ANSWER_MAX);
	err = put_line(fd, question);
	if (!err)
		err = take_all(fd, &answer);
	close(fd);
	if (!err)
		*answerp = buf_take(&answer);
	buf_fini(&answer);
	return err;
}
