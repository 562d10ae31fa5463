/* The stack: created, configured, taken down. */
#include "internal.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/sresolv.h>
#include <sofia-sip/su_string.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/digest.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"

#define ERRORS_MAX  (64 << 10)
#define MESSAGE_MAX (128 << 10)

/* Parsed headers of a usual message fit; fewer allocations, and none of them
 * left among those of the calls that outlive it. */
#define MESSAGE_PRELOAD 2560

/* Requests larger than this would go by TCP even where a trunk speaks UDP
 * alone; carriers' trunks are told their transport (RFC 3261 18.1.1 is about
 * unknown paths). */
#define UDP_MTU 65535

/* The stack's own Timer C is only there in case ours was lost. */
#define STACK_TIMER_C_MS (400 * 1000)

/* The stack gets no resolver: this takes the place of its own function. Our
 * requests all go to addresses (dialog.c, gateway.c). Those the stack sends by
 * itself, to a fork that answered second, may not: without a resolver they
 * fail at once. With one, a name chosen by a stranger would be looked up;
 * where its name server cannot be reached the stack loops for ever, and where
 * that refuses it reads freed memory (both branches of Sofia-SIP). */
sres_resolver_t *sres_resolver_create(su_root_t *root, char const *conf,
				      tag_type_t tag, tag_value_t value, ...)
{
	(void)root;
	(void)conf;
	(void)tag;
	(void)value;
	return NULL;
}

static int create_agent(struct sip *sip)
{
	sip->parser = parser_new(sip->home);
	if (!sip->parser)
		return -ENOMEM;
	sip->agent = nta_agent_create(
		loop_sofia_root(sip->loop), (url_string_t *)-1, request_recv,
		sip, NTATAG_UA(1), NTATAG_CANCEL_487(0), NTATAG_MERGE_482(0),
		NTATAG_UDP_MTU(UDP_MTU), NTATAG_PRELOAD(MESSAGE_PRELOAD),
		NTATAG_MAXSIZE(MESSAGE_MAX), NTATAG_SERVER_RPORT(1),
		NTATAG_CLIENT_RPORT(1), NTATAG_TIMER_C(STACK_TIMER_C_MS),
		NTATAG_MCLASS(sip->parser), NTATAG_SIPFLAGS(parser_flags),
		NTATAG_BAD_REQ_MASK(0), /* see form.c */
		NTATAG_BAD_RESP_MASK(parser_response_mask),
		NTATAG_PROGRESS(UINT_MAX), /* repeats what is not ours */
#ifdef NTATAG_SRV_503 /* upstream Sofia-SIP: it would hide 503s from us */
		NTATAG_SRV_503(0),
#endif
		TAG_END());
	sip->allow = sip_allow_make(sip->home, ALLOW);
	sip->bridgeable = sip_supported_make(sip->home, "100rel, " REQUIRABLE);
	sip->requirable = sip_supported_make(sip->home, REQUIRABLE);
	headers_index(sip->rules);
	sip->recent = recent_new();
	sip->shed = recent_new();
	return sip->agent && sip->allow && sip->bridgeable && sip->requirable &&
			       sip->recent && sip->shed
		       ? 0
		       : -ENOMEM;
}

static void log_lines(char *text)
{
	char *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n")))
		if (*line)
			log_error("event=tls-error %s", line);
}

static int load_files(struct sip *sip, const struct config *config,
		      struct secure_files **filesp)
{
	struct buf errors;
	int err;

	buf_init(&errors, ERRORS_MAX);
	*filesp = secure_load(config, &errors);
	err = *filesp ? secure_check(sip, *filesp, &errors) : -EINVAL;
	log_lines(errors.data);
	buf_fini(&errors);
	return err;
}

/* Before anything is bound, so that what is wrong is said in its own words. */
static int check_files(struct sip *sip)
{
	struct secure_files *files;
	int err = load_files(sip, sip->config, &files);

	secure_files_free(files);
	return err;
}

int sip_new(struct sip **sipp, struct loop *loop, struct config *config,
	    const struct sip_events *events, void *arg)
{
	struct sip *sip = calloc(1, sizeof(*sip));
	int err;

	if (!sip)
		return -ENOMEM;
	su_home_init(sip->home);
	sip->loop = loop;
	sip->config = config_ref(config);
	sip->events = events;
	sip->arg = arg;
	LIST_INIT(&sip->calls);
	LIST_INIT(&sip->refusals);
	SLIST_INIT(&sip->gateways);
	SLIST_INIT(&sip->trunk_loads);
	random_token(sip->secret, TAG_CHARS);
	trace_start(config->trace);
	err = guard_init();
	if (!err)
		err = secure_watch();
	if (!err)
		err = check_files(sip);
	if (!err)
		err = create_agent(sip);
	if (!err)
		err = connections_new(sip);
	if (!err)
		err = listeners_bind(sip);
	if (!err)
		err = sip_configure(sip, config);
	if (err)
		sip_free(sip);
	else
		*sipp = sip;
	return err;
}

int sip_check(const struct config *config, struct buf *errors)
{
	struct secure_files *files = secure_load(config, errors);

	secure_files_free(files);
	return files ? 0 : -EINVAL;
}

int sip_configure(struct sip *sip, struct config *config)
{
	struct config *old = sip->config;
	struct trunk_load **loads = trunk_loads_new(sip, config);
	struct secure_files *files = NULL;
	int err = loads ? load_files(sip, config, &files) : -ENOMEM;

	if (!err)
		err = gateways_configure(sip, config);
	if (err) {
		secure_files_free(files);
		free(loads);
		return err;
	}
	secure_configure(sip, config, files);
	listeners_configure(sip, config);
	free(sip->loads);
	sip->loads = loads;
	sip->config = config_ref(config);
	config_free(old);
	return 0;
}

void sip_drain(struct sip *sip)
{
	sip->draining = true;
}

void sip_hangup_all(struct sip *sip)
{
	struct call *call = LIST_FIRST(&sip->calls);

	while (call) {
		struct call *next = LIST_NEXT(call, link);

		call_hangup(call, "SIP;cause=503;text=\"Shutting down\"");
		call = next;
	}
}

unsigned sip_calls(const struct sip *sip)
{
	return sip->load.calls;
}

void sip_free(struct sip *sip)
{
	if (!sip)
		return;
	sip_hangup_all(sip);
	while (!LIST_EMPTY(&sip->calls))
		call_free(LIST_FIRST(&sip->calls));
	refusals_free(sip);
	gateways_free(sip);
	if (sip->agent)
		nta_agent_destroy(sip->agent);
	connections_free(sip);
	trunk_loads_free(sip);
	trace_stop();
	free(sip->parser);
	for (size_t i = 0; i < sip->listeners_count; i++)
		secure_close(&sip->listeners[i]);
	secure_files_free(sip->secure);
	recent_free(sip->recent);
	recent_free(sip->shed);
	free(sip->listeners);
	config_free(sip->config);
	su_home_deinit(sip->home);
	free(sip);
}
