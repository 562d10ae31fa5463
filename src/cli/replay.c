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

#define USAGE                                                                  \
	"It is: callsieve replay [--config FILE] --events FILE|-, or "         \
	"callsieve replay --config NEW --since 7d [--json]."

static void add_reason(json_t *reasons, const struct signal_hit *hit)
{
	const char *gap = hit->outcome == SIGNAL_SHADOW ? " (shadow)" : "";

	json_array_append_new(reasons,
			      json_sprintf("%s%s %+d: %s", hit->name, gap,
					   hit->points, hit->detail));
}

static json_t *reasons_of(const struct verdict *verdict)
{
	json_t *reasons = json_array();

	if (verdict->basis != BASIS_SCORE)
		json_array_append_new(reasons, json_string(verdict_basis_name(
						       verdict->basis)));
	for (unsigned i = 0; i < verdict->signals_count; i++)
		add_reason(reasons, &verdict->signals[i]);
	if (verdict->because)
		json_array_append_new(reasons, json_string(verdict->because));
	return reasons;
}

static void print_verdict(struct replay *replay, const json_t *event,
			  const struct verdict *verdict)
{
	json_t *line = json_pack(
		"{s:O, s:s, s:i, s:o}", "id", json_object_get(event, "id"),
		"action", verdict_action_name(verdict->treatment), "score",
		verdict->score, "reasons", reasons_of(verdict));

	(void)replay;
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(line);
}

static bool is_blank(const char *line)
{
	return line[strspn(line, " \t\r\n")] == '\0';
}

static void replay_line(struct replay *replay, const char *line, size_t len)
{
	json_error_t error;
	json_t *event;

	replay->line++;
	if (replay->line == 1 && len >= 3 && !memcmp(line, "\xef\xbb\xbf", 3))
		line += 3, len -= 3; /* a byte order mark, from Windows */
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

int replay_open(struct replay *replay, const struct cli *cli, const char *path)
{
	struct config *config;
	int status = engine_open(&replay->engine, path);

	if (!status && cli->database)
		status = engine_take(&replay->engine, cli, false);
	config = replay->engine.config;
	for (size_t i = 0; !status && i < config->trunks_count; i++)
		config->trunks[i].enforce = ENFORCE_YES;
	if (!status && call_book_new(&replay->book))
		status = failure("Out of memory.");
	return status;
}

void replay_close(struct replay *replay)
{
	call_book_free(replay->book);
	engine_close(&replay->engine);
}

static int replay_events(const struct cli *cli, const char *config,
			 const char *path, FILE *file)
{
	struct replay replay = {.h = print_verdict, .path = path};
	int status = replay_open(&replay, cli, config);

	if (!status)
		status = run(&replay, file);
	now_real();
	replay_close(&replay);
	return status;
}

static int replay_path(const struct cli *cli, const char *config,
		       const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	int status;

	if (!file)
		return failure("%s cannot be read: %s.", path, strerror(errno));
	status = replay_events(cli, config, path, file);
	if (file != stdin)
		fclose(file);
	return status;
}

int replay_command(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"events", required_argument, NULL, 'e'},
		{"config", required_argument, NULL, 'c'},
		{"since", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{0},
	};
	const char *events = NULL, *config = NULL, *since = NULL;
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 'e')
			events = optarg;
		else if (option == 'c')
			config = optarg;
		else if (option == 's')
			since = optarg;
		else if (option == 'j')
			json = true;
		else
			return usage_error(USAGE);
	}
	if (optind != argc || !events == !since || (since && !config) ||
	    (json && events))
		return usage_error(USAGE);
	if (events)
		return replay_path(cli, config ? config : cli->config, events);
	return replay_since(cli, config, since, json);
}
