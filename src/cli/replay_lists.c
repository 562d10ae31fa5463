/* The lists of a database, copied as they are: its triggers have been at work
 * on these rows once. */
#include "replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"
#include "callsieve/store.h"

#define SQL_MAX (1 << 20)

/* Whoever is referred to comes first. */
static const char *const tables[] = {
	"settings",
	"subscribers",
	"subscriber_numbers",
	"subscriber_rules",
	"subscriber_settings",
	"own_numbers",
	"blocklist",
	"allowlist",
	"neverblock",
	"dno",
	"list_trunks",
	"observations",
	"reports",
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static int attach(struct store *store, const char *path)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store, "ATTACH ?1 AS given");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, path);
	return stmt_step(stmt);
}

/* SQL that drops all triggers, and SQL that makes them again. */
static int read_triggers(struct store *store, struct buf *drop,
			 struct buf *make)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store,
				"SELECT name, sql FROM sqlite_master "
				"WHERE type = 'trigger'");

	if (err)
		return err;
	while ((err = stmt_step(stmt)) == 1) {
		buf_printf(drop, "DROP TRIGGER \"%s\";", stmt_text(stmt, 0));
		buf_printf(make, "%s;", stmt_text(stmt, 1));
	}
	return err;
}

static int copy_tables(struct store *store, bool reports)
{
	char sql[200];
	int err = 0;

	/* Reports, the last, only where what is known now is wanted. */
	for (size_t i = 0; !err && i < TABLES - !reports; i++) {
		snprintf(sql, sizeof(sql),
			 "DELETE FROM main.%s; "
			 "INSERT INTO main.%s SELECT * FROM given.%s",
			 tables[i], tables[i], tables[i]);
		err = store_exec(store, sql);
	}
	if (!err)
		err = store_exec(store, "UPDATE revision SET n = n + 1");
	return err;
}

int lists_copy(struct store *store, const char *path, bool reports)
{
	struct buf drop, make;
	int err = attach(store, path);

	if (err)
		return err;
	buf_init(&drop, SQL_MAX);
	buf_init(&make, SQL_MAX);
	err = read_triggers(store, &drop, &make);
	if (!err)
		err = store_exec(store, drop.data);
	if (!err)
		err = copy_tables(store, reports);
	if (!err)
		err = store_exec(store, make.data);
	buf_fini(&drop);
	buf_fini(&make);
	return err ? err : store_exec(store, "DETACH given");
}
