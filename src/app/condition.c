#include "condition.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"
#include "callsieve/core/control.h"
#include "callsieve/core/metrics.h"
#include "callsieve/lists.h"
#include "callsieve/sip.h"
#include "callsieve/store.h"
#include "reload.h"

#define LINE	"%-16s"
#define PROBLEM LINE CONTROL_PROBLEM

static void print_span(char *to, size_t size, int64_t seconds)
{
	if (seconds < 120)
		snprintf(to, size, "%" PRId64 " s", seconds);
	else if (seconds < 2 * 3600)
		snprintf(to, size, "%" PRId64 " min", seconds / 60);
	else if (seconds < 2 * 86400)
		snprintf(to, size, "%" PRId64 " h", seconds / 3600);
	else
		snprintf(to, size, "%" PRId64 " days", seconds / 86400);
}

static int tell_process(struct buf *buf, const struct running *running)
{
	char up[32];

	print_span(up, sizeof(up), now_wall_s() - running->started_s);
	return buf_printf(buf,
			  LINE CALLSIEVE_VERSION ", process %ld, up for %s, "
						 "configuration %u\n",
			  "callsieved", (long)getpid(), up,
			  running->config->version);
}

static int tell_calls(struct buf *buf, const struct running *running)
{
	return buf_printf(
		buf, LINE "%u now%s\n", "calls", sip_calls(running->sip),
		running->draining ? "; it is about to end: new ones get 503"
				  : "");
}

static int tell_database(struct buf *buf, const struct running *running)
{
	int64_t queued = metric_get(METRIC_RECORDS_QUEUED);
	int64_t dropped = metric_get(METRIC_RECORDS_DROPPED);
	int64_t since_s;
	int problem = store_worker_problem(running->worker, &since_s);
	char how_long[32];

	if (!problem)
		return buf_printf(buf,
				  LINE "in use, %" PRId64
				       " records written since it started, "
				       "%" PRId64 " dropped\n",
				  "database",
				  metric_get(METRIC_RECORDS_WRITTEN), dropped);
	print_span(how_long, sizeof(how_long), now_wall_s() - since_s);
	return buf_printf(buf,
			  PROBLEM "%s (for %s). Calls go on; %" PRId64
				  " of at most %u records wait, %" PRId64
				  " were dropped\n",
			  "database", store_problem(problem), how_long, queued,
			  running->config->record_queue, dropped);
}

static int tell_lists(struct buf *buf, const struct running *running)
{
	if (!lists_generation(running->lists))
		return buf_printf(buf,
				  PROBLEM "none were loaded since it started: "
					  "nobody is blocked or allowed by "
					  "them\n",
				  "lists");
	return buf_printf(buf,
			  LINE "%" PRId64 " entries in use; %" PRId64
			       " edits are on their way\n",
			  "lists", metric_get(METRIC_LIST_ENTRIES),
			  metric_get(METRIC_LIST_BEHIND));
}

static int tell_shadows(struct buf *buf, const struct config *config)
{
	const struct config_trunk *trunk;
	int err = 0;

	for (size_t i = 0; !err && i < config->trunks_count; i++) {
		trunk = &config->trunks[i];
		if (!trunk->screen)
			err = buf_printf(buf,
					 LINE "%s: screen = no, its calls pass "
					      "unjudged\n",
					 "trunk", trunk->name);
		else if (trunk->enforce != ENFORCE_YES)
			err = buf_printf(buf,
					 LINE "%s: in shadow mode, its calls "
					      "pass%s\n",
					 "trunk", trunk->name,
					 trunk->enforce == ENFORCE_LABEL
						 ? " with labels"
						 : "");
	}
	return err;
}

static int tell_gateways(struct buf *buf, const struct config *config)
{
	size_t up = 0;
	int err = 0;

	for (size_t i = 0; !err && i < config->gateways_count; i++) {
		const char *name = config->gateways[i].name;

		if (metric_of_get(metric_subject("gateway", name),
				  METRIC_OF_GATEWAY_UP))
			up++;
		else
			err = buf_printf(buf, PROBLEM "%s is down\n", "gateway",
					 name);
	}
	if (err)
		return err;
	return buf_printf(buf, LINE "%zu of %zu take calls\n", "gateways", up,
			  config->gateways_count);
}

static int tell_reputation(struct buf *buf, const struct config *config)
{
	int err = 0;

	for (size_t i = 0; !err && i < config->reputations_count; i++) {
		const char *name = config->reputations[i].name;

		if (!name || !*name)
			name = "reputation";
		if (metric_of_get(metric_subject("provider", name),
				  METRIC_OF_REP_BREAKER_OPEN))
			err = buf_printf(buf,
					 PROBLEM "%s keeps failing and is not "
						 "asked; calls go on without\n",
					 "reputation", name);
	}
	return err;
}

int condition_tell(struct buf *buf, const struct running *running)
{
	const struct config *config = running->config;
	int err = tell_process(buf, running);

	if (!err)
		err = tell_calls(buf, running);
	if (!err)
		err = tell_database(buf, running);
	if (!err)
		err = tell_lists(buf, running);
	if (!err)
		err = tell_gateways(buf, config);
	if (!err)
		err = tell_reputation(buf, config);
	if (!err)
		err = tell_shadows(buf, config);
	return err;
}
