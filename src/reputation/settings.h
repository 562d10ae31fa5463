/* A copy of the configuration, shared by the client and the requests that
 * were begun under it. */
#ifndef REPUTATION_SETTINGS_H
#define REPUTATION_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "callsieve/core/config.h"
#include "callsieve/reputation.h"

struct settings {
	unsigned refs;
	struct config_reputation config; /* its own copies */
	bool tells_callee;
};

/* With one reference. -EINVAL when it could not be worked with, logged. */
int settings_new(struct settings **settingsp,
		 const struct config_reputation *config);
struct settings *settings_ref(struct settings *settings);
void settings_unref(struct settings *settings);

/* What the answer to a question is remembered by: the caller, and the callee
 * where the service learns of them. */
uint64_t settings_key(const struct settings *settings,
		      const struct rep_question *question);

/* Fills in what an answer is worth, and whose it is. */
void settings_weigh(const struct settings *settings, struct rep_answer *answer);

/* Whether an answer under one is an answer under the other. */
bool settings_agree(const struct settings *a, const struct settings *b);

#endif
