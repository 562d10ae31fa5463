/* Whether a target lives. It is asked by OPTIONS, and any answer but 503 shows
 * life; so many failures in a row mean that it is down, so many answers that
 * it is up again.
 *
 * OPTIONS are far apart. At a thousand calls a second, what falls silent in
 * between would get thousands of INVITEs, each of them a burden to the stack
 * and a caller who waits. So INVITEs tell too: when many in a row had no
 * response at all, though the first is half a second old (a 100 takes no more
 * than 200 ms, RFC 3261 17.2.1), the target is suspect. New calls then go
 * elsewhere but for one at a time, on trial, once it has answered an OPTIONS;
 * a response to that one ends the suspicion. */
#include "internal.h"

#include "callsieve/core/clock.h"
#include "callsieve/core/digest.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"

#define SILENCE_MS 500	  /* T1: a healthy target is heard before */
#define DOUBT_MS   1000	  /* between OPTIONS while in doubt */
#define TRIAL_MS   5000	  /* between two calls on trial */
#define SHUN_MS	   600000 /* a way for what is large, found to be none */

static unsigned interval_ms(const struct target *target)
{
	const struct config_gateway *config = target->gateway->config;
	unsigned ms = config ? config->options_interval_s * 1000 : 0;

	return ms && (target->streak || target->suspect) ? DOUBT_MS : ms;
}

static bool is_asked(const struct target *target)
{
	return target->timer && interval_ms(target);
}

bool health_good(const struct target *target)
{
	return !target->down && (!target->suspect || target->trial_open);
}

static void changed(const struct target *target, const char *event)
{
	char host[NETADDR_TEXT];

	log_warn("gateway=%s event=%s address=%s:%u", target->gateway->name,
		 event, netaddr_print(host, &target->addr), target->port);
	gateway_show(target->gateway);
}

/* The next call may find out. */
static void offer_trial(struct target *target)
{
	uint64_t now = now_mono_ms();

	if (target->trial_ms && now - target->trial_ms < TRIAL_MS)
		return;
	target->trial_open = true;
}

static void probe_result(struct target *target, bool alive)
{
	const struct config_gateway *config = target->gateway->config;

	if (alive && target->suspect)
		offer_trial(target);
	if (alive == !target->down) {
		target->streak = 0;
		return;
	}
	if (++target->streak <
	    (target->down ? config->up_after : config->down_after))
		return;
	target->streak = 0;
	target->down = !target->down;
	changed(target, target->down ? "down" : "up");
}

static void probe_end(struct target *target, bool alive)
{
	nta_outgoing_destroy(target->probe);
	target->probe = NULL;
	probe_result(target, alive);
	loop_timer_set(target->timer, interval_ms(target));
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
	target->asked_ms = now_mono_ms();
	loop_timer_set(target->timer, target->gateway->config->answer_ms);
}

static void on_timer(void *arg)
{
	struct target *target = arg;

	if (target->probe)
		probe_end(target, false);
	else if (is_asked(target))
		probe_start(target);
	else
		target->trial_open = target->suspect;
}

/* Asks at once, where that is done at all, or a little later if it was just
 * done. */
static void ask(struct target *target)
{
	uint64_t ago = now_mono_ms() - target->asked_ms;

	if (!is_asked(target) || target->probe)
		return;
	if (ago < DOUBT_MS)
		loop_timer_set(target->timer, (unsigned)(DOUBT_MS - ago));
	else
		probe_start(target);
}

/* While we are behind in reading, its responses may be there already: in
 * overload no gateway is to blame. */
static bool too_silent(const struct target *target)
{
	const struct config_gateway *config = target->gateway->config;

	return config && config->max_unanswered &&
	       target->unheard >= config->max_unanswered &&
	       now_mono_ms() - target->unheard_ms >= SILENCE_MS &&
	       !backlog_is_long(target->listener->udp_socket);
}

/* An INVITE goes there. */
void health_sent(struct target *target)
{
	if (target->trial_open) {
		target->trial_open = false;
		target->trial_ms = now_mono_ms();
		if (target->timer && !is_asked(target))
			loop_timer_set(target->timer, TRIAL_MS);
	}
	if (!target->suspect && too_silent(target)) {
		target->suspect = true;
		changed(target, "suspect");
		if (is_asked(target))
			ask(target);
		else if (target->timer)
			loop_timer_set(target->timer, DOUBT_MS);
	}
	if (!target->unheard)
		target->unheard_ms = now_mono_ms();
	target->unheard++;
}

/* A response to an INVITE came from there. */
void health_heard(struct target *target)
{
	target->unheard = 0;
	if (!target->down)
		target->streak = 0;
	if (!target->suspect)
		return;
	target->suspect = false;
	target->trial_open = false;
	target->trial_ms = 0;
	changed(target, "answers");
}

/* An INVITE got no response at all, or could not be sent. */
void health_failed(struct target *target)
{
	if (target->timer)
		ask(target);
	else
		target->shunned_ms = now_mono_ms() + SHUN_MS;
}

int health_init(struct target *target)
{
	return loop_timer_new(&target->timer, target->gateway->sip->loop,
			      on_timer, target);
}

static void probe_drop(struct target *target)
{
	nta_outgoing_destroy(target->probe);
	target->probe = NULL;
	target->streak = 0;
}

/* The configuration of its gateway is new, or gone. */
void health_configure(struct target *target)
{
	const struct config_gateway *config = target->gateway->config;

	if (!config || !config->max_unanswered)
		target->suspect = false;
	if (!is_asked(target)) {
		probe_drop(target);
		target->down = false;
		loop_timer_set(target->timer, DOUBT_MS);
	} else if (!target->probe) {
		loop_timer_set(target->timer, 1);
	}
}

/* Nothing is asked any more; what is known stays. */
void health_fini(struct target *target)
{
	probe_drop(target);
	loop_timer_free(target->timer);
	target->timer = NULL;
}
