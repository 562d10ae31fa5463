#include "sip_script.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/config.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"
#include "callsieve/sip.h"

#define DATAGRAM  65536
#define WAITING	  16
#define STEP_MS	  500
#define SCRIPT_MS 600000 /* scripts do not wait longer in all */
#define GONE_MS	  80000	 /* 64*T1 for a CANCEL and then for an INVITE */

/* Strangers' addresses are in what is mutated: nothing leaves this machine. */
static bool is_near(const struct sockaddr *to)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)to;

	if (!to || (to->sa_family == AF_INET &&
		    ntohl(sin->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET))
		return true;
	errno = ENETUNREACH;
	return false;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return is_near(msg->msg_name) ? syscall(SYS_sendmsg, fd, msg, flags)
				      : -1;
}

int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t len)
{
	return is_near(to.__sockaddr__)
		       ? (int)syscall(SYS_connect, fd, to.__sockaddr__, len)
		       : -1;
}

struct side {
	int fd;
	unsigned port;
	char request[DATAGRAM]; /* the last ones that came */
	char response[DATAGRAM];
};

static struct loop *loop;
static struct sip *sip;
static struct side caller, gateway;
static struct sockaddr_in target;
static struct call *waiting[WAITING];
static unsigned begun, ended;
static unsigned long sent; /* datagrams */
static bool fewer; /* the second configuration, which %C takes in turns */

static void broken(const char *what)
{
	fprintf(stderr, "script: %s\n", what);
	abort();
}

/* Sofia's hook for tests (its headers are src/sip's alone): the stack's time
 * is the real one and what the scripts let pass. */
struct stack_time {
	unsigned long sec, usec;
};
extern void (*_su_time)(struct stack_time *time);
static uint64_t passed_ms, script_end_ms;

static void stack_time(struct stack_time *time)
{
	uint64_t ms = time->usec / 1000 + passed_ms;

	time->sec += ms / 1000;
	time->usec = ms % 1000 * 1000;
}

static void forget(const struct call *call)
{
	for (size_t i = 0; i < WAITING; i++)
		if (waiting[i] == call)
			waiting[i] = NULL;
}

static enum invite_order on_invite(const struct invite *invite,
				   struct sip_answer *answer, void **ctxp,
				   void *arg)
{
	static const struct sip_answer no = {.status = 607,
					     .phrase = "Unwanted"};
	bool wait = strncmp(invite->request_uri, "sip:wait", 8) == 0;

	(void)arg;
	if (strncmp(invite->request_uri, "sip:no", 6) == 0) {
		*answer = no;
		return INVITE_REJECT;
	}
	begun++;
	*ctxp = calloc(1, sizeof(struct call *));
	return wait ? INVITE_WAIT : INVITE_BRIDGE;
}

static struct privilege on_privilege(const struct invite *invite, void *arg)
{
	(void)arg;
	return (struct privilege){
		.exempt = invite->precedence ||
			  !strncmp(invite->request_uri, "urn:service:sos", 15),
		.callback = false,
	};
}

static void on_waiting(struct call *call, void *ctx, void *arg)
{
	size_t i = 0;

	(void)arg;
	*(struct call **)ctx = call;
	while (i < WAITING && waiting[i])
		i++;
	if (i < WAITING)
		waiting[i] = call;
	else
		call_bridge(call);
}

static void on_ended(const struct call_end *end, void *ctx, void *arg)
{
	(void)arg;
	if (end->status < 200)
		broken("a call ended without a final answer");
	ended++;
	if (*(struct call **)ctx)
		forget(*(struct call **)ctx);
	free(ctx);
}

static const struct sip_events events = {.invite = on_invite,
					 .privilege = on_privilege,
					 .waiting = on_waiting,
					 .ended = on_ended};

static void decide(bool bridge)
{
	static const struct sip_answer no = {.status = 607,
					     .phrase = "Unwanted"};

	for (size_t i = 0; i < WAITING; i++) {
		struct call *call = waiting[i];

		if (!call)
			continue;
		waiting[i] = NULL;
		if (bridge)
			call_bridge(call);
		else
			call_reject(call, &no);
		return;
	}
}

static void open_side(struct side *side)
{
	struct sockaddr_in local = {.sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(local);

	side->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (side->fd < 0 || bind(side->fd, (struct sockaddr *)&local, len) ||
	    getsockname(side->fd, (struct sockaddr *)&local, &len))
		broken("no socket");
	side->port = ntohs(local.sin_port);
}

static struct config *configuration(void)
{
	static const char text[] =
		"listen main { address = \"127.0.0.1\" port = %u"
		"	transports = {\"udp\"} }"
		"trunk t { sources = {\"127.0.0.1\"} route = \"r\" }"
		"gateway g { uri = \"sip:127.0.0.1:%u\""
		"	options_interval_s = 0 }"
		"gateway h { uri = \"sip:127.0.0.1:%u;transport=udp\""
		"	options_interval_s = %u }"
		"route r { gateways = {%s} }"
		"limits { max_loop_lag_ms = 60000 }"
		"sip { trace = %s }"
		"database { path = \"unused\" }";
	struct config *config = NULL;
	struct buf errors;
	char conf[1024];

	snprintf(conf, sizeof(conf), text, ntohs(target.sin_port), gateway.port,
		 gateway.port, fewer ? 30 : 0, fewer ? "\"h\"" : "\"g\", \"h\"",
		 getenv("SCRIPT_LOG") ? "yes" : "no");
	buf_init(&errors, 4096);
	if (config_parse(&config, "script", conf, &errors))
		broken(errors.data);
	buf_fini(&errors);
	return config;
}

static void start(void)
{
	struct config *config = configuration();

	if (sip_new(&sip, loop, config, &events, NULL))
		broken("sip_new");
	config_free(config);
}

static void begin(void)
{
	struct side probe;

	open_side(&probe);
	close(probe.fd);
	open_side(&caller);
	open_side(&gateway);
	target =
		(struct sockaddr_in){.sin_family = AF_INET,
				     .sin_port = htons((uint16_t)probe.port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	log_set(getenv("SCRIPT_LOG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR,
		LOG_FORMAT_TEXT);
	if (loop_new(&loop))
		broken("loop_new");
	_su_time = stack_time;
	start();
}

static void quit(void)
{
	sip_free(sip);
	if (begun != ended)
		broken("a call did not end with the stack");
	start();
}

static void reload(void)
{
	struct config *config;

	fewer = !fewer;
	config = configuration();
	if (sip_configure(sip, config))
		broken("sip_configure");
	config_free(config);
}

static void receive(struct side *side)
{
	static char text[DATAGRAM];
	ssize_t len;

	while ((len = recv(side->fd, text, sizeof(text) - 1, 0)) >= 0) {
		bool response = strncmp(text, "SIP/2.0 ", 8) == 0;

		memcpy(response ? side->response : side->request, text,
		       (size_t)len);
		(response ? side->response : side->request)[len] = '\0';
	}
}

static void settle(void)
{
	for (unsigned i = 0; i < 3; i++)
		loop_step(loop, 0);
	receive(&caller);
	receive(&gateway);
}

static void pass(unsigned ms)
{
	if (passed_ms + ms > script_end_ms)
		return;
	for (; ms > STEP_MS; ms -= STEP_MS) {
		passed_ms += STEP_MS;
		loop_step(loop, 0);
	}
	passed_ms += ms;
	settle();
}

/* The value of that header, or with `name` "Via" each as a line. */
static void put_header(struct buf *out, const char *message, const char *name)
{
	bool lines = strcmp(name, "\nVia: ") == 0;
	size_t len = strlen(name);

	for (const char *at = message; (at = strstr(at, name)); at += len) {
		if (lines)
			buf_printf(out, "Via: ");
		buf_add(out, at + len, strcspn(at + len, "\r\n"));
		if (!lines)
			return;
		buf_printf(out, "\r\n");
	}
}

static void put_mark(struct buf *out, const struct side *side, char mark)
{
	static const struct {
		char mark;
		const char *name;
	} marks[] = {
		{'v', "\nVia: "},     {'f', "\nFrom: "}, {'t', "\nTo: "},
		{'i', "\nCall-ID: "}, {'c', "\nCSeq: "},
	};

	if (mark == 'a' || mark == 'b')
		buf_printf(out, "127.0.0.1:%u",
			   mark == 'a' ? caller.port : gateway.port);
	if (mark == 'T')
		put_header(out, side->response, "\nTo: ");
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (mark == marks[i].mark)
			put_header(out, side->request, marks[i].name);
}

static void send_from(struct side *side, bool lines, const char *text,
		      size_t len)
{
	struct buf out;

	buf_init(&out, DATAGRAM - 1024);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '^' && i + 1 < len)
			put_mark(&out, side, text[++i]);
		else if (text[i] == '\n' && lines)
			buf_add(&out, "\r\n", 2);
		else
			buf_add(&out, text + i, 1);
	}
	if (sendto(side->fd, out.data, out.len, 0, (struct sockaddr *)&target,
		   sizeof(target)) >= 0)
		sent++;
	buf_fini(&out);
	settle();
}

static void step(const char *text, size_t len)
{
	const char *body = memchr(text, '\n', len);
	char what = len > 1 ? text[1] : '\0';

	body = body ? body + 1 : text + len;
	len -= (size_t)(body - text);
	if (what == 'A' || what == 'a')
		send_from(&caller, what == 'A', body, len);
	else if (what == 'B' || what == 'b')
		send_from(&gateway, what == 'B', body, len);
	else if (what == 'W' && body > text + 2 && isdigit(text[2]))
		pass(100U << (text[2] - '0'));
	else if (what == 'V' || what == 'R')
		decide(what == 'V');
	else if (what == 'C')
		reload();
	else if (what == 'Q')
		quit();
}

static void finish(void)
{
	uint64_t end = passed_ms + GONE_MS;

	script_end_ms = end + STEP_MS;
	sip_hangup_all(sip);
	if (begun != ended)
		broken("a call did not end when told to");
	while (sip_calls(sip) && passed_ms < end)
		pass(STEP_MS);
	if (sip_calls(sip))
		broken("a call is left");
}

void sip_script_run(const char *text, size_t len)
{
	const char *end = text + len;

	if (!sip)
		begin();
	script_end_ms = passed_ms + SCRIPT_MS;
	while (text < end) {
		const char *next = memmem(text, (size_t)(end - text), "\n%", 2);

		next = next ? next + 1 : end;
		step(text, (size_t)(next - text));
		text = next;
	}
	finish();
}

void sip_script_end(void)
{
	sip_free(sip);
	sip = NULL;
	loop_free(loop);
	close(caller.fd);
	close(gateway.fd);
}

unsigned long sip_script_sent(void)
{
	return sent;
}
