/* Runs the real `callsieve` of this build in a temporary folder. */
#ifndef CLI_TEST_RUN_H
#define CLI_TEST_RUN_H

#include "callsieve/store.h"

#define OUTPUT_MAX 16384

struct run {
	char folder[32];
	char database[48]; /* folder/test.db; not made */
	int status;	   /* exit status of the last run */
	char out[OUTPUT_MAX], err[OUTPUT_MAX];
};

extern struct run run;

void run_setup(void);
void run_teardown(void);

/* Its path. */
const char *run_program(void);

/* As typed behind "callsieve", by the shell, in run.folder. */
void callsieve(const char *arguments);

/* The same with "-d test.db" before it; must end with `status`. */
void with_database(const char *arguments, int status);

/* run.folder/NAME with that text. */
void write_file(const char *name, const char *text);

/* By run.database: SQL that returns nothing, and SQL whose first row's first
 * column is `expected`. */
void execute(const char *sql);
void check_answer(const char *sql, const char *expected);

/* run.database, made if missing. */
struct store *open_store(void);

#endif
