#include "callsieve/model/facts.h"

#include <string.h>

#define LAST_DIGITS 4

bool facts_next_door(const struct facts *facts)
{
	size_t len = strlen(facts->callee.text);

	return facts->caller.kind == NUMBER_E164 &&
	       facts->callee.kind == NUMBER_E164 && !facts_vouched(facts) &&
	       len > LAST_DIGITS && strlen(facts->caller.text) == len &&
	       strncmp(facts->caller.text, facts->callee.text,
		       len - LAST_DIGITS) == 0;
}
