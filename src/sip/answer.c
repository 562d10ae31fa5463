/* Answers without state, by which nearly everything is refused: a flood costs
 * a parse, a datagram and now and then a line of the log. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#include <sofia-sip/su_tagarg.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"
#include "callsieve/model/invite.h"

/* A stateless server's To tag must be the same for every copy of a request
 * (RFC 3261 8.2.7): a digest of what its copies share. */
static void stateless_tag(const struct sip *sip, const sip_t *req,
			  char tag[TAG_CHARS + 1])
{
	const char *parts[] = {sip->secret, req->sip_call_id->i_id,
			       req->sip_from->a_tag, req->sip_via->v_branch};
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		for (const char *c = parts[i]; c && *c; c++)
			hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
	snprintf(tag, TAG_CHARS + 1, "%016llx", (unsigned long long)hash);
}

void answer(struct sip *sip, msg_t *msg, int status, const char *phrase,
	    sip_header_t *extra)
{
	const sip_t *req = sip_object(msg);
	char tag[TAG_CHARS + 1];
	msg_t *reply;

	if (req->sip_request->rq_method == sip_method_ack) {
		msg_destroy(msg);
		return;
	}
	stateless_tag(sip, req, tag);
	reply = nta_msg_create(sip->agent, 0);
	if (!reply || address_repeat(reply, req->sip_from, NULL) < 0 ||
	    address_repeat(reply, req->sip_to, tag) < 0 ||
	    sip_add_tl(
		    reply, sip_object(reply), SIPTAG_HEADER(extra),
		    SIPTAG_HEADER(session_id_answer(msg_home(msg), req, NULL)),
		    TAG_END()) < 0) {
		msg_destroy(reply);
		msg_destroy(msg);
		return;
	}
	nta_msg_mreply(sip->agent, reply, sip_object(reply), status, phrase,
		       msg, TAG_END());
}

static sip_header_t *retry_after(su_home_t *home, unsigned seconds)
{
	return (sip_header_t *)sip_retry_after_format(home, "%u", seconds);
}

/* As text, not read by the stack: it would unescape what it
 * thinks needs no escape. */
static sip_header_t *contacts_header(su_home_t *home, const char *contacts)
{
	return (sip_header_t *)sip_unknown_format(home, "Contact: %s",
						  contacts);
}

/* As the stack takes several: linked. */
static sip_header_t *text_headers(su_home_t *home, const char *lines)
{
	sip_header_t *first = NULL, **next = &first;
	size_t len;

	for (; lines && *lines; lines += len + (lines[len] == '\n')) {
		len = strcspn(lines, "\n");
		*next = (sip_header_t *)sip_unknown_format(home, "%.*s",
							   (int)len, lines);
		if (!*next)
			break;
		next = &(*next)->sh_next;
	}
	return first;
}

sip_header_t *answer_headers(su_home_t *home, const struct sip_answer *how)
{
	sip_header_t *first = text_headers(home, how->headers), *h = NULL;

	/* Of these two an answer has one. */
	if (how->contacts)
		h = contacts_header(home, how->contacts);
	else if (how->retry_after_s)
		h = retry_after(home, how->retry_after_s);
	if (!h)
		return first;
	h->sh_next = first;
	return h;
}

void answer_as(struct sip *sip, msg_t *msg, const struct sip_answer *how)
{
	answer(sip, msg, how->status, how->phrase,
	       answer_headers(msg_home(msg), how));
}

struct sip_answer busy(const struct sip *sip)
{
	return (struct sip_answer){
		.status = 503,
		.phrase = sip_503_Service_unavailable,
		.retry_after_s = sip->config->retry_after_s,
	};
}

static void count_refused(int status)
{
	static const struct {
		int status;
		enum metric metric;
	} counters[] = {
		{0, METRIC_REFUSED_SILENTLY}, {400, METRIC_REFUSED_400},
		{403, METRIC_REFUSED_403},    {405, METRIC_REFUSED_405},
		{416, METRIC_REFUSED_416},    {417, METRIC_REFUSED_417},
		{420, METRIC_REFUSED_420},    {422, METRIC_REFUSED_422},
		{440, METRIC_REFUSED_440},    {481, METRIC_REFUSED_481},
		{482, METRIC_REFUSED_482},    {483, METRIC_REFUSED_483},
	};

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		if (counters[i].status == status)
			metric_add(counters[i].metric, 1);
}

/* A flood of what we refuse must not become one of log lines. Each trunk has a
 * few of its own, so that no other can hide it. */
void log_refused(struct sip *sip, const struct invite *invite, const sip_t *req,
		 int status, const char *reason)
{
	struct log_limit *limit =
		invite->trunk ? &trunk_load_of(sip, invite->trunk)->log
			      : &sip->log;
	char method[40], call_id[160];
	unsigned long left_out;

	if (!log_wants(LOG_LEVEL_INFO) ||
	    !log_limit_pass(limit, now_mono_us(), &left_out))
		return;
	log_info("event=refused status=%d reason=\"%s\" method=%s trunk=%s "
		 "source=%s call_id=%s left_out=%lu",
		 status, reason,
		 log_quote(method, sizeof(method),
			   req->sip_request->rq_method_name),
		 invite->trunk ? invite->trunk->name : "-", invite->source,
		 log_quote(call_id, sizeof(call_id), req->sip_call_id->i_id),
		 left_out);
}

void refuse(struct sip *sip, msg_t *msg, const struct invite *invite,
	    int status, const char *phrase, sip_header_t *extra)
{
	count_refused(status);
	log_refused(sip, invite, sip_object(msg), status, phrase);
	if (status)
		answer(sip, msg, status, phrase, extra);
	else
		msg_destroy(msg);
}
