/* Calls that come round: how far they may spread, copies of one INVITE by
 * several paths, and INVITEs of our own that come back (see call_id.c). The
 * Vias do not tell: we let none pass. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_string.h>

#define BREADTH_MAX 60 /* RFC 5393 5.3.3 */

/* At how many places at once the call may still be tried (RFC 5393 5.3); 0:
 * at none. We try one after another, so each attempt may have it all. */
unsigned max_breadth(const sip_t *sip)
{
	const sip_unknown_t *h = sip->sip_unknown;
	unsigned long n;

	while (h && !su_casematch(h->un_name, "Max-Breadth"))
		h = h->un_next;
	if (!h || !*h->un_value ||
	    h->un_value[strspn(h->un_value, "0123456789")])
		return BREADTH_MAX;
	n = strtoul(h->un_value, NULL, 10);
	return n < BREADTH_MAX ? (unsigned)n : BREADTH_MAX;
}

/* FNV-1a, seeded: nobody outside can aim at a slot. */
static uint64_t mix(uint64_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	return (hash ^ 0xff) * 0x100000001b3;
}

/* What a request's copies share (RFC 3261 8.2.2.2), and whom it is for: a
 * proxy that forks to two numbers behind us means both. */
static uint64_t key_of(const struct sip *sip, const sip_t *req)
{
	const url_t *uri = req->sip_request->rq_url;
	uint64_t key = mix(0xcbf29ce484222325, sip->secret);

	key = mix(key, req->sip_call_id->i_id);
	key = mix(key, req->sip_from->a_tag);
	key = mix(key, uri->url_user);
	key = mix(key, uri->url_params);
	key = (key ^ req->sip_cseq->cs_seq) * 0x9e3779b97f4a7c15;
	key ^= key >> 32;
	return key ? key : 1;
}

/* `invite` is under way, until ongoing_remove(). */
void ongoing_add(struct ongoing *ongoing, struct sip *sip, const sip_t *invite)
{
	ongoing->key = key_of(sip, invite);
	LIST_INSERT_HEAD(&sip->ongoing[ongoing->key % ONGOING_SLOTS], ongoing,
			 link);
}

/* In place of `from`, whose owner goes before the transaction does. */
void ongoing_move(struct ongoing *ongoing, struct sip *sip,
		  struct ongoing *from)
{
	if (!from->key)
		return;
	ongoing->key = from->key;
	ongoing_remove(from);
	LIST_INSERT_HEAD(&sip->ongoing[ongoing->key % ONGOING_SLOTS], ongoing,
			 link);
}

void ongoing_remove(struct ongoing *ongoing)
{
	if (ongoing->key)
		LIST_REMOVE(ongoing, link);
	ongoing->key = 0;
}

/* Is it a copy of an INVITE that is under way? */
bool ongoing_has(const struct sip *sip, const sip_t *invite)
{
	uint64_t key = key_of(sip, invite);
	const struct ongoing *ongoing;

	LIST_FOREACH (ongoing, &sip->ongoing[key % ONGOING_SLOTS], link)
		if (ongoing->key == key)
			return true;
	return false;
}
