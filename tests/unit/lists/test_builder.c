/* A build on its own thread and connection: what comes of it, whatever the
 * file is like and whatever happens to it meanwhile. */
#include "lists/builder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/store.h"
#include "unit/scratch.h"

#include "suites.h"

static struct scratch scratch;
static struct store *store;

static void setup(void)
{
	now_fake(1800000000000);
	scratch_make(&scratch);
	ck_assert_int_eq(store_open(&store, scratch.path, STORE_CREATE, 10), 0);
}

static void teardown(void)
{
	store_close(store);
	scratch_remove(&scratch);
}

static void edit(const char *sql)
{
	ck_assert_msg(!store_exec(store, sql), "%s: %s", sql,
		      store_errmsg(store));
}

static int build(struct view *view)
{
	struct builder *builder;

	ck_assert_int_eq(builder_start(&builder, scratch.path), 0);
	while (!builder_done(builder))
		usleep(1000);
	return builder_take(builder, view);
}

#define MANY                                                                   \
	"WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i + 1 FROM n "     \
	"WHERE i < 44999) INSERT INTO blocklist(number) "                      \
	"SELECT printf('+1202%07d', 2000000 + i) FROM n"

static const struct {
	const char *name, *sql;
	int err;
	size_t rows, skipped;
} files[] = {
	{"empty", "", 0, 0, 0},
	{"one row", "INSERT INTO blocklist(number) VALUES('+12025550101')", 0,
	 1, 0},
	{"a range",
	 "INSERT INTO blocklist(number) "
	 "VALUES('+12025550110-+12025550119')",
	 0, 1, 0},
	{"all tables",
	 "INSERT INTO blocklist(number) VALUES('+12025550101');"
	 "INSERT INTO allowlist(number) VALUES('+12025550102');"
	 "INSERT INTO neverblock(number) VALUES('+12025550103');"
	 "INSERT INTO dno(number) VALUES('+12025550104');"
	 "INSERT INTO own_numbers(number) VALUES('+12125550105')",
	 0, 5, 0},
	{"a bad row",
	 "PRAGMA ignore_check_constraints = ON;"
	 "DROP TRIGGER blocklist_insert;"
	 "INSERT INTO blocklist(number) VALUES('+12025550101'), ('nonsense')",
	 0, 1, 1},
	{"many rows", MANY, 0, 45000, 0},
	{"a table that is missing", "ALTER TABLE blocklist RENAME TO elsewhere",
	 -EINVAL, 0, 0},
	{"a newer schema", "PRAGMA user_version = 9999", -EPROTO, 0, 0},
};

START_TEST(what_a_file_holds_is_built)
{
	struct view view;
	int err;

	edit(files[_i].sql);
	err = build(&view);
	ck_assert_msg(err == files[_i].err, "%s: %d", files[_i].name, err);
	if (err)
		return;
	ck_assert_msg(view.rows == files[_i].rows &&
			      view.skipped == files[_i].skipped,
		      "%s: %zu rows, %zu skipped", files[_i].name, view.rows,
		      view.skipped);
	ck_assert_int_eq(view.revision, store_revision(store, "lists"));
	/* Nothing is left to be added. */
	ck_assert_int_eq(view_advance(&view, store), 0);
	view_fini(&view);
}
END_TEST

START_TEST(missing_file_is_not_made)
{
	struct view view;

	ck_assert_int_eq(unlink(scratch.path), 0);
	ck_assert_int_eq(build(&view), -ENOENT);
	ck_assert_int_eq(access(scratch.path, F_OK), -1);
}
END_TEST

/* All pages but those that the schema is in. */
START_TEST(damaged_page_is_an_error)
{
	static char nonsense[4096];
	struct view view;
	FILE *file;
	long end;

	edit(MANY);
	store_close(store);
	store = NULL;
	memset(nonsense, 0xa5, sizeof(nonsense));
	file = fopen(scratch.path, "r+");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	end = ftell(file);
	ck_assert_int_eq(fseek(file, end / 4, SEEK_SET), 0);
	while (ftell(file) < end)
		ck_assert_uint_eq(fwrite(nonsense, 1, sizeof(nonsense), file),
				  sizeof(nonsense));
	fclose(file);
	ck_assert_int_eq(build(&view), -EUCLEAN);
}
END_TEST

/* Each edit adds a row, so that these must agree whenever it was done. */
START_TEST(edits_meanwhile_are_in_it)
{
	struct builder *builder;
	struct view view;
	int64_t before;
	char sql[80];
	int i;

	edit(MANY);
	before = store_revision(store, "lists");
	ck_assert_int_eq(builder_start(&builder, scratch.path), 0);
	for (i = 0; i == 0 || !builder_done(builder); i++) {
		snprintf(sql, sizeof(sql),
			 "INSERT INTO allowlist(number) VALUES('+1303%07d')",
			 2000000 + i);
		edit(sql);
	}
	ck_assert_int_eq(builder_take(builder, &view), 0);
	ck_assert_int_ge(view.revision, before);
	ck_assert_int_eq(view.revision - before, (int64_t)view.rows - 45000);
	ck_assert_int_ge(view_advance(&view, store), 0);
	ck_assert_uint_eq(view.rows, 45000 + (size_t)i);
	view_fini(&view);
}
END_TEST

/* Its view goes with it, done or not; the sanitizers would know of a leak. */
START_TEST(may_be_freed_at_any_time)
{
	struct builder *builder;
	int i;

	edit(MANY);
	builder_free(NULL);
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(builder_start(&builder, scratch.path), 0);
		usleep((useconds_t)i * 5000);
		builder_free(builder);
	}
	ck_assert_int_eq(builder_start(&builder, scratch.path), 0);
	while (!builder_done(builder))
		usleep(1000);
	builder_free(builder);
}
END_TEST

Suite *builder_suite(void)
{
	Suite *suite = suite_create("builder");
	TCase *tc = tcase_create("builder");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, what_a_file_holds_is_built, 0,
			    sizeof(files) / sizeof(files[0]));
	tcase_add_test(tc, missing_file_is_not_made);
	tcase_add_test(tc, damaged_page_is_an_error);
	tcase_add_test(tc, edits_meanwhile_are_in_it);
	tcase_add_test(tc, may_be_freed_at_any_time);
	suite_add_tcase(suite, tc);
	return suite;
}
