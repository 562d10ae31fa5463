#include "treat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/core/config.h"
#include "callsieve/core/metrics.h"
#include "callsieve/model/verdict.h"
#include "callsieve/sip.h"

#include "challenge.h"
#include "greylist.h"
#include "tries.h"

#define HEADER_MAX 400

struct treat {
	struct tries *greylisted;
	struct challenges *challenges;
	char contact[CHALLENGE_CONTACT_SIZE]; /* of the last one */
};

int treat_new(struct treat **treatp, const struct redress *redress)
{
	struct treat *treat = calloc(1, sizeof(*treat));
	int err;

	if (!treat)
		return -ENOMEM;
	err = tries_new(&treat->greylisted);
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
	tries_free(treat->greylisted);
	challenges_free(treat->challenges);
	free(treat);
}

static void soften(struct verdict *verdict, enum verdict_action to,
		   const char *because)
{
	if (verdict->treatment <= to)
		return;
	verdict->treatment = to;
	verdict->because = because;
}

/* The doubt remains, and the callee is told of it as of any other. */
static void let_through(struct verdict *verdict, const char *because)
{
	const struct thresholds *at = &verdict->thresholds;

	soften(verdict,
	       at->label_at && verdict->score >= at->label_at ? VERDICT_LABEL
							      : VERDICT_ALLOW,
	       because);
}

static enum metric_of metric_not_done(enum verdict_action action)
{
	switch (action) {
	case VERDICT_GREYLIST:
		return METRIC_OF_NOT_GREYLISTED;
	case VERDICT_CHALLENGE:
		return METRIC_OF_NOT_CHALLENGED;
	case VERDICT_REJECT:
		return METRIC_OF_NOT_REJECTED;
	default:
		return METRIC_OF_NOT_LABELLED;
	}
}

/* True: nothing but a label may come of it. */
static bool is_in_shadow(const struct treat_params *params,
			 struct verdict *verdict)
{
	const struct config_trunk *trunk = params->trunk;

	if (params->bypassed)
		soften(verdict, VERDICT_ALLOW, "of an operator's bypass");
	else if (trunk->enforce == ENFORCE_LABEL)
		soften(verdict, VERDICT_LABEL, "this trunk is in shadow mode");
	else if (trunk->enforce == ENFORCE_NO)
		soften(verdict, VERDICT_ALLOW, "this trunk is in shadow mode");
	else
		return false;
	if (verdict->because)
		metric_of_add(metric_subject("trunk", trunk->name),
			      metric_not_done(verdict->action), 1);
	return true;
}

static void decide_greylist(struct treat *treat,
			    const struct treat_params *params,
			    struct verdict *verdict)
{
	if (!greylist_passes(treat->greylisted, params->config, params->facts))
		return;
	metric_add(METRIC_GREYLIST_PASSED, 1);
	let_through(verdict, "the caller tried again");
}

/* Not twice in a row, or who fails would go round for ever. */
static void decide_challenge(struct treat *treat,
			     const struct treat_params *params,
			     struct verdict *verdict)
{
	const char *why = "the caller was challenged just before";

	if (!challenge_is_recent(treat->challenges, params->config,
				 params->facts)) {
		if (challenge_contact(treat->challenges, treat->contact,
				      params->config, params->facts,
				      params->request_uri))
			return;
		why = "the challenge would lead back here";
	}
	metric_add(METRIC_CHALLENGE_AGAIN, 1);
	if (params->config->challenge.again == AGAIN_REJECT) {
		verdict->treatment = VERDICT_REJECT;
		verdict->because = why;
	} else {
		soften(verdict, VERDICT_LABEL, why);
	}
}

static bool shows_good_will(struct treat *treat,
			    const struct treat_params *params,
			    struct verdict *verdict)
{
	const char *token = challenge_token(params->request_uri);

	if (!token)
		return false;
	if (!challenge_passes(treat->challenges, token, params->facts)) {
		metric_add(METRIC_CHALLENGE_BAD_TOKEN, 1);
		return false;
	}
	metric_add(METRIC_CHALLENGE_PASSED, 1);
	let_through(verdict, "the caller answered the challenge");
	return true;
}

void treat_decide(struct treat *treat, const struct treat_params *params,
		  struct verdict *verdict)
{
	verdict->treatment = verdict->action;
	verdict->because = NULL;
	if (verdict->action == VERDICT_ALLOW ||
	    is_in_shadow(params, verdict))
		return;
	if ((verdict->action != VERDICT_GREYLIST &&
	     verdict->action != VERDICT_CHALLENGE) ||
	    shows_good_will(treat, params, verdict))
		return;
	if (verdict->action == VERDICT_GREYLIST)
		decide_greylist(treat, params, verdict);
	else
		decide_challenge(treat, params, verdict);
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

/* `X-Spam-Score: 62; signals="neighbour brief"; id=0s8d...`: the names are
 * ours, so there is nothing to escape. */
static void print_header(char buf[HEADER_MAX], const char *name,
			 const struct call_record *record)
{
	const struct verdict *verdict = record->verdict;
	int len = snprintf(buf, HEADER_MAX, "%s: %d; signals=\"", name,
			   verdict->score);
	const char *gap = "";

	for (unsigned i = 0; i < verdict->signals_count; i++) {
		const struct signal_hit *hit = &verdict->signals[i];

		if (hit->points <= 0 || len >= HEADER_MAX / 2)
			continue;
		len += snprintf(buf + len, HEADER_MAX - (size_t)len, "%s%s",
				gap, hit->name);
		gap = " ";
	}
	snprintf(buf + len, HEADER_MAX - (size_t)len, "\"; id=%s", record->id);
}

void treat_label(struct call *call, const struct config *config,
		 const struct call_record *record)
{
	struct call_label label = {.display_prefix = config->label_prefix};
	char header[HEADER_MAX];

	if (config->label_header && record->verdict) {
		print_header(header, config->label_header, record);
		label.header = header;
	}
	call_label(call, &label);
}
