/* Questions from this machine, answered on the loop, for there is what calls
 * are decided by. Who may write to the database may ask. Whoever is slow to ask
 * or to listen is let go when others want in. */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/config.h"
#include "callsieve/core/control.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"
#include "callsieve/screen.h"

#include "condition.h"
#include "killswitch.h"
#include "reload.h"

#define CLIENTS	     8
#define QUESTION_MAX 4096
#define ANSWER_MAX   (64 << 10)
#define REST_MS	     1000 /* when no file descriptors are left */

struct client {
	struct control *control;
	int fd; /* -1: nobody */
	struct loop_watch *watch;
	struct what_if *what_if;
	bool asked; /* its one question */
	char question[QUESTION_MAX];
	size_t len;
};

struct control {
	struct loop *loop;
	struct running *running;
	struct killswitch *killswitch;
	struct sockaddr_un address;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *rest;
	struct client clients[CLIENTS];
	unsigned next; /* who gives way */
};

static void client_end(struct client *client)
{
	if (client->fd < 0)
		return;
	loop_watch_free(client->watch);
	what_if_free(client->what_if);
	close(client->fd);
	*client = (struct client){.control = client->control, .fd = -1};
}

/* It fits into any socket's buffer, or else the client is none of ours. */
static void on_answer(const char *answer, void *arg)
{
	struct client *client = arg;
	struct iovec parts[] = {
		{.iov_base = (char *)answer, .iov_len = strlen(answer)},
		{.iov_base = (char *)"\n", .iov_len = 1},
	};
	const struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};

	sendmsg(client->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	/* The end of the answer; what else is said is not heard. */
	shutdown(client->fd, SHUT_WR);
}

static bool bypassed(const char *trunk, void *arg)
{
	const struct control *control = arg;

	return killswitch_is_on(control->killswitch, trunk);
}

static void tell_condition(struct client *client)
{
	struct buf buf;

	buf_init(&buf, ANSWER_MAX);
	if (!condition_tell(&buf, client->control->running))
		on_answer(buf.data, client);
	buf_fini(&buf);
}

/* Nothing when all went well, else the mistakes. */
static void reload_now(struct client *client)
{
	struct buf why;
	int err;

	buf_init(&why, ANSWER_MAX);
	err = reload(client->control->running, &why);
	on_answer(!err ? "" : why.len ? why.data : strerror(-err), client);
	buf_fini(&why);
}

/* False: no memory. */
static bool ask_engine(struct client *client)
{
	struct control *control = client->control;
	const struct what_if_params params = {
		.screen = control->running->screen,
		.config = control->running->config,
		.bypassedh = bypassed,
		.arg = control,
	};

	return what_if_ask(&client->what_if, &params, client->question,
			   on_answer, client) == 0;
}

static bool ask(struct client *client)
{
	client->asked = true;
	if (!strcmp(client->question, CONTROL_STATUS))
		tell_condition(client);
	else if (!strcmp(client->question, CONTROL_RELOAD))
		reload_now(client);
	else
		return ask_engine(client);
	return true;
}

static bool take(struct client *client)
{
	char *to = client->question + client->len;
	ssize_t n = recv(client->fd, to, QUESTION_MAX - 1 - client->len, 0);
	char *end;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	client->len += (size_t)n;
	end = memchr(to, '\n', (size_t)n);
	if (!end)
		return client->len < QUESTION_MAX - 1;
	*end = '\0';
	return ask(client);
}

static void on_client(int fd, unsigned events, void *arg)
{
	struct client *client = arg;
	char more[QUESTION_MAX];

	(void)events;
	/* It may only go. */
	if (client->asked) {
		ssize_t n = recv(fd, more, sizeof(more), 0);

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			client_end(client);
		return;
	}
	if (!take(client))
		client_end(client);
}

static struct client *place_for_client(struct control *control)
{
	struct client *client;

	for (unsigned i = 0; i < CLIENTS; i++)
		if (control->clients[i].fd < 0)
			return &control->clients[i];
	client = &control->clients[control->next++ % CLIENTS];
	client_end(client);
	return client;
}

static void on_connection(int listener, unsigned events, void *arg)
{
	struct control *control = arg;
	struct client *client;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0) {
		if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
			return;
		/* It would be told again and again. */
		loop_watch_free(control->watch);
		control->watch = NULL;
		loop_timer_set(control->rest, REST_MS);
		return;
	}
	client = place_for_client(control);
	client->fd = fd;
	if (loop_watch_new(&client->watch, control->loop, fd, LOOP_READ,
			   on_client, client))
		client_end(client);
}

static void watch_again(void *arg)
{
	struct control *control = arg;

	if (loop_watch_new(&control->watch, control->loop, control->fd,
			   LOOP_READ, on_connection, control))
		loop_timer_set(control->rest, REST_MS);
}

static int bind_there(struct control *control)
{
	const struct sockaddr *address = (struct sockaddr *)&control->address;

	return bind(control->fd, address, sizeof(control->address)) ? -errno
								    : 0;
}

/* Whether somebody listens there is known at once on this machine. */
static bool is_left_over(struct control *control)
{
	const struct sockaddr *address = (struct sockaddr *)&control->address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool left_over;

	if (fd < 0)
		return false;
	left_over = connect(fd, address, sizeof(control->address)) &&
		    errno == ECONNREFUSED;
	close(fd);
	return left_over;
}

static int listen_there(struct control *control)
{
	int err;

	control->fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->fd < 0)
		return -errno;
	/* What bind() makes of it has that mode. */
	fchmod(control->fd, 0660);
	err = bind_there(control);
	if (err == -EADDRINUSE && is_left_over(control)) {
		unlink(control->address.sun_path);
		err = bind_there(control);
	}
	if (!err && listen(control->fd, CLIENTS))
		err = -errno;
	if (!err)
		err = loop_watch_new(&control->watch, control->loop,
				     control->fd, LOOP_READ, on_connection,
				     control);
	return err;
}

int control_new(struct control **controlp, struct loop *loop,
		const char *database, struct running *running,
		struct killswitch *killswitch)
{
	struct control *control = calloc(1, sizeof(*control));
	int err;

	if (!control)
		return -ENOMEM;
	control->loop = loop;
	control->running = running;
	control->killswitch = killswitch;
	control->fd = -1;
	for (unsigned i = 0; i < CLIENTS; i++)
		control->clients[i] =
			(struct client){.control = control, .fd = -1};
	err = loop_timer_new(&control->rest, loop, watch_again, control);
	if (!err)
		err = control_address(&control->address, database);
	if (!err)
		err = listen_there(control);
	if (err)
		control_free(control);
	else
		*controlp = control;
	return err;
}

void control_free(struct control *control)
{
	if (!control)
		return;
	for (unsigned i = 0; i < CLIENTS; i++)
		client_end(&control->clients[i]);
	/* Only one that listens has made the file. */
	if (control->watch)
		unlink(control->address.sun_path);
	loop_watch_free(control->watch);
	loop_timer_free(control->rest);
	if (control->fd >= 0)
		close(control->fd);
	free(control);
}
