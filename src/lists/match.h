/* Which rows count for a call. */
#ifndef LISTS_MATCH_H
#define LISTS_MATCH_H

#include "callsieve/lists.h"
#include "index.h"
#include "scopes.h"

/* All that is in force, one on top of the other; all but the base may be NULL.
 */
struct layers {
	struct index *base;
	struct index *edits;  /* all rows of numbers edited since */
	struct index *ranges; /* rows that are ranges, by their pieces */
	struct scopes *scopes;
};

void layers_hold(struct layers *layers, const struct layers *from);
void layers_fini(struct layers *layers);

void layers_look(const struct layers *layers,
		 const struct list_question *question,
		 struct list_findings *findings);

#endif
