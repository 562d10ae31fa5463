/* What a service's answer means: one value of a JSON document, brought to a
 * risk of 0..100. The document is a stranger's: whatever is odd about it makes
 * it malformed, and malformed is "could not find out", never "clean". */
#include "callsieve/reputation.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "pointer.h"

#define SCORE_TEXT_MAX 40

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

/* "95", "-1.5", "9.5e1" and nothing around it; strtod() takes far more. */
static bool text_number(const char *text, double *value)
{
	size_t len = strlen(text);
	char *end;

	if (!len || len > SCORE_TEXT_MAX ||
	    strspn(text, "0123456789+-.eE") != len)
		return false;
	*value = strtod(text, &end);
	return !*end;
}

static bool score_of(const json_t *value, double *score)
{
	if (json_is_number(value))
		*score = json_number_value(value);
	else if (!json_is_string(value) ||
		 !text_number(json_string_value(value), score))
		return false;
	return isfinite(*score);
}

static bool risk_of(const struct config_reputation *config, double score,
		    int *risk)
{
	double share = (score - config->score_min) /
		       (config->score_max - config->score_min);

	if (isnan(share))
		return false;
	if (share < 0)
		share = 0;
	if (share > 1)
		share = 1;
	*risk = (int)lround(share * 100);
	return true;
}

void rep_map(const struct config_reputation *config, const char *body,
	     size_t len, struct rep_answer *answer)
{
	size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY |
		       JSON_DECODE_INT_AS_REAL;
	json_t *document = NULL;
	const json_t *value = NULL;
	double score;

	*answer = (struct rep_answer){.status = REP_UNAVAILABLE,
				      .why = "malformed"};
	if (!is_crowded(body, len))
		document = json_loadb(body, len, flags, NULL);
	if (document)
		value = pointer_find(document, config->score);
	if (json_is_null(value))
		*answer = (struct rep_answer){.status = REP_UNKNOWN};
	else if (score_of(value, &score) &&
		 risk_of(config, score, &answer->risk))
		*answer = (struct rep_answer){.status = REP_KNOWN,
					      .risk = answer->risk};
	json_decref(document);
}
