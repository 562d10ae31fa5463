/* A caller: places the call, may lose patience, acknowledges well or badly,
 * and hangs up in the end if nobody else did. */
#include "storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm.h"

#define PATIENCE_MS 2500    /* for a final answer */
#define BLOCKED	    "+1900" /* a prefix on the block list */

static void cancel(void *arg)
{
	struct request *invite = arg;

	/* RFC 3261 9.1: not before a provisional response. */
	if (invite->done || invite->cancelled)
		return;
	if (invite->status)
		request_cancel(invite);
	else
		alarm_in(T1_MS, cancel, invite);
}

/* The stack closes a TCP connection that brought a malformed request, and with
 * it goes what other calls had under way: that takes time to heal. */
static const char *hostile_headers(const struct end *end)
{
	static const char *const headers[] = {
		"Require: martian\r\n",
		"Proxy-Require: martian\r\n",
		"Supported: timer\r\nSession-Expires: 30\r\n",
		"From: <sip:twice@127.0.0.1>;tag=2\r\n",
		"CSeq: 1 OPTIONS\r\n",
	};
	bool gently = end->place->tcp && !end->call->slow;

	return headers[dice(end->call, gently ? 3 : 5)];
}

/* A dialog of a caller before this one that is in progress, or NULL. */
static struct fork *living(struct call *call)
{
	struct call *other = call_by_number(call->number - 1 - dice(call, 80));

	if (!other)
		return NULL;
	for (unsigned i = 0; i < other->caller.forks_count; i++) {
		struct fork *fork = other->caller.forks[i];

		if (fork->confirmed && !fork->ended)
			return fork;
	}
	return NULL;
}

/* The end of a transfer: whoever is behind that dialog is called instead. */
static const char *take_over(char buf[256], struct call *call)
{
	const struct fork *fork = living(call);

	if (!fork)
		return NULL;
	call->taking = true;
	tell(call, "takes over call %u", fork->end->call->number);
	snprintf(buf, 256,
		 "Require: replaces\r\n"
		 "Replaces: %s;to-tag=%s;from-tag=%s\r\n",
		 fork->end->call_id, fork->theirs, fork->ours);
	return buf;
}

static const char *usual_headers(char buf[256], struct call *call)
{
	const char *headers = NULL;

	/* Which is not screened. */
	if (chance(call, 5) && !call->hostile)
		headers = take_over(buf, call);
	if (!headers && chance(call, 10))
		headers = "Supported: timer\r\n"
			  "Session-Expires: 90;refresher=uac\r\n";
	if (!headers && chance(call, 25))
		headers = "Supported: 100rel, timer\r\n";
	return headers;
}

void caller_start(struct call *call)
{
	struct end *end = &call->caller;
	struct request_parts parts = {.body = sdp};
	char uri[100], tag[24], headers[256];
	bool blocked = chance(call, 3);

	end->call = call;
	end->is_caller = true;
	end->place = &callers[dice(call, 4)];
	call->hostile = blocked || chance(call, 2);
	snprintf(end->call_id, sizeof(end->call_id), "storm-%u-%s",
		 call->number, end->place->name);
	snprintf(end->local, sizeof(end->local), "<sip:%s%07u@%s>",
		 blocked ? BLOCKED : "+1212", call->number, end->place->host);
	snprintf(end->remote, sizeof(end->remote), "<sip:+1999%07u@%s>",
		 call->number, end->place->host);
	snprintf(tag, sizeof(tag), "caller%u", call->number);
	snprintf(uri, sizeof(uri), "sip:+1999%07u@%s", call->number,
		 strchr(daemon_uri, ':') + 1);
	end_register(end);
	parts.uri = uri;
	if (call->hostile && !blocked)
		parts.headers = hostile_headers(end);
	else
		parts.headers = usual_headers(headers, call);
	if (chance(call, 15))
		parts.body = NULL;
	/* A dialog to be: its tag is known, the other one is not. */
	fork_add(end, tag, "");
	end->forks[0]->cseq = dice(call, 1000);
	end->invite = request_send(end, end->forks[0], "INVITE", &parts);
	if (chance(call, 10))
		alarm_in(dice(call, 400), cancel, end->invite);
	alarm_in(PATIENCE_MS, cancel, end->invite);
}

/* The first dialog is the one the INVITE went out with, until it has a name;
 * then each To tag has its own. */
static struct fork *fork_of(struct end *end, const struct message *message)
{
	struct fork *fork;
	char tag[80];

	value_param(tag, sizeof(tag), message_header(message, "To", 0), "tag");
	fork = fork_find(end, NULL, tag);
	if (!fork && !*end->forks[0]->theirs) {
		fork = end->forks[0];
		snprintf(fork->theirs, sizeof(fork->theirs), "%.39s", tag);
	}
	if (!fork) {
		fork = fork_add(end, end->forks[0]->ours, tag);
		if (fork)
			fork->cseq = end->invite->cseq;
	}
	if (fork && message_header(message, "Contact", 0))
		value_uri(fork->target, sizeof(fork->target),
			  message_header(message, "Contact", 0));
	return fork;
}

static void prack(struct request *invite, struct fork *fork,
		  const struct message *message)
{
	struct request_parts parts = {0};
	char rack[64];

	snprintf(rack, sizeof(rack), "RAck: %s %u INVITE\r\n",
		 message_header(message, "RSeq", 0), invite->cseq);
	parts.headers = rack;
	request_send(invite->end, fork, "PRACK", &parts);
}

static void provisional(struct request *invite, struct fork *fork,
			const struct message *message)
{
	struct call *call = invite->call;

	if (message_header(message, "RSeq", 0) && !rarely(call))
		prack(invite, fork, message);
	if (chance(call, 8))
		alarm_in(dice(call, 100), cancel, invite);
	if (chance(call, 10))
		request_send(invite->end, fork, "UPDATE", NULL);
	if (chance(call, 5))
		request_send(invite->end, fork, "INFO", NULL);
	if (chance(call, 2))
		request_send(invite->end, fork, "INVITE", NULL);
	if (chance(call, 2))
		within_hangup(fork);
}

struct late_ack {
	struct request *invite;
	struct fork *fork;
};

static void ack(void *arg)
{
	struct late_ack *late = arg;

	request_ack(late->invite, late->fork,
		    strstr(late->invite->text, "Content-Length: 0") ? sdp
								    : NULL);
	late->fork->acked = true;
	free(late);
}

static void answered(struct request *invite, struct fork *fork)
{
	struct call *call = invite->call;
	struct late_ack *late = calloc(1, sizeof(*late));

	fork->confirmed = true;
	late->invite = invite;
	late->fork = fork;
	within_start(fork, chance(call, 50));
	if (chance(call, 2))
		within_hangup(fork); /* before the ACK */
	if (rarely(call)) {
		free(late); /* no ACK at all */
		return;
	}
	if (chance(call, 10))
		alarm_in(dice(call, 700), ack, late);
	else
		ack(late);
	if (chance(call, 5) && invite->ack)
		request_ack(invite, fork, NULL);
}

void caller_response(struct request *invite, const struct message *message)
{
	struct fork *fork = NULL;

	if (message->status > 100)
		fork = fork_of(invite->end, message);
	if (invite->call->hostile && message->status < 300 &&
	    message->status > 100)
		fault(invite->call, "%d to what was to be refused",
		      message->status);
	if (!fork)
		return;
	if (message->status < 200)
		provisional(invite, fork, message);
	else if (message->status < 300)
		answered(invite, fork);
}
