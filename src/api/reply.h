/* The answer to a request, before it becomes HTTP. Errors are problem
 * documents (RFC 9457), each with a sentence for the developer who reads it.
 * A later reply replaces an earlier one. */
#ifndef API_REPLY_H
#define API_REPLY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct reply {
	int status;	  /* 0: none yet */
	const char *type; /* of the body; static */
	char *body;	  /* owned; NULL: empty */
	size_t len;
	unsigned retry_after_s; /* 0: no Retry-After */
	char allow[48];		/* for 405 */
	const char *challenge;	/* WWW-Authenticate, static */
	int database_err;	/* what reply_database() was told */
};

void reply_fini(struct reply *reply);

/* Takes over `json`; NULL is answered as out of memory. */
void reply_json(struct reply *reply, int status, json_t *json);

/* Takes over `text`. */
void reply_text(struct reply *reply, int status, const char *type, char *text);

void reply_problem(struct reply *reply, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What a negative result of the store means to who asked: 503. */
void reply_database(struct reply *reply, int err);

#endif
