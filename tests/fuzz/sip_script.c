#include "sip_script.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/config.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"
#include "callsieve/model/invite.h"
#include "callsieve/sip.h"
#include "sip_side.h"

#define WAITING	  16
#define STEP_MS	  500
#define SCRIPT_MS 600000 /* scripts do not wait longer in all */
#define GONE_MS	  80000	 /* 64*T1 for a CANCEL and then for an INVITE */

static struct loop *loop;
static struct sip *sip;
static struct side caller, gateway;
static struct sockaddr_in target;
static struct call *waiting[WAITING];
static unsigned begun, ended;
static unsigned long sent; /* messages */
static unsigned variant;   /* of the configurations, which %C takes in turns */

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

/* "@" stands for the address of the gateways. */
static const char *const variants[] = {
	"trunk t { sources = {\"127.0.0.1\"} route = \"r\" }"
	"gateway g { uri = \"sip:@\" options_interval_s = 0 }"
	"gateway h { uri = \"sip:@;transport=udp\" options_interval_s = 0 }"
	"route r { gateways = {\"g\", \"h\"} }",

	"trunk t { sources = {\"127.0.0.1\"} route = \"r\" }"
	"gateway h { uri = \"sip:@;transport=udp\" options_interval_s = 30"
	"	redirects = \"follow\" }"
	"route r { gateways = {\"h\"} }",

	"trunk t { sources = {\"127.0.0.1\"} route = \"r\""
	"	identity = \"from\" refer = \"603\" }"
	"gateway s { uri = \"sip:@;transport=tcp\" options_interval_s = 0"
	"	trusted = no redirects = \"follow\" }"
	"gateway h { uri = \"sip:@;transport=udp\" options_interval_s = 0 }"
	"route r { gateways = {\"s\", \"h\"} }",
};

#define VARIANTS (sizeof(variants) / sizeof(*variants))

static struct config *configs[VARIANTS];

static struct config *configuration(void)
{
	struct config *config = NULL;
	struct buf text, errors;

	if (configs[variant])
		return configs[variant];
	buf_init(&text, 4096);
	buf_init(&errors, 4096);
	buf_printf(&text,
		   "listen main { address = \"%s\" port = %u"
		   "	transports = {\"udp\", \"tcp\"} }"
		   "limits { max_loop_lag_ms = 60000 }"
		   "sip { trace = %s }"
		   "database { path = \"unused\" }",
		   inet_ntoa(target.sin_addr), ntohs(target.sin_port),
		   getenv("SCRIPT_LOG") ? "yes" : "no");
	for (const char *at = variants[variant]; *at; at++)
		if (*at == '@')
			buf_printf(&text, "127.0.0.1:%u", gateway.port);
		else
			buf_add(&text, at, 1);
	if (config_parse(&config, "script", text.data, &errors))
		broken(errors.data);
	buf_fini(&errors);
	buf_fini(&text);
	return configs[variant] = config;
}

static void start(void)
{
	if (sip_new(&sip, loop, configuration(), &events, NULL))
		broken("sip_new");
}

static void begin(void)
{
	if (!side_open(&caller, 0) || !side_open(&gateway, 0))
		broken("no port");
	/* An address of its own: nobody takes the port between two stacks. */
	target = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(5060),
		.sin_addr.s_addr = htonl(0x7f4d0000 | (getpid() & 0xffff)),
	};
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
	variant = (variant + 1) % VARIANTS;
	if (sip_configure(sip, configuration()))
		broken("sip_configure");
}

static void settle(void)
{
	for (unsigned i = 0; i < 3; i++)
		loop_step(loop, 0);
	side_receive(&caller);
	side_receive(&gateway);
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

static void put_mark(struct buf *out, const struct side *side, char mark)
{
	if (mark == 'a' || mark == 'b')
		buf_printf(out, "127.0.0.1:%u",
			   mark == 'a' ? caller.port : gateway.port);
	else
		side_put(out, side, mark);
}

static void send_from(struct side *side, bool by_stream, bool lines,
		      const char *text, size_t len)
{
	struct buf out;

	buf_init(&out, SIDE_MESSAGE - 1024);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '^' && i + 1 < len)
			put_mark(&out, side, text[++i]);
		else if (text[i] == '\n' && lines)
			buf_add(&out, "\r\n", 2);
		else
			buf_add(&out, text + i, 1);
	}
	if (side_send(side, by_stream, &target, out.data, out.len))
		sent++;
	buf_fini(&out);
	settle();
}

static void hang_up(void)
{
	side_hang_up(&caller);
	side_hang_up(&gateway);
	settle();
}

static void step(const char *text, size_t len)
{
	const char *body = memchr(text, '\n', len);
	char what = len > 1 && text[1] ? text[1] : ' ';

	body = body ? body + 1 : text + len;
	len -= (size_t)(body - text);
	if (strchr("AS", toupper(what)))
		send_from(&caller, toupper(what) == 'S', isupper(what), body,
			  len);
	else if (strchr("BG", toupper(what)))
		send_from(&gateway, toupper(what) == 'G', isupper(what), body,
			  len);
	else if (what == 'X')
		hang_up();
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
	/* Nothing of this script is in the way of the next. */
	hang_up();
	caller.request[0] = caller.response[0] = '\0';
	gateway.request[0] = gateway.response[0] = '\0';
	variant = 0;
	quit();
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
	side_close(&caller);
	side_close(&gateway);
	for (size_t i = 0; i < VARIANTS; i++) {
		config_free(configs[i]);
		configs[i] = NULL;
	}
}

unsigned long sip_script_sent(void)
{
	return sent;
}
