/* What a caller gets who was rejected with 608 (RFC 8688): whom to turn to, as
 * a jCard in a JWS, made anew for each call. Whoever has the id of one was
 * given it, so there is no other token. */
#include "resources.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/signature.h"
#include "callsieve/store.h"

#include "settings.h"

#define SUFFIX ".jws"

/* RFC 7095 3.3: a property is [name, parameters, type, value]. */
static void add_property(json_t *properties, const char *name, const char *type,
			 const char *prefix, const char *value)
{
	if (value)
		json_array_append_new(
			properties,
			json_pack("[s, {}, s, o]", name, type,
				  json_sprintf("%s%s", prefix, value)));
}

static json_t *jcard(const struct api_redress *redress)
{
	json_t *properties = json_array();

	add_property(properties, "version", "text", "", "4.0");
	add_property(properties, "fn", "text", "", redress->name);
	add_property(properties, "url", "uri", "", redress->url);
	add_property(properties, "email", "text", "", redress->email);
	add_property(properties, "tel", "uri", "tel:", redress->tel);
	return json_pack("[s, o]", "vcard", properties);
}

/* A part of the JWS, to free(); takes the JSON. */
static char *encode(json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	char *encoded = text ? base64url(text, strlen(text)) : NULL;

	json_decref(json);
	free(text);
	return encoded;
}

/* RFC 8688 3.2; NULL: no memory. */
static char *jws(const struct api_redress *redress, int64_t issued_s)
{
	char *head = encode(json_pack(
		"{s:s, s:s, s:o}", "alg", "ES256", "typ", "vcard+json", "x5u",
		json_sprintf("%s/certificate.pem", redress->url)));
	char *payload =
		encode(json_pack("{s:I, s:o}", "iat", (json_int_t)issued_s,
				 "jcard", jcard(redress)));
	char *signature = NULL, *signing = NULL, *whole = NULL;

	if (head && payload &&
	    asprintf(&signing, "%s.%s", head, payload) >= 0) {
		signature = signer_sign(redress->signer, signing);
		if (!signature ||
		    asprintf(&whole, "%s.%s", signing, signature) < 0)
			whole = NULL;
		free(signing);
	}
	free(signature);
	free(payload);
	free(head);
	return whole;
}

/* When the call was rejected. Its record may still be on its way into the
 * database, and then that was just now. Negative: an error. */
static int64_t issued_at(struct store *store, const char *call_id)
{
	struct store_stmt *stmt;
	int64_t at = now_wall_s();
	int err = store_prepare(&stmt, store,
				"SELECT ended_at / 1000 FROM calls "
				"WHERE id = ?");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, call_id);
	err = stmt_step(stmt);
	if (err < 0)
		return err;
	if (err && !stmt_is_null(stmt, 0))
		at = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return at;
}

static void nothing_here(struct reply *reply)
{
	reply_problem(reply, 404, "There is nothing at this address.");
}

void redress_get(struct request *request, const struct api_settings *settings,
		 struct store *store)
{
	size_t len = strlen(request->param), suffix = strlen(SUFFIX);
	char id[PARAM_SIZE], call_id[CALL_ID_SIZE];
	int64_t issued;
	int found;

	if (!settings->redress.signer || len <= suffix ||
	    strcmp(request->param + len - suffix, SUFFIX)) {
		nothing_here(&request->reply);
		return;
	}
	snprintf(id, sizeof(id), "%.*s", (int)(len - suffix), request->param);
	found = redress_read(store, call_id, id);
	issued = found > 0 ? issued_at(store, call_id) : found;
	if (issued < 0)
		reply_database(&request->reply, (int)issued);
	else if (!found)
		nothing_here(&request->reply);
	else
		reply_text(&request->reply, 200, "application/jose",
			   jws(&settings->redress, issued));
}

void certificate_get(struct request *request,
		     const struct api_settings *settings, struct store *store)
{
	(void)store;
	if (settings->redress.certificate)
		reply_text(&request->reply, 200,
			   "application/pem-certificate-chain",
			   strdup(settings->redress.certificate));
	else
		nothing_here(&request->reply);
}
