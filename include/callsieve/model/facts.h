/* Who calls whom, by which trunk: what screening may know of a call. */
#ifndef CALLSIEVE_MODEL_FACTS_H
#define CALLSIEVE_MODEL_FACTS_H

#include <stdbool.h>

#include "callsieve/model/number.h"

struct facts {
	const char *trunk;    /* its name; lent */
	struct number caller; /* by the trunk's identity rule */
	struct number callee; /* from the Request-URI */
	bool emergency;	      /* urn:service:sos or an emergency number */
	bool screen;	      /* the trunk wants its calls judged */
	int reject_at;	      /* the trunk's threshold, points */
};

#endif
