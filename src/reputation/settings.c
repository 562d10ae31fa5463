/* Settings are checked and copied here; the cache, the breaker and what
 * happens to requests under way when they change are the client's. */
#include "settings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/log.h"
#include "callsieve/core/mapping.h"

#include "pointer.h"
#include "target.h"

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

/* The first thing wrong, or NULL. The configuration's own checks say it with
 * file and line; this is so that no caller can do harm. */
static const char *fault(const struct config_reputation *config)
{
	if (!target_valid(config->url) ||
	    (config->body && template_words(config->body) < 0))
		return "url";
	if (!config->score || !pointer_valid(config->score))
		return "score";
	if (!isfinite(config->score_min) || !isfinite(config->score_max) ||
	    config->score_min == config->score_max)
		return "score range";
	if (!config->deadline_ms || !config->max_in_flight)
		return "limits";
	for (size_t i = 0; i < config->headers_count; i++)
		if (has_control(config->headers[i]))
			return "headers";
	return NULL;
}

static bool tells_callee(const struct config_reputation *config)
{
	int words = config->url ? template_words(config->url) : 0;

	if (config->body)
		words |= template_words(config->body);
	for (size_t i = 0; i < config->headers_count; i++)
		words |= template_words(config->headers[i]);
	return words & TEMPLATE_CALLEE_WORDS;
}

uint64_t settings_key(const struct settings *settings,
		      const struct rep_question *question)
{
	uint64_t key = number_key_exact(question->caller), callee;

	if (!settings->tells_callee || !question->callee)
		return key;
	/* The finishing steps of SplitMix64. */
	callee = number_key_exact(question->callee);
	callee = (callee ^ (callee >> 30)) * 0xbf58476d1ce4e5b9;
	callee = (callee ^ (callee >> 27)) * 0x94d049bb133111eb;
	return key ^ callee ^ (callee >> 31);
}

int settings_new(struct settings **settingsp,
		 const struct config_reputation *config)
{
	const char *wrong = config->url ? fault(config) : NULL;
	struct settings *settings;
	int err;

	if (wrong) {
		log_error("event=reputation-config-invalid what=\"%s\"", wrong);
		return -EINVAL;
	}
	settings = calloc(1, sizeof(*settings));
	if (!settings)
		return -ENOMEM;
	settings->refs = 1;
	err = config_reputation_copy(&settings->config, config);
	settings->tells_callee = tells_callee(config);
	if (err)
		settings_unref(settings);
	else
		*settingsp = settings;
	return err;
}

struct settings *settings_ref(struct settings *settings)
{
	settings->refs++;
	return settings;
}

void settings_unref(struct settings *settings)
{
	if (!settings || --settings->refs)
		return;
	config_reputation_fini(&settings->config);
	free(settings);
}

static void weigh_category(const struct config_reputation *config,
			   struct rep_answer *answer)
{
	struct level level;

	answer->label[0] = '\0';
	if (answer->category && answer->category <= config->categories_count &&
	    level_read(&level, config->categories[answer->category - 1]) &&
	    strlen(level.word) < sizeof(answer->label))
		strcpy(answer->label, level.word);
}

void settings_weigh(const struct settings *settings, struct rep_answer *answer)
{
	const struct config_reputation *config = &settings->config;

	answer->name = config->name;
	answer->points = 0;
	weigh_category(config, answer);
	if (answer->status == REP_UNAVAILABLE)
		answer->points = config->error_points;
	else if (answer->allow)
		answer->points = config->allow_points;
	else if (answer->status == REP_KNOWN && answer->risk > 0 &&
		 (unsigned)answer->risk >= config->risk_floor)
		answer->points = (int)lround((double)config->points *
					     answer->risk / 100);
}

bool settings_agree(const struct settings *a, const struct settings *b)
{
	return a == b || config_reputation_agree(&a->config, &b->config);
}
