/* Strict JSON objects: see fields.h. jansson refuses invalid UTF-8 and "\u0000"
 * itself. */
#include "fields.h"

#include <string.h>

#include "callsieve/core/buf.h"

#include "reply.h"

#define NAME_SHOWN 40

static json_t *parse(struct reply *reply, const struct buf *body)
{
	json_error_t error;
	json_t *object;

	object = json_loadb(body->data ? body->data : "", body->len,
			    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!object) {
		reply_problem(reply, 400,
			      "The body is not JSON: %s (line %d, column %d).",
			      error.text, error.line, error.column);
		return NULL;
	}
	if (!json_is_object(object)) {
		reply_problem(reply, 422, "The body must be a JSON object.");
		json_decref(object);
		return NULL;
	}
	return object;
}

/* C0, DEL and C1: nothing a person types, and a terminal may obey them. */
static bool has_controls(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	for (; *at; at++)
		if (*at < 0x20 || *at == 0x7f ||
		    (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0))
			return true;
	return false;
}

static bool read_field(struct reply *reply, const json_t *object,
		       const struct field *field)
{
	const json_t *value = json_object_get(object, field->name);

	*field->textp = NULL;
	if (!field->required && (!value || json_is_null(value)))
		return true;
	if (!value)
		reply_problem(reply, 422, "\"%s\" is missing.", field->name);
	else if (!json_is_string(value))
		reply_problem(reply, 422, "\"%s\" must be a string.",
			      field->name);
	else if (json_string_length(value) > field->max)
		reply_problem(reply, 422, "\"%s\" may have at most %zu bytes.",
			      field->name, field->max);
	else if (has_controls(json_string_value(value)))
		reply_problem(reply, 422,
			      "\"%s\" must be one line without control "
			      "characters.",
			      field->name);
	else
		*field->textp = json_string_value(value);
	return *field->textp;
}

static bool is_known(const char *name, const struct field *fields, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(name, fields[i].name))
			return true;
	return false;
}

static bool only_known(struct reply *reply, json_t *object,
		       const struct field *fields, size_t count)
{
	const char *name;
	json_t *value;

	json_object_foreach (object, name, value) {
		if (is_known(name, fields, count))
			continue;
		/* A long name is not given back: cut within a character it
		 * would be no JSON string. */
		reply_problem(reply, 422, "There is no member %s here.",
			      strlen(name) <= NAME_SHOWN ? name : "like that");
		return false;
	}
	return true;
}

json_t *fields_read(struct reply *reply, const struct buf *body,
		    const struct field *fields, size_t count)
{
	json_t *object = parse(reply, body);
	bool ok;
	size_t i;

	if (!object)
		return NULL;
	ok = only_known(reply, object, fields, count);
	for (i = 0; ok && i < count; i++)
		ok = read_field(reply, object, &fields[i]);
	if (ok)
		return object;
	json_decref(object);
	return NULL;
}
