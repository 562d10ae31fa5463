/* Reports in the database. Times come from core/clock like all others, and
 * are kept as datetime() writes them. */
#include "callsieve/core/clock.h"
#include "callsieve/reports.h"
#include "callsieve/store.h"

const char *const report_categories[] = {
	"scam",	  "robocall",	"telemarketing", "spoofing",
	"silent", "harassment", "other",	 NULL,
};

static int find(struct store *store, const struct report *report, int64_t *idp)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store,
				"SELECT id FROM reports "
				"WHERE subscriber = ? AND number = ?");

	if (err)
		return err;
	stmt_bind_int(stmt, 1, report->subscriber);
	stmt_bind_text(stmt, 2, report->number);
	err = stmt_step(stmt);
	if (err <= 0)
		return err;
	*idp = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return 1;
}

static int insert(struct store *store, const struct report *report,
		  int64_t *idp)
{
	struct store_stmt *stmt;
	int err = store_prepare(
		&stmt, store,
		"INSERT INTO reports(subscriber, number, category, comment, "
		"created_at, updated_at) VALUES(?1, ?2, ?3, ?4, "
		"datetime(?5, 'unixepoch'), datetime(?5, 'unixepoch'))");

	if (err)
		return err;
	stmt_bind_int(stmt, 1, report->subscriber);
	stmt_bind_text(stmt, 2, report->number);
	stmt_bind_text(stmt, 3, report->category);
	stmt_bind_text(stmt, 4, report->comment);
	stmt_bind_int(stmt, 5, now_wall_s());
	err = stmt_step(stmt);
	if (!err)
		*idp = store_last_rowid(store);
	return err;
}

static int update(struct store *store, const struct report *report, int64_t id)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store,
				"UPDATE reports SET category = ?2, "
				"comment = ?3, "
				"updated_at = datetime(?4, 'unixepoch'), "
				"call = nullif(call, '') "
				"WHERE id = ?1");

	if (err)
		return err;
	stmt_bind_int(stmt, 1, id);
	stmt_bind_text(stmt, 2, report->category);
	stmt_bind_text(stmt, 3, report->comment);
	stmt_bind_int(stmt, 4, now_wall_s());
	return stmt_step(stmt);
}

int report_save(struct store *store, const struct report *report, bool *newp,
		int64_t *idp)
{
	int64_t id = 0;
	int found, err = store_begin(store);

	if (err)
		return err;
	found = find(store, report, &id);
	if (found < 0)
		err = found;
	else if (found)
		err = update(store, report, id);
	else
		err = insert(store, report, &id);
	if (err) {
		store_rollback(store);
		return err;
	}
	err = store_commit(store);
	if (err)
		return err;
	*newp = !found;
	*idp = id;
	return 0;
}

int report_summary(struct store *store, const char *number,
		   struct report_summary *summary)
{
	struct store_stmt *stmt;
	int err = store_prepare(
		&stmt, store,
		"SELECT count(*), coalesce(sum(call <> ''), 0), "
		"coalesce(strftime('%s', min(created_at)), 0), "
		"coalesce(strftime('%s', max(updated_at)), 0) "
		"FROM reports WHERE number = ?1 AND "
		"updated_at >= datetime(?2, 'unixepoch') AND subscriber NOT IN "
		"(SELECT id FROM subscribers WHERE revoked_at IS NOT NULL)");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, number);
	stmt_bind_int(stmt, 2, now_wall_s() - REPORT_DAYS * 86400);
	err = stmt_step(stmt);
	if (err < 0)
		return err;
	summary->reporters = stmt_int(stmt, 0);
	summary->called = stmt_int(stmt, 1);
	summary->first_at = stmt_int(stmt, 2);
	summary->last_at = stmt_int(stmt, 3);
	stmt_reset(stmt);
	return 0;
}
