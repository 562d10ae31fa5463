#include "classes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/u64map.h"

#define TEXTS	   4
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
	/* All texts of a class are one allocation. */
	for (i = 0; i < classes->count; i++)
		free((char *)classes->classes[i].list);
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

static const char *text_of(const struct class *class, int i)
{
	const char *const texts[TEXTS] = {class->list, class->source,
					  class->reason, class->range};

	return texts[i];
}

static uint64_t hash_of(const struct class *class)
{
	uint64_t hash = FNV_OFFSET;
	int i;

	hash = hash_bytes(hash, &class->points, sizeof(class->points));
	hash = hash_bytes(hash, &class->day, sizeof(class->day));
	for (i = 0; i < TEXTS; i++) {
		const char *text = text_of(class, i);

		hash = hash_bytes(hash, text, text_len(text));
		hash = hash_bytes(hash, "", 1);
	}
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
	int i;

	if (kept.points != class->points || kept.day != class->day)
		return false;
	for (i = 0; i < TEXTS; i++)
		if (!same_text(text_of(&kept, i), text_of(class, i)))
			return false;
	return true;
}

static size_t texts_size(const struct class *class)
{
	size_t size = TEXTS;
	int i;

	for (i = 0; i < TEXTS; i++)
		size += text_len(text_of(class, i));
	return size;
}

static int copy_texts(struct class *to, const struct class *from)
{
	char *text = calloc(1, texts_size(from)), *starts[TEXTS];
	int i;

	if (!text)
		return -ENOMEM;
	for (i = 0; i < TEXTS; i++) {
		size_t len = text_len(text_of(from, i));

		starts[i] = text;
		memcpy(text, text_of(from, i), len);
		text += len + 1;
	}
	*to = (struct class){from->points, from->day, starts[0],
			     starts[1],	   starts[2], starts[3]};
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
		uint64_t hash, size_t limit, uint32_t *idp)
{
	uint32_t id = (uint32_t)classes->count;
	struct u64map_entry entry = {.value = id};
	struct class *new;

	if (classes->bytes > limit || reserve(classes) < 0)
		return -ENOMEM;
	new = &classes->classes[classes->count];
	if (copy_texts(new, class) < 0)
		return -ENOMEM;
	if (u64map_put(classes->ids, hash, entry) < 0) {
		free((char *)new->list);
		return -ENOMEM;
	}
	classes->count++;
	classes->bytes += sizeof(*new) + texts_size(new);
	*idp = id;
	return 0;
}

static int find_or_make(struct classes *classes, const struct class *class,
			size_t limit, uint32_t *idp)
{
	struct u64map_entry entry;
	uint64_t hash = hash_of(class);

	if (!u64map_get(classes->ids, hash, &entry))
		return make(classes, class, hash, limit, idp);
	*idp = (uint32_t)entry.value;
	return is_class(classes, *idp, class) ? 0 : -EEXIST;
}

/* Which list it is decides for whom the row counts, so that is never lost. */
int classes_add(struct classes *classes, const struct class *class,
		uint32_t *idp)
{
	const struct class bare = {class->points, 0, class->list, "", "", ""};

	if (!classes->count || !is_class(classes, classes->last, class)) {
		if (find_or_make(classes, class, BYTES_MAX, idp) &&
		    find_or_make(classes, &bare, 2 * BYTES_MAX, idp))
			return -ENOMEM;
		classes->last = *idp;
	}
	*idp = classes->last;
	return 0;
}

struct class classes_get(const struct classes *classes, uint32_t id)
{
	return classes->classes[id];
}

size_t classes_bytes(const struct classes *classes)
{
	return sizeof(*classes) + classes->size * sizeof(struct class) +
	       classes->bytes + u64map_bytes(classes->ids);
}
