/* The `callsieve` command: a table of subcommands and a loop over it. */
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/log.h"

#include "command.h"

#define DEFAULT_CONFIG "/etc/callsieve/callsieve.conf"

static command_h help_command;

static const struct command commands[] = {
	{"status", "",
	 "how the daemon is, what it loaded and what is in the database; exits "
	 "with 1 if something is wrong",
	 status_command},
	{"calls", "[-n N] [--caller NUMBER]", "the last calls and what became of them",
	 calls_command},
	{"explain",
	 "[--json] CALL | NUMBER [--to NUMBER] [--trunk T] [--display NAME] "
	 "[--stir S] [--ask]",
	 "why a call was let through or rejected, CALL being our id, the SIP "
	 "Call-ID or the redress id that its caller got; or what would become "
	 "of a call by NUMBER",
	 explain_command},
	{"replay",
	 "[--config FILE] --events FILE|- | --config NEW --since TIME [--json]",
	 "what the engine would have done with a record of calls; or which of "
	 "the recorded calls would go otherwise by the configuration NEW",
	 replay_command},
	{"import",
	 "FILE --source NAME [--format F] [--observations] [--update] "
	 "[--dry-run] [--force] [--rejects FILE]",
	 "brings a source to what a file says of it; F is auto, plain, csv, "
	 "ftc, fcc or phoneblock",
	 import_command},
	{"list",
	 "show [LIST] | export LIST | import LIST FILE | log | blame NUMBER | "
	 "undo BATCH",
	 "the lists, who changed what in them, and back again", list_command},
	{"bypass", "on --for TIME [--trunk T] | off [--trunk T] | status",
	 "lets all calls through for a while, or those of a trunk, whatever is "
	 "decided; TIME is as 30m or 2h",
	 bypass_command},
	{"reload", "",
	 "makes the daemon read its configuration anew; exits with 1 and the "
	 "reason if it keeps the old one",
	 reload_command},
	{"token", "new NAME | revoke NAME | list",
	 "who may report numbers to the HTTP API", token_command},
	{"help", "", "this text", help_command},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *to)
{
	size_t i;

	fprintf(to, "usage: callsieve [-c FILE | -d DATABASE] COMMAND ...\n\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(to, "  %s%s%s\n        %s\n", commands[i].name,
			*commands[i].arguments ? " " : "",
			commands[i].arguments, commands[i].help);
	fprintf(to,
		"\n  -c FILE      the daemon's configuration, which names the "
		"database\n               (default: " DEFAULT_CONFIG ")\n"
		"  -d DATABASE  the database itself\n"
		"  -h, --help   this text\n"
		"  --version    which version this is\n");
}

static int help_command(const struct cli *cli, int argc, char **argv)
{
	(void)cli;
	(void)argc;
	(void)argv;
	print_help(stdout);
	return EXIT_DONE;
}

static int run_command(const struct cli *cli, int argc, char **argv)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (!strcmp(argv[0], commands[i].name))
			break;
	if (i == COMMANDS)
		return usage_error("There is no command \"%s\".", argv[0]);
	/* 0 rather than 1: getopt forgets what it knew of the last line. */
	optind = 0;
	return commands[i].h(cli, argc, argv);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	struct cli cli = {.config = DEFAULT_CONFIG};
	int option, status;

	/* What comes from the database is UTF-8, whoever looks at it. */
	setlocale(LC_CTYPE, "C.UTF-8");
	log_set(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:c:d:hV", options, NULL)) !=
	       -1) {
		switch (option) {
		case 'c':
			cli.config = optarg;
			break;
		case 'd':
			cli.database = optarg;
			break;
		case 'h':
			print_help(stdout);
			return EXIT_DONE;
		case 'V':
			printf("callsieve %s\n", CALLSIEVE_VERSION);
			return EXIT_DONE;
		case ':':
			return usage_error("-%c needs a value.", optopt);
		default:
			return usage_error("There is no option \"%s\".",
					   argv[optind - 1]);
		}
	}
	if (optind == argc)
		return usage_error("Which command?");
	status = run_command(&cli, argc - optind, argv + optind);
	/* A full disk or a closed pipe must not pass for success. */
	if ((fflush(stdout) || ferror(stdout)) && status == EXIT_DONE)
		return failure("The output could not be written.");
	return status;
}
