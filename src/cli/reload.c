/* callsieve reload: what SIGHUP does, and whether it was done. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/control.h"

#include "command.h"
#include "control.h"
#include "database.h"

static int tell(char *mistakes)
{
	/* The end of the answer. */
	mistakes[strlen(mistakes) - 1] = '\0';
	if (!*mistakes) {
		printf("The configuration was read and is in force.\n");
		return EXIT_DONE;
	}
	fputs(mistakes, stderr);
	return failure("The daemon goes on with the configuration it had.");
}

int reload_command(const struct cli *cli, int argc, char **argv)
{
	char *database, *answer;
	int err, status;

	(void)argv;
	if (argc != 1)
		return usage_error("It is: callsieve reload.");
	database = database_path_quietly(cli);
	if (!database)
		return EXIT_FAILED;
	err = control_ask(&answer, database, CONTROL_RELOAD);
	if (!err) {
		status = tell(answer);
		free(answer);
	} else if (err == -ENOENT || err == -ECONNREFUSED) {
		status = failure("No callsieved runs with the database %s.",
				 database);
	} else {
		status = failure("The running callsieved cannot be asked: %s.",
				 strerror(-err));
	}
	free(database);
	return status;
}
