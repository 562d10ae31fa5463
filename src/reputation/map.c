/* What a service's answer means: values of a JSON document, brought to a risk
 * of 0..100. The document is a stranger's: whatever is odd about it makes it
 * malformed, and malformed is "could not find out", never "clean". */
#include "callsieve/reputation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "callsieve/core/mapping.h"

#include "pointer.h"

#define VALUE_TEXT 64

/* The document is parsed on the loop, and parsing takes as long as there are
 * values in it, some 200 ns each, rather than bytes. */
#define VALUES_MAX 2048

/* Counts what begins or separates values; within strings too, which does no
 * harm to any answer as long as an answer should be. */
static bool is_crowded(const char *body, size_t len)
{
	size_t values = 0;

	for (size_t i = 0; i < len; i++)
		values += body[i] == ',' || body[i] == '[' || body[i] == '{';
	return values > VALUES_MAX;
}

/* "SPAM\r\n" is "SPAM". */
static json_t *read_text(const char *body, size_t len)
{
	while (len && strchr(" \t\r\n", body[len - 1]))
		len--;
	while (len && strchr(" \t\r\n", *body))
		body++, len--;
	return len && !memchr(body, '\0', len) ? json_stringn(body, len) : NULL;
}

static json_t *read_document(const struct config_reputation *config,
			     const char *body, size_t len)
{
	size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY |
		       JSON_DECODE_INT_AS_REAL;

	if (len >= 3 && !memcmp(body, "\xef\xbb\xbf", 3))
		body += 3, len -= 3; /* a byte order mark, from Windows */
	if (config->format != FORMAT_JSON)
		return read_text(body, len);
	return is_crowded(body, len) ? NULL
				     : json_loadb(body, len, flags, NULL);
}

static bool number_of(const json_t *value, double *number)
{
	if (json_is_number(value))
		*number = json_number_value(value);
	else if (!json_is_string(value) ||
		 !mapping_number(json_string_value(value), number))
		return false;
	return isfinite(*number);
}

/* A value as one would write it in a condition; NULL for lists and objects,
 * and for nothing at all. */
static const char *text_of(char buf[VALUE_TEXT], const json_t *value)
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	if (json_is_null(value))
		return "null";
	if (!json_is_number(value))
		return NULL;
	snprintf(buf, VALUE_TEXT, "%.15g", json_number_value(value));
	return buf;
}

/* What is not there is null: many a service leaves out what others say so. */
static bool equals(const json_t *value, const char *text)
{
	char buf[VALUE_TEXT];
	const char *own = value ? text_of(buf, value) : "null";
	double a, b;

	if (number_of(value, &a) && mapping_number(text, &b))
		return a == b;
	return own && !strcasecmp(own, text);
}

static bool holds(json_t *document, const char *text)
{
	struct condition condition;
	const json_t *value;
	double number, limit;

	if (!condition_read(&condition, text))
		return false;
	value = pointer_find(document, condition.pointer);
	if (condition.comparison == COMPARE_IS)
		return value && !json_is_null(value) && !json_is_false(value);
	if (condition.comparison == COMPARE_EQUAL)
		return equals(value, condition.value);
	if (condition.comparison == COMPARE_DIFFERENT)
		return !equals(value, condition.value);
	if (!number_of(value, &number) ||
	    !mapping_number(condition.value, &limit))
		return false;
	switch (condition.comparison) {
	case COMPARE_LESS:
		return number < limit;
	case COMPARE_LESS_EQUAL:
		return number <= limit;
	case COMPARE_MORE:
		return number > limit;
	default:
		return number >= limit;
	}
}

static bool any_holds(json_t *document, char *const *conditions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (holds(document, conditions[i]))
			return true;
	return false;
}

static bool all_hold(json_t *document, char *const *conditions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!holds(document, conditions[i]))
			return false;
	return true;
}

static bool share_risk(const struct config_reputation *config, double score,
		       int *risk)
{
	double span = config->score_max - config->score_min;
	double share = (score - config->score_min) / span;

	if (isnan(share))
		return false;
	share = share < 0 ? 0 : share > 1 ? 1 : share;
	if (config->scale == SCALE_LOG)
		share = log1p(share * fabs(span)) / log1p(fabs(span));
	*risk = (int)lround(share * 100);
	return true;
}

static bool bool_risk(const json_t *value, int *risk)
{
	static const char *const words[] = {"no",   "yes", "false",
					    "true", "n",   "y"};
	double number;

	if (number_of(value, &number)) {
		*risk = number != 0 ? 100 : 0;
		return number == 0 || number == 1;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!equals(value, words[i]))
			continue;
		*risk = i % 2 ? 100 : 0;
		return true;
	}
	return false;
}

/* The last step that the number reaches; below the first there is no risk. */
static bool step_risk(const struct config_reputation *config,
		      const json_t *value, int *risk)
{
	double number, from, best = -HUGE_VAL;
	struct level level;

	if (!number_of(value, &number))
		return false;
	*risk = 0;
	for (size_t i = 0; i < config->levels_count; i++) {
		if (!level_read(&level, config->levels[i]) ||
		    !mapping_number(level.word, &from) || number < from ||
		    from < best)
			continue;
		best = from;
		*risk = level.risk;
	}
	return true;
}

/* The index of the level with that word, or of "*"; -1: none. */
static int find_level(char *const *levels, size_t count, const json_t *value,
		      int *risk)
{
	char buf[VALUE_TEXT];
	struct level level;
	int other = -1;

	if (!text_of(buf, value))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (!level_read(&level, levels[i]))
			continue;
		if (equals(value, level.word)) {
			*risk = level.risk;
			return (int)i;
		}
		if (strcmp(level.word, "*") == 0 && other < 0) {
			other = (int)i;
			*risk = level.risk;
		}
	}
	return other;
}

static bool score_risk(const struct config_reputation *config,
		       const json_t *value, int *risk)
{
	double score;

	switch (config->scale) {
	case SCALE_BOOL:
		return bool_risk(value, risk);
	case SCALE_STEPS:
		return step_risk(config, value, risk);
	case SCALE_ENUM:
		return find_level(config->levels, config->levels_count, value,
				  risk) >= 0;
	default:
		return number_of(value, &score) &&
		       share_risk(config, score, risk);
	}
}

/* True when the category is one we know: then it counts if it is the worse. */
static bool add_category(const struct config_reputation *config,
			 json_t *document, struct rep_answer *answer)
{
	const json_t *value;
	int risk = 0, found;

	if (!config->category)
		return false;
	value = pointer_find(document, config->category);
	found = json_is_null(value)
			? -1
			: find_level(config->categories,
				     config->categories_count, value, &risk);
	if (found < 0)
		return false;
	answer->category = (unsigned)found + 1;
	if (risk > answer->risk)
		answer->risk = risk;
	return true;
}

static void map_document(const struct config_reputation *config,
			 json_t *document, struct rep_answer *answer)
{
	struct rep_answer known = {.status = REP_KNOWN};
	const json_t *value;

	if (any_holds(document, config->miss_when, config->miss_when_count)) {
		*answer = (struct rep_answer){.status = REP_UNKNOWN};
		return;
	}
	if (!all_hold(document, config->ok_when, config->ok_when_count)) {
		answer->why = "refused";
		return;
	}
	if (any_holds(document, config->allow_when, config->allow_when_count)) {
		known.allow = true;
		*answer = known;
		return;
	}
	value = pointer_find(
		document, config->format == FORMAT_JSON ? config->score : "");
	if (value && !json_is_null(value) &&
	    !score_risk(config, value, &known.risk))
		return;
	if (add_category(config, document, &known) ||
	    (value && !json_is_null(value)))
		*answer = known;
	else if (value)
		*answer = (struct rep_answer){.status = REP_UNKNOWN};
}

void rep_map(const struct config_reputation *config, const char *body,
	     size_t len, struct rep_answer *answer)
{
	json_t *document = read_document(config, body, len);

	*answer = (struct rep_answer){.status = REP_UNAVAILABLE,
				      .why = "malformed"};
	if (document)
		map_document(config, document, answer);
	json_decref(document);
}
