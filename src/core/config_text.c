/* The first look at a configuration's text. libconfuse 3.3 miscounts lines
 * over comments, trips over comments within lists, takes a missing quote,
 * brace or end of a comment for the end of the file, drops characters it has no
 * use for and makes nothing of environment variables that are not set. So
 * comments become blanks here, and the rest is reported. What is understood as
 * comment, string and variable is what its lexer does. */
#include "config_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE_MAX 64
#define TITLE	     " \"\""

struct scan {
	char *text; /* all of it */
	struct config_reader *reader;
	char *at;
	int line;
	bool word;	/* within an unquoted word, where // is no comment */
	unsigned depth; /* of braces */
	int open_line;	/* of the outermost brace open */
	bool passed_over; /* the section that is open */
};

static void blank(struct scan *scan)
{
	if (*scan->at == '\n')
		scan->line++;
	else
		*scan->at = ' ';
	scan->at++;
}

static void skip_line_comment(struct scan *scan)
{
	while (*scan->at && *scan->at != '\n')
		blank(scan);
}

static void skip_comment(struct scan *scan)
{
	int line = scan->line;

	blank(scan);
	blank(scan);
	while (*scan->at && strncmp(scan->at, "*/", 2))
		blank(scan);
	if (!*scan->at) {
		config_error(scan->reader, line,
			     "the comment that begins here has no end");
		return;
	}
	blank(scan);
	blank(scan);
}

/* "${NAME}" or "${NAME:-default}". An empty secret that nobody meant is hard
 * to find later. */
static void skip_variable(struct scan *scan)
{
	size_t len = strcspn(scan->at, "}\n");
	char name[VARIABLE_MAX + 1];
	char *fallback;

	if (scan->at[len] != '}' || len - 2 > VARIABLE_MAX) {
		config_error(scan->reader, scan->line,
			     "\"${\" begins an environment variable: ${NAME}, "
			     "of at most %d characters",
			     VARIABLE_MAX);
		scan->at += 2;
		return;
	}
	memcpy(name, scan->at + 2, len - 2);
	name[len - 2] = '\0';
	fallback = strchr(name, ':');
	if (fallback && fallback[1] == '-')
		*fallback = '\0';
	else
		fallback = NULL;
	if (!fallback && !getenv(name) && !scan->passed_over)
		config_error(scan->reader, scan->line,
			     "the environment variable %s is not set", name);
	scan->at += len + 1;
}

static bool is_variable(const struct scan *scan)
{
	return scan->at[0] == '$' && scan->at[1] == '{';
}

static void skip_string(struct scan *scan)
{
	char quote = *scan->at++;

	while (*scan->at && *scan->at != quote && *scan->at != '\n') {
		if (quote == '"' && is_variable(scan))
			skip_variable(scan);
		else if (*scan->at == '\\' && scan->at[1] &&
			 scan->at[1] != '\n')
			scan->at += 2;
		else
			scan->at++;
	}
	if (*scan->at == quote)
		scan->at++;
	else
		config_error(scan->reader, scan->line,
			     "a quote is missing at the end of a string");
}

/* libconfuse wants a title where one may stand: one that is not there becomes
 * an empty one. */
static void add_title(struct scan *scan, const char *name)
{
	char *at = scan->at, *text;
	size_t len = strlen(name), end;

	while (at > scan->text && strchr(" \t\r\n", at[-1]))
		at--;
	end = (size_t)(at - scan->text);
	if (end < len || strncmp(at - len, name, len) ||
	    (end > len && !strchr(" \t\r\n}", at[-(ptrdiff_t)len - 1])))
		return;
	text = malloc(strlen(scan->text) + sizeof(TITLE));
	if (!text) {
		scan->reader->no_memory = true;
		return;
	}
	memcpy(text, scan->text, end);
	strcpy(stpcpy(text + end, TITLE), at);
	scan->at = text + (scan->at - scan->text) + strlen(TITLE);
	free(scan->text);
	scan->text = text;
}

static void add_titles(struct scan *scan)
{
	for (size_t i = 0; i < config_section_types_count; i++)
		if (config_section_types[i].nameless)
			add_title(scan, config_section_types[i].name);
}

/* Whether the line on which a section opens begins with its name. */
static bool opens(const struct scan *scan, const char *name)
{
	const char *at = scan->at;

	while (at > scan->text && at[-1] != '\n')
		at--;
	at += strspn(at, " \t");
	return !strncmp(at, name, strlen(name));
}

static void count_brace(struct scan *scan, char c)
{
	if (c == '{' && !scan->depth++) {
		scan->open_line = scan->line;
		scan->passed_over = scan->reader->peeking &&
				    opens(scan, CONFIG_PASSED_OVER);
		add_titles(scan);
	} else if (c == '}' && scan->depth && !--scan->depth)
		scan->passed_over = false;
}

static void skip_other(struct scan *scan)
{
	unsigned char c = (unsigned char)*scan->at;

	if (c == '\n')
		scan->line++;
	else if (c == '{' || c == '}')
		count_brace(scan, *scan->at);
	else if (c == '*' || (c == '+' && scan->at[1] != '='))
		config_error(scan->reader, scan->line,
			     "'%c' must stand within quotes", c);
	else if ((c < ' ' && !strchr("\t\r", c)) || c == 0x7f)
		config_error(scan->reader, scan->line,
			     "control character 0x%02x", c);
	scan->word = !strchr(" \t\n\r={}()+,*", c);
	scan->at++;
}

static void scan_step(struct scan *scan)
{
	bool fresh = !scan->word;

	scan->word = false;
	if (*scan->at == '#' || (fresh && !strncmp(scan->at, "//", 2)))
		skip_line_comment(scan);
	else if (fresh && !strncmp(scan->at, "/*", 2))
		skip_comment(scan);
	else if (*scan->at == '"' || *scan->at == '\'')
		skip_string(scan);
	else if (fresh && is_variable(scan))
		skip_variable(scan);
	else
		skip_other(scan);
}

char *config_text_clean(struct config_reader *reader, const char *text)
{
	struct scan scan = {.reader = reader, .line = 1};
	unsigned errors_before = reader->errors_count;

	scan.at = scan.text = config_strdup(reader, text);
	if (!scan.text)
		return NULL;
	while (*scan.at)
		scan_step(&scan);
	if (scan.depth)
		config_error(reader, scan.open_line,
			     "the brace that opens here is not closed");
	if (reader->errors_count == errors_before)
		return scan.text;
	free(scan.text);
	return NULL;
}
