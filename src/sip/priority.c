/* What an INVITE says of its rank: Resource-Priority (RFC 4412), and Priority
 * where it means a call back from an emergency desk (RFC 7090). What follows
 * from it is decided by the owner. */
#include "internal.h"

#include <string.h>
#include <strings.h>

#include <sofia-sip/su_string.h>

#define VALUES_MAX 8

/* RFC 4412 10 and RFC 7135. */
#define LEVELS "0", "1", "2", "3", "4"
#define WORDS  "routine", "priority", "immediate", "flash", "flash-override"

static const char *const values[NAMESPACES][VALUES_MAX] = {
	[NAMESPACE_DSN] = {WORDS},
	[NAMESPACE_DRSN] = {WORDS, "flash-override-override"},
	[NAMESPACE_Q735] = {LEVELS},
	[NAMESPACE_ETS] = {LEVELS},
	[NAMESPACE_WPS] = {LEVELS},
	[NAMESPACE_ESNET] = {LEVELS},
};

/* What strangers say of their rank is nothing. */
static bool knows(const struct config_trunk *trunk, size_t namespace)
{
	return trunk->identity == IDENTITY_PAI &&
	       (trunk->priority_namespaces & 1u << namespace);
}

/* "ets.0", without blanks around it. RFC 4412 3.1: in any case. */
static bool is_known(const struct config_trunk *trunk, const char *text,
		     size_t len)
{
	for (size_t i = 0; i < NAMESPACES; i++) {
		const char *name = config_namespace_names[i];
		size_t name_len = strlen(name);

		if (!knows(trunk, i) || len <= name_len ||
		    text[name_len] != '.' ||
		    strncasecmp(text, name, name_len) != 0)
			continue;
		for (size_t k = 0; values[i][k]; k++)
			if (strlen(values[i][k]) == len - name_len - 1 &&
			    strncasecmp(text + name_len + 1, values[i][k],
					len - name_len - 1) == 0)
				return true;
	}
	return false;
}

static bool any_known(const struct config_trunk *trunk, const char *list)
{
	static const char blanks[] = " \t\r\n,";

	while (*(list += strspn(list, blanks))) {
		size_t len = strcspn(list, blanks);

		if (is_known(trunk, list, len))
			return true;
		list += len;
	}
	return false;
}

/* Is there a precedence that this trunk may claim? */
bool priority_claimed(const struct config_trunk *trunk, const sip_t *req)
{
	const sip_unknown_t *h;

	for (h = req->sip_unknown; h; h = h->un_next)
		if (su_casematch(h->un_name, "Resource-Priority") &&
		    any_known(trunk, h->un_value))
			return true;
	return false;
}

/* Accept-Resource-Priority of a 417 (RFC 4412 3.2); NULL when there is nothing
 * that the trunk may claim. */
sip_header_t *priority_accepted(const struct config_trunk *trunk,
				su_home_t *home)
{
	char list[600] = "";
	size_t len = 0;

	for (size_t i = 0; i < NAMESPACES; i++)
		for (size_t k = 0; knows(trunk, i) && values[i][k]; k++)
			len += (size_t)snprintf(list + len, sizeof(list) - len,
						"%s%s.%s", len ? ", " : "",
						config_namespace_names[i],
						values[i][k]);
	if (!len)
		return NULL;
	return (sip_header_t *)sip_unknown_format(
		home, "Accept-Resource-Priority: %s", list);
}

static bool is_callback(const char *priority)
{
	return priority && su_casematch(priority, "psap-callback");
}

/* RFC 7090 5.3: whoever comes after us would believe it. */
void priority_unmark(const struct privilege *privilege, msg_t *msg, sip_t *req)
{
	msg_header_t *h = (msg_header_t *)req->sip_request, *next;

	for (; h && !privilege->callback; h = next) {
		next = h->sh_succ;
		if (h->sh_class == sip_priority_class &&
		    is_callback(((const sip_priority_t *)h)->g_string))
			msg_header_remove(msg, (msg_pub_t *)req, h);
	}
}
