#include "world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/clock.h"

struct world world;

static void set_config(void)
{
	static char *misses[] = {"404"};
	struct config *config = &world.config;

	config->version = 3;
	config->screening.report_points = 30;
	config->screening.report_min = 2;
	config->screening.report_max_points = 80;
	config->screening.hearsay_points = 4;
	config->screening.suspicions_max_points = 99;
	world.reputation.name = "";
	world.reputation.score = "/risk";
	world.reputation.score_max = 100;
	world.reputation.miss_status = misses;
	world.reputation.miss_status_count = 1;
	world.reputation.points = 100;
	world.reputation.risk_floor = 20;
	world.reputation.deadline_ms = 300;
	world.reputation.cache_hit_s = 60;
	world.reputation.cache_miss_s = 60;
	world.reputation.cache_error_s = 10;
	world.reputation.cache_entries = 100;
	world.reputation.max_in_flight = 10;
	world.reputation.max_body = 4096;
	world.reputation.breaker_failures = 100;
	world.reputation.breaker_percent = 50;
	world.reputation.breaker_window_s = 10;
	world.reputation.breaker_open_s = 10;
	world.reputation.breaker_probe_percent = 10;
}

void world_setup(void)
{
	struct screen_params params;

	memset(&world, 0, sizeof(world));
	strcpy(world.folder, "/tmp/screen-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(world.folder));
	snprintf(world.path, sizeof(world.path), "%s/test.db", world.folder);
	set_config();
	ck_assert_int_eq(
		store_open(&world.store, world.path, STORE_CREATE, 1000), 0);
	ck_assert_int_eq(loop_new(&world.loop), 0);
	ck_assert_int_eq(fetch_new(&world.fetch, world.loop), 0);
	ck_assert_int_eq(lists_new(&world.lists, NULL), 0);
	ck_assert_int_eq(reports_new(&world.reports, NULL), 0);
	ck_assert_int_eq(providers_new(&world.providers, world.loop,
				       world.fetch, &world.config),
			 0);
	params = (struct screen_params){
		.lists = world.lists, .reports = world.reports, .providers = world.providers};
	ck_assert_int_eq(screen_new(&world.screen, &params), 0);
	screen_configure(world.screen, &world.config);
	world_sql("SELECT 1 WHERE 0");
}

void world_points(void)
{
#define SIGNAL(id, name, value, sentence)                                      \
	world.config.screening.signals[SIGNAL_##id].points = value;
#define MEASURE(id, name, value, at, all, sentence)                            \
	world.config.screening.signals[SIGNAL_##id] =                          \
		(struct config_signal){value, at, all};
#include "callsieve/core/signals.def"
#undef SIGNAL
#undef MEASURE
	world.config.screening.report_points = 40;
	world.config.screening.report_max_points = 120;
}

static void remove_files(void)
{
	static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		snprintf(path, sizeof(path), "%s%s", world.path, endings[i]);
		unlink(path);
	}
	rmdir(world.folder);
}

void world_teardown(void)
{
	screen_free(world.screen);
	providers_free(world.providers);
	reports_free(world.reports);
	lists_free(world.lists);
	fetch_free(world.fetch);
	loop_free(world.loop);
	store_close(world.store);
	remove_files();
}

static void refresh(void)
{
	ck_assert_int_eq(lists_refresh(world.store, world.lists), 0);
	ck_assert_int_eq(reports_refresh(world.store, world.reports), 0);
}

void world_sql(const char *sql)
{
	ck_assert_msg(!store_exec(world.store, sql), "%s: %s", sql,
		      store_errmsg(world.store));
	refresh();
}

/* To anybody, as records show it. */
static void world_call(const char *number)
{
	char sql[200];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO calls(id, started_at, caller, action) VALUES("
		 "hex(randomblob(8)), %lld, '%s', 'allow')",
		 (long long)now_wall_ms(), number);
	ck_assert_int_eq(store_exec(world.store, sql), 0);
}

void world_reports(const char *number, unsigned reporters)
{
	struct report report = {.number = number};
	char name[16], token[TOKEN_SIZE];
	int64_t id;
	bool new;

	while (reporters--) {
		world_call(number);
		snprintf(name, sizeof(name), "ann%u", reporters);
		ck_assert_int_eq(token_new(world.store, name, token), 0);
		ck_assert_int_eq(
			token_find(world.store, token, &report.subscriber), 0);
		ck_assert_int_eq(report_save(world.store, &report, &new, &id),
				 0);
	}
	refresh();
}

void world_reputation(unsigned port)
{
	snprintf(world.url, sizeof(world.url), "http://127.0.0.1:%u/{e164}",
		 port);
	world.reputation.url = world.url;
	world.config.reputations = &world.reputation;
	world.config.reputations_count = 1;
	ck_assert_int_eq(providers_configure(world.providers, &world.config),
			 0);
	screen_configure(world.screen, &world.config);
}

struct facts facts_from(const char *caller)
{
	struct facts facts = {
		.trunk = "carrier", .screen = true, .thresholds.reject_at = 100};
	struct numbering plan;

	ck_assert_int_eq(numbering_for_country(&plan, "1"), 0);
	number_parse(&facts.caller, caller, strlen(caller), &plan);
	number_parse(&facts.callee, "+12025550199", 12, &plan);
	return facts;
}

const struct signal_hit *hit_find(const struct verdict *verdict,
				  const char *name)
{
	unsigned i;

	for (i = 0; i < verdict->signals_count; i++)
		if (!strcmp(verdict->signals[i].name, name))
			return &verdict->signals[i];
	return NULL;
}
