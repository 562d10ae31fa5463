/* PhoneBlock's block list: {"numbers": [{"phone", "rating", "votes",
 * "lastActivity"}, ...], "version": N}, read number by number so that a long
 * list costs no memory. */
#include <ctype.h>
#include <jansson.h>
#include <string.h>

#include "command.h"
#include "database.h"
#include "import.h"

#define ENTRY_MAX   (64 * 1024)
#define VOTE_POINTS 10
#define VOTES_MAX   1000000

struct bounded {
	struct csv *csv;
	size_t left;
};

/* A byte at a time: what follows the value is still to be read. */
static size_t give_byte(void *buffer, size_t size, void *arg)
{
	struct bounded *bounded = arg;
	int c;

	if (!size || !bounded->left)
		return 0;
	c = csv_byte(bounded->csv);
	if (c < 0)
		return 0;
	bounded->left--;
	*(char *)buffer = (char)c;
	return 1;
}

static json_t *read_value(struct import *import)
{
	struct bounded bounded = {.csv = import->csv, .left = ENTRY_MAX};

	return json_load_callback(give_byte, &bounded,
				  JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY,
				  NULL);
}

/* The next byte that is neither blank nor comma, not yet taken. */
static int next(struct import *import)
{
	int c;

	while ((c = csv_peek(import->csv)) >= 0 && (isspace(c) || c == ','))
		csv_byte(import->csv);
	return c;
}

/* The list says of some numbers that they are fine, too. */
static bool is_wanted(const json_t *number, json_int_t votes)
{
	const char *rating =
		json_string_value(json_object_get(number, "rating"));

	return votes <= 0 || (rating && !strcmp(rating, "A_LEGITIMATE"));
}

static int take(struct import *import, const json_t *number)
{
	const char *phone = json_string_value(json_object_get(number, "phone"));
	json_t *votes = json_object_get(number, "votes");
	struct import_entry entry = {.line = ++import->records};
	const char *cause;

	if (!phone || !json_is_integer(votes)) {
		import_reject(import, entry.line, phone ? phone : "",
			      "The entry needs \"phone\" and \"votes\".");
		return 0;
	}
	cause = import_number(entry.number, phone, &import->plan);
	if (cause) {
		import_reject(import, entry.line, phone, cause);
		return 0;
	}
	entry.removed = is_wanted(number, json_integer_value(votes));
	entry.reason = json_string_value(json_object_get(number, "rating"));
	entry.points = json_integer_value(votes) < 100 / VOTE_POINTS
			       ? (int)json_integer_value(votes) * VOTE_POINTS
			       : 100;
	if (entry.points < 0)
		entry.points = 0;
	entry.count = json_integer_value(votes) > VOTES_MAX
			      ? VOTES_MAX
			      : (int)json_integer_value(votes);
	if (entry.count < 0)
		entry.count = 0;
	return import_stage_add(import, &entry);
}

static int read_numbers(struct import *import)
{
	json_t *number;
	int c, err;

	if (next(import) != '[')
		return failure("\"numbers\" is no array.");
	csv_byte(import->csv);
	while ((c = next(import)) == '{') {
		number = read_value(import);
		if (!number)
			return failure("Entry %lu of the numbers is no JSON.",
				       import->records + 1);
		err = take(import, number);
		json_decref(number);
		if (err)
			return database_failure(import->store, err);
	}
	if (c != ']')
		return failure("The file ends, or is damaged, behind entry "
			       "%lu of the numbers.",
			       import->records);
	csv_byte(import->csv);
	return EXIT_DONE;
}

int import_read_json(struct import *import)
{
	bool found = false;
	json_t *name, *value;
	int status = EXIT_DONE;

	numbering_for_country(&import->plan, import->format->country);
	if (next(import) != '{')
		return failure("This is no block list of PhoneBlock's.");
	csv_byte(import->csv);
	while (!status && next(import) == '"') {
		name = read_value(import);
		if (next(import) == ':')
			csv_byte(import->csv);
		next(import);
		if (name && !strcmp(json_string_value(name), "numbers")) {
			found = true;
			status = read_numbers(import);
		} else {
			value = read_value(import);
			json_decref(value);
		}
		json_decref(name);
	}
	if (!status && !found)
		return failure("The file has no \"numbers\".");
	return status;
}
