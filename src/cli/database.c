/* Finding and opening the database: see database.h. */
#include "database.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/config.h"

#define BUSY_MS	   2000
#define ERRORS_MAX (64 * 1024)

/* The path the configuration names, to free(); NULL after saying why not. */
static char *configured_path(const char *config_path, bool quiet)
{
	struct config *config;
	char *path = NULL;
	struct buf errors;
	int err;

	buf_init(&errors, ERRORS_MAX);
	err = config_peek(&config, config_path, &errors);
	if (!err) {
		path = strdup(config->database);
		config_free(config);
		buf_fini(&errors);
		return path;
	}
	/* The daemon runs with the file as it was before. */
	path = config_guess_database(config_path);
	if (errors.len && !(path && quiet))
		fputs(errors.data, stderr);
	if (!path)
		failure("%s cannot be used%s%s. Name the database with -d, or "
			"another configuration with -c.",
			config_path, errors.len ? "" : ": ",
			errors.len ? "" : strerror(-err));
	else if (!quiet)
		fprintf(stderr,
			"callsieve: %s has mistakes; the database that it "
			"seems to name is used, %s.\n",
			config_path, path);
	buf_fini(&errors);
	return path;
}

static void say_open_error(const char *path, int err)
{
	switch (-err) {
	case ENOENT:
		failure("There is no database at %s. The daemon makes it when "
			"it first starts; one that had it waits until it is "
			"put back.",
			path);
		break;
	case EACCES:
	case EROFS:
		failure("You may not use the database %s.", path);
		break;
	case EBUSY:
		failure("Another program holds the database %s.", path);
		break;
	case EUCLEAN:
		failure("%s is damaged, or no database.", path);
		break;
	case EPROTO:
		failure("The database %s belongs to a newer callsieve.", path);
		break;
	default:
		failure("The database %s cannot be opened: %s.", path,
			strerror(-err));
		break;
	}
}

char *database_path(const struct cli *cli)
{
	return cli->database ? strdup(cli->database)
			     : configured_path(cli->config, false);
}

char *database_path_quietly(const struct cli *cli)
{
	return cli->database ? strdup(cli->database)
			     : configured_path(cli->config, true);
}

int database_open(struct store **storep, const struct cli *cli,
		  enum store_open_mode mode)
{
	bool existed;
	char *path;
	int err;

	path = database_path(cli);
	if (!path)
		return EXIT_FAILED;
	existed = access(path, F_OK) == 0;
	err = store_open(storep, path, mode, BUSY_MS);
	if (err)
		say_open_error(path, err);
	else if (!existed)
		/* A relative path is relative to the daemon's folder, and
		 * this may not be it. */
		fprintf(stderr, "callsieve: Made a new database at %s.\n",
			path);
	free(path);
	return err ? EXIT_FAILED : EXIT_DONE;
}

int database_failure(struct store *store, int err)
{
	if (err == -EBUSY)
		return failure("Another program holds the database. Nothing "
			       "was done.");
	return failure("The database says: %s.", store_errmsg(store));
}
