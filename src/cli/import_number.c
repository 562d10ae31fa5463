/* Numbers and dates as files have them, and what spreadsheets make of them. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

#define TEXT_MAX 80

/* ="+12025550123" and '+12025550123 keep a spreadsheet from counting. */
static void unwrap(char *text)
{
	size_t len = strlen(text);

	if (len > 3 && !strncmp(text, "=\"", 2) && text[len - 1] == '"') {
		text[len - 1] = '\0';
		memmove(text, text + 2, len - 2);
	} else if (*text == '\'') {
		memmove(text, text + 1, len);
	}
}

/* 1.2025550123E+10 still has all its digits, 1.2E+10 has lost them. */
static const char *unscale(char *text)
{
	size_t whole = strspn(text, "0123456789"), fraction;
	char *point = text + whole, *e;
	long power;

	if (!whole ||
	    !(*point == '.' || *point == ',' || toupper(*point) == 'E'))
		return NULL;
	e = toupper(*point) == 'E' ? point : point + 1;
	fraction = strspn(e, "0123456789");
	e += fraction;
	if (!*e && fraction && !strspn(point + 1, "123456789") &&
	    strspn(point + 1, "0") == fraction && whole >= 7 && fraction <= 2) {
		*point = '\0'; /* 12025550123.0 */
		return NULL;
	}
	if (toupper(*e) != 'E')
		return NULL;
	power = strtol(e + 1, &e, 10);
	if (*e)
		return NULL;
	if (power <= 0 || fraction != (size_t)power)
		return "A spreadsheet has rounded the number and its digits "
		       "are lost: format the column as text and export again.";
	memmove(point, point + 1, fraction);
	point[fraction] = '\0';
	return NULL;
}

static const char *prefix(char number[NUMBER_TEXT + 1], const char *text)
{
	number_key key;
	size_t len = 0;

	for (; *text; text++) {
		if (strchr(" -.()/", *text))
			continue;
		if (len == NUMBER_TEXT)
			return "The prefix is too long.";
		number[len++] = *text;
	}
	number[len] = '\0';
	return number_pattern_key(&key, number)
		       ? "This is no prefix. Write it with + and country code, "
			 "as +1900*."
		       : NULL;
}

static const char *why_not(const char *text, const struct number *parsed,
			   const struct numbering *plan)
{
	size_t digits = 0;

	for (const char *at = text; *at; at++)
		digits += isdigit((unsigned char)*at) != 0;
	if (parsed->kind == NUMBER_NONE || parsed->kind == NUMBER_ANONYMOUS)
		return "This is no number.";
	if (digits != strlen(text) &&
	    strspn(text, "+0123456789-.()/ ") != strlen(text))
		return "The number has characters that are no digits.";
	if (digits < 7)
		return "The number is too short.";
	if (digits > 15)
		return "The number is too long.";
	if (*text == '+' || !strncmp(text, "00", 2))
		return "There can be no such number.";
	if (!plan)
		return "The number has no country code: write it as "
		       "+12025550123, or set the country in the table "
		       "settings.";
	return "This is no number of the country in the table settings; a "
	       "spreadsheet may have taken its + or its zeros. Write it as "
	       "+12025550123.";
}

const char *import_number(char number[NUMBER_TEXT + 1], const char *text,
			  const struct numbering *plan)
{
	static const struct numbering nowhere = {.international = "00"};
	struct number parsed;
	char copy[TEXT_MAX];
	const char *problem;
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	if (!len)
		return "The number is empty.";
	if (len >= sizeof(copy))
		return "The number is too long.";
	memcpy(copy, text, len);
	copy[len] = '\0';
	unwrap(copy);
	problem = unscale(copy);
	if (problem)
		return problem;
	len = strlen(copy);
	if (len && copy[len - 1] == '*')
		return prefix(number, copy);
	/* Without a country only what says which it is can be read. */
	if (!plan && *copy != '+' && strncmp(copy, "00", 2))
		return why_not(copy, &(struct number){.kind = NUMBER_MALFORMED},
			       plan);
	number_parse(&parsed, copy, len, plan ? plan : &nowhere);
	if (parsed.kind != NUMBER_E164)
		return why_not(copy, &parsed, plan);
	strcpy(number, parsed.text);
	return NULL;
}

static bool is_date(unsigned year, unsigned month, unsigned day)
{
	static const unsigned char days[] = {31, 29, 31, 30, 31, 30,
					     31, 31, 30, 31, 30, 31};

	return year >= 2000 && year <= 9999 && month >= 1 && month <= 12 &&
	       day >= 1 && day <= days[month - 1];
}

bool import_day(char day[11], const char *text)
{
	unsigned y, m, d;

	/* Spreadsheets write 11/23/2026: both agencies are American. */
	if (sscanf(text, "%4u-%2u-%2u", &y, &m, &d) != 3 &&
	    sscanf(text, "%2u/%2u/%4u", &m, &d, &y) != 3)
		return false;
	if (!is_date(y, m, d))
		return false;
	snprintf(day, 11, "%04u-%02u-%02u", y % 10000, m % 100, d % 100);
	return true;
}
