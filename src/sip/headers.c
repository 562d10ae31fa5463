/* What becomes of each header of a message that crosses us: the table below
 * decides. A header that is not in it passes.
 *
 * Headers are not copied but shared: the new message points into the received
 * one and holds a reference to it. What passes so keeps its bytes, known
 * header or unknown, well-formed or not, and costs neither parsing nor
 * printing. */
#include "internal.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/su_string.h>

static transform_f bridgeable_options, within_dialog, of_a_refusal;

enum fate {
	PASSES,
	OWN,	  /* belongs to one leg; what the other gets is its own */
	ENDS,	  /* for the next hop alone, which we are */
	TRUSTED,  /* passes from those we trust to those we trust */
	VOUCHED,  /* passes from those we trust, to anyone */
	ASSERTED, /* from those we trust; to others unless privacy forbids it */
	CHANGED,  /* by `transform` */
};

static const struct rule {
	const char *name;
	enum fate fate;
	transform_f *transform;
} rules[] = {
	/* Of the transaction, the dialog and the hop (RFC 3261 8.1, 12). */
	{"Via", OWN, NULL},
	{"Route", OWN, NULL},
	{"Record-Route", OWN, NULL},
	{"Path", OWN, NULL},
	{"Service-Route", OWN, NULL},
	{"Contact", CHANGED, of_a_refusal},
	{"Call-ID", OWN, NULL},
	{"CSeq", OWN, NULL},
	{"From", OWN, NULL},
	{"To", OWN, NULL},
	{"Max-Forwards", OWN, NULL},
	{"Timestamp", OWN, NULL},
	{"Content-Length", OWN, NULL},
	{"RSeq", OWN, NULL},
	{"RAck", OWN, NULL},

	/* message_invite() makes its own; within a dialog it means nothing. */
	{"Max-Breadth", CHANGED, within_dialog},

	{"Session-ID", CHANGED, session_id_cross},

	/* Of a trust domain: RFC 3325 5 and 7 say so of P-Asserted-Identity,
	 * and the draft on Remote-Party-ID likewise. */
	{"P-Asserted-Identity", ASSERTED, NULL},
	{"Remote-Party-ID", CHANGED, privacy_party},
	{"P-Preferred-Identity", ENDS, NULL}, /* RFC 3325 6 */
	{"P-Preferred-Service", ENDS, NULL},  /* RFC 6050 4.2 */
	/* RFC 7044 10.1, RFC 5806 10. */
	{"History-Info", CHANGED, privacy_history},
	{"Diversion", CHANGED, privacy_history},
	{"P-Asserted-Service", TRUSTED, NULL},
	{"P-Early-Media", TRUSTED, NULL}, /* RFC 5009 5 */
	/* RFC 7315 5 */
	{"P-Access-Network-Info", TRUSTED, NULL},
	{"P-Associated-URI", TRUSTED, NULL},
	{"P-Charging-Function-Addresses", TRUSTED, NULL},
	{"P-Charging-Vector", TRUSTED, NULL},
	{"P-Visited-Network-ID", TRUSTED, NULL},
	/* RFC 4457, 5002, 5502, 5503, 7316, 8498 */
	{"P-User-Database", TRUSTED, NULL},
	{"P-Profile-Key", TRUSTED, NULL},
	{"P-Served-User", TRUSTED, NULL},
	{"P-DCS-Trace-Party-ID", TRUSTED, NULL},
	{"P-DCS-OSPS", TRUSTED, NULL},
	{"P-DCS-Billing-Info", TRUSTED, NULL},
	{"P-DCS-LAES", TRUSTED, NULL},
	{"P-DCS-Redirect", TRUSTED, NULL},
	{"P-Private-Network-Indication", TRUSTED, NULL},
	/* 3GPP TS 24.229 7.2 and 4.4 */
	{"Additional-Identity", TRUSTED, NULL},
	{"Attestation-Info", TRUSTED, NULL},
	{"Cellular-Network-Info", TRUSTED, NULL},
	{"Origination-Id", TRUSTED, NULL},
	{"Priority-Verstat", TRUSTED, NULL},
	{"Relayed-Charge", TRUSTED, NULL},
	{"Restoration-Info", TRUSTED, NULL},
	{"Service-Interact-Info", TRUSTED, NULL},

	/* What a stranger says of the rank of a call is nothing (RFC 4412);
	 * of Priority see priority.c. */
	{"Resource-Priority", VOUCHED, NULL},

	/* What both ends can only do if we let it through. */
	{"Supported", CHANGED, bridgeable_options},
	{"Require", CHANGED, bridgeable_options},

	/* They name dialogs, which each side knows by another name. */
	{"Replaces", CHANGED, replaces_cross},
	{"Join", CHANGED, replaces_cross},
	{"Target-Dialog", CHANGED, replaces_cross},
	{"Refer-To", CHANGED, refer_to_cross},
};

#define RULES (sizeof(rules) / sizeof(rules[0]))

/* By length and outer letters, which header names differ by. */
static unsigned slot_of(const char *name, size_t len)
{
	unsigned first = (unsigned char)name[0] | 0x20;
	unsigned last = (unsigned char)name[len - 1] | 0x20;

	return ((unsigned)len * 37 + first * 11 + last * 5) % RULE_SLOTS;
}

void headers_index(uint8_t slots[RULE_SLOTS])
{
	_Static_assert(RULES < RULE_SLOTS / 2, "crowded");
	memset(slots, 0, RULE_SLOTS);
	for (size_t i = 0; i < RULES; i++) {
		unsigned slot = slot_of(rules[i].name, strlen(rules[i].name));

		while (slots[slot])
			slot = (slot + 1) % RULE_SLOTS;
		slots[slot] = (uint8_t)(i + 1);
	}
}

/* Only we say what we think of a call; whoever believes it must not read it
 * from anyone else. */
static const struct rule ours = {"X-Callsieve-", OWN, NULL};

static const struct rule *rule_for(const uint8_t slots[RULE_SLOTS],
				   const char *name)
{
	unsigned slot = slot_of(name, strlen(name));

	for (; slots[slot]; slot = (slot + 1) % RULE_SLOTS)
		if (su_casematch(rules[slots[slot] - 1].name, name))
			return &rules[slots[slot] - 1];
	if (strncasecmp(name, ours.name, strlen(ours.name)) == 0)
		return &ours;
	return NULL;
}

/* NULL or "" for what is no header field. */
const char *header_name(const msg_header_t *h)
{
	if (h->sh_class == sip_unknown_class)
		return ((const sip_unknown_t *)h)->un_name;
	if (h->sh_class == sip_error_class)
		return ((const sip_error_t *)h)->er_name;
	return h->sh_class->hc_name;
}

/* May the printed form be used again? Not if it ends its lines otherwise than
 * SIP does; the next hop may be stricter than our parser. */
static bool printable(const msg_header_t *first)
{
	for (const msg_header_t *h = first; h; h = h->sh_succ) {
		const char *data = h->sh_data;

		if (h->sh_class == sip_payload_class || !h->sh_len)
			continue;
		if (!data || h->sh_len < 2 ||
		    memcmp(data + h->sh_len - 2, "\r\n", 2) != 0)
			return false;
	}
	return true;
}

int header_insert(msg_t *msg, void *header)
{
	if (!header)
		return -1;
	return msg_header_insert(msg, (msg_pub_t *)sip_object(msg), header);
}

/* The value as it was sent: what stands behind the colon. */
char *header_value(su_home_t *home, const msg_header_t *h)
{
	const char *line = h->sh_data, *end, *value;

	value = h->sh_len ? memchr(line, ':', h->sh_len) : NULL;
	if (!value)
		return su_strdup(home, "");
	end = line + h->sh_len;
	for (value++; value < end && isspace((unsigned char)*value);)
		value++;
	while (end > value && isspace((unsigned char)end[-1]))
		end--;
	return su_strndup(home, value, (isize_t)(end - value));
}

/* As a header the stack does not know, it keeps its bytes. */
static int share_text(const struct crossing *crossing, const msg_header_t *h,
		      const char *name)
{
	su_home_t *home = msg_home(crossing->msg);
	msg_header_t *copy = msg_header_alloc(home, sip_unknown_class, 0);
	sip_unknown_t *unknown = (sip_unknown_t *)copy;

	/* Empty: its text is that of the one before, on the same line. */
	if (!h->sh_len)
		return 0;
	if (!copy)
		return -1;
	unknown->un_name = name;
	if (crossing->raw) {
		unknown->un_value = "";
		copy->sh_data = h->sh_data;
		copy->sh_len = h->sh_len;
	} else {
		unknown->un_value = header_value(home, h);
		if (!unknown->un_value)
			return -1;
	}
	return header_insert(crossing->msg, copy);
}

/* Upstream Sofia-SIP parses Identity and cannot copy it: copying aborts or
 * loses all but the last. */
static bool is_text(const msg_header_t *h)
{
#ifdef NTATAG_SRV_503
	if (h->sh_class == sip_identity_class)
		return true;
#endif
	return h->sh_class == sip_error_class;
}

/* The one of its class in the new message, where there can be one alone. */
static const msg_header_t *present(const struct crossing *crossing,
				   const msg_header_t *h)
{
	msg_header_t **slot = msg_hclass_offset(
		msg_mclass(crossing->msg),
		(const msg_pub_t *)sip_object(crossing->msg), h->sh_class);

	return slot ? *slot : NULL;
}

int header_share(const struct crossing *crossing, const msg_header_t *h)
{
	msg_header_t *copy;

	if (is_text(h))
		return share_text(crossing, h, header_name(h));
	/* A header of which there is one: the first counts (RFC 3261 7.3.1). */
	if (h->sh_class->hc_kind == msg_kind_single && present(crossing, h))
		return 0;
	/* Of a list on several lines the stack keeps one, with all items. */
	if (h->sh_class->hc_kind == msg_kind_list && present(crossing, h))
		return crossing->raw ? share_text(crossing, h, header_name(h))
				     : 0;
	copy = msg_header_copy_one(msg_home(crossing->msg), h);
	if (copy && !crossing->raw)
		msg_fragment_clear(copy->sh_common);
	return header_insert(crossing->msg, copy);
}

static int cross(const struct crossing *crossing, const msg_header_t *h)
{
	const char *name = header_name(h);
	const struct rule *rule;

	if (h->sh_class == sip_payload_class)
		return header_share(crossing, h);
	if (!name || !*name || label_is_ours(crossing->call, name))
		return 0;
	rule = rule_for(crossing->call->sip->rules, name);
	switch (rule ? rule->fate : PASSES) {
	case PASSES:
		return header_share(crossing, h);
	case OWN:
	case ENDS:
		return 0;
	case TRUSTED:
		if (!crossing->from_trusted || !crossing->to_trusted)
			return 0;
		return header_share(crossing, h);
	case VOUCHED:
		return crossing->from_trusted ? header_share(crossing, h) : 0;
	case ASSERTED:
		if (!crossing->from_trusted ||
		    (!crossing->to_trusted && privacy_hides(crossing->sip)))
			return 0;
		return header_share(crossing, h);
	case CHANGED:
		return rule->transform(crossing, h);
	}
	return 0;
}

int headers_cross(struct crossing *crossing, msg_t *msg, msg_t *from,
		  const sip_t *sip)
{
	const msg_header_t *first =
		sip->sip_request ? (const msg_header_t *)sip->sip_request
				 : (const msg_header_t *)sip->sip_status;

	crossing->msg = msg;
	crossing->sip = sip;
	crossing->raw = printable(first);
	msg_set_parent(msg, from);
	for (const msg_header_t *h = first; h; h = h->sh_succ)
		if (cross(crossing, h) < 0)
			return -1;
	return session_id_add(crossing);
}

static bool trunk_trusted(const struct call *call)
{
	return call->trunk && call->trunk->identity == IDENTITY_PAI;
}

struct crossing crossing_to_callee(struct call *call, struct dialog *dialog)
{
	return (struct crossing){
		.call = call,
		.from_caller = true,
		.from_trusted = trunk_trusted(call),
		.to_trusted = call->gateway_trusted,
		.from = dialog ? &dialog->caller : NULL,
		.to = dialog ? &dialog->callee : NULL,
	};
}

struct crossing crossing_to_caller(struct call *call, struct dialog *dialog)
{
	return (struct crossing){
		.call = call,
		.from_trusted = call->gateway_trusted,
		.to_trusted = trunk_trusted(call),
		.from = dialog ? &dialog->callee : NULL,
		.to = dialog ? &dialog->caller : NULL,
	};
}

struct crossing crossing_to(struct leg *leg)
{
	struct dialog *dialog = leg->dialog;

	return leg_is_caller(leg) ? crossing_to_caller(dialog->call, dialog)
				  : crossing_to_callee(dialog->call, dialog);
}

/* Where the call may be tried elsewhere: what the response says, and nothing
 * of a dialog (RFC 3261 8.1.3.4). */
static int of_a_refusal(const struct crossing *crossing, const msg_header_t *h)
{
	return crossing->refusal ? header_share(crossing, h) : 0;
}

static int within_dialog(const struct crossing *crossing, const msg_header_t *h)
{
	return crossing->initial ? 0 : header_share(crossing, h);
}

/* Less the options that do not cross us: those that work between neighbours,
 * or name dialogs by identifiers we change, and those we do not know. Of a
 * list on several lines the first has all items. */
static int bridgeable_options(const struct crossing *crossing,
			      const msg_header_t *h)
{
	const struct sip *sip = crossing->call->sip;
	bool supported = h->sh_class == sip_supported_class;
	const sip_supported_t *bridgeable =
		supported || crossing->sip->sip_request ? sip->bridgeable
							: sip->requirable;
	const msg_list_t *whole = supported ? crossing->sip->sip_supported
					    : crossing->sip->sip_require;
	su_home_t *home = msg_home(crossing->msg);
	const msg_param_t *item;
	msg_list_t *list = NULL;

	if (h->sh_class == sip_error_class)
		return 0;
	if (whole && !sip_has_unsupported(home, bridgeable, whole))
		return header_share(crossing, h);
	for (item = ((const msg_list_t *)h)->k_items; item && *item; item++) {
		if (!sip_has_supported(bridgeable, *item))
			continue;
		if (!list)
			list = (msg_list_t *)msg_header_alloc(home, h->sh_class,
							      0);
		if (!list || msg_params_add(home, &list->k_items, *item) < 0)
			return -1;
	}
	return list ? header_insert(crossing->msg, list) : 0;
}
