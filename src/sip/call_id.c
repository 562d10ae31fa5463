/* The Call-IDs of our INVITEs: random to everybody else, but to us each says
 * that it is ours, and for which trunk and Request-URI it was made. That takes
 * no table and no header of our own, and a proxy that sends the call back to
 * us leaves it as it is. */
#include "internal.h"

#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/core/digest.h"

#define RANDOM_CHARS 16 /* 82 bits */
#define MARK_CHARS   8	/* 32 bits, twice: ours; ours, for this */

_Static_assert(CALL_ID_CHARS == RANDOM_CHARS + 2 * MARK_CHARS, "its parts");

/* A longer URI counts up to there. */
#define WHERE_BYTES 1024

/* Nobody without the secret can make a mark. */
static void mark(const struct sip *sip, char *text, const char *random,
		 const char *where)
{
	char hex[DIGEST_HEX_SIZE], input[WHERE_BYTES + 64];
	int len = snprintf(input, sizeof(input), "%s %.*s %s", sip->secret,
			   RANDOM_CHARS, random, where);

	if ((size_t)len >= sizeof(input))
		len = sizeof(input) - 1;
	digest_sha256_hex(hex, input, (size_t)len);
	memcpy(text, hex, MARK_CHARS);
	text[MARK_CHARS] = '\0';
}

/* What decides where the call goes: the trunk, which has the route, and what
 * is dialled. The host is of one hop, and so are some parameters. */
static void print_where(char where[WHERE_BYTES], const char *trunk,
			const url_t *uri)
{
	static const char *const hop[] = {"transport", "maddr", "ttl",
					  "method"};
	char text[WHERE_BYTES / 2] = "", *params = text;

	if (uri->url_type != url_sip && uri->url_type != url_sips) {
		url_e(text, sizeof(text), uri);
	} else if (uri->url_params) {
		snprintf(text, sizeof(text), "%s", uri->url_params);
		for (size_t i = 0; i < sizeof(hop) / sizeof(hop[0]); i++)
			params = url_strip_param_string(params, hop[i]);
	}
	snprintf(where, WHERE_BYTES, "%s %s;%s", trunk,
		 uri->url_user ? uri->url_user : "", params ? params : "");
}

/* For an INVITE of a call that came by `trunk`, with Request-URI `uri`. */
void call_id_make(const struct sip *sip, char id[CALL_ID_CHARS + 1],
		  const char *trunk, const url_t *uri)
{
	char where[WHERE_BYTES];

	print_where(where, trunk, uri);
	random_token(id, RANDOM_CHARS);
	mark(sip, id + RANDOM_CHARS, id, "");
	mark(sip, id + RANDOM_CHARS + MARK_CHARS, id, where);
}

/* Did we make it, since we were started? */
bool call_id_ours(const struct sip *sip, const char *id)
{
	char text[MARK_CHARS + 1];

	if (strlen(id) != CALL_ID_CHARS)
		return false;
	mark(sip, text, id, "");
	return memcmp(text, id + RANDOM_CHARS, MARK_CHARS) == 0;
}

/* Has an INVITE of ours come back as it was, by the trunk it was made for? It
 * would go round again (RFC 3261 16.3). With another Request-URI, or by
 * another trunk, it is on its way: a call forwarded, or one that goes through
 * us twice. */
bool call_id_loops(const struct sip *sip, const char *id, const char *trunk,
		   const url_t *uri)
{
	char text[MARK_CHARS + 1], where[WHERE_BYTES];

	if (!call_id_ours(sip, id))
		return false;
	print_where(where, trunk, uri);
	mark(sip, text, id, where);
	return memcmp(text, id + RANDOM_CHARS + MARK_CHARS, MARK_CHARS) == 0;
}
