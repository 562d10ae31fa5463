/* Runs the suites, some at a time: each spends its time waiting for timers
 * and for the daemon, not for the processor. CK_RUN_SUITE picks one,
 * CALLSIEVE_SLOW=1 adds those that take a minute, CALLSIEVE_JOBS says how
 * many run at a time. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call/suites.h"

#define JOBS	  6
#define JOBS_SLOW 12 /* the slow ones hardly do anything */

/* Those that take longest first. */
static const struct entry {
	const char *name;
	Suite *(*make)(void);
	bool slow;
} entries[] = {
	{"slow-ack", slow_ack_suite, true},
	{"slow-offer", slow_offer_suite, true},
	{"slow-reinvite", slow_reinvite_suite, true},
	{"slow-prack", slow_prack_suite, true},
	{"slow-info", slow_info_suite, true},
	{"slow-bye", slow_bye_suite, true},
	{"slow-refusal", slow_refusal_suite, true},
	{"slow-invite", slow_invite_suite, true},
	{"slow-cancel", slow_cancel_suite, true},
	{"expiry", expiry_suite, false},
	{"records", records_suite, false},
	{"screening", screening_suite, false},
	{"lists", lists_suite, false},
	{"timers", timers_suite, false},
	{"failover", failover_suite, false},
	{"gateways", gateways_suite, false},
	{"redirect", redirect_suite, false},
	{"names", names_suite, false},
	{"redirect-mode", redirect_mode_suite, false},
	{"reputation", reputation_suite, false},
	{"transport", transport_suite, false},
	{"tls", tls_suite, false},
	{"connections", connections_suite, false},
	{"within", within_suite, false},
	{"reinvite", reinvite_suite, false},
	{"transfer", transfer_suite, false},
	{"target", target_suite, false},
	{"ending", ending_suite, false},
	{"malformed", malformed_suite, false},
	{"torture", torture_suite, false},
	{"stack", stack_suite, false},
	{"lifecycle", lifecycle_suite, false},
	{"peer", peer_suite, false},
	{"bridge", bridge_suite, false},
	{"headers", headers_suite, false},
	{"trust", trust_suite, false},
	{"session-id", session_id_suite, false},
	{"transparent", transparent_suite, false},
	{"answers", answers_suite, false},
	{"cancel", cancel_suite, false},
	{"prack", prack_suite, false},
	{"requests", requests_suite, false},
	{"session", session_suite, false},
	{"loops", loops_suite, false},
	{"reports", reports_suite, false},
	{"facts", facts_suite, false},
	{"label", label_suite, false},
	{"profiles", profiles_suite, false},
	{"wire", wire_suite, false},
	{"dialled", dialled_suite, false},
	{"treatment", treatment_suite, false},
	{"cards", cards_suite, false},
	{"killswitch", killswitch_suite, false},
	{"explain", explain_suite, false},
	{"admission", admission_suite, false},
	{"bypass", bypass_suite, false},
	{"floods", floods_suite, false},
};

#define ENTRIES (sizeof(entries) / sizeof(*entries))

static int run(const struct entry *entry)
{
	SRunner *runner = srunner_create(entry->make());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void start(const struct entry *entry)
{
	pid_t pid = fork();

	if (pid == 0)
		exit(run(entry));
	if (pid < 0) {
		perror("fork");
		exit(EXIT_FAILURE);
	}
}

/* Waits for one to end; false if it failed. */
static bool reap(void)
{
	int status;

	return wait(&status) > 0 && WIFEXITED(status) &&
	       WEXITSTATUS(status) == EXIT_SUCCESS;
}

static bool slow_wanted(void)
{
	const char *slow = getenv("CALLSIEVE_SLOW");

	return slow && *slow;
}

static bool wanted(const struct entry *entry)
{
	const char *only = getenv("CK_RUN_SUITE");

	return only ? !strcmp(only, entry->name)
		    : !entry->slow || slow_wanted();
}

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int main(void)
{
	const char *number = getenv("CALLSIEVE_JOBS");
	int jobs = number ? atoi(number) : slow_wanted() ? JOBS_SLOW : JOBS;
	char dir[] = "/tmp/callsieve-calls-XXXXXX";
	int running = 0;
	bool ok = true;

	if (!mkdtemp(dir) || setenv("TMPDIR", dir, 1))
		return EXIT_FAILURE;
	for (size_t i = 0; i < ENTRIES; i++) {
		if (!wanted(&entries[i]))
			continue;
		if (running == jobs) {
			ok &= reap();
			running--;
		}
		start(&entries[i]);
		running++;
	}
	while (running--)
		ok &= reap();
	nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
