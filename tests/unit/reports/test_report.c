/* Reports in the database: once for each subscriber and number, and there to
 * stay. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/clock.h"

#include "suites.h"
#include "world.h"

static int save(const char *category, const char *comment, bool *newp,
		int64_t *idp)
{
	struct report report = {world.alice, NUMBER, category, comment};

	return report_save(world.store, &report, newp, idp);
}

START_TEST(report_is_in_the_table)
{
	int64_t id;
	bool new;

	ck_assert_int_eq(save("scam", "says 'IRS'; --", &new, &id), 0);
	ck_assert(new);
	ck_assert_str_eq(scratch_sql(world.scratch.path,
				     "SELECT name, number, category, comment, "
				     "reports.created_at = updated_at, "
				     "reports.created_at FROM reports JOIN "
				     "subscribers ON subscriber = "
				     "subscribers.id"),
			 "alice|+12025550123|scam|says 'IRS'; --|1|"
			 "2027-01-15 08:00:00");
}
END_TEST

START_TEST(second_report_changes_the_first)
{
	int64_t first, second, revision;
	bool new;

	ck_assert_int_eq(save("scam", "one", &new, &first), 0);
	revision = store_revision(world.store, "reports");
	now_fake_advance_ms(60000);
	ck_assert_int_eq(save("robocall", NULL, &new, &second), 0);
	ck_assert(!new);
	ck_assert_int_eq(first, second);
	ck_assert_str_eq(scratch_sql(world.scratch.path,
				     "SELECT category, ifnull(comment, '-'), "
				     "created_at, updated_at FROM reports"),
			 "robocall|-|2027-01-15 08:00:00|2027-01-15 08:01:00");
	/* Nothing to count anew. */
	ck_assert_int_eq(store_revision(world.store, "reports"), revision);
}
END_TEST

START_TEST(summary_counts_reporters_and_times)
{
	struct report_summary summary;

	ck_assert_int_eq(report_summary(world.store, NUMBER, &summary), 0);
	ck_assert_int_eq(summary.reporters, 0);
	ck_assert_int_eq(summary.first_at, 0);
	ck_assert_int_eq(summary.last_at, 0);
	world_report(world.alice, NUMBER);
	now_fake_advance_ms(60000);
	world_report(world.bob, NUMBER);
	now_fake_advance_ms(60000);
	world_report(world.alice, NUMBER);
	world_report(world.alice, "+12025550199");
	ck_assert_int_eq(report_summary(world.store, NUMBER, &summary), 0);
	ck_assert_int_eq(summary.reporters, 2);
	ck_assert_int_eq(summary.first_at, WORLD_START);
	ck_assert_int_eq(summary.last_at, WORLD_START + 120);
}
END_TEST

START_TEST(unsavable_report_is_an_error_and_leaves_nothing)
{
	struct report nobody = {4711, NUMBER, NULL, NULL};
	struct report prefix = {world.alice, "+1900*", NULL, NULL};
	int64_t id;
	bool new;

	ck_assert_int_eq(report_save(world.store, &nobody, &new, &id), -EEXIST);
	ck_assert_int_eq(report_save(world.store, &prefix, &new, &id), -EEXIST);
	ck_assert_str_eq(
		scratch_sql(world.scratch.path, "SELECT count(*) FROM reports"),
		"0");
}
END_TEST

START_TEST(locked_database_takes_no_report)
{
	struct store *other;
	int64_t id;
	bool new;

	ck_assert_int_eq(
		store_open(&other, world.scratch.path, STORE_EXISTING, 10), 0);
	ck_assert_int_eq(store_begin(other), 0);
	ck_assert_int_eq(save(NULL, NULL, &new, &id), -EBUSY);
	store_close(other);
	ck_assert_int_eq(save(NULL, NULL, &new, &id), 0);
}
END_TEST

/* Accepted means kept, so not into a file nobody will find again. */
START_TEST(deleted_database_takes_no_report)
{
	int64_t id;
	bool new;

	ck_assert_int_eq(unlink(world.scratch.path), 0);
	ck_assert_int_eq(save(NULL, NULL, &new, &id), -ESTALE);
}
END_TEST

Suite *report_suite(void)
{
	Suite *suite = suite_create("report");
	TCase *tc = tcase_create("report");

	tcase_add_checked_fixture(tc, world_setup, world_teardown);
	tcase_add_test(tc, report_is_in_the_table);
	tcase_add_test(tc, second_report_changes_the_first);
	tcase_add_test(tc, summary_counts_reporters_and_times);
	tcase_add_test(tc, unsavable_report_is_an_error_and_leaves_nothing);
	tcase_add_test(tc, locked_database_takes_no_report);
	tcase_add_test(tc, deleted_database_takes_no_report);
	suite_add_tcase(suite, tc);
	return suite;
}
