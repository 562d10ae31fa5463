/* One call being looked into: what every stage and signal reads. Lives on the
 * stack of screen_decide(), so it costs no allocation. */
#ifndef SCREEN_INQUIRY_H
#define SCREEN_INQUIRY_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/history.h"
#include "callsieve/lists.h"
#include "callsieve/model/facts.h"

struct config;
struct screen_params;

struct inquiry {
	const struct screen_params *sources;
	const struct config *config;
	const struct facts *facts;
	int64_t now; /* epoch seconds */
	struct list_findings lists; /* searched once, for all that ask */
	struct thresholds thresholds; /* as the callee wants them */
	struct past past;
};

#endif
