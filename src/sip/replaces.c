/* Dialogs named in headers: Replaces, Join and Target-Dialog of a request, and
 * the same within the URI of a REFER's Refer-To.
 *
 * Each call of ours has two names. To the caller it is the Call-ID of its
 * INVITE, with its tag and one of ours; to the callee it is a Call-ID of ours,
 * with a tag of ours and the callee's. We are one end of both. Who speaks of a
 * call uses the name it knows, and says "to-tag" for the tag of whoever shall
 * receive the Replaces (RFC 3891 3). So the tags tell whom it is for:
 *
 *   to-tag is ours     It is for us, as the speaker sees it: meant is who is
 *                      behind us. It gets the name of the other leg, which
 *                      that one knows, with its tag as the to-tag.
 *   to-tag is the      It is for our peer on this leg, and in its own words
 *   peer's             already. It stays.
 *   no leg, but we     That call is over: 481 (RFC 3891 3).
 *   made the Call-ID
 *   or a tag
 *   else               Not our business. It stays.
 *
 * The rule does not ask who speaks or which way. Carol and Bob are in calls
 * with Alice through us; Alice sends Bob a REFER to Carol:
 *
 *   Alice says   a2;to-tag=OURS;from-tag=alice   as she knows it
 *   Bob gets     b2;to-tag=carol;from-tag=OURS   as Carol knows it
 *
 * If Bob calls Carol past us, she finds it. If he calls through us, to-tag is
 * our peer's, so it stays, and she finds it. If the REFER went past us, Bob
 * says to us what Alice said, and the INVITE is put right on its way.
 *
 * In-Reply-To names calls that are over, most of all, so we know them no more;
 * it stays, as does Referred-By, which its author may have signed. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/digest.h"
#include "identifier.h"

#define ESCAPED_MAX 16384 /* of the headers of a Refer-To's URI */
#define MARK_CHARS  6

/* The last characters of a tag of ours follow from the others and from a
 * secret of this process, so we know it again when the call is gone. No
 * signature: who forges one earns a 481. */
static void tag_mark(const struct sip *sip, const char *tag,
		     char mark[MARK_CHARS])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	uint64_t hash = 0xcbf29ce484222325;

	for (const char *c = sip->secret; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
	for (size_t i = 0; i < TAG_CHARS - MARK_CHARS; i++)
		hash = (hash ^ (unsigned char)tag[i]) * 0x100000001b3;
	hash ^= hash >> 32;
	for (size_t i = 0; i < MARK_CHARS; i++, hash /= 36)
		mark[i] = digits[hash % 36];
}

/* A new one. */
void own_tag(const struct sip *sip, char tag[TAG_CHARS + 1])
{
	random_token(tag, TAG_CHARS);
	tag_mark(sip, tag, tag + TAG_CHARS - MARK_CHARS);
}

static bool is_own_tag(const struct sip *sip, const char *tag)
{
	char mark[MARK_CHARS];

	if (strlen(tag) != TAG_CHARS)
		return false;
	tag_mark(sip, tag, mark);
	return memcmp(tag + TAG_CHARS - MARK_CHARS, mark, MARK_CHARS) == 0;
}

/* What a text names, and who is meant. */
struct named {
	struct identifier id;
	struct leg *leg;  /* towards the one who is meant */
	bool other_words; /* that one knows it by another name */
};

static struct leg *find_leg(const struct sip *sip, const char *call_id,
			    const char *ours, const char *theirs)
{
	sip_call_id_t i[1];
	const char *tag;
	nta_leg_t *nta;

	sip_call_id_init(i);
	i->i_id = call_id;
	i->i_hash = msg_hash_string(call_id);
	nta = nta_leg_by_dialog(sip->agent, NULL, i, theirs, NULL, ours, NULL);
	/* The stack lets any tag pass for a peer's who has none. */
	tag = nta ? nta_leg_get_rtag(nta) : NULL;
	if (!tag || !su_casematch(tag, theirs))
		return NULL;
	return nta_leg_magic(nta, relay_recv);
}

static enum dialog_named look_up(const struct sip *sip, struct named *named,
				 const char *call_id, const char *local,
				 const char *remote)
{
	struct leg *leg = find_leg(sip, call_id, local, remote);

	named->other_words = leg != NULL;
	named->leg =
		leg ? leg_peer(leg) : find_leg(sip, call_id, remote, local);
	if (!named->leg)
		return call_id_ours(sip, call_id) || is_own_tag(sip, local) ||
				       is_own_tag(sip, remote)
			       ? NAMED_GONE
			       : NAMED_FOREIGN;
	if (named->leg->dialog->call->state == CALL_ENDING ||
	    !named->leg->nta || !leg_peer(named->leg)->nta)
		return NAMED_GONE;
	return NAMED_LIVE;
}

static enum dialog_named identify(const struct sip *sip, struct named *named,
				  const struct identifier_form *form,
				  const char *text)
{
	enum dialog_named what = NAMED_FOREIGN;
	char *call_id, *local, *remote;

	if (!identifier_parse(&named->id, form, text))
		return NAMED_FOREIGN;
	call_id = strndup(text + named->id.call_id.at, named->id.call_id.len);
	local = strndup(text + named->id.local.at, named->id.local.len);
	remote = strndup(text + named->id.remote.at, named->id.remote.len);
	if (call_id && local && remote)
		what = look_up(sip, named, call_id, local, remote);
	free(call_id);
	free(local);
	free(remote);
	return what;
}

/* The text in the words of the one who is meant, or NULL if it is in these
 * already, or names no live dialog of ours. Free it. */
static char *reworded(const struct sip *sip, const struct identifier_form *form,
		      const char *text)
{
	su_home_t home[1] = {SU_HOME_INIT(home)};
	struct named named;
	sip_replaces_t *known;
	struct buf out;

	if (identify(sip, &named, form, text) != NAMED_LIVE ||
	    !named.other_words)
		return NULL;
	su_home_init(home);
	buf_init(&out, 2 * IDENTIFIER_MAX);
	/* It prints and parses: of a Call-ID with a semicolon little is left. */
	known = nta_leg_make_replaces(named.leg->nta, home, 0);
	if (!known || !known->rp_call_id || !known->rp_to_tag ||
	    !known->rp_from_tag ||
	    identifier_print(&out, &named.id, text, known->rp_call_id,
			     known->rp_to_tag, known->rp_from_tag) != 0)
		buf_fini(&out);
	su_home_deinit(home);
	return buf_take(&out);
}

/* One name=value of a URI's headers, if it names a dialog: unescaped. */
static const struct identifier_form *read_header(
	char value[IDENTIFIER_MAX], const struct identifier_header *header)
{
	char name[32];
	const struct identifier_form *form;

	if (!identifier_unescape(name, sizeof(name), header->name,
				 header->name_len))
		return NULL;
	form = identifier_form(name, strlen(name));
	if (!form || !identifier_unescape(value, IDENTIFIER_MAX, header->value,
					  header->value_len))
		return NULL;
	return form;
}

/* Copies one header of the URI, put right where it must be. */
static int add_header(const struct sip *sip, struct buf *out,
		      const struct identifier_header *header, bool *changed)
{
	char value[IDENTIFIER_MAX];
	const struct identifier_form *form = read_header(value, header);
	char *other = form ? reworded(sip, form, value) : NULL;
	int err;

	if (other) {
		err = buf_add(out, header->name, header->name_len);
		if (!err)
			err = buf_add(out, "=", 1);
		if (!err)
			err = identifier_escape(out, other, strlen(other));
		*changed = true;
	} else {
		err = buf_add(out, header->name,
			      (size_t)(header->value + header->value_len -
				       header->name));
	}
	free(other);
	if (!err && header->next)
		err = buf_add(out, "&", 1);
	return err;
}

/* NULL: nothing to put right. Free it. */
static char *reworded_headers(const struct sip *sip, const char *headers)
{
	struct identifier_header header = {.next = headers};
	struct buf out;
	bool changed = false;
	int err = 0;

	buf_init(&out, ESCAPED_MAX);
	while (!err && header.next) {
		identifier_header(&header, header.next);
		err = add_header(sip, &out, &header, &changed);
	}
	if (err || !changed) {
		buf_fini(&out);
		return NULL;
	}
	return buf_take(&out);
}

/* The later of the two says more: one dialog that is gone is enough. */
static enum dialog_named worst(enum dialog_named a, enum dialog_named b)
{
	return a > b ? a : b;
}

static enum dialog_named named_in_uri(const struct sip *sip,
				      const char *headers)
{
	struct identifier_header header = {.next = headers};
	enum dialog_named what = NAMED_FOREIGN;
	char value[IDENTIFIER_MAX];
	struct named named;

	while (header.next) {
		const struct identifier_form *form;

		identifier_header(&header, header.next);
		form = read_header(value, &header);
		if (form)
			what = worst(what, identify(sip, &named, form, value));
	}
	return what;
}

/* Target-Dialog is about a call, not to a party of it. */
static bool addresses(const struct identifier_form *form)
{
	return form != &identifier_forms[IN_TARGET_DIALOG];
}

static enum dialog_named named_in(const struct sip *sip, su_home_t *home,
				  const msg_header_t *h, struct leg **legp)
{
	const char *name = header_name(h);
	const struct identifier_form *form =
		name ? identifier_form(name, strlen(name)) : NULL;
	enum dialog_named what;
	struct named named;
	char *text;

	if (h->sh_class == sip_refer_to_class) {
		const url_t *url = ((const sip_refer_to_t *)h)->r_url;

		return url->url_headers ? named_in_uri(sip, url->url_headers)
					: NAMED_FOREIGN;
	}
	text = form ? header_value(home, h) : NULL;
	if (!text)
		return NAMED_FOREIGN;
	what = identify(sip, &named, form, text);
	if (what == NAMED_LIVE && addresses(form))
		*legp = named.leg;
	return what;
}

/* What the request names. `*legp`: towards the party whose dialog it shall
 * replace or join, if that is live, else NULL. */
enum dialog_named replaces_named(const struct sip *sip, const sip_t *request,
				 struct leg **legp)
{
	su_home_t home[1] = {SU_HOME_INIT(home)};
	enum dialog_named what = NAMED_FOREIGN;
	const msg_header_t *h = (const msg_header_t *)request->sip_request;

	*legp = NULL;
	su_home_init(home);
	for (; h; h = h->sh_succ)
		what = worst(what, named_in(sip, home, h, legp));
	su_home_deinit(home);
	return what;
}

/* Replaces, Join, Target-Dialog. */
int replaces_cross(const struct crossing *crossing, const msg_header_t *h)
{
	su_home_t *home = msg_home(crossing->msg);
	const char *name = header_name(h);
	char *text = header_value(home, h);
	char *other = text ? reworded(crossing->call->sip,
				      identifier_form(name, strlen(name)), text)
			   : NULL;
	sip_unknown_t *header;

	if (!other)
		return header_share(crossing, h);
	header = (sip_unknown_t *)msg_header_alloc(home, sip_unknown_class, 0);
	if (header) {
		header->un_name = name;
		header->un_value = su_strdup(home, other);
	}
	free(other);
	return header && header->un_value ? header_insert(crossing->msg, header)
					  : -1;
}

static bool same_place(const url_t *a, const url_t *b)
{
	return a->url_type == b->url_type && a->url_host && b->url_host &&
	       su_casematch(a->url_host, b->url_host) &&
	       strcmp(url_port(a), url_port(b)) == 0;
}

/* Who is to be called through us must be told where we are on that side. */
static bool elsewhere(const struct crossing *crossing, const url_t *url)
{
	const url_t *from, *to;

	if (!crossing->from || !crossing->to)
		return false;
	from = leg_contact(crossing->from)->m_url;
	to = leg_contact(crossing->to)->m_url;
	return same_place(url, from) && !same_place(from, to);
}

static int move(su_home_t *home, url_t *url, const struct leg *leg)
{
	const url_t *ours = leg_contact(leg)->m_url;
	char *params = NULL;

	if (url->url_params) {
		params = su_strdup(home, url->url_params);
		if (!params)
			return -1;
		params = url_strip_param_string(params, "transport");
	}
	if (params && !*params)
		params = NULL;
	if (params && ours->url_params)
		params = su_sprintf(home, "%s;%s", params, ours->url_params);
	url->url_type = ours->url_type;
	url->url_scheme = ours->url_scheme;
	url->url_host = ours->url_host;
	url->url_port = ours->url_port;
	url->url_params = params ? params : ours->url_params;
	return 0;
}

int refer_to_cross(const struct crossing *crossing, const msg_header_t *h)
{
	su_home_t *home = msg_home(crossing->msg);
	const url_t *url = h->sh_class == sip_refer_to_class
				   ? ((const sip_refer_to_t *)h)->r_url
				   : NULL;
	bool moved = url && elsewhere(crossing, url);
	char *other = url && url->url_headers
			      ? reworded_headers(crossing->call->sip,
						 url->url_headers)
			      : NULL;
	sip_refer_to_t *to;
	int err = -1;

	if (!other && !moved)
		return header_share(crossing, h);
	to = (sip_refer_to_t *)msg_header_copy_one(home, h);
	if (to) {
		msg_fragment_clear(to->r_common);
		err = moved ? move(home, to->r_url, crossing->to) : 0;
	}
	if (!err && other) {
		to->r_url->url_headers = su_strdup(home, other);
		err = to->r_url->url_headers ? 0 : -1;
	}
	free(other);
	return err ? -1 : header_insert(crossing->msg, to);
}
