/* The formats a file may have: a table, and a reader for a line of each. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "command.h"
#include "database.h"
#include "import.h"

#define POINTS_MAX 1000

/* Where the columns stand that a format names first. */
enum { OWN_NUMBER, OWN_REASON, OWN_POINTS, OWN_EXPIRES };
enum { HEARSAY_NUMBER, HEARSAY_DAY };

#define NOWHERE SIZE_MAX

static const char *const own_columns[] = {"number", "reason", "points",
					  "expires_at", NULL};
static const char *const ftc_columns[] = {"Company_Phone_Number",
					  "Created_Date", NULL};
static const char *const fcc_columns[] = {"caller_id_number", "issue_date",
					  NULL};

static const char *cell(const struct import *import,
			const struct csv_record *record, size_t column)
{
	size_t at = import->columns[column];

	return at < record->count ? record->fields[at] : "";
}

static bool read_number(struct import *import, const struct csv_record *record,
			const char *text, struct import_entry *entry)
{
	const char *cause;

	cause = import_number(entry->number, text,
			      import->has_plan ? &import->plan : NULL);
	if (cause)
		import_reject(import, record->line, text, cause);
	return !cause;
}

static bool read_plain(struct import *import, const struct csv_record *record,
		       struct import_entry *entry)
{
	size_t i;

	if (record->fields[0][0] == '#')
		return false;
	for (i = 1; i < record->count; i++)
		if (*record->fields[i]) {
			import_reject(import, record->line, record->fields[i],
				      "The line has more than a number.");
			return false;
		}
	entry->points = 100;
	return read_number(import, record, record->fields[0], entry);
}

static bool read_points(struct import *import, const struct csv_record *record,
			struct import_entry *entry)
{
	const char *text = cell(import, record, OWN_POINTS);
	char *end;
	long points = strtol(text, &end, 10);

	entry->points = *text ? (int)points : 100;
	if (*end || points < 0 || points > POINTS_MAX) {
		import_reject(import, record->line, text,
			      "Points are a whole number from 0 to 1000.");
		return false;
	}
	return true;
}

static bool read_own(struct import *import, const struct csv_record *record,
		     struct import_entry *entry)
{
	static char expires[20];
	const char *text = cell(import, record, OWN_EXPIRES);

	if (!read_number(import, record, cell(import, record, OWN_NUMBER),
			 entry) ||
	    !read_points(import, record, entry))
		return false;
	entry->reason = cell(import, record, OWN_REASON);
	if (!*text)
		return true;
	if (import_stage_time(import, expires, text) || !*expires) {
		import_reject(import, record->line, text,
			      "expires_at is a UTC time such as 2030-12-31 or "
			      "2030-12-31 18:00:00, or seconds since 1970.");
		return false;
	}
	entry->expires_at = expires;
	return true;
}

/* Most complaints of some agencies name no caller; that is no mistake. */
static bool read_hearsay(struct import *import, const struct csv_record *record,
			 struct import_entry *entry)
{
	const char *number = cell(import, record, HEARSAY_NUMBER);
	const char *day = cell(import, record, HEARSAY_DAY);

	if (!*number || !strcasecmp(number, "none") ||
	    !strcasecmp(number, "null")) {
		import->nameless++;
		return false;
	}
	if (!read_number(import, record, number, entry))
		return false;
	if (!import_day(entry->day, day)) {
		import_reject(import, record->line, day,
			      "This is no date such as 2026-11-23.");
		return false;
	}
	if (strcmp(entry->day, import->latest) > 0) {
		import_reject(import, record->line, day,
			      "The date is still to come.");
		return false;
	}
	return true;
}

/* In this order they are tried on a header. The FTC's Violation_Date is what
 * the complaint claims; Created_Date is when it was made, which whoever wants
 * to blacken a number cannot spread over many days after the fact. */
static const struct import_format formats[] = {
	{"ftc", IMPORT_OBSERVATION, "1", ftc_columns, read_hearsay},
	{"fcc", IMPORT_OBSERVATION, "1", fcc_columns, read_hearsay},
	{"csv", IMPORT_BLOCK, NULL, own_columns, read_own},
	{"plain", IMPORT_BLOCK, NULL, NULL, read_plain},
	{"phoneblock", IMPORT_BLOCK, "49", NULL, NULL},
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

const struct import_format *import_format_find(const char *name)
{
	size_t i;

	for (i = 0; i < FORMATS; i++)
		if (!strcasecmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

/* NULL when the header has all it must have, else the column it lacks. Of our
 * own format all but the number may be missing. */
static const char *match(struct import *import,
			 const struct import_format *format,
			 const struct csv_record *header)
{
	size_t i, at;

	for (i = 0; format->columns[i]; i++) {
		for (at = 0; at < header->count; at++)
			if (!strcasecmp(header->fields[at], format->columns[i]))
				break;
		import->columns[i] = at < header->count ? at : NOWHERE;
		if (at == header->count && (i == 0 || format->country))
			return format->columns[i];
	}
	return NULL;
}

static void in_order(struct import *import)
{
	size_t i;

	for (i = 0; own_columns[i]; i++)
		import->columns[i] = i;
}

static void guess(struct import *import, const struct csv_record *first,
		  bool *headerp)
{
	size_t i;

	*headerp = true;
	for (i = 0; i < FORMATS && !import->format; i++)
		if (formats[i].columns && !match(import, &formats[i], first))
			import->format = &formats[i];
	if (import->format)
		return;
	*headerp = false;
	in_order(import);
	import->format = import_format_find(first->count > 1 ? "csv" : "plain");
}

/* Settles the format by the first line; *headerp: it is no data. */
static int settle(struct import *import, const struct csv_record *first,
		  bool *headerp)
{
	const char *lacks;

	*headerp = false;
	if (!import->format)
		guess(import, first, headerp);
	else if (import->format->columns) {
		lacks = match(import, import->format, first);
		*headerp = !lacks;
		if (lacks && import->format->country)
			return failure("The file has no column \"%s\".", lacks);
		if (lacks)
			in_order(import);
	}
	if (import->format->country)
		import->has_plan = !numbering_for_country(
			&import->plan, import->format->country);
	return EXIT_DONE;
}

static int take(struct import *import, const struct csv_record *record)
{
	struct import_entry entry = {.line = record->line};

	import->records++;
	if (record->problem) {
		import_reject(import, record->line, record->fields[0],
			      record->problem);
		return 0;
	}
	if (!import->format->read(import, record, &entry))
		return 0;
	return import_stage_add(import, &entry);
}

int import_read(struct import *import)
{
	struct csv_record record;
	bool header;
	int err, status;

	err = csv_read(import->csv, &record);
	if (err == 1) {
		status = settle(import, &record, &header);
		if (status)
			return status;
		err = header ? 0 : take(import, &record);
		if (err)
			return database_failure(import->store, err);
	}
	while ((err = csv_read(import->csv, &record)) == 1) {
		err = take(import, &record);
		if (err)
			return database_failure(import->store, err);
	}
	return err ? failure("The file cannot be read to its end.") : EXIT_DONE;
}
