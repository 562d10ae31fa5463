#include "callsieve/core/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "callsieve/core/utf8.h"

void json_begin(struct json_out *out, size_t max)
{
	*out = (struct json_out){.more = false};
	buf_init(&out->buf, max);
}

char *json_end(struct json_out *out)
{
	if (!out->err)
		return buf_take(&out->buf);
	buf_fini(&out->buf);
	return NULL;
}

static void put(struct json_out *out, const char *text, size_t len)
{
	if (!out->err)
		out->err = buf_add(&out->buf, text, len);
}

static void put_name(struct json_out *out, const char *name)
{
	if (out->more)
		put(out, ",", 1);
	out->more = true;
	if (!name)
		return;
	put(out, "\"", 1);
	put(out, name, strlen(name));
	put(out, "\":", 2);
}

static void put_word(struct json_out *out, const char *name, const char *word)
{
	put_name(out, name);
	put(out, word, strlen(word));
}

void json_open(struct json_out *out, const char *name, char bracket)
{
	put_name(out, name);
	put(out, &bracket, 1);
	out->more = false;
}

void json_close(struct json_out *out, char bracket)
{
	put(out, &bracket, 1);
	out->more = true;
}

/* Without control characters only these two need a backslash. */
static bool is_plain(const char *s, size_t len)
{
	return len && *s != '"' && *s != '\\';
}

void json_put_text(struct json_out *out, const char *name, const char *text)
{
	const char *plain = text; /* not yet put */
	const char *s;
	size_t len;

	if (!text) {
		json_put_null(out, name);
		return;
	}
	put_name(out, name);
	put(out, "\"", 1);
	for (s = text; *s; s += len ? len : 1) {
		len = utf8_char(s);
		if (is_plain(s, len))
			continue;
		put(out, plain, (size_t)(s - plain));
		if (len)
			put(out, "\\", 1);
		else
			put(out, UTF8_REPLACEMENT, strlen(UTF8_REPLACEMENT));
		plain = len ? s : s + 1;
	}
	put(out, plain, (size_t)(s - plain));
	put(out, "\"", 1);
}

void json_put_int(struct json_out *out, const char *name, int64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRId64, value);
	put_word(out, name, digits);
}

void json_put_bool(struct json_out *out, const char *name, bool value)
{
	put_word(out, name, value ? "true" : "false");
}

void json_put_null(struct json_out *out, const char *name)
{
	put_word(out, name, "null");
}
