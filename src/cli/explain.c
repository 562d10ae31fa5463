/* callsieve explain: one call's record in words. What the numbers mean stands
 * in the explanation the daemon recorded; here it is only told. */
#include "command.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "callsieve/calls.h"

#include "database.h"
#include "explain.h"
#include "print.h"

#define USAGE                                                                  \
	"It is: callsieve explain [--json] CALL, or callsieve explain "        \
	"[--json] NUMBER [--to NUMBER] [--trunk T] [--display NAME] "          \
	"[--stir none|A|B|C|failed] [--ask]."
#define CALLS_MAX "20" /* of one Call-ID: a caller may use it again */

#define COLUMNS                                                                \
	"SELECT id, started_at, answered_at, ended_at, trunk, gateway, "       \
	"source, call_id, call_id_out, from_uri, to_uri, caller, callee, "     \
	"action, basis, score, status, phrase, ended_by, explanation "         \
	"FROM calls "
#define NEWEST " ORDER BY started_at DESC LIMIT " CALLS_MAX

enum {
	COLUMN_ID,
	COLUMN_STARTED,
	COLUMN_ANSWERED,
	COLUMN_ENDED,
	COLUMN_TRUNK,
	COLUMN_GATEWAY,
	COLUMN_SOURCE,
	COLUMN_CALL_ID,
	COLUMN_CALL_ID_OUT,
	COLUMN_FROM_URI,
	COLUMN_TO_URI,
	COLUMN_CALLER,
	COLUMN_CALLEE,
	COLUMN_ACTION,
	COLUMN_BASIS,
	COLUMN_SCORE,
	COLUMN_STATUS,
	COLUMN_PHRASE,
	COLUMN_ENDED_BY,
	COLUMN_EXPLANATION,
};

static void print_pair(const char *name, struct store_stmt *stmt, int column,
		       int more)
{
	if (stmt_is_null(stmt, column) && stmt_is_null(stmt, more))
		return;
	printf("  %-10s", name);
	print_text(stmt_text(stmt, column), 0);
	printf("  ");
	print_text(stmt_text(stmt, more), 0);
	printf("\n");
}

static void print_parties(struct store_stmt *stmt)
{
	char when[TIME_TEXT];

	printf("call %s, %s\n", stmt_text(stmt, COLUMN_ID),
	       print_time(when, stmt_int(stmt, COLUMN_STARTED)));
	print_pair("caller", stmt, COLUMN_CALLER, COLUMN_FROM_URI);
	print_pair("callee", stmt, COLUMN_CALLEE, COLUMN_TO_URI);
	print_pair("trunk", stmt, COLUMN_TRUNK, COLUMN_SOURCE);
	print_pair("gateway", stmt, COLUMN_GATEWAY, COLUMN_CALL_ID_OUT);
	printf("  %-10s", "Call-ID");
	print_text(stmt_text(stmt, COLUMN_CALL_ID), 0);
	printf("\n");
}

static void print_decision(struct store_stmt *stmt, const json_t *explanation)
{
	printf("  %-10s", "decision");
	if (stmt_is_null(stmt, COLUMN_ACTION)) {
		printf("none: the call ended before there was one\n");
		return;
	}
	explain_treatment(explanation, (int)stmt_int(stmt, COLUMN_STATUS),
			  stmt_text(stmt, COLUMN_PHRASE));
	printf("\n");
	explain_reasons(explanation, false);
}

static void print_outcome(struct store_stmt *stmt)
{
	int64_t answered = stmt_int(stmt, COLUMN_ANSWERED);
	int64_t ended = stmt_int(stmt, COLUMN_ENDED);

	printf("  %-10s%s ", "outcome", stmt_text(stmt, COLUMN_STATUS));
	print_text(stmt_text(stmt, COLUMN_PHRASE), 0);
	if (answered)
		printf(", answered, %.1f s long",
		       (double)(ended - answered) / 1000.0);
	if (!stmt_is_null(stmt, COLUMN_ENDED_BY))
		printf(", ended by %s", stmt_text(stmt, COLUMN_ENDED_BY));
	printf("\n");
}

static void print_circumstances(const json_t *explanation)
{
	json_int_t generation = 0, config = 0, took = 0;

	if (json_unpack((json_t *)explanation, "{s:I, s:I, s:I}",
			"list_generation", &generation, "config_version",
			&config, "decide_us", &took))
		return;
	printf("  %-10sin %.3f ms, by list generation %" JSON_INTEGER_FORMAT
	       " and configuration %" JSON_INTEGER_FORMAT "\n",
	       "decided", (double)took / 1000.0, generation, config);
}

static void print_redirection(const json_t *explanation)
{
	const json_t *to = json_object_get(explanation, "redirected_to");

	if (!json_is_string(to))
		return;
	printf("  redirected to ");
	print_text(json_string_value(to), 0);
	printf("\n");
}

static void print_call(struct store_stmt *stmt)
{
	json_t *explanation =
		json_loads(stmt_text(stmt, COLUMN_EXPLANATION), 0, NULL);

	print_parties(stmt);
	print_decision(stmt, explanation);
	explain_response(explanation);
	print_circumstances(explanation);
	print_redirection(explanation);
	print_outcome(stmt);
	json_decref(explanation);
}

/* How many calls were printed, or a negative error. */
static int print_found(struct store *store, const char *sql, const char *name,
		       bool json)
{
	struct store_stmt *stmt;
	int err, found = 0;

	err = store_prepare(&stmt, store, sql);
	if (err)
		return err;
	stmt_bind_text(stmt, 1, name);
	while ((err = stmt_step(stmt)) == 1) {
		if (json)
			printf("%s\n", stmt_text(stmt, COLUMN_EXPLANATION));
		else if (found)
			printf("\n");
		if (!json)
			print_call(stmt);
		found++;
	}
	return err ? err : found;
}

static int explain(struct store *store, const char *name, bool json)
{
	char redressed[CALL_ID_SIZE];
	int genuine = redress_read(store, redressed, name), found;

	if (genuine < 0)
		return database_failure(store, genuine);
	if (genuine)
		name = redressed;
	found = print_found(store,
			    COLUMNS "WHERE id = ?1 OR call_id = ?1" NEWEST,
			    name, json);
	/* Without an index, so only when need be. */
	if (!found)
		found = print_found(store,
				    COLUMNS "WHERE call_id_out = ?1" NEWEST,
				    name, json);
	if (found < 0)
		return database_failure(store, found);
	if (found)
		return EXIT_DONE;
	if (genuine)
		return failure("This redress id is one of ours, but the call "
			       "%s is not recorded: calls are a second after "
			       "their end, and as long as calls_keep_days in "
			       "the section database says.",
			       name);
	if (redress_resembles(name))
		return failure("The redress id \"%s\" is none of ours, or was "
			       "changed on the way: have it read out again, "
			       "letter by letter.",
			       name);
	return failure("No call \"%s\" is recorded: calls are a second after "
		       "their end, and as long as calls_keep_days in the "
		       "section database says. Nor is that a number, such as "
		       "+12025550123.",
		       name);
}

/* "+12025550123", "(202) 555-0123": nothing else is of digits alone. */
static bool is_number(const char *name)
{
	size_t digits = 0;

	if (strcmp(name, "anonymous") == 0 || strncmp(name, "tel:", 4) == 0 ||
	    strncmp(name, "sip:", 4) == 0)
		return true;
	for (const char *c = name; *c; c++)
		digits += *c >= '0' && *c <= '9';
	return strspn(name, "+0123456789()-. ") == strlen(name) &&
	       digits <= 15 && (digits >= 7 || *name == '+');
}

/* Callers send what they were given, whole: the Reason header of 603 with an
 * id in it, or the address of the card of 608, URL/ID.jws. Cuts `text`. */
static const char *redress_id_in(char *text)
{
	char *id = strstr(text, ";id="), *slash = strrchr(text, '/');

	if (id && strstr(text, "v=analytics1")) {
		id += strlen(";id=");
		id[strcspn(id, ";\"")] = '\0';
		return id;
	}
	if (!strncmp(text + (*text == '<'), "https://", 8)) {
		slash[strcspn(slash, ".?#>")] = '\0';
		return slash + 1;
	}
	return text;
}

static int explain_recorded(const struct cli *cli, const char *name, bool json)
{
	struct store *store;
	int status = database_open(&store, cli, STORE_EXISTING);

	if (status)
		return status;
	status = explain(store, name, json);
	store_close(store);
	return status;
}

static bool is_stir(const char *text)
{
	static const char *const words[] = {"none", "A", "B", "C", "failed"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], text) == 0)
			return true;
	return false;
}

/* False: it is no option of ours. */
static bool read_option(struct what_if_question *what_if, int option)
{
	switch (option) {
	case 'j':
		what_if->json = true;
		return true;
	case 'a':
		what_if->ask = true;
		return true;
	case 't':
		what_if->to = optarg;
		return true;
	case 'T':
		what_if->trunk = optarg;
		return true;
	case 'd':
		what_if->display = optarg;
		return true;
	case 's':
		what_if->stir = optarg;
		return is_stir(optarg);
	default:
		return false;
	}
}

int explain_command(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"ask", no_argument, NULL, 'a'},
		{"to", required_argument, NULL, 't'},
		{"trunk", required_argument, NULL, 'T'},
		{"display", required_argument, NULL, 'd'},
		{"stir", required_argument, NULL, 's'},
		{0},
	};
	struct what_if_question what_if = {0};
	bool asks = false;
	int option;

	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (!read_option(&what_if, option))
			return usage_error(USAGE);
		asks |= option != 'j';
	}
	if (optind != argc - 1)
		return usage_error(USAGE);
	what_if.from = argv[optind];
	if (asks || is_number(what_if.from))
		return explain_what_if(cli, &what_if);
	return explain_recorded(cli, redress_id_in(argv[optind]), what_if.json);
}
