#ifndef SCREEN_STANDING_H
#define SCREEN_STANDING_H

#include <stdbool.h>

struct inquiry;

/* Whoever wants to be taken for somebody takes a number that people trust. So
 * what was done by the name of a number need not be its owner's doing: where
 * its calls are otherwise vouched for, and in good standing, this one may be
 * the owner's that went a way without signatures; and a number that subscribers
 * dial by themselves is a bank's, a clinic's, a school's. And whoever people
 * listen to is not to be judged by others with the same carrier. They keep
 * their calls: all that earlier calls say is a hint then. A signature that
 * fails is no such way. */
bool may_be_wanted(const struct inquiry *inquiry);

/* How much counts what services say of the number, in per cent: less, the more
 * calls of it our own subscribers got without complaint, and half at most where
 * it has another owner lately. */
int hearsay_percent(const struct inquiry *inquiry);

#endif
