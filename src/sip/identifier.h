/* The text by which SIP names a dialog: Replaces (RFC 3891), Join (RFC 3911)
 * and Target-Dialog (RFC 4538) all write CALL-ID;PARAMETERS, two of which are
 * the tags. Also within a URI, escaped: sip:x@y?Replaces=CALL-ID%3B... Plain
 * text: what a name stands for is for replaces.c. */
#ifndef CALLSIEVE_SIP_IDENTIFIER_H
#define CALLSIEVE_SIP_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Longer ones pass as they are: they name nothing of ours. */
#define IDENTIFIER_MAX 2048

/* A header that names a dialog, and its words for the two tags. Local is the
 * tag of whoever receives the header, remote that of the party it talks to. */
struct identifier_form {
	const char *header;
	const char *local;
	const char *remote;
};

enum { IN_REPLACES, IN_JOIN, IN_TARGET_DIALOG };
extern const struct identifier_form identifier_forms[];

/* By the header's name, of `len` characters; NULL: it names no dialog. */
const struct identifier_form *identifier_form(const char *name, size_t len);

struct identifier_span {
	size_t at, len;
};

/* Where in the text its three parts are. */
struct identifier {
	struct identifier_span call_id, local, remote;
};

/* False unless the text is an identifier with exactly one of each tag. */
bool identifier_parse(struct identifier *id, const struct identifier_form *form,
		      const char *text);

/* The text with other names in those places, and every other byte as it was.
 * 0, -ENOMEM or -EMSGSIZE. */
int identifier_print(struct buf *out, const struct identifier *id,
		     const char *text, const char *call_id, const char *local,
		     const char *remote);

/* One `name=value` of a URI's headers; `next` NULL after the last. */
struct identifier_header {
	const char *name, *value, *next;
	size_t name_len, value_len;
};

void identifier_header(struct identifier_header *header, const char *headers);

/* Undoes the escapes of a name or value of these. False: it does not fit, is
 * escaped wrongly, or hides a control character. */
bool identifier_unescape(char *out, size_t size, const char *text, size_t len);

/* Escapes for there all that may not stand for itself (RFC 3261 25.1). */
int identifier_escape(struct buf *out, const char *text, size_t len);

#endif
