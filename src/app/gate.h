/* One call from INVITE to final answer: where SIP and screening meet. */
#ifndef CALLSIEVE_APP_GATE_H
#define CALLSIEVE_APP_GATE_H

#include "callsieve/sip.h"

struct calls;
struct config;
struct gate;
struct history;
struct killswitch;
struct lists;
struct redress;
struct reports;
struct screen;

/* What the gate wants to hear of; its `arg` is the gate. */
extern const struct sip_events gate_events;

struct gate_params { /* all of them must outlive it */
	struct screen *screen;
	struct calls *calls;
	struct history *history;
	const struct lists *lists; /* to count hits */
	struct reports *reports;
	const struct redress *redress;
	struct killswitch *killswitch;
};

int gate_new(struct gate **gatep, const struct gate_params *params);
void gate_free(struct gate *gate);

/* From now on; lent until the next one is set. */
void gate_configure(struct gate *gate, const struct config *config);

#endif
