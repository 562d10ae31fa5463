/* Switches in a small text file: each has a name and goes off by itself. For
 * what must work when nothing else does. */
#ifndef CALLSIEVE_CORE_SWITCHES_H
#define CALLSIEVE_CORE_SWITCHES_H

#include <stdbool.h>
#include <stdint.h>

#define SWITCHES_MAX 64
#define SWITCH_NAME  64 /* of a switch, and of who turned it on */
#define SWITCH_ALL   "*"

/* The file is called as the database, and this. */
#define SWITCHES_SUFFIX "-bypass"

struct a_switch {
	char name[SWITCH_NAME];	  /* no blanks */
	int64_t since_s, until_s; /* epoch */
	char by[SWITCH_NAME];
};

struct switches {
	unsigned count;
	struct a_switch at[SWITCHES_MAX];
};

/* Without the file there are none. -EINVAL: it has a line that is none of
 * ours; else -errno. On error `switches` is untouched. */
int switches_read(struct switches *switches, const char *path);

/* The file is replaced as a whole or, where no other can be made, as on a full
 * disk, written over if it is large enough. -errno. */
int switches_write(const struct switches *switches, const char *path);

/* Makes the file if there is none, with room for some: for the day on which
 * the disk is full. -errno. */
int switches_reserve(const char *path);

/* The one of that name, on or over; NULL: there is none. */
const struct a_switch *switches_find(const struct switches *switches,
				     const char *name);

/* -ENOSPC: there are too many. Replaces the one of that name. */
int switches_set(struct switches *switches, const struct a_switch *new);
void switches_remove(struct switches *switches, const char *name);

/* Removes what is over. */
void switches_expire(struct switches *switches, int64_t now_s);

#endif
