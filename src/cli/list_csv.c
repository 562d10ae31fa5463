/* callsieve list export and import: a list as CSV, out and back. What is not
 * in the file stays; to bring a source to what a file says of it there is
 * callsieve import. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "csv.h"
#include "database.h"
#include "import.h"
#include "list.h"
#include "who.h"

#define COLUMNS_MAX 16

static void print_field(const char *text)
{
	size_t len = strlen(text);

	if (!len || (!strpbrk(text, ",\"\r\n;\t") && *text != ' ' &&
		     text[len - 1] != ' ')) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void print_line(struct store_stmt *stmt,
		       const char *(*field)(struct store_stmt *stmt, int at))
{
	int i, columns = stmt_columns(stmt);

	for (i = 0; i < columns; i++) {
		if (i)
			putchar(',');
		print_field(field(stmt, i));
	}
	putchar('\n');
}

static int print_list(struct store *store, const struct list_table *table)
{
	struct store_stmt *stmt;
	int err;

	err = store_prepare(&stmt, store, table->query);
	if (err)
		return err;
	print_line(stmt, stmt_name);
	while ((err = stmt_step(stmt)) == 1)
		print_line(stmt, stmt_text);
	return err;
}

int list_export(const struct cli *cli, int argc, char **argv)
{
	const struct list_table *table;
	struct store *store;
	int err, status;

	if (argc != 2)
		return usage_error("It is: callsieve list export LIST.");
	table = list_table_find(argv[1]);
	if (!table)
		return EXIT_USAGE;
	status = database_open(&store, cli, STORE_EXISTING);
	if (status)
		return status;
	err = print_list(store, table);
	if (err)
		status = database_failure(store, err);
	store_close(store);
	return status;
}

/* A file on its way into the view of a list. */
struct intake {
	struct import import; /* of it: store, csv, rejects */
	const struct list_table *table;
	const char *file;
	char sql[1000]; /* INSERT INTO the view */
	size_t columns;
	int64_t reject; /* the last row of import_rejects known */
	unsigned long taken;
};

static bool has_column(struct store_stmt *view, const char *name)
{
	int i, columns = stmt_columns(view);

	for (i = 0; i < columns; i++)
		if (!strcasecmp(stmt_name(view, i), name))
			return true;
	return false;
}

static int read_header(struct intake *intake, const struct csv_record *header)
{
	struct store_stmt *view;
	size_t i, len, room = sizeof(intake->sql);
	int err = store_prepare(&view, intake->import.store,
				intake->table->query);

	if (err)
		return database_failure(intake->import.store, err);
	len = (size_t)snprintf(intake->sql, room, "INSERT INTO %s(",
			       intake->table->csv);
	for (i = 0; i < header->count; i++) {
		if (i == COLUMNS_MAX || !has_column(view, header->fields[i]))
			return failure("The list %s has no column \"%s\". The "
				       "first line names the columns, as "
				       "\"callsieve list export %s\" writes "
				       "it.",
				       intake->table->name, header->fields[i],
				       intake->table->name);
		len += (size_t)snprintf(intake->sql + len, room - len, "%s%s",
					i ? ", " : "", header->fields[i]);
	}
	len += (size_t)snprintf(intake->sql + len, room - len, ") VALUES(?");
	for (i = 1; i < header->count; i++)
		len += (size_t)snprintf(intake->sql + len, room - len, ", ?");
	snprintf(intake->sql + len, room - len, ")");
	intake->columns = header->count;
	return EXIT_DONE;
}

/* The triggers of the views refuse a row by writing down why. 1: *causep. */
static int newest_reject(struct intake *intake, const char **causep)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, intake->import.store,
				"SELECT id, cause FROM import_rejects "
				"WHERE id > ?1 ORDER BY id DESC LIMIT 1");

	if (err)
		return err;
	stmt_bind_int(stmt, 1, intake->reject);
	err = stmt_step(stmt);
	if (err == 1) {
		intake->reject = stmt_int(stmt, 0);
		*causep = stmt_text(stmt, 1);
	}
	return err;
}

static int take(struct intake *intake, const struct csv_record *record)
{
	struct import *import = &intake->import;
	const char *cause = record->problem;
	struct store_stmt *stmt;
	size_t i;
	int err = 0;

	import->records++;
	if (!cause && record->count > intake->columns)
		cause = "The line has more columns than the first.";
	if (!cause) {
		err = store_prepare(&stmt, import->store, intake->sql);
		if (err)
			return err;
		for (i = 0; i < record->count; i++)
			stmt_bind_text(stmt, (int)i + 1, record->fields[i]);
		err = stmt_step(stmt);
		if (err == -EEXIST)
			cause = store_errmsg(import->store);
		else if (!err)
			err = newest_reject(intake, &cause);
		if (err < 0 && err != -EEXIST)
			return err;
	}
	if (cause)
		import_reject(import, record->line, record->fields[0], cause);
	else
		intake->taken++;
	return 0;
}

static int begin_batch(struct intake *intake)
{
	struct store_stmt *stmt;
	const char *cause;
	int err = store_prepare(&stmt, intake->import.store,
				"INSERT INTO batches(who, note) VALUES(?1, "
				"'list import of ' || ?2 || ' into ' || ?3)");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, who());
	stmt_bind_text(stmt, 2, intake->file);
	stmt_bind_text(stmt, 3, intake->table->name);
	err = stmt_step(stmt);
	if (!err)
		err = newest_reject(intake, &cause);
	return err < 0 ? err : 0;
}

static int take_all(struct intake *intake)
{
	struct csv_record record;
	int err = csv_read(intake->import.csv, &record), status;

	if (err == 1) {
		status = read_header(intake, &record);
		if (status)
			return status;
		err = begin_batch(intake);
		if (err)
			return database_failure(intake->import.store, err);
	}
	while ((err = csv_read(intake->import.csv, &record)) == 1) {
		err = take(intake, &record);
		if (err)
			return database_failure(intake->import.store, err);
	}
	if (err)
		return failure("The file cannot be read to its end.");
	return intake->columns ? EXIT_DONE : failure("The file is empty.");
}

static int in_transaction(struct intake *intake, bool dry_run)
{
	struct store *store = intake->import.store;
	int status, err = store_begin(store);

	if (err)
		return database_failure(store, err);
	status = take_all(intake);
	if (!status && !dry_run) {
		err = store_exec(store,
				 "UPDATE batches SET open_until = 0 WHERE id = "
				 "(SELECT max(id) FROM batches)");
		if (!err)
			err = store_commit(store);
		if (err)
			return database_failure(store, err);
	} else {
		store_rollback(store);
	}
	if (!status)
		printf("%s%s: %lu lines taken, %lu rejected\n",
		       dry_run ? "(dry run) " : "", intake->table->name,
		       intake->taken, intake->import.rejects.count);
	return status;
}

static int import_list(struct intake *intake, const struct cli *cli, FILE *file,
		       bool dry_run)
{
	const char *foreign;
	int status;

	if (csv_new(&intake->import.csv, file))
		return failure("Out of memory.");
	foreign = csv_foreign(intake->import.csv);
	if (foreign)
		status = failure("%s", foreign);
	else
		status = database_open(&intake->import.store, cli,
				       STORE_EXISTING);
	if (!status) {
		status = in_transaction(intake, dry_run);
		store_close(intake->import.store);
	}
	csv_free(intake->import.csv);
	return status;
}

int list_import(const struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"dry-run", no_argument, NULL, 'n'},
		{0},
	};
	struct intake intake = {0};
	bool dry_run = false;
	int option, status;
	FILE *file;

	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1)
		if (option == 'n')
			dry_run = true;
		else
			optind = argc + 1;
	if (optind + 2 != argc)
		return usage_error("It is: callsieve list import LIST FILE "
				   "[--dry-run].");
	intake.table = list_table_find(argv[optind]);
	if (!intake.table)
		return EXIT_USAGE;
	intake.file = argv[optind + 1];
	file = strcmp(intake.file, "-") ? fopen(intake.file, "re") : stdin;
	if (!file)
		return failure("%s cannot be read: %s.", intake.file,
			       strerror(errno));
	status = import_list(&intake, cli, file, dry_run);
	if (file != stdin)
		fclose(file);
	return status;
}
