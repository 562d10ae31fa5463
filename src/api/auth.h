/* Who asks: bearer tokens (RFC 6750). */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "request.h"

struct rates;
struct store;

/* From the Authorization header, NULL if none, before the body is read: keeps
 * the token, or replies 401, or 429 to who keeps trying. */
void auth_read(struct request *request, struct rates *rates,
	       const char *authorization);

/* Whose token it is, and whether they ask too often: sets ->subscriber, or
 * replies. An address that shows wrong tokens runs out of tries, but never
 * spoils it for a valid token from the same address. */
bool auth_check(struct request *request, struct rates *rates,
		struct store *store);

#endif
