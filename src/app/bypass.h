/* Which calls nothing may stop. */
#ifndef CALLSIEVE_APP_BYPASS_H
#define CALLSIEVE_APP_BYPASS_H

#include "callsieve/model/facts.h"

struct config;
struct invite;

/* Read off the INVITE and the configuration alone: no list, no database and no
 * service has a say. */
enum bypass bypass_of(const struct config *config, const struct invite *invite,
		      const struct number *caller, const struct number *callee);

/* Does an emergency desk call back? */
bool bypass_is_psap(const struct config *config, const struct invite *invite,
		    const struct number *caller);

#endif
