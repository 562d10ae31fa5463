/* The option tables in words: every option in the form of a file, and guesses
 * at what a misspelt one was meant to be. */
#include "config_reader.h"

#include <stdio.h>
#include <string.h>

#include "callsieve/core/buf.h"

#define WORD_MAX 32

/* Levenshtein's distance, one row at a time. Names are short; what is longer
 * is no near miss. */
static unsigned distance(const char *a, const char *b)
{
	size_t len = strlen(b), i, k;
	unsigned row[WORD_MAX + 1];

	if (strlen(a) > WORD_MAX || len > WORD_MAX)
		return WORD_MAX;
	for (k = 0; k <= len; k++)
		row[k] = (unsigned)k;
	for (i = 0; a[i]; i++) {
		unsigned diagonal = row[0]++;

		for (k = 0; k < len; k++) {
			unsigned best = diagonal + (a[i] != b[k]);

			diagonal = row[k + 1];
			if (diagonal + 1 < best)
				best = diagonal + 1;
			if (row[k] + 1 < best)
				best = row[k] + 1;
			row[k + 1] = best;
		}
	}
	return row[len];
}

struct guess {
	const char *name, *nearest;
	unsigned distance;
};

static void consider(struct guess *guess, const char *candidate)
{
	unsigned d = distance(guess->name, candidate);

	if (d < guess->distance) {
		guess->distance = d;
		guess->nearest = candidate;
	}
}

/* The section that has an option of this name. */
static const char *find_home(const char *name)
{
	size_t i, k;

	for (i = 0; i < config_section_types_count; i++) {
		const struct config_section_type *type =
			&config_section_types[i];

		for (k = 0; k < type->options_count; k++) {
			if (!strcmp(type->options[k].name, name))
				return type->name;
		}
	}
	return NULL;
}

const char *config_suggestion(char *buf, size_t size,
			      const struct config_section_type *type,
			      const char *name)
{
	/* Three letters wrong is another word. */
	struct guess guess = {.name = name, .distance = 3};
	const char *home = find_home(name);
	size_t i;

	for (i = 0; type && i < type->options_count; i++)
		consider(&guess, type->options[i].name);
	for (i = 0; !type && i < config_section_types_count; i++)
		consider(&guess, config_section_types[i].name);
	if (guess.nearest)
		snprintf(buf, size, "; is it \"%s\"?", guess.nearest);
	else if (home)
		snprintf(buf, size, "; it belongs in a %s section", home);
	else
		snprintf(buf, size, "%s", "");
	return buf;
}

const char *config_meant(char *buf, size_t size, const void *items,
			 size_t count, size_t item_size, const char *name)
{
	size_t len = strlen(name);
	/* Nor is it a near miss when no letter is right. */
	struct guess guess = {.name = name,
			      .distance = len < 3 ? (unsigned)len : 3};
	const char *item = items;

	for (size_t i = 0; i < count; i++, item += item_size) {
		const char *other;

		memcpy(&other, item, sizeof(other));
		if (other)
			consider(&guess, other);
	}
	if (guess.nearest)
		snprintf(buf, size, "; is it \"%s\"?", guess.nearest);
	else
		snprintf(buf, size, "%s", "");
	return buf;
}

static int print_option(struct buf *buf, const struct config_option *option)
{
	if (option->fallback)
		return buf_printf(buf, "\t# %s\n\t%s = %s\n", option->sentence,
				  option->name, option->fallback);
	return buf_printf(buf, "\t# %s\n\t# %s = %s\n", option->sentence,
			  option->name, option->example);
}

static int print_section(struct buf *buf,
			 const struct config_section_type *type)
{
	int err = buf_printf(buf, "# %s\n%s%s {\n", type->sentence, type->name,
			     type->titled ? " NAME" : "");
	size_t i;

	for (i = 0; !err && i < type->options_count; i++)
		err = print_option(buf, &type->options[i]);
	return err ? err : buf_printf(buf, "}\n");
}

int config_print_options(struct buf *buf)
{
	int err = 0;
	size_t i;

	for (i = 0; !err && i < config_section_types_count; i++)
		err = print_section(buf, &config_section_types[i]);
	return err;
}
