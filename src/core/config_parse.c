/* libconfuse: the syntax of the file, and nothing more. Every option is a
 * string to it, and its tree of values is not used: what it comes across is
 * passed on at once, while it still knows the line. Values that are wrong
 * therefore do not end the reading, and all of them are reported.
 *
 * It has one lexer for the process, and gives callbacks no argument of their
 * own: hence the static reader. One file at a time. */
#include "config_reader.h"

#include <confuse.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An option whose default libconfuse reads as it opens a section: so we learn
 * of the section and its line. No one can spell it in a file. */
#define BEGIN_HOOK "begin"
#define BEGIN_NAME " begin"

#define ERROR_MAX 200

static struct config_reader *current;
static int unknown_line; /* of the last unknown option */

static int parse_begin(cfg_t *cfg, cfg_opt_t *opt, const char *value,
		       void *result)
{
	(void)opt;
	*(const char **)result = value;
	/* A section within a section is unknown to libconfuse, so this can
	 * only be someone who did spell it. */
	if (current->open)
		config_error(current, cfg->line, "an option without a name");
	else
		config_section_begin(current, cfg->name, cfg->title, cfg->line);
	return 0;
}

static int parse_value(cfg_t *cfg, cfg_opt_t *opt, const char *value,
		       void *result)
{
	*(const char **)result = value;
	config_section_value(current, opt->name, value, cfg->line,
			     opt->nvalues > 1);
	return 0;
}

/* What makes no call of parse_value(): "NAME = {}", and "" for a name, which
 * libconfuse does not count as unknown. */
static void report_oddities(cfg_t *cfg)
{
	unsigned i;

	for (i = 0; i < cfg_num(cfg); i++) {
		cfg_opt_t *opt = &cfg->opts[i];

		if (!*opt->name)
			config_error(current, cfg->line,
				     "an option without a name");
		else if (opt->flags & CFGF_LIST && !opt->nvalues &&
			 opt->flags & CFGF_MODIFIED)
			config_section_value(current, opt->name, NULL,
					     cfg->line, false);
	}
}

static int end_section(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *name = current->open ? current->open->name : NULL;
	unsigned i;

	(void)cfg;
	/* The one just read is the last, except that a section whose title
	 * was there before takes the place of the first. */
	for (i = opt->nvalues; i-- > 0;) {
		cfg_t *section = opt->values[i]->section;

		if (!name || !strcmp(section->title, name)) {
			report_oddities(section);
			break;
		}
	}
	config_section_end(current);
	return 0;
}

static void report_unknown(cfg_t *cfg, const char *name)
{
	char hint[ERROR_MAX];
	const struct config_section_type *type =
		current->open ? current->open->type : NULL;

	unknown_line = cfg->line;
	if (!strcmp(name, ";")) {
		config_error(current, cfg->line,
			     "a line has no \";\" at its end");
		return;
	}
	config_error(current, cfg->line, "unknown %s \"%s\"%s",
		     type ? "option" : "section", name,
		     config_suggestion(hint, sizeof(hint), type, name));
}

/* libconfuse's words where they leave one guessing. */
static const char *reword(const char *format)
{
	if (!strncmp(format, "missing title", 13))
		return "a name must stand after \"%s\"";
	if (!strncmp(format, "no sub-section", 14))
		return "\"%s\" cannot be set from outside of its section";
	return format;
}

static void parse_error(cfg_t *cfg, const char *format, va_list ap)
{
	char text[ERROR_MAX];

	if (!strncmp(format, "no such option", 14)) {
		report_unknown(cfg, va_arg(ap, const char *));
		return;
	}
	/* What follows from an unknown option. */
	if (cfg->line == unknown_line)
		return;
	vsnprintf(text, sizeof(text), reword(format), ap);
	if (strstr(text, "option ';'"))
		return; /* told by report_unknown() */
	config_error(current, cfg->line, "%s", text);
}

static cfg_opt_t *make_options(const struct config_section_type *type)
{
	cfg_opt_t *opts = calloc(type->options_count + 2, sizeof(*opts));
	size_t i;

	if (!opts)
		return NULL;
	for (i = 0; i < type->options_count; i++) {
		bool list = type->options[i].flags & OPTION_LIST;

		opts[i].name = type->options[i].name;
		opts[i].type = CFGT_STR;
		opts[i].flags = CFGF_NODEFAULT | (list ? CFGF_LIST : 0);
		opts[i].parsecb = parse_value;
	}
	opts[i].name = BEGIN_NAME;
	opts[i].type = CFGT_STR;
	opts[i].def.parsed = (char *)BEGIN_HOOK;
	opts[i].parsecb = parse_begin;
	return opts;
}

static void free_sections(cfg_opt_t *sections)
{
	size_t i;

	for (i = 0; i < config_section_types_count; i++)
		free(sections[i].subopts);
	free(sections);
}

static cfg_opt_t *make_sections(void)
{
	cfg_opt_t *sections =
		calloc(config_section_types_count + 1, sizeof(*sections));
	size_t i;

	for (i = 0; sections && i < config_section_types_count; i++) {
		const struct config_section_type *type =
			&config_section_types[i];

		sections[i].name = type->name;
		sections[i].type = CFGT_SEC;
		sections[i].flags =
			CFGF_MULTI | (type->titled ? CFGF_TITLE : 0);
		sections[i].validcb = end_section;
		sections[i].subopts = make_options(type);
		if (!sections[i].subopts) {
			free_sections(sections);
			return NULL;
		}
	}
	return sections;
}

bool config_parse_text(struct config_reader *reader, const char *text)
{
	cfg_opt_t *sections = make_sections();
	/* With KEYSTRVAL reading goes on after an unknown option. Its error
	 * function has been called by then. */
	cfg_t *cfg = sections ? cfg_init(sections, CFGF_KEYSTRVAL) : NULL;
	bool whole = false;

	if (!cfg) {
		reader->no_memory = true;
		goto out;
	}
	current = reader;
	unknown_line = 0;
	cfg_set_error_function(cfg, parse_error);
	whole = !cfg_parse_buf(cfg, text);
	if (whole)
		report_oddities(cfg);
	else if (!reader->errors_count)
		config_error(reader, cfg->line, "not understood");
	cfg_free(cfg);
	current = NULL;
out:
	if (sections)
		free_sections(sections);
	return whole;
}
