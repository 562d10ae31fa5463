/* What phones say by themselves (RFC 8197): on its way from the loop to the
 * table. Who says it is the subscriber of the number that was called; without
 * an account there is made one of that name, which has no token. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/metrics.h"
#include "callsieve/store.h"
#include "internal.h"

#define WAITING_MAX 1000

struct heard {
	pthread_mutex_t mutex;
	size_t first, count;
	struct report_heard waiting[WAITING_MAX]; /* a ring */
};

int heard_new(struct heard **heardp)
{
	struct heard *heard = calloc(1, sizeof(*heard));

	if (!heard)
		return -ENOMEM;
	pthread_mutex_init(&heard->mutex, NULL);
	*heardp = heard;
	return 0;
}

void heard_free(struct heard *heard)
{
	if (!heard)
		return;
	metric_add(METRIC_REPORTS_DROPPED, (int64_t)heard->count);
	pthread_mutex_destroy(&heard->mutex);
	free(heard);
}

void reports_hear(struct reports *reports, const struct report_heard *what)
{
	struct heard *heard = reports->heard;
	bool full;

	pthread_mutex_lock(&heard->mutex);
	full = heard->count == WAITING_MAX;
	if (!full)
		heard->waiting[(heard->first + heard->count++) % WAITING_MAX] =
			*what;
	pthread_mutex_unlock(&heard->mutex);
	if (full)
		metric_add(METRIC_REPORTS_DROPPED, 1);
	else
		metric_add(what->answered ? METRIC_REPORTS_BYE
					  : METRIC_REPORTS_607,
			   1);
}

static int make_subscriber(struct store *store, const char *number)
{
	struct store_stmt *stmt;
	int err = store_prepare(
		&stmt, store,
		"INSERT OR IGNORE INTO subscribers(name, created_at) "
		"SELECT ?1, datetime(?2, 'unixepoch') WHERE NOT EXISTS "
		"(SELECT 1 FROM subscriber_numbers WHERE number = ?1)");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, number);
	stmt_bind_int(stmt, 2, now_wall_s());
	return stmt_step(stmt);
}

/* The number anew, for the trigger that has reports counted. */
static int save(struct store *store, const struct report_heard *heard)
{
	struct store_stmt *stmt;
	int err = make_subscriber(store, heard->callee.text);

	if (!err)
		err = store_prepare(
			&stmt, store,
			"INSERT INTO reports(subscriber, number, created_at, "
			"updated_at, call, via) SELECT coalesce("
			"(SELECT subscriber FROM subscriber_numbers "
			"WHERE number = ?1), "
			"(SELECT id FROM subscribers WHERE name = ?1)), "
			"?2, datetime(?3, 'unixepoch'), "
			"datetime(?3, 'unixepoch'), ?4, ?5 WHERE 1 "
			"ON CONFLICT(subscriber, number) DO UPDATE SET "
			"number = number, updated_at = excluded.updated_at, "
			"call = excluded.call, via = excluded.via");
	if (err)
		return err;
	stmt_bind_text(stmt, 1, heard->callee.text);
	stmt_bind_text(stmt, 2, heard->caller.text);
	stmt_bind_int(stmt, 3, now_wall_s());
	stmt_bind_text(stmt, 4, heard->call);
	stmt_bind_text(stmt, 5, heard->answered ? "bye" : "607");
	return stmt_step(stmt);
}

static int save_all(struct store *store, const struct report_heard *heard,
		    size_t count)
{
	int err = store_begin(store);

	if (err)
		return err;
	for (size_t i = 0; i < count && !err; i++)
		err = save(store, &heard[i]);
	if (err) {
		store_rollback(store);
		return err;
	}
	return store_commit(store);
}

/* Only this thread takes anything out. */
static size_t copy(struct heard *heard, struct report_heard **copyp)
{
	size_t count;

	pthread_mutex_lock(&heard->mutex);
	count = heard->count;
	*copyp = count ? calloc(count, sizeof(**copyp)) : NULL;
	for (size_t i = 0; *copyp && i < count; i++)
		(*copyp)[i] = heard->waiting[(heard->first + i) % WAITING_MAX];
	pthread_mutex_unlock(&heard->mutex);
	return *copyp ? count : 0;
}

int heard_save(struct heard *heard, struct store *store)
{
	struct report_heard *waiting;
	size_t count = copy(heard, &waiting);
	int err;

	if (!count)
		return 0;
	err = save_all(store, waiting, count);
	free(waiting);
	if (err)
		return err;
	pthread_mutex_lock(&heard->mutex);
	heard->first = (heard->first + count) % WAITING_MAX;
	heard->count -= count;
	pthread_mutex_unlock(&heard->mutex);
	metric_add(METRIC_REPORTS_ACCEPTED, (int64_t)count);
	return (int)count;
}
