/* URIs as they were written.
 *
 * The stack unescapes what it thinks needs no escape, which is not the same
 * URI to everyone (%2B is not +: RFC 3261 19.1.4). We answer with the From and
 * To that a request had, and send requests to the Contact and by the routes
 * that the peer gave, so what counts is the text: as soon as the headers of a
 * message are read, user part, parameters and headers of these URIs are taken
 * from there. Of the Request-URI both are needed; see address.c. */
#include "internal.h"

#include <ctype.h>
#include <string.h>

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

static bool is_blank(char c)
{
	return isspace((unsigned char)c);
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

static void skip_blanks(struct span *text)
{
	while (text->at < text->end && is_blank(*text->at))
		text->at++;
}

/* `text`: of the whole URI. */
static void restore(su_home_t *home, url_t *url, struct span text)
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

static struct span value_of(const msg_common_t *h)
{
	struct span text = line_of(h);

	take(&text, ":");
	skip(&text, ':');
	return text;
}

/* Past a display name in quotes, or nothing. */
static void skip_quoted(struct span *text)
{
	if (!skip(text, '"'))
		return;
	while (take(text, "\"\\"), skip(text, '\\'))
		if (text->at < text->end)
			text->at++;
	skip(text, '"');
}

/* The URI of the first address in `text`, which then begins behind it. */
static struct span take_uri(struct span *text)
{
	struct span uri;

	skip_blanks(text);
	skip_quoted(text);
	uri = take(text, "<;, \t\r\n");
	skip_blanks(text);
	/* A display name of several words. */
	if (text->at < text->end && *text->at != ';' && *text->at != ',')
		take(text, "<");
	return skip(text, '<') ? take(text, ">") : uri;
}

/* To the next address of the list. */
static void skip_params(struct span *text)
{
	while (take(text, "\","), text->at < text->end && *text->at == '"')
		skip_quoted(text);
	skip(text, ',');
}

static void restore_address(su_home_t *home, const msg_common_t *h, url_t *url)
{
	struct span text = value_of(h);

	restore(home, url, take_uri(&text));
}

/* Those on one line follow each other, and the first has its text. */
static void restore_contacts(su_home_t *home, sip_contact_t *contact)
{
	struct span text = {NULL, NULL};

	for (; contact; contact = contact->m_next) {
		if (contact->m_common->h_len)
			text = value_of(contact->m_common);
		if (!text.at)
			return;
		restore(home, contact->m_url, take_uri(&text));
		skip_params(&text);
	}
}

static void restore_routes(su_home_t *home, sip_record_route_t *route)
{
	struct span text = {NULL, NULL};

	for (; route; route = route->r_next) {
		if (route->r_common->h_len)
			text = value_of(route->r_common);
		if (!text.at)
			return;
		restore(home, route->r_url, take_uri(&text));
		skip_params(&text);
	}
}

/* All headers of the message are read. */
void written_restore(su_home_t *home, sip_t *sip)
{
	if (sip->sip_from)
		restore_address(home, sip->sip_from->a_common,
				sip->sip_from->a_url);
	if (sip->sip_to)
		restore_address(home, sip->sip_to->a_common,
				sip->sip_to->a_url);
	restore_contacts(home, sip->sip_contact);
	restore_routes(home, sip->sip_record_route);
}

/* The Request-URI, its text in place of what the stack read. */
url_t written_request(su_home_t *home, const sip_request_t *rq)
{
	struct span text = line_of(rq->rq_common);
	url_t url = *rq->rq_url;

	take(&text, " \t");
	while (text.at < text.end && (*text.at == ' ' || *text.at == '\t'))
		text.at++;
	restore(home, &url, take(&text, " \t"));
	return url;
}
