/* What an outside service says of the caller. Every service that was asked is
 * shown, also one that adds nothing, knows nothing or was left out: who reads
 * why a call was let through wants to see that it was asked for. */
#include "signals.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/model/verdict.h"
#include "callsieve/reputation.h"

#define WORDS_MAX 100

/* The words of metrics and the log, for people. */
static const struct {
	const char *why, *words;
} causes[] = {
	{"deadline", "no answer in time"},
	{"breaker", "not asked, as it keeps failing"},
	{"limit", "not asked, as max_in_flight or max_per_s was reached"},
	{"quota", "not asked, as its questions of today are used up"},
	{"malformed", "no score could be read from its answer"},
	{"refused", "its answer is an error by ok_when"},
	{"oversized", "its answer is larger than max_body"},
};

static const char *of_status(int status)
{
	switch (status) {
	case 401:
	case 403:
		return ", so look at its secret";
	case 429:
		return ", so it is asked too often";
	default:
		return status < 400 ? ", which is not followed" : "";
	}
}

static const char *of_error(int err)
{
	switch (err) {
	case -ECONNREFUSED:
		return "it does not take connections";
	case -ENOENT:
		return "its name has no address";
	case -EKEYREJECTED:
		return "its certificate is not trusted (tls_ca)";
	default:
		return "it broke off without an answer";
	}
}

static void say_cause(char buf[WORDS_MAX], const struct rep_answer *answer)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(*causes); i++)
		if (answer->why && !strcmp(answer->why, causes[i].why)) {
			snprintf(buf, WORDS_MAX, "%s", causes[i].words);
			return;
		}
	if (answer->cause > 0)
		snprintf(buf, WORDS_MAX, "it answered with status %d%s",
			 answer->cause, of_status(answer->cause));
	else
		snprintf(buf, WORDS_MAX, "%s", of_error(answer->cause));
}

static void say_risk(char buf[WORDS_MAX], const struct rep_answer *answer)
{
	if (answer->allow)
		snprintf(buf, WORDS_MAX, "known to be good");
	else
		snprintf(buf, WORDS_MAX, "%s%srisk %d of 100", answer->label,
			 *answer->label ? ", " : "", answer->risk);
}

static const char *ending(const struct rep_answer *answer,
			  const struct signal_hit *hit)
{
	if (hit->outcome == SIGNAL_UNAVAILABLE)
		return "; left out";
	if (hit->outcome == SIGNAL_FIRED && !hit->points && !answer->allow)
		return ", too low to count";
	return "";
}

void reputation_signal(const struct rep_answer *answer, struct signal_hit *hit)
{
	char words[WORDS_MAX] = "knows nothing of the number";
	const char *name = answer->name, *colon = *name ? ": " : "";
	const char *from = answer->stale    ? " (cached, stale)"
			   : answer->cached ? " (cached)"
					    : "";

	*hit = (struct signal_hit){.name = "reputation",
				   .outcome = SIGNAL_FIRED,
				   .points = answer->points};
	switch (answer->status) {
	case REP_UNKNOWN:
		hit->outcome = SIGNAL_UNKNOWN;
		break;
	case REP_UNAVAILABLE:
		hit->outcome = hit->points ? SIGNAL_FIRED : SIGNAL_UNAVAILABLE;
		say_cause(words, answer);
		break;
	case REP_KNOWN:
		say_risk(words, answer);
		break;
	}
	snprintf(hit->detail, sizeof(hit->detail), "%s%s%s%s%s", name, colon,
		 words, from, ending(answer, hit));
}
