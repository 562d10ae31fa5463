/* SQLite's errors: what they mean to the rest of the program, what they mean
 * to people, and saying so once rather than each second. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/log.h"
#include "store.h"

#define LOG_VALUE 300

static const struct problem {
	int err;
	const char *sentence;
} problems[] = {
	{-ENOENT, "there is no such file, and its folder may be missing too"},
	{-ESTALE, "the file was deleted; it is not made anew, since an empty "
		  "list would replace the good one: put it back"},
	{-EACCES, "access to the file or its folder is denied"},
	{-EROFS, "the file is read-only"},
	{-EBUSY, "another program holds its lock, perhaps by a forgotten "
		 "BEGIN"},
	{-ENOSPC, "the disk or the file's quota is full"},
	{-EIO, "the file cannot be read or written"},
	{-EUCLEAN, "the file is damaged, or no database of callsieve"},
	{-EPROTO, "the schema is newer than this program"},
	{-ENOMEM, "there is not enough memory"},
	{-EINVAL, "the schema was changed: a statement makes no sense in it"},
};

#define PROBLEMS (sizeof(problems) / sizeof(problems[0]))

static int from_errno(int code)
{
	switch (code) {
	case ENOENT:
	case ENOTDIR:
		return -ENOENT;
	case EACCES:
	case EPERM:
		return -EACCES;
	case EROFS:
		return -EROFS;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return -ENOSPC;
	default:
		return -EIO;
	}
}

static int translate(int rc, int code)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
		return from_errno(code);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	default:
		return -EINVAL;
	}
}

int store_fail(struct store *store, int rc)
{
	int err =
		translate(rc, store->db ? sqlite3_system_errno(store->db) : 0);

	snprintf(store->message, sizeof(store->message), "%s",
		 store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(rc));
	/* What a statement may not do concerns only who sent it. */
	if (err != -EEXIST)
		store_report(store, err, store->message);
	return err;
}

static size_t row_of(int err)
{
	size_t i;

	for (i = 0; i < PROBLEMS && problems[i].err != err; i++)
		;
	return i;
}

const char *store_problem(int err)
{
	size_t i = row_of(err);

	return i < PROBLEMS ? problems[i].sentence : strerror(-err);
}

int store_report(struct store *store, int err, const char *detail)
{
	char why[LOG_VALUE], said[LOG_VALUE], file[LOG_VALUE];
	size_t i = row_of(err);

	if (store->reported & 1u << i)
		return err;
	store->reported |= 1u << i;
	log_error(
		"event=database-problem file=%s why=%s said=%s",
		log_quote(file, sizeof(file), store->path),
		log_quote(why, sizeof(why), store_problem(err)),
		log_quote(said, sizeof(said), detail));
	return err;
}

void store_healthy(struct store *store)
{
	char file[LOG_VALUE];

	if (!store->reported)
		return;
	store->reported = 0;
	log_info("event=database-recovered file=%s",
		 log_quote(file, sizeof(file), store->path));
}

const char *store_errmsg(const struct store *store)
{
	return store->message;
}
