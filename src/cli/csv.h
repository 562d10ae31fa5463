/* A CSV file read record by record, in bounded memory however long it is:
 * with commas, semicolons or tabs, quotes or none, a byte order mark or none,
 * and any end of line. */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include <stddef.h>
#include <stdio.h>

#define CSV_FIELDS_MAX 64

struct csv;

struct csv_record {
	unsigned long line; /* it begins on; from 1 */
	size_t count;	    /* at least 1; what is beyond the limit is cut */
	const char *fields[CSV_FIELDS_MAX]; /* trimmed unless quoted; lent till
					       the next */
	const char *problem; /* a sentence, when it could not be read */
};

/* `file` stays the caller's. */
int csv_new(struct csv **csvp, FILE *file);
void csv_free(struct csv *csv);

/* 1: a record; 0: the end; -EIO. Lines with nothing on them are skipped. */
int csv_read(struct csv *csv, struct csv_record *record);

/* For what turns out to be no CSV: the next byte, or -1. */
int csv_peek(struct csv *csv);
int csv_byte(struct csv *csv);

/* Why a file that begins so can be no text, in a sentence; or NULL. Before
 * anything was read. */
const char *csv_foreign(struct csv *csv);

#endif
