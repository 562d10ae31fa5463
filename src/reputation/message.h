/* One request as it is sent: templates filled in, the secret where it goes. */
#ifndef REPUTATION_MESSAGE_H
#define REPUTATION_MESSAGE_H

#include <stddef.h>

#include "callsieve/reputation.h"

#include "target.h"

#define MESSAGE_HEADERS 24

struct message {
	char url[TARGET_SIZE];
	char text[TARGET_SIZE];
	const char *body;		      /* NULL or `text` */
	const char *headers[MESSAGE_HEADERS]; /* owned */
	size_t headers_count;
};

/* -EMSGSIZE, -ENOMEM; message_fini() it in any case. */
int message_print(struct message *message,
		  const struct config_reputation *config,
		  const struct rep_question *question);
void message_fini(struct message *message);

#endif
