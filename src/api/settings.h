/* What the API keeps of the configuration it was started with. Never changed
 * afterwards, so its threads read it without a lock. */
#ifndef API_SETTINGS_H
#define API_SETTINGS_H

#include "callsieve/core/config.h"
#include "callsieve/model/number.h"

struct signer;

/* What stands on the cards, and who signs them: NULL, there are none. */
struct api_redress {
	char *url, *name, *email, *tel;
	char *certificate; /* PEM, the text */
	struct signer *signer;
};

struct api_settings {
	char *database;
	struct numbering plan; /* how people write national numbers */
	char **emergency;
	size_t emergency_count;
	struct config_screening screening; /* its pointers are not ours */
	int reject_at;			   /* points that are a score of 100 */
	struct api_redress redress;
	struct config_api api;		   /* its pointers are not ours */
};

int settings_init(struct api_settings *settings, const struct config *config);
void settings_fini(struct api_settings *settings);

/* As a subscriber may write it: "911", "+1 911". */
bool settings_is_emergency(const struct api_settings *settings,
			   const char *written, const struct number *number);

#endif
