/* How much of a verdict is carried out: what a bypass, shadow mode, a second
 * try or an answered challenge leave of it. Knows neither how a challenge is
 * made nor how anything is answered. */
#include <errno.h>
#include <stdlib.h>

#include "callsieve/core/config.h"
#include "callsieve/core/metrics.h"
#include "callsieve/history.h"
#include "callsieve/screen.h"

#include "greylist.h"

struct treatments {
	struct tries *greylisted, *challenged;
};

int treatments_new(struct treatments **treatmentsp)
{
	struct treatments *treatments = calloc(1, sizeof(*treatments));
	int err;

	if (!treatments)
		return -ENOMEM;
	err = tries_new(&treatments->greylisted, METRIC_GREYLIST_EVICTED);
	if (!err)
		err = tries_new(&treatments->challenged,
				METRIC_CHALLENGE_EVICTED);
	if (err)
		treatments_free(treatments);
	else
		*treatmentsp = treatments;
	return err;
}

void treatments_free(struct treatments *treatments)
{
	if (!treatments)
		return;
	tries_free(treatments->greylisted);
	tries_free(treatments->challenged);
	free(treatments);
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
static bool is_in_shadow(const struct treatment_params *params,
			 struct verdict *verdict)
{
	const struct config_trunk *trunk = params->trunk;

	if (params->bypassed)
		soften(verdict, VERDICT_ALLOW, "an operator bypasses screening");
	else if (trunk->enforce == ENFORCE_LABEL)
		soften(verdict, VERDICT_LABEL, "this trunk is in shadow mode");
	else if (trunk->enforce == ENFORCE_NO)
		soften(verdict, VERDICT_ALLOW, "this trunk is in shadow mode");
	else
		return false;
	return true;
}

static void decide_greylist(struct treatments *treatments,
			    const struct treatment_params *params,
			    struct verdict *verdict)
{
	if (!greylist_passes(treatments->greylisted, params->config,
			     params->facts))
		return;
	metric_add(METRIC_GREYLIST_PASSED, 1);
	let_through(verdict, "the caller tried again");
}

/* Not twice in a row, or who fails would go round for ever. */
static void decide_challenge(struct treatments *treatments,
			     const struct treatment_params *params,
			     struct verdict *verdict)
{
	struct tries *tries = treatments->challenged;
	unsigned valid_s = params->config->challenge.valid_s;
	uint64_t key = tries_key(tries, &params->facts->caller,
				 &params->facts->callee);
	const char *why = "the caller was challenged just before";

	if (!tries_find(tries, key, valid_s)) {
		if (!params->challengeh || params->challengeh(params->arg)) {
			tries_put(tries, key, valid_s);
			return;
		}
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

static bool shows_good_will(const struct treatment_params *params,
			    struct verdict *verdict)
{
	if (!params->answeredh || !params->answeredh(params->arg))
		return false;
	metric_add(METRIC_CHALLENGE_PASSED, 1);
	let_through(verdict, "the caller answered the challenge");
	return true;
}

bool treatment_preview(const struct treatment_params *params,
		       struct verdict *verdict)
{
	verdict->treatment = verdict->action;
	verdict->because = NULL;
	return verdict->action == VERDICT_ALLOW ||
	       is_in_shadow(params, verdict);
}

void treatments_decide(struct treatments *treatments,
		       const struct treatment_params *params,
		       struct verdict *verdict)
{
	if (treatment_preview(params, verdict)) {
		if (verdict->because)
			metric_of_add(
				metric_subject("trunk", params->trunk->name),
				metric_not_done(verdict->action), 1);
		return;
	}
	if ((verdict->action != VERDICT_GREYLIST &&
	     verdict->action != VERDICT_CHALLENGE) ||
	    shows_good_will(params, verdict))
		return;
	if (verdict->action == VERDICT_GREYLIST)
		decide_greylist(treatments, params, verdict);
	else
		decide_challenge(treatments, params, verdict);
}
