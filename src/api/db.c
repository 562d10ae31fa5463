/* Following the database file: see db.h. While we hold the old file open its
 * inode cannot be given to another, so device and inode tell them apart. */
#include "db.h"

#include <errno.h>
#include <sys/stat.h>

#include "callsieve/store.h"

/* How long one statement waits for another program's lock. */
#define BUSY_MS 2000

void db_init(struct db *db, const char *path)
{
	*db = (struct db){.path = path};
}

void db_close(struct db *db)
{
	if (db->store)
		store_close(db->store);
	db->store = NULL;
}

bool db_was_replaced(const struct db *db)
{
	struct stat now;

	return stat(db->path, &now) || now.st_dev != db->device ||
	       now.st_ino != db->inode;
}

int db_use(struct db *db)
{
	struct stat now;
	int err;

	if (db->store && !db_was_replaced(db))
		return 0;
	db_close(db);

	/* Looked at before opening: should the file be replaced in between,
	 * db_was_replaced() will say so rather than the other way round. */
	if (stat(db->path, &now))
		return -errno;
	err = store_open(&db->store, db->path, STORE_EXISTING, BUSY_MS);
	if (err)
		return err;
	db->device = now.st_dev;
	db->inode = now.st_ino;

	/* 201 promises that the report survives a power cut. */
	err = store_exec(db->store, "PRAGMA synchronous=FULL");
	if (err)
		db_close(db);
	return err;
}
