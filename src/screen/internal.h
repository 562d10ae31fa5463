/* Shared by the two halves of screening: screen.c decides from memory, ask.c
 * waits for the reputation service. */
#ifndef SCREEN_INTERNAL_H
#define SCREEN_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "callsieve/screen.h"

struct rep_answer;

struct screen {
	struct screen_params sources;
	const struct config *config; /* lent */
};

/* Holds the score against the threshold; true when that means reject. */
bool verdict_settle(struct verdict *verdict);

/* Adds what the answers say and settles the verdict for good. */
void verdict_add_reputation(struct verdict *verdict,
			    const struct config *config,
			    const struct rep_answer *answers, size_t count);

#endif
