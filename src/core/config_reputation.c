/* Reputation sections: their readers, their rules, and copies of them. */
#include "config_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "callsieve/core/mapping.h"

#define URL_MAX	   600 /* before words in braces are replaced */
#define SECRET_MAX 4096
#define NAME_CHARS                                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"       \
	"!#$%&'*+-.^_`|~"

#define AT(member) offsetof(struct config_reputation, member)

/* What is allocated, for copying, freeing and comparing. */
static const size_t texts[] = {
	AT(name),   AT(url),   AT(body),     AT(auth_name),
	AT(secret), AT(score), AT(category), AT(secret_file), AT(tls_ca),
};

static const struct {
	size_t items, count;
} lists[] = {
	{AT(headers), AT(headers_count)},
	{AT(miss_status), AT(miss_status_count)},
	{AT(ok_when), AT(ok_when_count)},
	{AT(miss_when), AT(miss_when_count)},
	{AT(allow_when), AT(allow_when_count)},
	{AT(levels), AT(levels_count)},
	{AT(categories), AT(categories_count)},
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static char **text_at(const struct config_reputation *reputation, size_t at)
{
	return (char **)((char *)reputation + at);
}

static char ***list_at(const struct config_reputation *reputation, size_t at)
{
	return (char ***)((char *)reputation + at);
}

static size_t *count_at(const struct config_reputation *reputation, size_t at)
{
	return (size_t *)((char *)reputation + at);
}

void config_reputation_fini(struct config_reputation *reputation)
{
	for (size_t i = 0; i < COUNT(texts); i++)
		free(*text_at(reputation, texts[i]));
	for (size_t i = 0; i < COUNT(lists); i++) {
		char **items = *list_at(reputation, lists[i].items);
		size_t count = *count_at(reputation, lists[i].count);

		while (count)
			free(items[--count]);
		free(items);
	}
}

static int copy_list(struct config_reputation *to,
		     const struct config_reputation *from, size_t i)
{
	char **items = *list_at(from, lists[i].items), **copies;
	size_t count = *count_at(from, lists[i].count);

	copies = calloc(count + 1, sizeof(*copies));
	*list_at(to, lists[i].items) = copies;
	if (!copies)
		return -ENOMEM;
	for (size_t k = 0; k < count; k++) {
		copies[k] = strdup(items[k]);
		if (!copies[k])
			return -ENOMEM;
		*count_at(to, lists[i].count) = k + 1;
	}
	return 0;
}

int config_reputation_copy(struct config_reputation *to,
			   const struct config_reputation *from)
{
	int err = 0;

	*to = *from;
	for (size_t i = 0; i < COUNT(texts); i++)
		*text_at(to, texts[i]) = NULL;
	for (size_t i = 0; i < COUNT(lists); i++) {
		*list_at(to, lists[i].items) = NULL;
		*count_at(to, lists[i].count) = 0;
	}
	for (size_t i = 0; !err && i < COUNT(texts); i++) {
		const char *text = *text_at(from, texts[i]);

		if (text && !(*text_at(to, texts[i]) = strdup(text)))
			err = -ENOMEM;
	}
	for (size_t i = 0; !err && i < COUNT(lists); i++)
		err = copy_list(to, from, i);
	return err;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_list(const struct config_reputation *a,
		      const struct config_reputation *b, size_t i)
{
	char **ours = *list_at(a, lists[i].items);
	char **theirs = *list_at(b, lists[i].items);
	size_t count = *count_at(a, lists[i].count);

	if (count != *count_at(b, lists[i].count))
		return false;
	while (count--)
		if (strcmp(ours[count], theirs[count]) != 0)
			return false;
	return true;
}

bool config_reputation_agree(const struct config_reputation *a,
			     const struct config_reputation *b)
{
	for (size_t i = 0; i < COUNT(texts); i++)
		if (!same_text(*text_at(a, texts[i]), *text_at(b, texts[i])))
			return false;
	for (size_t i = 0; i < COUNT(lists); i++)
		if (!same_list(a, b, i))
			return false;
	return a->post == b->post && a->auth == b->auth && a->format == b->format &&
	       a->scale == b->scale && a->score_min == b->score_min &&
	       a->score_max == b->score_max;
}

#define WRONG_WORD_MAX 48

#define WORDS_OF_URL                                                           \
	"{e164}, {e164-noplus}, {national}, {country}, {00}, {sha1}, {SHA1}, " \
	"{sha256}, {time} and {callee-...}"

/* RFC 9110 5.1 and 5.5; control characters were refused before. */
void config_read_header(const struct config_place *place, const char *text)
{
	struct config_reputation *reputation = place->base;
	size_t len = strspn(text, NAME_CHARS);

	/* It may hold a secret: don't repeat it. */
	if (!len || text[len] != ':' ||
	    !text[len + 1 + strspn(text + len + 1, " ")])
		config_error(place->reader, place->line,
			     "%s must be of the form \"Name: value\"",
			     place->option->name);
	else if (template_words(text) < 0)
		config_error(place->reader, place->line,
			     "%s may have " WORDS_OF_URL
			     " in braces, nothing else",
			     place->option->name);
	else
		config_add_string(place, &reputation->headers_count, text);
}

void config_read_body(const struct config_place *place, const char *text)
{
	if (template_words(text) < 0)
		config_error(place->reader, place->line,
			     "%s may have " WORDS_OF_URL
			     " in braces, and JSON, but no other word",
			     place->option->name);
	else if (*text)
		config_set_string(place, text);
}

#define NOT_A_WORD "may have " WORDS_OF_URL " in braces, nothing else"

/* The first word in braces that is none of ours. What stands there is told
 * only if it looks like a word, not like something secret. */
static void wrong_word(char buf[WRONG_WORD_MAX], const char *text)
{
	buf[0] = '\0';
	while ((text = strchr(text, '{'))) {
		size_t len;

		if (template_word(text, &len) < 0)
			break;
		text += len;
	}
	if (!text)
		return;
	size_t n =
		1 + strspn(text + 1, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	if (n > 1 && n < WRONG_WORD_MAX - 16 && text[n] == '}')
		snprintf(buf, WRONG_WORD_MAX, ", not %.*s", (int)n + 1, text);
}

/* NULL, or what is wrong after "http://". Whether the number is in it is for
 * config_check_reputations(): it may be in the body. */
static const char *url_fault(const char *text)
{
	if (!*text || strchr("/?#:{@", *text))
		return "must have a host";
	while (*text) {
		size_t len = 1;

		if (*text <= ' ' || *text == 0x7f || strchr("\"<>\\^`|", *text))
			return "must hold only what a URL may hold";
		if (template_word(text, &len) < 0) {
			if (strchr("{}", *text))
				return NOT_A_WORD;
			len = 1;
		}
		text += len;
	}
	return NULL;
}

/* A URL may hold a secret, like a header, and is not repeated. */
void config_read_url(const struct config_place *place, const char *text)
{
	char word[WRONG_WORD_MAX] = "";
	const char *fault;

	if (!strncasecmp(text, "http://", 7))
		fault = url_fault(text + 7);
	else if (!strncasecmp(text, "https://", 8))
		fault = url_fault(text + 8);
	else
		fault = "must begin with http:// or https://";
	if (!fault && strlen(text) > URL_MAX)
		fault = "is too long";
	if (fault && !strcmp(fault, NOT_A_WORD))
		wrong_word(word, text);
	if (fault)
		config_error(place->reader, place->line, "%s %s%s",
			     place->option->name, fault, word);
	else
		config_set_string(place, text);
}

void config_read_pointer(const struct config_place *place, const char *text)
{
	if (json_pointer_valid(text))
		config_set_string(place, text);
	else
		config_value_error(place, text,
				   "a JSON pointer such as \"/result/score\", "
				   "where ~ is written ~0");
}

void config_read_auth_name(const struct config_place *place, const char *text)
{
	if (*text && !text[strspn(text, NAME_CHARS)])
		config_set_string(place, text);
	else
		config_value_error(place, text,
				   "the name of a header or a parameter");
}

void config_read_secret(const struct config_place *place, const char *text)
{
	if (*text)
		config_set_string(place, text);
	else
		config_error(place->reader, place->line, "%s must not be empty",
			     place->option->name);
}

static void add_condition(const struct config_place *place, size_t *countp,
			  const char *text)
{
	struct condition condition;

	if (condition_read(&condition, text))
		config_add_string(place, countp, text);
	else
		config_value_error(place, text,
				   "conditions such as \"/found = true\", "
				   "\"/votes >= 4\" or \"/error\"");
}

void config_read_ok_when(const struct config_place *place, const char *text)
{
	struct config_reputation *reputation = place->base;

	add_condition(place, &reputation->ok_when_count, text);
}

void config_read_miss_status(const struct config_place *place, const char *text)
{
	struct config_reputation *reputation = place->base;

	if (strlen(text) == 3 && strspn(text, "0123456789") == 3 &&
	    strcmp(text, "200") >= 0 && strcmp(text, "600") < 0)
		config_add_string(place, &reputation->miss_status_count, text);
	else
		config_value_error(place, text, "HTTP statuses, 200 to 599");
}

void config_read_miss_when(const struct config_place *place, const char *text)
{
	struct config_reputation *reputation = place->base;

	add_condition(place, &reputation->miss_when_count, text);
}

void config_read_allow_when(const struct config_place *place, const char *text)
{
	struct config_reputation *reputation = place->base;

	add_condition(place, &reputation->allow_when_count, text);
}

static void add_level(const struct config_place *place, size_t *countp,
		      const char *text)
{
	struct level level;

	if (level_read(&level, text))
		config_add_string(place, countp, text);
	else
		config_value_error(place, text,
				   "such as \"SCAM = 90\", with a risk from 0 "
				   "to 100");
}

void config_read_level(const struct config_place *place, const char *text)
{
	struct config_reputation *reputation = place->base;

	add_level(place, &reputation->levels_count, text);
}

void config_read_category(const struct config_place *place, const char *text)
{
	struct config_reputation *reputation = place->base;

	add_level(place, &reputation->categories_count, text);
}

#define LINE(option)                                                           \
	config_line_of(reader, offsetof(struct config, reputations), i, option)

static bool names_number(const struct config_reputation *reputation)
{
	int found = template_words(reputation->url);

	if (reputation->body)
		found |= template_words(reputation->body);
	for (size_t i = 0; i < reputation->headers_count; i++)
		found |= template_words(reputation->headers[i]);
	return found & TEMPLATE_CALLER_WORDS;
}

/* One line, without the newline at its end. */
static const char *read_secret(struct config_reader *reader,
			       struct config_reputation *reputation)
{
	char text[SECRET_MAX + 1];
	int fd = open(reputation->secret_file, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return strerror(errno);
	len = read(fd, text, SECRET_MAX);
	close(fd);
	if (len < 0)
		return strerror(errno);
	text[len] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	if (!*text)
		return "it holds nothing";
	free(reputation->secret);
	reputation->secret = config_strdup(reader, text);
	explicit_bzero(text, sizeof(text));
	return NULL;
}

static void check_auth(struct config_reader *reader,
		       struct config_reputation *reputation, size_t i)
{
	const char *fault = NULL;

	if (reputation->secret_file && reputation->secret)
		config_error(reader, LINE("secret_file"),
			     "secret and secret_file exclude each other");
	else if (reputation->secret_file)
		fault = read_secret(reader, reputation);
	if (fault) {
		config_error(reader, LINE("secret_file"),
			     "secret_file %s cannot be used: %s",
			     reputation->secret_file, fault);
		return;
	}
	if (!reputation->secret != (reputation->auth == AUTH_NONE))
		config_error(reader, LINE("auth"),
			     "auth and secret (or secret_file) go together");
	if ((reputation->auth >= AUTH_HEADER) != !!reputation->auth_name)
		config_error(reader, LINE("auth"),
			     "auth_name is for auth = \"header\" and "
			     "\"query\", which need it");
	if (reputation->auth == AUTH_BASIC && reputation->secret &&
	    !strchr(reputation->secret, ':'))
		config_error(reader, LINE("auth"),
			     "for auth = \"basic\" the secret is "
			     "\"USER:PASSWORD\"");
}

/* What curl would only find out with the first call. */
static void check_file(struct config_reader *reader, const char *path, int line)
{
	if (path && access(path, R_OK) < 0)
		config_error(reader, line, "tls_ca %s cannot be used: %s",
			     path, strerror(errno));
}

static void check_levels(struct config_reader *reader,
			 const struct config_reputation *reputation, size_t i)
{
	bool wants = reputation->scale == SCALE_STEPS ||
		     reputation->scale == SCALE_ENUM;
	struct level level;
	double number;

	if (wants != !!reputation->levels_count)
		config_error(reader, LINE("scale"),
			     "levels are for scale = \"steps\" and \"enum\", "
			     "which need them");
	for (size_t k = 0;
	     reputation->scale == SCALE_STEPS && k < reputation->levels_count;
	     k++)
		if (level_read(&level, reputation->levels[k]) &&
		    !mapping_number(level.word, &number))
			config_error(reader, LINE("levels"),
				     "levels of steps are numbers, such as "
				     "\"10 = 50\"");
	if (!reputation->category != !reputation->categories_count)
		config_error(reader, LINE("category"),
			     "category and categories go together");
}

static void check_reputation(struct config_reader *reader, size_t i)
{
	struct config_reputation *reputation = &reader->config->reputations[i];

	if (reputation->url && !names_number(reputation))
		config_error(reader, LINE("url"),
			     "url must have {e164}, {e164-noplus} or "
			     "{national} where the number belongs");
	if (reputation->body && !reputation->post)
		config_error(reader, LINE("body"),
			     "a body takes method = \"POST\"");
	if (reputation->url && reputation->score_min == reputation->score_max)
		config_error(reader, LINE(""),
			     "score_min and score_max must differ");
	check_auth(reader, reputation, i);
	check_file(reader, reputation->tls_ca, LINE("tls_ca"));
	check_levels(reader, reputation, i);
}

void config_check_reputations(struct config_reader *reader)
{
	size_t count = reader->config->reputations_count;

	for (size_t i = 0; i < count; i++)
		check_reputation(reader, i);
	if (count > CONFIG_REPUTATIONS_MAX)
		config_error(
			reader,
			config_line_of(reader,
				       offsetof(struct config, reputations),
				       CONFIG_REPUTATIONS_MAX, ""),
			"more than %d reputation sections",
			CONFIG_REPUTATIONS_MAX);
}
