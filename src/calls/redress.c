/* Redress ids: `CALL-CODE`, both of letters and digits. The code is half an
 * HMAC of the call's id, more than anybody can try. */
#include "callsieve/calls.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/digest.h"
#include "callsieve/core/handover.h"
#include "callsieve/store.h"

#define KEY_CHARS  40
#define CODE_CHARS (REDRESS_ID_SIZE - 1 - CALL_ID_SIZE)

struct redress {
	struct handover *keys;
	char first[KEY_CHARS + 1]; /* until the database gives another */
	int64_t identity;	   /* of the file the key is from */
};

int redress_new(struct redress **redressp, struct loop *loop)
{
	struct redress *redress = calloc(1, sizeof(*redress));
	int err;

	if (!redress)
		return -ENOMEM;
	random_token(redress->first, KEY_CHARS);
	err = handover_new(&redress->keys, loop, free);
	if (err) {
		free(redress);
		return err;
	}
	*redressp = redress;
	return 0;
}

void redress_free(struct redress *redress)
{
	if (!redress)
		return;
	handover_free(redress->keys);
	free(redress);
}

/* 1: found, 0: there is none. */
static int read_key(struct store *store, char **keyp)
{
	struct store_stmt *stmt;
	int found = store_prepare(
		&stmt, store,
		"SELECT value FROM settings WHERE name = 'redress_key'");

	if (!found)
		found = stmt_step(stmt);
	if (found != 1)
		return found;
	*keyp = strdup(stmt_text(stmt, 0));
	stmt_reset(stmt);
	return *keyp ? 1 : -ENOMEM;
}

static int write_key(struct store *store, const char *key)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store,
				"INSERT OR IGNORE INTO settings(name, value) "
				"VALUES('redress_key', ?)");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, key);
	return stmt_step(stmt);
}

int redress_refresh(struct store *store, void *arg)
{
	struct redress *redress = arg;
	char *key = NULL;
	int found, err;

	handover_reclaim(redress->keys);
	if (redress->identity == store_identity(store))
		return 0;
	found = read_key(store, &key);
	if (!found) {
		err = write_key(store, redress->first);
		found = err ? err : read_key(store, &key);
	}
	if (found != 1)
		return found ? found : -EIO;
	err = handover_give(redress->keys, key);
	if (!err)
		redress->identity = store_identity(store);
	return err;
}

static void print_id(char text[REDRESS_ID_SIZE], const char *key,
		     const char *call_id)
{
	char hex[DIGEST_HEX_SIZE];

	digest_hmac_hex(hex, key, call_id);
	snprintf(text, REDRESS_ID_SIZE, "%.*s-%.*s", CALL_ID_SIZE - 1, call_id,
		 CODE_CHARS, hex);
}

static const char *key_of(const struct redress *redress)
{
	const char *key = handover_current(redress->keys);

	return key ? key : redress->first;
}

void redress_id(const struct redress *redress, char text[REDRESS_ID_SIZE],
		const char *call_id)
{
	print_id(text, key_of(redress), call_id);
}

void redress_sign(const struct redress *redress, char hex[DIGEST_HEX_SIZE],
		  const char *text)
{
	digest_hmac_hex(hex, key_of(redress), text);
}

/* People read them out, and write them in capitals. */
int redress_read(struct store *store, char call_id[CALL_ID_SIZE],
		 const char *text)
{
	char expected[REDRESS_ID_SIZE], said[REDRESS_ID_SIZE], *key = NULL;
	int found;

	if (strlen(text) != REDRESS_ID_SIZE - 1 ||
	    text[CALL_ID_SIZE - 1] != '-')
		return false;
	for (size_t i = 0; i < REDRESS_ID_SIZE; i++)
		said[i] = (char)tolower((unsigned char)text[i]);
	found = read_key(store, &key);
	if (found != 1)
		return found;
	memcpy(call_id, said, CALL_ID_SIZE - 1);
	call_id[CALL_ID_SIZE - 1] = '\0';
	print_id(expected, key, call_id);
	free(key);
	return digest_same(expected, said, REDRESS_ID_SIZE - 1);
}

static size_t alphanumeric(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]))
		len++;
	return len;
}

bool redress_resembles(const char *text)
{
	size_t id = alphanumeric(text);
	size_t code = text[id] == '-' ? alphanumeric(text + id + 1) : 0;

	return id + 2 >= CALL_ID_SIZE - 1 && id <= CALL_ID_SIZE + 1 &&
	       code + 3 >= CODE_CHARS && code <= CODE_CHARS + 3 &&
	       !text[id + 1 + code];
}
