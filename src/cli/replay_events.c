/* What each event of a recording does to the engine. Fields nobody knows are
 * passed over; so are events that cannot be used, with a word on standard
 * error. */
#include "replay.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"

#include "command.h"
#include "import.h"

#define ID_MAX	   256
#define WHAT_SHOWN 100
#define T_MAX	   1e11		 /* seconds */
#define REFRESH_MS (3600 * 1000) /* what fades while nobody edits it */

/* Nothing of a recording can steer the terminal. */
void replay_skip(struct replay *replay, const char *why, const char *what)
{
	replay->skipped++;
	fprintf(stderr, "callsieve: line %lu: skipped: %s%s", replay->line, why,
		what ? ": " : "");
	for (size_t i = 0; what && what[i] && i < WHAT_SHOWN; i++)
		fputc(what[i] >= 0x20 && what[i] < 0x7f ? what[i] : '?',
		      stderr);
	fputc('\n', stderr);
}

static const char *text_of(const json_t *event, const char *name)
{
	return json_string_value(json_object_get(event, name));
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* An id may be a text or a number. */
static bool id_of(char id[ID_MAX], const json_t *event, const char *name)
{
	const json_t *value = json_object_get(event, name);
	int len = -1;

	if (json_is_string(value))
		len = snprintf(id, ID_MAX, "%s", json_string_value(value));
	else if (json_is_integer(value))
		len = snprintf(id, ID_MAX, "%" JSON_INTEGER_FORMAT,
			       json_integer_value(value));
	return len > 0 && len < ID_MAX;
}

/* False also for what is there and is no number. */
static bool number_of(struct number *number, const struct replay *replay,
		      const json_t *event, const char *name)
{
	return event_number(number, replay->engine.config, event, name) &&
	       *number->text;
}

static enum signal_outcome outcome_of(const json_t *signal)
{
	const char *outcome = or_empty(text_of(signal, "outcome"));

	if (strcmp(outcome, "unavailable") == 0)
		return SIGNAL_UNAVAILABLE;
	return strcmp(outcome, "unknown") == 0 ? SIGNAL_UNKNOWN : SIGNAL_FIRED;
}

/* What services had answered when the call was made. */
static void recall(const struct screen *screen, const json_t *event,
		   struct verdict *verdict)
{
	const json_t *signals = json_object_get(event, "signals"), *at;
	struct signal_hit hits[VERDICT_SIGNALS_MAX];
	size_t i, count = 0;

	json_array_foreach ((json_t *)signals, i, at) {
		struct signal_hit *hit = &hits[count];

		if (count == VERDICT_SIGNALS_MAX ||
		    strcmp(or_empty(text_of(at, "name")), "reputation") != 0)
			continue;
		*hit = (struct signal_hit){
			.name = "reputation",
			.points = (int)json_integer_value(
				json_object_get(at, "points")),
			.outcome = outcome_of(at),
		};
		snprintf(hit->detail, sizeof(hit->detail), "%s",
			 or_empty(text_of(at, "detail")));
		count++;
	}
	screen_recall(screen, hits, count, verdict);
}

static void decide(struct replay *replay, const json_t *event,
		   const struct facts *facts, struct verdict *verdict)
{
	struct engine *engine = &replay->engine;
	const struct config_trunk *trunk = event_trunk(engine->config, event);

	if (!replay->recorded) {
		engine_decide(engine, trunk, facts, verdict);
		return;
	}
	if (!screen_decide(engine->screen, facts, verdict))
		recall(engine->screen, event, verdict);
	engine_treat(engine, trunk, facts, verdict);
}

static void on_call(struct replay *replay, const json_t *event)
{
	struct engine *engine = &replay->engine;
	struct verdict verdict;
	struct booked booked;
	struct facts facts;
	char id[ID_MAX];

	if (!id_of(id, event, "id")) {
		replay_skip(replay, "a call needs an \"id\"", NULL);
		return;
	}
	event_facts(&facts, engine->config, event);
	decide(replay, event, &facts, &verdict);
	booked = (struct booked){
		.caller = facts.caller,
		.callee = facts.callee,
		.delivered = verdict.treatment <= VERDICT_LABEL,
	};
	if (facts.outbound)
		history_dialled(engine->history, &facts.caller, &facts.callee,
				facts.bypass == BYPASS_EMERGENCY, now_wall_s());
	else
		history_call(engine->history, &facts, booked.delivered,
			     now_wall_s(), &booked.mark);
	replay->h(replay, event, &verdict);
	if (call_book_add(replay->book, id, &booked))
		replay_skip(replay, "out of memory", NULL);
}

static unsigned seconds_of(const json_t *event, const char *name)
{
	double value = json_number_value(json_object_get(event, name));

	return value > 0 && value < 1e6 ? (unsigned)value : 0;
}

static void on_ended(struct replay *replay, const json_t *event)
{
	json_int_t status =
		json_integer_value(json_object_get(event, "status"));
	const struct call_outcome outcome = {
		.answered = json_is_true(json_object_get(event, "answered")),
		.ring_s = seconds_of(event, "ring"),
		.talk_s = seconds_of(event, "talk"),
		/* 487: the caller hung up; 0: nobody said. */
		.refused = status && status != 487,
	};
	struct history *history = replay->engine.history;
	const struct booked *call;
	char id[ID_MAX];

	call = id_of(id, event, "id") ? call_book_find(replay->book, id) : NULL;
	if (!call) {
		replay_skip(replay, "there was no call of that \"id\"", NULL);
		return;
	}
	/* Nobody would have answered what was not delivered. */
	if (!call->delivered)
		return;
	history_ended(history, &call->mark, &outcome, now_wall_s());
	/* The called phone says so itself (RFC 8197). */
	if (status == 607)
		history_reported(history, &call->caller, &call->callee,
				 now_wall_s());
}

static void on_report(struct replay *replay, const json_t *event)
{
	const struct booked *call;
	struct number number, subscriber;
	char id[ID_MAX];

	call = id_of(id, event, "call") ? call_book_find(replay->book, id)
					: NULL;
	number_of(&subscriber, replay, event, "subscriber");
	if (call) {
		number = call->caller;
		subscriber = call->callee;
	} else if (!number_of(&number, replay, event, "number")) {
		replay_skip(replay, "a report needs a \"number\" or a \"call\"",
			    NULL);
		return;
	}
	/* Nobody would have complained of it. */
	if (call && !call->delivered)
		return;
	history_reported(replay->engine.history, &number, &subscriber,
			 now_wall_s());
}

static void on_outbound(struct replay *replay, const json_t *event)
{
	const struct config *config = replay->engine.config;
	struct number number, subscriber;
	bool emergency;

	if (!event_number(&subscriber, config, event, "subscriber") ||
	    !number_of(&number, replay, event, "number")) {
		replay_skip(replay,
			    "a call out needs \"subscriber\" and \"number\"",
			    NULL);
		return;
	}
	emergency = bypass_is_emergency_number(
		config, event_trunk(config, event), &number);
	history_dialled(replay->engine.history, &subscriber, &number, emergency,
			now_wall_s());
}

/* As it is named from here, or else from where the events are. */
static void find_file(char path[PATH_MAX], const struct replay *replay,
		      const char *file)
{
	const char *slash = replay->path ? strrchr(replay->path, '/') : NULL;

	/* "-" would be the events themselves. */
	snprintf(path, PATH_MAX, "%s%s", strcmp(file, "-") == 0 ? "./" : "",
		 file);
	if (*file != '/' && slash && access(path, F_OK) != 0)
		snprintf(path, PATH_MAX, "%.*s/%s", (int)(slash - replay->path),
			 replay->path, file);
}

/* Whatever its form, a file is hearsay here: what anybody can write into shall
 * not decide on a call by itself. */
static void on_import(struct replay *replay, const json_t *event)
{
	struct engine *engine = &replay->engine;
	const char *kind = text_of(event, "kind");
	const char *file = text_of(event, "file");
	char path[PATH_MAX];
	struct import import = {
		.store = engine->store,
		.source = kind ? kind : "import",
		.force = true,
		.observations = true,
		.quiet = true,
	};

	if (!file) {
		replay_skip(replay, "an import needs a \"file\"", NULL);
		return;
	}
	/* Of a kind we don't know: by its looks. */
	import.format = kind ? import_format_find(kind) : NULL;
	find_file(path, replay, file);
	if (import_path(&import, path) || engine_refresh(engine))
		replay_skip(replay, "this file was not imported", file);
}

static const struct {
	const char *name;
	void (*h)(struct replay *replay, const json_t *event);
} events[] = {
	{"call", on_call},	   {"ended", on_ended},	  {"report", on_report},
	{"outbound", on_outbound}, {"import", on_import},
};

/* The clock does not go back: what comes late happened when it came. */
static bool set_clock(struct replay *replay, const json_t *event)
{
	const json_t *t = json_object_get(event, "t");
	double seconds = json_number_value(t);
	int64_t ms;

	if (!json_is_number(t) || seconds < 0 || seconds > T_MAX)
		return false;
	ms = (int64_t)(seconds * 1000);
	if (ms < replay->now_ms)
		replay->late++;
	else
		replay->now_ms = ms;
	now_fake(replay->now_ms);
	return true;
}

static void refresh(struct replay *replay)
{
	if (replay->now_ms < replay->refresh_ms)
		return;
	replay->refresh_ms = replay->now_ms + REFRESH_MS;
	if (engine_refresh(&replay->engine))
		failure("The lists could not be read anew.");
}

void replay_event(struct replay *replay, const json_t *event)
{
	const char *name = text_of(event, "event");

	if (!name) {
		replay_skip(replay, "no JSON object with an \"event\"", NULL);
		return;
	}
	if (!set_clock(replay, event)) {
		replay_skip(replay, "\"t\" is no time in seconds since 1970",
			    NULL);
		return;
	}
	refresh(replay);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(events[i].name, name) == 0) {
			events[i].h(replay, event);
			return;
		}
	replay_skip(replay, "there is no such event", name);
}
