/* Requests of ours: sent, repeated until answered (RFC 3261 17.1), and what
 * must be true of the answers. */
#include "storm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm.h"
#include "fake/trace.h"

#define REQUESTS 1000000
#define BRANCH	 "z9hG4bK-storm-"

const char sdp[] = "v=0\r\no=x 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
		   "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

static struct request *requests[REQUESTS];
static unsigned requests_count;
static unsigned before; /* requests of earlier batches: branches are unique */

static const char *transport(const struct end *end)
{
	return end->place->tcp ? "TCP" : "UDP";
}

/* The lines every request of an end has. `tagged`: To has `to_tag`. */
static char *request_text(struct end *end, const struct fork *fork,
			  const char *method, unsigned branch, unsigned cseq,
			  const struct request_parts *parts)
{
	const struct place *place = end->place;
	const char *to_tag = parts->to_tag ? parts->to_tag
			     : fork	   ? fork->theirs
					   : "";
	const char *body = parts->body ? parts->body : "";
	char *text;

	if (asprintf(&text,
		     "%s %s SIP/2.0\r\n"
		     "Via: SIP/2.0/%s %s:%u;branch=" BRANCH "%u\r\n"
		     "Max-Forwards: 70\r\n"
		     "From: %s;tag=%s\r\n"
		     "To: %s%s%s\r\n"
		     "Call-ID: %s\r\n"
		     "CSeq: %u %s\r\n"
		     "Contact: <sip:%s@%s:%u%s>\r\n"
		     "%s%s"
		     "Content-Length: %zu\r\n\r\n%s",
		     method,
		     parts->uri ? parts->uri
		     : fork	? fork->target
				: daemon_uri,
		     transport(end), place->host, place->port, branch,
		     end->local, fork ? fork->ours : "storm", end->remote,
		     *to_tag ? ";tag=" : "", to_tag, end->call_id, cseq, method,
		     end->is_caller ? "caller" : "callee", place->host,
		     place->port, place->tcp ? ";transport=tcp" : "",
		     parts->headers ? parts->headers : "",
		     *body ? "Content-Type: application/sdp\r\n" : "",
		     strlen(body), body) < 0)
		abort();
	return text;
}

static void send_text(struct end *end, const char *text)
{
	net_send(end->place, &daemon_origin, text, strlen(text));
}

static void repeat(void *arg)
{
	struct request *request = arg;
	bool invite = !strcmp(request->method, "INVITE");

	if (request->done || (invite && request->status))
		return;
	if (trace_clock_ms() - request->since > GIVEN_UP_MS)
		return;
	send_text(request->end, request->text);
	request->repeated = true;
	request->wait_ms *= 2;
	if (!invite && request->wait_ms > T2_MS)
		request->wait_ms = T2_MS;
	alarm_in(request->wait_ms, repeat, request);
}

struct request *request_send(struct end *end, struct fork *fork,
			     const char *method,
			     const struct request_parts *parts)
{
	static const struct request_parts none;
	struct request *request = calloc(1, sizeof(*request));

	claim(requests_count < REQUESTS, "too many requests in a batch");
	parts = parts ? parts : &none;
	request->call = end->call;
	request->end = end;
	request->fork = fork;
	request->number = before + requests_count;
	snprintf(request->method, sizeof(request->method), "%s", method);
	request->cseq = parts->cseq ? parts->cseq : fork ? ++fork->cseq : 1;
	request->text = request_text(end, fork, method, request->number,
				     request->cseq, parts);
	request->wait_ms = T1_MS;
	request->since = trace_clock_ms();
	requests[requests_count++] = request;
	tell(end->call, "%s > %u %s %s", end->is_caller ? "caller" : "callee",
	     request->cseq, method, fork ? fork->theirs : "");
	send_text(end, request->text);
	if (!end->place->tcp || end->call->slow)
		alarm_in(request->wait_ms, repeat, request);
	return request;
}

/* ACK of a 2xx, a transaction of its own; repeated with the 2xx. */
void request_ack(struct request *invite, struct fork *fork, const char *body)
{
	const struct request_parts parts = {.body = body};

	if (!invite->ack)
		invite->ack = request_text(invite->end, fork, "ACK",
					   UINT32_MAX - invite->number,
					   invite->cseq, &parts);
	tell(invite->call, "%s > %u ACK",
	     invite->end->is_caller ? "caller" : "callee", invite->cseq);
	send_text(invite->end, invite->ack);
}

static char *with_method(const struct request *invite, const char *method,
			 const char *to)
{
	char *text, *via = strstr(invite->text, "Via: ");
	const char *from = strstr(invite->text, "From: ");
	const char *uri = strchr(invite->text, ' ') + 1;

	if (asprintf(&text,
		     "%s %.*s SIP/2.0\r\n%.*sMax-Forwards: 70\r\n%.*sTo: %s\r\n"
		     "Call-ID: %s\r\nCSeq: %u %s\r\nContent-Length: 0\r\n\r\n",
		     method, (int)strcspn(uri, " "), uri,
		     (int)strcspn(via, "\n") + 1, via,
		     (int)strcspn(from, "\n") + 1, from, to,
		     invite->end->call_id, invite->cseq, method) < 0)
		abort();
	return text;
}

void request_cancel(struct request *invite)
{
	struct request *cancel = calloc(1, sizeof(*cancel));
	char *to = strstr(invite->text, "\r\nTo: ") + 6;
	char *value = strndup(to, strcspn(to, "\r"));

	*cancel = *invite;
	snprintf(cancel->method, sizeof(cancel->method), "CANCEL");
	cancel->text = with_method(invite, "CANCEL", value);
	cancel->ack = NULL;
	cancel->status = 0;
	cancel->done = false;
	cancel->wait_ms = T1_MS;
	cancel->since = trace_clock_ms();
	claim(requests_count < REQUESTS, "too many requests in a batch");
	requests[requests_count++] = cancel; /* its number is the INVITE's */
	invite->cancelled = true;
	tell(invite->call, "%s > %u CANCEL",
	     invite->end->is_caller ? "caller" : "callee", invite->cseq);
	send_text(invite->end, cancel->text);
	if (!invite->end->place->tcp)
		alarm_in(T1_MS, repeat, cancel);
	free(value);
}

static struct request *request_of(const struct message *message)
{
	char branch[80];
	unsigned number;

	value_param(branch, sizeof(branch), message_header(message, "Via", 0),
		    "branch");
	if (sscanf(branch, BRANCH "%u", &number) != 1 || number < before ||
	    number >= before + requests_count)
		return NULL;
	if (strcmp(message->method, "CANCEL") != 0)
		return requests[number - before];
	for (unsigned i = number - before + 1; i < requests_count; i++)
		if (requests[i]->number == number &&
		    !strcmp(requests[i]->method, "CANCEL"))
			return requests[i];
	return NULL;
}

/* Answers without a transaction are made anew for each copy of a request: of a
 * CANCEL, which by then may come too late; of what overtook the message that
 * begins its dialog; and of what should not come twice by TCP, but does here,
 * as its connection may have broken. In calm weather, too, there are copies
 * where the daemon has more to do than the machine allows. */
static bool was_overtaken(const struct request *request,
			  const struct message *message)
{
	if (net_calm() && !request->repeated)
		return false;
	return request->status == 481 || request->end->place->tcp ||
	       (message->status == 481 && !strcmp(request->method, "CANCEL"));
}

static void check_answer(const struct request *request,
			 const struct message *message)
{
	const char *wrong = message_fault(message);
	char tag[80], number[24];

	snprintf(number, sizeof(number), "%u %s", request->cseq,
		 request->method);
	if (wrong)
		fault(request->call, "%s: %s", number, wrong);
	if (strcmp(message_header(message, "Call-ID", 0),
		   request->end->call_id) != 0 ||
	    strcmp(message_header(message, "CSeq", 0), number) != 0)
		fault(request->call, "%s: answer with another CSeq or Call-ID",
		      number);
	value_param(tag, sizeof(tag), message_header(message, "From", 0),
		    "tag");
	if (request->fork && strcmp(tag, request->fork->ours) != 0)
		fault(request->call, "%s: answer with another From tag",
		      number);
	if (request->done && request->status != message->status &&
	    !was_overtaken(request, message))
		fault(request->call, "%s: %d after %d", number, message->status,
		      request->status);
}

/* The hop-by-hop ACK of a refused INVITE. */
static void ack_refusal(struct request *invite, const struct message *message)
{
	if (!invite->ack)
		invite->ack = with_method(invite, "ACK",
					  message_header(message, "To", 0));
	send_text(invite->end, invite->ack);
}

static void final_invite(struct request *invite, bool again,
			 const struct message *message)
{
	if (message->status >= 300)
		ack_refusal(invite, message);
	else if (again && invite->ack)
		send_text(invite->end, invite->ack);
}

void response_come(const struct origin *from, const struct message *message)
{
	struct request *request = request_of(message);
	bool again;

	(void)from;
	if (!request)
		return; /* of a batch that is over */
	tell(request->call, "%s < %d %u %s",
	     request->end->is_caller ? "caller" : "callee", message->status,
	     request->cseq, request->method);
	check_answer(request, message);
	again = request->done;
	if (!again)
		request->status = message->status;
	request->done = again || message->status >= 200;
	if (!strcmp(request->method, "INVITE") && message->status >= 200)
		final_invite(request, again, message);
	if (again)
		return;
	if (request == request->end->invite)
		caller_response(request, message);
	else
		within_response(request, message);
}

unsigned requests_open(void)
{
	unsigned open = 0;

	for (unsigned i = 0; i < requests_count; i++)
		open += !requests[i]->done && !requests[i]->orphaned;
	return open;
}

/* What waits for an answer at a place whose connections just broke. */
void requests_orphan(const struct place *place)
{
	for (unsigned i = 0; i < requests_count; i++)
		if (requests[i]->end->place == place && !requests[i]->done)
			requests[i]->orphaned = true;
}

void requests_check(void)
{
	for (unsigned i = 0; i < requests_count; i++) {
		struct request *request = requests[i];

		if (!request->done && !request->orphaned)
			fault(request->call, "%s > %u %s was never answered",
			      request->end->is_caller ? "caller" : "callee",
			      request->cseq, request->method);
	}
}

void requests_clear(void)
{
	for (unsigned i = 0; i < requests_count; i++) {
		free(requests[i]->text);
		free(requests[i]->ack);
		free(requests[i]);
	}
	before += requests_count;
	requests_count = 0;
}
