#include "match.h"

#include <string.h>

#define DIGITS_MAX 15
#define DAY_S	   86400

/* A number and all that it begins with, as keys. */
struct needle {
	number_key exact;
	number_key prefixes[DIGITS_MAX + 1];
	unsigned digits;
};

/* A search under way: whose rows, and for which call. */
struct search {
	const struct layers *layers;
	const struct list_question *question;
	const struct needle *needle;
	int64_t subscriber;
};

void layers_fini(struct layers *layers)
{
	index_free(layers->base);
	index_free(layers->ranges);
	scopes_free(layers->scopes);
	memset(layers, 0, sizeof(*layers));
}

static bool needle_set(struct needle *needle, const struct number *number)
{
	unsigned i;

	if (number->kind != NUMBER_E164)
		return false;
	needle->exact = number_key_exact(number);
	needle->digits = number_digits(number);
	for (i = 1; i <= needle->digits; i++)
		needle->prefixes[i] = number_key_prefix(number, i);
	return needle->exact != 0;
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
	default:
		return LIST_NONE;
	}
}

/* Of rows that share a number: what has more points, then what is older. */
static bool is_better(const struct list_match *match, const struct class *class,
		      int64_t row)
{
	return match->kind == LIST_NONE || class->points > match->points ||
	       (class->points == match->points && row < match->row);
}

static int age(int day, int64_t now)
{
	int today = (int)(now / DAY_S);

	return day && day <= today ? today - day : -1;
}

static void take_best(const struct search *search, enum table table,
		      struct index_cursor *cursor, struct list_match *match)
{
	const struct list_question *question = search->question;
	struct index_entry entry;

	while (index_next(cursor, &entry)) {
		struct class class;

		if (entry.expires_at && entry.expires_at <= question->now)
			continue;
		class = index_class(cursor->index, entry.class);
		if (!scopes_cover(search->layers->scopes, class.list,
				  question->trunk) ||
		    !is_better(match, &class, entry.row))
			continue;
		*match = (struct list_match){
			.kind = kind_of(table, class.points),
			.points = class.points,
			.row = entry.row,
			.pattern = cursor->key,
			.range = class.range,
			.expires_at = entry.expires_at,
			.age_days = age(class.day, question->now),
			.list = class.list,
			.source = class.source,
			.reason = class.reason,
		};
	}
}

/* A row of the number's own outranks a range that has such a piece. */
static bool look_up(const struct search *search, enum table table,
		    number_key key, struct list_match *match)
{
	const struct layers *layers = search->layers;
	struct index_cursor cursor;

	if (index_find(layers->base, table, key, search->subscriber, &cursor))
		take_best(search, table, &cursor, match);
	if (match->kind == LIST_NONE && layers->ranges &&
	    index_find(layers->ranges, table, key, 0, &cursor))
		take_best(search, table, &cursor, match);
	return match->kind != LIST_NONE;
}

static uint32_t lengths_of(const struct layers *layers, enum table table)
{
	return index_lengths(layers->base, table) |
	       (layers->ranges ? index_lengths(layers->ranges, table) : 0);
}

static bool longest_prefix(const struct search *search,
			   const enum table *tables, size_t count,
			   struct list_match *match)
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
				    match))
				return true;
	}
	return false;
}

/* The longest match; at equal length the first of the tables. The exact
 * number goes before any prefix but is looked up last, because its slot may be
 * far away in a large table while the prefixes' are at hand: they are done by
 * the time it is here. */
static struct list_match longest(const struct search *search,
				 const enum table *tables, size_t count)
{
	struct list_match exact = {.kind = LIST_NONE}, prefix = exact;
	size_t i;

	longest_prefix(search, tables, count, &prefix);
	for (i = 0; i < count; i++)
		if (look_up(search, tables[i], search->needle->exact, &exact))
			return exact;
	return prefix;
}

static bool find_subscriber(const struct layers *layers,
			    const struct number *callee, int64_t *subscriberp)
{
	struct index_cursor cursor;
	struct index_entry entry;
	number_key key = callee ? number_key_exact(callee) : 0;

	if (!key || !index_find(layers->base, TABLE_OWNERS, key, 0, &cursor) ||
	    !index_next(&cursor, &entry))
		return false;
	*subscriberp = entry.row;
	return true;
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

	memset(findings, 0, sizeof(*findings));
	if (!needle_set(&needle, question->caller))
		return;
	index_prefetch(layers->base, TABLE_BLOCK, needle.exact);
	findings->never = longest(&search, never, 1);
	findings->dno = longest(&search, dno, 1);
	if (find_subscriber(layers, question->callee, &search.subscriber))
		findings->rule = longest(&search, rules, 1);
	search.subscriber = 0;
	findings->listed = longest(&search, lists, 2);
	if (findings->dno.kind == LIST_NONE ||
	    findings->listed.kind != LIST_ALLOW)
		return;
	if (outranks(&findings->listed, &findings->dno))
		findings->dno.kind = LIST_NONE;
	else
		findings->listed.kind = LIST_NONE;
}
