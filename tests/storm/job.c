/* Requests of the daemon: each once, however often it comes, and our answers,
 * repeated as RFC 3261 17.2 says. */
#include "storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm.h"
#include "fake/trace.h"

#define JOBS 262144 /* a power of two, well above those of a batch */

static struct job *jobs[JOBS];
static unsigned jobs_count;

static const char *who(const struct end *end)
{
	return end->is_caller ? "caller" : "callee";
}

/* By branch and method; for ACK and CANCEL those of their INVITE. */
static struct job **job_slot(const struct message *message, const char *method)
{
	const char *via = message_header(message, "Via", 0);
	unsigned hash = (unsigned)method[0];
	char branch[100], other[100];

	value_param(branch, sizeof(branch), via, "branch");
	for (const char *c = branch; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619;
	for (unsigned i = hash % JOBS;; i = (i + 1) % JOBS) {
		if (!jobs[i])
			return &jobs[i];
		value_param(other, sizeof(other),
			    message_header(jobs[i]->request, "Via", 0),
			    "branch");
		if (!strcmp(branch, other) &&
		    !strcmp(jobs[i]->request->method, method))
			return &jobs[i];
	}
}

static void add_vias(FILE *out, const struct message *request)
{
	const char *via;

	for (size_t i = 0; (via = message_header(request, "Via", i)); i++)
		fprintf(out, "Via: %s\r\n", via);
}

static char *answer_text(struct job *job, int status, const char *tag,
			 const char *headers, const char *body)
{
	const struct message *request = job->request;
	const struct place *place = job->place;
	const char *to = message_header(request, "To", 0);
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	fprintf(out, "SIP/2.0 %d Storm\r\n", status);
	add_vias(out, request);
	fprintf(out, "From: %s\r\nTo: %s%s%s\r\nCall-ID: %s\r\nCSeq: %s\r\n",
		message_header(request, "From", 0), to,
		tag && !strstr(to, ";tag=") ? ";tag=" : "",
		tag && !strstr(to, ";tag=") ? tag : "",
		message_header(request, "Call-ID", 0),
		message_header(request, "CSeq", 0));
	if (status > 100 && status < 300)
		fprintf(out, "Contact: <sip:%s@%s:%u%s>\r\n", who(job->end),
			place->host, place->port,
			place->tcp ? ";transport=tcp" : "");
	fprintf(out, "%s%sContent-Length: %zu\r\n\r\n%s",
		headers ? headers : "",
		*body ? "Content-Type: application/sdp\r\n" : "", strlen(body),
		body);
	fclose(out);
	return text;
}

static bool is_invite(const struct job *job)
{
	return !strcmp(job->request->method, "INVITE");
}

static void repeat(void *arg)
{
	struct job *job = arg;

	if (job->acked || trace_clock_ms() - job->since > GIVEN_UP_MS)
		return;
	net_send(job->place, &job->from, job->answer, strlen(job->answer));
	job->wait_ms = job->wait_ms * 2 > T2_MS ? T2_MS : job->wait_ms * 2;
	alarm_in(job->wait_ms, repeat, job);
}

void job_answer(struct job *job, int status, const char *tag,
		const char *headers, bool with_sdp)
{
	bool again = job->status >= 200;
	char *text =
		answer_text(job, status, tag, headers, with_sdp ? sdp : "");

	tell(job->end->call, "%s > %d %u %s %s", who(job->end), status,
	     job->cseq, job->request->method, tag ? tag : "");
	net_send(job->place, &job->from, text, strlen(text));
	if (again) { /* out of turn: nothing of it is kept */
		free(text);
		return;
	}
	free(job->answer);
	job->answer = text;
	job->status = status;
	if (!is_invite(job) || status < 200)
		return;
	/* The first INVITE's 2xx is repeated by its dialog. */
	job->since = trace_clock_ms();
	job->wait_ms = T1_MS;
	if (status >= 300 || job->fork)
		alarm_in(job->wait_ms, repeat, job);
}

/* A re-INVITE by its CSeq; the ACK of a 2xx has a branch of its own. */
static struct job *reinvite_find(const struct fork *fork, unsigned cseq)
{
	for (struct job *job = fork->reinvites; job; job = job->next)
		if (job->cseq == cseq)
			return job;
	return NULL;
}

static void ack_come(const struct message *message, struct end *end,
		     struct fork *fork, unsigned cseq)
{
	struct job *job = *job_slot(message, "INVITE");

	tell(end->call, "%s < %u ACK %s", who(end), cseq,
	     fork ? fork->ours : "");
	if (job && job->status >= 300) {
		job->acked = true;
		return;
	}
	if (!fork) {
		fault(end->call, "an ACK for no dialog");
		return;
	}
	job = reinvite_find(fork, cseq);
	if (job) {
		job->acked = true;
		fork->reinviting = false;
	} else if (end->invited && end->invited->cseq == cseq) {
		fork->acked = true;
	}
}

static void cancel_come(struct job *cancel)
{
	struct job *job = *job_slot(cancel->request, "INVITE");

	if (!job) {
		job_answer(cancel, 481, "none", NULL, false);
		return;
	}
	if (rarely(job->end->call))
		return;
	job_answer(cancel, 200, "cancel", NULL, false);
	if (job->cancelled || job->status >= 200)
		return;
	job->cancelled = true;
	if (job->fork)
		within_cancel(job);
	else
		callee_cancel(job);
}

static struct job *job_new(struct job **slot, struct place *place,
			   const struct origin *from, struct message *message,
			   struct end *end)
{
	struct job *job = calloc(1, sizeof(*job));

	claim(++jobs_count < JOBS / 2, "too many requests in a batch");
	job->end = end;
	job->place = place;
	job->from = *from;
	job->request = message_parse(message->raw, message->len);
	job->cseq =
		(unsigned)strtoul(message_header(message, "CSeq", 0), NULL, 10);
	*slot = job;
	return job;
}

/* The number of its call: in the Request-URI, or, of an INVITE that goes to a
 * party of another call, in From. */
static struct call *call_of(const struct message *message)
{
	const char *from = message_header(message, "From", 0);
	const char *number = strstr(message->uri, "+1999");

	if (!number && message_header(message, "Replaces", 0))
		number = strstr(from, "+1212");
	return number ? call_by_number((unsigned)strtoul(number + 5, NULL, 10))
		      : NULL;
}

/* The dialog that a Replaces names, as it is known here. */
static struct fork *replaced(const struct message *message, struct call *call)
{
	const char *value = message_header(message, "Replaces", 0);
	char call_id[80], ours[80], theirs[80];
	struct fork *fork = NULL;
	struct end *end;

	if (!value)
		return NULL;
	snprintf(call_id, sizeof(call_id), "%.*s", (int)strcspn(value, "; "),
		 value);
	value_param(ours, sizeof(ours), value, "to-tag");
	value_param(theirs, sizeof(theirs), value, "from-tag");
	end = end_find(call_id);
	if (end)
		fork = fork_find(end, ours, theirs);
	if (!fork)
		fault(call, "asked to replace %s, which is none of ours",
		      value);
	return fork;
}

/* An INVITE that begins a call at a callee. */
static struct end *callee_new(struct place *place,
			      const struct message *message)
{
	struct call *call = call_of(message);
	struct end *end;

	if (!call)
		return NULL;
	if (call->hostile)
		fault(call, "an INVITE to be refused came through");
	if (call->callees_count == LEGS) {
		fault(call, "more INVITEs than gateways");
		return NULL;
	}
	end = &call->callees[call->callees_count++];
	end->call = call;
	end->place = place;
	snprintf(end->call_id, sizeof(end->call_id), "%s",
		 message_header(message, "Call-ID", 0));
	snprintf(end->local, sizeof(end->local), "%s",
		 message_header(message, "To", 0));
	snprintf(end->remote, sizeof(end->remote), "%.*s",
		 (int)strcspn(message_header(message, "From", 0), ";"),
		 message_header(message, "From", 0));
	end_register(end);
	return end;
}

static bool is_old(struct fork *fork, const struct job *job)
{
	bool old = fork->remote_cseq && job->cseq <= fork->remote_cseq;

	fork->remote_cseq = job->cseq;
	return old;
}

static void dispatch(struct job *job, struct fork *fork)
{
	if (!fork) {
		/* A callee may speak before its 2xx reached the caller. */
		if (!job->end->is_caller || job->end->invite->done)
			fault(job->end->call,
			      "%s < %s for a dialog that never was",
			      who(job->end), job->request->method);
		job_answer(job, 481, "none", NULL, false);
		return;
	}
	job->fork = fork;
	if (is_invite(job)) {
		job->next = fork->reinvites;
		fork->reinvites = job;
	}
	/* What was lost comes again, after what was sent later. */
	if (is_old(fork, job) && net_calm())
		fault(job->end->call, "%s < %s with an old CSeq", who(job->end),
		      job->request->method);
	within_request(job);
}

void request_come(struct place *place, const struct origin *from,
		  struct message *message)
{
	const char *method = message->method;
	const char *wrong = message_fault(message);
	struct end *end = end_find(message_header(message, "Call-ID", 0));
	char ours[80], theirs[80];
	struct job **slot, *job;
	struct fork *fork;

	value_param(ours, sizeof(ours), message_header(message, "To", 0),
		    "tag");
	value_param(theirs, sizeof(theirs), message_header(message, "From", 0),
		    "tag");
	if (!end && !*ours && !strcmp(method, "INVITE"))
		end = callee_new(place, message);
	if (!end)
		return; /* of a batch that is over */
	if (wrong)
		fault(end->call, "%s: %s", method, wrong);
	fork = *ours ? fork_find(end, ours, theirs) : NULL;
	if (!strcmp(method, "ACK")) {
		ack_come(message, end, fork,
			 (unsigned)strtoul(message_header(message, "CSeq", 0),
					   NULL, 10));
		return;
	}
	slot = job_slot(message, method);
	if (*slot) {
		job = *slot;
		if (job->answer)
			net_send(place, from, job->answer, strlen(job->answer));
		return;
	}
	job = job_new(slot, place, from, message, end);
	tell(end->call, "%s < %u %s %s", who(end), job->cseq, method, ours);
	if (!strcmp(method, "CANCEL")) {
		cancel_come(job);
	} else if (!*ours && !strcmp(method, "INVITE")) {
		end->invited = job;
		job->replaces = replaced(message, end->call);
		callee_invite(job);
	} else {
		dispatch(job, fork);
	}
}

/* Connections just broke. To whom they broke off with an error the INVITEs
 * under way have failed (RFC 3261 8.1.3.1): answers to them are strays there,
 * and get no ACK. */
void jobs_orphan(const struct place *place)
{
	for (unsigned i = 0; i < JOBS; i++)
		if (jobs[i] && jobs[i]->place == place && !jobs[i]->acked)
			jobs[i]->orphaned = true;
}

void jobs_check(void)
{
	for (unsigned i = 0; i < JOBS; i++) {
		struct job *job = jobs[i];

		if (!job || job->orphaned)
			continue;
		if (is_invite(job) && job->status >= 300 && !job->acked)
			fault(job->end->call,
			      "%s > %d %u INVITE never got its "
			      "ACK",
			      who(job->end), job->status, job->cseq);
		if (job->fork && is_invite(job) && job->status >= 200 &&
		    job->status < 300 && !job->acked && !job->fork->denied)
			fault(job->end->call,
			      "%s > the 2xx of a re-INVITE never got its ACK",
			      who(job->end));
	}
}

/* Calls are left: perhaps those that wait for an answer of ours. */
void jobs_suspect(void)
{
	for (unsigned i = 0; i < JOBS; i++)
		if (jobs[i] && jobs[i]->status < 200)
			fault(jobs[i]->end->call, "%s never answered %u %s",
			      who(jobs[i]->end), jobs[i]->cseq,
			      jobs[i]->request->method);
}

void jobs_clear(void)
{
	for (unsigned i = 0; i < JOBS; i++) {
		if (!jobs[i])
			continue;
		message_free(jobs[i]->request);
		free(jobs[i]->answer);
		free(jobs[i]);
		jobs[i] = NULL;
	}
	jobs_count = 0;
}
