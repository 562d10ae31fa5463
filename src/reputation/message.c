#include "message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "callsieve/core/digest.h"

static int add_header(struct message *message, const char *text)
{
	char *copy;

	if (message->headers_count == MESSAGE_HEADERS)
		return -EMSGSIZE;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	message->headers[message->headers_count++] = copy;
	return 0;
}

static int add_headers(struct message *message,
		       const struct config_reputation *config,
		       const struct rep_question *question)
{
	char text[TARGET_SIZE];
	int err = 0;

	for (size_t i = 0; !err && i < config->headers_count; i++) {
		err = target_print(text, config->headers[i], question,
				   TARGET_PLAIN);
		if (!err)
			err = add_header(message, text);
	}
	return err;
}

static int add_basic(struct message *message, const char *secret)
{
	size_t len = strlen(secret);
	char *text = malloc(sizeof("Authorization: Basic ") + len * 4 / 3 + 4);
	int err;

	if (!text)
		return -ENOMEM;
	base64_print(stpcpy(text, "Authorization: Basic "), secret, len);
	err = add_header(message, text);
	free(text);
	return err;
}

static int add_secret(struct message *message,
		      const struct config_reputation *config)
{
	const char *name = config->auth_name;
	char *text = NULL;
	int err;

	switch (config->auth) {
	case AUTH_NONE:
		return 0;
	case AUTH_BASIC:
		return add_basic(message, config->secret);
	case AUTH_QUERY:
		return target_add_parameter(message->url, name, config->secret);
	default:
		break;
	}
	if (asprintf(&text, "%s: %s%s",
		     config->auth == AUTH_BEARER ? "Authorization" : name,
		     config->auth == AUTH_BEARER ? "Bearer " : "",
		     config->secret) < 0)
		return -ENOMEM;
	err = add_header(message, text);
	free(text);
	return err;
}

static bool has_type(const struct config_reputation *config)
{
	for (size_t i = 0; i < config->headers_count; i++)
		if (!strncasecmp(config->headers[i], "Content-Type:", 13))
			return true;
	return false;
}

static int add_body(struct message *message,
		    const struct config_reputation *config,
		    const struct rep_question *question)
{
	bool json = config->body && strchr("{[", *config->body);
	int err;

	if (!config->body)
		return 0;
	err = target_print(message->text, config->body, question,
			   json ? TARGET_PLAIN : TARGET_PERCENT);
	message->body = message->text;
	if (!err && json && !has_type(config))
		err = add_header(message, "Content-Type: application/json");
	return err;
}

int message_print(struct message *message,
		  const struct config_reputation *config,
		  const struct rep_question *question)
{
	int err;

	message->body = NULL;
	message->headers_count = 0;
	err = target_print(message->url, config->url, question, TARGET_PERCENT);
	if (!err)
		err = add_headers(message, config, question);
	if (!err)
		err = add_secret(message, config);
	return err ? err : add_body(message, config, question);
}

void message_fini(struct message *message)
{
	while (message->headers_count)
		free((char *)message->headers[--message->headers_count]);
}
