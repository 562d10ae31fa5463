#include "run.h"

#include <check.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct run run;

static char program[PATH_MAX];

/* BUILD/tests/unit/cli.test -> BUILD/callsieve */
static void find_program(void)
{
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	int up;

	ck_assert_int_gt(len, 0);
	program[len] = '\0';
	for (up = 0; up < 3; up++)
		*strrchr(program, '/') = '\0';
	strcat(program, "/callsieve");
	ck_assert_msg(!access(program, X_OK), "%s is missing: make all",
		      program);
}

const char *run_program(void)
{
	return program;
}

void run_setup(void)
{
	find_program();
	memset(&run, 0, sizeof(run));
	strcpy(run.folder, "/tmp/cli-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(run.folder));
	snprintf(run.database, sizeof(run.database), "%s/test.db", run.folder);
}

void run_teardown(void)
{
	struct dirent *entry;
	char path[512];
	DIR *folder = opendir(run.folder);

	while ((entry = readdir(folder))) {
		snprintf(path, sizeof(path), "%s/%s", run.folder,
			 entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	closedir(folder);
	rmdir(run.folder);
}

static void read_output(const char *name, char text[OUTPUT_MAX])
{
	char path[64];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", run.folder, name);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	len = fread(text, 1, OUTPUT_MAX - 1, file);
	text[len] = '\0';
	fclose(file);
}

void callsieve(const char *arguments)
{
	char line[2 * PATH_MAX];
	int status;

	snprintf(line, sizeof(line), "cd '%s' && '%s' %s >out 2>err",
		 run.folder, program, arguments);
	status = system(line);
	ck_assert(WIFEXITED(status));
	run.status = WEXITSTATUS(status);
	read_output("out", run.out);
	read_output("err", run.err);
}

void with_database(const char *arguments, int status)
{
	char line[1024];

	snprintf(line, sizeof(line), "-d test.db %s", arguments);
	callsieve(line);
	ck_assert_msg(run.status == status, "%s: status %d\n%s%s", arguments,
		      run.status, run.out, run.err);
}

void write_file(const char *name, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", run.folder, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

void execute(const char *sql)
{
	struct store *store = open_store();

	ck_assert_int_eq(store_exec(store, sql), 0);
	store_close(store);
}

void check_answer(const char *sql, const char *expected)
{
	struct store *store = open_store();
	struct store_stmt *stmt;

	ck_assert_int_eq(store_prepare(&stmt, store, sql), 0);
	ck_assert_int_eq(stmt_step(stmt), 1);
	ck_assert_str_eq(stmt_text(stmt, 0), expected);
	stmt_reset(stmt);
	store_close(store);
}

struct store *open_store(void)
{
	struct store *store;

	ck_assert_int_eq(store_open(&store, run.database, STORE_CREATE, 1000),
			 0);
	return store;
}
