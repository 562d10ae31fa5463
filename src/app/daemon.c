/* The daemon's parts in the order they start; draining and stopping. What
 * needs the database can do without it: with none there is no block list, but
 * calls go on. */
#include "daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "callsieve/api.h"
#include "callsieve/calls.h"
#include "callsieve/core/buf.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"
#include "callsieve/core/control.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"
#include "callsieve/fetch.h"
#include "callsieve/history.h"
#include "callsieve/lists.h"
#include "callsieve/reports.h"
#include "callsieve/reputation.h"
#include "callsieve/screen.h"
#include "callsieve/sip.h"
#include "callsieve/store.h"
#include "control.h"
#include "gate.h"
#include "killswitch.h"
#include "reload.h"

#define DRAIN_POLL_MS 100
#define ERRORS_MAX    (64 << 10)

/* After the drain time every call gets its BYE, and this long to answer. */
#define HANGUP_MS 2000

/* For what is written at the end. */
#define SAVE_MS 30000

enum { TASK_LISTS, TASK_CALLS, TASK_REPORTS, TASK_COMPLAINTS, TASK_REDRESS, TASK_BYPASS, TASK_COUNT };

struct daemon {
	struct running now;
	struct loop *loop;
	struct lists *lists;
	struct reports *reports;
	struct complaints *complaints;
	struct history *history;
	struct history_keeper *history_keeper;
	struct calls *calls;
	struct redress *redress;
	struct killswitch *killswitch;
	struct fetch *fetch;
	struct api *api;
	struct control *control;
	struct store_task tasks[TASK_COUNT];
	int signals; /* signalfd */
	struct loop_watch *signals_watch;
	struct loop_timer *drain_timer;
	struct loop_timer *watchdog_timer;
	unsigned watchdog_ms;
	uint64_t drain_until_ms;
	bool hung_up;
};

static void drain_check(void *arg)
{
	struct daemon *daemon = arg;
	uint64_t now = now_mono_ms();

	if (sip_calls(daemon->now.sip) == 0 ||
	    (daemon->hung_up && now >= daemon->drain_until_ms)) {
		loop_stop(daemon->loop);
		return;
	}
	if (now >= daemon->drain_until_ms) {
		log_warn("event=drain-timeout calls=%u",
			 sip_calls(daemon->now.sip));
		sip_hangup_all(daemon->now.sip);
		daemon->hung_up = true;
		daemon->drain_until_ms = now + HANGUP_MS;
	}
	loop_timer_set(daemon->drain_timer, DRAIN_POLL_MS);
}

/* A second signal means: now. */
static void drain(struct daemon *daemon)
{
	uint64_t now = now_mono_ms();

	if (daemon->now.draining) {
		daemon->drain_until_ms = now;
	} else {
		daemon->drain_until_ms =
			now + daemon->now.config->drain_s * 1000ull;
		log_info("event=drain calls=%u seconds=%u",
			 sip_calls(daemon->now.sip),
			 daemon->now.config->drain_s);
		sd_notify(0, "STOPPING=1");
		/* Or else systemd's own patience would end it sooner. */
		sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%llu",
			   (daemon->now.config->drain_s * 1000ull + HANGUP_MS +
			    SAVE_MS) *
				   1000);
		sip_drain(daemon->now.sip);
	}
	daemon->now.draining = true;
	drain_check(daemon);
}

/* Who sends a signal hears nothing: the log says it. */
static void reload_silently(struct daemon *daemon)
{
	struct buf why;

	buf_init(&why, ERRORS_MAX);
	reload(&daemon->now, &why);
	buf_fini(&why);
}

static void on_signal(int fd, unsigned events, void *arg)
{
	struct daemon *daemon = arg;
	struct signalfd_siginfo info;

	(void)events;
	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP)
		reload_silently(daemon);
	else
		drain(daemon);
}

static int watch_signals(struct daemon *daemon)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	/* Threads started from here on inherit it. */
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	daemon->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (daemon->signals < 0)
		return -errno;
	return loop_watch_new(&daemon->signals_watch, daemon->loop,
			      daemon->signals, LOOP_READ, on_signal, daemon);
}

static void watchdog(void *arg)
{
	struct daemon *daemon = arg;

	sd_notify(0, "WATCHDOG=1");
	loop_timer_set(daemon->watchdog_timer, daemon->watchdog_ms);
}

static int start_watchdog(struct daemon *daemon)
{
	uint64_t us = 0;
	int err = loop_timer_new(&daemon->watchdog_timer, daemon->loop,
				 watchdog, daemon);

	if (!err && sd_watchdog_enabled(0, &us) > 0) {
		daemon->watchdog_ms = (unsigned)(us / 2000);
		watchdog(daemon);
	}
	return err;
}

static int start_gate(struct daemon *daemon)
{
	const struct gate_params params = {
		.screen = daemon->now.screen,
		.calls = daemon->calls,
		.history = daemon->history,
		.lists = daemon->lists,
		.reports = daemon->reports,
		.redress = daemon->redress,
		.killswitch = daemon->killswitch,
	};

	return gate_new(&daemon->now.gate, &params);
}

static int start_history(struct daemon *daemon)
{
	const struct config *config = daemon->now.config;
	char *path;
	int err = history_new(&daemon->history, config->history.subjects,
			      config->history.pairs);

	if (err || !config->history.save_s)
		return err;
	if (asprintf(&path, "%s-history", config->database) < 0)
		return -ENOMEM;
	err = history_keeper_new(&daemon->history_keeper, daemon->loop,
				 daemon->history, path, config->history.save_s);
	free(path);
	return err;
}

static int start_screening(struct daemon *daemon)
{
	const struct config *config = daemon->now.config;
	struct screen_params params;
	int err = lists_new(&daemon->lists, daemon->loop);

	if (!err)
		err = reports_new(&daemon->reports, daemon->loop);
	if (!err)
		err = complaints_new(&daemon->complaints, daemon->loop);
	if (!err)
		err = start_history(daemon);
	if (!err)
		err = calls_new(&daemon->calls, config->record_queue,
				config->calls_keep_days);
	if (!err)
		err = redress_new(&daemon->redress, daemon->loop);
	if (!err)
		err = killswitch_new(&daemon->killswitch, config->database);
	if (!err)
		err = fetch_new(&daemon->fetch, daemon->loop);
	if (!err)
		err = providers_new(&daemon->now.providers, daemon->loop,
				    daemon->fetch, config);
	if (err)
		return err;
	params = (struct screen_params){.lists = daemon->lists,
					.reports = daemon->reports,
					.complaints = daemon->complaints,
					.history = daemon->history,
					.providers = daemon->now.providers};
	err = screen_new(&daemon->now.screen, &params);
	if (!err)
		err = start_gate(daemon);
	if (err)
		return err;
	screen_configure(daemon->now.screen, config);
	gate_configure(daemon->now.gate, config);
	return 0;
}

static int start_store(struct daemon *daemon)
{
	int err;

	daemon->tasks[TASK_LISTS] =
		(struct store_task){"lists", lists_refresh, daemon->lists};
	/* Before the reports, which are held against the records. */
	daemon->tasks[TASK_CALLS] =
		(struct store_task){"calls", calls_flush, daemon->calls};
	daemon->tasks[TASK_REPORTS] = (struct store_task){
		"reports", reports_refresh, daemon->reports};
	daemon->tasks[TASK_COMPLAINTS] = (struct store_task){
		"complaints", complaints_refresh, daemon->complaints};
	daemon->tasks[TASK_REDRESS] = (struct store_task){
		"redress", redress_refresh, daemon->redress};
	daemon->tasks[TASK_BYPASS] = (struct store_task){
		"bypass", killswitch_tell, daemon->killswitch};
	err = store_worker_start(&daemon->now.worker, daemon->now.config->database,
				 daemon->tasks, TASK_COUNT);
	/* What it loaded was posted; it must be in place before the first
	 * call. */
	if (!err)
		loop_step(daemon->loop, 0);
	return err;
}

/* Calls do not need it. */
static void start_control(struct daemon *daemon)
{
	const char *database = daemon->now.config->database;
	int err = control_new(&daemon->control, daemon->loop, database,
			      &daemon->now, daemon->killswitch);

	if (err)
		log_warn("event=control-unavailable path=%s" CONTROL_SUFFIX " error=%s",
			 database, strerror(-err));
}

int daemon_start(struct daemon **daemonp, struct config *config)
{
	struct daemon *daemon = calloc(1, sizeof(*daemon));
	int err;

	if (!daemon)
		return -ENOMEM;
	daemon->now.config = config;
	daemon->now.started_s = now_wall_s();
	daemon->signals = -1;
	err = loop_new(&daemon->loop);
	if (!err)
		err = watch_signals(daemon);
	if (!err)
		err = log_init(config->log_level, config->log_format);
	if (!err)
		err = loop_timer_new(&daemon->drain_timer, daemon->loop,
				     drain_check, daemon);
	if (!err)
		err = start_screening(daemon);
	daemon->now.lists = daemon->lists;
	if (!err)
		err = start_store(daemon);
	if (!err)
		err = sip_new(&daemon->now.sip, daemon->loop, config,
			      &gate_events, daemon->now.gate);
	if (!err && config->api.address)
		err = api_start(&daemon->api, config);
	if (!err)
		err = start_watchdog(daemon);
	if (!err)
		start_control(daemon);
	if (err) {
		log_error("event=start-failed error=%s", strerror(-err));
		daemon_stop(daemon);
		return err;
	}
	*daemonp = daemon;
	return 0;
}

void daemon_run(struct daemon *daemon)
{
	log_info("event=started version=%s", CALLSIEVE_VERSION);
	sd_notify(0, "READY=1");
	loop_run(daemon->loop);
}

/* The last records are made by sip_free() and written by the store thread's
 * last round. */
void daemon_stop(struct daemon *daemon)
{
	api_stop(daemon->api);
	control_free(daemon->control);
	sip_free(daemon->now.sip);
	store_worker_stop(daemon->now.worker);
	/* All calls have ended. */
	history_keeper_free(daemon->history_keeper);
	/* What its last round posted still finds its owners. */
	if (daemon->loop)
		loop_step(daemon->loop, 0);
	gate_free(daemon->now.gate);
	screen_free(daemon->now.screen);
	providers_free(daemon->now.providers);
	fetch_free(daemon->fetch);
	loop_timer_free(daemon->watchdog_timer);
	loop_timer_free(daemon->drain_timer);
	loop_watch_free(daemon->signals_watch);
	if (daemon->signals >= 0)
		close(daemon->signals);
	killswitch_free(daemon->killswitch);
	redress_free(daemon->redress);
	calls_free(daemon->calls);
	history_free(daemon->history);
	complaints_free(daemon->complaints);
	reports_free(daemon->reports);
	lists_free(daemon->lists);
	loop_free(daemon->loop);
	config_free(daemon->now.config);
	log_info("event=stopped");
	log_fini();
	free(daemon);
}
