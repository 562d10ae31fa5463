/* What the signature over the number says (RFC 8224, RFC 8588). Attestation
 * is a weight, never a verdict: a valid A vouches for the number, not for the
 * call. */
#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

bool stir_failed_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	if (inquiry->facts->stir != STIR_FAILED)
		return false;
	snprintf(hit->detail, sizeof(hit->detail), "signature does not hold");
	return signal_present(inquiry, SIGNAL_STIR_FAILED, hit);
}

bool attest_c_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	const struct facts *facts = inquiry->facts;

	if (facts->stir != STIR_PASSED || facts->attest != 'C')
		return false;
	snprintf(hit->detail, sizeof(hit->detail), "attestation C");
	return signal_present(inquiry, SIGNAL_ATTEST_C, hit);
}

/* Whoever answers for the number signs its calls, and this one is not signed:
 * it is somebody else, or came a way that loses signatures. */
bool unvouched_signal(const struct inquiry *inquiry, struct signal_hit *hit)
{
	double calls = inquiry->past.vouched.calls;

	if (facts_vouched(inquiry->facts))
		return false;
	if (!signal_weigh(inquiry, SIGNAL_UNVOUCHED, calls, hit))
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "%.0f calls of this number were vouched for lately, this one "
		 "is not",
		 calls);
	return true;
}
