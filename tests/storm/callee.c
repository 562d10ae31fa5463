/* A callee: silent, ringing in one or several dialogs, answering, refusing,
 * and now and then saying more after its last word. */
#include "storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm.h"
#include "fake/trace.h"

#define SILENCE_MS 700 /* longer than the daemon waits for a first answer */

static struct fork *fork_get(struct job *job, unsigned which)
{
	struct end *end = job->end;
	char ours[40], theirs[80];
	struct fork *fork;

	snprintf(ours, sizeof(ours), "callee%u-%u-%u", end->call->number,
		 (unsigned)(end - end->call->callees), which);
	value_param(theirs, sizeof(theirs),
		    message_header(job->request, "From", 0), "tag");
	fork = fork_find(end, ours, NULL);
	if (fork)
		return fork;
	fork = fork_add(end, ours, theirs);
	if (fork && message_header(job->request, "Contact", 0))
		value_uri(fork->target, sizeof(fork->target),
			  message_header(job->request, "Contact", 0));
	if (fork)
		fork->cseq = dice(end->call, 1000);
	return fork;
}

static void ring(struct job *job)
{
	struct end *end = job->end;
	const char *supported = message_header(job->request, "Supported", 0);
	struct fork *fork =
		fork_get(job, chance(end->call, 25) ? dice(end->call, 3) : 0);
	char headers[64] = "";

	if (!fork)
		return;
	if (supported && strstr(supported, "100rel") && chance(end->call, 40))
		snprintf(headers, sizeof(headers),
			 "Require: 100rel\r\nRSeq: %u\r\n", ++end->rseq);
	job_answer(job, 180 + (int)dice(end->call, 2) * 3, fork->ours, headers,
		   chance(end->call, 50));
	if (chance(end->call, 6))
		request_send(end, fork,
			     chance(end->call, 50) ? "UPDATE" : "INFO", NULL);
}

/* RFC 3261 13.3.1.4: the 2xx is repeated until its ACK comes. */
static void repeat(void *arg)
{
	struct fork *fork = arg;

	if (fork->acked || trace_clock_ms() - fork->since > GIVEN_UP_MS)
		return;
	net_send(fork->end->place, &fork->end->invited->from, fork->answer,
		 strlen(fork->answer));
	fork->wait_ms = fork->wait_ms * 2 > T2_MS ? T2_MS : fork->wait_ms * 2;
	alarm_in(fork->wait_ms, repeat, fork);
}

static void answer(struct job *job, struct fork *fork)
{
	struct call *call = job->end->call;

	if (!fork || fork->confirmed)
		return;
	job_answer(job, 200, fork->ours, NULL, true);
	fork->answer = strdup(job->answer);
	fork->confirmed = true;
	fork->since = trace_clock_ms();
	fork->wait_ms = T1_MS;
	alarm_in(T1_MS, repeat, fork);
	within_start(fork, chance(call, 50));
	/* RFC 3891 3: the other one is over then. */
	if (job->replaces)
		within_hangup(job->replaces);
}

/* To one place that nobody may be sent to, and to some where one may. */
static const char *redirection(char buf[200], struct call *call)
{
	const struct place *one = &gateways[dice(call, 3)];
	const struct place *other = &gateways[dice(call, 3)];

	snprintf(buf, 200,
		 "Contact: <sip:else@127.0.0.9>;q=0.9, "
		 "<sip:+1999%07u@%s:%u;transport=%s>;q=0.5, "
		 "<sip:+1999%07u@%s:%u;transport=%s>\r\n",
		 call->number, one->host, one->port, one->tcp ? "tcp" : "udp",
		 call->number, other->host, other->port,
		 other->tcp ? "tcp" : "udp");
	return buf;
}

static void refuse(struct job *job)
{
	static const int statuses[] = {486, 404, 600, 603, 480, 500,
				       408, 302, 302, 503, 503, 503};
	struct call *call = job->end->call;
	int status = statuses[dice(call, 12)];
	char elsewhere[200];

	job_answer(job, status, "refused",
		   status == 302   ? redirection(elsewhere, call)
		   : status == 503 ? "Retry-After: 1\r\n"
				   : "Reason: Q.850;cause=17\r\n",
		   false);
}

/* What nobody should say, and some do. */
static void add_nonsense(struct job *job, struct fork *fork)
{
	struct call *call = job->end->call;

	if (chance(call, 5))
		job_answer(job, 180, fork->ours, NULL, true);
	/* Not if it could come first. */
	if (chance(call, 3) && net_calm())
		job_answer(job, 486, fork->ours, NULL, false);
	if (chance(call, 3))
		job_answer(job, 100, NULL, NULL, false);
}

static void next(void *arg)
{
	struct job *job = arg;
	struct call *call = job->end->call;
	struct fork *fork;

	if (job->status >= 200)
		return;
	if (job->turn) {
		job->turn--;
		ring(job);
		alarm_in(dice(call, 120), next, job);
		return;
	}
	if (chance(call, 4)) {
		ring(job); /* until the caller gives up */
		return;
	}
	if (!chance(call, 75)) {
		refuse(job);
		return;
	}
	fork = fork_get(job, chance(call, 80) ? 0 : dice(call, 4));
	if (!fork)
		return;
	answer(job, fork);
	add_nonsense(job, fork);
}

void callee_invite(struct job *job)
{
	struct call *call = job->end->call;

	if (chance(call, 4)) {
		/* Too late, or never. */
		if (!call->slow || chance(call, 60))
			alarm_in(SILENCE_MS, next, job);
		return;
	}
	job->turn = dice(call, 4);
	if (chance(call, 50))
		job_answer(job, 100, NULL, NULL, false);
	if (chance(call, 50))
		next(job);
	else
		alarm_in(dice(call, 200), next, job);
}

void callee_cancel(struct job *job)
{
	struct call *call = job->end->call;

	if (chance(call, 12))
		answer(job, fork_get(job, 0)); /* it crossed */
	else if (chance(call, 5))
		refuse(job);
	else
		job_answer(job, 487, "cancelled", NULL, false);
}
