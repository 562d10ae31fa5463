/* The URL a number is asked at. */
#ifndef REPUTATION_TARGET_H
#define REPUTATION_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "callsieve/model/number.h"

#define TARGET_SIZE 2048

/* http or https, printable, only placeholders we know, and short enough. */
bool target_valid(const char *template);

/* Replaces {e164}, {e164-noplus} and {national}. -EMSGSIZE, -EINVAL. */
int target_print(char url[TARGET_SIZE], const char *template,
		 const struct number *number);

/* How many digits of an international number are its country code. */
size_t country_code_digits(const char *digits);

#endif
