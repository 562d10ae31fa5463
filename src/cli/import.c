/* callsieve import: a list or a file of complaints, as one source. */
#include "import.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/store.h"

#include "command.h"
#include "database.h"
#include "list_number.h"

#define SHOWN	   20
#define TEXT_SHOWN 60
#define SOURCE_MAX 100
#define USAGE                                                                  \
	"It is: callsieve import FILE --source NAME [--format F] "             \
	"[--observations] [--update] [--dry-run] [--force] [--rejects FILE]."

/* Nothing of a file from elsewhere can steer the terminal. */
static void show(unsigned long line, const char *text, const char *cause)
{
	int i;

	fprintf(stderr, "callsieve: line %lu: \"", line);
	for (i = 0; i < TEXT_SHOWN && text[i]; i++)
		fputc(text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?',
		      stderr);
	fprintf(stderr, "\": %s\n", cause);
}

static void write_quoted(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	fputc('"', file);
}

void import_reject(struct import *import, unsigned long line, const char *text,
		   const char *cause)
{
	struct import_rejects *rejects = &import->rejects;

	if (rejects->count < SHOWN)
		show(line, text, cause);
	else if (rejects->count == SHOWN)
		fprintf(stderr, "callsieve: ... and more%s\n",
			rejects->file ? "" : "; --rejects FILE keeps them all");
	rejects->count++;
	if (!rejects->file)
		return;
	fprintf(rejects->file, "%lu,", line);
	write_quoted(rejects->file, text);
	fputc(',', rejects->file);
	write_quoted(rejects->file, cause);
	fputc('\n', rejects->file);
}

static int read_plan(struct import *import)
{
	struct store_stmt *stmt;
	int err;

	err = numbering_read(&import->plan, &import->has_plan, import->store);
	if (err)
		return err;
	err = store_prepare(&stmt, import->store,
			    "SELECT date(?1, 'unixepoch'), "
			    "date(?1, 'unixepoch', '+1 day')");
	if (err)
		return err;
	stmt_bind_int(stmt, 1, now_wall_s());
	err = stmt_step(stmt);
	if (err < 0)
		return err;
	/* Tomorrow: it is already today somewhere. */
	snprintf(import->today, sizeof(import->today), "%s",
		 stmt_text(stmt, 0));
	snprintf(import->latest, sizeof(import->latest), "%s",
		 stmt_text(stmt, 1));
	stmt_reset(stmt);
	return 0;
}

/* The transaction is one of temporary tables: it locks nothing. */
static int gather(struct import *import)
{
	const char *foreign = csv_foreign(import->csv);
	int err, status;

	if (foreign)
		return failure("%s", foreign);
	err = read_plan(import);
	if (!err)
		err = import_stage_open(import);
	if (!err)
		err = store_begin_read(import->store);
	if (err)
		return database_failure(import->store, err);
	if (!import->format && csv_peek(import->csv) == '{')
		import->format = import_format_find("phoneblock");
	if (import->format && !import->format->read)
		status = import_read_json(import);
	else
		status = import_read(import);
	if (status) {
		store_rollback(import->store);
		return status;
	}
	err = store_commit(import->store);
	return err ? database_failure(import->store, err) : EXIT_DONE;
}

static int import_stream(struct import *import, FILE *file)
{
	int status;

	if (csv_new(&import->csv, file))
		return failure("Out of memory.");
	status = gather(import);
	if (!status && !import->format)
		status = failure("The file is empty.");
	else if (!status)
		status = import_apply(import);
	csv_free(import->csv);
	return status;
}

int import_path(struct import *import, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	int status;

	if (!file)
		return failure("%s cannot be read: %s.", path, strerror(errno));
	status = import_stream(import, file);
	if (file != stdin)
		fclose(file);
	return status;
}

static int import_file(struct import *import, const struct cli *cli,
		       const char *path, const char *rejects)
{
	int status;

	if (rejects)
		import->rejects.file = fopen(rejects, "we");
	if (rejects && !import->rejects.file) {
		status = failure("%s cannot be written: %s.", rejects,
				 strerror(errno));
	} else {
		if (rejects)
			fputs("line,text,cause\n", import->rejects.file);
		status = database_open(&import->store, cli, STORE_EXISTING);
		if (!status)
			status = import_path(import, path);
		store_close(import->store);
	}
	if (import->rejects.file && fclose(import->rejects.file))
		status = failure("%s could not be written.", rejects);
	return status;
}

static bool source_is_fine(const char *source)
{
	const unsigned char *at = (const unsigned char *)source;

	for (; *at; at++)
		if (*at < 0x20 || *at == 0x7f)
			return false;
	return *source && strlen(source) <= SOURCE_MAX;
}

static int read_format(struct import *import, const char *name)
{
	import->format = import_format_find(name);
	if (import->format || strcmp(name, "auto") == 0)
		return EXIT_DONE;
	return usage_error("There is no format \"%s\": it is auto, plain, csv, "
			   "ftc, fcc or phoneblock.",
			   name);
}

int import_command(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"source", required_argument, NULL, 's'},
		{"format", required_argument, NULL, 'f'},
		{"rejects", required_argument, NULL, 'r'},
		{"observations", no_argument, NULL, 'o'},
		{"update", no_argument, NULL, 'u'},
		{"dry-run", no_argument, NULL, 'n'},
		{"force", no_argument, NULL, 'F'},
		{0},
	};
	struct import import = {0};
	const char *rejects = NULL, *format = "auto";
	int option, status;

	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 's')
			import.source = optarg;
		else if (option == 'f')
			format = optarg;
		else if (option == 'r')
			rejects = optarg;
		else if (option == 'o')
			import.observations = true;
		else if (option == 'u')
			import.update = true;
		else if (option == 'n')
			import.dry_run = true;
		else if (option == 'F')
			import.force = true;
		else
			return usage_error(USAGE);
	}
	if (optind + 1 != argc || !import.source)
		return usage_error(USAGE);
	if (!source_is_fine(import.source))
		return usage_error("A source has 1 to %d printable characters.",
				   SOURCE_MAX);
	status = read_format(&import, format);
	return status ? status
		      : import_file(&import, cli, argv[optind], rejects);
}
