/* Profiles: how rejected calls are answered, by why they are. Some are built
 * in; a section adds one. What may stand in one is checked here, since
 * whatever loads goes out as it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config_reader.h"

#define HEADERS_MAX 4
#define PHRASE_MAX  60
#define HEADER_MAX  300

const char *const config_reason_names[REASONS] = {
	[REASON_SUBSCRIBER] = "subscriber", [REASON_LIST] = "list",
	[REASON_DNO] = "dno",
	[REASON_ANALYTICS] = "analytics",   [REASON_NUMBER] = "number",
	[REASON_ANONYMOUS] = "anonymous",   [REASON_STIR] = "stir",
};

/* ATIS-1000099 and 47 CFR 64.1200(k)(9): what analytics of the called party's
 * provider reject, by a list or by a score. */
static char analytics_reason[] =
	"Reason: SIP;cause=603;text=\"v=analytics1;url={redress_url};"
	"id={redress_id}\";location=RLN";
static char *analytics_headers[] = {analytics_reason};

/* RFC 8688 3.1. What is there must be made anew for each call. */
static char jcard[] =
	"Call-Info: <{redress_url}/{redress_id}.jws>;purpose=jwscard";
static char *jcard_headers[] = {jcard};

static char unwanted[] = "Unwanted", rejected[] = "Rejected",
	    blocked[] = "Network Blocked", forbidden[] = "Forbidden",
	    disallowed[] = "Anonymity Disallowed",
	    invalid[] = "Invalid Identity Header";
static char generic_name[] = "generic", us_fcc_name[] = "us-fcc",
	    ietf_name[] = "ietf";

#define UNWANTED                                                               \
	{                                                                      \
		607, unwanted, NULL, 0                                         \
	}
#define ANONYMITY                                                              \
	{                                                                      \
		433, disallowed, NULL, 0                                       \
	}
#define FORBIDDEN                                                              \
	{                                                                      \
		403, forbidden, NULL, 0                                        \
	}
#define BLOCKED                                                                \
	{                                                                      \
		603, blocked, analytics_headers, 1                             \
	}
#define REJECTED                                                               \
	{                                                                      \
		608, rejected, jcard_headers, 1                                \
	}
#define IDENTITY_INVALID                                                       \
	{                                                                      \
		438, invalid, NULL, 0                                          \
	}

/* Those that the operator need not write. */
/* DNO and impossible numbers are no opinion of analytics: see ATIS-1000099. */
static const struct config_profile built_in[] = {
	{.name = generic_name,
	 .responses = {[REASON_SUBSCRIBER] = UNWANTED,
		       [REASON_LIST] = UNWANTED,
		       [REASON_DNO] = UNWANTED,
		       [REASON_ANALYTICS] = UNWANTED,
		       [REASON_NUMBER] = UNWANTED,
		       [REASON_ANONYMOUS] = ANONYMITY,
		       [REASON_STIR] = UNWANTED},
	 .without_608 = UNWANTED},
	{.name = us_fcc_name,
	 .responses = {[REASON_SUBSCRIBER] = UNWANTED,
		       [REASON_LIST] = BLOCKED,
		       [REASON_DNO] = FORBIDDEN,
		       [REASON_ANALYTICS] = BLOCKED,
		       [REASON_NUMBER] = FORBIDDEN,
		       [REASON_ANONYMOUS] = ANONYMITY,
		       [REASON_STIR] = BLOCKED},
	 .without_608 = UNWANTED},
	{.name = ietf_name,
	 .responses = {[REASON_SUBSCRIBER] = UNWANTED,
		       [REASON_LIST] = REJECTED,
		       [REASON_DNO] = FORBIDDEN,
		       [REASON_ANALYTICS] = REJECTED,
		       [REASON_NUMBER] = FORBIDDEN,
		       [REASON_ANONYMOUS] = ANONYMITY,
		       [REASON_STIR] = IDENTITY_INVALID},
	 .without_608 = UNWANTED},
};

#define BUILT_IN (sizeof(built_in) / sizeof(built_in[0]))

const struct config_profile *config_profile_find(const struct config *config,
						 const char *name)
{
	size_t i;

	for (i = 0; i < config->profiles_count; i++)
		if (!strcmp(config->profiles[i].name, name))
			return &config->profiles[i];
	for (i = 0; i < BUILT_IN; i++)
		if (!strcmp(built_in[i].name, name))
			return &built_in[i];
	return NULL;
}

/* What was meant by the name of a profile, as config_meant(). */
static const char *profile_meant(char *buf, size_t size,
				 const struct config *config, const char *name)
{
	config_meant(buf, size, config->profiles, config->profiles_count,
		     sizeof(*config->profiles), name);
	return *buf ? buf
		    : config_meant(buf, size, built_in, BUILT_IN,
				   sizeof(*built_in), name);
}

static void response_fini(struct config_response *response)
{
	size_t i;

	for (i = 0; i < response->headers_count; i++)
		free(response->headers[i]);
	free(response->headers);
	free(response->phrase);
}

void config_profile_fini(struct config_profile *profile)
{
	size_t i;

	for (i = 0; i < REASONS; i++)
		response_fini(&profile->responses[i]);
	response_fini(&profile->without_608);
	free(profile->name);
}

/* Not 5xx, which speak of our own faults, nor what needs more than a line to
 * be answered by. */
static bool is_rejection(int status)
{
	return ((status >= 400 && status <= 499) ||
		(status >= 600 && status <= 699)) &&
	       status != 401 && status != 407;
}

static void read_status(const struct config_place *place,
			struct config_response *response, const char *text)
{
	size_t digits = strspn(text, "0123456789");
	int status = digits == 3 && text[3] == ' ' ? atoi(text) : 0;

	if (!is_rejection(status) || !text[4] || text[4] == ' ' ||
	    strlen(text + 4) > PHRASE_MAX) {
		config_value_error(place, text,
				   "a status of 400 to 499 or 600 to 699, but "
				   "401 and 407, and a phrase, such as \"603 "
				   "Decline\"");
		return;
	}
	response->status = status;
	response->phrase = config_strdup(place->reader, text + 4);
}

static bool may_be_sent(const char *header)
{
	static const char *const names[] = {
		"Reason:", "Call-Info:", "Error-Info:", "Warning:",
		"Retry-After:"};
	size_t i, len = strcspn(header, ":");

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncasecmp(header, names[i], strlen(names[i])))
			return true;
	return len > 2 && !strncasecmp(header, "X-", 2) && header[len] &&
	       strspn(header, "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

/* Braces hold what we know, and every quote has its other. */
static bool is_template(const char *text)
{
	static const char *const known[] = {"{redress_url}", "{redress_id}"};
	bool quoted = false;

	for (; *text; text++) {
		size_t len = 0;

		for (size_t i = 0; i < 2; i++)
			if (!strncmp(text, known[i], strlen(known[i])))
				len = strlen(known[i]);
		if ((*text == '{' || *text == '}') && !len)
			return false;
		if (*text == '\\')
			return false;
		quoted ^= *text == '"';
		text += len ? len - 1 : 0;
	}
	return !quoted;
}

static void read_response_header(const struct config_place *place,
				 struct config_response *response,
				 const char *text)
{
	const char *value = strchr(text, ':');
	char **header;

	if (!may_be_sent(text) || !value[1 + strspn(value + 1, " ")] ||
	    strlen(text) > HEADER_MAX)
		config_value_error(place, text,
				   "followed by Reason, Call-Info, Error-Info, "
				   "Warning, Retry-After or X- headers of the "
				   "form \"Name: value\"");
	else if (!is_template(text))
		config_value_error(place, text,
				   "without backslashes or unpaired quotes, "
				   "and may hold {redress_url} and "
				   "{redress_id}");
	else if (response->headers_count == HEADERS_MAX)
		config_error(place->reader, place->line,
			     "%s must not have more than %d headers",
			     place->option->name, HEADERS_MAX);
	else if ((header = config_grow(place->reader, &response->headers,
				       &response->headers_count,
				       sizeof(*header))))
		*header = config_strdup(place->reader, text);
}

void config_read_response(const struct config_place *place, const char *text)
{
	struct config_response *response = place->field;

	if (!response->status)
		read_status(place, response, text);
	else
		read_response_header(place, response, text);
}

/* It stands in quoted strings, between angle brackets and in a list of
 * attributes as it is. */
void config_read_redress_url(const struct config_place *place, const char *text)
{
	if (strncmp(text, "https://", 8) || !text[8] || strlen(text) > 200 ||
	    strpbrk(text, " \"\\;<>{},"))
		config_value_error(place, text,
				   "an https URL without blanks, quotes, "
				   "commas, semicolons or brackets");
	else
		config_set_string(place, text);
}

void config_read_card(const struct config_place *place, const char *text)
{
	if (*text && strlen(text) <= 100)
		config_set_string(place, text);
	else
		config_value_error(place, text, "1 to 100 characters");
}

void config_read_card_tel(const struct config_place *place, const char *text)
{
	size_t len = text[0] == '+' ? strspn(text + 1, "0123456789") : 0;

	if (len >= 7 && len <= 15 && !text[1 + len])
		config_set_string(place, text);
	else
		config_value_error(place, text,
				   "a number such as \"+12025550123\"");
}

static bool has(const struct config_response *response, const char *text)
{
	size_t i;

	for (i = 0; i < response->headers_count; i++)
		if (strstr(response->headers[i], text))
			return true;
	return false;
}

static bool needs_url(const struct config_profile *profile)
{
	size_t i;

	for (i = 0; i < REASONS; i++)
		if (has(&profile->responses[i], "{redress_url}"))
			return true;
	return has(&profile->without_608, "{redress_url}");
}

/* RFC 8688 3.1: a 608 says who rejects. */
static bool silent_608(const struct config_profile *profile)
{
	size_t i;

	for (i = 0; i < REASONS; i++)
		if (profile->responses[i].status == 608 &&
		    !has(&profile->responses[i], "purpose=jwscard"))
			return true;
	return false;
}

static void check_redress(struct config_reader *reader)
{
	const struct config_redress *redress = &reader->config->redress;

	if (!redress->key != !redress->certificate)
		config_error(reader, 1,
			     "redress: key and certificate go together");
	else if (redress->key && !redress->url)
		config_error(reader, 1,
			     "redress: a key takes the url at which callers "
			     "find what is signed by it");
	else if (redress->key && !reader->config->api.address)
		config_error(reader, 1,
			     "redress: what the key signs is served by the "
			     "API, so a key takes a section api");
}

void config_check_profiles(struct config_reader *reader)
{
	const struct config *config = reader->config;
	size_t i;

	check_redress(reader);

	for (i = 0; i < config->profiles_count; i++) {
		int line = config_line_of(
			reader, offsetof(struct config, profiles), i, "");

		if (silent_608(&config->profiles[i]))
			config_error(reader, line,
				     "profile \"%s\": 608 takes a Call-Info "
				     "header with purpose=jwscard",
				     config->profiles[i].name);
		if (config->profiles[i].without_608.status == 608)
			config_error(reader, line,
				     "profile \"%s\": without_608 must be "
				     "another status",
				     config->profiles[i].name);
	}
	for (i = 0; i < config->trunks_count; i++) {
		const struct config_trunk *trunk = &config->trunks[i];
		const struct config_profile *profile =
			trunk->profile
				? config_profile_find(config, trunk->profile)
				: NULL;
		const char *name = trunk->profile ? trunk->profile : "";
		int line = config_line_of(
			reader, offsetof(struct config, trunks), i, "profile");
		char meant[MEANT_MAX];

		if (!profile)
			config_error(
				reader, line,
				"trunk \"%s\": there is no profile \"%s\"%s",
				trunk->name, name,
				profile_meant(meant, sizeof(meant), config,
					      name));
		else if (needs_url(profile) && !config->redress.url)
			config_error(reader, line,
				     "trunk \"%s\": profile \"%s\" needs the "
				     "url of a section redress",
				     trunk->name, profile->name);
	}
}
