/* Tokens: `EXPIRES-NONCE-CODE`, in hexadecimal, letters and digits, so that
 * nothing on the way needs to escape them. The code is half an HMAC over the
 * rest and both numbers: more than anybody can try, and no use to another
 * caller. The key is that of redress ids, so that a token outlives us. */
#include "challenge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "callsieve/calls.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"
#include "callsieve/core/digest.h"
#include "callsieve/sip.h"
#include "used.h"

#define EXPIRES_CHARS 10
#define NONCE_CHARS   12
#define HEAD_CHARS    (EXPIRES_CHARS + 1 + NONCE_CHARS)
#define CODE_CHARS    32
#define TOKEN_CHARS   (HEAD_CHARS + 1 + CODE_CHARS)

struct challenges {
	const struct redress *redress;
	struct used *used;
};

int challenges_new(struct challenges **challengesp,
		   const struct redress *redress)
{
	struct challenges *challenges = calloc(1, sizeof(*challenges));
	int err;

	if (!challenges)
		return -ENOMEM;
	challenges->redress = redress;
	err = used_new(&challenges->used);
	if (err)
		challenges_free(challenges);
	else
		*challengesp = challenges;
	return err;
}

void challenges_free(struct challenges *challenges)
{
	if (!challenges)
		return;
	used_free(challenges->used);
	free(challenges);
}

/* `head` is EXPIRES-NONCE. No id of a call has a blank. */
static void print_code(char hex[DIGEST_HEX_SIZE],
		       const struct challenges *challenges, const char *head,
		       const struct facts *facts)
{
	char text[200];

	snprintf(text, sizeof(text), "challenge %.*s %s %s %s", HEAD_CHARS,
		 head, number_kind_name(facts->caller.kind), facts->caller.text,
		 facts->callee.text);
	redress_sign(challenges->redress, hex, text);
}

static void print_token(char token[TOKEN_CHARS + 1],
			const struct challenges *challenges, unsigned valid_s,
			const struct facts *facts)
{
	char hex[DIGEST_HEX_SIZE], nonce[NONCE_CHARS + 1];

	random_token(nonce, NONCE_CHARS);
	snprintf(token, TOKEN_CHARS + 1, "%010llx-%s",
		 (unsigned long long)(now_wall_s() + valid_s), nonce);
	print_code(hex, challenges, token, facts);
	snprintf(token + HEAD_CHARS, CODE_CHARS + 2, "-%.*s", CODE_CHARS, hex);
}

const char *challenge_token(const char *request_uri)
{
	static const char name[] = ";" SIP_TOKEN_PARAM "=";
	const char *at = strcasestr(request_uri, name);

	return at ? at + strlen(name) : NULL;
}

static bool is_genuine(const struct challenges *challenges, const char *token,
		       const struct facts *facts)
{
	char hex[DIGEST_HEX_SIZE];

	if (strcspn(token, ";?>") != TOKEN_CHARS || token[HEAD_CHARS] != '-')
		return false;
	print_code(hex, challenges, token, facts);
	return digest_same(hex, token + HEAD_CHARS + 1, CODE_CHARS);
}

/* Not to be seen in the token, lest anybody choose one by it. */
static uint64_t key_of(const struct challenges *challenges, const char *token)
{
	char hex[DIGEST_HEX_SIZE], text[TOKEN_CHARS + 10];

	snprintf(text, sizeof(text), "used %.*s", TOKEN_CHARS, token);
	redress_sign(challenges->redress, hex, text);
	hex[16] = '\0';
	return strtoull(hex, NULL, 16);
}

bool challenge_passes(struct challenges *challenges, const char *token,
		      const struct facts *facts)
{
	int64_t now = now_wall_s(), expires_s;

	if (!token || !is_genuine(challenges, token, facts))
		return false;
	expires_s = (int64_t)strtoull(token, NULL, 16);
	return expires_s >= now && used_take(challenges->used,
					     key_of(challenges, token),
					     expires_s, now);
}

/* False: no room. */
static bool print_contact(char contact[CHALLENGE_CONTACT_SIZE],
			  const char *template, const char *token,
			  const char *callee)
{
	static const char in_token[] = "{token}", in_callee[] = "{callee}";
	size_t len = 0;
	int n;

	contact[len++] = '<';
	while (*template) {
		const char *value = NULL;

		if (!strncmp(template, in_token, strlen(in_token)))
			value = token, template += strlen(in_token);
		else if (!strncmp(template, in_callee, strlen(in_callee)))
			value = callee, template += strlen(in_callee);
		n = value ? snprintf(contact + len,
				     CHALLENGE_CONTACT_SIZE - len, "%s", value)
			  : snprintf(contact + len,
				     CHALLENGE_CONTACT_SIZE - len, "%c",
				     *template ++);
		len += (size_t)n;
		if (len + 2 > CHALLENGE_CONTACT_SIZE)
			return false;
	}
	contact[len++] = '>';
	contact[len] = '\0';
	return true;
}

bool challenge_contact(struct challenges *challenges,
		       char contact[CHALLENGE_CONTACT_SIZE],
		       const struct config *config, const struct facts *facts,
		       const char *request_uri)
{
	char token[TOKEN_CHARS + 1];

	if (!config->challenge.uri || !facts->callee.text[0])
		return false;
	print_token(token, challenges, config->challenge.valid_s, facts);
	return print_contact(contact, config->challenge.uri, token,
			     facts->callee.text) &&
	       !sip_uri_same(contact, request_uri);
}
