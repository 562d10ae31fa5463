/* Prepared statements, kept with the connection, and transactions. */
#include <errno.h>
#include <stdlib.h>

#include "store.h"

struct store_stmt {
	struct store *store;
	sqlite3_stmt *handle;
	const char *sql;
	int bind_rc;
	struct store_stmt *next;
};

void store_drop_statements(struct store *store)
{
	struct store_stmt *stmt;

	while ((stmt = store->stmts)) {
		store->stmts = stmt->next;
		sqlite3_finalize(stmt->handle);
		free(stmt);
	}
}

static struct store_stmt *find(const struct store *store, const char *sql)
{
	struct store_stmt *stmt = store->stmts;

	while (stmt && stmt->sql != sql)
		stmt = stmt->next;
	return stmt;
}

static int add(struct store_stmt **stmtp, struct store *store, const char *sql)
{
	struct store_stmt *stmt = calloc(1, sizeof(*stmt));
	int rc;

	if (!stmt)
		return -ENOMEM;
	stmt->store = store;
	stmt->sql = sql;
	rc = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				&stmt->handle, NULL);
	if (rc != SQLITE_OK) {
		free(stmt);
		return store_fail(store, rc);
	}
	stmt->next = store->stmts;
	store->stmts = stmt;
	*stmtp = stmt;
	return 0;
}

int store_prepare(struct store_stmt **stmtp, struct store *store,
		  const char *sql)
{
	struct store_stmt *stmt;

	if (!store->db)
		return -ESTALE;
	stmt = find(store, sql);
	if (!stmt)
		return add(stmtp, store, sql);
	sqlite3_reset(stmt->handle);
	sqlite3_clear_bindings(stmt->handle);
	stmt->bind_rc = SQLITE_OK;
	*stmtp = stmt;
	return 0;
}

static void bound(struct store_stmt *stmt, int rc)
{
	if (rc != SQLITE_OK)
		stmt->bind_rc = rc;
}

void stmt_bind_int(struct store_stmt *stmt, int at, int64_t value)
{
	bound(stmt, sqlite3_bind_int64(stmt->handle, at, value));
}

void stmt_bind_text(struct store_stmt *stmt, int at, const char *text)
{
	bound(stmt,
	      sqlite3_bind_text(stmt->handle, at, text, -1, SQLITE_TRANSIENT));
}

void stmt_bind_null(struct store_stmt *stmt, int at)
{
	bound(stmt, sqlite3_bind_null(stmt->handle, at));
}

int stmt_step(struct store_stmt *stmt)
{
	int rc = stmt->bind_rc, err = 0;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt->handle);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		err = store_fail(stmt->store, rc);
	sqlite3_reset(stmt->handle);
	return err;
}

void stmt_reset(struct store_stmt *stmt)
{
	sqlite3_reset(stmt->handle);
}

int64_t stmt_int(struct store_stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt->handle, column);
}

bool stmt_is_null(struct store_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt->handle, column) == SQLITE_NULL;
}

const char *stmt_text(struct store_stmt *stmt, int column)
{
	const void *text = sqlite3_column_text(stmt->handle, column);

	return text ? text : "";
}

int stmt_columns(struct store_stmt *stmt)
{
	return sqlite3_column_count(stmt->handle);
}

const char *stmt_name(struct store_stmt *stmt, int column)
{
	const char *name = sqlite3_column_name(stmt->handle, column);

	return name ? name : "";
}

int64_t store_last_rowid(const struct store *store)
{
	return store->db ? sqlite3_last_insert_rowid(store->db) : 0;
}

int store_changes(const struct store *store)
{
	return store->db ? sqlite3_changes(store->db) : 0;
}

int store_exec(struct store *store, const char *sql)
{
	int rc;

	if (!store->db)
		return -ESTALE;
	rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : store_fail(store, rc);
}

int store_ask(struct store *store, const char *sql, int64_t *valuep)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store, sql);

	if (err)
		return err;
	err = stmt_step(stmt);
	if (err <= 0)
		return err;
	*valuep = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return 0;
}

int store_begin(struct store *store)
{
	return store_exec(store, "BEGIN IMMEDIATE");
}

int store_begin_read(struct store *store)
{
	return store_exec(store, "BEGIN");
}

int store_commit(struct store *store)
{
	int err;

	/* What is written to a file that was deleted meanwhile is lost. */
	if (store->db && store_is_moved(store))
		err = store_report(store, -ESTALE, "moved before the commit");
	else
		err = store_exec(store, "COMMIT");
	if (err)
		store_rollback(store);
	else if (!store->quiet)
		store_healthy(store);
	return err;
}

void store_rollback(struct store *store)
{
	if (store->db && !sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

int64_t store_revision(struct store *store, const char *group)
{
	struct store_stmt *stmt;
	int64_t n = -ENOENT;
	int err = store_prepare(&stmt, store,
				"SELECT n FROM revision WHERE name = ?");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, group);
	err = stmt_step(stmt);
	if (err < 0)
		return err;
	if (err)
		n = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return n;
}
