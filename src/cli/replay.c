/* callsieve replay --events FILE|-: what the engine would have done with a
 * record of calls. Reads a JSON object a line, in order of time, and takes the
 * clock from them; answers each call with a line, at once, so that it can be
 * driven over a pipe. Works on a database of its own, which begins empty. */
#include "replay.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"
#include "callsieve/core/loop.h"
#include "callsieve/fetch.h"
#include "callsieve/history.h"
#include "callsieve/lists.h"
#include "callsieve/reports.h"
#include "callsieve/reputation.h"
#include "callsieve/screen.h"
#include "callsieve/store.h"

#include "command.h"

#define ERRORS_MAX (64 * 1024)
#define STEP_MS	   50
#define SUBJECTS   (1 << 18)
#define PAIRS	   (1 << 20)

struct replay {
	struct config *config;
	struct loop *loop;
	struct fetch *fetch;
	struct store *store;
	struct lists *lists;
	struct reports *reports;
	struct history *history;
	struct providers *providers;
	struct screen *screen;
	struct call_book *book;
	unsigned line;
};

static int complain(const struct replay *replay, const char *what)
{
	fprintf(stderr, "callsieve: line %u: %s\n", replay->line, what);
	return -EINVAL;
}

static int load(struct replay *replay, const char *path)
{
	struct buf errors;
	int err;

	buf_init(&errors, ERRORS_MAX);
	err = config_load(&replay->config, path, &errors);
	if (err)
		failure("%s cannot be used%s%s", path,
			errors.len ? ":\n" : ": ",
			errors.len ? errors.data : strerror(-err));
	buf_fini(&errors);
	return err;
}

static int start(struct replay *replay)
{
	struct screen_params params;
	int err;

	err = loop_new(&replay->loop);
	if (!err)
		err = fetch_new(&replay->fetch, replay->loop);
	if (!err)
		err = store_open(&replay->store, ":memory:", STORE_CREATE, 0);
	if (!err)
		err = lists_new(&replay->lists, NULL);
	if (!err)
		err = reports_new(&replay->reports, NULL);
	if (!err)
		err = history_new(&replay->history, SUBJECTS, PAIRS);
	if (!err)
		err = providers_new(&replay->providers, replay->loop,
				    replay->fetch, replay->config);
	if (!err)
		err = call_book_new(&replay->book);
	if (err)
		return err;
	params = (struct screen_params){
		.lists = replay->lists,
		.reports = replay->reports,
		.history = replay->history,
		.providers = replay->providers,
	};
	err = screen_new(&replay->screen, &params);
	if (!err)
		screen_configure(replay->screen, replay->config);
	return err;
}

static void stop(struct replay *replay)
{
	screen_free(replay->screen);
	call_book_free(replay->book);
	providers_free(replay->providers);
	history_free(replay->history);
	reports_free(replay->reports);
	lists_free(replay->lists);
	store_close(replay->store);
	fetch_free(replay->fetch);
	loop_free(replay->loop);
	config_free(replay->config);
}

static const char *text_of(const json_t *event, const char *name)
{
	return json_string_value(json_object_get(event, name));
}

static const struct config_trunk *trunk_of(const struct replay *replay,
					   const json_t *event)
{
	const char *name = text_of(event, "trunk");

	for (size_t i = 0; name && i < replay->config->trunks_count; i++)
		if (strcmp(replay->config->trunks[i].name, name) == 0)
			return &replay->config->trunks[i];
	return &replay->config->trunks[0];
}

static void read_number(struct number *number, const char *uri,
			const struct config_trunk *trunk)
{
	struct numbering plan;

	numbering_for_country(&plan, trunk->country);
	number_from_uri(number, uri ? uri : "", uri ? strlen(uri) : 0, &plan);
}

/* Also written as a plain number. */
static void read_party(struct number *number, const char *text,
		       const struct config_trunk *trunk)
{
	struct numbering plan;

	if (text && !strchr(text, ':')) {
		numbering_for_country(&plan, trunk->country);
		number_parse(number, text, strlen(text), &plan);
	} else {
		read_number(number, text, trunk);
	}
}

static void read_stir(struct facts *facts, const json_t *event)
{
	const char *stir = text_of(event, "stir");

	facts->signer = text_of(event, "signer");
	facts->origid = text_of(event, "origid");
	if (stir && strlen(stir) == 1 && strchr("ABC", *stir)) {
		facts->stir = STIR_PASSED;
		facts->attest = *stir;
	} else if (stir && strcmp(stir, "failed") == 0) {
		facts->stir = STIR_FAILED;
	}
}

static bool is_withheld(const json_t *event)
{
	const char *privacy = text_of(event, "privacy");
	const char *from = text_of(event, "from");

	return (privacy && *privacy && strcmp(privacy, "none") != 0) ||
	       (from && strstr(from, "anonymous"));
}

static void read_facts(const struct replay *replay, const json_t *event,
		       struct facts *facts)
{
	const struct config_trunk *trunk = trunk_of(replay, event);
	const char *pai = text_of(event, "pai");

	*facts = (struct facts){
		.trunk = trunk->name,
		.screen = trunk->screen,
		.display = text_of(event, "display"),
		.withheld = is_withheld(event),
		.thresholds = screen_thresholds(trunk),
	};
	read_party(&facts->caller,
		   trunk->identity == IDENTITY_PAI && pai
			   ? pai
			   : text_of(event, "from"),
		   trunk);
	read_party(&facts->callee, text_of(event, "to"), trunk);
	read_stir(facts, event);
}

static void print_verdict(const char *id, const struct verdict *verdict)
{
	json_t *reasons = json_array();
	json_t *line;

	for (unsigned i = 0; i < verdict->signals_count; i++) {
		const struct signal_hit *hit = &verdict->signals[i];

		json_array_append_new(reasons,
				      json_sprintf("%s %+d: %s", hit->name,
						   hit->points, hit->detail));
	}
	line = json_pack("{s:s, s:s, s:i, s:o}", "id", id, "action",
			 verdict_action_name(verdict->action), "score",
			 verdict->score, "reasons", reasons);
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(line);
}

struct waiting {
	struct verdict verdict;
	bool done;
};

static void on_verdict(const struct verdict *verdict, void *arg)
{
	struct waiting *waiting = arg;

	waiting->verdict = *verdict;
	waiting->done = true;
}

static void decide(struct replay *replay, const struct facts *facts,
		   struct verdict *verdict)
{
	struct waiting waiting = {.done = false};
	struct screening *screening = NULL;

	if (screen_decide(replay->screen, facts, verdict) ||
	    screen_ask(&screening, replay->screen, facts, verdict, on_verdict,
		       &waiting))
		return;
	while (!waiting.done)
		loop_step(replay->loop, STEP_MS);
	screening_free(screening);
	*verdict = waiting.verdict;
}

static int on_call(struct replay *replay, const json_t *event)
{
	const char *id = text_of(event, "id");
	struct verdict verdict;
	struct booked booked;
	struct facts facts;

	if (!id)
		return complain(replay, "a call needs an \"id\"");
	read_facts(replay, event, &facts);
	decide(replay, &facts, &verdict);
	booked = (struct booked){
		.caller = facts.caller,
		.callee = facts.callee,
		.delivered = verdict.action <= VERDICT_LABEL,
	};
	history_call(replay->history, &facts, now_wall_s(), &booked.mark);
	print_verdict(id, &verdict);
	return call_book_add(replay->book, id, &booked);
}

static unsigned seconds_of(const json_t *event, const char *name)
{
	double value = json_number_value(json_object_get(event, name));

	return value > 0 && value < 1e6 ? (unsigned)value : 0;
}

static int on_ended(struct replay *replay, const json_t *event)
{
	const char *id = text_of(event, "id");
	const struct booked *call =
		id ? call_book_find(replay->book, id) : NULL;
	struct call_outcome outcome = {
		.answered = json_is_true(json_object_get(event, "answered")),
		.ring_s = seconds_of(event, "ring"),
		.talk_s = seconds_of(event, "talk"),
	};

	/* Nobody would have answered what was not delivered. */
	if (call && call->delivered)
		history_ended(replay->history, &call->mark, &outcome,
			      now_wall_s());
	return 0;
}

static int on_report(struct replay *replay, const json_t *event)
{
	const char *id = text_of(event, "call");
	const struct booked *call =
		id ? call_book_find(replay->book, id) : NULL;
	struct number number, subscriber;

	read_party(&subscriber, text_of(event, "subscriber"),
		   trunk_of(replay, event));
	if (call)
		number = call->caller;
	else
		read_party(&number, text_of(event, "number"),
			   trunk_of(replay, event));
	history_reported(replay->history, &number,
			 call ? &call->callee : &subscriber, now_wall_s());
	return 0;
}

static int on_outbound(struct replay *replay, const json_t *event)
{
	struct number number, subscriber;

	read_party(&subscriber, text_of(event, "subscriber"),
		   trunk_of(replay, event));
	read_party(&number, text_of(event, "number"), trunk_of(replay, event));
	history_dialled(replay->history, &subscriber, &number, false,
			now_wall_s());
	return 0;
}

static const struct {
	const char *name;
	int (*h)(struct replay *replay, const json_t *event);
} events[] = {
	{"call", on_call},
	{"ended", on_ended},
	{"report", on_report},
	{"outbound", on_outbound},
};

static int on_event(struct replay *replay, const json_t *event)
{
	const json_t *t = json_object_get(event, "t");
	const char *name = text_of(event, "event");

	if (!json_is_number(t) || !name)
		return complain(replay, "an event needs \"t\" and \"event\"");
	now_fake((int64_t)(json_number_value(t) * 1000));
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(events[i].name, name) == 0)
			return events[i].h(replay, event);
	return complain(replay, "there is no such event");
}

/* A line that cannot be used is named and passed over. */
static int run(struct replay *replay, FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int bad = 0;

	while ((len = getline(&line, &size, file)) > 0) {
		json_t *event = json_loadb(line, (size_t)len, 0, NULL);

		replay->line++;
		if (!event)
			bad += complain(replay, "no JSON object") != 0;
		else
			bad += on_event(replay, event) != 0;
		json_decref(event);
	}
	free(line);
	return bad;
}

static int replay_events(const struct cli *cli, FILE *file)
{
	struct replay replay = {0};
	int err, bad = 0;

	err = load(&replay, cli->config);
	if (err)
		return EXIT_FAILED;
	err = start(&replay);
	if (!err)
		bad = run(&replay, file);
	else
		failure("The engine does not start: %s.", strerror(-err));
	stop(&replay);
	now_real();
	return err || bad ? EXIT_FAILED : EXIT_DONE;
}

int replay_command(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"events", required_argument, NULL, 'e'},
		{0},
	};
	const char *path = NULL;
	FILE *file;
	int option, status;

	while ((option = getopt_long(argc, argv, ":", options, NULL)) == 'e')
		path = optarg;
	if (option != -1 || optind != argc || !path)
		return usage_error("It is: callsieve replay --events FILE|-.");
	file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!file)
		return failure("%s cannot be read: %s.", path, strerror(errno));
	status = replay_events(cli, file);
	if (file != stdin)
		fclose(file);
	return status;
}
