/* What the files that make up store share. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <sqlite3.h>
#include <sys/types.h>

#include "callsieve/store.h"

#define STORE_MESSAGE 200

struct file_id {
	dev_t dev;
	ino_t ino; /* 0: no such file */
};

struct store {
	sqlite3 *db; /* NULL while there is no connection */
	char *path;
	unsigned busy_ms;
	bool relaxed;	   /* a power cut may cost the last commits */
	bool quiet;	   /* store_healthy() is called for it: see there */
	unsigned reported; /* the problems logged and not yet over, as bits */
	int64_t identity;
	struct file_id file, wal, shm; /* as they were when opened */
	struct store_stmt *stmts;
	char message[STORE_MESSAGE];
};

/* connection.c: an object without connection, and its connection. */
int store_new(struct store **storep, const char *path, unsigned busy_ms);
int store_connect(struct store *store, enum store_open_mode mode);
void store_disconnect(struct store *store);

/* How long a statement waits for another program's lock from now on. */
void store_patience(struct store *store, unsigned busy_ms);

/* True when the path no longer names the file that is open. */
bool store_is_moved(const struct store *store);

/* statement.c */
void store_drop_statements(struct store *store);

/* The first column of the first row; *valuep is untouched without a row. */
int store_ask(struct store *store, const char *sql, int64_t *valuep);

/* migrate.c: `create`: also when the file is empty. */
int store_migrate(struct store *store, bool create);

/* error.c: the last SQLite error translated, remembered and reported. */
int store_fail(struct store *store, int rc);

/* Logs a problem unless it was logged already. Returns err. */
int store_report(struct store *store, int err, const char *detail);

/* All is well again: logs that if something had been reported. */
void store_healthy(struct store *store);

#endif
