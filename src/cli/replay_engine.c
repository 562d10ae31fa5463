/* What replay decides with: the parts of the daemon that decide, on a loop and
 * a database of their own. */
#include "replay.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/config.h"
#include "callsieve/core/digest.h"
#include "callsieve/core/loop.h"
#include "callsieve/fetch.h"
#include "callsieve/lists.h"
#include "callsieve/reports.h"
#include "callsieve/reputation.h"
#include "callsieve/store.h"

#include "command.h"
#include "database.h"

#define ERRORS_MAX (64 * 1024)
#define STEP_MS	   50

/* Larger than a daemon's, for a recording may be of a whole carrier. */
#define SUBJECTS (1 << 18)
#define PAIRS	 (1 << 20)

static int load(struct engine *engine, const char *path)
{
	struct buf errors;
	int err;

	buf_init(&errors, ERRORS_MAX);
	err = config_load(&engine->config, path, &errors);
	if (err)
		failure("%s cannot be used%s%s", path,
			errors.len ? ":\n" : ": ",
			errors.len ? errors.data : strerror(-err));
	buf_fini(&errors);
	return err;
}

static int start(struct engine *engine)
{
	struct screen_params params;
	int err = loop_new(&engine->loop);

	if (!err)
		err = fetch_new(&engine->fetch, engine->loop);
	if (!err)
		err = store_open(&engine->store, ":memory:", STORE_CREATE, 0);
	if (!err)
		err = lists_new(&engine->lists, NULL);
	if (!err)
		err = reports_new(&engine->reports, NULL);
	if (!err)
		err = complaints_new(&engine->complaints, NULL);
	if (!err)
		err = history_new(&engine->history, SUBJECTS, PAIRS);
	if (!err)
		err = providers_new(&engine->providers, engine->loop,
				    engine->fetch, engine->config);
	if (!err)
		err = treatments_new(&engine->treatments);
	if (err)
		return err;
	params = (struct screen_params){
		.lists = engine->lists,
		.reports = engine->reports,
		.complaints = engine->complaints,
		.history = engine->history,
		.providers = engine->providers,
	};
	err = screen_new(&engine->screen, &params);
	if (!err)
		screen_configure(engine->screen, engine->config);
	return err;
}

/* Opening the database first brings it to the schema that is copied. */
int engine_take(struct engine *engine, const struct cli *cli, bool reports)
{
	struct store *store;
	int err, status;

	status = database_open(&store, cli, STORE_EXISTING);
	if (status)
		return status;
	store_close(store);
	err = lists_copy(engine->store, cli->database, reports);
	if (!err)
		err = engine_refresh(engine);
	return err ? database_failure(engine->store, err) : EXIT_DONE;
}

int engine_open(struct engine *engine, const char *config)
{
	int err;

	/* Two runs give the same answers. */
	random_fix();
	if (load(engine, config))
		return EXIT_FAILED;
	err = start(engine);
	if (err)
		return failure("The engine does not start: %s.",
			       strerror(-err));
	return EXIT_DONE;
}

void engine_close(struct engine *engine)
{
	screen_free(engine->screen);
	treatments_free(engine->treatments);
	providers_free(engine->providers);
	history_free(engine->history);
	complaints_free(engine->complaints);
	reports_free(engine->reports);
	lists_free(engine->lists);
	store_close(engine->store);
	fetch_free(engine->fetch);
	loop_free(engine->loop);
	config_free(engine->config);
}

struct waiting {
	struct verdict *verdict;
	bool done;
};

static void on_verdict(const struct verdict *verdict, void *arg)
{
	struct waiting *waiting = arg;

	*waiting->verdict = *verdict;
	waiting->done = true;
}

static void ask(struct engine *engine, const struct facts *facts,
		struct verdict *verdict)
{
	struct verdict sofar = *verdict;
	struct waiting waiting = {.verdict = verdict};
	struct screening *screening = NULL;

	if (screen_ask(&screening, engine->screen, facts, &sofar, on_verdict,
		       &waiting))
		return;
	while (!waiting.done)
		loop_step(engine->loop, STEP_MS);
	screening_free(screening);
}

void engine_treat(struct engine *engine, const struct config_trunk *trunk,
		  const struct facts *facts, struct verdict *verdict)
{
	const struct treatment_params treatment = {
		.config = engine->config,
		.trunk = trunk,
		.facts = facts,
	};

	treatments_decide(engine->treatments, &treatment, verdict);
}

void engine_decide(struct engine *engine, const struct config_trunk *trunk,
		   const struct facts *facts, struct verdict *verdict)
{
	if (!screen_decide(engine->screen, facts, verdict))
		ask(engine, facts, verdict);
	while (providers_unawaited(engine->providers))
		loop_step(engine->loop, STEP_MS);
	engine_treat(engine, trunk, facts, verdict);
}

int engine_refresh(struct engine *engine)
{
	int err = lists_refresh(engine->store, engine->lists);

	/* Merely wants a pause. */
	while (err == -EAGAIN) {
		loop_step(engine->loop, STEP_MS);
		err = lists_refresh(engine->store, engine->lists);
	}
	if (!err)
		err = reports_refresh(engine->store, engine->reports);
	if (!err)
		err = complaints_refresh(engine->store, engine->complaints);
	return err;
}
