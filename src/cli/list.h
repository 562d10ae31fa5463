/* callsieve list: what its verbs share. */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include "callsieve/store.h"

#include "command.h"

/* The verbs; argv[0] is the verb. */
command_h list_show;
command_h list_export;
command_h list_import;
command_h list_log;
command_h list_blame;
command_h list_undo;

/* A table that edits are recorded of. */
struct list_table {
	const char *name;
	const char *csv;   /* the view that has all worth keeping */
	const char *query; /* all of it, in order */
};

/* NULL after saying which there are. */
const struct list_table *list_table_find(const char *name);

/* The columns of change_log as the lines below want them, in this order:
 * batch, time (epoch seconds), who, op, in_table, number, old, new, note. */
#define CHANGE_COLUMNS                                                         \
	"batch, CAST(strftime('%s', started_at) AS INTEGER), who, op, "        \
	"in_table, number, old, new, note"

/* One line: when, who, what it was and what it became. */
void list_print_change(struct store_stmt *stmt);
void list_print_changes_head(void);

/* Padded, and never cut: half a range is none. */
void list_print_number(const char *number);

/* What a row says besides its number, from its JSON: "points 100, source noc".
 * Nothing for what is so by itself. */
void list_print_row(const char *json);

#endif
