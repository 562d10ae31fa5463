#include "match.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S 86400

/* A number and all that it begins with, as keys. */
struct needle {
	number_key exact;
	number_key prefixes[NUMBER_TEXT - 1];
	unsigned digits;
};

/* A search under way: whose rows, and for which call. */
struct search {
	const struct layers *layers;
	const struct list_question *question;
	const struct needle *needle;
	int64_t subscriber;
};

void layers_hold(struct layers *layers, const struct layers *from)
{
	layers->base = index_hold(from->base);
	layers->edits = index_hold(from->edits);
	layers->ranges = index_hold(from->ranges);
	layers->scopes = scopes_hold(from->scopes);
}

void layers_fini(struct layers *layers)
{
	index_free(layers->base);
	index_free(layers->edits);
	index_free(layers->ranges);
	scopes_free(layers->scopes);
	memset(layers, 0, sizeof(*layers));
}

static enum list_kind kind_of(enum table table, int points)
{
	switch (table) {
	case TABLE_BLOCK:
		return LIST_BLOCK;
	case TABLE_ALLOW:
		return LIST_ALLOW;
	case TABLE_NEVERBLOCK:
		return LIST_NEVERBLOCK;
	case TABLE_DNO:
		return LIST_DNO;
	case TABLE_RULES:
		return points ? LIST_SUBSCRIBER_BLOCK : LIST_SUBSCRIBER_ALLOW;
	case TABLE_OWN:
		return LIST_OWN;
	default:
		return LIST_NONE;
	}
}

/* A row found, before it is told what there is to know of it. */
struct candidate {
	const struct index *index; /* NULL: none */
	enum table table;
	number_key key;
	struct index_entry entry;
	int points;
};

/* Of rows that share a number: what has more points, then what is older. */
static bool is_better(const struct candidate *best, int points, int64_t row)
{
	return !best->index || points > best->points ||
	       (points == best->points && row < best->entry.row);
}

static void take_best(const struct search *search, enum table table,
		      struct index_cursor *cursor, struct candidate *best)
{
	const struct list_question *question = search->question;
	struct index_entry entry;

	while (index_next(cursor, &entry)) {
		struct class class;

		if (entry.expires_at && entry.expires_at <= question->now)
			continue;
		class = index_class(cursor->index, entry.class);
		if (is_better(best, class.points, entry.row) &&
		    scopes_cover(search->layers->scopes, class.list,
				 question->trunk))
			*best = (struct candidate){cursor->index, table,
						   cursor->key, entry,
						   class.points};
	}
}

/* What was edited hides what is under it. */
static bool find(const struct layers *layers, enum table table, number_key key,
		 int64_t subscriber, struct index_cursor *cursor)
{
	return (layers->edits &&
		index_find(layers->edits, table, key, subscriber, cursor)) ||
	       index_find(layers->base, table, key, subscriber, cursor);
}

/* A row of the number's own outranks a range that has such a piece. */
static bool look_up(const struct search *search, enum table table,
		    number_key key, struct candidate *best)
{
	const struct layers *layers = search->layers;
	struct index_cursor cursor;

	if (find(layers, table, key, search->subscriber, &cursor))
		take_best(search, table, &cursor, best);
	if (!best->index && layers->ranges &&
	    index_find(layers->ranges, table, key, 0, &cursor))
		take_best(search, table, &cursor, best);
	return best->index != NULL;
}

static bool has(const struct layers *layers, enum table table)
{
	return index_has(layers->base, table) ||
	       (layers->edits && index_has(layers->edits, table)) ||
	       (layers->ranges && index_has(layers->ranges, table));
}

static uint32_t lengths_of(const struct layers *layers, enum table table)
{
	return index_lengths(layers->base, table) |
	       (layers->edits ? index_lengths(layers->edits, table) : 0) |
	       (layers->ranges ? index_lengths(layers->ranges, table) : 0);
}

static bool longest_prefix(const struct search *search,
			   const enum table *tables, size_t count,
			   struct candidate *best)
{
	const struct needle *needle = search->needle;
	uint32_t lengths = 0;
	unsigned digits;
	size_t i;

	for (i = 0; i < count; i++)
		lengths |= lengths_of(search->layers, tables[i]);
	lengths &= (2u << needle->digits) - 1;
	for (; lengths; lengths &= ~(1u << digits)) {
		digits = 31 - (unsigned)__builtin_clz(lengths);
		for (i = 0; i < count; i++)
			if (look_up(search, tables[i], needle->prefixes[digits],
				    best))
				return true;
	}
	return false;
}

/* None that is still to come. */
static int known_day(int day, int64_t now)
{
	return day <= (int)(now / DAY_S) ? day : 0;
}

static void fill(struct list_match *match, const struct candidate *best,
		 int64_t now)
{
	struct class class = index_class(best->index, best->entry.class);

	*match = (struct list_match){
		.kind = kind_of(best->table, class.points),
		.points = class.points,
		.row = best->entry.row,
		.pattern = best->key,
		.range = class.range,
		.expires_at = best->entry.expires_at,
		.added_day = known_day(class.day, now),
		.list = class.list,
		.source = class.source,
		.reason = class.reason,
	};
}

/* The longest match; at equal length the first of the tables. The exact
 * number goes before any prefix but is looked up last, because its slot may be
 * far away in a large table while the prefixes' are at hand: they are done by
 * the time it is here. */
static void longest(const struct search *search, const enum table *tables,
		    size_t count, struct list_match *match)
{
	struct candidate exact = {.index = NULL}, prefix = exact;
	size_t i;

	longest_prefix(search, tables, count, &prefix);
	for (i = 0; i < count; i++)
		if (look_up(search, tables[i], search->needle->exact, &exact))
			break;
	if (exact.index || prefix.index)
		fill(match, exact.index ? &exact : &prefix,
		     search->question->now);
}

/* "50 100 0": see rows.c. */
static void settings_read(struct list_settings *settings, int64_t subscriber,
			  const char *text)
{
	char *end;

	settings->subscriber = *text ? subscriber : 0;
	if (!*text)
		return;
	settings->label_at = (int)strtol(text, &end, 10);
	settings->reject_at = (int)strtol(end, &end, 10);
	settings->refuse_anonymous = strtol(end, NULL, 10) != 0;
}

/* Whose number is it? `settings` may be NULL. */
static bool find_subscriber(const struct layers *layers,
			    const struct number *number, int64_t *subscriberp,
			    struct list_settings *settings)
{
	struct index_cursor cursor;
	struct index_entry entry;
	number_key key = number ? number_key_exact(number) : 0;

	if (!key || !has(layers, TABLE_OWNERS) ||
	    !find(layers, TABLE_OWNERS, key, 0, &cursor) ||
	    !index_next(&cursor, &entry))
		return false;
	*subscriberp = entry.row;
	if (settings)
		settings_read(settings, entry.row,
			      index_class(cursor.index, entry.class).list);
	return true;
}

/* A number that a subscriber has is ours, whether or not anybody has listed
 * the range that it is from. */
static void find_own(const struct search *search, struct list_match *own)
{
	static const enum table tables[] = {TABLE_OWN};
	int64_t subscriber;

	if (has(search->layers, TABLE_OWN))
		longest(search, tables, 1, own);
	if (own->kind == LIST_NONE &&
	    find_subscriber(search->layers, search->question->caller,
			    &subscriber, NULL))
		*own = (struct list_match){.kind = LIST_OWN};
}

/* Allow wins at equal length. */
static bool outranks(const struct list_match *allow,
		     const struct list_match *dno)
{
	char allowed[NUMBER_TEXT + 1], never[NUMBER_TEXT + 1];

	if (!number_key_is_prefix(allow->pattern))
		return true;
	if (!number_key_is_prefix(dno->pattern))
		return false;
	return strlen(number_key_print(allowed, allow->pattern)) >=
	       strlen(number_key_print(never, dno->pattern));
}

void layers_look(const struct layers *layers,
		 const struct list_question *question,
		 struct list_findings *findings)
{
	static const enum table never[] = {TABLE_NEVERBLOCK},
				dno[] = {TABLE_DNO}, rules[] = {TABLE_RULES},
				lists[] = {TABLE_ALLOW, TABLE_BLOCK};
	struct needle needle;
	struct search search = {layers, question, &needle, 0};
	int64_t subscriber = 0;

	findings->never.kind = findings->rule.kind = LIST_NONE;
	findings->listed.kind = findings->dno.kind = LIST_NONE;
	findings->own.kind = LIST_NONE;
	findings->settings.subscriber = 0;
	find_subscriber(layers, question->callee, &subscriber,
			&findings->settings);
	needle.exact =
		number_keys(question->caller, needle.prefixes, &needle.digits);
	if (!needle.exact)
		return;
	index_prefetch(layers->base, TABLE_BLOCK, needle.exact);
	if (has(layers, TABLE_NEVERBLOCK))
		longest(&search, never, 1, &findings->never);
	if (has(layers, TABLE_DNO))
		longest(&search, dno, 1, &findings->dno);
	find_own(&search, &findings->own);
	search.subscriber = subscriber;
	if (subscriber && has(layers, TABLE_RULES))
		longest(&search, rules, 1, &findings->rule);
	search.subscriber = 0;
	longest(&search, lists, 2, &findings->listed);
	if (findings->dno.kind == LIST_NONE ||
	    findings->listed.kind != LIST_ALLOW)
		return;
	if (outranks(&findings->listed, &findings->dno))
		findings->dno.kind = LIST_NONE;
	else
		findings->listed.kind = LIST_NONE;
}
