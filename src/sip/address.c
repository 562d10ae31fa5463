/* Whom a call is from and for, as the other side gets it: From, To and the
 * Request-URI of the INVITE. as it was written (see
 * written.c). */
#include "internal.h"

#include <string.h>

#include <sofia-sip/su_string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* An address of ours or of the caller's network means nothing to the other
 * side, and is none of its business; a domain name is part of an identity. */
static void hide_host(url_t *url, const char *host)
{
	struct netaddr addr;

	if (!url->url_host || netaddr_parse(&addr, url->url_host) != 0)
		return;
	url->url_host = host;
	url->url_port = NULL;
}

/* A shared From or To under another tag and, where it names an address,
 * another host. */
static sip_addr_t *retag(su_home_t *home, const sip_addr_t *from,
			 const char *tag, const char *host)
{
	sip_addr_t *addr = (sip_addr_t *)msg_header_copy_one(
		home, (const msg_header_t *)from);

	if (!addr)
		return NULL;
	msg_fragment_clear(addr->a_common);
	msg_header_remove_param(addr->a_common, "tag");
	hide_host(addr->a_url, host);
	if (tag && sip_to_tag(home, addr, tag) < 0)
		return NULL;
	return addr;
}

sip_from_t *address_from(const struct crossing *crossing, msg_t *msg,
			 const sip_from_t *from, const char *host)
{
	char tag[TAG_CHARS + 1];
	sip_from_t *mine;

	own_tag(crossing->call->sip, tag);
	mine = retag(msg_home(msg), from, tag, host);
	/* Whoever reads it believes it. */
	if (mine && !crossing->from_trusted) {
		msg_header_remove_param(mine->a_common, "verstat");
		verstat_strip(msg_home(msg), mine->a_url);
	}
	return mine;
}

sip_to_t *address_to(msg_t *msg, const sip_to_t *to, const char *host)
{
	return retag(msg_home(msg), to, NULL, host);
}

/* Neither what led to us nor the token that we gave is for anybody else. */
static const char *without(su_home_t *home, const char *params)
{
	static const char *const hop[] = {"transport", "maddr", "ttl", "method",
					  SIP_TOKEN_PARAM};
	char *copy;

	if (!params)
		return NULL;
	copy = su_strdup(home, params);
	for (size_t i = 0; copy && i < COUNT(hop); i++)
		copy = url_strip_param_string(copy, hop[i]);
	return copy && *copy ? copy : NULL;
}

/* RFC 3261 19.1.6 */
static void from_tel(su_home_t *home, url_t *at)
{
	if (at->url_params)
		at->url_user =
			su_sprintf(home, "%s;%s", at->url_user, at->url_params);
	at->url_params = "user=phone";
}

/* As the stack would read it, were it to come back. */
const url_t *address_read(su_home_t *home, const url_t *uri)
{
	char *text = url_as_string(home, uri);

	return text && strchr(text, '%') ? url_make(home, text) : uri;
}

/* The user part and parameters that a Request-URI has, at a gateway. */
url_t address_at(su_home_t *home, const sip_request_t *rq, const url_t *gateway)
{
	url_t url = written_request(home, rq), at = *gateway;

	at.url_user = url.url_user;
	at.url_password = url.url_password;
	at.url_params = without(home, url.url_params);
	if (url.url_type == url_tel)
		from_tel(home, &at);
	/* RFC 3261 26.2.2: to the very end. */
	if (url.url_type == url_sips) {
		at.url_type = url_sips;
		at.url_scheme = url_scheme(url_sips);
	}
	return at;
}

/* The Request-URI towards a gateway. A service URN (RFC 5031) stays what it
 * is. */
sip_request_t *address_request(msg_t *msg, const sip_request_t *rq,
			       const url_t *gateway)
{
	su_home_t *home = msg_home(msg);
	url_t url = written_request(home, rq);

	if (!su_casematch(url.url_scheme, "urn"))
		url = address_at(home, rq, gateway);
	return sip_request_create(home, SIP_METHOD_INVITE, (url_string_t *)&url,
				  NULL);
}

/* From or To of a request, for an answer to it: text and all (RFC 3261
 * 8.2.6.2 wants them equal), and the tag given if it has none. */
int address_repeat(msg_t *msg, const sip_addr_t *addr, const char *tag)
{
	su_home_t *home = msg_home(msg);
	const char *line = addr->a_common->h_data;
	size_t len = addr->a_common->h_len;
	sip_addr_t *copy =
		(sip_addr_t *)msg_header_dup(home, (const msg_header_t *)addr);

	if (!copy)
		return -1;
	if (!tag || addr->a_tag)
		tag = NULL;
	else if (sip_to_tag(home, copy, tag) < 0)
		return -1;
	if (line && len > 2 && memcmp(line + len - 2, "\r\n", 2) == 0) {
		line = su_sprintf(home, "%.*s%s%s\r\n", (int)len - 2, line,
				  tag ? ";tag=" : "", tag ? tag : "");
		copy->a_common->h_data = line;
		copy->a_common->h_len = line ? (usize_t)strlen(line) : 0;
	}
	return header_insert(msg, copy);
}
