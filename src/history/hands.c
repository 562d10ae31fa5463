/* A number that changes hands does not hand on what its last owner did with
 * it: carriers give numbers out again, spammers' too. It shows in who signs
 * for it, and where the call began (RFC 8588 5). One owner may well have two
 * carriers, so the former must have been silent for a while. */
#include "tables.h"

#define SILENT_H  10	 /* of the former hands */
#define PASSED_ON 0x8000 /* of subject.signer: it had others before */
#define KEPT	  0.125F /* of the counts: it may be the same owner */

static uint16_t tag_of(uint64_t key)
{
	uint16_t tag = (uint16_t)(key >> 32 & ~(uint64_t)PASSED_ON);

	return key && !tag ? 1 : tag;
}

static uint16_t hours(uint32_t now_s)
{
	return (uint16_t)(now_s / 3600);
}

bool subject_in_hands(const struct subject *subject, const struct hands *hands)
{
	return !hands->signer || !subject->signer ||
	       (tag_of(hands->signer) == (subject->signer & ~PASSED_ON) &&
		(!subject->origin || tag_of(hands->origin) == subject->origin));
}

bool subject_changed_hands(const struct subject *subject,
			   const struct hands *hands, uint32_t now_s)
{
	uint16_t silent = (uint16_t)(hours(now_s) - subject->held_h);

	return !subject_in_hands(subject, hands) && silent >= SILENT_H;
}

uint32_t subject_passed_on_s(const struct subject *subject)
{
	return subject->signer & PASSED_ON ? subject->first_s : 0;
}

void subject_hold(struct subject *subject, const struct hands *hands,
		  uint32_t now_s)
{
	uint16_t passed_on = subject->signer & PASSED_ON;

	if (!hands->signer)
		return;
	if (subject_changed_hands(subject, hands, now_s)) {
		subject_scale(subject, KEPT);
		subject->run = 0;
		subject->first_s = now_s;
		passed_on = PASSED_ON;
		subject->origin = 0;
	} else if (!subject_in_hands(subject, hands)) {
		return;
	}
	subject->signer = tag_of(hands->signer) | passed_on;
	subject->held_h = hours(now_s);
	if (hands->lasting)
		subject->origin = tag_of(hands->origin);
}
