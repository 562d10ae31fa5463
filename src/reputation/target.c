#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Country codes of two digits by their first; those of one digit are 1 and 7
 * and all others have three (ITU-T E.164, list of assigned codes). */
static const char *const second_digits[10] = {
	[2] = "07",	 [3] = "0123469", [4] = "013456789", [5] = "12345678",
	[6] = "0123456", [8] = "1246",	  [9] = "0123458",
};

size_t country_code_digits(const char *digits)
{
	const char *second = second_digits[(digits[0] - '0') % 10];

	if (digits[0] == '1' || digits[0] == '7')
		return 1;
	if (second && digits[1] && strchr(second, digits[1]))
		return 2;
	return 3;
}

struct placeholder {
	const char *name;
	const char *(*print)(char buf[NUMBER_TEXT + 2],
			     const struct number *number);
};

/* "+" means a blank in many a query string, so it travels escaped. */
static const char *print_e164(char buf[NUMBER_TEXT + 2],
			      const struct number *number)
{
	snprintf(buf, NUMBER_TEXT + 2, "%%2B%s", number->text + 1);
	return buf;
}

static const char *print_noplus(char buf[NUMBER_TEXT + 2],
				const struct number *number)
{
	(void)buf;
	return number->text + 1;
}

static const char *print_national(char buf[NUMBER_TEXT + 2],
				  const struct number *number)
{
	const char *digits = number->text + 1;
	size_t code = country_code_digits(digits);

	(void)buf;
	return strlen(digits) > code ? digits + code : digits;
}

static const struct placeholder placeholders[] = {
	{"{e164}", print_e164},
	{"{e164-noplus}", print_noplus},
	{"{national}", print_national},
};

static const struct placeholder *placeholder_at(const char *text)
{
	for (size_t i = 0; i < sizeof(placeholders) / sizeof(*placeholders);
	     i++)
		if (!strncmp(text, placeholders[i].name,
			     strlen(placeholders[i].name)))
			return &placeholders[i];
	return NULL;
}

int target_print(char url[TARGET_SIZE], const char *template,
		 const struct number *number)
{
	size_t len = 0;

	while (*template) {
		const struct placeholder *placeholder;
		char buf[NUMBER_TEXT + 2];
		const char *piece = template;
		size_t n = strcspn(template, "{");

		if (!n) {
			placeholder = placeholder_at(template);
			if (!placeholder)
				return -EINVAL;
			template += strlen(placeholder->name);
			piece = placeholder->print(buf, number);
			n = strlen(piece);
		} else {
			template += n;
		}
		if (n >= TARGET_SIZE - len)
			return -EMSGSIZE;
		memcpy(url + len, piece, n);
		len += n;
	}
	url[len] = '\0';
	return 0;
}

bool target_valid(const char *template)
{
	static const struct number longest = {NUMBER_E164, "+999999999999999"};
	char url[TARGET_SIZE];

	if (strncasecmp(template, "http://", 7) &&
	    strncasecmp(template, "https://", 8))
		return false;
	for (const char *c = template; *c; c++)
		if (*c <= ' ' || *c >= 0x7f)
			return false;
	return !target_print(url, template, &longest);
}
