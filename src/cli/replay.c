/* callsieve replay --events FILE|-: what the engine would have done with a
 * record of calls. Reads a JSON object a line, in order of time, and takes the
 * clock from them; answers each call with a line, at once, so that it can be
 * driven over a pipe. */
#include "replay.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"

#include "command.h"

#define USAGE "It is: callsieve replay --events FILE|-."

static bool is_blank(const char *line)
{
	return line[strspn(line, " \t\r\n")] == '\0';
}

static void replay_line(struct replay *replay, const char *line, size_t len)
{
	json_error_t error;
	json_t *event;

	replay->line++;
	if (is_blank(line))
		return;
	event = json_loadb(line, len, 0, &error);
	if (event)
		replay_event(replay, event);
	else
		replay_skip(replay, "this is no JSON", error.text);
	json_decref(event);
}

static int run(struct replay *replay, FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) > 0)
		replay_line(replay, line, (size_t)len);
	free(line);
	if (replay->late)
		fprintf(stderr,
			"callsieve: %lu of %lu lines are earlier than one "
			"before them, and were taken at its time.\n",
			replay->late, replay->line);
	if (replay->skipped)
		return failure("%lu of %lu lines were skipped.",
			       replay->skipped, replay->line);
	return ferror(file) ? failure("The events cannot be read to their "
				      "end.")
			    : EXIT_DONE;
}

static int replay_events(const struct cli *cli, FILE *file)
{
	struct replay replay = {0};
	struct config *config;
	int status = engine_open(&replay.engine, cli->config);

	if (!status && cli->database)
		status = engine_take(&replay.engine, cli, false);
	config = replay.engine.config;
	/* Nobody is harmed here, and what would be done is the question. */
	for (size_t i = 0; !status && i < config->trunks_count; i++)
		config->trunks[i].enforce = ENFORCE_YES;
	if (!status && call_book_new(&replay.book))
		status = failure("Out of memory.");
	if (!status)
		status = run(&replay, file);
	now_real();
	call_book_free(replay.book);
	engine_close(&replay.engine);
	return status;
}

int replay_command(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"events", required_argument, NULL, 'e'},
		{0},
	};
	const char *path = NULL;
	FILE *file;
	int option, status;

	while ((option = getopt_long(argc, argv, ":", options, NULL)) == 'e')
		path = optarg;
	if (option != -1 || optind != argc || !path)
		return usage_error(USAGE);
	file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!file)
		return failure("%s cannot be read: %s.", path, strerror(errno));
	status = replay_events(cli, file);
	if (file != stdin)
		fclose(file);
	return status;
}
