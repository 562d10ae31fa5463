/* Numbers as they are typed on the command line, and how this installation
 * reads them. */
#ifndef CLI_LIST_NUMBER_H
#define CLI_LIST_NUMBER_H

#include <stdbool.h>

struct numbering;
struct store;

#define LIST_NUMBER    40 /* a range, and the NUL */
#define LIST_BATCH_MAX 2147483647

/* The country in the table settings; *knownp: it is set. 0 or an error. */
int numbering_read(struct numbering *plan, bool *knownp, struct store *store);

/* A number, prefix or range as the lists keep it. An exit status, after a
 * sentence on what is wrong. */
int list_number(char number[LIST_NUMBER], struct store *store,
		const char *text);

#endif
