/* The calls of a batch, found by number or Call-ID, each with its story. All
 * live until the batch has been judged: alarms may come late. */
#include "storm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake/trace.h"

#define CALLS	  65536
#define SLOTS	  65536 /* a power of two, well above the ends of a batch */
#define TOLD_MOST 5	/* stories of that many faulty calls are told */

static struct call *calls[CALLS];
static unsigned calls_count;
static struct end *ends[SLOTS];
static unsigned faults_count;

struct call *call_new(unsigned number, unsigned seed, bool slow)
{
	struct call *call = calloc(1, sizeof(*call));

	claim(calls_count < CALLS, "too many calls in a batch");
	call->number = number;
	call->dice = ((uint64_t)seed << 32 | number) * 0x9e3779b97f4a7c15 | 1;
	call->slow = slow;
	call->began = trace_clock_ms();
	call->stream = open_memstream(&call->story, &call->story_len);
	calls[calls_count++] = call;
	return call;
}

struct call *call_by_number(unsigned number)
{
	unsigned first = calls_count ? calls[0]->number : 0;

	return number >= first && number < first + calls_count
		       ? calls[number - first]
		       : NULL;
}

unsigned dice(struct call *call, unsigned sides)
{
	call->dice ^= call->dice >> 12;
	call->dice ^= call->dice << 25;
	call->dice ^= call->dice >> 27;
	return (unsigned)(call->dice * 0x2545f4914f6cdd1d >> 33) % sides;
}

bool chance(struct call *call, unsigned percent)
{
	return dice(call, 100) < percent;
}

bool rarely(struct call *call)
{
	return call->slow && dice(call, 20) == 0;
}

void tell(struct call *call, const char *format, ...)
{
	va_list args;

	fprintf(call->stream, "%6ld ms  ", trace_clock_ms() - call->began);
	va_start(args, format);
	vfprintf(call->stream, format, args);
	va_end(args);
	fputc('\n', call->stream);
}

void fault(struct call *call, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "call %u: ", call->number);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	fprintf(call->stream, "   <<< FAULT\n");
	if (!call->faulty)
		faults_count++;
	call->faulty = true;
}

unsigned faults(void)
{
	return faults_count;
}

static unsigned slot_of(const char *call_id)
{
	unsigned hash = 2166136261;

	for (; *call_id; call_id++)
		hash = (hash ^ (unsigned char)*call_id) * 16777619;
	return hash % SLOTS;
}

void end_register(struct end *end)
{
	unsigned slot = slot_of(end->call_id);

	while (ends[slot])
		slot = (slot + 1) % SLOTS;
	ends[slot] = end;
}

struct end *end_find(const char *call_id)
{
	unsigned slot = slot_of(call_id);

	while (ends[slot] && strcmp(ends[slot]->call_id, call_id) != 0)
		slot = (slot + 1) % SLOTS;
	return ends[slot];
}

struct fork *fork_add(struct end *end, const char *ours, const char *theirs)
{
	struct fork *fork;

	claim(end->forks_count < FORKS, "too many dialogs");
	fork = calloc(1, sizeof(*fork));
	end->forks[end->forks_count++] = fork;
	fork->end = end;
	snprintf(fork->ours, sizeof(fork->ours), "%s", ours);
	snprintf(fork->theirs, sizeof(fork->theirs), "%s", theirs);
	snprintf(fork->target, sizeof(fork->target), "%s", daemon_uri);
	return fork;
}

struct fork *fork_find(struct end *end, const char *ours, const char *theirs)
{
	for (unsigned i = 0; i < end->forks_count; i++)
		if ((!ours || !strcmp(end->forks[i]->ours, ours)) &&
		    (!theirs || !strcmp(end->forks[i]->theirs, theirs)))
			return end->forks[i];
	return NULL;
}

struct fork *fork_any(struct end *end)
{
	if (!end->forks_count)
		return NULL;
	return end->forks[dice(end->call, end->forks_count)];
}

/* A BYE that is lost with its connection goes out once more, and may be lost
 * with that one, too. */
static bool bye_may_be_lost(const struct end *end)
{
	return end->call->slow && end->place->tcp &&
	       end->place->broken_before > end->call->began;
}

static void end_check(struct end *end)
{
	const char *who = end->is_caller ? "caller" : "callee";

	for (unsigned i = 0; i < end->forks_count; i++) {
		struct fork *fork = end->forks[i];

		if (!fork->confirmed ||
		    (!fork->acked && end->invited && end->invited->orphaned))
			continue;
		if (!end->is_caller && !fork->acked)
			fault(end->call, "the 2xx of %s never got its ACK",
			      fork->ours);
		if (!fork->ended && !bye_may_be_lost(end))
			fault(end->call, "the %s was left in dialog %s", who,
			      fork->ours);
	}
}

void calls_check(void)
{
	unsigned told = 0;

	for (unsigned i = 0; i < calls_count; i++) {
		end_check(&calls[i]->caller);
		for (unsigned k = 0; k < calls[i]->callees_count; k++)
			end_check(&calls[i]->callees[k]);
	}
	requests_check();
	jobs_check();
	for (unsigned i = 0; i < calls_count && told < TOLD_MOST; i++) {
		if (!calls[i]->faulty)
			continue;
		fflush(calls[i]->stream);
		fprintf(stderr, "--- call %u\n%s\n", calls[i]->number,
			calls[i]->story);
		told++;
	}
}

static void end_clear(struct end *end)
{
	for (unsigned i = 0; i < end->forks_count; i++) {
		free(end->forks[i]->answer);
		free(end->forks[i]);
	}
}

void calls_clear(void)
{
	for (unsigned i = 0; i < calls_count; i++) {
		end_clear(&calls[i]->caller);
		for (unsigned k = 0; k < calls[i]->callees_count; k++)
			end_clear(&calls[i]->callees[k]);
		fclose(calls[i]->stream);
		free(calls[i]->story);
		free(calls[i]);
	}
	calls_count = 0;
	memset(ends, 0, sizeof(ends));
	requests_clear();
	jobs_clear();
}
