/* How a rejected call is answered: by why it is, and by its trunk's profile. */
#ifndef CALLSIEVE_APP_REJECT_H
#define CALLSIEVE_APP_REJECT_H

#include <stdbool.h>

#include "callsieve/calls.h"
#include "callsieve/core/config.h"
#include "callsieve/sip.h"

struct redress;
struct verdict;

/* An answer and the text it lends. */
struct reject_answer {
	struct sip_answer sip;
	char headers[2048];
	const char *profile; /* lent by the configuration */
	const char *reason;  /* static */
	char redress_id[REDRESS_ID_SIZE]; /* in them, or "" */
};

/* What a call and its side can be told. */
struct reject_params {
	const struct config *config;
	const struct config_trunk *trunk;
	const struct redress *redress;
	const char *call_id; /* ours */
	bool takes_608;
};

void reject_answer(struct reject_answer *answer,
		   const struct reject_params *params,
		   const struct verdict *verdict);

#endif
