/* Readers of what a route is made of. */
#include "config_reader.h"

#include <stdlib.h>
#include <string.h>

#define WEIGHT_MAX 65535

static bool parse_weight(unsigned *weightp, const char *text, size_t len)
{
	unsigned weight = 0;
	size_t i;

	for (i = 0; i < len && weight <= WEIGHT_MAX; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		weight = weight * 10 + (unsigned)(text[i] - '0');
	}
	*weightp = weight;
	return len && weight && weight <= WEIGHT_MAX;
}

/* How many entries the route's list had before. */
static unsigned priority_of(const struct config_reader *reader, size_t route)
{
	size_t i = reader->references_count;

	while (i--) {
		if (reader->references[i].route == route)
			return reader->references[i].hop.priority + 1;
	}
	return 0;
}

/* NAME or NAME=WEIGHT. */
static bool read_member(const struct config_place *place, unsigned priority,
			char *text)
{
	struct config_reader *reader = place->reader;
	struct config_reference *reference;
	char *equals = strchr(text, '=');
	unsigned weight = 1;

	if (equals) {
		*equals++ = '\0';
		if (!parse_weight(&weight, equals, strlen(equals)))
			return false;
	}
	reference = config_grow(reader, &reader->references,
				&reader->references_count, sizeof(*reference));
	if (!reference)
		return true;
	reference->route = place->section->index;
	reference->line = place->line;
	reference->hop.priority = priority;
	reference->hop.weight = weight;
	reference->name = config_strdup(reader, text);
	return true;
}

void config_read_gateway(const struct config_place *place, const char *text)
{
	unsigned priority = priority_of(place->reader, place->section->index);
	char *copy = config_strdup(place->reader, text);
	char *rest = copy, *word;
	bool good = true, any = false;

	while (good && (word = strsep(&rest, " "))) {
		if (!*word)
			continue;
		any = true;
		good = read_member(place, priority, word);
	}
	if (copy && (!good || !any))
		config_value_error(
			place, text,
			"names of gateways, and where some share calls "
			"\"NAME=WEIGHT NAME=WEIGHT\" with "
			"weights from 1 to %d",
			WEIGHT_MAX);
	free(copy);
}

/* What says more of the gateway than of the call (RFC 3261 21): anything else
 * would be asked again of the next one for nothing, or ring twice. */
void config_read_status(const struct config_place *place, const char *text)
{
	static const struct {
		const char *text;
		int status;
	} known[] = {{"408", 408}, {"480", 480}, {"500", 500},
		     {"502", 502}, {"503", 503}, {"504", 504}};
	struct config_route *route = place->base;
	int *added;
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].text, text))
			continue;
		added = config_grow(place->reader, &route->failover_on,
				    &route->failover_on_count, sizeof(*added));
		if (added)
			*added = known[i].status;
		return;
	}
	config_value_error(place, text,
			   "some of 408, 480, 500, 502, 503 and 504");
}
