/* Sections and values as they come: finds the option's row and field, sees to
 * what is set twice or missing, and fills in the defaults. What a value may
 * be is its row's business. */
#include "config_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"

#define NAME_MAX_LEN 63
#define VALUE_MAX    2000
#define SENTENCE_MAX 400

_Static_assert(offsetof(struct config_listen, name) == 0 &&
		       offsetof(struct config_trunk, name) == 0 &&
		       offsetof(struct config_gateway, name) == 0 &&
		       offsetof(struct config_route, name) == 0 &&
		       offsetof(struct config_reputation, name) == 0 &&
		       offsetof(struct config_profile, name) == 0,
	       "the name comes first in what a titled section fills");

void config_error(struct config_reader *reader, int line, const char *format,
		  ...)
{
	char text[SENTENCE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	reader->errors_count++;
	buf_printf(reader->errors, "%s:%d: %s\n", reader->path, line, text);
}

void config_value_error(const struct config_place *place, const char *text,
			const char *format, ...)
{
	char must[SENTENCE_MAX / 2], quoted[SENTENCE_MAX / 4];
	va_list ap;

	va_start(ap, format);
	vsnprintf(must, sizeof(must), format, ap);
	va_end(ap);
	config_error(place->reader, place->line, "%s must be %s, not %s",
		     place->option->name, must,
		     log_quote(quoted, sizeof(quoted), text));
}

void *config_grow(struct config_reader *reader, void *arrayp, size_t *countp,
		  size_t size)
{
	char *array;

	memcpy(&array, arrayp, sizeof(array));
	array = realloc(array, (*countp + 1) * size);
	if (!array) {
		reader->no_memory = true;
		return NULL;
	}
	memcpy(arrayp, &array, sizeof(array));
	memset(array + *countp * size, 0, size);
	return array + (*countp)++ * size;
}

char *config_strdup(struct config_reader *reader, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		reader->no_memory = true;
	return copy;
}

static const struct config_section_type *find_type(const char *name)
{
	size_t i;

	for (i = 0; i < config_section_types_count; i++) {
		if (!strcmp(config_section_types[i].name, name))
			return &config_section_types[i];
	}
	return NULL;
}

static void check_name(struct config_reader *reader, const char *name, int line)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	if (!len || name[len] || len > NAME_MAX_LEN)
		config_error(reader, line,
			     "a section's name is made of 1 to %d letters, "
			     "digits, '-', '_' and '.'",
			     NAME_MAX_LEN);
}

/* Titled sections by name, of the others there is one. */
static void check_duplicate(struct config_reader *reader,
			    const struct config_section_type *type,
			    const char *name, int line)
{
	size_t i;

	for (i = 0; i < reader->sections_count; i++) {
		const struct config_section *other = &reader->sections[i];

		if (other->type != type)
			continue;
		if (!type->titled || (!*name && !*other->name))
			config_error(reader, line,
				     "a second %s section: the first is at "
				     "line %d",
				     type->name, other->line);
		else if (other->name && !strcmp(other->name, name))
			config_error(reader, line,
				     "a second %s \"%s\": the first is at line "
				     "%d",
				     type->name, name, other->line);
		else
			continue;
		return;
	}
}

static void add_element(struct config_reader *reader,
			struct config_section *section, const char *name)
{
	char *config = (char *)reader->config;
	size_t *countp = (size_t *)(config + section->type->count);
	char **element;

	section->index = *countp;
	section->name = config_strdup(reader, name);
	element = config_grow(reader, config + section->type->items, countp,
			      section->type->size);
	if (element)
		*element = config_strdup(reader, name);
}

void config_section_begin(struct config_reader *reader, const char *type_name,
			  const char *title, int line)
{
	const struct config_section_type *type = find_type(type_name);
	struct config_section *section;

	if (!type) {
		config_error(reader, line, "an option without a name");
		return;
	}
	if (reader->sections_count == CONFIG_SECTIONS_MAX) {
		config_error(reader, line, "more than %d sections",
			     CONFIG_SECTIONS_MAX);
		return;
	}
	if (type->titled && !(type->nameless && !*title))
		check_name(reader, title, line);
	check_duplicate(reader, type, title, line);
	section = config_grow(reader, &reader->sections,
			      &reader->sections_count, sizeof(*section));
	if (!section)
		return;
	section->type = type;
	section->line = line;
	if (type->titled)
		add_element(reader, section, title);
	if (!reader->no_memory)
		reader->open = section;
}

static bool has_control(const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 0x7f)
			return true;
	}
	return false;
}

static struct config_place place_of(struct config_reader *reader,
				    const struct config_section *section,
				    size_t option, int line)
{
	struct config_place place = {.reader = reader,
				     .option = &section->type->options[option],
				     .section = section,
				     .line = line};
	char *base = (char *)reader->config;

	if (section->type->titled) {
		memcpy(&base, base + section->type->items, sizeof(base));
		base += section->index * section->type->size;
	}
	place.base = base;
	place.field = base + place.option->offset;
	return place;
}

static void read_text(const struct config_place *place, const char *text)
{
	/* Whatever a value is used for, a header or a log line, it must not
	 * be able to end it. */
	if (has_control(text))
		config_error(place->reader, place->line,
			     "%s must not hold control characters",
			     place->option->name);
	else if (strlen(text) > VALUE_MAX)
		config_error(place->reader, place->line,
			     "%s must not be longer than %d characters",
			     place->option->name, VALUE_MAX);
	else
		place->option->read(place, text);
}

static bool passes_over(const struct config_reader *reader,
			const struct config_section *section)
{
	return reader->peeking &&
	       !strcmp(section->type->name, CONFIG_PASSED_OVER);
}

static bool find_option(const struct config_section_type *type,
			const char *name, size_t *indexp)
{
	size_t i;

	for (i = 0; i < type->options_count; i++) {
		if (!strcmp(type->options[i].name, name)) {
			*indexp = i;
			return true;
		}
	}
	return false;
}

void config_section_value(struct config_reader *reader, const char *option,
			  const char *text, int line, bool more)
{
	struct config_section *section = reader->open;
	struct config_place place;
	size_t i;

	if (!section || !find_option(section->type, option, &i)) {
		config_error(reader, line,
			     "%s must stand within the braces of its section",
			     option);
		return;
	}
	place = place_of(reader, section, i, line);
	if (section->lines[i] && !more) {
		config_error(reader, line, "%s is set already, at line %d",
			     option, section->lines[i]);
		return;
	}
	section->lines[i] = line;
	if (passes_over(reader, section))
		return;
	if (text)
		read_text(&place, text);
	else if (!(place.option->flags & OPTION_MAY_BE_EMPTY))
		config_error(reader, line, "%s must not be empty", option);
}

/* A fallback is written as in a file: a word, a string or a list of strings. */
static void read_fallback(const struct config_place *place)
{
	const char *text = place->option->fallback;
	char value[VALUE_MAX];

	if (text[0] != '{' && !strchr(text, '"')) {
		place->option->read(place, text);
		return;
	}
	while ((text = strchr(text, '"'))) {
		size_t len = strcspn(++text, "\"");

		snprintf(value, sizeof(value), "%.*s", (int)len, text);
		place->option->read(place, value);
		text += len + 1;
	}
}

static void report_missing(struct config_reader *reader,
			   const struct config_section *section,
			   const struct config_option *option)
{
	if (section->name && *section->name)
		config_error(reader, section->line, "%s \"%s\" has no %s",
			     section->type->name, section->name, option->name);
	else
		config_error(reader, section->line, "%s has no %s",
			     section->type->name, option->name);
}

static void read_fallbacks(struct config_reader *reader,
			   const struct config_section *section)
{
	size_t i;

	for (i = 0; i < section->type->options_count; i++) {
		struct config_place place =
			place_of(reader, section, i, section->line);

		if (section->lines[i])
			continue;
		if (place.option->fallback)
			read_fallback(&place);
		else if (place.option->flags & OPTION_REQUIRED)
			report_missing(reader, section, place.option);
	}
}

void config_section_end(struct config_reader *reader)
{
	if (reader->open && !passes_over(reader, reader->open))
		read_fallbacks(reader, reader->open);
	reader->open = NULL;
}

static bool is_given(const struct config_reader *reader,
		     const struct config_section_type *type)
{
	size_t i;

	for (i = 0; i < reader->sections_count; i++) {
		if (reader->sections[i].type == type)
			return true;
	}
	return false;
}

void config_sections_absent(struct config_reader *reader)
{
	size_t i;

	for (i = 0; i < config_section_types_count; i++) {
		struct config_section section = {
			.type = &config_section_types[i]};

		if (!section.type->titled && !section.type->optional &&
		    !is_given(reader, section.type))
			read_fallbacks(reader, &section);
	}
}
