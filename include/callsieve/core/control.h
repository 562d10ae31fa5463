/* What daemon and command agree on: the socket beside the database, by which
 * the command asks the daemon. A line with a question, then the answer. */
#ifndef CALLSIEVE_CORE_CONTROL_H
#define CALLSIEVE_CORE_CONTROL_H

struct sockaddr_un;

/* The socket is called as the database, and this. -ENAMETOOLONG. */
#define CONTROL_SUFFIX "-control"
int control_address(struct sockaddr_un *address, const char *database);

/* Questions besides the JSON of explain. The first is answered in lines for
 * people, of which those about something wrong have CONTROL_PROBLEM in them;
 * the second by an empty line when the new configuration is in force, else by
 * its mistakes, a line each. */
#define CONTROL_STATUS	"status"
#define CONTROL_PROBLEM "PROBLEM: "
#define CONTROL_RELOAD	"reload"

#endif
