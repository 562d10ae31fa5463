/* What the files that make up number share. */
#ifndef MODEL_NUMBER_H
#define MODEL_NUMBER_H

#include <stdbool.h>

#include "callsieve/model/number.h"
#include "span.h"

#define NUMBER_DIGITS_MIN 7  /* country code included; shorter is local */
#define NUMBER_DIGITS_MAX 15 /* E.164 6.2.1 */

void number_set_kind(struct number *number, enum number_kind kind);

/* Whether all-digit text could be an international number. */
bool number_is_plausible(const char *digits);

/* Without leading separators and trailing blanks. */
struct span number_trim(struct span span);

/* "anonymous", "unavailable": false when it is no such word. */
bool number_from_word(struct number *number, struct span span);

/* A telephone-subscriber of RFC 3966 with its parameters, unescaped. Without
 * a plan its digits have no meaning here unless they begin with "+". */
void number_from_subscriber(struct number *number, struct span span,
			    const struct numbering *plan);

/* False when it is no URI of a scheme that has numbers. */
bool number_from_known_uri(struct number *number, struct span uri,
			   const struct numbering *plan);

#endif
