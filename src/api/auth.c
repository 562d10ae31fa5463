/* Bearer tokens: see auth.h. Tokens are looked up by their SHA-256 in the
 * database, so comparing takes the same time whatever was guessed. */
#include "auth.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "callsieve/core/metrics.h"
#include "callsieve/reports.h"
#include "callsieve/store.h"

#include "rate.h"

static void too_often(struct reply *reply, unsigned wait_s)
{
	metric_add(METRIC_API_DENIED, 1);
	reply_problem(reply, 429, "Too many requests. Please wait %u second%s.",
		      wait_s, wait_s == 1 ? "" : "s");
	reply->retry_after_s = wait_s;
}

static void unauthorized(struct request *request, struct rates *rates,
			 const char *challenge, const char *sentence)
{
	unsigned wait_s = rates_take_address(rates, &request->client);

	if (wait_s) {
		too_often(&request->reply, wait_s);
		return;
	}
	metric_add(METRIC_API_DENIED, 1);
	reply_problem(&request->reply, 401, "%s", sentence);
	request->reply.challenge = challenge;
}

void auth_read(struct request *request, struct rates *rates,
	       const char *authorization)
{
	const char *token = authorization;
	size_t len;

	if (!token || strncasecmp(token, "Bearer ", 7)) {
		unauthorized(request, rates, "Bearer realm=\"callsieve\"",
			     "A subscriber's token is needed, as in "
			     "\"Authorization: Bearer cs_...\".");
		return;
	}
	token += 7 + strspn(token + 7, " ");
	len = strcspn(token, " ");
	if (!len || token[len] || len >= sizeof(request->token)) {
		unauthorized(request, rates,
			     "Bearer realm=\"callsieve\", "
			     "error=\"invalid_request\"",
			     "This is not the form of a token.");
		return;
	}
	memcpy(request->token, token, len + 1);
}

bool auth_check(struct request *request, struct rates *rates,
		struct store *store)
{
	unsigned wait_s;
	int err;

	err = token_find(store, request->token, &request->subscriber);
	if (err == -ENOENT) {
		unauthorized(request, rates,
			     "Bearer realm=\"callsieve\", "
			     "error=\"invalid_token\"",
			     "This token is unknown or was revoked.");
		return false;
	}
	if (err) {
		reply_database(&request->reply, err);
		return false;
	}
	wait_s = rates_take_subscriber(rates, request->subscriber);
	if (wait_s)
		too_often(&request->reply, wait_s);
	return !wait_s;
}
