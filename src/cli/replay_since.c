/* callsieve replay --config NEW --since 7d: the recorded calls anew, by the
 * configuration in use and by another one, side by side. Both begin knowing
 * nothing of how numbers behave, and have the lists as they are now, so that
 * what differs is theirs alone; what became of the calls says who was right. */
#include "replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"
#include "callsieve/store.h"

#include "command.h"
#include "database.h"
#include "print.h"

#define SPAN_MAX   (3650 * 86400L)
#define SHOWN	   20
#define TALK_MS	   60000 /* who talks so long wanted the call, mostly */
#define TREATMENTS (VERDICT_REJECT + 1)

/* Calls that came to nothing because of us have no end worth knowing. A 607 is
 * told with the end of its call already. */
#define TIMELINE                                                               \
	"SELECT started_at AS t, 0 AS what, rowid AS at FROM calls "           \
	"WHERE started_at >= ?1 AND explanation IS NOT NULL "                  \
	"UNION ALL SELECT ended_at, 1, rowid FROM calls "                      \
	"WHERE started_at >= ?1 AND ended_at IS NOT NULL "                     \
	"AND explanation IS NOT NULL AND coalesce(treatment, action) IN "      \
	"('allow', 'label') "                                                  \
	"UNION ALL SELECT strftime('%s', created_at) * 1000, 2, id "           \
	"FROM reports WHERE via IS NOT '607' "                                 \
	"AND created_at >= datetime(?1 / 1000, 'unixepoch') "                  \
	"ORDER BY t, what"

#define CALL                                                                   \
	"SELECT id, started_at, trunk, from_uri, to_uri, caller, "             \
	"explanation, answered_at, ended_at, status, EXISTS (SELECT 1 "        \
	"FROM reports WHERE number = calls.caller AND created_at >= "          \
	"datetime(calls.started_at / 1000, 'unixepoch')) "                     \
	"FROM calls WHERE rowid = ?1"

#define REPORT                                                                 \
	"SELECT r.call, r.number, s.name FROM reports AS r "                   \
	"JOIN subscribers AS s ON s.id = r.subscriber WHERE r.id = ?1"

enum { CALL_STARTS, CALL_ENDS, REPORT_COMES };

enum {
	COLUMN_ID,
	COLUMN_STARTED,
	COLUMN_TRUNK,
	COLUMN_FROM_URI,
	COLUMN_TO_URI,
	COLUMN_CALLER,
	COLUMN_EXPLANATION,
	COLUMN_ANSWERED,
	COLUMN_ENDED,
	COLUMN_STATUS,
	COLUMN_REPORTED,
};

struct outcome {
	enum verdict_action action;
	int score;
};

/* What became of calls that go the same way. */
struct tally {
	unsigned long calls, answered, talked, reported;
};

struct since {
	struct replay now, new;
	struct outcome by_now, by_new; /* of the last call */
	struct store *store;
	bool json;
	unsigned long no_trunk, shown;
	struct tally tallies[TREATMENTS][TREATMENTS];
};

static void on_now(struct replay *replay, const json_t *event,
		   const struct verdict *verdict)
{
	struct since *since = replay->arg;

	(void)event;
	since->by_now = (struct outcome){verdict->treatment, verdict->score};
}

static void on_new(struct replay *replay, const json_t *event,
		   const struct verdict *verdict)
{
	struct since *since = replay->arg;

	(void)event;
	since->by_new = (struct outcome){verdict->treatment, verdict->score};
}

static const char *text_or_null(struct store_stmt *stmt, int column)
{
	return stmt_is_null(stmt, column) ? NULL : stmt_text(stmt, column);
}

/* The number as it was understood then, whichever header it came from. */
static const char *caller_of(struct store_stmt *call)
{
	const char *caller = stmt_text(call, COLUMN_CALLER);

	if (strcmp(caller, "anonymous") == 0)
		return "sip:anonymous@anonymous.invalid";
	if (*caller == '+' || (*caller >= '0' && *caller <= '9'))
		return caller;
	return text_or_null(call, COLUMN_FROM_URI);
}

static json_t *call_event(struct store_stmt *call)
{
	json_t *explanation =
		json_loads(stmt_text(call, COLUMN_EXPLANATION), 0, NULL);
	json_t *facts = json_object_get(explanation, "facts");
	const char *caller = caller_of(call);
	const char *bypass =
		json_string_value(json_object_get(facts, "bypass"));
	json_t *event = json_pack(
		"{s:s, s:f, s:s, s:s?, s:s?, s:s?, s:s?, s:O*, s:O*, s:O*, "
		"s:O*, s:s*, s:s*, s:O*}",
		"event", "call", "t",
		(double)stmt_int(call, COLUMN_STARTED) / 1000, "id",
		stmt_text(call, COLUMN_ID), "trunk",
		text_or_null(call, COLUMN_TRUNK), "from", caller, "pai", caller,
		"to", text_or_null(call, COLUMN_TO_URI), "display",
		json_object_get(facts, "display"), "stir",
		json_object_get(facts, "stir"), "signer",
		json_object_get(facts, "signer"), "origid",
		json_object_get(facts, "origid"), "privacy",
		json_is_true(json_object_get(facts, "withheld")) ? "id" : NULL,
		"priority",
		bypass && !strcmp(bypass, "psap") ? "psap-callback" : NULL,
		"signals", json_object_get(explanation, "signals"));

	json_decref(explanation);
	return event;
}

static int64_t talked_ms(struct store_stmt *call)
{
	int64_t answered = stmt_int(call, COLUMN_ANSWERED);

	return answered ? stmt_int(call, COLUMN_ENDED) - answered : 0;
}

static json_t *end_event(struct store_stmt *call)
{
	int64_t started = stmt_int(call, COLUMN_STARTED);
	int64_t answered = stmt_int(call, COLUMN_ANSWERED);
	int64_t ended = stmt_int(call, COLUMN_ENDED);

	return json_pack(
		"{s:s, s:f, s:s, s:b, s:I, s:f, s:f}", "event", "ended", "t",
		(double)ended / 1000, "id", stmt_text(call, COLUMN_ID),
		"answered", answered != 0, "status",
		(json_int_t)stmt_int(call, COLUMN_STATUS), "ring",
		(double)((answered ? answered : ended) - started) / 1000,
		"talk", (double)talked_ms(call) / 1000);
}

static json_t *report_event(struct store_stmt *report, int64_t t)
{
	const char *call = stmt_text(report, 0);

	return json_pack("{s:s, s:f, s:s*, s:s, s:s}", "event", "report", "t",
			 (double)t / 1000, "call", *call ? call : NULL,
			 "number", stmt_text(report, 1), "subscriber",
			 stmt_text(report, 2));
}

static void feed(struct since *since, json_t *event)
{
	if (!event)
		return;
	replay_event(&since->now, event);
	replay_event(&since->new, event);
	json_decref(event);
}

static void count(struct since *since, struct store_stmt *call)
{
	struct tally *tally =
		&since->tallies[since->by_now.action][since->by_new.action];

	tally->calls++;
	tally->answered += !stmt_is_null(call, COLUMN_ANSWERED);
	tally->talked += talked_ms(call) > TALK_MS;
	tally->reported += stmt_int(call, COLUMN_REPORTED) != 0;
}

static void print_json(const struct since *since, struct store_stmt *call)
{
	const struct outcome *now = &since->by_now, *new = &since->by_new;
	json_t *flip = json_pack(
		"{s:s, s:I, s:s?, s:{s:s, s:i}, s:{s:s, s:i}, s:b, s:f, s:b}",
		"id", stmt_text(call, COLUMN_ID), "started_at",
		(json_int_t)stmt_int(call, COLUMN_STARTED), "caller",
		text_or_null(call, COLUMN_CALLER), "now", "action",
		verdict_action_name(now->action), "score", now->score, "new",
		"action", verdict_action_name(new->action), "score", new->score,
		"answered", !stmt_is_null(call, COLUMN_ANSWERED), "talked_s",
		(double)talked_ms(call) / 1000, "reported",
		stmt_int(call, COLUMN_REPORTED) != 0);

	json_dumpf(flip, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(flip);
}

static void print_words(const struct since *since, struct store_stmt *call)
{
	const struct outcome *now = &since->by_now, *new = &since->by_new;
	char when[TIME_TEXT];

	printf("%s  %s  ", print_time(when, stmt_int(call, COLUMN_STARTED)),
	       stmt_text(call, COLUMN_ID));
	print_text(stmt_text(call, COLUMN_CALLER), 16);
	printf("  %s at %d -> %s at %d", verdict_action_name(now->action),
	       now->score, verdict_action_name(new->action), new->score);
	if (!stmt_is_null(call, COLUMN_ANSWERED))
		printf(", answered, %" PRId64 " s", talked_ms(call) / 1000);
	if (stmt_int(call, COLUMN_REPORTED))
		printf(", reported since");
	printf("\n");
}

static void print_flip(struct since *since, struct store_stmt *call)
{
	if (since->json)
		print_json(since, call);
	else if (since->shown++ < SHOWN)
		print_words(since, call);
}

/* A trunk of which one of the two knows nothing says nothing of them. */
static bool is_known(const struct since *since, const char *trunk)
{
	return config_trunk_named(since->now.engine.config, trunk) &&
	       config_trunk_named(since->new.engine.config, trunk);
}

static void call_starts(struct since *since, struct store_stmt *call)
{
	if (!is_known(since, stmt_text(call, COLUMN_TRUNK))) {
		since->no_trunk++;
		return;
	}
	feed(since, call_event(call));
	count(since, call);
	if (since->by_now.action != since->by_new.action)
		print_flip(since, call);
}

static int happens(struct since *since, int what, int64_t at, int64_t t)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, since->store,
				what == REPORT_COMES ? REPORT : CALL);

	if (err)
		return err;
	stmt_bind_int(stmt, 1, at);
	err = stmt_step(stmt);
	if (err <= 0)
		return err;
	if (what == REPORT_COMES)
		feed(since, report_event(stmt, t));
	else if (what == CALL_STARTS)
		call_starts(since, stmt);
	else if (is_known(since, stmt_text(stmt, COLUMN_TRUNK)))
		feed(since, end_event(stmt));
	stmt_reset(stmt);
	return 0;
}

static int run(struct since *since, int64_t from_ms)
{
	struct store_stmt *line;
	int more = 0, err = store_prepare(&line, since->store, TIMELINE);

	if (err)
		return err;
	stmt_bind_int(line, 1, from_ms);
	while (!err && (more = stmt_step(line)) == 1)
		err = happens(since, (int)stmt_int(line, 1), stmt_int(line, 2),
			      stmt_int(line, 0));
	stmt_reset(line);
	return err ? err : more;
}

static void print_tally(const char *from, const char *to,
			const struct tally *tally)
{
	printf("  %-9s -> %-9s %9lu %9lu %9lu %9lu\n", from, to, tally->calls,
	       tally->answered, tally->talked, tally->reported);
}

static void print_sum(const struct since *since, const char *new)
{
	unsigned long same = 0;

	if (since->shown > SHOWN)
		printf("and %lu more; --json prints all\n",
		       since->shown - SHOWN);
	printf("\n  now          %-9.9s     calls  answered  over 60s  "
	       "reported\n",
	       "new");
	for (int i = 0; i < TREATMENTS; i++)
		for (int j = 0; j < TREATMENTS; j++) {
			if (i == j)
				same += since->tallies[i][j].calls;
			else if (since->tallies[i][j].calls)
				print_tally(verdict_action_name(i),
					    verdict_action_name(j),
					    &since->tallies[i][j]);
		}
	printf("  the same by both       %9lu\n\n", same);
	printf("By %s and the configuration in use, both knowing nothing at "
	       "first and with the\nlists of now; reputation services as they "
	       "answered then. Calls that were\nrefused have no duration.\n",
	       new);
	if (since->no_trunk)
		printf("%lu calls were left out: one of the two does not have "
		       "their trunk.\n",
		       since->no_trunk);
}

static int open_both(struct since *since, const struct cli *cli,
		     const char *config)
{
	struct cli where = *cli;
	char *path = database_path(cli);
	int status = path ? EXIT_DONE : EXIT_FAILED;

	where.database = path;
	if (!status)
		status = database_open(&since->store, &where, STORE_EXISTING);
	if (!status)
		status = replay_open(&since->now, &where, cli->config);
	if (!status)
		status = replay_open(&since->new, &where, config);
	free(path);
	return status;
}

int replay_since(const struct cli *cli, const char *config, const char *from,
		 bool json)
{
	struct since since = {
		.now = {.h = on_now, .recorded = true, .arg = &since},
		.new = {.h = on_new, .recorded = true, .arg = &since},
		.json = json,
	};
	long span = read_span(from, SPAN_MAX);
	int64_t from_ms = now_wall_ms() - span * 1000;
	int status, err;

	if (!span)
		return usage_error("Since when? --since takes a time such as "
				   "12h or 7d.");
	status = open_both(&since, cli, config);
	if (!status) {
		err = run(&since, from_ms);
		now_real();
		if (err)
			status = database_failure(since.store, err);
		else if (!json)
			print_sum(&since, config);
	}
	replay_close(&since.now);
	replay_close(&since.new);
	store_close(since.store);
	return status;
}
