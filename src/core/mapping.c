#include "callsieve/core/mapping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_CHARS 40

static const char *const words[TEMPLATE_WORDS] = {
	[TEMPLATE_E164] = "{e164}",
	[TEMPLATE_NOPLUS] = "{e164-noplus}",
	[TEMPLATE_NATIONAL] = "{national}",
	[TEMPLATE_COUNTRY] = "{country}",
	[TEMPLATE_ZEROS] = "{00}",
	[TEMPLATE_SHA1] = "{sha1}",
	[TEMPLATE_SHA1_UPPER] = "{SHA1}",
	[TEMPLATE_SHA256] = "{sha256}",
	[TEMPLATE_CALLEE_E164] = "{callee-e164}",
	[TEMPLATE_CALLEE_NOPLUS] = "{callee-e164-noplus}",
	[TEMPLATE_CALLEE_NATIONAL] = "{callee-national}",
	[TEMPLATE_TIME] = "{time}",
};

bool json_pointer_valid(const char *pointer)
{
	const char *at = pointer;

	if (*pointer && (*pointer != '/' || strlen(pointer) >= MAPPING_TEXT))
		return false;
	while ((at = strchr(at, '~')))
		if (*++at != '0' && *at != '1')
			return false;
	return true;
}

/* strtod() alone takes far more. */
bool mapping_number(const char *text, double *number)
{
	size_t len = strlen(text);
	char *end;

	if (!len || len > NUMBER_CHARS ||
	    strspn(text, "0123456789+-.eE") != len)
		return false;
	*number = strtod(text, &end);
	return !*end && isfinite(*number);
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " ");
}

static bool read_comparison(enum comparison *comparison, const char **textp)
{
	/* The longer first: "<=" begins with "<". */
	static const struct {
		const char *sign;
		enum comparison comparison;
	} signs[] = {
		{"!=", COMPARE_DIFFERENT},  {"<=", COMPARE_LESS_EQUAL},
		{">=", COMPARE_MORE_EQUAL}, {"=", COMPARE_EQUAL},
		{"<", COMPARE_LESS},	    {">", COMPARE_MORE},
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		size_t len = strlen(signs[i].sign);

		if (strncmp(*textp, signs[i].sign, len) != 0)
			continue;
		*comparison = signs[i].comparison;
		*textp = skip_blanks(*textp + len);
		return true;
	}
	return false;
}

bool condition_read(struct condition *condition, const char *text)
{
	size_t len;
	double number;

	text = skip_blanks(text);
	len = strcspn(text, " =!<>");
	if (len >= sizeof(condition->pointer))
		return false;
	memcpy(condition->pointer, text, len);
	condition->pointer[len] = '\0';
	if (!json_pointer_valid(condition->pointer))
		return false;
	text = skip_blanks(text + len);
	condition->comparison = COMPARE_IS;
	condition->value = text;
	if (!*text)
		return len;
	if (!read_comparison(&condition->comparison, &text))
		return false;
	condition->value = text;
	return condition->comparison <= COMPARE_DIFFERENT ||
	       mapping_number(text, &number);
}

bool level_read(struct level *level, const char *text)
{
	const char *equal = strrchr(text, '=');
	double risk;
	size_t len;

	text = skip_blanks(text);
	if (!equal || equal <= text)
		return false;
	len = (size_t)(equal - text);
	while (len && text[len - 1] == ' ')
		len--;
	if (!len || len >= sizeof(level->word) ||
	    !mapping_number(skip_blanks(equal + 1), &risk) || risk < 0 ||
	    risk > 100)
		return false;
	memcpy(level->word, text, len);
	level->word[len] = '\0';
	level->risk = (int)risk;
	return true;
}

int template_word(const char *text, size_t *lenp)
{
	for (int i = 0; i < TEMPLATE_WORDS; i++) {
		*lenp = strlen(words[i]);
		if (!strncmp(text, words[i], *lenp))
			return i;
	}
	return -1;
}

/* Braces are part of JSON, so only what looks like a word must be one. */
static bool looks_like_word(const char *text)
{
	size_t len = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	return len && text[1 + len] == '}';
}

int template_words(const char *text)
{
	int found = 0;

	for (text = strchr(text, '{'); text; text = strchr(text + 1, '{')) {
		size_t len;
		int word = template_word(text, &len);

		if (word >= 0)
			found |= 1 << word;
		else if (looks_like_word(text))
			return -1;
	}
	return found;
}
