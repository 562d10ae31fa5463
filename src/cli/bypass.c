/* callsieve bypass: lets all calls through for a while, or those of a trunk,
 * whatever callsieved decides of them. It writes a small file beside the
 * database and needs nothing else: not the database, not the API, not even a
 * daemon that runs now. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"
#include "callsieve/core/switches.h"

#include "bypass.h"
#include "command.h"
#include "database.h"
#include "print.h"
#include "who.h"

#define ERRORS_MAX (64 * 1024)
#define DAY_S	   86400
#define LONGEST_S  (7 * DAY_S) /* longer, and it is forgotten */

#define USAGE                                                                  \
	"It is: callsieve bypass on --for TIME [--trunk T] | off [--trunk T] " \
	"| status; TIME is as 45s, 30m, 2h or 1d."

struct order {
	const char *trunk; /* NULL: all */
	const char *time;  /* NULL: none was given */
};

/* Where only the database is named nobody knows which trunks there are. */
static bool is_trunk(const struct cli *cli, const char *name)
{
	struct config *config;
	struct buf errors;
	bool found;
	int err;

	if (cli->database)
		return true;
	buf_init(&errors, ERRORS_MAX);
	err = config_peek(&config, cli->config, &errors);
	buf_fini(&errors);
	if (err)
		return true;
	found = config_trunk_named(config, name);
	config_free(config);
	return found;
}

static void set_name(char to[SWITCH_NAME], const char *name)
{
	snprintf(to, SWITCH_NAME, "%s", name);
	for (; *to; to++)
		if ((unsigned char)*to <= ' ')
			*to = '_';
}

static void print_one(const struct a_switch *at)
{
	char until[TIME_TEXT], since[TIME_TEXT];
	bool all = strcmp(at->name, SWITCH_ALL) == 0;

	printf("%-16s%s%s until %s, since %s by %s\n", "bypass",
	       all ? "all trunks" : "trunk ", all ? "" : at->name,
	       print_time(until, at->until_s * 1000),
	       print_time(since, at->since_s * 1000), at->by);
}

int bypass_read(struct switches *switches, const char *database)
{
	char *path;
	int err;

	if (asprintf(&path, "%s" SWITCHES_SUFFIX, database) < 0)
		return -ENOMEM;
	switches->count = 0;
	err = switches_read(switches, path);
	switches_expire(switches, now_wall_s());
	free(path);
	return err;
}

void bypass_print(const struct switches *switches)
{
	for (unsigned i = 0; i < switches->count; i++)
		print_one(&switches->at[i]);
}

static int write_all(const struct switches *switches, const char *database)
{
	char *path;
	int err;

	if (asprintf(&path, "%s" SWITCHES_SUFFIX, database) < 0)
		return -ENOMEM;
	err = switches_write(switches, path);
	if (err)
		failure("%s cannot be written: %s. Nothing has changed. To let "
			"calls through, enforce = \"no\" in their trunk and "
			"callsieve reload do as well.",
			path, strerror(-err));
	free(path);
	return err;
}

static int turn_on(const struct cli *cli, const struct order *order,
		   struct switches *switches, const char *database)
{
	struct a_switch new = {.since_s = now_wall_s()};
	long seconds = order->time ? read_span(order->time, LONGEST_S) : 0;

	if (!seconds)
		return usage_error("How long? --for takes a time such as 30m, "
				   "a week at most.");
	if (order->trunk && !is_trunk(cli, order->trunk))
		return failure("%s has no trunk \"%s\".", cli->config,
			       order->trunk);
	set_name(new.name, order->trunk ? order->trunk : SWITCH_ALL);
	set_name(new.by, who());
	new.until_s = new.since_s + seconds;
	if (switches_set(switches, &new))
		return failure("There are %u bypasses already. Turn all of "
			       "them on together, without --trunk.",
			       switches->count);
	if (write_all(switches, database))
		return EXIT_FAILED;
	print_one(&new);
	return EXIT_DONE;
}

static int turn_off(const struct order *order, struct switches *switches,
		    const char *database)
{
	const char *name = order->trunk ? order->trunk : SWITCH_ALL;

	if (order->time)
		return usage_error(USAGE);
	if (order->trunk && switches_find(switches, SWITCH_ALL))
		return failure("All trunks are bypassed. Turn that off first: "
			       "callsieve bypass off.");
	if (order->trunk && !switches_find(switches, name))
		return failure("Trunk \"%s\" is not bypassed.", name);
	if (order->trunk)
		switches_remove(switches, name);
	else
		switches->count = 0;
	return write_all(switches, database) ? EXIT_FAILED : EXIT_DONE;
}

static int show(const struct order *order, const struct switches *switches)
{
	if (order->time || order->trunk)
		return usage_error(USAGE);
	bypass_print(switches);
	if (!switches->count)
		printf("There is no bypass.\n");
	return EXIT_DONE;
}

static int obey(const struct cli *cli, const char *what,
		const struct order *order, const char *database)
{
	struct switches switches;
	int err = bypass_read(&switches, database);

	/* What cannot be read is made anew. */
	if (err && err != -EINVAL)
		return failure("%s" SWITCHES_SUFFIX " cannot be read: %s.",
			       database, strerror(-err));
	if (!strcmp(what, "on"))
		return turn_on(cli, order, &switches, database);
	if (!strcmp(what, "off"))
		return turn_off(order, &switches, database);
	if (!strcmp(what, "status"))
		return show(order, &switches);
	return usage_error(USAGE);
}

int bypass_command(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"trunk", required_argument, NULL, 't'},
		{"for", required_argument, NULL, 'f'},
		{0},
	};
	struct order order = {NULL, NULL};
	char *database;
	int option, status;

	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 't')
			order.trunk = optarg;
		else if (option == 'f')
			order.time = optarg;
		else
			return usage_error(USAGE);
	}
	if (optind != argc - 1)
		return usage_error(USAGE);
	database = database_path(cli);
	if (!database)
		return EXIT_FAILED;
	status = obey(cli, argv[optind], &order, database);
	free(database);
	return status;
}
