/* Settings are checked and copied here; the cache, the breaker and what
 * happens to requests under way when they change are the client's. */
#include "settings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/log.h"

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
	if (!target_valid(config->url))
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

static int copy(char **textp, const char *from)
{
	*textp = from ? strdup(from) : NULL;
	return from && !*textp ? -ENOMEM : 0;
}

static int copy_texts(struct config_reputation *to,
		      const struct config_reputation *from)
{
	int err;

	to->name = to->url = to->score = NULL;
	to->headers_count = 0;
	to->headers = calloc(from->headers_count + 1, sizeof(char *));
	if (!to->headers)
		return -ENOMEM;
	for (size_t i = 0; i < from->headers_count; i++) {
		err = copy(&to->headers[i], from->headers[i]);
		if (err)
			return err;
		to->headers_count++;
	}
	err = copy(&to->name, from->name ? from->name : "");
	if (!err)
		err = copy(&to->url, from->url);
	return err ? err : copy(&to->score, from->score);
}

int settings_new(struct settings **settingsp,
		 const struct config_reputation *config)
{
	const char *wrong = config->url ? fault(config) : NULL;
	struct settings *settings;
	int err;

	if (wrong) {
		log_error("reputation-config-invalid what=\"%s\"", wrong);
		return -EINVAL;
	}
	settings = calloc(1, sizeof(*settings));
	if (!settings)
		return -ENOMEM;
	settings->refs = 1;
	settings->config = *config;
	err = copy_texts(&settings->config, config);
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
	struct config_reputation *config;

	if (!settings || --settings->refs)
		return;
	config = &settings->config;
	for (size_t i = 0; i < config->headers_count; i++)
		free(config->headers[i]);
	free(config->headers);
	free(config->name);
	free(config->url);
	free(config->score);
	free(settings);
}

void settings_weigh(const struct settings *settings,
		    struct rep_answer *answer)
{
	const struct config_reputation *config = &settings->config;

	answer->name = config->name;
	answer->points = 0;
	if (answer->status == REP_KNOWN && answer->risk > 0 &&
	    (unsigned)answer->risk >= config->risk_floor)
		answer->points = (int)lround((double)config->points *
					     answer->risk / 100);
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

bool settings_agree(const struct settings *a, const struct settings *b)
{
	return same(a->config.url, b->config.url) &&
	       same(a->config.score, b->config.score) &&
	       a->config.score_min == b->config.score_min &&
	       a->config.score_max == b->config.score_max;
}
