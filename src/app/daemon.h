/* The daemon: its parts in the order they start, and how it changes and
 * ends. */
#ifndef CALLSIEVE_APP_DAEMON_H
#define CALLSIEVE_APP_DAEMON_H

struct config;
struct daemon;

/* Takes the configuration. Signals (HUP, TERM, INT) must not yet be blocked
 * elsewhere; no other thread may run. Every failure was logged. */
int daemon_start(struct daemon **daemonp, struct config *config);

/* Until SIGTERM has drained it. */
void daemon_run(struct daemon *daemon);
void daemon_stop(struct daemon *daemon);

#endif
