/* Admission: how many calls there are, in which state, by trunk and in all.
 * The stack searches its retransmission queue in line, so what matters most is
 * that INVITEs without response and answers without ACK stay few. A phone that
 * rings costs nothing. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "callsieve/core/loop.h"

struct trunk_load *trunk_load_for(struct sip *sip, const char *name)
{
	struct trunk_load *load;
	size_t size = strlen(name) + 1;

	SLIST_FOREACH(load, &sip->trunk_loads, link)
	if (strcmp(load->name, name) == 0)
		return load;
	load = calloc(1, sizeof(*load) + size);
	if (!load)
		return NULL;
	memcpy(load->name, name, size);
	SLIST_INSERT_HEAD(&sip->trunk_loads, load, link);
	return load;
}

static const char *over(const struct load *load,
			const struct config_limits *limits)
{
	if (limits->max_calls && load->calls >= limits->max_calls)
		return "calls";
	if (limits->max_setup && load->setup >= limits->max_setup)
		return "setup";
	if (limits->max_unacked && load->unacked >= limits->max_unacked)
		return "unacked";
	return NULL;
}

/* Which limit says no, or NULL. */
const char *admit_refusal(const struct sip *sip,
			  const struct config_trunk *trunk,
			  const struct trunk_load *load)
{
	const char *limit;

	if (sip->draining)
		return "draining";
	limit = over(&sip->load, &sip->config->limits);
	if (!limit)
		limit = over(&load->load, &trunk->limits);
	if (!limit && sip->config->max_loop_lag_ms &&
	    loop_lag_ms(sip->loop) > sip->config->max_loop_lag_ms)
		limit = "lag";
	return limit;
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
}
