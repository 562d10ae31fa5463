/* History-Info (RFC 7044): where a call was sent before it was redirected.
 * Entries that came pass as they are. Ours are added only to a call that is
 * retargeted, and only for those who speak it. */
#include "internal.h"

#include <string.h>
#include <strings.h>

#include <sofia-sip/su_string.h>

#define ENTRIES_MAX 40 /* with more than these the history is long enough */
#define INDEX_MAX   80

/* The last of the entries that came. */
struct last {
	unsigned count;
	char index[INDEX_MAX]; /* "": malformed */
	const char *uri;
};

/* The end of the first value of a list. */
static size_t value_len(const char *text)
{
	bool quoted = false, angled = false;
	size_t i;

	for (i = 0; text[i]; i++) {
		if (quoted && text[i] == '\\' && text[i + 1])
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '<' || text[i] == '>'))
			angled = text[i] == '<';
		else if (!quoted && !angled && text[i] == ',')
			break;
	}
	return i;
}

static void read_index(struct last *last, const char *params, const char *end)
{
	const char *at = params;
	size_t len;

	last->index[0] = '\0';
	while (at < end && strncasecmp(at, "index=", 6) != 0)
		at++;
	if (at >= end)
		return;
	at += 6;
	len = strspn(at, "0123456789.");
	if (!len || len >= sizeof(last->index) || at + len > end)
		return;
	memcpy(last->index, at, len);
	last->index[len] = '\0';
}

static void read_value(struct last *last, su_home_t *home, const char *text,
		       size_t len)
{
	const char *open = memchr(text, '<', len), *close;

	last->count++;
	last->uri = NULL;
	last->index[0] = '\0';
	close = open ? memchr(open, '>', len - (size_t)(open - text)) : NULL;
	if (!close)
		return;
	last->uri = su_strndup(home, open + 1, close - open - 1);
	read_index(last, close, text + len);
}

static void read_last(struct last *last, su_home_t *home, const sip_t *invite)
{
	const sip_unknown_t *h;

	*last = (struct last){0};
	for (h = invite->sip_unknown; h; h = h->un_next) {
		const char *text = h->un_value;

		if (!su_casematch(h->un_name, "History-Info"))
			continue;
		while (text && *text && last->count <= ENTRIES_MAX) {
			size_t len = value_len(text);

			read_value(last, home, text, len);
			text += len + (text[len] == ',');
		}
	}
}

/* Does the last entry name the URI that we were sent? */
static bool is_current(su_home_t *home, const struct last *last,
		       const url_t *uri)
{
	url_t *url = last->uri ? url_make(home, last->uri) : NULL;

	return url && uri_equal(url, uri);
}

static int add(msg_t *msg, const char *value)
{
	sip_unknown_t *h = value ? sip_unknown_format(msg_home(msg),
						      "History-Info: %s", value)
				 : NULL;

	if (!h)
		return -1;
	return msg_header_insert(msg, (msg_pub_t *)sip_object(msg),
				 (msg_header_t *)h);
}

/* The index that our own are counted under: that of the URI we were sent. The
 * entry for it is the business of whoever sent it; where they left it out, it
 * is added for them (RFC 7044 9.1, 10.3: a 0 stands for what is not known). */
static int add_received(msg_t *msg, const struct last *last, const url_t *uri,
			char base[INDEX_MAX + 8])
{
	su_home_t *home = msg_home(msg);
	url_t shown = *uri;

	if (is_current(home, last, uri)) {
		snprintf(base, INDEX_MAX + 8, "%s", last->index);
		return 0;
	}
	snprintf(base, INDEX_MAX + 8, last->count ? "%s.0.1" : "1",
		 last->index);
	if (shown.url_params)
		shown.url_params = url_strip_param_string(
			su_strdup(home, shown.url_params), SIP_TOKEN_PARAM);
	return add(msg, su_sprintf(home, "<%s>;index=%s",
				   url_as_string(home, &shown), base));
}

static const char *print_entry(su_home_t *home,
			       const struct history_entry *entry,
			       const char *base)
{
	const char *reason = "", *origin = "";

	if (entry->status)
		reason = su_sprintf(home, "?Reason=SIP%%3Bcause%%3D%d",
				    entry->status);
	if (entry->origin)
		origin = su_sprintf(home, ".%u", entry->origin->tried);
	return su_sprintf(
		home, "<%s%s>;index=%s.%u;%s=%s%s",
		url_as_string(home, entry->uri), reason, base, entry->tried,
		entry->relation ? entry->relation : "rc", base, origin);
}

/* Adds the places a call has been to, in the order of `entries`; the last is
 * the one it is now sent to. */
int history_add(msg_t *msg, const sip_t *invite,
		const struct history_entry *const *entries, unsigned count)
{
	su_home_t *home = msg_home(msg);
	char base[INDEX_MAX + 8];
	struct last last;

	read_last(&last, home, invite);
	if (!last.count &&
	    !sip_has_supported(invite->sip_supported, "histinfo"))
		return 0;
	/* To an index that cannot be read nothing can be added. */
	if (last.count + count >= ENTRIES_MAX || (last.count && !last.index[0]))
		return 0;
	if (add_received(msg, &last, invite->sip_request->rq_url, base) < 0)
		return -1;
	for (unsigned i = 0; i < count; i++)
		if (add(msg, print_entry(home, entries[i], base)) < 0)
			return -1;
	return 0;
}

/* How a redirection relates the new URI to the one it answered for: by its own
 * word (RFC 7044 10.4), else by whether the user changed. */
void history_retarget(struct history_entry *entry,
		      const struct history_entry *origin,
		      const sip_contact_t *contact)
{
	static const char *const words[] = {"rc", "mp", "np"};
	bool same_user =
		su_strmatch(entry->uri->url_user, origin->uri->url_user);

	entry->origin = origin;
	entry->relation = same_user ? "rc" : "mp";
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (msg_header_find_param(contact->m_common, words[i]))
			entry->relation = words[i];
}
