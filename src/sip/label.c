/* What the callee is told of a doubtful call: a header, and words before the
 * caller's display name. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_string.h>

int call_label(struct call *call, const struct call_label *label)
{
	call->label_header = label->header ? strdup(label->header) : NULL;
	call->label_prefix =
		label->display_prefix ? strdup(label->display_prefix) : NULL;
	return (label->header && !call->label_header) ||
			       (label->display_prefix && !call->label_prefix)
		       ? -ENOMEM
		       : 0;
}

/* Nobody but us says what we found. */
bool label_is_ours(const struct call *call, const char *name)
{
	const char *ours = call->config->label_header;

	return ours && su_casematch(ours, name);
}

/* RFC 3261 25.1: a quoted string, in which escapes stay as they are, or
 * tokens; without any, the number stands in its place. */
static char *prefixed(su_home_t *home, const char *prefix,
		      const sip_addr_t *addr)
{
	const char *name = addr->a_display;
	size_t len = name ? strlen(name) : 0;

	if (len >= 2 && *name == '"')
		return su_sprintf(home, "\"%s%.*s\"", prefix, (int)len - 2,
				  name + 1);
	if (!len)
		name = addr->a_url->url_user ? addr->a_url->url_user : "";
	return su_sprintf(home, "\"%s%.*s\"", prefix,
			  (int)strcspn(name, ";\"\\"), name);
}

int label_add(const struct call *call, msg_t *msg)
{
	sip_from_t *from = sip_object(msg)->sip_from;

	if (call->label_prefix) {
		from->a_display =
			prefixed(msg_home(msg), call->label_prefix, from);
		if (!from->a_display)
			return -1;
		msg_fragment_clear(from->a_common);
	}
	if (!call->label_header)
		return 0;
	return header_insert(msg, sip_unknown_format(msg_home(msg), "%s",
						     call->label_header));
}

void label_free(struct call *call)
{
	free(call->label_header);
	free(call->label_prefix);
	call->label_header = call->label_prefix = NULL;
}
