/* Calls told as JSON objects: see screen.h. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/model/invite.h"
#include "callsieve/screen.h"

#define URI_MAX 512

static const char *text_of(const json_t *event, const char *name)
{
	return json_string_value(json_object_get(event, name));
}

const struct config_trunk *event_trunk(const struct config *config,
				       const json_t *event)
{
	const char *name = text_of(event, "trunk");
	const struct config_trunk *trunk =
		name ? config_trunk_named(config, name) : NULL;

	return trunk ? trunk : &config->trunks[0];
}

/* Also written as a plain number. NULL stays NULL. */
static const char *as_uri(char uri[URI_MAX], const char *text)
{
	if (!text || strchr(text, ':'))
		return text;
	if (!*text)
		return NULL;
	snprintf(uri, URI_MAX, "sip:%s@localhost", text);
	return uri;
}

bool event_number(struct number *number, const struct config *config,
		  const json_t *event, const char *field)
{
	char buf[URI_MAX];
	const char *uri = as_uri(buf, text_of(event, field));
	struct numbering plan;

	*number = (struct number){.kind = NUMBER_NONE};
	if (!uri)
		return false;
	numbering_for_country(&plan, event_trunk(config, event)->country);
	number_from_uri(number, uri, strlen(uri), &plan);
	return true;
}

/* Here it is given, whoever found it out. */
static void read_stir(struct facts *facts, const json_t *event)
{
	const char *stir = text_of(event, "stir");

	facts->stir = STIR_NONE;
	facts->attest = '\0';
	facts->signer = text_of(event, "signer");
	facts->origid = text_of(event, "origid");
	if (stir && strlen(stir) == 1 && strchr("ABC", *stir)) {
		facts->stir = STIR_PASSED;
		facts->attest = *stir;
	} else if (stir && strcmp(stir, "passed") == 0) {
		facts->stir = STIR_PASSED;
	} else if (stir && strcmp(stir, "failed") == 0) {
		facts->stir = STIR_FAILED;
	}
}

void event_facts(struct facts *facts, const struct config *config,
		 const json_t *event)
{
	char from[URI_MAX], to[URI_MAX], pai[URI_MAX];
	const char *from_uri = as_uri(from, text_of(event, "from"));
	const char *to_uri = as_uri(to, text_of(event, "to"));
	const struct invite invite = {
		.trunk = event_trunk(config, event),
		.source = "",
		.call_id = "",
		.request_uri = to_uri ? to_uri : "",
		.from_uri = from_uri ? from_uri : "",
		.asserted_uri = as_uri(pai, text_of(event, "pai")),
		.display = text_of(event, "display"),
		.privacy = text_of(event, "privacy"),
		.priority = text_of(event, "priority"),
	};

	facts_read(facts, config, &invite);
	read_stir(facts, event);
}
