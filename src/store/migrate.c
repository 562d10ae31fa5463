/* Bringing a database to the schema of this program, in one transaction. Whose
 * file it is stands in its application_id, what it holds in its user_version.
 */
#include <errno.h>
#include <stdio.h>

#include "callsieve/core/log.h"
#include "migrations.h"
#include "store.h"

#define APPLICATION_ID 0x63736976 /* "csiv" */

static int refuse(struct store *store, int err, const char *why)
{
	snprintf(store->message, sizeof(store->message), "%s", why);
	return store_report(store, err, why);
}

/* Nothing is written before the file is known to be ours: another program's
 * database must not even be turned to WAL. */
static int check_owner(struct store *store, bool create)
{
	int64_t id = 0, tables = 0;
	int err = store_ask(store, "PRAGMA application_id", &id);

	if (!err)
		err = store_ask(store, "SELECT count(*) FROM sqlite_schema",
				&tables);
	if (err || id == APPLICATION_ID)
		return err;
	if (id || tables)
		return refuse(store, -EUCLEAN, "it belongs to another program");
	/* Somebody's empty file is not to empty our lists. */
	if (!create)
		return refuse(store, -EUCLEAN, "it is empty");
	return 0;
}

static int run(struct store *store, int64_t version)
{
	char sql[100];
	size_t i;
	int err = 0;

	for (i = (size_t)version; !err && i < migrations_count; i++)
		err = store_exec(store, migrations[i].sql);
	if (err)
		return err;
	snprintf(sql, sizeof(sql),
		 "PRAGMA application_id = %d; PRAGMA user_version = %zu",
		 APPLICATION_ID, migrations_count);
	return store_exec(store, sql);
}

static int upgrade(struct store *store)
{
	int64_t version = 0;
	int err = store_begin(store);

	if (err)
		return err;
	/* Again, now that nobody else can migrate it. */
	err = store_ask(store, "PRAGMA user_version", &version);
	if (!err && version < (int64_t)migrations_count) {
		err = run(store, version);
		log_info("event=database-%s from=%d to=%zu ok=%d",
			 version ? "migrated" : "created", (int)version,
			 migrations_count, !err);
	}
	if (err) {
		store_rollback(store);
		return err;
	}
	return store_commit(store);
}

int store_migrate(struct store *store, bool create)
{
	int64_t version = 0;
	int err = check_owner(store, create);

	if (!err)
		err = store_ask(store, "PRAGMA user_version", &version);
	if (err)
		return err;
	if (version < 0 || version > (int64_t)migrations_count)
		return refuse(store, -EPROTO,
			      "use the callsieve that made it, or a newer one");
	err = store_exec(store, "PRAGMA journal_mode = WAL");
	if (err)
		return err;
	return version < (int64_t)migrations_count ? upgrade(store) : 0;
}
