/* A new INVITE from a trunk, past every check of form and load. All text is as
 * on the wire and lent. Whoever has no wire makes one up: what screening makes
 * of a call it makes of this. */
#ifndef CALLSIEVE_MODEL_INVITE_H
#define CALLSIEVE_MODEL_INVITE_H

#include <stdbool.h>

struct config_trunk;

struct invite {
	const struct config_trunk *trunk;
	const char *source; /* address and port */
	const char *call_id;
	const char *request_uri;
	const char *from_uri;
	const char *asserted_uri; /* P-Asserted-Identity, tel preferred; NULL */
	const char *display;	  /* of From, unquoted; NULL: none */
	const char *privacy;	  /* header values, each NULL if not there */
	const char *attestation;  /* Attestation-Info */
	const char *origination_id;
	const char *priority;
	bool takes_608;  /* its Feature-Caps say so (RFC 8688 3.3) */
	bool takeover;	 /* goes to a party of a call in progress, by its
			  * Replaces or Join: nothing but INVITE_BRIDGE */
	bool precedence; /* Resource-Priority that this trunk may claim */
};

#endif
