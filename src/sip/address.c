/* Whom a call is from and for, as the other side gets it: From, To and the
 * Request-URI of the INVITE.
 *
 * The stack unescapes what it thinks needs no escape, which is not the same
 * URI to everyone (%2B is not +: RFC 3261 19.1.4), so user part, parameters
 * and headers are taken from the text. */
#include "internal.h"

#include <ctype.h>
#include <string.h>

#include <sofia-sip/su_string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Where something was written. */
struct span {
	const char *at, *end;
};

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* One character, escaped or not. */
static unsigned char next(const char **text, const char *end)
{
	const char *c = *text;

	if (end - c > 2 && *c == '%' && isxdigit((unsigned char)c[1]) &&
	    isxdigit((unsigned char)c[2])) {
		*text += 3;
		return (unsigned char)(hex(c[1]) << 4 | hex(c[2]));
	}
	*text += 1;
	return (unsigned char)*c;
}

/* The text, if it says what the stack read. */
static const char *as_written(su_home_t *home, const char *read,
			      struct span text)
{
	const char *a = text.at, *b = read, *b_end;

	if (!read || !text.at)
		return read;
	b_end = read + strlen(read);
	while (a < text.end && b < b_end)
		if (next(&a, text.end) != next(&b, b_end))
			return read;
	if (a != text.end || b != b_end)
		return read;
	return su_strndup(home, text.at, (isize_t)(text.end - text.at));
}

/* Up to the first of `stops`; what is left begins there. */
static struct span take(struct span *text, const char *stops)
{
	struct span taken = *text;

	while (text->at < text->end && !strchr(stops, *text->at))
		text->at++;
	taken.end = text->at;
	return taken;
}

static bool skip(struct span *text, char c)
{
	if (text->at == text->end || *text->at != c)
		return false;
	text->at++;
	return true;
}

/* `text`: of the whole URI. */
static void unread(su_home_t *home, url_t *url, struct span text)
{
	const struct span none = {NULL, NULL};
	struct span user, password = none, params = none, headers = none;

	if (!text.at || !memchr(text.at, '%', (size_t)(text.end - text.at)))
		return;
	take(&text, ":");
	skip(&text, ':');
	user = take(&text, url->url_type == url_tel ? ";?" : "@");
	if (skip(&text, '@')) {
		struct span userinfo = user;

		user = take(&userinfo, ":");
		if (skip(&userinfo, ':'))
			password = userinfo;
	} else if (url->url_type != url_tel) {
		text.at = user.at; /* there is none */
	}
	take(&text, ";?");
	if (skip(&text, ';'))
		params = take(&text, "?");
	if (skip(&text, '?'))
		headers = text;
	url->url_user = as_written(home, url->url_user, user);
	url->url_password = as_written(home, url->url_password, password);
	url->url_params = as_written(home, url->url_params, params);
	url->url_headers = as_written(home, url->url_headers, headers);
}

static struct span line_of(const msg_common_t *h)
{
	const char *line = h->h_data;

	return (struct span){line, line ? line + h->h_len : NULL};
}

/* The URI within From or To. */
static struct span uri_within(const msg_common_t *h)
{
	struct span text = line_of(h), uri;

	take(&text, ":");
	skip(&text, ':');
	while (text.at < text.end && isspace((unsigned char)*text.at))
		text.at++;
	if (skip(&text, '"')) {
		while (take(&text, "\"\\"), skip(&text, '\\'))
			if (text.at < text.end)
				text.at++;
		skip(&text, '"');
	}
	uri = take(&text, "<; \t\r\n");
	while (text.at < text.end && isspace((unsigned char)*text.at))
		text.at++;
	/* A display name of several words. */
	if (text.at < text.end && *text.at != ';')
		take(&text, "<");
	return skip(&text, '<') ? take(&text, ">") : uri;
}

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
	unread(home, addr->a_url, uri_within(from->a_common));
	msg_fragment_clear(addr->a_common);
	msg_header_remove_param(addr->a_common, "tag");
	hide_host(addr->a_url, host);
	if (tag && sip_to_tag(home, addr, tag) < 0)
		return NULL;
	return addr;
}

/* Says who vouches for a number; from a stranger it says nothing (3GPP TS
 * 24.229 7.2A.20). It stands with the number, in the user part of a SIP URI,
 * and is seen in other places too. */
static void strip_verstat(su_home_t *home, sip_addr_t *addr)
{
	static const char name[] = "verstat";
	url_t *url = addr->a_url;
	const char *params = url->url_user ? strchr(url->url_user, ';') : NULL;
	char *rest;

	msg_header_remove_param(addr->a_common, name);
	if (url->url_params)
		url->url_params = url_strip_param_string(
			su_strdup(home, url->url_params), name);
	if (!params)
		return;
	rest = url_strip_param_string(su_strdup(home, params + 1), name);
	url->url_user = su_sprintf(home, "%.*s%s%s",
				   (int)(params - url->url_user), url->url_user,
				   rest && *rest ? ";" : "", rest ? rest : "");
}

sip_from_t *address_from(const struct crossing *crossing, msg_t *msg,
			 const sip_from_t *from, const char *host)
{
	char tag[TAG_CHARS + 1];
	sip_from_t *mine;

	own_tag(crossing->call->sip, tag);
	mine = retag(msg_home(msg), from, tag, host);
	if (mine && !crossing->from_trusted)
		strip_verstat(msg_home(msg), mine);
	return mine;
}

sip_to_t *address_to(msg_t *msg, const sip_to_t *to, const char *host)
{
	return retag(msg_home(msg), to, NULL, host);
}

static const char *without(su_home_t *home, const char *params)
{
	static const char *const hop[] = {"transport", "maddr", "ttl",
					  "method"};
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

static struct span uri_requested(const sip_request_t *rq)
{
	struct span text = line_of(rq->rq_common);

	take(&text, " \t");
	while (text.at < text.end && (*text.at == ' ' || *text.at == '\t'))
		text.at++;
	return take(&text, " \t");
}

/* The user part and parameters that a Request-URI has, at a gateway. */
url_t address_at(su_home_t *home, const sip_request_t *rq, const url_t *gateway)
{
	url_t url = *rq->rq_url, at = *gateway;

	unread(home, &url, uri_requested(rq));
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
	url_t url = *rq->rq_url;

	if (su_casematch(url.url_scheme, "urn"))
		unread(home, &url, uri_requested(rq));
	else
		url = address_at(home, rq, gateway);
	return sip_request_create(home, SIP_METHOD_INVITE, (url_string_t *)&url,
				  NULL);
}

/* The first of a list as it was written, the others as the stack read them. */
url_t address_contact(su_home_t *home, const sip_contact_t *contact)
{
	url_t url = *contact->m_url;

	unread(home, &url, uri_within(contact->m_common));
	return url;
}
