/* Which signals there are, in the order an explanation lists them. */
#include "signals.h"

const struct signal signals[] = {
	{"blocklist", blocklist_signal, false},
	{"reports", reports_signal, false},
	{"malformed", malformed_signal, false},
	{"no_number", no_number_signal, true},
	{"anonymous", anonymous_signal, true},
	{"display_number", display_number_signal, true},
	{"new_caller", new_caller_signal, true},
	{"neighbour", neighbour_signal, true},
	{"stir_failed", stir_failed_signal, false},
	{"attest_c", attest_c_signal, true},
	{"unvouched", unvouched_signal, false},
	{"velocity", velocity_signal, true},
	{"sequence", sequence_signal, true},
	{"brief", brief_signal, true},
	{"unanswered", unanswered_signal, true},
	{"pings", pings_signal, true},
	{"reported_share", reported_share_signal, false},
	{"origin_brief", origin_brief_signal, false},
	{"origin_unanswered", origin_unanswered_signal, false},
	{"origin_reports", origin_reports_signal, false},
	{"block_brief", block_brief_signal, true},
	{"block_pings", block_pings_signal, true},
	{"block_reports", block_reports_signal, false},
	{"dialled", dialled_signal, false},
	{"talked", talked_signal, false},
	{"standing", standing_signal, false},
	{"origin_standing", origin_standing_signal, false},
};
const size_t signals_count = sizeof(signals) / sizeof(signals[0]);
