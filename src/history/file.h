/* The file that history is kept in: a head, blocks of entries, a checksum. It
 * is written anew each time, beside the old one, and takes its place when it
 * is complete. One machine's: it is in that machine's byte order. */
#ifndef HISTORY_FILE_H
#define HISTORY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tables.h"

/* So many slots of a table are looked through for one block. */
#define BLOCK_SLOTS 1024

enum block_kind { BLOCK_END, BLOCK_SUBJECTS, BLOCK_PAIRS };

/* The pair's key is known by its tag and its place alone. */
struct placed_pair {
	uint64_t bucket;
	struct pair pair;
};

struct block {
	uint32_t kind, count;
	union {
		struct subject subjects[BLOCK_SLOTS];
		struct placed_pair pairs[BLOCK_SLOTS];
	} of;
};

size_t block_bytes(const struct block *block);

struct history_file {
	FILE *file;
	char *path, *fresh; /* its name while it is not complete */
	uint64_t sum;
};

/* `buckets`: of the table of pairs. */
int history_file_create(struct history_file *file, const char *path,
			uint64_t buckets);
int history_file_add(struct history_file *file, const struct block *block);

/* Puts it in its place, or, with `whole` false, does away with it. */
int history_file_close(struct history_file *file, bool whole);

/* To read: -ENOENT, or -EBADMSG for one that is damaged, cut off or of another
 * version. On 0 the blocks follow, up to BLOCK_END. */
int history_file_open(struct history_file *file, const char *path,
		      uint64_t *bucketsp);
int history_file_next(struct history_file *file, struct block *block);

#endif
