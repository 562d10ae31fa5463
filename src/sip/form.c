/* Headers that a request must have in good form.
 *
 * Left to itself the stack answers 400 and closes the connection that the
 * request came by. A carrier has hundreds of calls on that, which the one
 * message that its users got past it must not end. So the stack lets pass what
 * it can tell the end of, and the 400 is ours. Of other headers, what cannot be
 * read passes as it is. */
#include "internal.h"

#include <string.h>

#include <sofia-sip/su_string.h>

/* What we go by. Content-Length is not here: where that is wrong, nobody knows
 * where the next message begins, and the stack is right to close. */
static const struct {
	const char *name, *phrase;
} vital[] = {
	{"From", "Bad From Header"},
	{"To", "Bad To Header"},
	{"Call-ID", "Bad Call-ID Header"},
	{"CSeq", "Bad CSeq Header"},
	{"Contact", "Bad Contact Header"},
	{"Record-Route", "Bad Record-Route Header"},
	{"Require", "Bad Require Header"},
	{"Proxy-Require", "Bad Proxy-Require Header"},
	{"Supported", "Bad Supported Header"},
	{"Session-Expires", "Bad Session-Expires Header"},
	{"Min-SE", "Bad Min-SE Header"},
	{"RAck", "Bad RAck Header"},
};

static const char *fault_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(vital) / sizeof(vital[0]); i++)
		if (su_casematch(name, vital[i].name))
			return vital[i].phrase;
	return NULL;
}

/* What to say of it with 400, or NULL. The stack lists what it could not read,
 * and what was there already. */
const char *form_fault(const sip_t *request)
{
	const sip_error_t *at = request->sip_error;
	const sip_call_id_t *id = request->sip_call_id;
	const char *phrase = NULL;

	/* RFC 3261 25.1: two words at most, which the stack does not check. */
	if (id && id->i_id && id->i_id[strcspn(id->i_id, " \t\r\n")])
		return fault_of("Call-ID");

	for (; at && !phrase; at = at->er_next)
		phrase = fault_of(header_name((const msg_header_t *)at));
	return phrase;
}
