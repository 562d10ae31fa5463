/* The calls of a replay by their identifiers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"

struct entry {
	struct entry *next;
	struct booked booked;
	char id[];
};

struct call_book {
	struct entry **slots;
	size_t size, count; /* size: a power of two */
};

int call_book_new(struct call_book **bookp)
{
	struct call_book *book = calloc(1, sizeof(*book));

	if (!book)
		return -ENOMEM;
	book->size = 1024;
	book->slots = calloc(book->size, sizeof(*book->slots));
	if (!book->slots) {
		free(book);
		return -ENOMEM;
	}
	*bookp = book;
	return 0;
}

void call_book_free(struct call_book *book)
{
	if (!book)
		return;
	for (size_t i = 0; i < book->size; i++) {
		struct entry *entry = book->slots[i], *next;

		for (; entry; entry = next) {
			next = entry->next;
			free(entry);
		}
	}
	free(book->slots);
	free(book);
}

static struct entry **slot_of(struct entry **slots, size_t size, const char *id)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 0x100000001b3;
	return &slots[(hash ^ hash >> 32) & (size - 1)];
}

static int grow(struct call_book *book)
{
	size_t size = book->size * 2;
	struct entry **slots = calloc(size, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < book->size; i++) {
		struct entry *entry = book->slots[i], *next;

		for (; entry; entry = next) {
			struct entry **to = slot_of(slots, size, entry->id);

			next = entry->next;
			entry->next = *to;
			*to = entry;
		}
	}
	free(book->slots);
	book->slots = slots;
	book->size = size;
	return 0;
}

static struct entry **find(const struct call_book *book, const char *id)
{
	struct entry **at = slot_of(book->slots, book->size, id);

	while (*at && strcmp((*at)->id, id) != 0)
		at = &(*at)->next;
	return at;
}

const struct booked *call_book_find(const struct call_book *book,
				    const char *id)
{
	const struct entry *entry = *find(book, id);

	return entry ? &entry->booked : NULL;
}

int call_book_add(struct call_book *book, const char *id,
		  const struct booked *booked)
{
	struct entry *entry = malloc(sizeof(*entry) + strlen(id) + 1), **at;

	if (!entry || (book->count >= book->size && grow(book) < 0)) {
		free(entry);
		return -ENOMEM;
	}
	strcpy(entry->id, id);
	entry->booked = *booked;
	at = find(book, id);
	entry->next = *at ? (*at)->next : NULL;
	book->count += !*at;
	free(*at);
	*at = entry;
	return 0;
}
