/* What an INVITE says, and what of that a trunk may say. */
#include <string.h>
#include <strings.h>

#include "callsieve/core/config.h"
#include "callsieve/model/invite.h"
#include "callsieve/screen.h"

static bool trusted(const struct invite *invite)
{
	return invite->trunk->identity == IDENTITY_PAI;
}

static const char *identity_of(const struct invite *invite)
{
	return trusted(invite) && invite->asserted_uri ? invite->asserted_uri
						       : invite->from_uri;
}

void facts_parties(const struct invite *invite, struct number *caller,
		   struct number *callee)
{
	const char *identity = identity_of(invite);
	struct numbering plan;

	numbering_for_country(&plan, invite->trunk->country);
	number_from_uri(caller, identity, strlen(identity), &plan);
	number_from_uri(callee, invite->request_uri,
			strlen(invite->request_uri), &plan);
}

/* 3GPP TS 24.229 7.2A.20; carriers put the attestation behind it. */
static bool read_verstat(struct facts *facts, const char *uri)
{
	static const char passed[] = "TN-Validation-Passed";
	static const char failed[] = "TN-Validation-Failed";
	const char *value = uri ? strcasestr(uri, ";verstat=") : NULL;

	if (!value)
		return false;
	value += strlen(";verstat=");
	if (strncasecmp(value, failed, strlen(failed)) == 0) {
		facts->stir = STIR_FAILED;
	} else if (strncasecmp(value, passed, strlen(passed)) == 0) {
		facts->stir = STIR_PASSED;
		value += strlen(passed);
		if (value[0] == '-' && strchr("ABC", value[1]))
			facts->attest = value[1];
	}
	return true;
}

/* What a trusted trunk found when it checked the signature. */
static void read_stir(struct facts *facts, const struct invite *invite)
{
	const char *attestation = invite->attestation;

	if (!trusted(invite) || (!read_verstat(facts, invite->asserted_uri) &&
				 !read_verstat(facts, invite->from_uri)))
		return;
	if (facts->stir != STIR_PASSED)
		return;
	if (!facts->attest && attestation && *attestation &&
	    strchr("ABC", *attestation))
		facts->attest = *attestation;
	facts->origid = invite->origination_id;
}

/* RFC 3323 4.2, RFC 3325 9.3: who asks for any of these hides the number. */
static bool hides(const char *privacy)
{
	static const char *const words[] = {"id", "user", "header", "full"};

	for (const char *at = privacy; at && *at;) {
		size_t len;

		at += strspn(at, " \t\r\n;,");
		len = strcspn(at, " \t\r\n;,");
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (len == strlen(words[i]) &&
			    strncasecmp(at, words[i], len) == 0)
				return true;
		at += len;
	}
	return false;
}

static bool is_withheld(const struct invite *invite)
{
	struct numbering plan;
	struct number from;

	if (hides(invite->privacy))
		return true;
	numbering_for_country(&plan, invite->trunk->country);
	number_from_uri(&from, invite->from_uri, strlen(invite->from_uri),
			&plan);
	return from.kind == NUMBER_ANONYMOUS;
}

void facts_read(struct facts *facts, const struct config *config,
		const struct invite *invite)
{
	const struct config_trunk *trunk = invite->trunk;

	*facts = (struct facts){0};
	facts_parties(invite, &facts->caller, &facts->callee);
	facts->trunk = trunk->name;
	facts->screen = trunk->screen;
	facts->outbound = trunk->outbound;
	facts->refuse_anonymous = trunk->anonymous == ANONYMOUS_REFUSE;
	facts->thresholds = screen_thresholds(trunk);
	facts->display = invite->display;
	facts->withheld = is_withheld(invite);
	read_stir(facts, invite);
	facts->bypass =
		bypass_of(config, invite, &facts->caller, &facts->callee);
}
