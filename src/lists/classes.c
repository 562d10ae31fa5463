#include "classes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/u64map.h"

/* Classes without text need no table: their number is their points. */
#define TEXTLESS   (POINTS_MAX + 1)
#define BYTES_MAX  (16u << 20)
#define TEXT_MAX   100 /* bytes kept of each text */
#define FNV_OFFSET 0xcbf29ce484222325
#define FNV_PRIME  0x100000001b3

struct classes {
	struct class *classes;
	size_t count, size, bytes;
	struct u64map *ids; /* hash -> the class's number */
	uint32_t last;	    /* files are sorted by source more often than not */
};

int classes_new(struct classes **classesp)
{
	struct classes *classes = calloc(1, sizeof(*classes));

	if (!classes)
		return -ENOMEM;
	if (u64map_new(&classes->ids, 0) < 0) {
		free(classes);
		return -ENOMEM;
	}
	*classesp = classes;
	return 0;
}

void classes_free(struct classes *classes)
{
	size_t i;

	if (!classes)
		return;
	/* Both texts of a class are one allocation. */
	for (i = 0; i < classes->count; i++)
		free((char *)classes->classes[i].source);
	free(classes->classes);
	u64map_free(classes->ids);
	free(classes);
}

/* At most TEXT_MAX bytes, and no half of a UTF-8 character. */
static size_t text_len(const char *text)
{
	size_t len = strnlen(text, TEXT_MAX + 1);

	if (len <= TEXT_MAX)
		return len;
	for (len = TEXT_MAX; len && ((unsigned char)text[len] & 0xc0) == 0x80;)
		len--;
	return len;
}

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *bytes = data;

	while (len--)
		hash = (hash ^ *bytes++) * FNV_PRIME;
	return hash;
}

static uint64_t hash_of(const struct class *class)
{
	uint64_t hash = FNV_OFFSET;

	hash = hash_bytes(hash, &class->points, sizeof(class->points));
	hash = hash_bytes(hash, class->source, text_len(class->source));
	hash = hash_bytes(hash, "", 1);
	hash = hash_bytes(hash, class->reason, text_len(class->reason));
	hash >>= 64 - 52; /* what a key may have */
	return hash ? hash : 1;
}

static bool same_text(const char *kept, const char *text)
{
	size_t len = text_len(text);

	return !strncmp(kept, text, len) && !kept[len];
}

static bool is_class(const struct classes *classes, uint32_t id,
		     const struct class *class)
{
	struct class kept = classes_get(classes, id);

	return kept.points == class->points &&
	       same_text(kept.source, class->source) &&
	       same_text(kept.reason, class->reason);
}

static int copy_texts(struct class *to, const struct class *from)
{
	size_t source = text_len(from->source), reason = text_len(from->reason);
	char *text = calloc(1, source + reason + 2);

	if (!text)
		return -ENOMEM;
	memcpy(text, from->source, source);
	memcpy(text + source + 1, from->reason, reason);
	*to = (struct class){from->points, text, text + source + 1};
	return 0;
}

static int reserve(struct classes *classes)
{
	size_t size = classes->size ? classes->size * 2 : 16;
	struct class *grown;

	if (classes->count < classes->size)
		return 0;
	grown = realloc(classes->classes, size * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	classes->classes = grown;
	classes->size = size;
	return 0;
}

static int make(struct classes *classes, const struct class *class,
		uint64_t hash, uint32_t *idp)
{
	uint32_t id = (uint32_t)(TEXTLESS + classes->count);
	struct u64map_entry entry = {.value = id};
	struct class *new;

	if (classes->bytes > BYTES_MAX || reserve(classes) < 0)
		return -ENOMEM;
	new = &classes->classes[classes->count];
	if (copy_texts(new, class) < 0)
		return -ENOMEM;
	if (u64map_put(classes->ids, hash, entry) < 0) {
		free((char *)new->source);
		return -ENOMEM;
	}
	classes->count++;
	classes->bytes += sizeof(*new) + text_len(new->source) +
			  text_len(new->reason) + 2;
	*idp = id;
	return 0;
}

uint32_t classes_add(struct classes *classes, const struct class *class)
{
	uint32_t textless = (uint32_t)(class->points), id;
	struct u64map_entry entry;
	uint64_t hash;

	if (!class->source[0] && !class->reason[0])
		return textless;
	if (classes->last && is_class(classes, classes->last, class))
		return classes->last;
	hash = hash_of(class);
	if (u64map_get(classes->ids, hash, &entry))
		id = (uint32_t)entry.value;
	else if (make(classes, class, hash, &id) < 0)
		return textless;
	if (!is_class(classes, id, class)) /* two of one hash */
		return textless;
	classes->last = id;
	return id;
}

struct class classes_get(const struct classes *classes, uint32_t id)
{
	if (id >= TEXTLESS)
		return classes->classes[id - TEXTLESS];
	return (struct class){id, "", ""};
}

size_t classes_bytes(const struct classes *classes)
{
	return sizeof(*classes) + classes->size * sizeof(struct class) +
	       classes->bytes + u64map_bytes(classes->ids);
}
