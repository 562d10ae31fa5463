/* callsieve import: what its files share. A file is read into a table of its
 * own (import_stage.c) with no lock on the database, and only when all of it
 * was read are the rows of its source brought to that state, in one
 * transaction (import_apply.c). */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "callsieve/model/number.h"

#include "csv.h"

struct store;

/* What a file's lines become. */
enum import_kind {
	IMPORT_BLOCK,	    /* rows of the block list */
	IMPORT_OBSERVATION, /* hearsay of one day: never a row of a list */
};

struct import_rejects {
	FILE *file; /* --rejects, or NULL */
	unsigned long count;
};

struct import {
	struct store *store;
	const char *source;
	const struct import_format *format;
	struct csv *csv;
	bool dry_run, force, update;
	bool observations; /* whatever the format: hearsay, no row of a list */
	bool quiet;
	struct numbering plan;
	bool has_plan; /* else numbers need their country code */
	char today[11], latest[11]; /* a day may be said to be */
	struct import_rejects rejects;
	unsigned long records;	  /* read */
	unsigned long nameless;	  /* complaints that name no number */
	unsigned long duplicates; /* a number again */
	size_t columns[8];	  /* of the format: where they stand */
};

/* A number the file names. */
struct import_entry {
	unsigned long line;
	char number[NUMBER_TEXT + 1]; /* stored form, or a prefix */
	char day[11];		      /* of an observation */
	int points;
	int count; /* of an observation; 0: 1 */
	const char *reason, *expires_at; /* "" for none */
	bool removed;
};

struct import_format {
	const char *name;
	enum import_kind kind;
	const char *country; /* whose numbers these are; NULL: the database's */
	const char *const *columns; /* required; NULL: no header needed */
	/* Fills the entry, or rejects the record and returns false. */
	bool (*read)(struct import *import, const struct csv_record *record,
		     struct import_entry *entry);
};

/* NULL: there is none of that name, in whatever case. */
const struct import_format *import_format_find(const char *name);

/* Reads all of import->csv into the stage, in import->format or, where that is
 * NULL, the one it finds. An exit status. */
int import_read(struct import *import);

/* PhoneBlock's JSON; the same. */
int import_read_json(struct import *import);

/* The sentence that says what is wrong with `text`, or NULL and the number or
 * prefix in stored form. Knows what spreadsheets do to numbers. */
const char *import_number(char number[NUMBER_TEXT + 1], const char *text,
			  const struct numbering *plan);

/* YYYY-MM-DD of a date as these files and spreadsheets write it. */
bool import_day(char day[11], const char *text);

/* Counts, prints the first of them, and writes each to --rejects. */
void import_reject(struct import *import, unsigned long line, const char *text,
		   const char *cause);

/* 0 or a negative error of the store. */
int import_stage_open(struct import *import);
int import_stage_add(struct import *import, const struct import_entry *entry);
/* Text as a list's expires_at, or "" when it is no time. */
int import_stage_time(struct import *import, char time[20], const char *text);

/* All there is to do with the file at `path`: reads it into import->store,
 * which is open. An exit status. */
int import_path(struct import *import, const char *path);

/* Is the file hearsay? */
bool import_is_hearsay(const struct import *import);

/* Brings the source to what was read and prints what that changed. An exit
 * status. */
int import_apply(struct import *import);

#endif
