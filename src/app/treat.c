#include "treat.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/core/config.h"
#include "callsieve/core/metrics.h"
#include "callsieve/model/verdict.h"
#include "callsieve/screen.h"
#include "callsieve/sip.h"

#include "challenge.h"

#define SCORE_MAX   200 /* after so much no more signals are named */
#define HEADERS_MAX 900

struct treat {
	struct treatments *treatments;
	struct challenges *challenges;
	char contact[CHALLENGE_CONTACT_SIZE]; /* of the last one */
};

int treat_new(struct treat **treatp, const struct redress *redress)
{
	struct treat *treat = calloc(1, sizeof(*treat));
	int err;

	if (!treat)
		return -ENOMEM;
	err = treatments_new(&treat->treatments);
	if (!err)
		err = challenges_new(&treat->challenges, redress);
	if (err)
		treat_free(treat);
	else
		*treatp = treat;
	return err;
}

void treat_free(struct treat *treat)
{
	if (!treat)
		return;
	treatments_free(treat->treatments);
	challenges_free(treat->challenges);
	free(treat);
}

struct asking {
	struct treat *treat;
	const struct treat_params *params;
};

static bool shows_good_will(void *arg)
{
	const struct asking *asking = arg;
	const char *token = challenge_token(asking->params->request_uri);

	if (!token)
		return false;
	if (challenge_passes(asking->treat->challenges, token,
			     asking->params->facts))
		return true;
	metric_add(METRIC_CHALLENGE_BAD_TOKEN, 1);
	return false;
}

static bool make_challenge(void *arg)
{
	const struct asking *asking = arg;
	const struct treat_params *params = asking->params;

	return challenge_contact(asking->treat->challenges,
				 asking->treat->contact, params->config,
				 params->facts, params->request_uri);
}

void treat_decide(struct treat *treat, const struct treat_params *params,
		  struct verdict *verdict)
{
	struct asking asking = {treat, params};
	const struct treatment_params treatment = {
		.config = params->config,
		.trunk = params->trunk,
		.facts = params->facts,
		.bypassed = params->bypassed,
		.answeredh = shows_good_will,
		.challengeh = make_challenge,
		.arg = &asking,
	};

	treatments_decide(treat->treatments, &treatment, verdict);
}

/* RFC 3261 21.4.18 and 21.3.3: not now, or this once by another way. */
void treat_answer(struct treat *treat, struct sip_answer *answer,
		  const struct config *config, const struct verdict *verdict)
{
	if (verdict->treatment == VERDICT_GREYLIST)
		*answer = (struct sip_answer){
			.status = 480,
			.phrase = "Temporarily Unavailable",
			.retry_after_s = config->greylist.after_s,
		};
	else
		*answer = (struct sip_answer){
			.status = 302,
			.phrase = "Moved Temporarily",
			.contacts = treat->contact,
		};
}

struct text {
	char *at;
	size_t len, size;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text->at + text->len, text->size - text->len, format,
		      args);
	va_end(args);
	if (n > 0)
		text->len += (size_t)n;
	if (text->len >= text->size)
		text->len = text->size - 1;
}

/* `X-Spam-Score: 62; signals="neighbour brief"; id=0s8d...`: the names are
 * ours, so there is nothing to escape. */
static void add_score(struct text *text, const char *name,
		      const struct call_record *record)
{
	const struct verdict *verdict = record->verdict;
	const char *gap = "";

	add(text, "%s: %d; signals=\"", name, verdict->score);
	for (unsigned i = 0; i < verdict->signals_count; i++) {
		const struct signal_hit *hit = &verdict->signals[i];

		if (hit->outcome != SIGNAL_FIRED || hit->points <= 0 ||
		    text->len >= SCORE_MAX)
			continue;
		add(text, "%s%s", gap, hit->name);
		gap = " ";
	}
	add(text, "\"; id=%s\n", record->id);
}

static void add_info(struct text *text, const char *template,
		     const struct call_record *record)
{
	static const char id[] = "{id}", score[] = "{score}";

	add(text, "Call-Info: ");
	while (*template) {
		if (!strncmp(template, id, strlen(id))) {
			add(text, "%s", record->id);
			template += strlen(id);
		} else if (!strncmp(template, score, strlen(score))) {
			add(text, "%d", record->verdict->score);
			template += strlen(score);
		} else {
			add(text, "%c", *template ++);
		}
	}
	add(text, "\n");
}

void treat_label(struct call *call, const struct config *config,
		 const struct call_record *record)
{
	static const char *const verstats[] = {
		[VERSTAT_KEEP] = NULL,
		[VERSTAT_NONE] = "No-TN-Validation",
		[VERSTAT_FAILED] = "TN-Validation-Failed",
	};
	char headers[HEADERS_MAX] = "";
	struct text text = {headers, 0, sizeof(headers)};
	const struct call_label label = {
		.display_prefix = config->label_prefix,
		.verstat = verstats[config->label_verstat],
		.headers = headers,
	};

	if (config->label_header && record->verdict)
		add_score(&text, config->label_header, record);
	if (config->label_info && record->verdict)
		add_info(&text, config->label_info, record);
	call_label(call, &label);
}
