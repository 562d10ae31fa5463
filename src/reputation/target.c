#include "target.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/digest.h"
#include "callsieve/core/mapping.h"

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

#define WORD_SIZE (DIGEST_HEX_SIZE + 1)

static const char *national(const struct number *number)
{
	const char *digits = number->text + 1;
	size_t code = country_code_digits(digits);

	return strlen(digits) > code ? digits + code : digits;
}

static void print_country(char buf[WORD_SIZE], const struct number *number)
{
	snprintf(buf, WORD_SIZE, "%.*s",
		 (int)country_code_digits(number->text + 1), number->text + 1);
}

static void print_number(char buf[WORD_SIZE], enum template_word word,
			 const struct number *number)
{
	buf[0] = '\0';
	if (!number || number->kind != NUMBER_E164)
		return;
	switch (word) {
	case TEMPLATE_NOPLUS:
	case TEMPLATE_CALLEE_NOPLUS:
		strcpy(buf, number->text + 1);
		break;
	case TEMPLATE_NATIONAL:
	case TEMPLATE_CALLEE_NATIONAL:
		strcpy(buf, national(number));
		break;
	case TEMPLATE_COUNTRY:
		print_country(buf, number);
		break;
	case TEMPLATE_ZEROS:
		snprintf(buf, WORD_SIZE, "00%s", number->text + 1);
		break;
	case TEMPLATE_SHA1:
	case TEMPLATE_SHA1_UPPER:
		digest_sha1_hex(buf, number->text, strlen(number->text));
		for (char *c = buf; word == TEMPLATE_SHA1_UPPER && *c; c++)
			*c = (char)toupper((unsigned char)*c);
		break;
	case TEMPLATE_SHA256:
		digest_sha256_hex(buf, number->text, strlen(number->text));
		break;
	default:
		strcpy(buf, number->text);
	}
}

static void print_word(char buf[WORD_SIZE], enum template_word word,
		       const struct rep_question *question)
{
	if (word == TEMPLATE_TIME)
		snprintf(buf, WORD_SIZE, "%" PRId64, now_wall_s());
	else
		print_number(buf, word,
			     1 << word & TEMPLATE_CALLEE_WORDS
				     ? question->callee
				     : question->caller);
}

static int add(char text[TARGET_SIZE], size_t *len, const char *piece, size_t n)
{
	if (n >= TARGET_SIZE - *len)
		return -EMSGSIZE;
	memcpy(text + *len, piece, n);
	*len += n;
	text[*len] = '\0';
	return 0;
}

static int add_escaped(char text[TARGET_SIZE], size_t *len, const char *piece)
{
	char escaped[4];
	int err = 0;

	for (; !err && *piece; piece++) {
		unsigned char c = (unsigned char)*piece;

		if (isalnum(c) || strchr("-._~", c)) {
			err = add(text, len, piece, 1);
		} else {
			snprintf(escaped, sizeof(escaped), "%%%02X", c);
			err = add(text, len, escaped, 3);
		}
	}
	return err;
}

int target_print(char text[TARGET_SIZE], const char *template,
		 const struct rep_question *question, enum target_escape escape)
{
	char word[WORD_SIZE];
	size_t len = 0, n;
	int err = 0;

	text[0] = '\0';
	while (!err && *template) {
		int found = template_word(template, &n);

		if (found < 0) {
			n = 1 + strcspn(template + 1, "{");
			err = add(text, &len, template, n);
		} else {
			print_word(word, (enum template_word)found, question);
			err = escape == TARGET_PERCENT
				      ? add_escaped(text, &len, word)
				      : add(text, &len, word, strlen(word));
		}
		template += n;
	}
	return err;
}

int target_add_parameter(char url[TARGET_SIZE], const char *name,
			 const char *value)
{
	size_t len = strlen(url);
	int err = add(url, &len, strchr(url, '?') ? "&" : "?", 1);

	if (!err)
		err = add_escaped(url, &len, name);
	if (!err)
		err = add(url, &len, "=", 1);
	return err ? err : add_escaped(url, &len, value);
}

bool target_valid(const char *template)
{
	static const struct number longest = {NUMBER_E164, "+999999999999999"};
	struct rep_question question = {.caller = &longest, .callee = &longest};
	char url[TARGET_SIZE];

	if (strncasecmp(template, "http://", 7) &&
	    strncasecmp(template, "https://", 8))
		return false;
	if (target_print(url, template, &question, TARGET_PERCENT))
		return false;
	for (const char *c = url; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || *c == '{' || *c == '}')
			return false;
	return true;
}
