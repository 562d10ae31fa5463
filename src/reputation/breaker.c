#include "breaker.h"

/* One good answer may be luck. */
#define GOOD_PROBES 3

#define REFUSED_MAX 100 /* enough for a probe at any percentage */

bool breaker_allows(const struct breaker *breaker,
		    const struct breaker_limits *limits, uint64_t now)
{
	if (!breaker->open)
		return true;
	return now >= breaker->retry_ms &&
	       (breaker->refused + 1) * limits->probe_percent >= 100;
}

void breaker_begin(struct breaker *breaker)
{
	breaker->refused = 0;
}

void breaker_refused(struct breaker *breaker)
{
	if (breaker->refused < REFUSED_MAX)
		breaker->refused++;
}

/* Two halves, one of them under way: what is older than the window is
 * forgotten at the latest, than half of it at the soonest. */
static void turn(struct breaker *breaker, uint64_t now, uint64_t window_ms)
{
	uint64_t halves = (now - breaker->half_ms) / (window_ms / 2 + 1);

	if (!halves)
		return;
	breaker->half_ms = now;
	breaker->halves[1] = breaker->halves[0];
	if (halves > 1)
		breaker->halves[1].requests = breaker->halves[1].failures = 0;
	breaker->halves[0].requests = breaker->halves[0].failures = 0;
}

bool breaker_success(struct breaker *breaker,
		     const struct breaker_limits *limits, uint64_t now)
{
	turn(breaker, now, limits->window_ms);
	breaker->halves[0].requests++;
	breaker->row = 0;
	/* A late answer to a question from before it opened: no news. */
	if (!breaker->open || now < breaker->retry_ms)
		return false;
	breaker->refused = REFUSED_MAX; /* the next may be asked at once */
	if (++breaker->good < GOOD_PROBES)
		return false;
	*breaker = (struct breaker){.half_ms = now};
	return true;
}

static bool too_many(const struct breaker *breaker,
		     const struct breaker_limits *limits)
{
	unsigned failures =
		breaker->halves[0].failures + breaker->halves[1].failures;
	unsigned requests =
		breaker->halves[0].requests + breaker->halves[1].requests;

	if (!limits->failures)
		return false;
	/* In a row: with few calls the window never fills. */
	return breaker->row >= limits->failures ||
	       (failures >= limits->failures &&
		failures * 100 >= requests * limits->percent);
}

static void open_until(struct breaker *breaker, uint64_t retry_ms)
{
	breaker->open = true;
	breaker->good = 0;
	breaker->retry_ms = retry_ms;
	/* So that the first question afterwards is a probe. */
	breaker->refused = REFUSED_MAX;
}

bool breaker_failure(struct breaker *breaker,
		     const struct breaker_limits *limits, uint64_t now)
{
	bool was_open = breaker->open;

	if (was_open && now < breaker->retry_ms)
		return false;
	turn(breaker, now, limits->window_ms);
	breaker->halves[0].requests++;
	breaker->halves[0].failures++;
	breaker->row++;
	if (!was_open && !too_many(breaker, limits))
		return false;
	open_until(breaker, now + limits->open_ms);
	return !was_open;
}

bool breaker_pause(struct breaker *breaker, uint64_t now, uint64_t ms)
{
	bool was_open = breaker->open;

	if (!was_open || breaker->retry_ms < now + ms)
		open_until(breaker, now + ms);
	return !was_open;
}
