/* Reading CSV: see csv.h. */
#include "csv.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK	   (64 * 1024)
#define RECORD_MAX (32 * 1024)

struct csv {
	FILE *file;
	char separator;
	unsigned long line;
	size_t at, len;
	size_t used;		 /* of text */
	bool quoted, was_quoted; /* of the field under way */
	char chunk[CHUNK];
	char text[RECORD_MAX]; /* of the record, fields ended by NUL */
};

static void fill(struct csv *csv)
{
	csv->at = 0;
	csv->len = fread(csv->chunk, 1, sizeof(csv->chunk), csv->file);
}

int csv_peek(struct csv *csv)
{
	if (csv->at == csv->len)
		fill(csv);
	return csv->at < csv->len ? (unsigned char)csv->chunk[csv->at] : -1;
}

int csv_byte(struct csv *csv)
{
	int c = csv_peek(csv);

	if (c >= 0)
		csv->at++;
	if (c == '\n')
		csv->line++;
	return c;
}

static bool begins(const struct csv *csv, const char *bytes, size_t len)
{
	return csv->len >= len && !memcmp(csv->chunk, bytes, len);
}

const char *csv_foreign(struct csv *csv)
{
	if (begins(csv, "\xff\xfe", 2) || begins(csv, "\xfe\xff", 2))
		return "The file is UTF-16. Save it as \"CSV UTF-8\".";
	if (begins(csv, "PK\x03\x04", 4))
		return "The file is a workbook or a ZIP archive. Save it as "
		       "CSV.";
	if (begins(csv, "\x1f\x8b", 2))
		return "The file is compressed: gzip -dc FILE | callsieve "
		       "import - ...";
	return NULL;
}

/* The one there is most of in the first line, outside quotes; Excel may also
 * name it in a line of its own. */
static void guess_separator(struct csv *csv)
{
	static const char separators[] = ",;\t";
	unsigned counts[sizeof(separators)] = {0};
	bool quoted = false;
	size_t i, best = 0;

	if (csv->len - csv->at > 5 &&
	    !memcmp(csv->chunk + csv->at, "sep=", 4)) {
		csv->separator = csv->chunk[csv->at + 4];
		while (csv_peek(csv) >= 0 && csv_byte(csv) != '\n')
			;
		return;
	}
	for (i = csv->at; i < csv->len; i++) {
		const char *which = strchr(separators, csv->chunk[i]);

		if (csv->chunk[i] == '"')
			quoted = !quoted;
		else if (csv->chunk[i] == '\n' && !quoted)
			break;
		else if (csv->chunk[i] && which && !quoted)
			counts[which - separators]++;
	}
	for (i = 1; separators[i]; i++)
		if (counts[i] > counts[best])
			best = i;
	csv->separator = separators[best];
}

int csv_new(struct csv **csvp, FILE *file)
{
	struct csv *csv = calloc(1, sizeof(*csv));

	if (!csv)
		return -ENOMEM;
	csv->file = file;
	csv->line = 1;
	fill(csv);
	if (begins(csv, "\xef\xbb\xbf", 3))
		csv->at = 3;
	guess_separator(csv);
	*csvp = csv;
	return 0;
}

void csv_free(struct csv *csv)
{
	free(csv);
}

static void add(struct csv *csv, struct csv_record *record, int c)
{
	if (!c)
		record->problem = "The line has a NUL byte.";
	else if (csv->used < sizeof(csv->text) - 1)
		csv->text[csv->used++] = (char)c;
	else if (!record->problem)
		record->problem =
			csv->quoted ? "A quote is opened and never closed."
				    : "The line is too long.";
}

/* Blanks around a field belong to nobody, even when Unicode has them. */
static char *trim(char *text)
{
	size_t len;

	while (*text == ' ' || *text == '\t')
		text++;
	if (!strncmp(text, "\xc2\xa0", 2))
		text += 2;
	len = strlen(text);
	while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		text[--len] = '\0';
	return text;
}

static void end_field(struct csv *csv, struct csv_record *record,
		      size_t *startp)
{
	csv->text[csv->used] = '\0';
	/* What stands in quotes is meant so. */
	if (record->count < CSV_FIELDS_MAX)
		record->fields[record->count++] =
			csv->was_quoted ? csv->text + *startp
					: trim(csv->text + *startp);
	if (csv->used < sizeof(csv->text) - 1)
		csv->used++;
	*startp = csv->used;
	csv->quoted = csv->was_quoted = false;
}

/* A quote counts only where a field begins; elsewhere it is a character. */
static bool take_quote(struct csv *csv, struct csv_record *record, size_t start)
{
	if (csv->quoted && csv_peek(csv) == '"') {
		csv_byte(csv);
		add(csv, record, '"');
		return true;
	}
	if (!csv->quoted && (csv->used != start || csv->was_quoted))
		return false;
	csv->quoted = !csv->quoted;
	csv->was_quoted = true;
	return true;
}

/* True at the end of a line, however it is written. */
static bool is_line_end(struct csv *csv, int c)
{
	if (c == '\n')
		return true;
	if (c != '\r')
		return false;
	if (csv_peek(csv) == '\n')
		csv_byte(csv);
	else
		csv->line++;
	return true;
}

static void read_record(struct csv *csv, struct csv_record *record)
{
	size_t start = 0;
	int c;

	memset(record, 0, sizeof(*record));
	record->line = csv->line;
	csv->used = 0;
	csv->quoted = csv->was_quoted = false;
	while ((c = csv_byte(csv)) >= 0) {
		if (c == '"' && take_quote(csv, record, start))
			continue;
		if (record->problem)
			csv->quoted = false;
		if (!csv->quoted && c == csv->separator)
			end_field(csv, record, &start);
		else if (!csv->quoted && is_line_end(csv, c))
			break;
		else
			add(csv, record, c);
	}
	if (csv->quoted && !record->problem)
		record->problem = "A quote is opened and never closed.";
	end_field(csv, record, &start);
}

static bool is_blank(const struct csv_record *record)
{
	size_t i;

	for (i = 0; i < record->count; i++)
		if (*record->fields[i])
			return false;
	return !record->problem;
}

int csv_read(struct csv *csv, struct csv_record *record)
{
	while (csv_peek(csv) >= 0) {
		read_record(csv, record);
		if (!is_blank(record))
			return 1;
	}
	return ferror(csv->file) ? -EIO : 0;
}
