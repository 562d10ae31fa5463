/* How a configuration file is read, for the files named config*.c: libconfuse
 * tells of sections and values as they come (config_parse.c), the tables say
 * what each must be (config_table.c), their functions check and store it
 * (config_value.c), rules across options come last (config_check.c). */
#ifndef CORE_CONFIG_READER_H
#define CORE_CONFIG_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "callsieve/core/config.h"

#define CONFIG_TEXT_MAX	    (1 << 20)
#define CONFIG_SECTIONS_MAX 1000
#define CONFIG_OPTIONS_MAX  192 /* of one section */

/* The sections that config_peek() does not read. */
#define CONFIG_PASSED_OVER "reputation"

struct config_place;

/* Checks a value and stores it in the place's field; or reports. */
typedef void config_read_h(const struct config_place *place, const char *text);

enum config_option_flags {
	OPTION_LIST = 1,
	OPTION_REQUIRED = 2,
	OPTION_MAY_BE_EMPTY = 4, /* a list */
};

struct config_option {
	const char *name;
	config_read_h *read;
	const char *fallback; /* as in a file; NULL: unset unless given */
	double min, max;      /* of numbers */
	size_t offset;	      /* of the field in the section's struct */
	unsigned flags;
	const char *example; /* for options without a fallback */
	const char *const *choices;
	const char *sentence; /* documents it */
};

/* Options of a titled section go into an element of an array in struct
 * config, those of others into struct config itself. */
struct config_section_type {
	const char *name;
	const struct config_option *options;
	size_t options_count;
	bool titled;
	bool optional;	     /* without it nothing is set, not even defaults */
	size_t items, count; /* offsets of the array and its length */
	size_t size;	     /* of an element */
	bool nameless;	     /* titled, but may go without a name */
	const char *sentence;
};

extern const struct config_section_type config_section_types[];
extern const size_t config_section_types_count;

/* One section of the file. */
struct config_section {
	const struct config_section_type *type;
	char *name; /* NULL unless titled */
	size_t index;
	int line;
	int lines[CONFIG_OPTIONS_MAX]; /* of each option; 0: not given */
};

/* The name of a gateway in a route, to be looked up once all are read. */
struct config_reference {
	size_t route;
	int line;
	char *name;
	struct config_hop hop; /* but for the gateway */
};

struct config_reader {
	const char *path;
	struct buf *errors;
	unsigned errors_count;
	bool no_memory;
	bool peeking; /* see config_peek() */
	struct config *config;
	struct config_section *sections;
	size_t sections_count;
	struct config_section *open; /* the section being read, or NULL */
	struct config_reference *references;
	size_t references_count;
};

struct config_place {
	struct config_reader *reader;
	const struct config_option *option;
	const struct config_section *section;
	void *base, *field; /* the section's struct, and the option's field */
	int line;
};

/* A line of errors; the file is then refused. */
void config_error(struct config_reader *reader, int line, const char *format,
		  ...) __attribute__((format(printf, 3, 4)));

/* "OPTION must be ..., not "TEXT"". */
void config_value_error(const struct config_place *place, const char *text,
			const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Makes room for one more element; the new one is zeroed. NULL, and
 * reader->no_memory, when there is none. */
void *config_grow(struct config_reader *reader, void *arrayp, size_t *countp,
		  size_t size);
char *config_strdup(struct config_reader *reader, const char *text);
void config_add_string(const struct config_place *place, size_t *countp,
		       const char *text);
void config_set_string(const struct config_place *place, const char *text);

/* A copy of `text` in which comments are blanks; NULL after reporting what
 * cannot be read at all. libconfuse loses count of lines over comments. */
char *config_text_clean(struct config_reader *reader, const char *text);

/* What libconfuse comes across, in the file's order. `text` is NULL for an
 * empty list; `more` is set for the further values of a list. */
void config_section_begin(struct config_reader *reader, const char *type_name,
			  const char *title, int line);
void config_section_value(struct config_reader *reader, const char *option,
			  const char *text, int line, bool more);
void config_section_end(struct config_reader *reader);

/* The fallbacks of the sections of which the file has none. */
void config_sections_absent(struct config_reader *reader);

/* Runs libconfuse over cleaned text. False when its syntax was so wrong that
 * the rest was not read. */
bool config_parse_text(struct config_reader *reader, const char *text);

/* Rules across options, once everything is read. */
void config_check(struct config_reader *reader);
void config_check_reputations(struct config_reader *reader);

/* The line of an option in the section that filled the index-th element of
 * the array at `items` in struct config, or of the section without it. */
int config_line_of(const struct config_reader *reader, size_t items,
		   size_t index, const char *option);

/* Whether the file says anything of that option there. */
bool config_is_given(const struct config_reader *reader, size_t items,
		     size_t index, const char *option);
/* The line of an option in a section that has no name; 0: not given. */
int config_line_in(const struct config_reader *reader, const char *type,
		   const char *option);

/* The best guess of what was meant by `name`, appended to a sentence. */
const char *config_suggestion(char *buf, size_t size,
			      const struct config_section_type *type,
			      const char *name);

#define MEANT_MAX 96

/* The same for the name of a titled section, out of an array of those that
 * there are, whose elements begin with their names. */
const char *config_meant(char *buf, size_t size, const void *items,
			 size_t count, size_t item_size, const char *name);

/* The readers that the tables name. */
config_read_h config_read_unsigned, config_read_points, config_read_double,
	config_read_bool, config_read_port, config_read_string,
	config_read_choice, config_read_silent, config_read_name,
	config_read_address, config_read_transport, config_read_source,
	config_read_country, config_read_uri, config_read_gateway,
	config_read_emergency, config_read_psap, config_read_namespace,
	config_read_url, config_read_header, config_read_pointer, config_read_label_header,
	config_read_display,
	config_read_status, config_read_redirect_host, config_read_dns_server;

config_read_h config_read_subject, config_read_body, config_read_auth_name,
	config_read_secret, config_read_ok_when, config_read_miss_when,
	config_read_miss_status, config_read_allow_when, config_read_level,
	config_read_category;
config_read_h config_read_brand, config_read_signal, config_read_challenge;
config_read_h config_read_response, config_read_redress_url,
	config_read_call_info, config_read_card, config_read_card_tel;

/* config_profile.c */
void config_profile_fini(struct config_profile *profile);
void config_check_profiles(struct config_reader *reader);

/* config_treatment.c */
void config_check_treatment(struct config_reader *reader);

#endif
