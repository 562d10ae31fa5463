/* What becomes of a verdict on the wire: how much of it is carried out, and
 * how calls are labelled, refused once, or challenged. How rejections are
 * worded is reject.h's. */
#ifndef CALLSIEVE_APP_TREAT_H
#define CALLSIEVE_APP_TREAT_H

#include <stdbool.h>

struct call;
struct call_record;
struct config;
struct config_trunk;
struct facts;
struct redress;
struct sip_answer;
struct treat;
struct verdict;

/* `redress` must outlive it. */
int treat_new(struct treat **treatp, const struct redress *redress);
void treat_free(struct treat *treat);

struct treat_params {
	const struct config *config;
	const struct config_trunk *trunk;
	const struct facts *facts;
	const char *request_uri;
	bool bypassed; /* by an operator, for now */
};

/* Sets the verdict's treatment, once for each call: second tries are told from
 * first ones by it. */
void treat_decide(struct treat *treat, const struct treat_params *params,
		  struct verdict *verdict);

/* The answer to a call to be greylisted or challenged. Lent until the next
 * treat_decide(). */
void treat_answer(struct treat *treat, struct sip_answer *answer,
		  const struct config *config, const struct verdict *verdict);

/* Marks a doubtful call for the callee as the configuration says. The record
 * has the verdict. Without memory the call goes unmarked. */
void treat_label(struct call *call, const struct config *config,
		 const struct call_record *record);

#endif
