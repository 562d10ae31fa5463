/* Readers of values that are not addresses: numbers, words, and the parts of
 * HTTP. Each says what it takes. */
#include "config_reader.h"

#include "callsieve/core/words.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIGITS	    "0123456789"
#define NUMBER_MAX  15 /* digits of a dialled number, as in E.164 */
#define PSAP_MIN    7
#define BRAND_MAX   60
#define BRANDS_MAX  200

/* Digits, with at most a sign before them: no 0x10, no 5060abc, no blanks. */
static bool parse_whole(long *valuep, const char *text)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	size_t len = strspn(digits, DIGITS);

	errno = 0;
	*valuep = strtol(text, NULL, 10);
	return len && !digits[len] && !errno;
}

static bool read_whole(const struct config_place *place, const char *text,
		       long *valuep)
{
	long min = (long)place->option->min, max = (long)place->option->max;

	if (parse_whole(valuep, text) && *valuep >= min && *valuep <= max)
		return true;
	config_value_error(place, text, "a whole number from %ld to %ld", min,
			   max);
	return false;
}

void config_read_unsigned(const struct config_place *place, const char *text)
{
	long value;

	if (read_whole(place, text, &value))
		*(unsigned *)place->field = (unsigned)value;
}

void config_read_points(const struct config_place *place, const char *text)
{
	long value;

	if (read_whole(place, text, &value))
		*(int *)place->field = (int)value;
}

void config_read_port(const struct config_place *place, const char *text)
{
	long value;

	if (read_whole(place, text, &value))
		*(uint16_t *)place->field = (uint16_t)value;
}

void config_read_double(const struct config_place *place, const char *text)
{
	const struct config_option *option = place->option;
	double value;
	char *end;

	/* strtod() would also take "inf", "0x1p3" and leading blanks. */
	value = strtod(text, &end);
	if (*text && strspn(text, DIGITS "+-.eE") == strlen(text) && !*end &&
	    value >= option->min && value <= option->max)
		*(double *)place->field = value;
	else
		config_value_error(place, text, "a number from %g to %g",
				   option->min, option->max);
}

void config_read_bool(const struct config_place *place, const char *text)
{
	static const char *const words[] = {"no",   "yes", "false",
					    "true", "off", "on"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcasecmp(text, words[i])) {
			*(bool *)place->field = i % 2;
			return;
		}
	}
	config_value_error(place, text, "yes or no");
}

/* -1 after reporting. */
static int read_word(const struct config_place *place, const char *text)
{
	const char *const *choices = place->option->choices;
	char list[80] = "";
	int i;

	for (i = 0; choices[i]; i++) {
		if (!strcasecmp(text, choices[i]))
			return i;
		if (i)
			strcat(list, choices[i + 1] ? ", " : " or ");
		strcat(list, choices[i]);
	}
	config_value_error(place, text, "%s", list);
	return -1;
}

void config_read_choice(const struct config_place *place, const char *text)
{
	int choice = read_word(place, text);

	/* Enumerations without negative values are unsigned. */
	if (choice >= 0)
		*(unsigned *)place->field = (unsigned)choice;
}

void config_read_silent(const struct config_place *place, const char *text)
{
	int choice = read_word(place, text);

	if (choice >= 0)
		*(bool *)place->field = choice;
}

/* A section given twice, which is an error, comes here twice. */
void config_set_string(const struct config_place *place, const char *text)
{
	char **field = place->field;

	free(*field);
	*field = config_strdup(place->reader, text);
}

void config_read_string(const struct config_place *place, const char *text)
{
	if (*text)
		config_set_string(place, text);
	else
		config_error(place->reader, place->line, "%s must not be empty",
			     place->option->name);
}

/* Only names of our own kind, so that no header is lost to it. */
void config_read_label_header(const struct config_place *place,
			      const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	if (!*text)
		return;
	if (len < 3 || len > 60 || text[len] || strncasecmp(text, "X-", 2) != 0)
		config_value_error(place, text,
				   "X- and letters, digits or dashes");
	else
		config_set_string(place, text);
}

/* It stands within a quoted string of SIP as it is. */
void config_read_display(const struct config_place *place, const char *text)
{
	if (!*text)
		return;
	if (strlen(text) > 60 || strpbrk(text, "\"\\\r\n\t"))
		config_value_error(place, text,
				   "at most 60 characters, no quotes or "
				   "backslashes");
	else
		config_set_string(place, text);
}

/* Whether a section of that name exists is for config_check(). */
void config_read_name(const struct config_place *place, const char *text)
{
	config_read_string(place, text);
}

void config_read_country(const struct config_place *place, const char *text)
{
	size_t len = strspn(text, DIGITS);

	if (len >= 1 && len <= 3 && !text[len] && text[0] != '0')
		config_set_string(place, text);
	else
		config_value_error(place, text,
				   "a calling code of one to three digits "
				   "such as \"1\" or \"44\"");
}

/* Arrays of strings are followed by their length in struct config. */
void config_add_string(const struct config_place *place, size_t *countp,
		       const char *text)
{
	char **item =
		config_grow(place->reader, place->field, countp, sizeof(*item));

	if (item)
		*item = config_strdup(place->reader, text);
}

void config_read_subject(const struct config_place *place, const char *text)
{
	struct config_trunk *trunk = place->base;

	if (*text)
		config_add_string(place, &trunk->tls_subjects_count, text);
	else
		config_value_error(place, text, "names");
}

void config_read_emergency(const struct config_place *place, const char *text)
{
	size_t len = strspn(text, DIGITS "*#");

	if (len && len <= NUMBER_MAX && !text[len])
		config_add_string(place,
			   &place->reader->config->screening.emergency_count,
			   text);
	else
		config_value_error(place, text,
				   "numbers as dialled, of at most %d digits",
				   NUMBER_MAX);
}

void config_read_psap(const struct config_place *place, const char *text)
{
	size_t len = text[0] == '+' ? strspn(text + 1, DIGITS) : 0;

	if (len >= PSAP_MIN && len <= NUMBER_MAX && !text[1 + len])
		config_add_string(place, &place->reader->config->screening.psaps_count,
			   text);
	else
		config_value_error(place, text,
				   "numbers such as \"+12025550123\"");
}

/* Each is looked for in the name of each call, so not any number. */
void config_read_brand(const struct config_place *place, const char *text)
{
	size_t *countp = &place->reader->config->screening.brands_count;
	char words[BRAND_MAX + 3];

	words_fold(words, sizeof(words), text);
	if (strlen(text) > BRAND_MAX || strlen(words) < 4)
		config_value_error(place, text,
				   "words of 2 to %d letters or digits",
				   BRAND_MAX);
	else if (*countp == BRANDS_MAX)
		config_error(place->reader, place->line,
			     "%s must not be more than %d",
			     place->option->name, BRANDS_MAX);
	else
		config_add_string(place, countp, words);
}

void config_read_namespace(const struct config_place *place, const char *text)
{
	int namespace = read_word(place, text);

	if (namespace >= 0)
		*(unsigned *)place->field |= 1u << namespace;
}
