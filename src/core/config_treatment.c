/* What becomes of doubtful calls, and at how many points: what trunks leave
 * open the section screening says. Rejections are config_profile.c's. */
#include "config_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define URI_MAX	      300
#define CALL_INFO_MAX 200

/* Those that have points by themselves; signals.def has the others. */
static const char *const others[] = {"blocklist", "dno", "reports",
				     "reputation"};

static bool is_signal(const char *name)
{
	static const char *const names[] = {
#define SIGNAL(id, name, points, sentence)		name,
#define MEASURE(id, name, points, from, full, sentence) name,
#include "callsieve/core/signals.def"
#undef SIGNAL
#undef MEASURE
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], name))
			return true;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(others[i], name))
			return true;
	return false;
}

void config_read_signal(const struct config_place *place, const char *text)
{
	if (is_signal(text))
		config_add_string(
			place, &place->reader->config->screening.shadow_count,
			text);
	else
		config_value_error(place, text,
				   "names of signals, such as \"velocity\" or "
				   "\"blocklist\"");
}

bool config_in_shadow(const struct config *config, const char *signal)
{
	const struct config_screening *screening = &config->screening;
	size_t i;

	for (i = 0; i < screening->shadow_count; i++)
		if (!strcmp(screening->shadow[i], signal))
			return true;
	return false;
}

/* The one that replaces what stands in braces at `text`: its length, or 0. */
static size_t braced(const char *text)
{
	static const char *const known[] = {"{callee}", "{token}"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strncmp(text, known[i], strlen(known[i])))
			return strlen(known[i]);
	return 0;
}

/* It stands between angle brackets in a Contact. */
static bool is_uri_template(const char *text)
{
	if (strncasecmp(text, "sip:", 4) && strncasecmp(text, "sips:", 5))
		return false;
	for (text = strchr(text, ':') + 1; *text; text++) {
		size_t len = braced(text);

		if (*text == '{' && !len)
			return false;
		if (len)
			text += len - 1;
		else if (*text <= ' ' || *text > '~' ||
			 strchr("<>\"\\,}", *text))
			return false;
	}
	return true;
}

void config_read_challenge(const struct config_place *place, const char *text)
{
	if (strlen(text) <= URI_MAX && is_uri_template(text) &&
	    strstr(text, "{token}"))
		config_set_string(place, text);
	else
		config_value_error(place, text,
				   "a sip: or sips: URI with {token}, and may "
				   "hold {callee}");
}

/* One value: it goes out as it is. */
void config_read_call_info(const struct config_place *place, const char *text)
{
	const char *end = *text == '<' ? strchr(text, '>') : NULL;
	size_t len;

	for (const char *at = text; *at; at += len ? len : 1) {
		len = !strncmp(at, "{id}", 4)	   ? 4
		      : !strncmp(at, "{score}", 7) ? 7
						   : 0;
		if (!len && (*at <= ' ' || *at > '~' || strchr("{}\"\\,", *at)))
			end = NULL;
	}
	if (end && end - text > 4 && (!end[1] || end[1] == ';') &&
	    !strchr(end + 1, '<') && !strchr(end + 1, '>') &&
	    strlen(text) <= CALL_INFO_MAX)
		config_set_string(place, text);
	else
		config_value_error(place, text,
				   "such as \"<https://host/{id}>;purpose="
				   "info\", without blanks or quotes");
}

#define GREYLIST_BELOW 25 /* points below reject_at, as the defaults are */

static void inherit(struct config_reader *reader, size_t index,
		    const char *option, int *points, int common)
{
	if (!config_is_given(reader, offsetof(struct config, trunks), index,
			     option))
		*points = common;
}

/* What is nearly rejected, unless somebody said otherwise. */
static void put_off(struct config_reader *reader, size_t index)
{
	static const char name[] = "greylist_at";
	struct config_trunk *trunk = &reader->config->trunks[index];
	int at = trunk->reject_at - GREYLIST_BELOW;

	if (config_is_given(reader, offsetof(struct config, trunks), index,
			    name) ||
	    config_line_in(reader, "screening", name))
		return;
	if (at < 0 || (trunk->challenge_at && at >= trunk->challenge_at))
		at = 0;
	trunk->greylist_at = at;
}

/* A treatment that a harder one always forestalls is a mistake. */
static void check_order(struct config_reader *reader, size_t index)
{
	const struct config_trunk *trunk = &reader->config->trunks[index];
	const struct {
		const char *name;
		int at;
	} steps[] = {
		{"greylist_at", trunk->greylist_at},
		{"challenge_at", trunk->challenge_at},
		{"reject_at", trunk->reject_at},
	};

	for (size_t i = 0; i < 2; i++)
		for (size_t k = i + 1; k < 3; k++)
			if (steps[i].at && steps[k].at &&
			    steps[i].at >= steps[k].at)
				config_error(
					reader,
					config_line_of(
						reader,
						offsetof(struct config, trunks),
						index, steps[i].name),
					"trunk \"%s\": %s (%d) must be less "
					"than %s (%d), or 0",
					trunk->name, steps[i].name, steps[i].at,
					steps[k].name, steps[k].at);
}

/* A trunk that rejects early needs not say that it labels nobody. */
static void check_label(struct config_reader *reader, size_t index)
{
	static const char name[] = "label_at";
	const struct config_trunk *trunk = &reader->config->trunks[index];
	size_t trunks = offsetof(struct config, trunks);
	bool given = config_is_given(reader, trunks, index, name);
	int line = given ? config_line_of(reader, trunks, index, name)
			 : config_line_in(reader, "screening", name);

	if (line && trunk->reject_at && trunk->label_at >= trunk->reject_at)
		config_error(reader, line,
			     "trunk \"%s\": label_at (%d) must be less than "
			     "reject_at (%d), or 0",
			     trunk->name, trunk->label_at, trunk->reject_at);
}

#define SIGNAL(id, name, points, sentence)
#define MEASURE(id, name, points, from, full, sentence) {SIGNAL_##id, name},
static const struct {
	enum signal_id id;
	const char *name;
} measures[] = {
#include "callsieve/core/signals.def"
};
#undef SIGNAL
#undef MEASURE

/* Either may be the default, which the other has passed. */
static void check_measures(struct config_reader *reader)
{
	for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
		const struct config_signal *signal =
			&reader->config->screening.signals[measures[i].id];
		char name[64];
		int line;

		if (signal->from <= signal->full)
			continue;
		snprintf(name, sizeof(name), "%s_from", measures[i].name);
		line = config_line_in(reader, "screening", name);
		if (!line) {
			snprintf(name, sizeof(name), "%s_full",
				 measures[i].name);
			line = config_line_in(reader, "screening", name);
		}
		config_error(reader, line,
			     "%s_from (%g) must be no more than %s_full (%g)",
			     measures[i].name, signal->from, measures[i].name,
			     signal->full);
	}
}

void config_check_treatment(struct config_reader *reader)
{
	struct config *config = reader->config;
	const struct config_screening *common = &config->screening;
	size_t i;

	for (i = 0; i < config->trunks_count; i++) {
		struct config_trunk *trunk = &config->trunks[i];

		inherit(reader, i, "label_at", &trunk->label_at,
			common->label_at);
		inherit(reader, i, "greylist_at", &trunk->greylist_at,
			common->greylist_at);
		inherit(reader, i, "challenge_at", &trunk->challenge_at,
			common->challenge_at);
		inherit(reader, i, "reject_at", &trunk->reject_at,
			common->reject_at);
		put_off(reader, i);
		check_order(reader, i);
		check_label(reader, i);
		if (trunk->challenge_at && !config->challenge.uri)
			config_error(
				reader,
				config_line_of(reader,
					       offsetof(struct config, trunks),
					       i, "challenge_at"),
				"trunk \"%s\": challenge_at needs the uri of a "
				"section challenge",
				trunk->name);
	}
	check_measures(reader);
	if (config->greylist.after_s >= config->greylist.window_s)
		config_error(reader, 1,
			     "greylist: after_s must be less than window_s");
}
