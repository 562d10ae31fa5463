/* Which signals there are, in the order an explanation lists them. */
#include "signals.h"

const struct signal signals[] = {
	{"blocklist", blocklist_signal},
	{"reports", reports_signal},
};
const size_t signals_count = sizeof(signals) / sizeof(signals[0]);
