/* The database a command works on. */
#ifndef CLI_DATABASE_H
#define CLI_DATABASE_H

#include "callsieve/store.h"

#include "command.h"

/* EXIT_DONE, or another exit status after a sentence on what is wrong. */
int database_open(struct store **storep, const struct cli *cli,
		  enum store_open_mode mode);

/* Its path, to free(); NULL after a sentence on what is wrong. */
char *database_path(const struct cli *cli);

/* The same for who lets the daemon say what mistakes the configuration has. */
char *database_path_quietly(const struct cli *cli);

/* Says what went wrong with it; returns EXIT_FAILED. */
int database_failure(struct store *store, int err);

#endif
