/* What every subcommand is given and gives. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/* What a command ends with; main() exits with it. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Where the database is: named directly, or else by the configuration. */
struct cli {
	const char *config;
	const char *database; /* NULL: the one the configuration names */
};

/* argv[0] is the command's own name. */
typedef int command_h(const struct cli *cli, int argc, char **argv);

struct command {
	const char *name;
	const char *arguments;
	const char *help;
	command_h *h;
};

command_h token_command;
command_h explain_command;
command_h calls_command;
command_h replay_command;
command_h import_command;
command_h list_command;
command_h status_command;
command_h bypass_command;
command_h reload_command;

/* Prints the sentence, for a wrong command line; returns EXIT_USAGE. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the sentence; returns EXIT_FAILED. */
int failure(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A whole number from 1 to `max`, or 0. */
unsigned read_count(const char *text, unsigned max);

/* Seconds from "45s", "30m", "2h" or "7d", at most `max`, or 0. */
long read_span(const char *text, long max);

#endif
