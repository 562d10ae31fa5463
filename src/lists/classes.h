/* What many rows say alike, kept once. Classes are numbered from 0 in the
 * order they came, so the common ones are small. */
#ifndef LISTS_CLASSES_H
#define LISTS_CLASSES_H

#include <stddef.h>
#include <stdint.h>

#define POINTS_MAX 1000

struct classes;

struct class
{
	int points; /* 0..POINTS_MAX */
	int day;    /* when the row was made, in days since 1970; 0: unknown */
	const char *list, *source, *reason;
	const char *range; /* the rule as written if it is a range, or "" */
};

int classes_new(struct classes **classesp);
void classes_free(struct classes *classes);

/* Finds or makes the class. When there are too many texts, it is one with the
 * same points and list alone: the row id still leads to the rest. -ENOMEM. */
int classes_add(struct classes *classes, const struct class *class,
		uint32_t *idp);

/* The texts are lent as long as `classes` lives. */
struct class classes_get(const struct classes *classes, uint32_t id);

size_t classes_bytes(const struct classes *classes);

#endif
