/* How the daemon's memory is managed. */
#ifndef CALLSIEVE_APP_MEMORY_H
#define CALLSIEVE_APP_MEMORY_H

/* Once, when the daemon has started. */
void memory_begin(void);

#endif
