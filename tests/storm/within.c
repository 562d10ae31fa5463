/* What both ends do within a dialog: ask, answer, hang up, and get it wrong. */
#include "storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm.h"

#define PAUSE_MS 150
#define LIFE_MS	 2500 /* then it is hung up, whatever was planned */

static const char *const methods[] = {
	"INFO",	  "MESSAGE",   "OPTIONS", "UPDATE", "REFER",
	"NOTIFY", "SUBSCRIBE", "INVITE",  "INVITE", "INVITE"};

#define METHODS (sizeof(methods) / sizeof(*methods))

static void hangup_late(void *arg)
{
	within_hangup(arg);
}

void within_hangup(struct fork *fork)
{
	if (fork->ended)
		return;
	fork->ended = true;
	request_send(fork->end, fork, "BYE", NULL);
}

static const char *headers_of(const char *method)
{
	if (!strcmp(method, "REFER"))
		return "Refer-To: <sip:x@127.0.0.9>\r\n";
	if (!strcmp(method, "NOTIFY"))
		return "Event: refer\r\nSubscription-State: active\r\n";
	if (!strcmp(method, "SUBSCRIBE"))
		return "Event: refer\r\nExpires: 60\r\n";
	return NULL;
}

static void cancel_reinvite(void *arg)
{
	struct request *invite = arg;

	if (!invite->done && !invite->cancelled && invite->status)
		request_cancel(invite);
}

void within_act(struct fork *fork)
{
	struct call *call = fork->end->call;
	const char *method = methods[dice(call, METHODS)];
	struct request_parts parts = {.headers = headers_of(method)};
	struct request *request;

	if (!strcmp(method, "INVITE")) {
		/* Two at a time are wrong, and tried now and then. */
		if (fork->reinviting && !chance(call, 10))
			return;
		fork->reinviting = true;
	}
	if (!strcmp(method, "INVITE") || !strcmp(method, "UPDATE"))
		parts.body = chance(call, 70) ? sdp : NULL;
	if (!strcmp(method, "INVITE") && chance(call, 50))
		parts.headers = "Supported: 100rel\r\n";
	request = request_send(fork->end, fork, method, &parts);
	if (!strcmp(method, "INVITE") && chance(call, 15))
		alarm_in(dice(call, 60), cancel_reinvite, request);
}

/* What belongs to no dialog, or not there: refused, and harmless. */
static void stray(struct fork *fork)
{
	struct call *call = fork->end->call;
	struct request_parts wrong = {.to_tag = "nobody"};
	struct request_parts old = {.cseq = 1};
	struct request_parts rack = {.headers = "RAck: 77 1 INVITE\r\n"};

	switch (dice(call, 4)) {
	case 0:
		request_send(fork->end, fork, "BYE", &wrong);
		break;
	case 1:
		request_send(fork->end, fork, "INFO", &old);
		break;
	case 2:
		request_send(fork->end, fork, "PRACK", &rack);
		break;
	default:
		if (fork->end->invite && !fork->end->invite->cancelled)
			request_cancel(fork->end->invite);
		break;
	}
}

static void live(void *arg)
{
	struct fork *fork = arg;
	struct call *call = fork->end->call;

	if (fork->ended)
		return;
	if (chance(call, 5))
		stray(fork);
	if (call->slow && fork->end->place->tcp && chance(call, 5)) {
		requests_orphan(fork->end->place);
		jobs_orphan(fork->end->place);
		place_break(fork->end->place);
	}
	within_act(fork);
	if (chance(call, 70))
		alarm_in(dice(call, PAUSE_MS), live, fork);
}

void within_start(struct fork *fork, bool hangs_up)
{
	struct call *call = fork->end->call;

	if (chance(call, 60))
		alarm_in(dice(call, PAUSE_MS), live, fork);
	if (hangs_up)
		alarm_in(dice(call, 800), hangup_late, fork);
	/* Only one end can rely on the other. */
	if (fork->end->is_caller)
		alarm_in(LIFE_MS, hangup_late, fork);
}

struct late_ack {
	struct request *invite;
	struct fork *fork;
};

static void ack(void *arg)
{
	struct late_ack *late = arg;

	request_ack(late->invite, late->fork, NULL);
	late->fork->reinviting = false;
	free(late);
}

static void reinvited(struct request *invite)
{
	struct call *call = invite->call;
	struct late_ack *late;

	if (rarely(call))
		return;
	late = calloc(1, sizeof(*late));
	late->invite = invite;
	late->fork = invite->fork;
	if (chance(call, 10))
		alarm_in(dice(call, 600), ack, late);
	else
		ack(late);
}

static void prack(struct request *invite, const char *rseq)
{
	struct request_parts parts = {0};
	char rack[64];

	if (invite->fork->ended || rarely(invite->call))
		return;
	snprintf(rack, sizeof(rack), "RAck: %s %u INVITE\r\n", rseq,
		 invite->cseq);
	parts.headers = rack;
	request_send(invite->end, invite->fork, "PRACK", &parts);
}

void within_response(struct request *request, const struct message *message)
{
	struct fork *fork = request->fork;
	bool invite = !strcmp(request->method, "INVITE");

	if (!fork)
		return;
	if (message->status < 200) {
		if (invite && message_header(message, "RSeq", 0))
			prack(request, message_header(message, "RSeq", 0));
		return;
	}
	if (!strcmp(request->method, "BYE") && chance(request->call, 10))
		within_act(fork); /* in what is over */
	if (invite && message->status < 300)
		reinvited(request);
	else if (invite)
		fork->reinviting = false;
}

static void answer_late(void *arg)
{
	struct job *job = arg;

	if (job->status < 200)
		job_answer(job, 200, NULL, NULL, true);
}

/* The callee hangs up on a caller that is gone. */
static void hangup_callees(void *arg)
{
	struct call *call = arg;

	for (unsigned i = 0; i < call->callees_count; i++)
		for (unsigned k = 0; k < call->callees[i].forks_count; k++)
			if (call->callees[i].forks[k]->confirmed)
				within_hangup(call->callees[i].forks[k]);
}

static void refuse(struct job *job)
{
	static const int statuses[] = {488, 491, 500, 603, 481, 408};
	bool invite = !strcmp(job->request->method, "INVITE");
	int status = statuses[dice(job->end->call, 6)];

	/* RFC 4320 4.1: no 408 but to INVITE. And no dialog can be denied that
	 * was not acknowledged, and the daemon knows it. */
	if ((status == 408 && !invite) ||
	    ((status == 408 || status == 481) &&
	     !(job->fork->acked && (net_calm() || !job->end->is_caller))))
		status = 500;
	/* RFC 5057: with these we say that there is no such dialog; to PRACK,
	 * that there is no such response. */
	if ((status == 481 || status == 408) &&
	    strcmp(job->request->method, "PRACK") != 0 &&
	    strcmp(job->request->method, "REFER") != 0 &&
	    strcmp(job->request->method, "NOTIFY") != 0 &&
	    strcmp(job->request->method, "SUBSCRIBE") != 0)
		job->fork->ended = job->fork->denied = true;
	/* What was asked before our ACK was there ends nothing: the daemon
	 * takes it that the dialog was not known yet. */
	if (job->fork->denied && job->end->is_caller)
		alarm_in(LIFE_MS, hangup_callees, job->end->call);
	job_answer(job, status, NULL, NULL, false);
}

/* Reliably, where that is understood. */
static void ring(struct job *job)
{
	struct call *call = job->end->call;
	const char *supported = message_header(job->request, "Supported", 0);
	char headers[64];

	if (supported && strstr(supported, "100rel") && chance(call, 60)) {
		snprintf(headers, sizeof(headers),
			 "Require: 100rel\r\nRSeq: %u\r\n", ++job->end->rseq);
		job_answer(job, 183, NULL, headers, chance(call, 50));
	} else {
		job_answer(job, chance(call, 50) ? 100 : 180, NULL, NULL,
			   false);
	}
}

void within_request(struct job *job)
{
	struct fork *fork = job->fork;
	struct call *call = job->end->call;
	bool invite = !strcmp(job->request->method, "INVITE");

	if (!strcmp(job->request->method, "BYE")) {
		fork->ended = true;
		job_answer(job, 200, NULL, NULL, false);
		return;
	}
	if (fork->ended) {
		fork->denied = true;
		job_answer(job, 481, NULL, NULL, false);
		return;
	}
	if (invite && fork->reinviting) {
		job_answer(job, 491, NULL, NULL, false);
		return;
	}
	if (rarely(call))
		return; /* never answered */
	while (invite && chance(call, 40))
		ring(job);
	if (chance(call, 12))
		refuse(job);
	else if (chance(call, 20))
		alarm_in(dice(call, 300), answer_late, job);
	else
		answer_late(job);
	if (invite && job->status >= 200 && chance(call, 4))
		job_answer(job, 183, NULL, NULL, true);
}

void within_cancel(struct job *job)
{
	if (chance(job->end->call, 15))
		answer_late(job);
	else
		job_answer(job, 487, NULL, NULL, false);
}
