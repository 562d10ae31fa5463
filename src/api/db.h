/* A database connection that follows the file: when the file was replaced it
 * is opened anew, when it was deleted there is none. Never creates it. */
#ifndef API_DB_H
#define API_DB_H

#include <stdbool.h>
#include <sys/types.h>

struct store;

struct db {
	const char *path; /* lent */
	struct store *store;
	dev_t device;
	ino_t inode;
};

void db_init(struct db *db, const char *path);
void db_close(struct db *db);

/* 0 with db->store open on the file that now has the name, or -errno. */
int db_use(struct db *db);

/* True when the name no longer means the file that is open: what was written
 * meanwhile may be lost with the old one. */
bool db_was_replaced(const struct db *db);

#endif
