/* What the callee is told of a doubtful call: a header, words before the
 * caller's display name, and that nobody has checked the number. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_string.h>

int call_label(struct call *call, const struct call_label *label)
{
	call->label_headers = label->headers ? strdup(label->headers) : NULL;
	call->label_prefix =
		label->display_prefix ? strdup(label->display_prefix) : NULL;
	call->label_verstat = label->verstat ? strdup(label->verstat) : NULL;
	return (label->headers && !call->label_headers) ||
			       (label->display_prefix && !call->label_prefix) ||
			       (label->verstat && !call->label_verstat)
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
static char *prefixed(su_home_t *home, const char *prefix, const char *name,
		      const url_t *url)
{
	size_t len = name ? strlen(name) : 0;

	if (len >= 2 && *name == '"')
		return su_sprintf(home, "\"%s%.*s\"", prefix, (int)len - 2,
				  name + 1);
	if (!len)
		name = url->url_user ? url->url_user : "";
	return su_sprintf(home, "\"%s%.*s\"", prefix,
			  (int)strcspn(name, ";\"\\"), name);
}

/* Where it has a name, that is what many show rather than From's. */
static void prefix_asserted(su_home_t *home, sip_p_asserted_identity_t *paid,
			    const char *prefix)
{
	if (paid->paid_display && *paid->paid_display)
		paid->paid_display = prefixed(home, prefix, paid->paid_display,
					      paid->paid_url);
}

static int add_prefix(msg_t *msg, const char *prefix)
{
	sip_from_t *from = sip_object(msg)->sip_from;

	from->a_display =
		prefixed(msg_home(msg), prefix, from->a_display, from->a_url);
	if (!from->a_display)
		return -1;
	msg_fragment_clear(from->a_common);
	return asserted_change(msg, prefix_asserted, prefix);
}

static int add_headers(msg_t *msg, const char *lines)
{
	size_t len;

	for (; lines && *lines; lines += len + (lines[len] == '\n')) {
		len = strcspn(lines, "\n");
		if (header_insert(msg, sip_unknown_format(msg_home(msg), "%.*s",
							  (int)len, lines)) < 0)
			return -1;
	}
	return 0;
}

int label_add(const struct call *call, msg_t *msg)
{
	if (call->label_prefix && add_prefix(msg, call->label_prefix) < 0)
		return -1;
	/* Nobody else may rely on it. */
	if (call->label_verstat && call->gateway_trusted &&
	    verstat_set(msg, call->label_verstat) < 0)
		return -1;
	return add_headers(msg, call->label_headers);
}

void label_free(struct call *call)
{
	free(call->label_headers);
	free(call->label_prefix);
	free(call->label_verstat);
	call->label_headers = call->label_prefix = call->label_verstat = NULL;
}
