/* The API's copy of the configuration. Where the configuration speaks for
 * each trunk, the API goes by the first one: a carrier's subscribers dial as
 * its first trunk does. */
#include "settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_COUNTRY	  "1"
#define DEFAULT_REJECT_AT 100

static int copy_emergency(struct api_settings *settings,
			  const struct config_screening *config)
{
	size_t i;

	if (!config->emergency_count)
		return 0;
	settings->emergency =
		calloc(config->emergency_count, sizeof(*settings->emergency));
	if (!settings->emergency)
		return -ENOMEM;
	for (i = 0; i < config->emergency_count; i++) {
		settings->emergency[i] = strdup(config->emergency[i]);
		if (!settings->emergency[i])
			return -ENOMEM;
		settings->emergency_count++;
	}
	return 0;
}

int settings_init(struct api_settings *settings, const struct config *config)
{
	const struct config_trunk *trunk =
		config->trunks_count ? &config->trunks[0] : NULL;
	int err;

	memset(settings, 0, sizeof(*settings));
	settings->screening = config->screening;
	settings->screening.emergency = NULL;
	settings->screening.psaps = NULL;
	settings->api = config->api;
	settings->api.address = NULL;
	settings->reject_at = trunk && trunk->reject_at > 0 ? trunk->reject_at
							    : DEFAULT_REJECT_AT;

	err = numbering_for_country(&settings->plan, trunk && trunk->country
							     ? trunk->country
							     : DEFAULT_COUNTRY);
	if (!err)
		err = copy_emergency(settings, &config->screening);
	if (!err) {
		settings->database = strdup(config->database);
		if (!settings->database)
			err = -ENOMEM;
	}
	if (err)
		settings_fini(settings);
	return err;
}

void settings_fini(struct api_settings *settings)
{
	size_t i;

	for (i = 0; i < settings->emergency_count; i++)
		free(settings->emergency[i]);
	free(settings->emergency);
	free(settings->database);
	memset(settings, 0, sizeof(*settings));
}

bool settings_is_emergency(const struct api_settings *settings,
			   const char *written, const struct number *number)
{
	struct number emergency;
	size_t i;

	for (i = 0; i < settings->emergency_count; i++) {
		const char *text = settings->emergency[i];

		if (!strcmp(written, text))
			return true;
		number_parse(&emergency, text, strlen(text), &settings->plan);
		if (number->text[0] && !strcmp(number->text, emergency.text))
			return true;
	}
	return false;
}
