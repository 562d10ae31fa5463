/* callsieve bypass: an operator lets everything through for a while. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "call/scene.h"
#include "call/suites.h"

#define SPAMMER "+12125550166"

#define NOT_ENFORCED                                                           \
	"callsieve_not_enforced_total{trunk=\"carrier\",action=\"reject\"}"

static char out[4096];

static int bypass(const struct scene *scene, const char *arguments)
{
	return daemon_run(out, sizeof(out), "callsieve", "-d '%s' bypass %s",
			  scene->daemon.database, arguments);
}

/* It is seen within a second, but who knows when we are. */
static void await_passes(struct scene *scene, bool passes)
{
	long end = trace_clock_ms() + 20000;

	while (call_passes(scene, SPAMMER) != passes) {
		claim(trace_clock_ms() < end, "%s",
		      passes ? "rejected" : "let through");
		usleep(50 * 1000);
	}
}

static void open_scene(struct scene *scene)
{
	scene_open(scene, NULL);
	scene_block(scene, SPAMMER, 1000);
	await_passes(scene, false);
}

START_TEST(bypass_ends_by_itself)
{
	struct scene scene;

	open_scene(&scene);
	claim_number(bypass(&scene, "on --for 3s"), 0);
	claim(strstr(out, "all trunks until") != NULL, "it said %s", out);
	await_passes(&scene, true);
	claim(daemon_metric(&scene.daemon, NOT_ENFORCED) > 0, "not counted");
	await_passes(&scene, false);
	daemon_await_logged(&scene.daemon, "event=bypass-on trunk=*");
	daemon_await_logged(&scene.daemon,
			    "event=bypass-off trunk=* expired=yes");
	claim_number(daemon_metric(&scene.daemon, "callsieve_bypasses"), 0);
	scene_close(&scene);
}
END_TEST

START_TEST(bypass_of_a_trunk_is_shown_and_turned_off)
{
	struct scene scene;

	open_scene(&scene);
	claim_number(bypass(&scene, "on --trunk another --for 1h"), 0);
	claim_number(bypass(&scene, "on --trunk carrier --for 30m"), 0);
	await_passes(&scene, true);
	claim_number(daemon_metric(&scene.daemon, "callsieve_bypasses"), 2);
	claim_number(daemon_run(out, sizeof(out), "callsieve", "-d '%s' status",
				scene.daemon.database),
		     0);
	claim(strstr(out, "trunk carrier until") != NULL, "it said %s", out);
	for (int i = 0;
	     i < 400 &&
	     !daemon_sql_int(&scene.daemon, "SELECT coalesce(bypass LIKE "
					    "'%%carrier until%%', 0) "
					    "FROM engine_status");
	     i++)
		usleep(50 * 1000);
	claim(strstr(daemon_sql_text(&scene.daemon,
				     "SELECT bypass FROM engine_status"),
		     "carrier until") != NULL,
	      "engine_status does not say so");
	claim_number(bypass(&scene, "off --trunk carrier"), 0);
	await_passes(&scene, false);
	claim_number(bypass(&scene, "off --trunk carrier"), 1);
	claim_number(bypass(&scene, "off"), 0);
	claim_number(bypass(&scene, "status"), 0);
	claim_text(out, "There is no bypass.\n");
	scene_close(&scene);
}
END_TEST

START_TEST(bypass_survives_a_restart)
{
	struct scene scene;

	open_scene(&scene);
	daemon_stop(&scene.daemon);
	claim_number(bypass(&scene, "on --for 1h"), 0);
	daemon_start(&scene.daemon);
	/* With the very first call. */
	claim(call_passes(&scene, SPAMMER), "rejected");
	scene_close(&scene);
}
END_TEST

START_TEST(bypass_needs_no_database)
{
	struct scene scene;
	char away[200];

	open_scene(&scene);
	snprintf(away, sizeof(away), "%s.away", scene.daemon.database);
	claim_number(rename(scene.daemon.database, away), 0);
	claim_number(bypass(&scene, "on --for 1h"), 0);
	await_passes(&scene, true);
	claim_number(bypass(&scene, "off"), 0);
	await_passes(&scene, false);
	claim_number(rename(away, scene.daemon.database), 0);
	scene_close(&scene);
}
END_TEST

/* A file of which nobody knows what it means changes nothing. */
START_TEST(bypass_file_that_is_none)
{
	struct scene scene;
	char path[200];
	FILE *file;

	open_scene(&scene);
	snprintf(path, sizeof(path), "%s-bypass", scene.daemon.database);
	file = fopen(path, "w");
	claim(file && fputs("all for ever\n", file) >= 0 && !fclose(file),
	      "cannot be written");
	daemon_await_logged(&scene.daemon, "event=bypass-unreadable");
	claim(!call_passes(&scene, SPAMMER), "let through");
	claim_number(bypass(&scene, "on --for 1h"), 0);
	await_passes(&scene, true);
	scene_close(&scene);
}
END_TEST

START_TEST(bypass_takes_a_time_and_not_too_long)
{
	static const char *const wrong[] = {
		"on",
		"on --for 0m",
		"on --for 30",
		"on --for 8d",
		"on --for -1h",
		"on --for 99999999999999h",
		"perhaps",
		"",
		"status --for 1h",
	};
	struct scene scene;

	scene_open(&scene, NULL);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		claim_number(bypass(&scene, wrong[i]), 2);
	claim_number(daemon_run(out, sizeof(out), "callsieve",
				"-c '%s' bypass on --trunk nobody --for 1h",
				scene.daemon.config),
		     1);
	scene_close(&scene);
}
END_TEST

Suite *killswitch_suite(void)
{
	Suite *suite = suite_create("killswitch");
	TCase *tests = scene_tcase(suite, "killswitch");

	tcase_add_test(tests, bypass_ends_by_itself);
	tcase_add_test(tests, bypass_of_a_trunk_is_shown_and_turned_off);
	tcase_add_test(tests, bypass_survives_a_restart);
	tcase_add_test(tests, bypass_needs_no_database);
	tcase_add_test(tests, bypass_file_that_is_none);
	tcase_add_test(tests, bypass_takes_a_time_and_not_too_long);
	return suite;
}
