/* A doubtful call is refused once. People try again, within a while; a dialler
 * goes on to the next number, or tries again at once. */
#ifndef SCREEN_GREYLIST_H
#define SCREEN_GREYLIST_H

#include <stdbool.h>

struct config;
struct facts;
struct tries;

/* A call of this pair; true: it is a second try, and passes. */
bool greylist_passes(struct tries *tries, const struct config *config,
		     const struct facts *facts);

#endif
