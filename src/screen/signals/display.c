/* The display name shows a telephone number that is not the caller's: many
 * phones then show that one alone. */
#include <ctype.h>
#include <string.h>

#include "signals.h"

#include <stdio.h>

#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

#include "../inquiry.h"

#define DIGITS_MIN 7 /* fewer are no number */
#define DIGITS_MAX 20
#define TAIL	   7 /* enough to tell numbers apart, however they are written */

static size_t digits_in(char digits[DIGITS_MAX + 1], const char *text)
{
	size_t len = 0;

	for (; *text && len < DIGITS_MAX; text++)
		if (isdigit((unsigned char)*text))
			digits[len++] = *text;
		else if (isalpha((unsigned char)*text))
			return 0;
	digits[len] = '\0';
	return len;
}

bool display_number_signal(const struct inquiry *inquiry,
			   struct signal_hit *hit)
{
	const struct facts *facts = inquiry->facts;
	char digits[DIGITS_MAX + 1];
	size_t len, own = strlen(facts->caller.text);

	len = facts->display ? digits_in(digits, facts->display) : 0;
	if (len < DIGITS_MIN)
		return false;
	if (own >= TAIL &&
	    strcmp(digits + len - TAIL, facts->caller.text + own - TAIL) == 0)
		return false;
	snprintf(hit->detail, sizeof(hit->detail),
		 "the name is another number, %s", digits);
	return signal_present(inquiry, SIGNAL_DISPLAY_NUMBER, hit);
}
