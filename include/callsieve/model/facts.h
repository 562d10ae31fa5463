/* Who calls whom, by which trunk: what screening may know of a call. */
#ifndef CALLSIEVE_MODEL_FACTS_H
#define CALLSIEVE_MODEL_FACTS_H

#include <stdbool.h>

#include "callsieve/model/number.h"

/* Why a call passes unjudged and, but for a takeover, over any limit. */
enum bypass {
	BYPASS_NONE,
	BYPASS_EMERGENCY, /* urn:service:sos or an emergency number */
	BYPASS_PRIORITY,  /* Resource-Priority of a trusted trunk (RFC 4412) */
	BYPASS_TAKEOVER,  /* to a party of a call in progress (RFC 3891) */
	BYPASS_PSAP,	  /* an emergency desk calls back (RFC 7090) */
};

/* What is known of the signature over the caller's number (RFC 8224). */
enum stir_status {
	STIR_NONE,   /* not signed, or nobody checked */
	STIR_PASSED, /* with facts.attest */
	STIR_FAILED, /* a signature that does not hold */
};

/* Points from which a call gets that treatment; 0: never. */
struct thresholds {
	int label_at, greylist_at, challenge_at, reject_at;
};

struct facts {
	const char *trunk;    /* its name; lent */
	struct number caller; /* by the trunk's identity rule */
	struct number callee; /* from the Request-URI */
	enum bypass bypass;
	bool screen;	      /* the trunk wants its calls judged */
	bool outbound;	      /* the caller is a subscriber of ours */
	struct thresholds thresholds;
	bool refuse_anonymous; /* the trunk takes no withheld numbers */

	bool withheld;	     /* the callee is not to see the number */
	const char *display; /* the caller's display name; lent, or NULL */
	enum stir_status stir;
	char attest;	    /* 'A', 'B', 'C' (RFC 8588 4); 0: unknown */
	const char *signer; /* who signed; lent, or NULL */
	const char *origid; /* RFC 8588 5; lent, or NULL */
};

/* Does somebody who must know say that the caller may use the number? */
static inline bool facts_vouched(const struct facts *facts)
{
	return facts->stir == STIR_PASSED && facts->attest == 'A';
}

/* Is the caller's number the callee's but for the last four digits, without
 * anybody vouching for it? */
bool facts_next_door(const struct facts *facts);

#endif
