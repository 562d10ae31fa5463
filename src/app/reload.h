/* SIGHUP: another configuration, wholly or not at all. */
#ifndef CALLSIEVE_APP_RELOAD_H
#define CALLSIEVE_APP_RELOAD_H

struct config;
struct gate;
struct providers;
struct screen;
struct sip;

struct running {
	struct config *config; /* owned */
	struct providers *providers;
	struct screen *screen;
	struct gate *gate;
	struct sip *sip;
};

/* Reads running->config's file anew. What cannot change while running makes
 * it refuse the file; every refusal is logged and changes nothing. */
void reload(struct running *running);

#endif
