/* The small languages of a reputation section: conditions on an answer, what
 * its words and numbers mean, and what stands for the number in a request. */
#ifndef CALLSIEVE_CORE_MAPPING_H
#define CALLSIEVE_CORE_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

#define MAPPING_TEXT 256

enum comparison {
	COMPARE_IS, /* is there, and neither null nor false */
	COMPARE_EQUAL,
	COMPARE_DIFFERENT,
	COMPARE_LESS,
	COMPARE_LESS_EQUAL,
	COMPARE_MORE,
	COMPARE_MORE_EQUAL,
};

/* "/spamRisk/level >= 2": a JSON pointer, and what to hold against it */
struct condition {
	char pointer[MAPPING_TEXT];
	enum comparison comparison;
	const char *value; /* within the text it was read from */
};

bool condition_read(struct condition *condition, const char *text);

/* RFC 6901 3 */
bool json_pointer_valid(const char *pointer);

/* "SCAM = 90": what a word, or a number from there on, means */
struct level {
	char word[MAPPING_TEXT]; /* "*": any other */
	int risk;		 /* 0..100 */
};

bool level_read(struct level *level, const char *text);

/* "95", "-1.5", "9.5e1" and nothing around it. */
bool mapping_number(const char *text, double *number);

/* What stands in braces in a URL, a header or a body. */
enum template_word {
	TEMPLATE_E164,
	TEMPLATE_NOPLUS,
	TEMPLATE_NATIONAL,
	TEMPLATE_COUNTRY,
	TEMPLATE_ZEROS,
	TEMPLATE_SHA1,
	TEMPLATE_SHA1_UPPER,
	TEMPLATE_SHA256,
	TEMPLATE_CALLEE_E164,
	TEMPLATE_CALLEE_NOPLUS,
	TEMPLATE_CALLEE_NATIONAL,
	TEMPLATE_TIME,
	TEMPLATE_WORDS,
};

/* The word whose "{name}" begins at `text`, its length in *lenp; -1: none. */
int template_word(const char *text, size_t *lenp);

/* The words in `text`, as bits; -1 when there is something in braces that
 * looks like one and is none. */
int template_words(const char *text);

#define TEMPLATE_CALLER_WORDS                                                  \
	(((1 << TEMPLATE_CALLEE_E164) - 1) & ~(1 << TEMPLATE_COUNTRY))
#define TEMPLATE_CALLEE_WORDS                                                  \
	(1 << TEMPLATE_CALLEE_E164 | 1 << TEMPLATE_CALLEE_NOPLUS |             \
	 1 << TEMPLATE_CALLEE_NATIONAL)

#endif
