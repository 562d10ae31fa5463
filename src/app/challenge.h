/* A doubtful call is redirected to where a caller can show good will, and
 * comes back from there with a token, which lets it pass once. */
#ifndef CALLSIEVE_APP_CHALLENGE_H
#define CALLSIEVE_APP_CHALLENGE_H

#include <stdbool.h>
#include <stddef.h>

struct challenges;
struct config;
struct facts;
struct redress;

/* `redress` has the key, and must outlive it. */
int challenges_new(struct challenges **challengesp,
		   const struct redress *redress);
void challenges_free(struct challenges *challenges);

/* The token in a Request-URI, or NULL; only to be given to the next one. */
const char *challenge_token(const char *request_uri);

/* True: made by us for this caller and callee, not expired, not used. It is
 * used then. */
bool challenge_passes(struct challenges *challenges, const char *token,
		      const struct facts *facts);

/* A Contact of its own for this call, "<URI>". False: there is none, or it
 * would be where the call is now. */
#define CHALLENGE_CONTACT_SIZE 512
bool challenge_contact(struct challenges *challenges,
		       char contact[CHALLENGE_CONTACT_SIZE],
		       const struct config *config, const struct facts *facts,
		       const char *request_uri);

#endif
