/* callsieve token: who may report numbers. A token is shown once, when it is
 * made; the database keeps only its SHA-256. */
#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/reports.h"

#include "database.h"
#include "print.h"

#define NAME_MAX_BYTES 100

static int token_make(struct store *store, const char *name)
{
	char token[TOKEN_SIZE];
	int err;

	err = token_new(store, name, token);
	if (err)
		return database_failure(store, err);
	/* Nothing else, so that a script can keep it: token=$(...). */
	printf("%s\n", token);
	return EXIT_DONE;
}

static int token_end(struct store *store, const char *name)
{
	int err = token_revoke(store, name);

	if (err == -ENOENT)
		return failure("Nobody named \"%s\" has a token.", name);
	return err ? database_failure(store, err) : EXIT_DONE;
}

static const struct verb {
	const char *name;
	enum store_open_mode mode;
	int (*h)(struct store *store, const char *name);
} verbs[] = {
	{"new", STORE_CREATE, token_make},
	{"revoke", STORE_EXISTING, token_end},
};

static bool name_is_fine(const char *name)
{
	const unsigned char *at = (const unsigned char *)name;

	if (!*name || strlen(name) > NAME_MAX_BYTES)
		return false;
	for (; *at; at++)
		if (*at < 0x20 || *at == 0x7f)
			return false;
	return true;
}

static int print_subscribers(struct store *store)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(&stmt, store,
			    "SELECT name, created_at, revoked_at, "
			    "(SELECT count(*) FROM reports WHERE subscriber = "
			    "subscribers.id) FROM subscribers ORDER BY name");
	if (err)
		return database_failure(store, err);
	printf("%-24s  %-19s  %8s  %s\n", "NAME", "SINCE (UTC)", "REPORTS",
	       "TOKEN");
	while ((err = stmt_step(stmt)) == 1) {
		print_text(stmt_text(stmt, 0), 24);
		printf("  %-19s  %8" PRId64 "  ", stmt_text(stmt, 1),
		       stmt_int(stmt, 3));
		printf(stmt_is_null(stmt, 2) ? "valid\n" : "revoked %s\n",
		       stmt_text(stmt, 2));
	}
	return err ? database_failure(store, err) : EXIT_DONE;
}

static int token_list(const struct cli *cli)
{
	struct store *store;
	int status;

	status = database_open(&store, cli, STORE_EXISTING);
	if (status)
		return status;
	status = print_subscribers(store);
	store_close(store);
	return status;
}

static int change(const struct cli *cli, const struct verb *verb,
		  const char *name)
{
	struct store *store;
	int status;

	if (!name_is_fine(name))
		return usage_error("A name has 1 to %d printable characters.",
				   NAME_MAX_BYTES);
	status = database_open(&store, cli, verb->mode);
	if (status)
		return status;
	status = verb->h(store, name);
	store_close(store);
	return status;
}

int token_command(const struct cli *cli, int argc, char **argv)
{
	size_t i;

	if (argc == 2 && !strcmp(argv[1], "list"))
		return token_list(cli);
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (argc == 3 && !strcmp(argv[1], verbs[i].name))
			return change(cli, &verbs[i], argv[2]);
	return usage_error("It is: callsieve token new NAME, token revoke "
			   "NAME, or token list.");
}
