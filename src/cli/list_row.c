/* Rows and changes of the lists, told in a line. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "list.h"
#include "print.h"

enum {
	COLUMN_BATCH,
	COLUMN_TIME,
	COLUMN_WHO,
	COLUMN_OP,
	COLUMN_TABLE,
	COLUMN_NUMBER,
	COLUMN_OLD,
	COLUMN_NEW,
	COLUMN_NOTE,
};

/* Of a row these say who wrote it and when, which the log says anyway. */
static bool is_told(const char *name)
{
	static const char *const untold[] = {"id", "created_at", "created_by",
					     "updated_at", "number"};
	size_t i;

	for (i = 0; i < sizeof(untold) / sizeof(untold[0]); i++)
		if (!strcmp(untold[i], name))
			return false;
	return true;
}

static bool is_usual(const char *name, const json_t *value)
{
	if (json_is_null(value))
		return true;
	if (!strcmp(name, "force"))
		return json_integer_value(value) == 0;
	return !strcmp(name, "list") && json_is_string(value) &&
	       !strcmp(json_string_value(value), "default");
}

static void print_value(const json_t *value)
{
	if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		print_text(json_is_string(value) ? json_string_value(value)
						 : "",
			   0);
}

static void print_name(const char *name, int *told)
{
	printf("%s%s ", (*told)++ ? ", " : "", name);
}

static void print_fields(const json_t *row)
{
	const char *name;
	const json_t *value;
	int told = 0;

	json_object_foreach ((json_t *)row, name, value) {
		if (!is_told(name) || is_usual(name, value))
			continue;
		print_name(name, &told);
		print_value(value);
	}
}

static void print_differences(const json_t *old, const json_t *row)
{
	const char *name;
	const json_t *value, *was;
	int told = 0;

	json_object_foreach ((json_t *)row, name, value) {
		was = json_object_get(old, name);
		if (json_equal(value, was) ||
		    (!is_told(name) && strcmp(name, "number")))
			continue;
		print_name(name, &told);
		print_value(was);
		printf(" -> ");
		print_value(value);
	}
}

void list_print_number(const char *number)
{
	print_text(number, strlen(number) > 17 ? 0 : 17);
}

void list_print_row(const char *text)
{
	json_t *row = json_loads(text, 0, NULL);

	print_fields(row);
	json_decref(row);
}

void list_print_changes_head(void)
{
	printf("%-7s  %-19s  %-12s  %-8s  %-16s  %-17s\n", "BATCH", "WHEN",
	       "WHO", "WHAT", "LIST", "NUMBER");
}

static void print_what(struct store_stmt *stmt)
{
	json_t *old = json_loads(stmt_text(stmt, COLUMN_OLD), 0, NULL);
	json_t *row = json_loads(stmt_text(stmt, COLUMN_NEW), 0, NULL);

	if (old && row)
		print_differences(old, row);
	else
		print_fields(old ? old : row);
	json_decref(old);
	json_decref(row);
}

static const char *what_of(const char *op)
{
	if (!strcmp(op, "insert"))
		return "added";
	return strcmp(op, "delete") ? "changed" : "removed";
}

void list_print_change(struct store_stmt *stmt)
{
	char when[TIME_TEXT];

	printf("%7" PRId64 "  %-19s  ", stmt_int(stmt, COLUMN_BATCH),
	       print_time(when, stmt_int(stmt, COLUMN_TIME) * 1000));
	print_text(stmt_text(stmt, COLUMN_WHO), 12);
	printf("  %-8s  ", what_of(stmt_text(stmt, COLUMN_OP)));
	print_text(stmt_text(stmt, COLUMN_TABLE), 16);
	printf("  ");
	list_print_number(stmt_text(stmt, COLUMN_NUMBER));
	printf("  ");
	print_what(stmt);
	if (!stmt_is_null(stmt, COLUMN_NOTE)) {
		printf("  (");
		print_text(stmt_text(stmt, COLUMN_NOTE), 0);
		printf(")");
	}
	printf("\n");
}
