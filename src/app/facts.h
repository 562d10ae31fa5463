/* What an INVITE says, as screening understands it. */
#ifndef CALLSIEVE_APP_FACTS_H
#define CALLSIEVE_APP_FACTS_H

#include "callsieve/model/facts.h"

struct config;
struct invite;

/* Caller and callee alone; cheap. */
void facts_parties(const struct invite *invite, struct number *caller,
		   struct number *callee);

/* Texts in `facts` are the invite's, lent as that is. */
void facts_read(struct facts *facts, const struct config *config,
		const struct invite *invite);

#endif
