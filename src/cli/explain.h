/* One decision in words, for people who have not seen the code. */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include <jansson.h>
#include <stdbool.h>

struct cli;

/* The sentence on why, the signals, and what would change the action.
 * `asked`: nobody called, somebody asks. */
void explain_reasons(const json_t *explanation, bool asked);

/* The second part of that: what would change it, by the command or the line to
 * write. */
void explain_change(const json_t *explanation);

/* That signal of the explanation's; NULL: it did not speak. */
const json_t *explain_signal(const json_t *explanation, const char *name);

/* "rejected with 607 Unwanted": what was done, or would be. */
void explain_treatment(const json_t *explanation, int status,
		       const char *phrase);

/* "by profile us-fcc, for ...", if it is rejected: whose answer that is. */
void explain_response(const json_t *explanation);

/* What would become of a call now: `explain NUMBER`. An exit status. */
struct what_if_question {
	const char *from, *to, *trunk, *display, *stir; /* or NULL */
	bool ask, json;
};
int explain_what_if(const struct cli *cli,
		    const struct what_if_question *asked);

#endif
