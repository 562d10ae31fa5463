/* Asking the running daemon, by the socket beside its database. */
#ifndef CLI_CONTROL_H
#define CLI_CONTROL_H

/* One question, one answer, a line each; free() the answer. -ECONNREFUSED or
 * -ENOENT: no daemon runs; -EACCES; -ETIMEDOUT after ten seconds; others. */
int control_ask(char **answerp, const char *database, const char *question);

#endif
