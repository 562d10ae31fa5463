/* Keeps lines out of the log that a stranger could cause without end. */
#ifndef CALLSIEVE_CORE_LOG_LIMIT_H
#define CALLSIEVE_CORE_LOG_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/core/bucket.h"

/* Zeroed it is ready. */
struct log_limit {
	struct bucket bucket;
	unsigned long left_out;
};

/* May a line be written? A few at once, then one a second. *left_outp: how
 * many could not since the last; the line should say so. */
bool log_limit_pass(struct log_limit *limit, uint64_t now_us,
		    unsigned long *left_outp);

#endif
