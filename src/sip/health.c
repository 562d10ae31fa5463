/* Whether a target lives, asked by OPTIONS. Any answer but 503 shows life; a
 * target is down after DOWN_AFTER failures in a row and up with the first
 * answer. */
#include "internal.h"

#include "callsieve/core/digest.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"

#define DOWN_AFTER 2
#define PROBE_MS   5000 /* an OPTIONS unanswered for so long has failed */

static unsigned interval_s(const struct target *target)
{
	const struct config_gateway *config = target->gateway->config;

	return config ? config->options_interval_s : 0;
}

static void probe_result(struct target *target, bool alive)
{
	bool was_down = target->down;

	target->failures = alive ? 0 : target->failures + 1;
	target->down = target->failures >= DOWN_AFTER;
	if (target->down && !was_down)
		log_warn("gateway=%s event=down", target->gateway->name);
	if (!target->down && was_down)
		log_warn("gateway=%s event=up", target->gateway->name);
}

/* A call got no response at all. Where health is asked, that is as good as an
 * OPTIONS unanswered: the next calls need not wait to find out again. */
void health_silent(struct target *target)
{
	if (interval_s(target))
		probe_result(target, false);
}

static void probe_end(struct target *target, bool alive)
{
	nta_outgoing_destroy(target->probe);
	target->probe = NULL;
	probe_result(target, alive);
	if (interval_s(target))
		loop_timer_set(target->timer, interval_s(target) * 1000);
}

static int on_options(void *magic, nta_outgoing_t *orq, const sip_t *sip)
{
	int status = nta_outgoing_status(orq);

	if (status >= 200)
		probe_end(magic,
			  sip && !nta_sip_is_internal(sip) && status != 503);
	return 0;
}

static msg_t *options_new(const struct target *target)
{
	const struct listener *listener = target->listener;
	msg_t *msg = nta_msg_create(target->gateway->sip->agent, 0);
	url_string_t *url = (url_string_t *)target->url;
	char tag[TAG_CHARS + 1], self[80];
	su_home_t *home = msg_home(msg);
	sip_from_t *from;

	if (!msg)
		return NULL;
	snprintf(self, sizeof(self), "sip:callsieve@%s", listener->host);
	random_token(tag, TAG_CHARS);
	from = sip_from_create(home, (url_string_t *)self);
	if (from && sip_from_tag(home, from, tag) == 0 &&
	    sip_add_tl(
		    msg, sip_object(msg),
		    SIPTAG_REQUEST(sip_request_create(home, SIP_METHOD_OPTIONS,
						      url, NULL)),
		    SIPTAG_FROM(from), SIPTAG_TO(sip_to_create(home, url)),
		    SIPTAG_CALL_ID(sip_call_id_create(home, NULL)),
		    SIPTAG_CSEQ(sip_cseq_create(home, 1, SIP_METHOD_OPTIONS)),
		    SIPTAG_MAX_FORWARDS_STR("70"),
		    SIPTAG_CONTACT(listener->contacts[target->transport]),
		    TAG_END()) >= 0)
		return msg;
	msg_destroy(msg);
	return NULL;
}

static void probe_start(struct target *target)
{
	msg_t *msg = options_new(target);

	if (msg)
		target->probe = nta_outgoing_mcreate(
			target->gateway->sip->agent, on_options, target,
			(url_string_t *)target->url, msg,
			TPTAG_IDENT(target->listener->name), TAG_END());
	if (!target->probe)
		msg_destroy(msg);
	loop_timer_set(target->timer, PROBE_MS);
}

static void on_timer(void *arg)
{
	struct target *target = arg;

	if (target->probe)
		probe_end(target, false);
	else
		probe_start(target);
}

int health_init(struct target *target)
{
	return loop_timer_new(&target->timer, target->gateway->sip->loop,
			      on_timer, target);
}

/* The configuration of its gateway is new. */
void health_configure(struct target *target)
{
	if (!interval_s(target)) {
		target->failures = 0;
		target->down = false;
	} else if (!target->probe) {
		loop_timer_set(target->timer, 1);
	}
}

/* Nothing is asked any more; what is known stays. */
void health_fini(struct target *target)
{
	nta_outgoing_destroy(target->probe);
	target->probe = NULL;
	loop_timer_free(target->timer);
	target->timer = NULL;
}
