/* Who calls whom, by which trunk: what screening may know of a call. */
#ifndef CALLSIEVE_MODEL_FACTS_H
#define CALLSIEVE_MODEL_FACTS_H

#include <stdbool.h>

#include "callsieve/model/number.h"

/* Why a call passes unjudged and over any limit. */
enum bypass {
	BYPASS_NONE,
	BYPASS_EMERGENCY, /* urn:service:sos or an emergency number */
	BYPASS_PRIORITY,  /* Resource-Priority of a trusted trunk (RFC 4412) */
	BYPASS_PSAP,	  /* an emergency desk calls back (RFC 7090) */
};

struct facts {
	const char *trunk;    /* its name; lent */
	struct number caller; /* by the trunk's identity rule */
	struct number callee; /* from the Request-URI */
	enum bypass bypass;
	bool screen;	      /* the trunk wants its calls judged */
	int reject_at;	      /* the trunk's threshold, points */
};

#endif
