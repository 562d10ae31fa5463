/* Session timers (RFC 4028), and how long a call may last at all. The ends
 * agree on an interval and refresh the session; all of that crosses us. We do
 * what the proxy next to each of them would (section 8): see that the interval
 * is not too short, answer for a callee that knows no session timers, and,
 * when no refresh came, end both sides. */
#include "internal.h"

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"

#define SLACK_MS   32000
#define INTERVAL_S 1000000 /* longer ones count as this; our timers have ms */

static bool knows_timers(const sip_t *sip)
{
	return sip_has_feature(sip->sip_supported, "timer") ||
	       sip_has_feature(sip->sip_require, "timer");
}

/* Is what the request asks for to be answered with 422? Section 8.1: not if
 * its sender could not make sense of that. */
bool session_too_short(const struct config *config, const sip_t *request)
{
	const sip_session_expires_t *x = request->sip_session_expires;

	return x && x->x_delta < config->min_se_s && knows_timers(request);
}

/* Section 8.2: the callee says nothing of a session timer, so it knows none;
 * the side that asked for one does, and is told to refresh. */
int session_complete(msg_t *reply, const sip_t *request)
{
	const sip_session_expires_t *x = request->sip_session_expires;
	sip_t *sip = sip_object(reply);
	char text[40];

	if (sip->sip_session_expires || !x || !knows_timers(request))
		return 0;
	snprintf(text, sizeof(text), "%lu;refresher=uac", x->x_delta);
	return sip_add_tl(reply, sip, SIPTAG_SESSION_EXPIRES_STR(text),
			  SIPTAG_REQUIRE_STR("timer"), TAG_END());
}

/* Milliseconds until the agreed interval is over; 0: none was agreed. */
static unsigned interval_left(const struct call *call)
{
	unsigned ms = call->session_s * 1000;

	/* Whoever refreshes may do so in the last moment, and that takes as
	 * long as a transaction may; the other side hangs up before (section
	 * 10), or is no longer there. */
	return ms + (ms / 3 < SLACK_MS ? ms / 3 : SLACK_MS);
}

/* Likewise, until the call has lasted as long as it may. */
static unsigned limit_left(const struct call *call)
{
	int64_t end =
		call->answered_ms + (int64_t)call->config->max_call_s * 1000;
	int64_t left = end - now_wall_ms();

	if (!call->config->max_call_s)
		return 0;
	return left > 0 ? (unsigned)left : 1;
}

/* A 2xx to an INVITE or UPDATE of the call goes on. What it says of the session
 * timer holds from now on, silence included. */
void session_agreed(struct call *call, const sip_t *answer)
{
	const sip_session_expires_t *x = answer->sip_session_expires;
	unsigned long s = x ? x->x_delta : 0;

	if (x && s < call->config->min_se_s)
		s = call->config->min_se_s;
	call->session_s = s < INTERVAL_S ? (unsigned)s : INTERVAL_S;
	if (call->state == CALL_UP)
		session_watch(call);
}

/* Sets the call's timer, or does away with it: most calls have no use for one
 * while they are up. */
void session_watch(struct call *call)
{
	unsigned interval = interval_left(call), limit = limit_left(call);
	unsigned ms =
		interval && (!limit || interval < limit) ? interval : limit;

	if (ms && call_timer_new(call)) {
		loop_timer_set(call->timer, ms);
	} else {
		loop_timer_free(call->timer);
		call->timer = NULL;
	}
}

/* That timer went off. */
void session_over(struct call *call)
{
	if (limit_left(call) == 1) {
		log_info("call=%s event=too-long max_call_s=%u", call->name,
			 call->config->max_call_s);
		call_hangup(call, "SIP;cause=503;text=\"Call too long\"");
	} else {
		log_info("call=%s event=session-expired interval_s=%u",
			 call->name, call->session_s);
		call_hangup(call, "SIP;cause=408;text=\"Session expired\"");
	}
}
