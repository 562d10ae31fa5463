/* How many calls one number gets: a flood of them is an attack on it. */
#ifndef CALLSIEVE_APP_CROWD_H
#define CALLSIEVE_APP_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/model/number.h"

struct config;
struct crowd;

int crowd_new(struct crowd **crowdp);
void crowd_free(struct crowd *crowd);

/* Would one more call be too many for this number? */
bool crowd_full(const struct crowd *crowd, const struct config *config,
		const struct number *callee, uint64_t now_us);

/* One more; false: it is too many. */
bool crowd_enter(struct crowd *crowd, const struct config *config,
		 const struct number *callee, uint64_t now_us);

#endif
