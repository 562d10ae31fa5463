/* The API's copy of the configuration. Where the configuration speaks for
 * each trunk, the API goes by the first one: a carrier's subscribers dial as
 * its first trunk does. */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/log.h"
#include "callsieve/core/signature.h"

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

static int copy(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -ENOMEM : 0;
}

/* Of a file that may hold the private key as well, what is for everybody. */
static void keep_certificates(char *pem)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----",
			  end[] = "-----END CERTIFICATE-----\n";
	char *from = pem, *to = pem, *stop;

	while ((from = strstr(from, begin)) && (stop = strstr(from, end))) {
		size_t len = (size_t)(stop - from) + strlen(end);

		memmove(to, from, len);
		to += len;
		from += len;
	}
	*to = '\0';
}

static int read_certificate(struct api_redress *redress, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t size = 0;
	int err = 0;

	errno = EINVAL; /* an empty file sets none */
	if (!file || getdelim(&redress->certificate, &size, '\0', file) < 0)
		err = -errno;
	else
		keep_certificates(redress->certificate);
	if (file)
		fclose(file);
	if (!err && !*redress->certificate)
		err = -EINVAL;
	return err;
}

static int copy_redress(struct api_redress *redress,
			const struct config_redress *config)
{
	int err = 0;

	if (!config->key)
		return 0;
	if (copy(&redress->url, config->url) ||
	    copy(&redress->name, config->name) ||
	    copy(&redress->email, config->email) ||
	    copy(&redress->tel, config->tel))
		return -ENOMEM;
	err = read_certificate(redress, config->certificate);
	if (!err)
		err = signer_new(&redress->signer, config->key, NULL);
	if (err)
		log_error("event=redress-error key=%s certificate=%s why=\"one "
			  "of them cannot be used: callsieved -t says more\"",
			  config->key, config->certificate);
	return err;
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
	if (!err)
		err = copy_redress(&settings->redress, &config->redress);
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
	free(settings->redress.url);
	free(settings->redress.name);
	free(settings->redress.email);
	free(settings->redress.tel);
	free(settings->redress.certificate);
	signer_free(settings->redress.signer);
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
