/* P-Asserted-Identity (RFC 3325), which the stack leaves unread: made anew
 * with something changed about each identity. */
#include "internal.h"

#include <sofia-sip/su_string.h>

static const char *remade(su_home_t *home, const char *identities,
			  asserted_change_h *h, const char *arg)
{
	sip_p_asserted_identity_t *paid =
		sip_p_asserted_identity_make(home, identities);
	const char *all = "";

	if (!paid)
		return NULL;
	for (; paid && all; paid = paid->paid_next) {
		const char *display;

		h(home, paid, arg);
		display = paid->paid_display;
		all = su_sprintf(home, "%s%s%s%s<%s>", all, *all ? ", " : "",
				 display ? display : "",
				 display && *display ? " " : "",
				 url_as_string(home, paid->paid_url));
	}
	return all;
}

int asserted_change(msg_t *msg, asserted_change_h *h, const char *arg)
{
	static const char name[] = "P-Asserted-Identity";
	sip_t *sip = sip_object(msg);
	sip_unknown_t *header, *next, *made, *first = NULL;
	const char *text;

	/* Those made anew come last: not again, then. */
	for (header = sip->sip_unknown; header && header != first;
	     header = next) {
		next = header->un_next;
		text = su_casematch(header->un_name, name)
			       ? remade(msg_home(msg), header->un_value, h, arg)
			       : NULL;
		if (!text)
			continue;
		made = sip_unknown_format(msg_home(msg), "%s: %s", name, text);
		msg_header_remove(msg, (msg_pub_t *)sip,
				  (msg_header_t *)header);
		if (header_insert(msg, made) < 0)
			return -1;
		if (!first)
			first = made;
	}
	return 0;
}
