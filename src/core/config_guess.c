/* A configuration that somebody is in the middle of breaking must not keep
 * others from the kill switch. One thing in it is looked for, by a reader that
 * knows no more of the language than that takes. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/config.h"

#define LINE_SIZE 4096
#define BLANKS	  " \t"

/* Where the rest of the line begins, if it begins with this word. */
static const char *after_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	line += strspn(line, BLANKS);
	if (strncmp(line, word, len) != 0)
		return NULL;
	line += len;
	return line + strspn(line, BLANKS);
}

/* NULL: it is none, or one that only the environment knows. */
static char *path_in(const char *line)
{
	const char *value = after_word(line, "path");
	size_t len;
	char quote;

	if (!value || *value != '=')
		return NULL;
	value += 1 + strspn(value + 1, BLANKS);
	quote = *value;
	if (quote != '"' && quote != '\'')
		return NULL;
	len = strcspn(++value, "\"'\\$");
	return len && value[len] == quote ? strndup(value, len) : NULL;
}

char *config_guess_database(const char *path)
{
	FILE *file = fopen(path, "re");
	bool inside = false;
	char line[LINE_SIZE];
	char *found = NULL;

	while (file && !found && fgets(line, sizeof(line), file)) {
		const char *rest = after_word(line, "database");

		if (rest && *rest == '{')
			inside = true;
		else if (inside)
			found = path_in(line);
		if (after_word(line, "}"))
			inside = false;
	}
	if (file)
		fclose(file);
	return found;
}
