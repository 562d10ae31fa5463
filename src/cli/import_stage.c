/* Where a file is gathered before anything is changed: a temporary table, in
 * a file of SQLite's once it is large, so that neither memory nor the lock of
 * the database depends on how long the file is. */
#include <string.h>

#include "callsieve/store.h"

#include "import.h"

int import_stage_open(struct import *import)
{
	return store_exec(import->store,
			  "PRAGMA temp.cache_size = -32768;"
			  "DROP TABLE IF EXISTS temp.incoming;"
			  "CREATE TEMP TABLE incoming (number TEXT NOT NULL, "
			  "day TEXT NOT NULL, count INTEGER NOT NULL, "
			  "line INTEGER, points INTEGER, reason TEXT, "
			  "expires_at TEXT, removed INTEGER, "
			  "PRIMARY KEY (number, day)) WITHOUT ROWID");
}

int import_stage_time(struct import *import, char time[20], const char *text)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(
		&stmt, import->store,
		"SELECT CASE WHEN ?1 NOT GLOB '*[^0-9]*' THEN "
		"datetime(CAST(?1 AS INTEGER), 'unixepoch') "
		"WHEN ?1 GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' "
		"AND date(substr(?1, 1, 10), '+0 days') = substr(?1, 1, 10) "
		"THEN datetime(?1) END");
	if (err)
		return err;
	stmt_bind_text(stmt, 1, text);
	err = stmt_step(stmt);
	if (err < 0)
		return err;
	time[0] = '\0';
	strncat(time, stmt_text(stmt, 0), 19);
	stmt_reset(stmt);
	return 0;
}

static void bind_filled(struct store_stmt *stmt, int at, const char *text)
{
	stmt_bind_text(stmt, at, text && *text ? text : NULL);
}

bool import_is_hearsay(const struct import *import)
{
	return import->observations ||
	       import->format->kind == IMPORT_OBSERVATION;
}

/* A list says nothing of when: it speaks of the day it is imported. */
static const char *day_of(const struct import *import,
			  const struct import_entry *entry)
{
	return import_is_hearsay(import) && !*entry->day ? import->today
							 : entry->day;
}

int import_stage_add(struct import *import, const struct import_entry *entry)
{
	struct store_stmt *stmt;
	int err;

	if (import_is_hearsay(import) && strchr(entry->number, '*')) {
		import_reject(import, entry->line, entry->number,
			      "What is said of a whole prefix is no "
			      "observation.");
		return 0;
	}
	/* What a file says of a number first, it means. */
	err = store_prepare(&stmt, import->store,
			    "INSERT INTO incoming VALUES "
			    "(?1, ?2, ?8, ?3, ?4, ?5, ?6, ?7) "
			    "ON CONFLICT DO UPDATE SET count = count + ?8 "
			    "RETURNING count > ?8");
	if (err)
		return err;
	stmt_bind_text(stmt, 1, entry->number);
	stmt_bind_text(stmt, 2, day_of(import, entry));
	stmt_bind_int(stmt, 3, (int64_t)entry->line);
	stmt_bind_int(stmt, 4, entry->points);
	bind_filled(stmt, 5, entry->reason);
	bind_filled(stmt, 6, entry->expires_at);
	stmt_bind_int(stmt, 7, entry->removed);
	stmt_bind_int(stmt, 8, entry->count ? entry->count : 1);
	err = stmt_step(stmt);
	if (err < 0)
		return err;
	import->duplicates += stmt_int(stmt, 0) != 0;
	stmt_reset(stmt);
	return 0;
}
