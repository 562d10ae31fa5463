/* The bypasses in force, for who else shows them. */
#ifndef CLI_BYPASS_H
#define CLI_BYPASS_H

struct switches;

/* -errno, and then there are none. */
int bypass_read(struct switches *switches, const char *database);
void bypass_print(const struct switches *switches);

#endif
