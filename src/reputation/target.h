/* What is sent about a number: URL, headers and body, made of templates. */
#ifndef REPUTATION_TARGET_H
#define REPUTATION_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "callsieve/model/number.h"
#include "callsieve/reputation.h"

#define TARGET_SIZE 2048

enum target_escape {
	TARGET_PLAIN,
	TARGET_PERCENT, /* "+" means a blank in many a query string */
};

/* http or https, printable, only words we know, and short enough. */
bool target_valid(const char *template);

/* Replaces the words in braces; those of a callee who has no number by
 * nothing. -EMSGSIZE. */
int target_print(char text[TARGET_SIZE], const char *template,
		 const struct rep_question *question,
		 enum target_escape escape);

/* Appends a parameter to a URL's query. */
int target_add_parameter(char url[TARGET_SIZE], const char *name,
			 const char *value);

/* How many digits of an international number are its country code. */
size_t country_code_digits(const char *digits);

#endif
