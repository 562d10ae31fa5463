/* Runs the storm: batches of calls, each in a weather and with a reputation
 * service of its own; after each the daemon must hold no call, and the last
 * one does what takes SIP's long timers to heal.
 * Now and then the configuration changes.
 *   STORM_CALLS  how many (2000)
 *   STORM_SEED   for what is random (1); "random": any, and it is printed
 *   STORM_PACE_MS between two calls (10)
 *   STORM_SLOW=0 leaves the last batch out   STORM_LOG=debug tells more */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "alarm.h"
#include "fake/daemon.h"
#include "fake/http.h"
#include "fake/trace.h"
#include "memory.h"
#include "storm.h"

#define BATCH	       500 /* four of them, or four larger ones */
#define BATCH_MOST     2500
#define SLOW_CALLS     200
#define RELOAD_EVERY   70     /* calls */
#define PACE_MS	       10     /* unless told otherwise */
#define LIFE_MS	       8000   /* after which no end begins anything */
#define HEALED_MS      20000  /* then losses must have been made good */
#define HEALED_SLOW_MS 110000 /* 64*T1, three times over */

struct origin daemon_origin = {.fd = -1};
struct place callers[4], gateways[3];
char daemon_uri[80];

static struct daemon scene;
static struct fake_http *http;
static unsigned seed, calls_made;

static const struct skies {
	const char *name;
	struct weather weather;
	struct fake_http_reply reply;
} skies[] = {
	{"calm", {0}, {.body = "{\"score\": 1}"}},
	{"losses, reputation hangs", {5, 0, 0}, {.way = HTTP_HANG}},
	{"overtaking, reputation late",
	 {0, 5, 20},
	 {.delay_ms = 140, .body = "{\"score\": 100}"}},
	{"all of it, reputation breaks off", {3, 3, 10}, {.way = HTTP_CLOSE}},
};

#define SKIES (sizeof(skies) / sizeof(*skies))

static unsigned setting(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text && *text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static void on_message(struct place *place, const struct origin *from,
		       struct message *message)
{
	if (message->status)
		response_come(from, message);
	else
		request_come(place, from, message);
}

static void open_places(void)
{
	static const char *const names[] = {"a", "b", "c", "d", "x", "y", "z"};
	char host[32];

	for (unsigned i = 0; i < 4; i++)
		place_open(&callers[i], names[i], i >= 2,
			   daemon_address(host, &scene, 2 + i));
	for (unsigned i = 0; i < 3; i++)
		place_open(&gateways[i], names[4 + i], i == 1,
			   daemon_address(host, &scene, 6 + i));
}

static const char *log_level(void)
{
	const char *level = getenv("STORM_LOG");

	return level && *level ? level : "warn";
}

/* Every other one has its routes the other way round and asks nobody. */
static void configure(unsigned variant)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	for (unsigned i = 0; i < 4; i++)
		fprintf(out, "trunk %s { sources = {\"%s\"} route = \"%s\" }\n",
			callers[i].name, callers[i].host,
			(i + variant) % 2 ? "odd" : "even");
	for (unsigned i = 0; i < 3; i++)
		fprintf(out,
			"gateway %s { uri = \"sip:%s:%u;transport=%s\"\n"
			"options_interval_s = 0 answer_ms = 400\n"
			"max_unanswered = 0 redirects = \"%s\" }\n",
			gateways[i].name, gateways[i].host, gateways[i].port,
			gateways[i].tcp ? "tcp" : "udp",
			i == 2 ? "pass" : "follow");
	fprintf(out,
		"route even { gateways = {\"x\", \"y\", \"z\"} }\n"
		"route odd { gateways = {\"y\", \"x\", \"z\"} }\n"
		"limits { max_loop_lag_ms = 60000 }\n"
		"screening { report_min = 100 }\n"
		/* Full after the first calls: memory.c judges the rest. */
		"history { subjects = 1000 pairs = 1000 }\n"
		"log { level = \"%s\" }\n",
		log_level());
	if (variant % 2 == 0)
		fprintf(out,
			"reputation {\n"
			"url = \"http://127.0.0.1:%u/{e164-noplus}\"\n"
			"points = 50 deadline_ms = 150 breaker_failures = "
			"1000\n"
			"cache_hit_s = 1 cache_entries = 1000\n"
			"max_in_flight = 1000 }\n",
			fake_http_port(http));
	fclose(out);
	daemon_configure(&scene, text);
	free(text);
}

static void begin(void)
{
	claim(!fake_http_start(&http, 0, NULL, NULL), "no HTTP server");
	daemon_init(&scene);
	daemon_origin.address.sin_family = AF_INET;
	daemon_origin.address.sin_port = htons((uint16_t)scene.port);
	inet_pton(AF_INET, scene.host, &daemon_origin.address.sin_addr);
	snprintf(daemon_uri, sizeof(daemon_uri), "sip:%s:%u", scene.host,
		 scene.port);
	net_start(seed, on_message, &daemon_origin.address);
	open_places();
	configure(0);
	daemon_start(&scene);
	daemon_sql(&scene, "INSERT INTO blocklist(number) VALUES ('+1900*')");
	daemon_await_metric(&scene, "callsieve_list_entries", 1, 5000);
}

static void settle(long ms)
{
	long began = trace_clock_ms(), calls;

	net_run(LIFE_MS);
	while (((calls = daemon_metric(&scene, "callsieve_calls")) ||
		requests_open()) &&
	       trace_clock_ms() - began < ms)
		net_run(100);
	if (calls)
		jobs_suspect();
	calls_check();
	printf("%6ld ms until quiet, %ld calls left, %u faulty\n",
	       trace_clock_ms() - began, calls, faults());
	fflush(stdout);
	claim(!calls, "%ld calls are left", calls);
}

static void batch(const struct skies *sky, unsigned count, bool slow)
{
	printf("%4u calls %s%-34s", count, slow ? "slow, " : "", sky->name);
	fflush(stdout);
	fake_http_set_reply(http, &sky->reply);
	net_weather(&sky->weather);
	for (unsigned i = 0; i < count; i++) {
		caller_start(call_new(calls_made++, seed, slow));
		net_run((int)setting("STORM_PACE_MS", PACE_MS));
		if (calls_made % RELOAD_EVERY == 0) {
			configure(calls_made / RELOAD_EVERY);
			daemon_reload(&scene);
		}
	}
	settle(slow ? HEALED_SLOW_MS : HEALED_MS);
	alarm_clear();
	calls_clear();
}

static void end(void)
{
	for (unsigned i = 0; i < 4; i++)
		place_close(&callers[i]);
	for (unsigned i = 0; i < 3; i++)
		place_close(&gateways[i]);
	daemon_stop(&scene);
	daemon_fini(&scene);
	fake_http_stop(http);
}

static void choose_seed(void)
{
	const char *text = getenv("STORM_SEED");

	seed = setting("STORM_SEED", 1);
	if (text && strcmp(text, "random") == 0)
		seed = (unsigned)time(NULL) ^ (unsigned)getpid() << 16;
	printf("STORM_SEED=%u\n", seed);
	fflush(stdout);
}

START_TEST(every_call_ends_whatever_happens)
{
	unsigned left = setting("STORM_CALLS", 2000);
	unsigned most = left / SKIES;

	most = most < BATCH ? BATCH : most > BATCH_MOST ? BATCH_MOST : most;
	choose_seed();
	begin();
	for (unsigned i = 0; left; i++) {
		unsigned count = left < most ? left : most;

		batch(&skies[i % SKIES], count, false);
		memory_look(scene.pid, calls_made);
		left -= count;
	}
	if (setting("STORM_SLOW", 1))
		batch(&skies[SKIES - 1], SLOW_CALLS, true);
	end();
	claim_number(faults(), 0);
	memory_judge();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("storm");
	TCase *tcase = tcase_create("storm");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, every_call_ends_whatever_happens);
	tcase_set_timeout(tcase, 0);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
