/* Whether the daemon's memory stays what it is, call after call. */
#ifndef STORM_MEMORY_H
#define STORM_MEMORY_H

#include <sys/types.h>

/* After so many calls, when none is left: says it every 10,000. */
void memory_look(pid_t pid, unsigned calls);

/* In the end: fails if it grew since it was warm. */
void memory_judge(void);

#endif
