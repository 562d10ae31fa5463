/* From rows in a real database to answers on the loop. */
#include "callsieve/lists.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/loop.h"
#include "callsieve/core/metrics.h"
#include "callsieve/store.h"
#include "unit/scratch.h"

#include "suites.h"

static struct scratch scratch;
static struct store *store;
static struct lists *lists;

static void setup(void)
{
	now_fake(1800000000000);
	scratch_make(&scratch);
	ck_assert_int_eq(store_open(&store, scratch.path, STORE_CREATE, 10), 0);
	ck_assert_int_eq(lists_new(&lists, NULL), 0);
}

static void teardown(void)
{
	lists_free(lists);
	store_close(store);
	scratch_remove(&scratch);
}

static void edit(const char *sql)
{
	ck_assert_msg(!store_exec(store, sql), "%s: %s", sql,
		      store_errmsg(store));
}

static void refresh(void)
{
	int err;

	while ((err = lists_refresh(store, lists)) == -EAGAIN)
		;
	ck_assert_int_eq(err, 0);
}

static struct list_findings ask(const char *caller, const char *callee,
				const char *trunk)
{
	struct number from = {.kind = NUMBER_E164}, to = from;
	const struct list_question question = {.caller = &from,
					       .callee = &to,
					       .trunk = trunk,
					       .now = now_wall_s()};
	struct list_findings findings;

	strcpy(from.text, caller);
	strcpy(to.text, callee);
	lists_look(lists, &question, &findings);
	return findings;
}

static struct list_match found(const char *caller)
{
	struct list_match match = ask(caller, "+12125550100", "carrier").listed;

	if (match.kind == LIST_NONE)
		match.row = -1;
	return match;
}

START_TEST(nothing_matches_before_the_first_load)
{
	ck_assert_int_eq(found("+12025550123").row, -1);
	ck_assert_uint_eq(lists_generation(lists), 0);
}
END_TEST

START_TEST(row_is_loaded_with_all_it_says)
{
	struct list_match match;

	edit("INSERT INTO blocklist(id, number, points, reason, source, "
	     "expires_at) VALUES(17, '+1900*', 60, 'premium', 'ftc', "
	     "'2030-01-01 00:00:00')");
	edit("INSERT INTO allowlist(number) VALUES('+19005550100')");
	refresh();
	match = found("+19001234567");
	ck_assert_int_eq(match.row, 17);
	ck_assert_int_eq(match.kind, LIST_BLOCK);
	ck_assert_int_eq(match.points, 60);
	ck_assert_str_eq(match.reason, "premium");
	ck_assert_str_eq(match.source, "ftc");
	ck_assert_int_eq(match.expires_at, 1893456000);
	match = found("+19005550100");
	ck_assert_int_eq(match.kind, LIST_ALLOW);
	ck_assert_str_eq(match.reason, "");
	ck_assert_int_eq(metric_get(METRIC_LIST_ENTRIES), 2);
}
END_TEST

START_TEST(row_expires_without_a_load)
{
	edit("INSERT INTO blocklist(number, expires_at) "
	     "VALUES('+12025550123', 1800000060)");
	refresh();
	ck_assert_int_eq(found("+12025550123").row, 1);
	now_fake_advance_ms(59000);
	ck_assert_int_eq(found("+12025550123").row, 1);
	now_fake_advance_ms(1000);
	ck_assert_int_eq(found("+12025550123").row, -1);
	ck_assert_uint_eq(lists_generation(lists), 1);
}
END_TEST

START_TEST(range_matches_from_end_to_end)
{
	edit("INSERT INTO blocklist(number, points) "
	     "VALUES('+12025550095-+12025550119', 70), ('+1202555010*', 20)");
	refresh();
	ck_assert_int_eq(found("+12025550094").row, -1);
	ck_assert_int_eq(found("+12025550095").row, 1);
	ck_assert_int_eq(found("+12025550119").points, 70);
	ck_assert_int_eq(found("+12025550120").row, -1);
	ck_assert_int_eq(found("+12025550105").points, 20);
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "SELECT list_skipped FROM engine_status"),
			 "0");
}
END_TEST

START_TEST(list_counts_for_its_trunks)
{
	edit("INSERT INTO blocklist(number, list, points) VALUES"
	     "('+12025550123', 'l', 50), ('+12025550124', 'm', 50), "
	     "('+12025550123', 'default', 20)");
	edit("INSERT INTO list_trunks(list, trunk) "
	     "VALUES('l', 'abroad'), ('l', 'carrier'), ('k', 'carrier')");
	refresh();
	ck_assert_int_eq(found("+12025550123").row, 1);
	ck_assert_str_eq(found("+12025550123").list, "l");
	ck_assert_int_eq(found("+12025550124").row, 2);
	ck_assert_int_eq(
		ask("+12025550123", "+12125550100", "other").listed.row, 3);
	edit("DELETE FROM list_trunks");
	refresh();
	ck_assert_int_eq(
		ask("+12025550123", "+12125550100", "other").listed.row, 1);
}
END_TEST

START_TEST(each_table_says_its_own)
{
	struct list_findings all;

	edit("INSERT INTO subscribers(id, name) VALUES(7, 'ann')");
	edit("INSERT INTO subscriber_numbers(number, subscriber) "
	     "VALUES('+12125550100', 7)");
	edit("INSERT INTO subscriber_rules(id, subscriber, number, action) "
	     "VALUES(70, 7, '+1202*', 'allow'), "
	     "(71, 7, '+12025550123', 'block')");
	edit("INSERT INTO neverblock(id, number, reason) "
	     "VALUES(3, '+12025550120-+12025550129', 'hospital')");
	edit("INSERT INTO dno(id, number, points, force) "
	     "VALUES(4, '+12025550123', 90, 1)");
	edit("INSERT INTO blocklist(number) VALUES('+1202*')");
	edit("INSERT INTO own_numbers(id, number) "
	     "VALUES(5, '+12125550150-+12125550159'), (6, '+121255502*')");
	refresh();
	all = ask("+12025550123", "+12125550100", "carrier");
	ck_assert_int_eq(all.never.row, 3);
	ck_assert_str_eq(all.never.range, "+12025550120-+12025550129");
	ck_assert_str_eq(all.never.reason, "hospital");
	ck_assert_int_eq(all.rule.kind, LIST_SUBSCRIBER_BLOCK);
	ck_assert_int_eq(all.rule.row, 71);
	ck_assert_int_eq(all.dno.row, 4);
	ck_assert_int_eq(all.dno.points, 90);
	ck_assert_int_eq(all.listed.row, 1);
	all = ask("+12025550130", "+12125550100", "carrier");
	ck_assert_int_eq(all.rule.kind, LIST_SUBSCRIBER_ALLOW);
	ck_assert_int_eq(all.rule.row, 70);
	ck_assert_int_eq(all.never.kind, LIST_NONE);
	all = ask("+12025550130", "+12125550101", "carrier");
	ck_assert_int_eq(all.rule.kind, LIST_NONE);
	ck_assert_int_eq(all.own.kind, LIST_NONE);
	all = ask("+12125550155", "+12125550101", "carrier");
	ck_assert_int_eq(all.own.kind, LIST_OWN);
	ck_assert_int_eq(all.own.row, 5);
	all = ask("+12125550255", "+12125550101", "carrier");
	ck_assert_int_eq(all.own.row, 6);
	all = ask("+12125550100", "+12125550101", "carrier");
	ck_assert_int_eq(all.own.kind, LIST_OWN);
	ck_assert_int_eq(all.own.row, 0);
}
END_TEST

/* To the day at first, to the month and to the year later. */
START_TEST(day_of_a_row_is_known)
{
	static const struct {
		int days, day;
	} ages[] = {
		{0, 20833},  {1, 20832}, {60, 20773},
		{100, 20727 /* 2026-10-01 */}, {800, 19723 /* 2024-01-01 */},
	};
	size_t i;
	char sql[200];

	for (i = 0; i < 5; i++) {
		snprintf(sql, sizeof(sql),
			 "INSERT INTO blocklist(number, created_at) VALUES"
			 "('+1202555010%zu', datetime(1800000000, 'unixepoch', "
			 "'-%d days'))",
			 i, ages[i].days);
		edit(sql);
	}
	refresh();
	for (i = 0; i < 5; i++) {
		snprintf(sql, sizeof(sql), "+1202555010%zu", i);
		ck_assert_int_eq(found(sql).added_day, ages[i].day);
	}
}
END_TEST

/* Each way a row can change, one after the other and all at once, must come to
 * what a full load would say. */
static const char *const edits[] = {
	"INSERT INTO blocklist(number, points) VALUES('+12025550101', 30)",
	"INSERT INTO blocklist(number, points) VALUES('+12025550102', 40), "
	"('+1303*', 50), ('+12025550110-+12025550119', 60)",
	"UPDATE blocklist SET points = 31 WHERE number = '+12025550101'",
	"UPDATE blocklist SET number = '+12025550103' "
	"WHERE number = '+12025550101'",
	"REPLACE INTO blocklist(number, points) VALUES('+12025550102', 41)",
	"UPDATE blocklist SET id = 900 WHERE number = '+12025550103'",
	"INSERT INTO blocklist(number, points, list) "
	"VALUES('+12025550103', 90, 'night')",
	"INSERT INTO allowlist(number) VALUES('+12025550102')",
	"DELETE FROM allowlist",
	"UPDATE blocklist SET number = '+12025550120-+12025550129' "
	"WHERE points = 60",
	"INSERT INTO list_trunks(list, trunk) VALUES('night', 'another')",
	"INSERT INTO neverblock(number) VALUES('+1404*')",
	"INSERT INTO dno(number) VALUES('+15055550100')",
	"INSERT INTO subscribers(id, name) VALUES(7, 'ann')",
	"INSERT INTO subscriber_numbers(number, subscriber) "
	"VALUES('+12125550100', 7)",
	"INSERT INTO subscriber_rules(subscriber, number, action) "
	"VALUES(7, '+12025550104', 'block'), (7, '+1303*', 'allow')",
	"UPDATE subscriber_rules SET action = 'allow' WHERE action = 'block'",
	"UPDATE subscriber_rules SET number = '+12025550105' "
	"WHERE number LIKE '%104'",
	"INSERT INTO subscriber_settings(subscriber, reject_at) VALUES(7, 60)",
	"UPDATE subscriber_numbers SET number = '+12125550101'",
	"UPDATE subscriber_settings SET anonymous = 'refuse', label_at = 0",
	"REPLACE INTO subscriber_settings(subscriber, label_at) VALUES(7, 9)",
	"DELETE FROM subscriber_settings",
	"INSERT INTO subscriber_settings_csv(subscriber, label_at) "
	"VALUES('ann', 30)",
	"UPDATE subscriber_numbers SET number = '+12025550199'",
	"INSERT INTO own_numbers(number) "
	"VALUES('+12025550101'), ('+13035*'), ('+12025550110-+12025550119')",
	"UPDATE own_numbers SET number = '+12025550120-+12025550129' "
	"WHERE number LIKE '%119'",
	"DELETE FROM own_numbers WHERE number = '+13035*'",
	"UPDATE blocklist SET expires_at = '2020-01-01 00:00:00' "
	"WHERE number = '+1303*'",
	"DELETE FROM subscriber_rules",
	"DELETE FROM blocklist WHERE number = '+12025550102'",
	"DELETE FROM blocklist WHERE points = 60",
	"DELETE FROM blocklist",
	"DELETE FROM neverblock",
};

static bool same_settings(const struct list_settings *a,
			  const struct list_settings *b)
{
	return a->subscriber == b->subscriber &&
	       (!a->subscriber || (a->label_at == b->label_at &&
				   a->reject_at == b->reject_at &&
				   a->refuse_anonymous == b->refuse_anonymous));
}

static void compare_with_a_full_load(const char *what)
{
	static const char *const callers[] = {
		"+12025550101", "+12025550102", "+12025550103", "+12025550104",
		"+12025550105", "+12025550111", "+12025550121", "+13035550100",
		"+14045550100", "+15055550100", "+12025550199"};
	static const char *const callees[] = {"+12125550100", "+12125550101"};
	static const char *const trunks[] = {"carrier", "another"};
	struct list_findings a[44], b[44];
	struct lists *mine = lists, *fresh;
	size_t i;

	for (i = 0; i < 44; i++)
		a[i] = ask(callers[i / 4], callees[i % 2], trunks[i / 2 % 2]);
	ck_assert_int_eq(lists_new(&fresh, NULL), 0);
	ck_assert_int_eq(lists_refresh(store, fresh), 0);
	lists = fresh;
	for (i = 0; i < 44; i++)
		b[i] = ask(callers[i / 4], callees[i % 2], trunks[i / 2 % 2]);
	lists = mine;
	for (i = 0; i < 44; i++)
		ck_assert_msg(
			a[i].listed.kind == b[i].listed.kind &&
				a[i].never.kind == b[i].never.kind &&
				a[i].dno.kind == b[i].dno.kind &&
				a[i].rule.kind == b[i].rule.kind &&
				same_settings(&a[i].settings, &b[i].settings) &&
				a[i].own.kind == b[i].own.kind &&
				(!a[i].own.kind ||
				 a[i].own.row == b[i].own.row) &&
				(!a[i].listed.kind ||
				 (a[i].listed.row == b[i].listed.row &&
				  a[i].listed.points == b[i].listed.points)),
			"%s: %s by %s", what, callers[i / 4],
			trunks[i / 2 % 2]);
	lists_free(fresh);
}

START_TEST(edits_come_to_what_a_load_would_say)
{
	size_t i;

	refresh();
	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		edit(edits[i]);
		refresh();
		compare_with_a_full_load(edits[i]);
	}
}
END_TEST

START_TEST(edits_at_once_come_to_the_same)
{
	size_t i, from;

	for (from = 2; from < sizeof(edits) / sizeof(edits[0]); from++) {
		edit("DELETE FROM blocklist");
		edit("DELETE FROM allowlist");
		edit("DELETE FROM neverblock");
		edit("DELETE FROM dno");
		edit("DELETE FROM list_trunks");
		edit("DELETE FROM own_numbers");
		edit("DELETE FROM subscribers");
		edit(edits[0]);
		edit(edits[1]);
		refresh();
		for (i = 2; i <= from; i++)
			edit(edits[i]);
		refresh();
		compare_with_a_full_load(edits[from]);
	}
}
END_TEST

/* More than a step takes. */
START_TEST(many_edits_are_taken_in_steps)
{
	refresh();
	edit("WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i + 1 FROM n "
	     "WHERE i < 45000) INSERT INTO blocklist(number) "
	     "SELECT printf('+1202%07d', 2000000 + i) FROM n");
	ck_assert_int_eq(lists_refresh(store, lists), 0);
	ck_assert_int_eq(found("+12022000000").row, 1);
	ck_assert_int_eq(found("+12022045000").row, 45001);
	ck_assert_int_eq(metric_get(METRIC_LIST_ENTRIES), 45001);
}
END_TEST

/* Others have work for the store thread too. */
START_TEST(more_edits_wait_for_the_next_round)
{
	edit("INSERT INTO blocklist(number) VALUES('+12025550101')");
	refresh();
	edit("WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n "
	     "WHERE i < 210000) INSERT INTO changes(op, in_table, row, number) "
	     "SELECT 'update', 'blocklist', 1, '+12025550101' FROM n");
	ck_assert_int_eq(lists_refresh(store, lists), -EAGAIN);
	ck_assert_int_eq(metric_get(METRIC_LIST_BEHIND), 10000);
	ck_assert_int_eq(lists_refresh(store, lists), 0);
	ck_assert_int_eq(metric_get(METRIC_LIST_BEHIND), 0);
	ck_assert_int_eq(found("+12025550101").row, 1);
}
END_TEST

START_TEST(edits_without_triggers_are_loaded_all_the_same)
{
	edit("INSERT INTO blocklist(number) VALUES('+12025550101')");
	refresh();
	edit("DROP TRIGGER blocklist_inserted");
	edit("INSERT INTO blocklist(number) VALUES('+12025550102')");
	refresh();
	ck_assert_int_eq(found("+12025550102").row, 2);
	edit("INSERT INTO blocklist(number) VALUES('+12025550103')");
	edit("UPDATE revision SET n = n + 1 WHERE name = 'lists'");
	refresh();
	ck_assert_int_eq(found("+12025550103").row, 3);
}
END_TEST

START_TEST(hits_are_counted)
{
	int i;

	edit("INSERT INTO blocklist(number) VALUES('+12025550101'), "
	     "('+12025550102')");
	edit("INSERT INTO neverblock(number) VALUES('+12025550103')");
	refresh();
	for (i = 0; i < 3; i++)
		lists_hit(lists, "blocklist", 2);
	lists_hit(lists, "neverblock", 1);
	lists_hit(lists, "reports", 1);
	lists_hit(lists, "blocklist", 4711); /* deleted meanwhile */
	refresh();
	lists_hit(lists, "blocklist", 2);
	refresh();
	ck_assert_str_eq(
		scratch_sql(scratch.path,
			    "SELECT group_concat(in_table || row || ' ' || "
			    "hits || ' ' || last_hit_at) FROM hits"),
		"blocklist2 4 2027-01-15 08:00:00,"
		"neverblock1 1 2027-01-15 08:00:00");
}
END_TEST

START_TEST(hits_wait_for_a_locked_database)
{
	int64_t dropped = metric_get(METRIC_LIST_HITS_DROPPED);
	struct store *other;
	int i;

	edit("INSERT INTO blocklist(number) VALUES('+12025550101')");
	refresh();
	ck_assert_int_eq(store_open(&other, scratch.path, STORE_EXISTING, 10),
			 0);
	ck_assert_int_eq(store_begin(other), 0);
	for (i = 0; i < 65536 + 10; i++)
		lists_hit(lists, "blocklist", 1);
	ck_assert_int_eq(lists_refresh(store, lists), -EBUSY);
	store_rollback(other);
	store_close(other);
	refresh();
	ck_assert_str_eq(scratch_sql(scratch.path, "SELECT hits FROM hits"),
			 "65536");
	ck_assert_int_eq(metric_get(METRIC_LIST_HITS_DROPPED), dropped + 10);
}
END_TEST

START_TEST(only_changes_are_loaded)
{
	refresh();
	refresh();
	ck_assert_uint_eq(lists_generation(lists), 1);
	edit("INSERT INTO reports(subscriber, number) "
	     "SELECT id, '+12025550123' FROM subscribers");
	refresh();
	ck_assert_uint_eq(lists_generation(lists), 1);
	edit("INSERT INTO blocklist(number) VALUES('+12025550123')");
	refresh();
	ck_assert_uint_eq(lists_generation(lists), 2);
	ck_assert_int_eq(found("+12025550123").row, 1);
	edit("DELETE FROM blocklist");
	refresh();
	ck_assert_int_eq(found("+12025550123").row, -1);
}
END_TEST

/* Rows that the triggers would have refused. */
START_TEST(bad_rows_are_skipped_and_counted)
{
	scratch_sql(scratch.path,
		    "PRAGMA ignore_check_constraints = ON;"
		    "DROP TRIGGER blocklist_insert;"
		    "INSERT INTO blocklist(number, points, expires_at) VALUES"
		    "('+12025550123', 100, NULL), ('nonsense', 100, NULL), "
		    "('+12025550124', 100, 'someday'), "
		    "('+12025550125', -1, NULL), (X'00ff', 100, NULL), "
		    "('+12025550126', 1001, NULL), ('+1900*', 100, NULL)");
	refresh();
	refresh();
	ck_assert_int_eq(found("+12025550123").row, 1);
	ck_assert_int_eq(found("+12025550124").row, -1);
	ck_assert_int_eq(found("+12025550125").row, -1);
	ck_assert_int_eq(found("+12025550126").row, -1);
	ck_assert_int_eq(found("+19001234567").row, 7);
	ck_assert_str_eq(scratch_sql(scratch.path,
				     "SELECT list_entries, list_skipped "
				     "FROM engine_status"),
			 "2|5");
}
END_TEST

START_TEST(last_good_lists_survive_a_broken_database)
{
	int64_t errors = metric_get(METRIC_LIST_LOAD_ERRORS);

	edit("INSERT INTO blocklist(number) VALUES('+12025550123')");
	refresh();
	edit("UPDATE revision SET n = n + 1");
	edit("ALTER TABLE blocklist RENAME TO elsewhere");
	ck_assert_int_lt(lists_refresh(store, lists), 0);
	ck_assert_int_eq(found("+12025550123").row, 1);
	ck_assert_int_eq(metric_get(METRIC_LIST_LOAD_ERRORS), errors + 1);
	edit("ALTER TABLE elsewhere RENAME TO blocklist");
	refresh();
	ck_assert_int_eq(found("+12025550123").row, 1);
}
END_TEST

/* Same revision, other file. */
START_TEST(replaced_database_is_loaded)
{
	struct store *other;
	const char *path = scratch_path(&scratch, "other.db");

	edit("INSERT INTO blocklist(number) VALUES('+12025550123')");
	refresh();
	ck_assert_int_eq(store_open(&other, path, STORE_CREATE, 10), 0);
	ck_assert_int_eq(store_exec(other, "INSERT INTO blocklist(number) "
					   "VALUES('+12025550124')"),
			 0);
	store_close(other);
	ck_assert_int_eq(rename(path, scratch.path), 0);
	ck_assert_int_eq(store_current(store), 0);
	refresh();
	ck_assert_int_eq(found("+12025550123").row, -1);
	ck_assert_int_eq(found("+12025550124").row, 1);
}
END_TEST

START_TEST(engine_status_tells_what_is_in_force)
{
	edit("INSERT INTO blocklist(number) VALUES('+12025550123')");
	refresh();
	ck_assert_str_eq(
		scratch_sql(scratch.path,
			    "SELECT list_generation, list_entries, "
			    "list_skipped, list_revision = (SELECT n FROM "
			    "revision WHERE name = 'lists'), version, "
			    "list_loaded_at > '2020' FROM engine_status"),
		"1|1|0|1|" CALLSIEVE_VERSION "|1");
}
END_TEST

/* Screening goes on with the lists while a forgotten BEGIN keeps the row of
 * engine_status from being written. */
START_TEST(locked_database_can_still_be_loaded)
{
	struct store *other;

	edit("INSERT INTO blocklist(number) VALUES('+12025550123')");
	ck_assert_int_eq(store_open(&other, scratch.path, STORE_EXISTING, 10),
			 0);
	ck_assert_int_eq(store_begin(other), 0);
	ck_assert_int_eq(lists_refresh(store, lists), -EBUSY);
	ck_assert_int_eq(found("+12025550123").row, 1);
	store_rollback(other);
	refresh();
	ck_assert_uint_eq(lists_generation(lists), 1);
	ck_assert_str_eq(scratch_sql(scratch.path, "SELECT list_generation "
						   "FROM engine_status"),
			 "1");
	store_close(other);
}
END_TEST

/* A builder is another thread: it ends when it does. */
static int refresh_while_building(struct lists *others)
{
	int err;

	while ((err = lists_refresh(store, others)) == -EAGAIN)
		usleep(1000);
	return err;
}

START_TEST(build_that_fails_is_not_repeated_at_once)
{
	int64_t errors = metric_get(METRIC_LIST_LOAD_ERRORS);
	struct lists *others;
	struct loop *loop;

	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(lists_new(&others, loop), 0);
	ck_assert_int_eq(lists_refresh(store, others), 0);
	edit("ALTER TABLE blocklist RENAME TO elsewhere");
	edit("UPDATE revision SET n = n + 1");
	ck_assert_int_eq(refresh_while_building(others), -EINVAL);
	/* Nor is it forgotten that it failed. */
	ck_assert_int_eq(lists_refresh(store, others), -EINVAL);
	now_fake_advance_ms(999);
	ck_assert_int_eq(lists_refresh(store, others), -EINVAL);
	ck_assert_int_eq(metric_get(METRIC_LIST_LOAD_ERRORS), errors + 1);
	now_fake_advance_ms(1);
	ck_assert_int_eq(lists_refresh(store, others), -EAGAIN);
	ck_assert_int_eq(refresh_while_building(others), -EINVAL);
	ck_assert_int_eq(metric_get(METRIC_LIST_LOAD_ERRORS), errors + 2);
	edit("ALTER TABLE elsewhere RENAME TO blocklist");
	now_fake_advance_ms(1000);
	ck_assert_int_eq(refresh_while_building(others), 0);
	lists_free(others);
	loop_free(loop);
}
END_TEST

static atomic_bool done;

static bool refresh_fails(struct lists *others)
{
	int err = lists_refresh(store, others);

	return err && err != -EAGAIN;
}

static void *edit_and_refresh(void *arg)
{
	struct lists *others = arg;
	char sql[100];
	int i;

	for (i = 0; i < 50; i++) {
		snprintf(sql, sizeof(sql),
			 "REPLACE INTO blocklist(number, points, reason) "
			 "VALUES('+12025550123', %d, 'r%d')",
			 i, i);
		if (store_exec(store, sql) < 0 || refresh_fails(others))
			break;
	}
	lists_refresh(store, others);
	atomic_store(&done, true);
	return NULL;
}

START_TEST(loop_reads_while_the_store_thread_loads)
{
	struct number number = {NUMBER_E164, "+12025550123"};
	const struct list_question question = {.caller = &number,
					       .trunk = "carrier"};
	struct list_findings all = {.listed.points = -1};
	struct lists *others;
	struct loop *loop;
	pthread_t thread;
	char reason[20];
	int last = 0;

	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(lists_new(&others, loop), 0);
	ck_assert_int_eq(
		pthread_create(&thread, NULL, edit_and_refresh, others), 0);
	while (!atomic_load(&done) || all.listed.points < 49) {
		loop_step(loop, 1);
		lists_look(others, &question, &all);
		if (all.listed.kind == LIST_NONE)
			continue;
		ck_assert_int_ge(all.listed.points, last);
		last = all.listed.points;
		snprintf(reason, sizeof(reason), "r%d", last);
		ck_assert_str_eq(all.listed.reason, reason);
	}
	pthread_join(thread, NULL);
	lists_free(others);
	loop_free(loop);
}
END_TEST

Suite *lists_suite(void)
{
	Suite *suite = suite_create("lists");
	TCase *tc = tcase_create("lists");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, nothing_matches_before_the_first_load);
	tcase_add_test(tc, row_is_loaded_with_all_it_says);
	tcase_add_test(tc, row_expires_without_a_load);
	tcase_add_test(tc, range_matches_from_end_to_end);
	tcase_add_test(tc, list_counts_for_its_trunks);
	tcase_add_test(tc, each_table_says_its_own);
	tcase_add_test(tc, day_of_a_row_is_known);
	tcase_add_test(tc, edits_come_to_what_a_load_would_say);
	tcase_add_test(tc, edits_at_once_come_to_the_same);
	tcase_add_test(tc, many_edits_are_taken_in_steps);
	tcase_add_test(tc, more_edits_wait_for_the_next_round);
	tcase_add_test(tc, edits_without_triggers_are_loaded_all_the_same);
	tcase_add_test(tc, hits_are_counted);
	tcase_add_test(tc, hits_wait_for_a_locked_database);
	tcase_add_test(tc, only_changes_are_loaded);
	tcase_add_test(tc, bad_rows_are_skipped_and_counted);
	tcase_add_test(tc, last_good_lists_survive_a_broken_database);
	tcase_add_test(tc, replaced_database_is_loaded);
	tcase_add_test(tc, engine_status_tells_what_is_in_force);
	tcase_add_test(tc, locked_database_can_still_be_loaded);
	tcase_add_test(tc, build_that_fails_is_not_repeated_at_once);
	tcase_add_test(tc, loop_reads_while_the_store_thread_loads);
	suite_add_tcase(suite, tc);
	return suite;
}
