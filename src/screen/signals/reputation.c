/* What an outside service says of the caller. A known risk is always shown,
 * also one that adds nothing: who reads why a call was let through wants to
 * see that it was asked for. */
#include "signals.h"

#include <stdio.h>
#include <string.h>

#include "callsieve/model/verdict.h"
#include "callsieve/reputation.h"

/* The words of metrics and the log, for people. */
static const char *in_words(const char *why)
{
	static const struct {
		const char *why, *words;
	} table[] = {
		{"deadline", "no answer in time"},
		{"breaker", "not asked, it has failed too often"},
		{"limit", "not asked, too many questions are open"},
		{"quota", "not asked, the day's quota is used up"},
		{"malformed", "its answer makes no sense"},
		{"refused", "it refused to answer"},
	};

	for (size_t i = 0; why && i < sizeof(table) / sizeof(*table); i++)
		if (!strcmp(why, table[i].why))
			return table[i].words;
	return "not reached, or it answered with an error";
}

bool reputation_signal(const struct rep_answer *answer, struct signal_hit *hit)
{
	const char *name = answer->name, *colon = *name ? ": " : "";

	*hit = (struct signal_hit){.name = "reputation"};
	switch (answer->status) {
	case REP_UNKNOWN:
		return false;
	case REP_UNAVAILABLE:
		hit->points = answer->points;
		hit->outcome = hit->points ? SIGNAL_FIRED : SIGNAL_UNAVAILABLE;
		snprintf(hit->detail, sizeof(hit->detail), "%s%s%s", name,
			 colon, in_words(answer->why));
		return true;
	case REP_KNOWN:
		break;
	}
	hit->outcome = SIGNAL_FIRED;
	hit->points = answer->points;
	if (answer->allow) {
		snprintf(hit->detail, sizeof(hit->detail),
			 "%s%sknown to be good%s", name, colon,
			 answer->cached ? " (cached)" : "");
		return true;
	}
	snprintf(hit->detail, sizeof(hit->detail), "%s%s%s%srisk %d of 100%s%s",
		 name, colon, answer->label, *answer->label ? ", " : "",
		 answer->risk, answer->cached ? " (cached)" : "",
		 hit->points ? "" : ", too low to count");
	return true;
}
