/* `callsieve bypass`: all calls, or those of a trunk, are let through for a
 * while, whatever is decided. */
#ifndef CALLSIEVE_APP_KILLSWITCH_H
#define CALLSIEVE_APP_KILLSWITCH_H

#include <stdbool.h>

struct killswitch;
struct store;

/* Starts a thread that watches the file beside `database`; what is on already
 * is in force when this returns. */
int killswitch_new(struct killswitch **killswitchp, const char *database);

/* Ends the thread. NULL is fine. */
void killswitch_free(struct killswitch *killswitch);

/* Any thread. */
bool killswitch_is_on(struct killswitch *killswitch, const char *trunk);

/* A store task (arg: struct killswitch): tells engine_status. */
int killswitch_tell(struct store *store, void *arg);

#endif
