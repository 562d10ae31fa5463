/* Which signals there are, in the order an explanation lists them. */
#include "signals.h"

const struct signal signals[] = {
	{"blocklist", blocklist_signal, false, false},
	{"dno", dno_signal, false, false},
	{"reports", reports_signal, false, true},
	{"malformed", malformed_signal, false, false},
	{"no_number", no_number_signal, true, false},
	{"anonymous", anonymous_signal, true, false},
	{"display_number", display_number_signal, true, false},
	{"new_caller", new_caller_signal, true, false},
	{"neighbour", neighbour_signal, true, false},
	{"stir_failed", stir_failed_signal, false, false},
	{"attest_c", attest_c_signal, true, false},
	{"unvouched", unvouched_signal, false, true},
	{"velocity", velocity_signal, true, false},
	{"sequence", sequence_signal, true, false},
	{"brief", brief_signal, true, false},
	{"unanswered", unanswered_signal, true, false},
	{"pings", pings_signal, true, false},
	{"reported_share", reported_share_signal, false, true},
	{"origin_brief", origin_brief_signal, false, true},
	{"origin_unanswered", origin_unanswered_signal, false, true},
	{"origin_reports", origin_reports_signal, false, true},
	{"block_brief", block_brief_signal, true, false},
	{"block_pings", block_pings_signal, true, false},
	{"block_reports", block_reports_signal, false, true},
	{"dialled", dialled_signal, false, false},
	{"talked", talked_signal, false, false},
	{"standing", standing_signal, false, false},
	{"origin_standing", origin_standing_signal, false, false},
};
const size_t signals_count = sizeof(signals) / sizeof(signals[0]);
