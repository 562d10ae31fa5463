/* One decision in words, for people who have not seen the code. */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include <jansson.h>
#include <stdbool.h>

struct cli;

/* The sentence on why, the signals, and what would change the action.
 * `asked`: nobody called, somebody asks. */
void explain_reasons(const json_t *explanation, bool asked);

/* "rejected with 607 Unwanted": what was done, or would be. */
void explain_treatment(const json_t *explanation, int status,
		       const char *phrase);

/* What would become of a call now: `explain NUMBER`. An exit status. */
struct what_if_question {
	const char *from, *to, *trunk, *display, *stir; /* or NULL */
	bool ask, json;
};
int explain_what_if(const struct cli *cli,
		    const struct what_if_question *asked);

#endif
