/* The SQLite file: open, migrate, statements, transactions, and the store
 * thread, the one writer of this process besides the API. No other room sees
 * sqlite3. A struct store is one connection and belongs to one thread. */
#ifndef CALLSIEVE_STORE_H
#define CALLSIEVE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct store_stmt;
struct store_worker;

enum store_open_mode {
	STORE_CREATE,	/* made if missing, migrated to the newest schema */
	STORE_EXISTING, /* -ENOENT if missing; migrated */
};

/* `busy_ms`: how long one statement may wait for another program's lock.
 * Errors: -ENOENT, -EACCES, -EROFS, -EBUSY (locked), -ENOSPC, -EIO, -EUCLEAN
 * (corrupt or not a database), -EPROTO (schema newer than this program). All
 * functions here translate SQLite's errors so; each was logged once, but for
 * -EEXIST. An empty file is a new database only to STORE_CREATE. Commits are
 * on disk when they return. */
int store_open(struct store **storep, const char *path,
	       enum store_open_mode mode, unsigned busy_ms);
void store_close(struct store *store);

/* SQLite's own words for the last error, or a trigger's sentence; lent until
 * the next error. */
const char *store_errmsg(const struct store *store);

/* Runs SQL that returns no rows. -EEXIST for a violated constraint or a
 * trigger's RAISE, else as above. */
int store_exec(struct store *store, const char *sql);

/* For a connection that is kept: opens the file that is at the path now if it
 * was replaced, or could only be read and can be written now. -ESTALE while there is none. No statement may be under way. */
int store_current(struct store *store);

/* Immediate; nested calls are a mistake. A commit that fails rolls back;
 * -ESTALE: the file was deleted or replaced since it was opened. */
int store_begin(struct store *store);
int store_commit(struct store *store);

/* One view of the database for several reads; store_rollback() ends it. */
int store_begin_read(struct store *store);
void store_rollback(struct store *store);

/* Prepared once for each SQL text and kept with the connection; reset and
 * unbound on each call. `sql` must be a literal: it is compared by address. */
int store_prepare(struct store_stmt **stmtp, struct store *store,
		  const char *sql);

/* Parameters and columns count from 1 and 0, as in SQLite. Text is copied;
 * NULL binds NULL. */
void stmt_bind_int(struct store_stmt *stmt, int at, int64_t value);
void stmt_bind_text(struct store_stmt *stmt, int at, const char *text);
void stmt_bind_null(struct store_stmt *stmt, int at);

/* 1: a row; 0: done (and reset); negative: error (and reset). */
int stmt_step(struct store_stmt *stmt);

/* Ends a read early. */
void stmt_reset(struct store_stmt *stmt);
int64_t stmt_int(struct store_stmt *stmt, int column);
int stmt_columns(struct store_stmt *stmt);
bool stmt_is_null(struct store_stmt *stmt, int column);

/* "" for NULL; lent until the next step. */
const char *stmt_text(struct store_stmt *stmt, int column);
/* What the column is called; lent likewise. */
const char *stmt_name(struct store_stmt *stmt, int column);
int64_t store_last_rowid(const struct store *store);
int store_changes(const struct store *store);

/* The revision of a group of tables ("lists", "reports"): triggers raise it
 * with each edit by whatever program. Negative: error. */
int64_t store_revision(struct store *store, const char *group);

/* As it was given to store_open(); lent. */
const char *store_path(const struct store *store);

/* Another number each time a file is opened: a replaced file shows by it even
 * if its revisions happen to be the same. */
int64_t store_identity(struct store *store);

/* What the store thread does, each time something changed in the database or
 * someone called store_worker_wake(), and at least once a second. Returns a
 * negative error to be tried again with the next round, or -EAGAIN when
 * nothing is wrong and it merely wants to run at the next poll. */
typedef int store_task_h(struct store *store, void *arg);

struct store_task {
	const char *name; /* for the log */
	store_task_h *h;
	void *arg;
};

/* Starts the thread; it looks for edits every 100 ms. It opens the database
 * (creating it, but never again once it was open), runs the tasks once before
 * this returns, and reopens whenever the file was replaced. While it cannot,
 * it says so in log and metrics and tries again every second; that is not an
 * error here. `tasks` must outlive it. */
int store_worker_start(struct store_worker **workerp, const char *path,
		       const struct store_task *tasks, size_t count);

/* What keeps it from its work: an error, and since when (epoch seconds); 0:
 * nothing. From any thread. */
int store_worker_problem(const struct store_worker *worker, int64_t *since_sp);

/* A sentence for people on an error of this room, without its full stop. */
const char *store_problem(int err);

/* Soon rather than at the next poll. From any thread, never blocks. */
void store_worker_wake(struct store_worker *worker);

/* Runs the tasks once more, then ends and joins the thread. */
void store_worker_stop(struct store_worker *worker);

#endif
