/* One connection to the database file, and noticing that the path no longer
 * names the file that is open. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "callsieve/core/log.h"
#include "store.h"

/* Held while leftovers of a replaced file are removed: between looking and
 * unlinking no other thread may open the new file and make its own. */
static pthread_mutex_t replacing = PTHREAD_MUTEX_INITIALIZER;

int store_new(struct store **storep, const char *path, unsigned busy_ms)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store)
		return -ENOMEM;
	store->path = strdup(path);
	store->busy_ms = busy_ms;
	if (!store->path) {
		free(store);
		return -ENOMEM;
	}
	*storep = store;
	return 0;
}

static struct file_id file_id(const char *path, const char *suffix)
{
	struct file_id id = {0};
	struct stat st;
	char *name;

	if (asprintf(&name, "%s%s", path, suffix) < 0)
		return id;
	if (!stat(name, &st)) {
		id.dev = st.st_dev;
		id.ino = st.st_ino;
	}
	free(name);
	return id;
}

static bool same_file(const struct file_id *a, const struct file_id *b)
{
	return a->ino == b->ino && a->dev == b->dev;
}

bool store_is_moved(const struct store *store)
{
	struct file_id now = file_id(store->path, "");

	/* While it is being opened nothing is known yet. */
	return store->file.ino && !same_file(&now, &store->file);
}

/* Where SQLite has the file and those beside it: symbolic links are followed
 * once, when it is opened. */
static const char *real_path(const struct store *store)
{
	return sqlite3_db_filename(store->db, NULL);
}

static void remove_if(const struct store *store, const char *suffix,
		      const struct file_id *id)
{
	struct file_id now = file_id(real_path(store), suffix);
	char *name;

	if (!id->ino || !same_file(&now, id))
		return;
	if (asprintf(&name, "%s%s", real_path(store), suffix) < 0)
		return;
	unlink(name);
	free(name);
}

/* The log (-wal) of the old file beside the new one would be taken for the
 * new one's, and tear its pages to shreds. What is in it goes into the old
 * file first, in case somebody keeps that. */
static void remove_leftovers(struct store *store)
{
	struct file_id now = file_id(real_path(store), "");

	if (!now.ino || same_file(&now, &store->file))
		return;
	sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE,
				  NULL, NULL);
	remove_if(store, "-wal", &store->wal);
	remove_if(store, "-shm", &store->shm);
}

void store_disconnect(struct store *store)
{
	if (!store->db)
		return;
	store_rollback(store);
	store_drop_statements(store);
	pthread_mutex_lock(&replacing);
	if (store->file.ino)
		remove_leftovers(store);
	/* SQLite itself leaves -wal and -shm alone when the file moved. */
	sqlite3_close(store->db);
	pthread_mutex_unlock(&replacing);
	store->db = NULL;
	store->file = store->wal = store->shm = (struct file_id){0};
}

/* It will hold who called whom, so not everyone may read it, and the group
 * only what the umask leaves it; -wal and -shm get the same mode. An existing file is not touched: closing it here would
 * drop the locks of other connections. */
static void make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660);

	if (fd >= 0)
		close(fd);
}

static int set_up(struct store *store, bool create)
{
	int err;

	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_timeout(store->db, (int)store->busy_ms);
	err = store_exec(store, store->relaxed ? "PRAGMA synchronous = NORMAL"
					       : "PRAGMA synchronous = FULL");
	if (!err)
		err = store_exec(store, "PRAGMA foreign_keys = ON");
	/* A bulk import must not leave a log of its size for ever. */
	if (!err)
		err = store_exec(store, "PRAGMA journal_size_limit = 16777216");
	return err ? err : store_migrate(store, create);
}

static void remember_log(struct store *store)
{
	store->wal = file_id(real_path(store), "-wal");
	store->shm = file_id(real_path(store), "-shm");
}

/* Remembers which files these are. They are looked at before and after, lest
 * the file be replaced while it is being opened. */
static int remember(struct store *store, const struct file_id *before)
{
	static _Atomic int64_t opened;

	store->file = file_id(store->path, "");
	remember_log(store);
	store->identity = atomic_fetch_add(&opened, 1) + 1;
	if (before->ino && !same_file(before, &store->file))
		return store_report(store, -ESTALE, "replaced while opening");
	return 0;
}

void store_patience(struct store *store, unsigned busy_ms)
{
	if (store->db)
		sqlite3_busy_timeout(store->db, (int)busy_ms);
}

int store_connect(struct store *store, enum store_open_mode mode)
{
	struct file_id before = file_id(store->path, "");
	bool create = mode == STORE_CREATE;
	int err, rc;

	if (create && strcmp(store->path, ":memory:") != 0)
		make_file(store->path);
	rc = sqlite3_open_v2(store->path, &store->db,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
				     (create ? SQLITE_OPEN_CREATE : 0),
			     NULL);
	err = rc == SQLITE_OK ? set_up(store, create) : store_fail(store, rc);
	if (!err)
		err = remember(store, &before);
	if (err)
		store_disconnect(store);
	return err;
}

/* SQLite opens a file that may not be written for reading, and that is how it
 * stays, whatever becomes of the file. */
static bool may_be_written_now(const struct store *store)
{
	return sqlite3_db_readonly(store->db, "main") == 1 &&
	       faccessat(AT_FDCWD, store->path, W_OK, AT_EACCESS) == 0;
}

/* What SQLite makes beside the file gets the mode that the file has then, and
 * keeps it. Those of other users are not ours to change. */
static void match_mode(const struct store *store, const char *suffix)
{
	struct stat st;
	char *name;

	if (stat(store->path, &st) ||
	    asprintf(&name, "%s%s", real_path(store), suffix) < 0)
		return;
	chmod(name, st.st_mode & 0777);
	free(name);
}

static int reopen_to_write(struct store *store)
{
	match_mode(store, "-wal");
	match_mode(store, "-shm");
	store_disconnect(store);
	return store_connect(store, STORE_EXISTING);
}

int store_current(struct store *store)
{
	struct file_id now = file_id(store->path, "");

	if (store->db && same_file(&now, &store->file)) {
		if (may_be_written_now(store))
			return reopen_to_write(store);
		remember_log(store);
		return 0;
	}
	/* The old connection stays: it knows which leftovers are its own. */
	if (store->db && !now.ino)
		return store_report(store, -ESTALE, "no such file");
	if (store->db)
		log_info("event=database-replaced");
	store_disconnect(store);
	return store_connect(store, STORE_EXISTING);
}

int store_open(struct store **storep, const char *path,
	       enum store_open_mode mode, unsigned busy_ms)
{
	struct store *store;
	int err = store_new(&store, path, busy_ms);

	if (err)
		return err;
	err = store_connect(store, mode);
	if (err)
		store_close(store);
	else
		*storep = store;
	return err;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store_disconnect(store);
	free(store->path);
	free(store);
}

int64_t store_identity(struct store *store)
{
	return store->identity;
}

const char *store_path(const struct store *store)
{
	return store->path;
}
