/* Subscribers' tokens. A token is random enough (206 bits) for its plain hash
 * to be safe to keep and quick to find. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/digest.h"
#include "callsieve/reports.h"
#include "callsieve/store.h"

#define PREFIX "cs_" /* secret scanners can know it by */

static void hash_token(char hex[DIGEST_HEX_SIZE], const char *token)
{
	digest_sha256_hex(hex, token, strlen(token));
}

int token_new(struct store *store, const char *subscriber,
	      char token[TOKEN_SIZE])
{
	struct store_stmt *stmt;
	char hex[DIGEST_HEX_SIZE];
	int err = store_prepare(
		&stmt, store,
		"INSERT INTO subscribers(name, token_hash, created_at) "
		"VALUES(?1, ?2, datetime(?3, 'unixepoch')) "
		"ON CONFLICT(name) DO UPDATE SET token_hash = ?2, "
		"revoked_at = NULL");

	if (err)
		return err;
	memset(token, 0, TOKEN_SIZE);
	strcpy(token, PREFIX);
	random_token(token + strlen(PREFIX), 40);
	hash_token(hex, token);
	stmt_bind_text(stmt, 1, subscriber);
	stmt_bind_text(stmt, 2, hex);
	stmt_bind_int(stmt, 3, now_wall_s());
	return stmt_step(stmt);
}

int token_revoke(struct store *store, const char *subscriber)
{
	struct store_stmt *stmt;
	int err = store_prepare(
		&stmt, store,
		"UPDATE subscribers SET revoked_at = datetime(?2, 'unixepoch') "
		"WHERE name = ?1 AND revoked_at IS NULL");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, subscriber);
	stmt_bind_int(stmt, 2, now_wall_s());
	err = stmt_step(stmt);
	if (err)
		return err;
	return store_changes(store) ? 0 : -ENOENT;
}

int token_find(struct store *store, const char *token, int64_t *subscriberp)
{
	struct store_stmt *stmt;
	char hex[DIGEST_HEX_SIZE];
	int err = store_prepare(&stmt, store,
				"SELECT id FROM subscribers "
				"WHERE token_hash = ? AND revoked_at IS NULL");

	if (err)
		return err;
	hash_token(hex, token);
	stmt_bind_text(stmt, 1, hex);
	err = stmt_step(stmt);
	if (err <= 0)
		return err ? err : -ENOENT;
	*subscriberp = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return 0;
}
