/* Session-ID (RFC 7989): one name of a session for all it passes. What an end
 * says passes as it is; for an end that says nothing we speak, with a UUID of
 * our choice, so that both legs carry the same pair. What we send of our own
 * accord carries it too (section 7). */
#include "internal.h"

#include <string.h>

#include <sofia-sip/su_string.h>

#include "callsieve/core/digest.h"

#define UUID_CHARS (SESSION_ID_SIZE - 1)

static const char nil[] = "00000000000000000000000000000000";

const sip_unknown_t *session_id_of(const sip_t *sip)
{
	const sip_unknown_t *h = sip->sip_unknown;

	while (h && !su_casematch(h->un_name, "Session-ID"))
		h = h->un_next;
	return h;
}

/* Of whoever sent it. False: it names nobody, or says it in no form we know. */
static bool read_uuid(char uuid[SESSION_ID_SIZE], const char *value)
{
	if (strspn(value, "0123456789abcdefABCDEF") != UUID_CHARS ||
	    strncmp(value, nil, UUID_CHARS) == 0)
		return false;
	memcpy(uuid, value, UUID_CHARS);
	uuid[UUID_CHARS] = '\0';
	return true;
}

/* RFC 4122 4.4: random but for version and variant. */
static void make_uuid(char uuid[SESSION_ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[UUID_CHARS / 2];

	random_bytes(bytes, sizeof(bytes));
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		uuid[2 * i] = digits[bytes[i] >> 4];
		uuid[2 * i + 1] = digits[bytes[i] & 15];
	}
	uuid[UUID_CHARS] = '\0';
}

static sip_unknown_t *make_header(su_home_t *home, const char *local,
				  const char *remote)
{
	return sip_unknown_format(home, "Session-ID: %s;remote=%s",
				  local && *local ? local : nil,
				  remote && *remote ? remote : nil);
}

/* What is known of an end; NULL where there is no dialog to keep it. */
static char *known(const struct crossing *crossing, bool caller)
{
	if (caller)
		return crossing->call->session_id;
	return crossing->to ? crossing->to->dialog->session_id : NULL;
}

int session_id_cross(const struct crossing *crossing, const msg_header_t *h)
{
	char *mine = known(crossing, crossing->from_caller);

	if (mine && h->sh_class == sip_unknown_class)
		read_uuid(mine, ((const sip_unknown_t *)h)->un_value);
	return header_share(crossing, h);
}

/* Of a response that no one passes on, too. */
void session_id_learn(struct dialog *dialog, const sip_t *response)
{
	const sip_unknown_t *h = session_id_of(response);

	if (h)
		read_uuid(dialog->session_id, h->un_value);
}

/* For a sender that says nothing. */
int session_id_add(const struct crossing *crossing)
{
	char *mine = known(crossing, crossing->from_caller);
	const char *peer = known(crossing, !crossing->from_caller);

	if (session_id_of(crossing->sip))
		return 0;
	if (mine && !*mine)
		make_uuid(mine);
	return header_insert(crossing->msg,
			     make_header(msg_home(crossing->msg), mine, peer));
}

/* In a message of our own to one side, in the name of the other. */
sip_header_t *session_id_ours(su_home_t *home, const struct leg *to)
{
	const struct dialog *dialog = to->dialog;
	const char *caller = dialog->call->session_id;
	const char *callee = dialog->session_id;

	if (!*caller && !*callee)
		return NULL;
	return (sip_header_t *)(leg_is_caller(to)
					? make_header(home, callee, caller)
					: make_header(home, caller, callee));
}

/* In our answer to a request of the caller's; `dialog`, if any, says whom it
 * has heard of. NULL: it uses none. */
sip_header_t *session_id_answer(su_home_t *home, const sip_t *request,
				const struct dialog *dialog)
{
	const sip_unknown_t *h = session_id_of(request);
	char uuid[SESSION_ID_SIZE];

	if (!h || !read_uuid(uuid, h->un_value))
		return NULL;
	return (sip_header_t *)make_header(
		home, dialog ? dialog->session_id : NULL, uuid);
}
