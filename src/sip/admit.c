/* Admission: how many calls there are, in which state and how often new ones
 * come, by trunk and in all. The stack searches its retransmission queue in
 * line, so what matters most is that INVITEs without response and answers
 * without ACK stay few. A phone that rings costs nothing.
 *
 * A trunk that floods us must not shut out the others. Its own limits come
 * first, and what they refuse takes nothing of the limits of all. Where these
 * are reached, a trunk that has less than its equal share passes all the same;
 * so they can be exceeded, at most by as much again. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "callsieve/core/loop.h"

#define SECOND_US 1000000

static const struct limit trunk_calls = {"trunk-calls",
					 METRIC_OF_SHED_TRUNK_CALLS};
static const struct limit trunk_setup = {"trunk-setup",
					 METRIC_OF_SHED_TRUNK_SETUP};
static const struct limit trunk_unacked = {"trunk-unacked",
					   METRIC_OF_SHED_TRUNK_UNACKED};
static const struct limit trunk_rate = {"trunk-rate",
					METRIC_OF_SHED_TRUNK_RATE};
static const struct limit all_calls = {"calls", METRIC_OF_SHED_CALLS};
static const struct limit all_setup = {"setup", METRIC_OF_SHED_SETUP};
static const struct limit all_unacked = {"unacked", METRIC_OF_SHED_UNACKED};
static const struct limit all_rate = {"rate", METRIC_OF_SHED_RATE};
static const struct limit lag = {"lag", METRIC_OF_SHED_LAG};
static const struct limit queue = {"queue", METRIC_OF_SHED_QUEUE};
static const struct limit draining = {"draining", METRIC_OF_SHED_DRAINING};

static struct trunk_load *trunk_load_for(struct sip *sip, const char *name)
{
	struct trunk_load *load;
	size_t size = strlen(name) + 1;

	SLIST_FOREACH (load, &sip->trunk_loads, link)
		if (strcmp(load->name, name) == 0)
			return load;
	load = calloc(1, sizeof(*load) + size);
	if (!load)
		return NULL;
	memcpy(load->name, name, size);
	load->metrics = metric_subject("trunk", name);
	SLIST_INSERT_HEAD(&sip->trunk_loads, load, link);
	return load;
}

/* For each trunk of a configuration its load; free() the array. Made before
 * any call comes, so that none lacks memory. */
struct trunk_load **trunk_loads_new(struct sip *sip,
				    const struct config *config)
{
	struct trunk_load **loads =
		calloc(config->trunks_count, sizeof(struct trunk_load *));

	for (size_t i = 0; loads && i < config->trunks_count; i++) {
		loads[i] = trunk_load_for(sip, config->trunks[i].name);
		if (!loads[i]) {
			free(loads);
			loads = NULL;
		}
	}
	return loads;
}

void trunk_loads_free(struct sip *sip)
{
	struct trunk_load *load;

	while ((load = SLIST_FIRST(&sip->trunk_loads))) {
		SLIST_REMOVE_HEAD(&sip->trunk_loads, link);
		free(load);
	}
	free(sip->loads);
}

/* `trunk` is one of the present configuration. */
struct trunk_load *trunk_load_of(const struct sip *sip,
				 const struct config_trunk *trunk)
{
	return sip->loads[trunk - sip->config->trunks];
}

static struct rate rate_for(const struct config_limits *limits, size_t sharers)
{
	unsigned burst = limits->calls_burst ? limits->calls_burst
					     : limits->max_calls_per_s;

	burst /= (unsigned)sharers;
	return rate_of(limits->max_calls_per_s, SECOND_US * sharers,
		       burst ? burst : 1);
}

static bool reached(unsigned count, unsigned max)
{
	return max && count >= max;
}

static const struct limit *over_own(const struct load *load,
				    const struct config_limits *limits,
				    uint64_t now_us)
{
	struct rate rate;

	if (reached(load->calls, limits->max_calls))
		return &trunk_calls;
	if (reached(load->setup, limits->max_setup))
		return &trunk_setup;
	if (reached(load->unacked, limits->max_unacked))
		return &trunk_unacked;
	if (!limits->max_calls_per_s)
		return NULL;
	rate = rate_for(limits, 1);
	return bucket_has(&load->rate, &rate, now_us) ? NULL : &trunk_rate;
}

/* All have reached it, and this trunk has at least its share. */
static bool shared_out(unsigned all, unsigned own, unsigned max, size_t sharers)
{
	return reached(all, max) && own >= max / sharers;
}

static const struct limit *over_all(const struct sip *sip,
				    const struct trunk_load *load,
				    uint64_t now_us)
{
	const struct config_limits *limits = &sip->config->limits;
	const struct load *all = &sip->load, *own = &load->load;
	size_t sharers = sip->config->trunks_count;
	struct rate rate, share;

	if (shared_out(all->calls, own->calls, limits->max_calls, sharers))
		return &all_calls;
	if (shared_out(all->setup, own->setup, limits->max_setup, sharers))
		return &all_setup;
	if (shared_out(all->unacked, own->unacked, limits->max_unacked,
		       sharers))
		return &all_unacked;
	if (!limits->max_calls_per_s)
		return NULL;
	rate = rate_for(limits, 1);
	share = rate_for(limits, sharers);
	return bucket_has(&all->rate, &rate, now_us) ||
			       bucket_has(&load->share, &share, now_us)
		       ? NULL
		       : &all_rate;
}

/* We are late, and this trunk is not one of those that ask little of us. */
static const struct limit *late(struct sip *sip, const struct load *own)
{
	unsigned max_ms = sip->config->max_loop_lag_ms;
	bool queued = backlog_standing_ms(sip) > max_ms;

	if (own->setup < sip->load.setup / sip->config->trunks_count)
		return NULL;
	if (queued)
		return &queue;
	return loop_lag_ms(sip->loop) > max_ms ? &lag : NULL;
}

/* Which limit says no, or NULL. */
const struct limit *admit_refusal(struct sip *sip,
				  const struct config_trunk *trunk,
				  const struct trunk_load *load,
				  uint64_t now_us)
{
	const struct limit *limit;

	if (sip->draining)
		return &draining;
	limit = over_own(&load->load, &trunk->limits, now_us);
	if (!limit)
		limit = over_all(sip, load, now_us);
	return limit ? limit : late(sip, &load->load);
}

/* A call was admitted: its tokens are spent. A trunk's share does not go into
 * debt: what it had beyond, while there was plenty, is forgotten. */
void admit_take(struct sip *sip, const struct config_trunk *trunk,
		struct trunk_load *load, uint64_t now_us)
{
	const struct config_limits *limits = &sip->config->limits;
	struct rate rate;

	if (trunk->limits.max_calls_per_s) {
		rate = rate_for(&trunk->limits, 1);
		bucket_take(&load->load.rate, &rate, now_us);
	}
	if (!limits->max_calls_per_s)
		return;
	rate = rate_for(limits, 1);
	bucket_take(&sip->load.rate, &rate, now_us);
	rate = rate_for(limits, sip->config->trunks_count);
	if (bucket_has(&load->share, &rate, now_us))
		bucket_take(&load->share, &rate, now_us);
}

static void show(const struct sip *sip, const struct trunk_load *load)
{
	metric_set(METRIC_CALLS_CURRENT, sip->load.calls);
	metric_of_set(load->metrics, METRIC_OF_TRUNK_CALLS, load->load.calls);
	metric_of_set(load->metrics, METRIC_OF_TRUNK_SETUP, load->load.setup);
	metric_of_set(load->metrics, METRIC_OF_TRUNK_UNACKED,
		      load->load.unacked);
}

void load_calls(struct sip *sip, struct trunk_load *load, int more)
{
	sip->load.calls += (unsigned)more;
	load->load.calls += (unsigned)more;
	show(sip, load);
}

void load_unacked(struct sip *sip, struct trunk_load *load, int more)
{
	sip->load.unacked += (unsigned)more;
	load->load.unacked += (unsigned)more;
	show(sip, load);
}

static unsigned *counter(struct load *load, enum call_state state)
{
	switch (state) {
	case CALL_SCREENING:
	case CALL_TRYING:
		return &load->setup;
	case CALL_ANSWERED:
		return &load->unacked;
	case CALL_RINGING:
	case CALL_UP:
	case CALL_ENDING:
		break;
	}
	return NULL;
}

static void shift(struct load *load, enum call_state from, enum call_state to)
{
	if (counter(load, from))
		--*counter(load, from);
	if (counter(load, to))
		++*counter(load, to);
}

void load_count(struct call *call, enum call_state from, enum call_state to)
{
	shift(&call->sip->load, from, to);
	shift(&call->load->load, from, to);
	show(call->sip, call->load);
}
