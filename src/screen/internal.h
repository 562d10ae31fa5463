/* Shared by the two halves of screening: screen.c decides from memory, ask.c
 * waits for the reputation service. */
#ifndef SCREEN_INTERNAL_H
#define SCREEN_INTERNAL_H

#include <stdbool.h>

#include "callsieve/screen.h"

struct rep_answer;
struct reputation_weight;

struct screen {
	struct screen_params sources;
	const struct config *config; /* lent */
};

/* Holds the score against the threshold; true when that means reject. */
bool verdict_settle(struct verdict *verdict);

struct reputation_weight reputation_weight(const struct screen *screen);

/* Adds what the answer says and settles the verdict for good. */
void verdict_add_reputation(struct verdict *verdict,
			    const struct rep_answer *answer,
			    const struct reputation_weight *weight);

#endif
